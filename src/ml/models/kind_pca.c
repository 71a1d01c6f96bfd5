/* Principal components as a kind: a transform, whose answer is a row's scores. */
#include "models/check.h"
#include "models/decomposition.h"

enum { MEAN, COMPONENTS, VARIANCE, RATIO, NOISE, N_FIELDS };

static double sum_of_variances(const ml_dataset *data, const double *mean) {
    double sum = 0.0;
    for (size_t i = 0; i < data->n; i++)
        for (size_t j = 0; j < data->d; j++)
            sum += (data->x[i * data->d + j] - mean[j]) * (data->x[i * data->d + j] - mean[j]);
    return sum / (double)(data->n - 1);
}

/* The mean variance along the directions that were left out, 0 if there are none: what probabilistic PCA takes for
 * noise (Tipping and Bishop 1999, JRSS B 61(3)). */
static double noise_variance(const ml_dataset *data, const double *mean, size_t k, const double *variance) {
    const size_t m = data->n < data->d ? data->n : data->d;
    double left = sum_of_variances(data, mean);
    for (size_t c = 0; c < k; c++)
        left -= variance[c];
    return k < m && left > 0.0 ? left / (double)(m - k) : 0.0;
}

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    const size_t d = data->d, m = data->n < d ? data->n : d,
                 k = model->setting[0] > 0.0 ? (size_t)model->setting[0] : m;
    double *const mean = ml_model_make(model, MEAN, 1, d, arena);
    double *const component = ml_model_make(model, COMPONENTS, k, d, arena);
    double *const variance = ml_model_make(model, VARIANCE, k, 1, arena);
    double *const ratio = ml_model_make(model, RATIO, k, 1, arena);
    double *const noise = ml_model_make(model, NOISE, 1, 1, arena);
    if (mean == NULL || component == NULL || variance == NULL || ratio == NULL || noise == NULL)
        return ml_models_out_of_memory("principal components", data->n, d, error);
    ML_TRY(ml_pca_fit(data->n, d, data->x, k, mean, component, variance, ratio, arena, error));
    *noise = noise_variance(data, mean, k, variance);
    model->outputs = k;
    return ML_OK;
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    (void)arena;
    (void)error;
    ml_pca_transform(n, model->d, x, model->outputs, model->field[MEAN].data, model->field[COMPONENTS].data, out);
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    for (size_t i = COMPONENTS; i <= RATIO; i++)
        if (model->field[i].rows != model->outputs)
            return ml_fail(error, ML_EPARSE, "pca: \"%s\" has %zu rows, for %zu components", model->kind->field[i].name,
                           model->field[i].rows, model->outputs);
    return ML_OK;
}

/* As long as there are outputs, which check asks for; ANY, because one component is described as a list of one too. */
static const ml_model_field_kind fields[N_FIELDS] = {
    {"mean", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_FEATURE, true, false},
    {"components", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_FEATURE, true, false},
    {"explained_variance", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, true, false},
    {"explained_variance_ratio", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, true, false},
    {"noise_variance", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ONE, true, false},
};

static const ml_model_setting settings[] = {
    {"n_components", 0, 1e6, 0, true, "How many components; 0: as many as there are rows or features", NULL},
};

const ml_model_kind ml_kind_pca = {
    .name = "pca",
    .title = "Principal components",
    .tasks = ML_TRANSFORM,
    .n_settings = 1,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict = predict,
    .check = check,
};
