#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 1, 0 or -1. The difference would not do: as an int it is 0 for values less
 * than 1 apart. */
static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The p-th percentile of n latencies by nearest rank: the one at rank
 * ceil(p n / 100), at least 1, in sorted order. NAN if n is 0 or p is not from
 * 0 to 100. */
double percentile(const double *ms, size_t n, double p) {
    if (n == 0 || !(p >= 0 && p <= 100)) /* written so that NaN is refused too */
        return NAN;
    double *sorted = malloc(n * sizeof *sorted); /* the caller's order is kept */
    if (sorted == NULL)
        return NAN;
    memcpy(sorted, ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    /* times n first: p / 100 has no exact binary value */
    size_t rank = (size_t)ceil(p * (double)n / 100);
    if (rank < 1)
        rank = 1;
    const double answer = sorted[rank - 1];
    free(sorted);
    return answer;
}
