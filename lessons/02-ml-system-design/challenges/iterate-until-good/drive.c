/* The lab good-enough runs the library's ml_relabel in each of its worlds; here your iterate_until_good runs. The lab's
 * labels are bytes and yours are ints: they are copied on the way in, and yours on the way out. */
#include <ml.h>

#include <stdlib.h>
#include <string.h>

/* The types as starter.c has them. */
typedef int (*oracle)(void *ctx, size_t row);

typedef struct {
    size_t rounds, asked, fixed;
    double before, after;
} report;

int iterate_until_good(const double *x, int *y, size_t n, size_t d, const double *xv, const int *yv, size_t nv,
                       oracle ask, void *ctx, size_t budget, size_t batch, double target, double *w, report *r);

static int ask_person(void *ctx, size_t row) {
    const ml_relabel_task *task = ctx;
    return task->ask(task->context, row);
}

static void widen(size_t n, const uint8_t *label, int *y) {
    for (size_t i = 0; i < n; i++)
        y[i] = label[i];
}

/* y holds room for n + n_valid labels, w for d weights and the intercept. */
static ml_status run(const ml_relabel_task *task, int *y, double *w, report *r, ml_error *error) {
    int *yv = y + task->n;
    widen(task->n, task->label, y);
    widen(task->n_valid, task->valid_label, yv);
    const int answer = iterate_until_good(task->x, y, task->n, task->d, task->valid_x, yv, task->n_valid, ask_person,
                                          (void *)task, task->budget, task->batch, task->target, w, r);
    if (answer != 0)
        return ml_fail(error, ML_EINVAL, "your iterate_until_good returned %d for sizes that make sense", answer);
    for (size_t i = 0; i < task->n; i++)
        task->label[i] = y[i] == 1;
    return ML_OK;
}

ml_status ml_relabel(const ml_relabel_task *task, double *coefficient, double *intercept, ml_relabel_report *out,
                     ml_arena *arena, ml_error *error) {
    (void)arena; /* yours brings its own memory */
    report r = {0, 0, 0, 0, 0};
    int *y = malloc((task->n + task->n_valid) * sizeof *y);
    double *w = calloc(task->d + 1, sizeof *w);
    ml_status status = ml_fail(error, ML_ENOMEM, "the labels do not fit in memory");
    if (y != NULL && w != NULL)
        status = run(task, y, w, &r, error);
    if (status == ML_OK) {
        memcpy(coefficient, w, task->d * sizeof *w);
        *intercept = w[task->d];
        *out = (ml_relabel_report){r.rounds, r.asked, r.fixed, r.before, r.after};
    }
    free(y);
    free(w);
    return status;
}
