/* Linear models of a number, as kinds: they differ in how the coefficients are found. */
#include "models/check.h"

enum { INTERCEPT, COEFFICIENTS, N_FIELDS };

static const ml_model_field_kind fields[N_FIELDS] = {
    {"intercept", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ONE, true, false},
    {"coefficients", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_FEATURE, true, false},
};

typedef struct parameters {
    double *intercept, *coefficient;
} parameters;

static ml_status make(ml_model *model, const ml_dataset *data, ml_arena *arena, parameters *out, ml_error *error) {
    out->intercept = ml_model_make(model, INTERCEPT, 1, 1, arena);
    out->coefficient = ml_model_make(model, COEFFICIENTS, 1, data->d, arena);
    if (out->intercept == NULL || out->coefficient == NULL)
        return ml_models_out_of_memory(model->kind->name, data->n, data->d, error);
    return ML_OK;
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    (void)arena;
    (void)error;
    const double *const intercept = model->field[INTERCEPT].data;
    ml_linear_predict(n, model->d, x, model->field[COEFFICIENTS].data, *intercept, out);
    return ML_OK;
}

static ml_status fit_linear(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    parameters at = {0};
    ML_TRY(make(model, data, arena, &at, error));
    return ml_linear_fit(data->n, data->d, data->x, data->target, at.coefficient, at.intercept, arena, error);
}

const ml_model_kind ml_kind_linear = {
    .name = "linear",
    .title = "Linear regression",
    .tasks = ML_REGRESSION,
    .n_fields = N_FIELDS,
    .field = fields,
    .fit = fit_linear,
    .predict = predict,
};

static ml_status fit_ridge(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    parameters at = {0};
    ML_TRY(make(model, data, arena, &at, error));
    return ml_ridge_fit(data->n, data->d, data->x, data->target, model->setting[0], at.coefficient, at.intercept, arena,
                        error);
}

static const ml_model_setting ridge_settings[] = {
    {"l2", 0, 1e12, 1, false, "Weight of the squared coefficients, beside the sum of squared errors", NULL},
};

const ml_model_kind ml_kind_ridge = {
    .name = "ridge",
    .title = "Ridge regression",
    .tasks = ML_REGRESSION,
    .n_settings = 1,
    .n_fields = N_FIELDS,
    .setting = ridge_settings,
    .field = fields,
    .fit = fit_ridge,
    .predict = predict,
};

static ml_status fit_lasso(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    parameters at = {0};
    ML_TRY(make(model, data, arena, &at, error));
    return ml_elastic_net_fit(data->n, data->d, data->x, data->target, model->setting[0], 0.0, at.coefficient,
                              at.intercept, arena, error);
}

static const ml_model_setting lasso_settings[] = {
    {"l1", 1e-12, 1e12, 1, false, "Weight of the absolute coefficients, beside half the mean squared error", NULL},
};

const ml_model_kind ml_kind_lasso = {
    .name = "lasso",
    .title = "Lasso",
    .tasks = ML_REGRESSION,
    .n_settings = 1,
    .n_fields = N_FIELDS,
    .setting = lasso_settings,
    .field = fields,
    .fit = fit_lasso,
    .predict = predict,
};

enum { ALPHA, L1_RATIO, N_ELASTIC_NET };

static ml_status fit_elastic_net(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena,
                                 ml_error *error) {
    (void)seed;
    parameters at = {0};
    const double alpha = model->setting[ALPHA], share = model->setting[L1_RATIO];
    ML_TRY(make(model, data, arena, &at, error));
    return ml_elastic_net_fit(data->n, data->d, data->x, data->target, alpha * share, alpha * (1.0 - share),
                              at.coefficient, at.intercept, arena, error);
}

static const ml_model_setting elastic_net_settings[N_ELASTIC_NET] = {
    {"alpha", 1e-12, 1e12, 1, false, "Weight of both penalties, beside half the mean squared error", NULL},
    {"l1_ratio", 0, 1, 0.5, false, "Share of the penalty on absolute coefficients; the rest is on half the squared ones",
     NULL},
};

const ml_model_kind ml_kind_elastic_net = {
    .name = "elastic-net",
    .title = "Elastic net",
    .tasks = ML_REGRESSION,
    .n_settings = N_ELASTIC_NET,
    .n_fields = N_FIELDS,
    .setting = elastic_net_settings,
    .field = fields,
    .fit = fit_elastic_net,
    .predict = predict,
};
