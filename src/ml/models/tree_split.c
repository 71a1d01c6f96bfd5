/* The search for a node's best split: sort its rows by a column, move them one by one from the right side to the left,
 * and look at each place between two different values.
 * Source: Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees" (1984), chapters 2, 4 and 8. */
#include <float.h>

#include "base/math.h"
#include "models/tree_parts.h"

/* The two sides of a cut. Of a class with weight c on a side, or of a sum of targets there, `left` and `right` hold
 *   gini           sum of c^2            so that the score is the sum over the sides of (sum of c^2) / weight
 *   entropy        sum of c ln c         and of (sum of c ln c) - weight ln weight
 *   squared error  sum of weight target  and of (that sum)^2 / weight
 * Each score is the decrease of impurity by the cut, times the node's weight, up to a constant of the node. */
typedef struct sides {
    double left, right, left_weight, right_weight;
} sides;

static inline double c_log_c(double c) {
    return c > 0.0 ? c * ml_log(c) : 0.0;
}

/* Moves one row to the left. */
static inline void move(ml_tree_criterion criterion, const ml_tree_grower *g, uint32_t row, sides *s) {
    const double w = g->weight[row];
    if (criterion == ML_TREE_SQUARED_ERROR) {
        s->left += w * g->target[row];
        s->right -= w * g->target[row];
    } else {
        double *const left = g->left + g->rows->label[row], *const right = g->right + g->rows->label[row];
        if (criterion == ML_TREE_GINI) {
            s->left += w * (2.0 * *left + w);
            s->right -= w * (2.0 * *right - w);
        } else {
            s->left += c_log_c(*left + w) - c_log_c(*left);
            s->right -= c_log_c(*right) - c_log_c(*right - w);
        }
        *left += w;
        *right -= w;
    }
    s->left_weight += w;
    s->right_weight -= w;
}

static inline double score_of(ml_tree_criterion criterion, const sides *s) {
    const double l = s->left_weight, r = s->right_weight;
    if (criterion == ML_TREE_GINI) /* one division, and exact up to it for whole weights: equal splits score equal */
        return (s->left * r + s->right * l) / (l * r);
    if (criterion == ML_TREE_ENTROPY)
        return s->left - c_log_c(l) + (s->right - c_log_c(r));
    return (s->left * s->left * r + s->right * s->right * l) / (l * r);
}

/* All of a node is on the right side: its weights by class, and what follows from them. */
static inline sides all_right(ml_tree_criterion criterion, ml_tree_grower *g, const double *total, double weight) {
    sides s = {.right_weight = weight};
    for (size_t c = 0; c < g->rows->classes; c++) {
        g->left[c] = 0.0;
        g->right[c] = total[c];
        s.right += criterion == ML_TREE_GINI ? total[c] * total[c] : c_log_c(total[c]);
    }
    return s; /* targets are centred: their sum is 0 */
}

/* A column of a node, sorted: the known values, then the missing ones. */
typedef struct column {
    const uint64_t *item;
    size_t known, n;
    uint32_t feature, low; /* low: what was taken off the ranks */
} column;

static inline uint32_t rank_at(const column *c, size_t i) {
    return (uint32_t)(c->item[i] >> 32);
}

static inline uint32_t row_at(const column *c, size_t i) {
    return (uint32_t)c->item[i];
}

static double value_at(const ml_tree_grower *g, const column *c, size_t i) {
    return g->rows->x[(size_t)row_at(c, i) * g->rows->d + c->feature];
}

/* Takes the cut after known value i. */
static void take(const ml_tree_grower *g, const column *c, size_t i, uint8_t missing_left, double score,
                 ml_tree_cut *cut) {
    const bool is_last = i + 1 == c->known;
    cut->score = score;
    cut->feature = (int32_t)c->feature;
    cut->rank = rank_at(c, i) + c->low;
    cut->threshold = is_last ? DBL_MAX : ml_tree_threshold(value_at(g, c, i), value_at(g, c, i + 1));
    cut->missing_left = missing_left;
    cut->saw_missing = c->known < c->n;
}

/* Of cuts with equal scores the lower column wins, then the one found first. */
static bool is_better(double score, uint32_t feature, const ml_tree_cut *cut) {
    return score > cut->score || (score == cut->score && (int32_t)feature < cut->feature);
}

/* All cuts of one column with its missing values on one side. */
static inline void sweep(ml_tree_criterion criterion, ml_tree_grower *g, const column *c, uint8_t missing_left,
                         const double *total, double weight, ml_tree_cut *cut) {
    const size_t least = g->settings->min_samples_leaf, missing = c->n - c->known;
    sides s = all_right(criterion, g, total, weight);
    for (size_t i = c->known; missing_left && i < c->n; i++)
        move(criterion, g, row_at(c, i), &s);
    const size_t end = missing_left || missing == 0 ? c->known - 1 : c->known; /* something must stay on the right */
    for (size_t i = 0; i < end; i++) {
        move(criterion, g, row_at(c, i), &s);
        const size_t n_left = i + 1 + (missing_left ? missing : 0);
        if ((i + 1 < c->known && rank_at(c, i + 1) == rank_at(c, i)) || n_left < least || c->n - n_left < least)
            continue;
        const double score = score_of(criterion, &s);
        if (is_better(score, c->feature, cut) && score < (double)INFINITY)
            take(g, c, i, missing_left, score, cut);
    }
}

static void sweep_both(ml_tree_criterion criterion, ml_tree_grower *g, const column *c, const double *total,
                       double weight, ml_tree_cut *cut) {
    for (int missing_left = c->known < c->n; missing_left >= 0; missing_left--) {
        if (criterion == ML_TREE_GINI) /* constants, so that the compiler makes three loops without questions */
            sweep(ML_TREE_GINI, g, c, (uint8_t)missing_left, total, weight, cut);
        else if (criterion == ML_TREE_ENTROPY)
            sweep(ML_TREE_ENTROPY, g, c, (uint8_t)missing_left, total, weight, cut);
        else
            sweep(ML_TREE_SQUARED_ERROR, g, c, (uint8_t)missing_left, total, weight, cut);
    }
}

bool ml_tree_try(ml_tree_grower *g, size_t begin, size_t end, uint32_t feature, const double *total, double weight,
                 ml_tree_cut *cut) {
    const uint32_t *const rank = g->ranks.rank + (size_t)feature * g->rows->n, missing = g->ranks.n_ranks[feature];
    uint32_t low = UINT32_MAX, high = 0;
    column c = {.n = end - begin, .feature = feature};
    for (size_t i = begin; i < end; i++) {
        const uint32_t here = rank[g->order[i]];
        g->item[i - begin] = (uint64_t)here << 32 | g->order[i];
        low = here < low ? here : low;
        high = here > high ? here : high;
        c.known += here != missing;
    }
    if (low == high)
        return false;
    c.low = low;
    for (size_t i = 0; i < c.n; i++)
        g->item[i] -= (uint64_t)low << 32;
    c.item = ml_tree_sort(c.n, g->item, g->sorted, high - low);
    sweep_both(g->settings->criterion, g, &c, total, weight, cut);
    return true;
}

double ml_tree_threshold(double a, double b) {
    const double middle = a / 2.0 + b / 2.0; /* a + b may overflow */
    return middle >= a && middle < b ? middle : a;
}
