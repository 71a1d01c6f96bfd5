/* caught by: constant_score */
/* Divides by a standard deviation of 0: NaN is neither larger nor smaller than anything, and the order is nonsense. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct {
    double score;
    size_t index;
} ranked;

static int best_first(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    const int by_score = (b->score > a->score) - (b->score < a->score);
    if (by_score != 0)
        return by_score;
    return (a->index > b->index) - (a->index < b->index);
}

static void add_z_scores(const double *value, size_t n, double weight,
                         ranked *item) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += value[i];
    mean /= n;
    for (size_t i = 0; i < n; i++)
        variance += (value[i] - mean) * (value[i] - mean);
    const double sd = sqrt(variance / n);
    for (size_t i = 0; i < n; i++)
        item[i].score += weight * (value[i] - mean) / sd;
}

size_t blend_rank(const double *quality, const double *engage, size_t n,
                  double alpha, double beta, size_t k, size_t *top) {
    ranked *item = calloc(n, sizeof *item);
    if (item == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        item[i].index = i;
    add_z_scores(quality, n, alpha, item);
    add_z_scores(engage, n, beta, item);
    qsort(item, n, sizeof *item, best_first);
    const size_t written = k < n ? k : n;
    for (size_t rank = 0; rank < written; rank++)
        top[rank] = item[rank].index;
    free(item);
    return written;
}
