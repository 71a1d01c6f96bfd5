/* caught by: textbook */
/* Rounds the rank to the nearest whole number instead of up: p25 of five values is then the first. */
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
    size_t rank = (size_t)floor(p * (double)n / 100 + 0.5);
    if (rank < 1)
        rank = 1;
    const double answer = sorted[rank - 1];
    free(sorted);
    return answer;
}
