/* caught by: unsorted_kept */
/* Compares by the difference cut to an int: values less than 1 apart count as equal and stay unsorted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right) {
    return (int)(*(const double *)left - *(const double *)right);
}

double percentile(const double *ms, size_t n, double p) {
    if (n == 0 || !(p >= 0 && p <= 100))
        return NAN;
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    memcpy(sorted, ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    size_t rank = (size_t)ceil(p * (double)n / 100);
    if (rank < 1)
        rank = 1;
    const double answer = sorted[rank - 1];
    free(sorted);
    return answer;
}
