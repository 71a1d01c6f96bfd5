#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/gbt_parts.h"

enum { MOST_ROUNDS = 100000 };

ml_gbt_settings ml_gbt_defaults(void) {
    return (ml_gbt_settings){.n_rounds = 100, .learning_rate = 0.1, .max_depth = 6, .max_bins = ML_GBT_MAX_BINS,
                             .l2 = 1.0, .min_child_weight = 1.0, .row_share = 1.0, .column_share = 1.0};
}

/* A fit: its rows, those that tell when to stop, and where the scores stand. */
typedef struct fitting {
    const ml_tree_rows *rows, *valid; /* valid: or NULL */
    const ml_gbt_settings *settings;
    size_t k;                         /* outputs */
    const double *base;               /* [k] */
    double *score, *valid_score;      /* [n x k] */
    double *share;                    /* [n x k] what the scores say: probabilities, or numbers */
    ml_gbt_grower grower;
} fitting;

static double weight_of(const ml_tree_rows *rows, size_t i) {
    return rows->weight == NULL ? 1.0 : rows->weight[i];
}

/* Scores [k] to probabilities, or to the number itself. Log odds give the probability of class 1. */
static void respond(size_t classes, size_t k, const double *score, double *response) {
    double sum = 0.0, most = score[0];
    if (k == 1) {
        response[0] = classes == 0 ? score[0] : ml_sigmoid(score[0]);
        return;
    }
    for (size_t c = 1; c < k; c++)
        most = fmax(most, score[c]);
    for (size_t c = 0; c < k; c++)
        sum += response[c] = ml_exp(score[c] - most);
    for (size_t c = 0; c < k; c++)
        response[c] /= sum;
}

/* First and second derivatives of the loss by output c, times the row's weight. */
static void differentiate(fitting *f, size_t c) {
    for (size_t i = 0; i < f->rows->n; i++) {
        const double w = weight_of(f->rows, i), p = f->share[i * f->k + c];
        if (f->rows->classes == 0) {
            f->grower.g[i] = w * (p - f->rows->y[i]);
            f->grower.h[i] = w;
        } else {
            const bool is_it = f->rows->label[i] == (f->k == 1 ? 1 : c);
            f->grower.g[i] = w * (p - (is_it ? 1.0 : 0.0));
            f->grower.h[i] = w * p * (1.0 - p);
        }
    }
}

/* The loss of one row: half the squared error, or the log loss from the scores, in its stable form. */
static double loss_of(const ml_tree_rows *rows, size_t k, size_t i, const double *score) {
    if (rows->classes == 0)
        return 0.5 * (score[0] - rows->y[i]) * (score[0] - rows->y[i]);
    if (k == 1) {
        const double z = rows->label[i] == 1 ? score[0] : -score[0];
        return (z < 0.0 ? -z : 0.0) + ml_log1p(ml_exp(-fabs(z)));
    }
    double most = score[0], sum = 0.0;
    for (size_t c = 1; c < k; c++)
        most = fmax(most, score[c]);
    for (size_t c = 0; c < k; c++)
        sum += ml_exp(score[c] - most);
    return most + ml_log(sum) - score[rows->label[i]];
}

static double total_loss(const ml_tree_rows *rows, size_t k, const double *score) {
    double sum = 0.0;
    for (size_t i = 0; i < rows->n; i++)
        sum += weight_of(rows, i) * loss_of(rows, k, i, score + i * k);
    return sum;
}

/* The best constant scores: the mean, the log odds, or the logs of the shares. */
static void find_base(const ml_tree_rows *rows, size_t k, double *base) {
    double all = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = weight_of(rows, i);
        all += w;
        if (rows->classes == 0 && w > 0.0)
            base[0] += w / all * (rows->y[i] - base[0]);
        if (rows->classes > 0 && (k > 1 || rows->label[i] == 1))
            base[k > 1 ? rows->label[i] : 0] += w;
    }
    for (size_t c = 0; rows->classes > 0 && c < k; c++) {
        const double p = fmin(fmax(base[c] / all, 1e-9), 1.0 - 1e-9); /* a class without rows is rare, not impossible */
        base[c] = k > 1 ? ml_log(p) : ml_log(p / (1.0 - p));
    }
}

/* Draws a share of the numbers below n, in order; with `rows` only of those with a weight. Source: Knuth, volume 2, 3.4.2, algorithm S. */
static size_t draw(ml_rng *rng, size_t n, const ml_tree_rows *rows, double share, uint32_t *drawn) {
    size_t left = 0, found = 0;
    for (size_t i = 0; i < n; i++)
        left += rows == NULL || weight_of(rows, i) > 0.0;
    const size_t wanted = (size_t)ceil(share * (double)left);
    for (size_t i = 0; i < n; i++) {
        if (rows != NULL && !(weight_of(rows, i) > 0.0))
            continue;
        if (share == 1.0 || ml_rng_uniform(rng) * (double)left < (double)(wanted - found))
            drawn[found++] = (uint32_t)i;
        left--;
    }
    return found;
}

/* Adds what the newest tree says to output c of the scores. */
static ml_status add_tree(ml_tree_nodes *nodes, size_t root, const ml_tree_rows *rows, size_t k, size_t c,
                          double *score, ml_error *error) {
    for (size_t i = 0; i < rows->n; i++) {
        ml_tree_node *node = ml_tree_node_at(nodes, root);
        while (node->feature != ML_TREE_LEAF) {
            const double x = rows->x[i * rows->d + (size_t)node->feature];
            const bool is_left = isnan(x) ? node->missing_left : x <= node->threshold;
            node = ml_tree_node_at(nodes, is_left ? node->left : node->right);
        }
        score[i * k + c] += ml_tree_node_value(node)[0];
        if (!isfinite(score[i * k + c]))
            return ml_fail(error, ML_EDIVERGED, "the score of row %zu overflows; use a smaller learning_rate, l2 above "
                           "0, or smaller targets", i);
    }
    return ML_OK;
}

static ml_status add_round(fitting *f, size_t round, ml_tree_nodes *nodes, ml_error *error) {
    for (size_t i = 0; i < f->rows->n; i++)
        respond(f->rows->classes, f->k, f->score + i * f->k, f->share + i * f->k);
    for (size_t c = 0; c < f->k; c++) {
        ml_rng rng = ml_rng_seed(f->settings->seed, round * f->k + c);
        const size_t root = nodes->n;
        const size_t n = draw(&rng, f->rows->n, f->rows, f->settings->row_share, f->grower.order);
        f->grower.n_columns = draw(&rng, f->rows->d, NULL, f->settings->column_share, f->grower.column);
        differentiate(f, c);
        ML_TRY(ml_gbt_grow(&f->grower, n, nodes, error));
        ML_TRY(add_tree(nodes, root, f->rows, f->k, c, f->score, error));
        if (f->valid != NULL)
            ML_TRY(add_tree(nodes, root, f->valid, f->k, c, f->valid_score, error));
    }
    return ML_OK;
}

/* All rounds; with validation rows those up to the best of them. The first is always kept. */
static ml_status add_rounds(fitting *f, ml_tree_nodes *nodes, ml_error *error) {
    double best = (double)INFINITY;
    size_t best_round = 0, kept = 0;
    for (size_t round = 0; round < f->settings->n_rounds; round++) {
        ML_TRY(add_round(f, round, nodes, error));
        if (f->valid == NULL)
            continue;
        const double loss = total_loss(f->valid, f->k, f->valid_score);
        if (round == 0 || loss < best) {
            best = loss;
            best_round = round;
            kept = nodes->n;
        } else if (f->settings->patience > 0 && round - best_round >= f->settings->patience) {
            break;
        }
    }
    if (f->valid != NULL)
        nodes->n = kept;
    return ML_OK;
}

static void start(const fitting *f, const ml_tree_rows *rows, double *score) {
    for (size_t i = 0; i < rows->n * f->k; i++)
        score[i] = f->base[i % f->k];
}

static ml_status fit(fitting *f, ml_gbt *gbt, ml_arena *arena, ml_error *error) {
    const size_t n_valid = f->valid == NULL ? 0 : f->valid->n;
    double *const base = ML_ALLOC(arena, f->k, double);
    const ml_arena_mark before = ml_arena_save(arena);
    f->base = base;
    f->score = ml_arena_alloc(arena, f->rows->n, f->k * sizeof(double));
    f->share = ml_arena_alloc(arena, f->rows->n, f->k * sizeof(double));
    f->valid_score = ml_arena_alloc(arena, n_valid, f->k * sizeof(double));
    if (!(base && f->score && f->share && f->valid_score))
        return ml_models_out_of_memory("boosting", f->rows->n, f->rows->d, error);
    find_base(f->rows, f->k, base);
    start(f, f->rows, f->score);
    if (f->valid != NULL)
        start(f, f->valid, f->valid_score);
    ML_TRY(ml_gbt_grower_make(&f->grower, f->rows, f->settings, arena, error));
    ml_tree_nodes nodes = ml_tree_nodes_open(1, arena);
    ML_TRY(add_rounds(f, &nodes, error));
    ml_gbt made = {.classes = f->rows->classes, .n_outputs = f->k, .base = base};
    ML_TRY(ml_tree_nodes_close(&nodes, f->rows->d, before, &made.trees, arena, error));
    *gbt = made;
    return ML_OK;
}

static bool is_share(double x) {
    return x > 0.0 && x <= 1.0;
}

static bool is_at_least_0(double x) {
    return x >= 0.0 && isfinite(x);
}

static ml_status check_settings(const ml_gbt_settings *s, ml_error *error) {
    if (s->n_rounds == 0 || s->n_rounds > MOST_ROUNDS)
        return ml_fail(error, ML_EINVAL, "n_rounds is %zu; it is 1 to %d", s->n_rounds, MOST_ROUNDS);
    if (!(s->learning_rate > 0.0 && isfinite(s->learning_rate)))
        return ml_fail(error, ML_EINVAL, "learning_rate is %g; it is above 0, 0.1 is usual", s->learning_rate);
    if (s->max_depth == 0 || s->max_depth > ML_GBT_MAX_DEPTH)
        return ml_fail(error, ML_EINVAL, "max_depth is %zu; a boosted tree has 1 to %d levels", s->max_depth,
                       ML_GBT_MAX_DEPTH);
    if (s->max_bins < 2 || s->max_bins > ML_GBT_MAX_BINS)
        return ml_fail(error, ML_EINVAL, "max_bins is %zu; it is 2 to %d", s->max_bins, ML_GBT_MAX_BINS);
    if (!is_at_least_0(s->l2) || !is_at_least_0(s->min_gain) || !is_at_least_0(s->min_child_weight))
        return ml_fail(error, ML_EINVAL, "l2 is %g, min_gain %g and min_child_weight %g; all are finite, 0 or more",
                       s->l2, s->min_gain, s->min_child_weight);
    if (!is_share(s->row_share) || !is_share(s->column_share))
        return ml_fail(error, ML_EINVAL, "row_share is %g and column_share %g; both are above 0, and 1 at most",
                       s->row_share, s->column_share);
    return ML_OK;
}

ml_status ml_gbt_fit(const ml_tree_rows *rows, const ml_tree_rows *valid, const ml_gbt_settings *settings, ml_gbt *gbt,
                     ml_arena *arena, ml_error *error) {
    ML_TRY(ml_tree_check_rows(rows, error));
    ML_TRY(check_settings(settings, error));
    if (rows->classes == 1)
        return ml_fail(error, ML_EINVAL, "one class only: there is nothing to tell apart");
    if (valid != NULL && (valid->d != rows->d || valid->classes != rows->classes))
        return ml_fail(error, ML_EINVAL, "validation rows have %zu features and %zu classes, the others %zu and %zu",
                       valid->d, valid->classes, rows->d, rows->classes);
    if (valid != NULL)
        ML_TRY(ml_tree_check_rows(valid, error));
    const ml_arena_mark before = ml_arena_save(arena);
    fitting f = {.rows = rows, .valid = valid, .settings = settings, .k = rows->classes > 2 ? rows->classes : 1};
    const ml_status status = fit(&f, gbt, arena, error);
    if (status != ML_OK)
        ml_arena_release(arena, before);
    return status;
}

void ml_gbt_score(const ml_gbt *gbt, size_t n, const double *x, double *score) {
    const ml_trees *const t = &gbt->trees;
    const size_t k = gbt->n_outputs;
    for (size_t i = 0; i < n * k; i++)
        score[i] = gbt->base[i % k];
    for (size_t tree = 0; tree < t->n_trees; tree++)
        for (size_t i = 0; i < n; i++)
            score[i * k + tree % k] += t->value[ml_trees_leaf(t, tree, x + i * t->d)];
}

/* From the last row to the first: where there are two classes, a row's answer takes more room than its score. */
void ml_gbt_predict(const ml_gbt *gbt, size_t n, const double *x, double *prediction) {
    const size_t k = gbt->n_outputs;
    ml_gbt_score(gbt, n, x, prediction);
    for (size_t i = n; i-- > 0;) {
        if (gbt->classes != 2) {
            respond(gbt->classes, k, prediction + i * k, prediction + i * k);
        } else {
            const double score = prediction[i];
            prediction[2 * i] = ml_sigmoid(-score);
            prediction[2 * i + 1] = ml_sigmoid(score);
        }
    }
}
