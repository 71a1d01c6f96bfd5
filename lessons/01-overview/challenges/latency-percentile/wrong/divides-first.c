/* caught by: exact_rank */
/* Divides before it multiplies: 7.0 / 100 * 100 is a hair above 7, and ceil makes 8 of it. */
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
    size_t rank = (size_t)ceil(p / 100 * (double)n);
    if (rank < 1)
        rank = 1;
    const double answer = sorted[rank - 1];
    free(sorted);
    return answer;
}
