/* Stochastic gradient descent as a kind: of a number by squared loss, of classes by log loss, one against the rest. */
#include "models/check.h"
#include "models/online.h"

enum { INTERCEPT, COEFFICIENTS, N_FIELDS };
enum { ALPHA, L1_RATIO, LEARNING_RATE, SCHEDULE, POWER_T, EPOCHS, AVERAGE, N_SETTINGS };
enum { STREAM_ORDER = 0 };

static ml_sgd_settings settings_of(const ml_model *model) {
    return (ml_sgd_settings){.loss = model->task == ML_REGRESSION ? ML_SGD_SQUARED : ML_SGD_LOG,
                             .schedule = (ml_sgd_schedule)model->setting[SCHEDULE],
                             .rate = model->setting[LEARNING_RATE],
                             .power = model->setting[POWER_T],
                             .alpha = model->setting[ALPHA],
                             .l1_ratio = model->setting[L1_RATIO],
                             .epochs = (size_t)model->setting[EPOCHS],
                             .averages = model->setting[AVERAGE] > 0.0};
}

/* One score for each class, or with two classes one, which speaks for class 1. Each is learnt from the rows in the same
 * order. */
static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    const bool is_number = model->task == ML_REGRESSION;
    const size_t scores = is_number || data->classes == 2 ? 1 : data->classes;
    const ml_sgd_settings settings = settings_of(model);
    double *const intercept = ml_model_make(model, INTERCEPT, scores, 1, arena);
    double *const coefficient = ml_model_make(model, COEFFICIENTS, scores, data->d, arena);
    double *const label = ML_ALLOC(arena, is_number ? 0 : data->n, double);
    if (intercept == NULL || coefficient == NULL || label == NULL)
        return ml_models_out_of_memory("stochastic gradient descent", data->n, data->d, error);
    for (size_t c = 0; c < scores; c++) {
        ml_rng rng = ml_rng_seed(seed, STREAM_ORDER);
        for (size_t i = 0; i < data->n && !is_number; i++)
            label[i] = data->label[i] == (scores == 1 ? 1 : c);
        ML_TRY(ml_sgd_fit(data->n, data->d, data->x, is_number ? data->target : label, &settings, &rng,
                          coefficient + c * data->d, &intercept[c], arena, error));
    }
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

/* Each class's own probability, divided by their sum; all alike where that is 0. */
static ml_status predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                               ml_error *error) {
    (void)arena;
    (void)error;
    const double *const intercept = model->field[INTERCEPT].data, *const coefficient = model->field[COEFFICIENTS].data;
    const size_t d = model->d, classes = model->classes;
    for (size_t i = 0; i < n; i++) {
        double *const p = out + i * classes;
        double sum = 0.0;
        if (classes == 2) {
            ml_logistic_predict(1, d, x + i * d, coefficient, *intercept, &p[1]);
            p[0] = 1.0 - p[1];
            continue;
        }
        for (size_t c = 0; c < classes; c++) {
            ml_logistic_predict(1, d, x + i * d, coefficient + c * d, intercept[c], &p[c]);
            sum += p[c];
        }
        for (size_t c = 0; c < classes; c++)
            p[c] = sum > 0.0 ? p[c] / sum : 1.0 / (double)classes;
    }
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"intercept", ML_FIELD_DOUBLE, ML_AXIS_SCORE, ML_AXIS_ONE, true, false},
    {"coefficients", ML_FIELD_DOUBLE, ML_AXIS_SCORE, ML_AXIS_FEATURE, true, false},
};

static const char *const schedules[] = {"constant", "invscaling", "optimal", NULL};
static const char *const off_on[] = {"off", "on", NULL};

static const ml_model_setting settings[N_SETTINGS] = {
    {"alpha", 1e-12, 1e6, 1e-4, false, "Weight of the penalty, beside the mean loss", NULL},
    {"l1_ratio", 0, 1, 0, false, "Share of the penalty on absolute coefficients; the rest is on half the squared ones",
     NULL},
    {"learning_rate", 1e-9, 1e3, 0.01, false, "The step of the first row", NULL},
    {"schedule", 0, ML_SGD_OPTIMAL, ML_SGD_INVERSE_SCALING, true, "How the step shrinks from row to row", schedules},
    {"power_t", 0, 10, 0.25, false, "Of schedule invscaling: the step is learning_rate / row^power_t", NULL},
    {"epochs", 1, 1e6, 50, true, "How often each row is seen", NULL},
    {"average", 0, 1, 0, true, "Whether the mean of the coefficients after every row is kept, not the last ones",
     off_on},
};

const ml_model_kind ml_kind_sgd = {
    .name = "sgd",
    .title = "Stochastic gradient descent",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .n_settings = N_SETTINGS,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict = predict,
    .predict_proba = predict_proba,
};
