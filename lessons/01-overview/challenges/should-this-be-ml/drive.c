/* The lab worth-building asks the library's ml_worth_building for the verdict on each of its pilots; here your
 * should_be_ml gives it. The lab's labels and rules are bytes and yours are ints: they are copied on the way in. */
#include <ml.h>

#include <stdlib.h>

/* The types as starter.c has them. */
typedef struct {
    size_t n;
    const double *x;
    const int *y, *rule;
} split;

typedef struct {
    size_t d;
    split train, valid, test;
    double c_fp, c_fn, decisions, build_cost;
} problem;

typedef struct {
    double threshold, cost_never, cost_always, cost_rule, cost_ml, saving, saving_se, net;
    int choice;
} verdict;

int should_be_ml(const problem *p, verdict *out);

/* Takes room for 2 n ints off *room. */
static split copy_rows(const ml_pilot_rows *rows, int **room) {
    int *y = *room, *rule = y + rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        y[i] = rows->label[i];
        rule[i] = rows->rule[i];
    }
    *room = rule + rows->n;
    return (split){rows->n, rows->x, y, rule};
}

ml_status ml_worth_building(const ml_pilot *pilot, ml_verdict *out, ml_arena *arena, ml_error *error) {
    (void)arena; /* yours brings its own memory */
    int *room = malloc(2 * (pilot->train.n + pilot->valid.n + pilot->test.n) * sizeof *room), *rest = room;
    if (room == NULL)
        return ml_fail(error, ML_ENOMEM, "the pilot's rows do not fit in memory");
    problem p = {.d = pilot->d, .c_fp = pilot->cost_false_positive, .c_fn = pilot->cost_false_negative,
                 .decisions = pilot->decisions, .build_cost = pilot->build_cost};
    p.train = copy_rows(&pilot->train, &rest);
    p.valid = copy_rows(&pilot->valid, &rest);
    p.test = copy_rows(&pilot->test, &rest);
    verdict v = {0};
    const int answer = should_be_ml(&p, &v);
    free(room);
    if (answer != 0)
        return ml_fail(error, ML_EINVAL, "your should_be_ml returned %d for a pilot with rows and features", answer);
    *out = (ml_verdict){v.threshold, v.cost_never, v.cost_always, v.cost_rule, v.cost_ml,
                        v.saving,    v.saving_se,  v.net,         v.choice != 0};
    return ML_OK;
}
