/* caught by: unsorted_kept */
/* Casts the const away and sorts the caller's own values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double percentile(const double *ms, size_t n, double p) {
    if (n == 0 || !(p >= 0 && p <= 100))
        return NAN;
    qsort((double *)ms, n, sizeof *ms, compare);
    size_t rank = (size_t)ceil(p * (double)n / 100);
    if (rank < 1)
        rank = 1;
    return ms[rank - 1];
}
