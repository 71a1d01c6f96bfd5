/* Should this be ML? Three sets, three jobs: training rows teach the model, validation rows choose the threshold and
 * the baseline, and test rows, by which nothing was chosen, give the verdict. */
#include "base/math.h"
#include "metrics/metrics.h"
#include "models/check.h"

enum { STEPS = 300 };
static const double rate = 0.5, l2 = 1e-3;

typedef enum policy { NEVER, ALWAYS, RULE, MODEL } policy;

typedef struct pilot_model {
    size_t d;
    double *mean, *deviation; /* [d] of the training rows */
    double *coefficient;      /* [d] of the standardised features */
    double intercept;
    double *z;                /* [train.n x d] the training rows, standardised */
    double *row;              /* [d] another row, standardised */
    double *valid, *test;     /* [n] what the model says of these rows: probabilities */
    uint32_t *order;          /* [2 valid.n] */
} pilot_model;

static ml_status allocate(const ml_pilot *p, pilot_model *m, ml_arena *arena, ml_error *error) {
    m->d = p->d;
    m->mean = ML_ALLOC(arena, m->d, double);
    m->deviation = ML_ALLOC(arena, m->d, double);
    m->coefficient = ML_ALLOC(arena, m->d, double);
    m->z = ML_ALLOC(arena, p->train.n * m->d, double);
    m->row = ML_ALLOC(arena, m->d, double);
    m->valid = ML_ALLOC(arena, p->valid.n, double);
    m->test = ML_ALLOC(arena, p->test.n, double);
    m->order = ML_ALLOC(arena, 2 * p->valid.n, uint32_t);
    const bool all = m->mean && m->deviation && m->coefficient && m->z && m->row && m->valid && m->test && m->order;
    return all ? ML_OK : ml_models_out_of_memory("the pilot's model", p->train.n, p->d, error);
}

/* --- Train -------------------------------------------------------------------------------------------------------- */

/* Two passes: the mean of squares minus the square of the mean would lose every digit far from 0. */
static void learn_scale(pilot_model *m, const ml_pilot_rows *train) {
    for (size_t j = 0; j < m->d; j++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < train->n; i++)
            sum += train->x[i * m->d + j];
        m->mean[j] = sum / (double)train->n;
        for (size_t i = 0; i < train->n; i++) {
            const double off = train->x[i * m->d + j] - m->mean[j];
            squares += off * off;
        }
        m->deviation[j] = sqrt(squares / (double)train->n);
        if (m->deviation[j] == 0.0)
            m->deviation[j] = 1.0; /* a feature that never changes becomes 0, not NaN */
    }
}

static void standardise(const pilot_model *m, const double *x, double *z) {
    for (size_t j = 0; j < m->d; j++)
        z[j] = (x[j] - m->mean[j]) / m->deviation[j];
}

static ml_status train(pilot_model *m, const ml_pilot_rows *rows, ml_arena *arena, ml_error *error) {
    learn_scale(m, rows);
    for (size_t i = 0; i < rows->n; i++)
        standardise(m, rows->x + i * m->d, m->z + i * m->d);
    return ml_logistic_descend(rows->n, m->d, m->z, rows->label, l2, rate, STEPS, m->coefficient, &m->intercept, arena,
                               error);
}

static void predict(const pilot_model *m, const ml_pilot_rows *rows, double *probability) {
    for (size_t i = 0; i < rows->n; i++) {
        standardise(m, rows->x + i * m->d, m->row);
        ml_logistic_predict(1, m->d, m->row, m->coefficient, m->intercept, probability + i);
    }
}

/* --- Choose ------------------------------------------------------------------------------------------------------- */

/* What a policy costs on one row. The probability and the threshold concern the model alone. */
static double cost_of(const ml_pilot *p, const ml_pilot_rows *rows, size_t i, policy who, const double *probability,
                      double threshold) {
    const bool acts = who == ALWAYS || (who == RULE && rows->rule[i] == 1) ||
                      (who == MODEL && probability[i] >= threshold);
    if (acts == (rows->label[i] == 1))
        return 0.0;
    return acts ? p->cost_false_positive : p->cost_false_negative;
}

static double mean_cost(const ml_pilot *p, const ml_pilot_rows *rows, policy who, const double *probability,
                        double threshold) {
    double sum = 0.0;
    for (size_t i = 0; i < rows->n; i++)
        sum += cost_of(p, rows, i, who, probability, threshold);
    return sum / (double)rows->n;
}

static policy cheapest_baseline(const ml_pilot *p) {
    policy best = NEVER;
    for (policy other = ALWAYS; other <= RULE; other++)
        if (mean_cost(p, &p->valid, other, NULL, 0.0) < mean_cost(p, &p->valid, best, NULL, 0.0))
            best = other;
    return best;
}

/* --- Judge -------------------------------------------------------------------------------------------------------- */

/* The differences row by row, then their mean and its error: the luck of the draw is in both costs of a row, and so
 * cancels. */
static ml_verdict judge(const ml_pilot *p, policy base, const double *probability, double threshold) {
    const ml_pilot_rows *rows = &p->test;
    const double n = (double)rows->n;
    ml_verdict v = {.threshold = threshold};
    v.cost_never = mean_cost(p, rows, NEVER, probability, threshold);
    v.cost_always = mean_cost(p, rows, ALWAYS, probability, threshold);
    v.cost_rule = mean_cost(p, rows, RULE, probability, threshold);
    v.cost_model = mean_cost(p, rows, MODEL, probability, threshold);
    v.saving = mean_cost(p, rows, base, probability, threshold) - v.cost_model;
    double squares = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        const double saved = cost_of(p, rows, i, base, probability, threshold) -
                             cost_of(p, rows, i, MODEL, probability, threshold);
        const double off = saved - v.saving;
        squares += off * off;
    }
    v.saving_error = sqrt(squares / n) / sqrt(n);
    v.net = p->decisions * v.saving - p->build_cost;
    v.build = p->decisions * (v.saving - 2.0 * v.saving_error) > p->build_cost;
    return v;
}

static ml_status decide(const ml_pilot *p, ml_verdict *verdict, ml_arena *arena, ml_error *error) {
    pilot_model m;
    double threshold, cost;
    ML_TRY(allocate(p, &m, arena, error));
    ML_TRY(train(&m, &p->train, arena, error));
    predict(&m, &p->valid, m.valid);
    ML_TRY(ml_metric_best_threshold(p->valid.n, m.valid, p->valid.label, p->cost_false_positive,
                                    p->cost_false_negative, m.order, &threshold, &cost, error));
    const policy base = cheapest_baseline(p);
    predict(&m, &p->test, m.test);
    *verdict = judge(p, base, m.test, threshold);
    return ML_OK;
}

static ml_status check_rows(const ml_pilot_rows *rows, size_t d, ml_error *error) {
    ML_TRY(ml_models_check_rows(rows->n, d, rows->x, error));
    for (size_t i = 0; i < rows->n; i++)
        if (rows->label[i] > 1 || rows->rule[i] > 1)
            return ml_fail(error, ML_EINVAL, "row %zu has the label %d and the rule's answer %d; both must be 0 or 1",
                           i, rows->label[i], rows->rule[i]);
    return ML_OK;
}

ml_status ml_worth_building(const ml_pilot *pilot, ml_verdict *verdict, ml_arena *arena, ml_error *error) {
    ML_TRY(check_rows(&pilot->train, pilot->d, error));
    ML_TRY(check_rows(&pilot->valid, pilot->d, error));
    ML_TRY(check_rows(&pilot->test, pilot->d, error));
    if (!(pilot->decisions >= 0.0 && isfinite(pilot->decisions)) || !isfinite(pilot->build_cost))
        return ml_fail(error, ML_EINVAL, "%g decisions and a cost of %g to build; the first must be 0 or more, and "
                       "both finite", pilot->decisions, pilot->build_cost);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = decide(pilot, verdict, arena, error);
    ml_arena_release(arena, before);
    return status;
}
