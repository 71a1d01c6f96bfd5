/* Gaussian naive Bayes as a kind. */
#include "models/check.h"

enum { PRIOR, MEAN, VARIANCE, N_FIELDS };

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    double *const prior = ml_model_make(model, PRIOR, data->classes, 1, arena);
    double *const mean = ml_model_make(model, MEAN, data->classes, data->d, arena);
    double *const variance = ml_model_make(model, VARIANCE, data->classes, data->d, arena);
    if (prior == NULL || mean == NULL || variance == NULL)
        return ml_models_out_of_memory("naive Bayes", data->n, data->d, error);
    return ml_gaussian_bayes_fit(data->n, data->d, data->classes, data->x, data->label, model->setting[0], prior, mean,
                                 variance, error);
}

static ml_status predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                               ml_error *error) {
    (void)arena;
    (void)error;
    ml_gaussian_bayes_predict(n, model->d, model->classes, x, model->field[PRIOR].data, model->field[MEAN].data,
                              model->field[VARIANCE].data, out);
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    const double *const prior = model->field[PRIOR].data, *const variance = model->field[VARIANCE].data;
    double sum = 0.0;
    for (size_t c = 0; c < model->classes; sum += prior[c++])
        if (!(prior[c] >= 0.0 && prior[c] <= 1.0))
            return ml_fail(error, ML_EPARSE, "naive-bayes: the prior of class %zu is %g", c, prior[c]);
    if (!(sum > 0.0))
        return ml_fail(error, ML_EPARSE, "naive-bayes: no class has a prior above 0");
    for (size_t k = 0; k < model->classes * model->d; k++)
        if (!(variance[k] > 0.0))
            return ml_fail(error, ML_EPARSE, "naive-bayes: variance %zu is %g", k, variance[k]);
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"prior", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_ONE, true, false},
    {"mean", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, false},
    {"variance", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, false},
};

static const ml_model_setting settings[] = {
    {"var_smoothing", 1e-15, 1, 1e-9, false, "Share of the largest variance that is added to every variance", NULL},
};

const ml_model_kind ml_kind_naive_bayes = {
    .name = "naive-bayes",
    .title = "Gaussian naive Bayes",
    .tasks = ML_CLASSIFICATION,
    .n_settings = 1,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict_proba = predict_proba,
    .check = check,
};
