/* caught by: ends */
/* Forgets that the rank is at least 1: p0 reads the value before the first. */
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
    double *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    sorted[0] = 0; /* a place for rank 0 hides the fault from the address checks, not from the answer */
    memcpy(sorted + 1, ms, n * sizeof *sorted);
    qsort(sorted + 1, n, sizeof *sorted, compare);
    const double answer = sorted[(size_t)ceil(p * (double)n / 100)];
    free(sorted);
    return answer;
}
