/* Search in a k-d tree, exact to the last bit.
 *
 * A box is passed over only if it is farther away than the k-th row so far. Its distance is summed feature by feature
 * as a row's is, and subtraction, squaring and addition keep their order when they are rounded: so the distance of a
 * box is never above that of a row in it, and what brute force would find is not passed over. */
#include "models/check.h"

typedef struct search {
    const ml_kdtree *tree;
    const double *query;
    size_t k, found;
    uint32_t *nearest; /* [k] sorted by distance, rows at one distance by index */
    double *distance;
} search;

static void offer(search *f, uint32_t row, double here) {
    if (f->found == f->k &&
        !(here < f->distance[f->k - 1] || (here == f->distance[f->k - 1] && row < f->nearest[f->k - 1])))
        return;
    size_t place = f->found < f->k ? f->found++ : f->k - 1;
    for (; place > 0 &&
           (here < f->distance[place - 1] || (here == f->distance[place - 1] && row < f->nearest[place - 1]));
         place--) {
        f->distance[place] = f->distance[place - 1];
        f->nearest[place] = f->nearest[place - 1];
    }
    f->distance[place] = here;
    f->nearest[place] = row;
}

static void look_at(search *f, size_t from, size_t to) {
    const size_t d = f->tree->d;
    for (size_t i = from; i < to; i++) {
        const double *const point = f->tree->point + i * d;
        double sum = 0.0;
        for (size_t j = 0; j < d; j++)
            sum += (point[j] - f->query[j]) * (point[j] - f->query[j]);
        offer(f, f->tree->row[i], sum);
    }
}

static double distance_of_box(const search *f, size_t node) {
    const size_t d = f->tree->d;
    const double *const low = f->tree->low + node * d, *const high = f->tree->high + node * d;
    double sum = 0.0;
    for (size_t j = 0; j < d; j++) {
        const double below = low[j] - f->query[j], above = f->query[j] - high[j];
        const double gap = below > 0.0 ? below : above > 0.0 ? above : 0.0;
        sum += gap * gap;
    }
    return sum;
}

/* The nearer half first, so that the farther one is more often passed over. */
static void descend(search *f, size_t node, size_t level, size_t from, size_t to, double distance) {
    if (f->found == f->k && distance > f->distance[f->k - 1])
        return;
    if (level == f->tree->levels) {
        look_at(f, from, to);
        return;
    }
    const size_t middle = from + (to - from) / 2, lower = 2 * node + 1, upper = 2 * node + 2;
    const double to_lower = distance_of_box(f, lower), to_upper = distance_of_box(f, upper);
    if (to_lower <= to_upper)
        descend(f, lower, level + 1, from, middle, to_lower);
    descend(f, upper, level + 1, middle, to, to_upper);
    if (!(to_lower <= to_upper))
        descend(f, lower, level + 1, from, middle, to_lower);
}

ml_status ml_kdtree_nearest(const ml_kdtree *tree, size_t k, size_t n_queries, const double *query, uint32_t *nearest,
                            double *distance, ml_error *error) {
    if (k == 0 || k > tree->n)
        return ml_fail(error, ML_EINVAL, "k is %zu; it is at least 1, and at most the number of rows, %zu", k, tree->n);
    if (n_queries > 0)
        ML_TRY(ml_models_check_rows(n_queries, tree->d, query, error));
    for (size_t q = 0; q < n_queries; q++) {
        search f = {tree, query + q * tree->d, k, 0, nearest + q * k, distance + q * k};
        descend(&f, 0, 0, 0, tree->n, 0.0);
    }
    return ML_OK;
}
