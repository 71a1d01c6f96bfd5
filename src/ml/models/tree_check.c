#include "base/math.h"
#include "models/tree_parts.h"

static ml_status check_features(const ml_tree_rows *r, ml_error *error) {
    if (r->n == 0 || r->d == 0 || r->n > INT32_MAX || r->d > INT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu features; a tree needs at least one of each, and takes at "
                       "most 2147483647", r->n, r->d);
    for (size_t i = 0; i < r->n; i++)
        for (size_t j = 0; j < r->d; j++)
            if (isinf(r->x[i * r->d + j]))
                return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is infinite; use NaN for a missing value", i, j);
    return ML_OK;
}

static ml_status check_targets(const ml_tree_rows *r, ml_error *error) {
    if (r->classes > UINT16_MAX)
        return ml_fail(error, ML_EINVAL, "%zu classes; a tree takes at most %d", r->classes, UINT16_MAX);
    for (size_t i = 0; i < r->n; i++) {
        if (r->classes > 0 && r->label[i] >= r->classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %lu; labels are 0 to %zu", i,
                           (unsigned long)r->label[i], r->classes - 1);
        if (r->classes == 0 && !isfinite(r->y[i]))
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g; leave out rows without a target", i,
                           r->y[i]);
    }
    return ML_OK;
}

static ml_status check_weights(const ml_tree_rows *r, ml_error *error) {
    double sum = 0.0;
    for (size_t i = 0; r->weight != NULL && i < r->n; i++) {
        if (!(r->weight[i] >= 0.0 && isfinite(r->weight[i])))
            return ml_fail(error, ML_EINVAL, "the weight of row %zu is %g; weights are finite, 0 or more", i,
                           r->weight[i]);
        sum += r->weight[i];
    }
    if (r->weight != NULL && !(sum > 0.0 && isfinite(sum)))
        return ml_fail(error, ML_EINVAL, "the weights add up to %g; some must be above 0, and their sum finite", sum);
    return ML_OK;
}

ml_status ml_tree_check_rows(const ml_tree_rows *rows, ml_error *error) {
    ML_TRY(check_features(rows, error));
    ML_TRY(check_targets(rows, error));
    return check_weights(rows, error);
}

static bool is_at_least_0(double x) {
    return x >= 0.0 && isfinite(x);
}

ml_status ml_tree_check_settings(const ml_tree_rows *rows, const ml_tree_settings *s, ml_error *error) {
    const bool is_regression = s->criterion == ML_TREE_SQUARED_ERROR;
    if (!is_regression && s->criterion != ML_TREE_GINI && s->criterion != ML_TREE_ENTROPY)
        return ml_fail(error, ML_EINVAL, "criterion %d is unknown; it is gini (0), entropy (1) or squared error (2)",
                       (int)s->criterion);
    if (is_regression != (rows->classes == 0))
        return ml_fail(error, ML_EINVAL, "the criterion does not fit %zu classes; use gini or entropy for classes, "
                       "squared error for numbers", rows->classes);
    if (s->min_samples_split < 2 || s->min_samples_leaf < 1)
        return ml_fail(error, ML_EINVAL, "min_samples_split is %zu and min_samples_leaf %zu; they are at least 2 and 1",
                       s->min_samples_split, s->min_samples_leaf);
    if (s->max_features > rows->d)
        return ml_fail(error, ML_EINVAL, "max_features is %zu of %zu features; use 0 for all of them", s->max_features,
                       rows->d);
    if (!is_at_least_0(s->min_impurity_decrease) || !is_at_least_0(s->ccp_alpha))
        return ml_fail(error, ML_EINVAL, "min_impurity_decrease is %g and ccp_alpha %g; both are finite, 0 or more",
                       s->min_impurity_decrease, s->ccp_alpha);
    return ML_OK;
}

/* Root offsets that go up, from 0 to the end. */
static ml_status check_roots(const ml_trees *t, ml_error *error) {
    if (t->d == 0 || t->n_outputs == 0 || t->n_trees == 0 || t->n_nodes < t->n_trees)
        return ml_fail(error, ML_EPARSE, "%lu trees of %lu nodes, %lu features and %lu outputs; none may be 0",
                       (unsigned long)t->n_trees, (unsigned long)t->n_nodes, (unsigned long)t->d,
                       (unsigned long)t->n_outputs);
    for (size_t i = 0; i < t->n_trees; i++)
        if (t->root[i] >= t->root[i + 1])
            return ml_fail(error, ML_EPARSE, "tree %zu has no nodes; the model file is damaged", i);
    if (t->root[0] != 0 || t->root[t->n_trees] != t->n_nodes)
        return ml_fail(error, ML_EPARSE, "the trees do not fill their %lu nodes; the model file is damaged",
                       (unsigned long)t->n_nodes);
    return ML_OK;
}

/* Children after their parent and in the same tree: every walk down ends. */
static bool is_node_sound(const ml_trees *t, uint32_t i, uint32_t end) {
    const bool is_leaf = t->feature[i] == ML_TREE_LEAF;
    const bool has_children = t->feature[i] >= 0 && (uint32_t)t->feature[i] < t->d && t->left[i] > i &&
                              t->right[i] > i && t->left[i] < end && t->right[i] < end && t->left[i] != t->right[i] &&
                              !isnan(t->threshold[i]);
    return (is_leaf || has_children) && t->weight[i] > 0.0 && isfinite(t->weight[i]) && is_at_least_0(t->gain[i]);
}

ml_status ml_trees_check(const ml_trees *t, ml_error *error) {
    ML_TRY(check_roots(t, error));
    for (size_t tree = 0; tree < t->n_trees; tree++)
        for (uint32_t i = t->root[tree]; i < t->root[tree + 1]; i++) {
            if (!is_node_sound(t, i, t->root[tree + 1]))
                return ml_fail(error, ML_EPARSE, "node %lu of the trees is not possible; the model file is damaged",
                               (unsigned long)i);
            for (size_t k = 0; k < t->n_outputs; k++)
                if (!isfinite(t->value[(size_t)i * t->n_outputs + k]))
                    return ml_fail(error, ML_EPARSE, "node %lu has a value that is not finite; the model file is "
                                   "damaged", (unsigned long)i);
        }
    return ML_OK;
}
