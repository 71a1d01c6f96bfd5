/* caught by: textbook */
/* Interpolates between neighbours, as NumPy does unless told otherwise: p40 becomes 29, which never happened. */
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
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    memcpy(sorted, ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    const double at = (double)(n - 1) * p / 100;
    const size_t below = (size_t)at;
    const double above = sorted[below + 1 < n ? below + 1 : below];
    const double answer = sorted[below] + (at - (double)below) * (above - sorted[below]);
    free(sorted);
    return answer;
}
