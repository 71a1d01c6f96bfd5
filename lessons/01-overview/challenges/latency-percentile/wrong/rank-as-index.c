/* caught by: textbook */
/* Takes p / 100 n, cut to a whole number, for an index: one value too far, and off the end at p100. */
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
    const size_t index = (size_t)(p / 100 * (double)n);
    const double answer = sorted[index < n ? index : n - 1];
    free(sorted);
    return answer;
}
