/* Windows: what is told, when, and what is too late; against counting by hand and against sorting everything first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static _Alignas(64) unsigned char block[1 << 18];
static ml_error error;

static ml_windows start(ml_windows_settings settings) {
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_windows w;
    if (ml_windows_init(&settings, &arena, &w, &error) != ML_OK)
        fail_msg("%s", error.message);
    return w;
}

static void assert_told(ml_windows *w, int64_t from, int64_t to, uint64_t count, uint32_t revision) {
    ml_window_sum told;
    assert_true(ml_windows_next(w, &told));
    assert_true(told.start == from && told.end == to && told.count == count && told.revision == revision);
}

static void assert_nothing_due(ml_windows *w) {
    ml_window_sum told;
    assert_false(ml_windows_next(w, &told));
}

static void offer(ml_windows *w, int64_t time, double value) {
    if (ml_windows_offer(w, time, value, &error) != ML_OK)
        fail_msg("%s", error.message);
}

/* --- In one call -------------------------------------------------------------------------------------------------- */

/* The examples of the challenge window-count. */
static void test_known_streams_are_counted(void **state) {
    (void)state;
    static const struct {
        size_t n;
        int64_t t[6], bound;
        size_t windows, dropped;
        ml_window_counted expected[3];
    } known[] = {{6, {1, 4, 11, 3, 14, 25}, 5, 3, 0, {{0, 3, 5}, {10, 2, 5}, {20, 1, 6}}},
                 {3, {1, 16, 3}, 5, 2, 1, {{0, 1, 1}, {10, 1, 3}}},
                 {3, {1, 15, 3}, 5, 2, 1, {{0, 1, 1}, {10, 1, 3}}},
                 {4, {-1, -10, -11, 0}, 20, 3, 0, {{-20, 1, 4}, {-10, 2, 4}, {0, 1, 4}}},
                 {4, {1, 30, 2, 3}, 5, 2, 2, {{0, 1, 1}, {30, 1, 4}}},
                 {3, {25, 5, 15}, 30, 3, 0, {{0, 1, 3}, {10, 1, 3}, {20, 1, 3}}},
                 {0, {0}, 5, 0, 0, {{0}}}};
    for (size_t c = 0; c < sizeof known / sizeof *known; c++) {
        ml_window_counted out[6];
        size_t dropped = 99;
        assert_int_equal(ml_window_count(known[c].t, known[c].n, 10, known[c].bound, out, &dropped), known[c].windows);
        assert_int_equal(dropped, known[c].dropped);
        for (size_t i = 0; i < known[c].windows; i++) {
            const ml_window_counted *e = &known[c].expected[i];
            assert_true(out[i].start == e->start && out[i].count == e->count);
            assert_int_equal(out[i].closed_by, e->closed_by);
        }
    }
}

/* Event by event, and in one call: the same counts, closed at the same event. */
static void test_both_ways_of_counting_agree(void **state) {
    (void)state;
    enum { N = 60 };
    ml_rng rng = ml_rng_seed(131, 0);
    for (int round = 0; round < 1000; round++) {
        int64_t t[N];
        ml_window_counted out[N];
        const size_t n = (size_t)ml_rng_below(&rng, N + 1);
        const int64_t width = 1 + (int64_t)ml_rng_below(&rng, 12), bound = (int64_t)ml_rng_below(&rng, 20);
        size_t dropped, told = 0, kept = 0;
        for (size_t i = 0; i < n; i++)
            t[i] = (int64_t)i - 20 + (int64_t)ml_rng_below(&rng, 25);
        const size_t windows = ml_window_count(t, n, width, bound, out, &dropped);
        ml_windows w = start((ml_windows_settings){ML_WINDOWS_TUMBLING, width, 0, bound, 0, N});
        for (size_t i = 0; i <= n; i++) {
            ml_window_sum s;
            if (i < n)
                offer(&w, t[i], (double)t[i]);
            else
                ml_windows_advance(&w, INT64_MAX);
            for (; ml_windows_next(&w, &s); told++) {
                assert_true(s.start == out[told].start && s.count == out[told].count && s.end == s.start + width);
                assert_int_equal(out[told].closed_by, i);
                assert_true(s.smallest >= (double)s.start && s.largest < (double)s.end && s.revision == 0);
                assert_true(s.sum >= s.smallest * (double)s.count && s.sum <= s.largest * (double)s.count);
                kept += s.count;
            }
        }
        assert_true(told == windows && w.dropped == dropped && kept + dropped == n && w.taken == kept);
        assert_true(w.n_open == 0 && w.revised == 0);
    }
}

/* --- Event by event ----------------------------------------------------------------------------------------------- */

static void test_a_late_event_is_answered_by_a_revision_until_the_window_is_final(void **state) {
    (void)state;
    ml_windows w = start((ml_windows_settings){ML_WINDOWS_TUMBLING, 10, 0, 5, 7, 4});
    offer(&w, 3, 1.0);
    assert_nothing_due(&w);
    offer(&w, 15, 2.0); /* watermark 10 */
    assert_told(&w, 0, 10, 1, 0);
    assert_nothing_due(&w);
    offer(&w, 4, 5.0); /* late, and counted */
    assert_told(&w, 0, 10, 2, 1);
    assert_true(w.revised == 1 && w.dropped == 0);
    offer(&w, 21, 1.0); /* watermark 16: final at 17 */
    offer(&w, 5, 1.0);
    assert_told(&w, 0, 10, 3, 2);
    offer(&w, 22, 1.0);
    offer(&w, 6, 1.0);
    assert_nothing_due(&w);
    assert_true(w.dropped == 1 && w.n_open == 2);
    ml_windows_advance(&w, INT64_MAX);
    assert_told(&w, 10, 20, 1, 0);
    assert_told(&w, 20, 30, 2, 0);
    assert_nothing_due(&w);
    assert_int_equal(w.n_open, 0);
}

/* Every window's count is the number of events in it, where nothing is late. */
static void test_sliding_windows_count_what_is_in_them(void **state) {
    (void)state;
    enum { N = 40 };
    ml_rng rng = ml_rng_seed(132, 0);
    for (int round = 0; round < 500; round++) {
        int64_t t[N];
        const int64_t width = 1 + (int64_t)ml_rng_below(&rng, 20),
                      slide = 1 + (int64_t)ml_rng_below(&rng, (uint64_t)width);
        ml_windows w = start((ml_windows_settings){ML_WINDOWS_SLIDING, width, slide, 1000, 0, 300});
        for (size_t i = 0; i < N; i++)
            offer(&w, t[i] = (int64_t)ml_rng_below(&rng, 100) - 50, 1.0);
        ml_windows_advance(&w, INT64_MAX);
        ml_window_sum s;
        uint64_t places = 0, expected_places = 0;
        while (ml_windows_next(&w, &s)) {
            uint64_t count = 0;
            for (size_t i = 0; i < N; i++)
                count += t[i] >= s.start && t[i] < s.end;
            assert_true(s.count == count && s.end - s.start == width && s.start % slide == 0);
            places += count;
        }
        for (size_t i = 0; i < N; i++)
            for (int64_t from = -200 * slide; from <= 200 * slide; from += slide)
                expected_places += t[i] >= from && t[i] < from + width;
        assert_int_equal(places, expected_places);
    }
}

/* Whatever the order of arrival, sessions are the stretches between gaps. */
static void test_sessions_are_the_stretches_between_gaps(void **state) {
    (void)state;
    enum { N = 30 };
    ml_rng rng = ml_rng_seed(133, 0);
    for (int round = 0; round < 1000; round++) {
        double t[N], scratch[N];
        const int64_t gap = 1 + (int64_t)ml_rng_below(&rng, 12);
        ml_windows w = start((ml_windows_settings){ML_WINDOWS_SESSION, gap, 0, 1000, 0, N});
        for (size_t i = 0; i < N; i++) {
            t[i] = (double)ml_rng_below(&rng, 200) - 100.0;
            offer(&w, (int64_t)t[i], t[i]);
        }
        ml_windows_advance(&w, INT64_MAX);
        ml_sort_double(N, t, scratch);
        for (size_t i = 0, end; i < N; i = end) {
            for (end = i + 1; end < N && t[end] - t[end - 1] <= (double)gap;)
                end++;
            assert_told(&w, (int64_t)t[i], (int64_t)t[end - 1] + gap, end - i, 0);
        }
        assert_nothing_due(&w);
    }
}

static void test_a_late_event_prolongs_or_joins_sessions(void **state) {
    (void)state;
    ml_windows w = start((ml_windows_settings){ML_WINDOWS_SESSION, 10, 0, 0, 20, 4});
    offer(&w, 0, 1.0);
    offer(&w, 18, 1.0); /* watermark 18 */
    assert_told(&w, 0, 10, 1, 0);
    offer(&w, 9, 1.0); /* joins both */
    assert_true(w.n_open == 1 && w.revised == 1);
    offer(&w, 30, 1.0);
    assert_told(&w, 0, 28, 3, 1);
    offer(&w, 60, 1.0);
    assert_told(&w, 30, 40, 1, 0);
    offer(&w, 1, 1.0); /* [1, 11) was final at 31 */
    assert_true(w.dropped == 1);
}

static void assert_refused(ml_status status, ml_status expected, const char *word) {
    assert_int_equal(status, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' lacks '%s'", error.message, word);
}

static void test_bad_settings_and_events_are_refused(void **state) {
    (void)state;
    const ml_windows_settings fine = {ML_WINDOWS_SLIDING, 10, 5, 0, 0, 3};
    ml_windows w = {.taken = 9};
    ml_arena arena = ml_arena_over(block, sizeof block), tiny = ml_arena_over(block, 10);
    ml_windows_settings bad[7];
    static const char *const words[7] = {"kind 3",     "width 0",     "bound -1",  "lateness",
                                         "slide by 0", "slide by 11", "room for 0"};
    for (size_t i = 0; i < 7; i++)
        bad[i] = fine;
    bad[0].kind = (ml_windows_kind)3;
    bad[1].width = 0;
    bad[2].bound = -1;
    bad[3].lateness = INT64_C(1) << 60;
    bad[4].slide = 0;
    bad[5].slide = 11;
    bad[6].most_open = 0;
    for (size_t i = 0; i < 7; i++)
        assert_refused(ml_windows_init(&bad[i], &arena, &w, &error), ML_EINVAL, words[i]);
    assert_refused(ml_windows_init(&fine, &tiny, &w, &error), ML_ENOMEM, "memory");
    assert_int_equal(w.taken, 9);
    for (int kind = 1; kind < 3; kind++) {
        ml_windows_settings settings = fine;
        settings.kind = (ml_windows_kind)kind;
        w = start(settings);
        assert_refused(ml_windows_offer(&w, INT64_MIN, 0.0, &error), ML_EINVAL, "out of range");
        assert_refused(ml_windows_offer(&w, 0, (double)NAN, &error), ML_EINVAL, "NaN");
        ml_status status = ML_OK;
        int64_t time = 0;
        for (; status == ML_OK; time += 100)
            status = ml_windows_offer(&w, time, 0.0, &error);
        assert_refused(status, ML_ENOMEM, "allow more");
        const uint64_t taken = w.taken;
        ml_window_sum told;
        ml_windows_advance(&w, time - 150);
        while (ml_windows_next(&w, &told))
            continue;
        assert_int_equal(ml_windows_offer(&w, time - 100, 0.0, &error), ML_OK);
        assert_int_equal(w.taken, taken + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_streams_are_counted),
        cmocka_unit_test(test_both_ways_of_counting_agree),
        cmocka_unit_test(test_a_late_event_is_answered_by_a_revision_until_the_window_is_final),
        cmocka_unit_test(test_sliding_windows_count_what_is_in_them),
        cmocka_unit_test(test_sessions_are_the_stretches_between_gaps),
        cmocka_unit_test(test_a_late_event_prolongs_or_joins_sessions),
        cmocka_unit_test(test_bad_settings_and_events_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
