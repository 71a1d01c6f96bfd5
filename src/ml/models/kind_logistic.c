/* Logistic regression as a kind: of two classes, or by softmax of more. */
#include "models/check.h"

enum { INTERCEPT, COEFFICIENTS, N_FIELDS };

static ml_status fit_two(const ml_dataset *data, double l2, double *coefficient, double *intercept, ml_arena *arena,
                         ml_error *error) {
    uint8_t *const label = ML_ALLOC(arena, data->n, uint8_t);
    if (label == NULL)
        return ml_models_out_of_memory("logistic regression", data->n, data->d, error);
    for (size_t i = 0; i < data->n; i++)
        label[i] = (uint8_t)data->label[i];
    return ml_logistic_fit(data->n, data->d, data->x, label, l2, coefficient, intercept, NULL, arena, error);
}

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    const size_t scores = data->classes == 2 ? 1 : data->classes;
    double *const intercept = ml_model_make(model, INTERCEPT, scores, 1, arena);
    double *const coefficient = ml_model_make(model, COEFFICIENTS, scores, data->d, arena);
    if (intercept == NULL || coefficient == NULL)
        return ml_models_out_of_memory("logistic regression", data->n, data->d, error);
    if (scores == 1)
        return fit_two(data, model->setting[0], coefficient, intercept, arena, error);
    return ml_softmax_fit(data->n, data->d, data->classes, data->x, data->label, model->setting[0], coefficient,
                          intercept, arena, error);
}

static ml_status predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                               ml_error *error) {
    (void)arena;
    (void)error;
    const double *const intercept = model->field[INTERCEPT].data, *const coefficient = model->field[COEFFICIENTS].data;
    if (model->classes > 2) {
        ml_softmax_predict(n, model->d, model->classes, x, coefficient, intercept, out);
        return ML_OK;
    }
    for (size_t i = 0; i < n; i++) {
        ml_logistic_predict(1, model->d, x + i * model->d, coefficient, *intercept, &out[2 * i + 1]);
        out[2 * i] = 1.0 - out[2 * i + 1];
    }
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"intercept", ML_FIELD_DOUBLE, ML_AXIS_SCORE, ML_AXIS_ONE, true, false},
    {"coefficients", ML_FIELD_DOUBLE, ML_AXIS_SCORE, ML_AXIS_FEATURE, true, false},
};

static const ml_model_setting settings[] = {
    {"l2", 0, 1e12, 1, false, "Weight of half the squared coefficients, beside the sum of log losses", NULL},
};

const ml_model_kind ml_kind_logistic = {
    .name = "logistic",
    .title = "Logistic regression",
    .tasks = ML_CLASSIFICATION,
    .n_settings = 1,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict_proba = predict_proba,
};
