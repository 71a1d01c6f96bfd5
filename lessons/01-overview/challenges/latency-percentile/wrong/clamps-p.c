/* caught by: bad_p */
/* Moves a p outside of 0 to 100 to the nearest end, so that a caller's mistake looks like a result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double percentile(const double *ms, size_t n, double p) {
    if (n == 0)
        return NAN;
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    memcpy(sorted, ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    if (!(p > 0))
        p = 0;
    if (p > 100)
        p = 100;
    size_t rank = (size_t)ceil(p * (double)n / 100);
    if (rank < 1)
        rank = 1;
    const double answer = sorted[rank - 1];
    free(sorted);
    return answer;
}
