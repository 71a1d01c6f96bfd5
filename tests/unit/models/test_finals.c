/* The descent of logistic regression, the verdict on a pilot, and the loop that has labels mended: against NumPy and
 * scikit-learn, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden/finals_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char memory[1 << 16];
static ml_arena arena;
static ml_error error;

static int make_arena(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    return 0;
}

static void assert_close(double got, double expected) {
    const double scale = fabs(expected) > 1.0 ? fabs(expected) : 1.0;
    if (!(got == expected || fabs(got - expected) <= 1e-10 * scale)) /* equal: infinity too */
        fail_msg("got %.17g, expected %.17g", got, expected);
}

/* --- The verdict -------------------------------------------------------------------------------------------------- */

static ml_pilot golden_pilot(size_t k) {
    const size_t n = PILOT_TRAIN + PILOT_VALID + PILOT_TEST, first = k * n;
    const size_t from[] = {first, first + PILOT_TRAIN, first + PILOT_TRAIN + PILOT_VALID};
    const size_t rows[] = {PILOT_TRAIN, PILOT_VALID, PILOT_TEST};
    ml_pilot_rows part[3];
    for (int i = 0; i < 3; i++)
        part[i] = (ml_pilot_rows){rows[i], pilot_x + from[i] * PILOT_D, pilot_label + from[i], pilot_rule + from[i]};
    const double *t = pilot_terms + 4 * k;
    return (ml_pilot){PILOT_D, part[0], part[1], part[2], t[0], t[1], t[2], t[3]};
}

static void test_verdicts_agree_with_scikit_learn(void **state) {
    (void)state;
    for (size_t k = 0; k < PILOTS; k++) {
        const ml_pilot p = golden_pilot(k);
        const double *expected = pilot_verdict + 9 * k;
        ml_verdict v;
        assert_int_equal(ml_worth_building(&p, &v, &arena, &error), ML_OK);
        const double got[] = {v.threshold, v.cost_never, v.cost_always, v.cost_rule, v.cost_model,
                              v.saving,    v.saving_error, v.net,       v.build};
        for (int i = 0; i < 9; i++)
            assert_close(got[i], expected[i]);
        assert_int_equal(arena.used, 0);
    }
}

static void test_test_rows_choose_nothing(void **state) {
    (void)state;
    ml_pilot p = golden_pilot(0);
    uint8_t turned[PILOT_TEST];
    ml_verdict v, other;
    assert_int_equal(ml_worth_building(&p, &v, &arena, &error), ML_OK);
    for (size_t i = 0; i < PILOT_TEST; i++)
        turned[i] = !p.test.label[i];
    p.test.label = turned;
    assert_int_equal(ml_worth_building(&p, &other, &arena, &error), ML_OK);
    assert_true(v.threshold == other.threshold);
    assert_true(v.cost_model != other.cost_model);
}

static void test_the_verdict_turns_where_two_errors_are_left_after_building(void **state) {
    (void)state;
    ml_pilot p = golden_pilot(0);
    ml_verdict v;
    assert_int_equal(ml_worth_building(&p, &v, &arena, &error), ML_OK);
    const double sure = p.decisions * (v.saving - 2.0 * v.saving_error);
    for (int above = 0; above <= 1; above++) {
        p.build_cost = sure + (above ? 1e-6 : -1e-6);
        assert_int_equal(ml_worth_building(&p, &v, &arena, &error), ML_OK);
        assert_int_equal(v.build, !above);
    }
}

static void test_a_pilot_that_makes_no_sense_is_refused(void **state) {
    (void)state;
    ml_verdict v, before;
    memset(&v, 7, sizeof v);
    memcpy(&before, &v, sizeof v);
    static const uint8_t two[PILOT_TRAIN] = {2};
    for (int i = 0; i < 9; i++) {
        ml_pilot p = golden_pilot(0);
        switch (i) {
        case 0: p.d = 0; break;
        case 1: p.train.n = 0; break;
        case 2: p.valid.n = 0; break;
        case 3: p.test.n = 0; break;
        case 4: p.train.label = two; break;
        case 5: p.train.rule = two; break;
        case 6: p.cost_false_negative = -1.0; break;
        case 7: p.decisions = (double)NAN; break;
        default: p.build_cost = (double)INFINITY;
        }
        assert_int_equal(ml_worth_building(&p, &v, &arena, &error), ML_EINVAL);
        assert_true(strlen(error.message) > 10);
    }
    const ml_pilot p = golden_pilot(0);
    ml_arena small = ml_arena_over(memory, 2048);
    assert_int_equal(ml_worth_building(&p, &v, &small, &error), ML_ENOMEM);
    assert_int_equal(small.used, 0);
    assert_memory_equal(&v, &before, sizeof v);
}

/* --- The loop ----------------------------------------------------------------------------------------------------- */

static uint8_t label[LOOP_N];
static size_t asked[LOOP_N], n_asked;

static uint8_t person(void *context, size_t row) {
    assert_ptr_equal(context, asked);
    assert_true(row < LOOP_N && n_asked < LOOP_N);
    asked[n_asked++] = row;
    return loop_truth[row];
}

static ml_relabel_task golden_task(size_t budget, size_t batch, double target) {
    memcpy(label, loop_given, sizeof label);
    n_asked = 0;
    return (ml_relabel_task){LOOP_N, LOOP_D, loop_x, label, LOOP_VALID, loop_valid_x, loop_valid_label,
                             person, asked, budget, batch, target};
}

static void test_the_loop_agrees_with_numpy_question_by_question(void **state) {
    (void)state;
    const size_t *order = loop_order;
    for (size_t k = 0; k < LOOPS; k++) {
        const double *plan = loop_plan + 3 * k, *model = loop_model + (LOOP_D + 3) * k;
        const size_t *expected = loop_report + 3 * k;
        const ml_relabel_task task = golden_task((size_t)plan[0], (size_t)plan[1], plan[2]);
        double w[LOOP_D], intercept;
        ml_relabel_report r;
        assert_int_equal(ml_relabel(&task, w, &intercept, &r, &arena, &error), ML_OK);
        for (size_t j = 0; j < LOOP_D; j++)
            assert_close(w[j], model[j]);
        assert_close(intercept, model[LOOP_D]);
        assert_close(r.before, model[LOOP_D + 1]);
        assert_close(r.after, model[LOOP_D + 2]);
        assert_true(r.rounds == expected[0] && r.asked == expected[1] && r.fixed == expected[2]);
        assert_int_equal(n_asked, expected[1]);
        assert_memory_equal(asked, order, n_asked * sizeof *order);
        order += n_asked;
        assert_int_equal(arena.used, 0);
    }
    assert_int_equal(order - loop_order, sizeof loop_order / sizeof *loop_order);
}

static void test_answers_are_written_and_no_other_label_changes(void **state) {
    (void)state;
    const ml_relabel_task task = golden_task(20, 5, 2.0);
    double w[LOOP_D], intercept;
    ml_relabel_report r;
    assert_int_equal(ml_relabel(&task, w, &intercept, &r, &arena, &error), ML_OK);
    bool was_asked[LOOP_N] = {false};
    for (size_t i = 0; i < n_asked; i++)
        was_asked[asked[i]] = true;
    for (size_t i = 0; i < LOOP_N; i++)
        assert_int_equal(label[i], (was_asked[i] ? loop_truth : loop_given)[i]);
}

static void test_right_labels_end_the_loop_after_one_round(void **state) {
    (void)state;
    const ml_relabel_task task = golden_task(40, 5, 2.0);
    double w[LOOP_D], intercept;
    ml_relabel_report r;
    memcpy(label, loop_truth, sizeof label);
    assert_int_equal(ml_relabel(&task, w, &intercept, &r, &arena, &error), ML_OK);
    assert_true(r.rounds == 1 && r.asked == 5 && r.fixed == 0 && r.before == r.after);
}

static void test_a_task_that_makes_no_sense_is_refused_and_nobody_is_asked(void **state) {
    (void)state;
    static const uint8_t two[LOOP_VALID] = {2};
    double w[LOOP_D] = {7.0}, intercept = 7.0;
    ml_relabel_report r = {.asked = 7};
    for (int i = 0; i < 7; i++) {
        ml_relabel_task t = golden_task(10, 5, 2.0);
        double x[LOOP_N * LOOP_D];
        switch (i) {
        case 0: t.n = 4; break;
        case 1: t.d = 0; break;
        case 2: t.n_valid = 0; break;
        case 3: t.batch = 0; break;
        case 4: label[3] = 2; break;
        case 5: t.valid_label = two; break;
        default:
            memcpy(x, loop_x, sizeof x);
            x[17] = (double)NAN;
            t.x = x;
        }
        assert_int_equal(ml_relabel(&t, w, &intercept, &r, &arena, &error), ML_EINVAL);
        assert_true(strlen(error.message) > 10 && n_asked == 0);
    }
    const ml_relabel_task t = golden_task(10, 5, 2.0);
    for (size_t room = 64; room < 4096; room += 64) {
        ml_arena small = ml_arena_over(memory, room);
        const ml_status status = ml_relabel(&t, w, &intercept, &r, &small, &error);
        if (status == ML_OK)
            return;
        assert_int_equal(status, ML_ENOMEM);
        assert_true(small.used == 0 && w[0] == 7.0 && intercept == 7.0 && r.asked == 7);
    }
    fail_msg("4096 bytes are not enough");
}

/* --- The descent -------------------------------------------------------------------------------------------------- */

/* Long enough, it arrives where Newton does: n times the mean loss, so n times the penalty. */
static void test_a_long_descent_arrives_at_the_optimum(void **state) {
    (void)state;
    double w[LOOP_D], intercept, best[LOOP_D], best_intercept;
    assert_int_equal(ml_logistic_descend(LOOP_N, LOOP_D, loop_x, loop_given, 0.1, 1.0, 2000, w, &intercept, &arena,
                                         &error), ML_OK);
    assert_int_equal(ml_logistic_fit(LOOP_N, LOOP_D, loop_x, loop_given, 0.1 * LOOP_N, best, &best_intercept, NULL,
                                     &arena, &error), ML_OK);
    for (size_t j = 0; j < LOOP_D; j++)
        assert_true(fabs(w[j] - best[j]) < 1e-9);
    assert_true(fabs(intercept - best_intercept) < 1e-9);
}

static void test_no_step_stays_at_zero_and_one_class_is_allowed(void **state) {
    (void)state;
    static const uint8_t ones[] = {1, 1};
    static const double x[] = {3.0, -1.0};
    double w = 7.0, intercept = 7.0;
    assert_int_equal(ml_logistic_descend(2, 1, x, ones, 0.0, 0.5, 0, &w, &intercept, &arena, &error), ML_OK);
    assert_true(w == 0.0 && intercept == 0.0);
    assert_int_equal(ml_logistic_descend(2, 1, x, ones, 0.0, 0.5, 1, &w, &intercept, &arena, &error), ML_OK);
    assert_true(w == 0.25 && intercept == 0.25); /* the mean of 0.5 (3, -1), halved */
}

static void test_a_descent_that_makes_no_sense_is_refused(void **state) {
    (void)state;
    static const uint8_t y[] = {0, 1}, bad[] = {0, 2};
    static const double x[] = {1.0, 2.0}, nan[] = {1.0, (double)NAN}, huge[] = {1e300, -1e300};
    double w = 7.0, intercept = 7.0;
#define DESCEND(n, d, x, y, l2, rate, steps) \
    ml_logistic_descend(n, d, x, y, l2, rate, steps, &w, &intercept, &arena, &error)
    assert_int_equal(DESCEND(0, 1, x, y, 0.0, 1.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 0, x, y, 0.0, 1.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, nan, y, 0.0, 1.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, x, bad, 0.0, 1.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, x, y, -1.0, 1.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, x, y, 0.0, 0.0, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, x, y, 0.0, (double)NAN, 1), ML_EINVAL);
    assert_int_equal(DESCEND(2, 1, huge, y, 0.0, 1e300, 3), ML_EDIVERGED);
#undef DESCEND
    ml_arena none = ml_arena_over(memory, 64);
    assert_int_equal(ml_logistic_descend(2, 1, x, y, 0.0, 1.0, 1, &w, &intercept, &none, &error), ML_ENOMEM);
    assert_true(w == 7.0 && intercept == 7.0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, make_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_verdicts_agree_with_scikit_learn),
        TEST(test_test_rows_choose_nothing),
        TEST(test_the_verdict_turns_where_two_errors_are_left_after_building),
        TEST(test_a_pilot_that_makes_no_sense_is_refused),
        TEST(test_the_loop_agrees_with_numpy_question_by_question),
        TEST(test_answers_are_written_and_no_other_label_changes),
        TEST(test_right_labels_end_the_loop_after_one_round),
        TEST(test_a_task_that_makes_no_sense_is_refused_and_nobody_is_asked),
        TEST(test_a_long_descent_arrives_at_the_optimum),
        TEST(test_no_step_stays_at_zero_and_one_class_is_allowed),
        TEST(test_a_descent_that_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
