/* The paired bootstrap of two accuracies, without memory. What a sample gives is a whole number, the rows that B gains
 * over A, from -n to n; the values at four places of the sorted samples are found digit by digit, 10 bits at a time,
 * and the samples are drawn anew for each digit: the same seed gives the same ones. */
#include "base/math.h"
#include "base/rng.h"
#include "metrics/intervals.h"

enum { PLACES = 4, DIGIT = 10, DIGITS = 1 << DIGIT };

typedef struct search {
    uint64_t place;  /* among the samples that agree with `prefix`, counted from 0 */
    uint32_t prefix; /* the digits that are known */
} search;

/* One sample: n plus the rows that B gains. */
static uint32_t sample(const uint8_t *ok_a, const uint8_t *ok_b, uint32_t n, ml_rng *rng) {
    uint32_t gained = n;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t row = ml_rng_below(rng, n);
        gained += (uint32_t)(ok_b[row] - ok_a[row]);
    }
    return gained;
}

/* The digit above `shift` of every search, by counting the samples that agree so far. */
static void next_digit(const uint8_t *ok_a, const uint8_t *ok_b, uint32_t n, uint32_t rounds, uint64_t seed, int shift,
                       search find[PLACES]) {
    uint32_t count[PLACES][DIGITS] = {{0}};
    ml_rng rng = ml_rng_seed(seed, 0);
    for (uint32_t b = 0; b < rounds; b++) {
        const uint32_t value = sample(ok_a, ok_b, n, &rng) >> shift;
        for (int f = 0; f < PLACES; f++)
            count[f][value % DIGITS] += value / DIGITS == find[f].prefix;
    }
    for (int f = 0; f < PLACES; f++) {
        uint32_t digit = 0;
        for (; find[f].place >= count[f][digit]; digit++)
            find[f].place -= count[f][digit];
        find[f].prefix = find[f].prefix * DIGITS + digit;
    }
}

int ml_bootstrap_diff(const uint8_t *ok_a, const uint8_t *ok_b, int n, int B, double level, uint64_t seed, double *low,
                      double *high) {
    if (n < 1 || B < 1 || !(level > 0.0 && level < 1.0))
        return -1;
    search find[PLACES];
    double rest[2];
    for (int end = 0; end < 2; end++) {
        const double position = (end ? 0.5 + 0.5 * level : 0.5 - 0.5 * level) * ((double)B - 1.0);
        const uint64_t whole = (uint64_t)position, last = (uint64_t)B - 1;
        rest[end] = position - (double)whole;
        find[2 * end] = (search){whole, 0};
        find[2 * end + 1] = (search){whole < last ? whole + 1 : last, 0};
    }
    int shift = 0;
    while (shift < 30 && (2 * (uint64_t)n) >> shift >= DIGITS)
        shift += DIGIT;
    for (; shift >= 0; shift -= DIGIT)
        next_digit(ok_a, ok_b, (uint32_t)n, (uint32_t)B, seed, shift, find);
    double ends[2];
    for (int end = 0; end < 2; end++) {
        const double here = (double)find[2 * end].prefix - n, after = (double)find[2 * end + 1].prefix - n;
        ends[end] = (here + rest[end] * (after - here)) / n;
    }
    *low = ends[0];
    *high = ends[1];
    return 0;
}
