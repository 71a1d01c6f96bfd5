/* Train, doubt, ask, train again: model and labels improve each other, until it is good enough. */
#include <string.h>

#include "models/check.h"

enum { FOLDS = 5, STEPS = 100 };
static const double rate = 1.0, l2 = 1e-3;

typedef struct relabelling {
    const ml_relabel_task *task;
    double *coefficient, intercept; /* [d] the model of the round */
    double *belief;                 /* [n] the logit of the given label, by a model that has not seen the row */
    uint8_t *asked;                 /* [n] 1: a person has looked at it */
    double *x;                      /* [n x d] the rows of four folds */
    uint8_t *label;                 /* [n] */
    ml_arena *arena;
} relabelling;

static ml_status allocate(relabelling *s, ml_error *error) {
    const size_t n = s->task->n, d = s->task->d;
    s->coefficient = ML_ALLOC(s->arena, d, double);
    s->belief = ML_ALLOC(s->arena, n, double);
    s->asked = ML_ALLOC(s->arena, n, uint8_t);
    s->x = ML_ALLOC(s->arena, n * d, double);
    s->label = ML_ALLOC(s->arena, n, uint8_t);
    const bool all = s->coefficient && s->belief && s->asked && s->x && s->label;
    return all ? ML_OK : ml_models_out_of_memory("the loop", n, d, error);
}

/* --- The model ---------------------------------------------------------------------------------------------------- */

static ml_status train(relabelling *s, size_t n, const double *x, const uint8_t *label, ml_error *error) {
    return ml_logistic_descend(n, s->task->d, x, label, l2, rate, STEPS, s->coefficient, &s->intercept, s->arena,
                               error);
}

static ml_status train_on_all(relabelling *s, ml_error *error) {
    return train(s, s->task->n, s->task->x, s->task->label, error);
}

static double logit(const relabelling *s, const double *row) {
    double z;
    ml_linear_predict(1, s->task->d, row, s->coefficient, s->intercept, &z);
    return z;
}

/* The share of the validation rows that the model gets right. */
static double accuracy(const relabelling *s) {
    const ml_relabel_task *t = s->task;
    size_t right = 0;
    for (size_t i = 0; i < t->n_valid; i++)
        right += (logit(s, t->valid_x + i * t->d) > 0.0) == (t->valid_label[i] == 1);
    return (double)right / (double)t->n_valid;
}

/* --- Which labels to doubt ---------------------------------------------------------------------------------------- */

/* Copies the rows that are not in the fold; row i belongs to fold i % FOLDS. Returns how many. */
static size_t gather(relabelling *s, size_t fold) {
    const ml_relabel_task *t = s->task;
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (i % FOLDS == fold)
            continue;
        memcpy(s->x + n * t->d, t->x + i * t->d, t->d * sizeof *s->x);
        s->label[n++] = t->label[i];
    }
    return n;
}

/* The logit of the label's probability orders the rows as the probability does, and still tells them apart where that
 * would be rounded to 1. */
static ml_status believe(relabelling *s, ml_error *error) {
    const ml_relabel_task *t = s->task;
    for (size_t fold = 0; fold < FOLDS; fold++) {
        const size_t n = gather(s, fold);
        ML_TRY(train(s, n, s->x, s->label, error));
        for (size_t i = fold; i < t->n; i += FOLDS) {
            const double one = logit(s, t->x + i * t->d);
            s->belief[i] = t->label[i] == 1 ? one : -one;
        }
    }
    return ML_OK;
}

/* The row believed least of those that nobody was asked about; n if there is none. */
static size_t least_believed(const relabelling *s) {
    const size_t n = s->task->n;
    size_t least = n;
    for (size_t i = 0; i < n; i++)
        if (!s->asked[i] && (least == n || s->belief[i] < s->belief[least]))
            least = i;
    return least;
}

/* --- The loop ----------------------------------------------------------------------------------------------------- */

/* Has the next rows looked at; returns how many. */
static size_t ask(relabelling *s, ml_relabel_report *report) {
    const ml_relabel_task *t = s->task;
    size_t n = 0;
    for (size_t row; n < t->batch && report->asked < t->budget && (row = least_believed(s)) < t->n; n++) {
        const uint8_t answer = t->ask(t->context, row) != 0;
        s->asked[row] = 1;
        report->asked++;
        report->fixed += answer != t->label[row];
        t->label[row] = answer;
    }
    return n;
}

static void keep(const relabelling *s, double now, double *coefficient, double *intercept, ml_relabel_report *report) {
    memcpy(coefficient, s->coefficient, s->task->d * sizeof *coefficient);
    *intercept = s->intercept;
    report->after = now;
}

static ml_status play(relabelling *s, double *coefficient, double *intercept, ml_relabel_report *report,
                      ml_error *error) {
    const ml_relabel_task *t = s->task;
    ML_TRY(train_on_all(s, error));
    double now = accuracy(s);
    *report = (ml_relabel_report){.before = now};
    keep(s, now, coefficient, intercept, report);
    while (report->asked < t->budget && now < t->target) {
        const size_t fixed = report->fixed;
        ML_TRY(believe(s, error));
        if (ask(s, report) == 0)
            break; /* no row is left */
        report->rounds++;
        if (report->fixed == fixed)
            break; /* the same labels, so the same model */
        ML_TRY(train_on_all(s, error));
        now = accuracy(s);
        if (now >= report->after) /* more right labels, and a worse model: it happens */
            keep(s, now, coefficient, intercept, report);
    }
    return ML_OK;
}

static ml_status check_task(const ml_relabel_task *t, ml_error *error) {
    if (t->n < FOLDS || t->batch == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows, %zu asked a round; there must be at least %d and 1", t->n, t->batch,
                       FOLDS);
    ML_TRY(ml_models_check_rows(t->n, t->d, t->x, error));
    ML_TRY(ml_models_check_rows(t->n_valid, t->d, t->valid_x, error));
    for (size_t i = 0; i < t->n; i++)
        if (t->label[i] > 1)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %d; it must be 0 or 1", i, t->label[i]);
    for (size_t i = 0; i < t->n_valid; i++)
        if (t->valid_label[i] > 1)
            return ml_fail(error, ML_EINVAL, "the label of validation row %zu is %d; it must be 0 or 1", i,
                           t->valid_label[i]);
    return ML_OK;
}

ml_status ml_relabel(const ml_relabel_task *task, double *coefficient, double *intercept, ml_relabel_report *report,
                     ml_arena *arena, ml_error *error) {
    relabelling s = {.task = task, .arena = arena};
    ML_TRY(check_task(task, error));
    const ml_arena_mark before = ml_arena_save(arena);
    ml_status status = allocate(&s, error);
    if (status == ML_OK)
        status = play(&s, coefficient, intercept, report, error);
    ml_arena_release(arena, before);
    return status;
}
