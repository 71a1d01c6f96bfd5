#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct {
    double score;
    size_t index;
} ranked; /* together, so that sorting does not part them */

/* The larger score first. qsort may put equal elements in any order, so the
 * index decides among them: the lower one first. */
static int best_first(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    const int by_score = (b->score > a->score) - (b->score < a->score);
    if (by_score != 0)
        return by_score;
    return (a->index > b->index) - (a->index < b->index);
}

/* Adds weight times the z-score of value[i] to item i's score. */
static void add_z_scores(const double *value, size_t n, double weight,
                         ranked *item) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += value[i];
    mean /= n;
    /* a second pass: mean(v * v) - mean * mean would subtract two huge numbers
     * where the values are far from zero */
    for (size_t i = 0; i < n; i++)
        variance += (value[i] - mean) * (value[i] - mean);
    const double sd = sqrt(variance / n);
    if (sd == 0) /* the same for all: it has nothing to say about the order */
        return;
    for (size_t i = 0; i < n; i++)
        item[i].score += weight * (value[i] - mean) / sd;
}

/* Ranks n items by alpha * z(quality) + beta * z(engage), z counting standard
 * deviations (dividing by n) from the mean: the largest first, of equal ones
 * the lower index. A score with standard deviation 0 contributes 0. Writes the
 * indices of the best min(k, n) to top and returns how many those are. */
size_t blend_rank(const double *quality, const double *engage, size_t n,
                  double alpha, double beta, size_t k, size_t *top) {
    ranked *item = calloc(n, sizeof *item); /* like malloc, but all zeros */
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
