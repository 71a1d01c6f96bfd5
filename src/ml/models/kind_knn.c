/* Nearest neighbours as a kind: the rows are the model. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"

enum { ROWS, TARGET, LABEL, N_FIELDS };
enum { K, WEIGHTS, ALGORITHM, N_SETTINGS };
enum { AUTO, BRUTE, KD_TREE };

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    const bool classifies = model->task == ML_CLASSIFICATION;
    if (model->setting[K] > (double)data->n)
        return ml_fail(error, ML_EINVAL, "k is %g; it is at most the number of rows, %zu", model->setting[K], data->n);
    double *const rows = ml_model_make(model, ROWS, data->n, data->d, arena);
    void *const answer = ml_model_make(model, classifies ? LABEL : TARGET, data->n, 1, arena);
    if (rows == NULL || answer == NULL)
        return ml_models_out_of_memory("nearest neighbours", data->n, data->d, error);
    memcpy(rows, data->x, data->n * data->d * sizeof *rows);
    if (classifies)
        memcpy(answer, data->label, data->n * sizeof *data->label);
    else
        memcpy(answer, data->target, data->n * sizeof *data->target);
    return ML_OK;
}

typedef struct neighbours {
    size_t k;
    const uint32_t *row; /* [k] */
    double *distance;    /* [k] squared; then the weights */
} neighbours;

/* Uniform, or by 1 / distance; a row that lies exactly on the query then leaves no weight to those that do not. Returns
 * the sum of the weights. */
static double weigh(const neighbours *at, bool by_distance) {
    const double nearest = at->distance[0];
    double sum = 0.0;
    for (size_t i = 0; i < at->k; i++) {
        if (!by_distance || !isfinite(nearest))
            at->distance[i] = 1.0;
        else if (nearest == 0.0)
            at->distance[i] = at->distance[i] == 0.0;
        else /* relative to the nearest, so that nothing overflows */
            at->distance[i] = sqrt(nearest) / sqrt(at->distance[i]);
        sum += at->distance[i];
    }
    return sum;
}

/* Of classes, weights are divided by their sum last, so that where all neighbours agree the probability is exactly 1. */
static void answer(const ml_model *model, const neighbours *at, double sum, double *out) {
    const double *const target = model->field[TARGET].data;
    const uint32_t *const label = model->field[LABEL].data;
    if (model->task == ML_REGRESSION) {
        *out = 0.0;
        for (size_t i = 0; i < at->k; i++)
            *out += at->distance[i] / sum * target[at->row[i]];
        return;
    }
    memset(out, 0, model->classes * sizeof *out);
    for (size_t i = 0; i < at->k; i++)
        out[label[at->row[i]]] += at->distance[i];
    for (size_t c = 0; c < model->classes; c++)
        out[c] /= sum;
}

/* Whether so many queries pay for building a tree. Rows and boxes are about as fast to look at, so what counts is how
 * few boxes there are near a query: measured with normal features, eight are the most that pay. */
static bool is_tree_worth_it(const ml_model *model, size_t queries) {
    const size_t few = 8, rows = 1024;
    if (model->setting[ALGORITHM] != (double)AUTO)
        return model->setting[ALGORITHM] == (double)KD_TREE;
    return model->d <= few && model->field[ROWS].rows >= rows && queries / model->d >= 64;
}

typedef struct lookup {
    bool has_tree;
    ml_kdtree tree;
    size_t k, piece;  /* queries at a time */
    uint32_t *row;    /* [piece x k] */
    double *distance; /* [piece x k] */
} lookup;

/* A tree that was not asked for by name may be left out where memory is short: the answers are the same. */
static ml_status prepare(const ml_model *model, size_t n, lookup *f, ml_arena *arena, ml_error *error) {
    const ml_model_field *const rows = &model->field[ROWS];
    f->k = (size_t)model->setting[K];
    f->piece = 1 + 4096 / f->k;
    f->row = ML_ALLOC(arena, f->piece * f->k, uint32_t);
    f->distance = ML_ALLOC(arena, f->piece * f->k, double);
    if (f->row == NULL || f->distance == NULL)
        return ml_models_out_of_memory("nearest neighbours", rows->rows, model->d, error);
    if (!is_tree_worth_it(model, n))
        return ML_OK;
    const ml_status status = ml_kdtree_build(rows->rows, model->d, rows->data, &f->tree, arena, error);
    f->has_tree = status == ML_OK;
    return status == ML_ENOMEM && model->setting[ALGORITHM] == (double)AUTO ? ML_OK : status;
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    const ml_model_field *const rows = &model->field[ROWS];
    const size_t columns = model->task == ML_REGRESSION ? 1 : model->classes;
    lookup f = {0};
    ML_TRY(prepare(model, n, &f, arena, error));
    for (size_t done = 0; done < n; done += f.piece) {
        const size_t count = n - done < f.piece ? n - done : f.piece;
        const double *const query = x + done * model->d;
        if (f.has_tree)
            ML_TRY(ml_kdtree_nearest(&f.tree, f.k, count, query, f.row, f.distance, error));
        else
            ML_TRY(ml_knn_nearest(rows->rows, model->d, rows->data, f.k, count, query, f.row, f.distance, error));
        for (size_t i = 0; i < count; i++) {
            const neighbours at = {f.k, f.row + i * f.k, f.distance + i * f.k};
            const double sum = weigh(&at, model->setting[WEIGHTS] > 0.0);
            answer(model, &at, sum, out + (done + i) * columns);
        }
    }
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    const size_t rows = model->field[ROWS].rows;
    const bool classifies = model->task == ML_CLASSIFICATION;
    const ml_model_field *const answers = &model->field[classifies ? LABEL : TARGET];
    if (model->setting[K] > (double)rows || answers->rows != rows)
        return ml_fail(error, ML_EPARSE, "knn: %zu rows with %zu answers, for k = %g", rows, answers->rows,
                       model->setting[K]);
    for (size_t i = 0; classifies && i < rows; i++)
        if (((const uint32_t *)answers->data)[i] >= model->classes)
            return ml_fail(error, ML_EPARSE, "knn: the label of row %zu is none of the %zu classes", i, model->classes);
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"rows", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_FEATURE, false, false},
    {"target", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, false, true},
    {"label", ML_FIELD_UINT32, ML_AXIS_ANY, ML_AXIS_ONE, false, true},
};

static const char *const weights[] = {"uniform", "distance", NULL};
static const char *const algorithms[] = {"auto", "brute", "kd-tree", NULL};

static const ml_model_setting settings[N_SETTINGS] = {
    {"k", 1, 1e6, 5, true, "How many neighbours are asked", NULL},
    {"weights", 0, 1, 0, true, "Whether all neighbours count alike, or by 1 / distance", weights},
    {"algorithm", 0, KD_TREE, AUTO, true, "How neighbours are found; the answers are the same", algorithms},
};

const ml_model_kind ml_kind_knn = {
    .name = "knn",
    .title = "Nearest neighbours",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .n_settings = N_SETTINGS,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict = predict,
    .predict_proba = predict,
    .check = check,
};
