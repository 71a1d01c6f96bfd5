#include <stdint.h>

#include "features/expansions.h"

enum { MOST_DEGREE = 16, MOST_PRODUCTS = 0x7fffffff };

/* n over k, step by step so that each division is exact; 0 beyond MOST_PRODUCTS. */
static uint64_t choose(uint64_t n, uint64_t k) {
    uint64_t ways = 1;
    for (uint64_t i = 1; i <= k; i++) {
        if (n < k || n - k > MOST_PRODUCTS)
            return 0;
        ways = ways * (n - k + i) / i;
        if (ways > MOST_PRODUCTS)
            return 0;
    }
    return ways;
}

size_t ml_polynomial_count(size_t d, unsigned degree, bool interactions, bool bias) {
    uint64_t count = bias ? 1 : 0;
    if (degree > MOST_DEGREE || d > MOST_PRODUCTS)
        return 0;
    for (unsigned k = 1; k <= degree && (!interactions || k <= d); k++) {
        const uint64_t ways = interactions ? choose(d, k) : d > 0 ? choose(d + k - 1, k) : 0;
        if (d > 0 && ways == 0)
            return 0;
        count += ways;
    }
    return count <= MOST_PRODUCTS ? (size_t)count : 0;
}

/* The next choice of k columns in order, with repetition or without; false after the last. */
static bool next_choice(size_t d, unsigned k, bool interactions, size_t *column) {
    for (unsigned i = k; i-- > 0;) {
        const size_t last = interactions ? d - (k - i) : d - 1;
        if (column[i] == last)
            continue;
        column[i]++;
        for (unsigned j = i + 1; j < k; j++)
            column[j] = column[j - 1] + (interactions ? 1 : 0);
        return true;
    }
    return false;
}

static double *products_of(size_t d, unsigned k, bool interactions, const double *row, double *out) {
    size_t column[MOST_DEGREE];
    for (unsigned i = 0; i < k; i++)
        column[i] = interactions ? i : 0;
    do {
        double product = row[column[0]];
        for (unsigned i = 1; i < k; i++)
            product *= row[column[i]];
        *out++ = product;
    } while (next_choice(d, k, interactions, column));
    return out;
}

ml_status ml_polynomial(size_t n, size_t d, unsigned degree, bool interactions, bool bias, const double *x, double *out,
                        ml_error *error) {
    if (ml_polynomial_count(d, degree, interactions, bias) == 0)
        return ml_fail(error, ML_EINVAL, "%zu columns to degree %u make no products or too many; use a lower degree", d,
                       degree);
    for (size_t i = 0; i < n; i++) {
        if (bias)
            *out++ = 1.0;
        for (unsigned k = 1; k <= degree && d > 0 && (!interactions || k <= d); k++)
            out = products_of(d, k, interactions, x + i * d, out);
    }
    return ML_OK;
}
