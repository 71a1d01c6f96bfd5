/* caught by: stable */
/* Picks the best of the rest and swaps it to the front: what it swaps away loses its place among equals. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct {
    double score;
    size_t index;
} ranked;

static void add_z_scores(const double *value, size_t n, double weight,
                         ranked *item) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += value[i];
    mean /= n;
    for (size_t i = 0; i < n; i++)
        variance += (value[i] - mean) * (value[i] - mean);
    const double sd = sqrt(variance / n);
    if (sd == 0)
        return;
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
    for (size_t place = 0; place < n; place++) {
        size_t best = place;
        for (size_t i = place + 1; i < n; i++)
            if (item[i].score > item[best].score)
                best = i;
        const ranked kept = item[place];
        item[place] = item[best];
        item[best] = kept;
    }
    const size_t written = k < n ? k : n;
    for (size_t rank = 0; rank < written; rank++)
        top[rank] = item[rank].index;
    free(item);
    return written;
}
