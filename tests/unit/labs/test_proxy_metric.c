/* The lab proxy-metric: the figures that the chapter promises, its world, its goals, and what is live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, ITEMS = 1000, SHOWN = 20, MAX_DAYS = 180, HORIZON_DAYS = 120, FEEDS = 6, YOURS = 5 };
enum { ALPHA, ALIGNMENT, HORIZON, DESIGN, LOGGED };
enum { TWO_MODELS, ONE_BLENDED_MODEL };
enum { CLICKS_BY_DAY, TOTAL_CLICKS_BY_DAY, USERS_BY_DAY, ITEMS_VIEW };
enum { CLICK_THROUGH_RATE, SATISFACTION, CHURN_PER_DAY, CLICKS_WEEK, CLICKS_TOTAL, WINNER_WEEK, WINNER_TOTAL, TRAININGS,
       FIGURES };
enum { WINS_THE_WEEK, NOTHING_TO_CLICK, ALIGNED_PROXY, ONE_TRAINING_PER_ALPHA };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 10];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *proxy = lab_find("proxy-metric");
    assert_non_null(proxy);
    memory = malloc(lab_run_bytes(proxy));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, proxy, memory, lab_run_bytes(proxy), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

static void start(const char *settings, uint64_t seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
}

static void run_days(const char *settings, uint64_t seed, int32_t days) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, days, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

static void run_to_end(const char *settings, uint64_t seed) {
    run_days(settings, seed, 1000);
    assert_true(run.progress.finished);
    assert_int_equal(run.progress.step, MAX_DAYS);
}

static const float *read_view(int32_t view) {
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    memset(data, 0, sizeof data);
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return data;
}

/* The lines of a view over days, one per feed. */
typedef struct lines {
    size_t n;
    float y[FEEDS][MAX_DAYS + 1];
} lines;

static lines read_lines(int32_t view) {
    lines l = {0};
    const float *block = read_view(view);
    l.n = (size_t)block[LAB_BLOCK_ROWS];
    assert_true(l.n <= MAX_DAYS + 1);
    for (int feed = 0; feed < FEEDS; feed++, block += LAB_BLOCK_HEADER + 2 * l.n) {
        assert_int_equal((int)block[LAB_BLOCK_SERIES], feed);
        for (size_t i = 0; i < l.n; i++)
            assert_true(block[LAB_BLOCK_HEADER + i] == (float)i);
        memcpy(l.y[feed], block + LAB_BLOCK_HEADER + l.n, l.n * sizeof(float));
    }
    assert_true(block[LAB_BLOCK_HEADER] == (float)run.param[HORIZON]);
    return l;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* Readouts at the end, of each seed from 1 to 8, and their means in [0]. */
typedef struct outcome {
    double figure[SEEDS + 1][FIGURES];
} outcome;

static outcome measure(const char *settings) {
    outcome o = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end(settings, seed);
        for (int i = 0; i < FIGURES; i++) {
            o.figure[seed][i] = run.readout[i];
            o.figure[0][i] += run.readout[i] / SEEDS;
        }
    }
    return o;
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_the_click_optimiser_wins_the_week_and_loses_in_clicks(void **state) {
    (void)state;
    const outcome greedy = measure(""), balanced = measure("alpha=0.5");
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_true(greedy.figure[seed][CLICKS_WEEK] > balanced.figure[seed][CLICKS_WEEK]);
        assert_true(greedy.figure[seed][CLICKS_TOTAL] < balanced.figure[seed][CLICKS_TOTAL]);
        assert_true(greedy.figure[seed][CLICK_THROUGH_RATE] > balanced.figure[seed][CLICK_THROUGH_RATE]);
        assert_true(greedy.figure[seed][SATISFACTION] < 0.0);
    }
    assert_near(greedy.figure[0][CLICK_THROUGH_RATE], 0.53, 0.03);
    assert_near(greedy.figure[0][CLICKS_WEEK] / 1000.0, 605.0, 45.0);
    assert_near(balanced.figure[0][CLICKS_WEEK] / 1000.0, 395.0, 60.0);
    assert_near(greedy.figure[0][CLICKS_TOTAL] / 1000.0, 1475.0, 120.0);
    assert_near(balanced.figure[0][CLICKS_TOTAL] / 1000.0, 2670.0, 600.0);
}

static void test_a_test_of_two_weeks_picks_the_wrong_winner(void **state) {
    (void)state;
    double daily = 0.0, total = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("", seed);
        const lines clicks = read_lines(CLICKS_BY_DAY), sums = read_lines(TOTAL_CLICKS_BY_DAY);
        int behind = 1, overtaken = 1; /* the first day, counted from 1, and after how many days */
        while (clicks.y[0][behind - 1] >= clicks.y[2][behind - 1])
            behind++;
        while (sums.y[0][overtaken] >= sums.y[2][overtaken])
            overtaken++;
        assert_true(behind >= 5 && behind <= 17 && overtaken >= 9 && overtaken <= 77);
        daily += (double)behind / SEEDS;
        total += (double)overtaken / SEEDS;
        assert_true(clicks.y[0][MAX_DAYS - 1] < 0.01f * clicks.y[2][0]); /* then its users are gone */
    }
    assert_near(daily, 12.0, 2.0);
    assert_near(total, 30.0, 9.0);
}

static void test_stars_alone_leave_nothing_to_click_and_the_middle_is_best(void **state) {
    (void)state;
    const outcome stars = measure("alpha=1");
    assert_near(stars.figure[0][CLICKS_TOTAL] / 1000.0, 1140.0, 300.0);
    assert_near(stars.figure[0][CLICK_THROUGH_RATE], 0.06, 0.02);
    double mean[FEEDS - 1] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_days("", seed, HORIZON_DAYS);
        const lines sums = read_lines(TOTAL_CLICKS_BY_DAY);
        for (int feed = 0; feed < FEEDS - 1; feed++)
            mean[feed] += (double)sums.y[feed][HORIZON_DAYS] / SEEDS;
    }
    for (int feed = 0; feed < FEEDS - 1; feed++)
        assert_true(feed == 2 || mean[feed] < mean[2]);
}

static void test_an_aligned_proxy_is_fine(void **state) {
    (void)state;
    const double greedy = measure("alignment=0.9").figure[0][CLICKS_TOTAL] / 1000.0,
                 balanced = measure("alignment=0.9 alpha=0.5").figure[0][CLICKS_TOTAL] / 1000.0;
    assert_true(fabs(greedy / balanced - 1.0) < 0.15);
    assert_near(greedy, 4500.0, 675.0);
    assert_near(balanced, 4780.0, 717.0);
}

/* The best of each design on a grid of α. */
static void test_one_blended_model_is_no_worse(void **state) {
    (void)state;
    static const char *const settings[2][5] = {
        {"alpha=0.4", "alpha=0.5", "alpha=0.6", "alpha=0.7", "alpha=0.8"},
        {"design=one_blended_model alpha=0.2", "design=one_blended_model alpha=0.3",
         "design=one_blended_model alpha=0.4", "design=one_blended_model alpha=0.5",
         "design=one_blended_model alpha=0.6"}};
    double best[2] = {0};
    for (int design = 0; design < 2; design++) {
        int best_at = 0;
        for (int i = 0; i < 5; i++) {
            const outcome o = measure(settings[design][i]);
            assert_true(o.figure[1][TRAININGS] == (design == ONE_BLENDED_MODEL ? 3.0 : 2.0));
            if (o.figure[0][CLICKS_TOTAL] > best[design]) {
                best[design] = o.figure[0][CLICKS_TOTAL];
                best_at = i;
            }
        }
        assert_true(design == ONE_BLENDED_MODEL ? best_at == 2 : best_at == 1 || best_at == 2);
    }
    assert_true(fabs(best[1] / best[0] - 1.0) < 0.15);
}

static void test_every_alpha_of_one_blended_model_is_a_training(void **state) {
    (void)state;
    run_days("", 1, 10);
    for (int i = 1; i <= 5; i++) { /* two models are trained for good */
        lab_run_set(&run, ALPHA, 0.1 * i);
        lab_run_figures(&run);
        assert_true(run.readout[TRAININGS] == 2.0);
    }
    lab_run_set(&run, DESIGN, ONE_BLENDED_MODEL);
    for (int i = 1; i <= 5; i++) {
        lab_run_figures(&run);
        assert_true(run.readout[TRAININGS] == 2.0 + i);
        lab_run_set(&run, ALPHA, 0.5 + 0.1 * i);
    }
    lab_run_set(&run, DESIGN, TWO_MODELS);
    lab_run_set(&run, HORIZON, 30.0);
    lab_run_figures(&run);
    assert_true(run.readout[TRAININGS] == 8.0);
}

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_to_end(run.lab->goals[goal].preset, seed);
            for (int32_t other = 0; other < run.lab->n_goals; other++)
                assert_int_equal(run.goal_met[other], other == goal);
        }
}

static void test_no_goal_is_met_before_the_account_is_settled(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
        for (int32_t days = 0; days < HORIZON_DAYS; days += 17) {
            run_days(run.lab->goals[goal].preset, 1, days);
            for (int32_t i = 0; i < run.lab->n_goals; i++)
                assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        }
}

static void test_goals_are_not_given_away(void **state) {
    (void)state;
    const char *const settings[] = {"alpha=0.5", "days=14", "days=30 alpha=1", "alpha=0.5 alignment=0.9",
                                    "alpha=0.9", "design=one_blended_model alpha=0.8"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        run_to_end(settings[i], 1);
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
            assert_false(run.goal_met[goal]);
    }
}

/* --- The world ---------------------------------------------------------------------------------------------------- */

/* Bait and quality of all items, then of those shown. */
typedef struct item_lists {
    const float *bait, *quality, *shown_bait, *shown_quality;
} item_lists;

static item_lists read_items(void) {
    const float *all = read_view(ITEMS_VIEW), *shown = all + LAB_BLOCK_HEADER + 2 * ITEMS;
    assert_true(all[LAB_BLOCK_ROWS] == ITEMS && shown[LAB_BLOCK_ROWS] == SHOWN && shown[LAB_BLOCK_SERIES] == 1.0f);
    return (item_lists){all + LAB_BLOCK_HEADER, all + LAB_BLOCK_HEADER + ITEMS, shown + LAB_BLOCK_HEADER,
                        shown + LAB_BLOCK_HEADER + SHOWN};
}

/* Means, variances and correlation of 1000 items: five standard errors. */
static void test_items_are_normal_with_the_correlation_that_is_set(void **state) {
    (void)state;
    const char *const settings[] = {"", "alignment=0.9", "alignment=-0.5"};
    const double correlation[] = {0.0, 0.9, -0.5};
    for (size_t c = 0; c < 3; c++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            double sum[2] = {0}, square[2] = {0}, product = 0.0;
            start(settings[c], seed);
            const item_lists l = read_items();
            for (int i = 0; i < ITEMS; i++) {
                const double b = (double)l.bait[i], q = (double)l.quality[i];
                sum[0] += b / ITEMS, sum[1] += q / ITEMS;
                square[0] += b * b / ITEMS, square[1] += q * q / ITEMS;
                product += b * q / ITEMS;
            }
            for (int j = 0; j < 2; j++) {
                assert_near(sum[j], 0.0, 0.16);
                assert_near(square[j], 1.0, 0.23);
            }
            const double got = product / sqrt(square[0] * square[1]);
            assert_near(got, correlation[c], 0.16 * (1.0 - correlation[c] * correlation[c]) + 0.005);
        }
}

/* The three figures of a list, worked out again from the points that the page shows. */
static void test_figures_are_those_of_the_items_shown(void **state) {
    (void)state;
    const char *const settings[] = {"", "alpha=0.5", "alpha=1", "design=one_blended_model alpha=0.4", "alignment=-0.5"};
    for (size_t c = 0; c < sizeof settings / sizeof *settings; c++) {
        run_days(settings[c], 3, 1);
        const item_lists l = read_items();
        double clicks = 0.0, satisfaction = 0.0;
        for (int i = 0; i < SHOWN; i++) {
            const double b = (double)l.shown_bait[i], p = 1.0 / (1.0 + exp(2.0 - b));
            clicks += p;
            satisfaction += p * ((double)l.shown_quality[i] - 0.7 * b);
            int found = 0;
            for (int j = 0; j < ITEMS; j++)
                found += l.bait[j] == l.shown_bait[i] && l.quality[j] == l.shown_quality[i];
            assert_int_equal(found, 1);
        }
        assert_near(run.readout[CLICK_THROUGH_RATE], clicks / SHOWN, 1e-6);
        assert_near(run.readout[SATISFACTION], satisfaction / clicks, 1e-6);
        assert_near(run.readout[CHURN_PER_DAY], 0.08 / (1.0 + exp(1.5 * satisfaction / clicks)), 1e-7);
    }
}

static void test_days_follow_from_the_figures(void **state) {
    (void)state;
    run_to_end("alpha=0.3 days=60", 2);
    const lines clicks = read_lines(CLICKS_BY_DAY), sums = read_lines(TOTAL_CLICKS_BY_DAY),
                users = read_lines(USERS_BY_DAY);
    assert_true(clicks.n == MAX_DAYS && sums.n == MAX_DAYS + 1 && users.n == MAX_DAYS + 1);
    double total = 0.0, left = 10.0;
    for (size_t day = 0; day < MAX_DAYS; day++) {
        assert_near((double)users.y[YOURS][day], left, 1e-5);
        assert_near((double)sums.y[YOURS][day], total, 1e-3);
        assert_near((double)clicks.y[YOURS][day], left * SHOWN * run.readout[CLICK_THROUGH_RATE], 1e-4);
        if (day == 7)
            assert_near(run.readout[CLICKS_WEEK] / 1000.0, total, 1e-6);
        if (day == 60)
            assert_near(run.readout[CLICKS_TOTAL] / 1000.0, total, 1e-6);
        total += left * SHOWN * run.readout[CLICK_THROUGH_RATE];
        left *= 1.0 - run.readout[CHURN_PER_DAY];
    }
}

static void test_your_feed_at_a_reference_is_that_reference(void **state) {
    (void)state;
    const char *const settings[] = {"alpha=0", "alpha=0.25", "alpha=0.5", "alpha=0.75", "alpha=1"};
    for (int i = 0; i < 5; i++) {
        run_to_end(settings[i], 4);
        const lines clicks = read_lines(CLICKS_BY_DAY);
        assert_memory_equal(clicks.y[YOURS], clicks.y[i], sizeof clicks.y[i]);
    }
}

static void test_winners_are_named_when_their_time_has_come(void **state) {
    (void)state;
    const double alpha[] = {0.0, 0.25, 0.5, 0.75, 1.0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t days = 0; days <= 45; days++) {
            run_days("days=40", seed, days);
            const lines sums = read_lines(TOTAL_CLICKS_BY_DAY);
            int best[2] = {0, 0};
            for (int i = 1; i < 5 && days >= 7; i++)
                best[0] = sums.y[i][7] > sums.y[best[0]][7] ? i : best[0];
            for (int i = 1; i < 5 && days >= 40; i++)
                best[1] = sums.y[i][40] > sums.y[best[1]][40] ? i : best[1];
            assert_true(run.readout[WINNER_WEEK] == (days >= 7 ? alpha[best[0]] : -1.0));
            assert_true(run.readout[WINNER_TOTAL] == (days >= 40 ? alpha[best[1]] : -1.0));
        }
}

static void test_two_models_need_little_data(void **state) {
    (void)state;
    run_to_end("logged_impressions=500 alpha=0.5", 1);
    assert_true(run.readout[CLICKS_TOTAL] > 1e6);
    run_to_end("logged_impressions=20000 alignment=0.95 design=one_blended_model alpha=1 days=180", 1);
    assert_true(run.readout[CLICKS_TOTAL] > 1e6);
}

/* --- What is live, and what a run depends on ---------------------------------------------------------------------- */

static void assert_same_picture(const char *settings, uint64_t seed) {
    static float kept[4][1 << 14];
    double figures[FIGURES];
    lab_run_figures(&run);
    memcpy(figures, run.readout, sizeof figures);
    for (int32_t view = 0; view < run.lab->n_views; view++)
        memcpy(kept[view], read_view(view), sizeof data);
    run_days(settings, seed, run.progress.step);
    assert_memory_equal(figures, run.readout, TRAININGS * sizeof *figures); /* those were more on the way */
    for (int32_t view = 0; view < run.lab->n_views; view++)
        assert_memory_equal(kept[view], read_view(view), sizeof data);
}

static void test_a_live_change_tells_the_days_anew(void **state) {
    (void)state;
    run_days("", 5, 50);
    lab_run_set(&run, ALPHA, 0.6);
    assert_int_equal(run.progress.step, 50);
    assert_same_picture("alpha=0.6", 5);
    run_days("", 5, 20);
    lab_run_set(&run, DESIGN, ONE_BLENDED_MODEL);
    lab_run_set(&run, ALPHA, 0.4);
    lab_run_set(&run, HORIZON, 40.0);
    assert_int_equal(lab_run_advance(&run, 30, INT64_MAX), ML_OK);
    assert_same_picture("design=one_blended_model alpha=0.4 days=40", 5);
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    start("alpha=0.35", 6);
    while (!run.progress.finished)
        assert_int_equal(lab_run_advance(&run, 1, 1), ML_OK);
    assert_same_picture("alpha=0.35", 6);
}

static void test_seeds_differ_and_repeat(void **state) {
    (void)state;
    run_to_end("", 1);
    const lines first = read_lines(CLICKS_BY_DAY);
    run_to_end("", 2);
    const lines second = read_lines(CLICKS_BY_DAY);
    run_to_end("", 1);
    const lines again = read_lines(CLICKS_BY_DAY);
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &second, sizeof first);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_the_click_optimiser_wins_the_week_and_loses_in_clicks),
        TEST(test_a_test_of_two_weeks_picks_the_wrong_winner),
        TEST(test_stars_alone_leave_nothing_to_click_and_the_middle_is_best),
        TEST(test_an_aligned_proxy_is_fine),
        TEST(test_one_blended_model_is_no_worse),
        TEST(test_every_alpha_of_one_blended_model_is_a_training),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_no_goal_is_met_before_the_account_is_settled),
        TEST(test_goals_are_not_given_away),
        TEST(test_items_are_normal_with_the_correlation_that_is_set),
        TEST(test_figures_are_those_of_the_items_shown),
        TEST(test_days_follow_from_the_figures),
        TEST(test_your_feed_at_a_reference_is_that_reference),
        TEST(test_winners_are_named_when_their_time_has_come),
        TEST(test_two_models_need_little_data),
        TEST(test_a_live_change_tells_the_days_anew),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_seeds_differ_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
