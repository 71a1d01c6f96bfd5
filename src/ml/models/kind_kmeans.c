/* k-means as a kind: the model is the centres, its answer the index of the nearest one. */
#include "models/check.h"
#include "models/clusters.h"

enum { CENTRES, INERTIA, N_FIELDS };
enum { K, N_INIT, MAX_ITERATIONS, N_SETTINGS };

/* scikit-learn's tol: the moves of the centres in one round, beside the mean variance of the features. */
static const double TOLERANCE = 1e-4;

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    const size_t k = (size_t)model->setting[K], starts = (size_t)model->setting[N_INIT];
    double *const centre = ml_model_make(model, CENTRES, k, data->d, arena);
    double *const inertia = ml_model_make(model, INERTIA, 1, 1, arena);
    ml_kmeans_report report;
    ml_rng rng = ml_rng_seed(seed, 0);
    if (centre == NULL || inertia == NULL)
        return ml_models_out_of_memory("k-means", data->n, data->d, error);
    ML_TRY(ml_kmeans_fit(data->n, data->d, data->x, k, starts, (size_t)model->setting[MAX_ITERATIONS], TOLERANCE, &rng,
                         centre, NULL, &report, arena, error));
    *inertia = report.inertia;
    return ML_OK;
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    const ml_model_field *const centres = &model->field[CENTRES];
    uint32_t *const label = ML_ALLOC(arena, n, uint32_t);
    if (label == NULL)
        return ml_models_out_of_memory("k-means", n, model->d, error);
    ML_TRY(ml_kmeans_assign(n, model->d, x, centres->rows, centres->data, label, NULL, arena, error));
    for (size_t i = 0; i < n; i++)
        out[i] = label[i];
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    const double *const inertia = model->field[INERTIA].data;
    if ((double)model->field[CENTRES].rows != model->setting[K])
        return ml_fail(error, ML_EPARSE, "kmeans: %zu centres, for k = %g", model->field[CENTRES].rows,
                       model->setting[K]);
    if (*inertia < 0.0)
        return ml_fail(error, ML_EPARSE, "kmeans: the inertia is %g; a sum of squares is not negative", *inertia);
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"centres", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_FEATURE, true, false},
    {"inertia", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ONE, true, false},
};

static const ml_model_setting settings[N_SETTINGS] = {
    {"k", 1, 1e6, 8, true, "How many clusters", NULL},
    {"n_init", 1, 1e6, 10, true, "How many k-means++ starts; the one with the least inertia wins", NULL},
    {"max_iterations", 1, 1e6, 300, true, "The most rounds of a start", NULL},
};

const ml_model_kind ml_kind_kmeans = {
    .name = "kmeans",
    .title = "k-means",
    .tasks = ML_CLUSTERING,
    .n_settings = N_SETTINGS,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict = predict,
    .check = check,
};
