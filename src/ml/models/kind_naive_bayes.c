/* Naive Bayes as a kind: of numbers (Gaussian), of counts (multinomial), or of what is there (Bernoulli). */
#include "models/check.h"

enum { PRIOR, MEAN, VARIANCE, LOG_PROBABILITY, LOG_PRESENT, LOG_ABSENT, N_FIELDS };
enum { VAR_SMOOTHING, DISTRIBUTION, ALPHA, BINARIZE, N_SETTINGS };
enum { GAUSSIAN, MULTINOMIAL, BERNOULLI };

/* The fields that a distribution has beside the prior, from `first` to `last`: all [classes x d]. */
typedef struct tables {
    size_t first, last;
} tables;

static tables tables_of(const ml_model *model) {
    static const tables of[] = {{MEAN, VARIANCE}, {LOG_PROBABILITY, LOG_PROBABILITY}, {LOG_PRESENT, LOG_ABSENT}};
    return of[(size_t)model->setting[DISTRIBUTION]];
}

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    (void)seed;
    const tables at = tables_of(model);
    double *const prior = ml_model_make(model, PRIOR, data->classes, 1, arena);
    double *const first = ml_model_make(model, at.first, data->classes, data->d, arena);
    double *const last = at.last == at.first ? first : ml_model_make(model, at.last, data->classes, data->d, arena);
    if (prior == NULL || first == NULL || last == NULL)
        return ml_models_out_of_memory("naive Bayes", data->n, data->d, error);
    if (at.first == LOG_PROBABILITY)
        return ml_multinomial_bayes_fit(data->n, data->d, data->classes, data->x, data->label, model->setting[ALPHA],
                                        prior, first, error);
    if (at.first == LOG_PRESENT)
        return ml_bernoulli_bayes_fit(data->n, data->d, data->classes, data->x, data->label, model->setting[ALPHA],
                                      model->setting[BINARIZE], prior, first, last, error);
    return ml_gaussian_bayes_fit(data->n, data->d, data->classes, data->x, data->label, model->setting[VAR_SMOOTHING],
                                 prior, first, last, error);
}

static ml_status predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                               ml_error *error) {
    (void)arena;
    const tables at = tables_of(model);
    const double *const prior = model->field[PRIOR].data;
    const double *const first = model->field[at.first].data, *const last = model->field[at.last].data;
    if (at.first == MEAN)
        ml_gaussian_bayes_predict(n, model->d, model->classes, x, prior, first, last, out);
    if (at.first == LOG_PRESENT)
        ml_bernoulli_bayes_predict(n, model->d, model->classes, x, model->setting[BINARIZE], prior, first, last, out);
    if (at.first != LOG_PROBABILITY)
        return ML_OK;
    for (size_t i = 0; i < n * model->d; i++)
        if (x[i] < 0.0)
            return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is %g; a count is 0 or more", i / model->d,
                           i % model->d, x[i]);
    ml_multinomial_bayes_predict(n, model->d, model->classes, x, prior, first, out);
    return ML_OK;
}

static ml_status check_tables(const ml_model *model, ml_error *error) {
    const tables at = tables_of(model);
    for (size_t i = at.first; i <= at.last; i++) {
        const double *const value = model->field[i].data;
        if (model->field[i].rows == 0)
            return ml_fail(error, ML_EPARSE, "naive-bayes: \"%s\" is missing", model->kind->field[i].name);
        for (size_t k = 0; k < model->classes * model->d; k++)
            if ((i == VARIANCE && !(value[k] > 0.0)) || (i >= LOG_PROBABILITY && value[k] > 0.0))
                return ml_fail(error, ML_EPARSE, "naive-bayes: element %zu of \"%s\" is %g", k,
                               model->kind->field[i].name, value[k]);
    }
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    const double *const prior = model->field[PRIOR].data;
    double sum = 0.0;
    for (size_t c = 0; c < model->classes; sum += prior[c++])
        if (!(prior[c] >= 0.0 && prior[c] <= 1.0))
            return ml_fail(error, ML_EPARSE, "naive-bayes: the prior of class %zu is %g", c, prior[c]);
    if (!(sum > 0.0))
        return ml_fail(error, ML_EPARSE, "naive-bayes: no class has a prior above 0");
    return check_tables(model, error);
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"prior", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_ONE, true, false},
    {"mean", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, true},
    {"variance", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, true},
    {"log_probability", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, true},
    {"log_present", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, true},
    {"log_absent", ML_FIELD_DOUBLE, ML_AXIS_CLASS, ML_AXIS_FEATURE, true, true},
};

static const char *const distributions[] = {"gaussian", "multinomial", "bernoulli", NULL};

static const ml_model_setting settings[N_SETTINGS] = {
    {"var_smoothing", 1e-15, 1, 1e-9, false, "Gaussian: share of the largest variance that is added to every variance",
     NULL},
    {"distribution", 0, BERNOULLI, GAUSSIAN, true, "What a feature is within a class: a number, a count, a yes or no",
     distributions},
    {"alpha", 1e-10, 1e12, 1, false, "Multinomial, Bernoulli: what is added to each count", NULL},
    {"binarize", -1e140, 1e140, 0, false, "Bernoulli: a feature is there if its value is above this", NULL},
};

const ml_model_kind ml_kind_naive_bayes = {
    .name = "naive-bayes",
    .title = "Naive Bayes",
    .tasks = ML_CLASSIFICATION,
    .n_settings = N_SETTINGS,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict_proba = predict_proba,
    .check = check,
};
