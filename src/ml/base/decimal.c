#include "base/decimal.h"

#include <math.h>
#include <stdint.h>

enum {
    MOST_DIGITS = 800,        /* 768 can matter: a number half-way between two doubles has no more */
    MOST_BITS = 27,           /* of a shift: 10 2^27 is below 2^32 */
    SMALLEST_EXPONENT = -1021, /* of a normal double, as a half or more times 2^e */
};
#define FAR INT64_C(1000000000000000) /* an exponent that no text is long enough to make up for */

/* 0.d0 d1 d2 ... 10^point */
typedef struct decimal {
    uint8_t digit[MOST_DIGITS + 16];
    int n;
    bool more; /* digits that were dropped were not all 0 */
    int64_t point;
} decimal;

static bool is_digit(const char *s, size_t n, size_t i) {
    return i < n && s[i] >= '0' && s[i] <= '9';
}

static void take_digit(decimal *d, char digit, bool fraction) {
    if (d->n == 0 && digit == '0') {
        d->point -= fraction;
        return;
    }
    d->point += !fraction;
    if (d->n < MOST_DIGITS)
        d->digit[d->n++] = (uint8_t)(digit - '0');
    else
        d->more = d->more || digit != '0';
}

static bool take_exponent(decimal *d, const char *s, size_t n, size_t i) {
    const bool negative = i < n && s[i] == '-';
    i += i < n && (s[i] == '+' || s[i] == '-');
    if (!is_digit(s, n, i))
        return false;
    int64_t exponent = 0;
    for (; is_digit(s, n, i); i++)
        exponent = exponent < FAR ? 10 * exponent + (s[i] - '0') : FAR;
    d->point += negative ? -exponent : exponent;
    return i == n;
}

static bool take_apart(decimal *d, const char *s, size_t n, size_t i) {
    const size_t start = i;
    for (; is_digit(s, n, i); i++)
        take_digit(d, s[i], false);
    size_t digits = i - start;
    if (i < n && s[i] == '.')
        for (i++; is_digit(s, n, i); i++, digits++)
            take_digit(d, s[i], true);
    if (digits == 0)
        return false;
    if (i < n && (s[i] == 'e' || s[i] == 'E'))
        return take_exponent(d, s, n, i + 1);
    return i == n;
}

/* The quick way: both factors are exact, so that one rounding is all there is. */
static bool read_quickly(const decimal *d, double *value) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int64_t exponent = d->point - d->n;
    if (d->n > 15 || exponent < -22 || exponent > 22)
        return false;
    uint64_t whole = 0;
    for (int i = 0; i < d->n; i++)
        whole = 10 * whole + d->digit[i];
    *value = exponent < 0 ? (double)whole / power[-exponent] : (double)whole * power[exponent];
    return true;
}

static void drop_zeros(decimal *d) {
    while (d->n > 0 && d->digit[d->n - 1] == 0)
        d->n--;
}

/* d / 2^bits, from the first digit on. */
static void halve(decimal *d, int bits) {
    uint32_t rest = 0;
    int read = 0, written = 0;
    while (read < d->n && rest >> bits == 0)
        rest = 10 * rest + d->digit[read++];
    while (rest >> bits == 0) {
        rest *= 10;
        read++;
    }
    d->point -= read - 1;
    for (; rest > 0 || read < d->n; read++) {
        const uint8_t digit = (uint8_t)(rest >> bits);
        if (written < MOST_DIGITS)
            d->digit[written++] = digit;
        else
            d->more = d->more || digit > 0;
        rest = 10 * (rest & ((UINT32_C(1) << bits) - 1)) + (read < d->n ? d->digit[read] : 0);
    }
    d->n = written;
    drop_zeros(d);
}

/* d 2^bits, from the last digit on; up to nine new ones come in front. */
static void twice(decimal *d, int bits) {
    enum { NEW = 9 };
    uint32_t carry = 0;
    for (int i = d->n - 1; i >= 0; i--) {
        carry += (uint32_t)d->digit[i] << bits;
        d->digit[i + NEW] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    int first = NEW;
    for (; carry > 0; carry /= 10)
        d->digit[--first] = (uint8_t)(carry % 10);
    d->point += NEW - first;
    d->n += NEW - first;
    for (int i = 0; i < d->n; i++)
        d->digit[i] = d->digit[i + first];
    for (; d->n > MOST_DIGITS; d->n--)
        d->more = d->more || d->digit[d->n - 1] > 0;
    drop_zeros(d);
}

/* The nearest whole number, of two equally near the even one. */
static uint64_t nearest_whole(const decimal *d) {
    uint64_t whole = 0;
    for (int64_t i = 0; i < d->point; i++)
        whole = 10 * whole + (i < d->n ? d->digit[i] : 0);
    if (d->point < 0 || d->point >= d->n)
        return whole;
    const bool half = d->digit[d->point] == 5 && d->point + 1 == d->n && !d->more;
    return whole + (half ? whole & 1 : d->digit[d->point] >= 5);
}

/* The long way: doubled or halved until it is in [1/2, 1), it is 53 bits away from the whole number to round to. */
static double read_slowly(decimal *d) {
    if (d->point > 310)
        return (double)INFINITY;
    if (d->point < -330)
        return 0.0;
    int exponent = 0;
    while (d->point > 0) { /* 8 is below 10, and 2^27 below 10^9: never by too much */
        const int bits = d->point < 9 ? 3 * (int)d->point : MOST_BITS;
        halve(d, bits);
        exponent += bits;
    }
    while (d->point < 0 || d->digit[0] < 5) {
        const int bits = d->point < -8 ? MOST_BITS : d->point < 0 ? -3 * (int)d->point : 1;
        twice(d, bits);
        exponent -= bits;
    }
    for (int below = SMALLEST_EXPONENT - exponent; below > 0;) { /* a subnormal number has fewer bits */
        const int bits = below < MOST_BITS ? below : MOST_BITS;
        halve(d, bits);
        exponent += bits;
        below -= bits;
    }
    twice(d, 26);
    twice(d, 27);
    return ldexp((double)nearest_whole(d), exponent - 53);
}

bool ml_decimal_read(size_t length, const char *text, double *value) {
    decimal d = {.n = 0};
    const bool has_sign = length > 0 && (text[0] == '+' || text[0] == '-');
    if (!take_apart(&d, text, length, has_sign))
        return false;
    drop_zeros(&d);
    double size = 0.0;
    if (d.n > 0 && !read_quickly(&d, &size))
        size = read_slowly(&d);
    *value = has_sign && text[0] == '-' ? -size : size;
    return true;
}
