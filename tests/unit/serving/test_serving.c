/* Percentiles by nearest rank, and the server that batches. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* --- Percentiles -------------------------------------------------------------------------------------------------- */

static void test_percentiles_of_five_values(void **state) {
    (void)state;
    const double value[5] = {35, 20, 15, 50, 40};
    const double p[] = {0, 5, 20, 20.1, 25, 30, 40, 50, 60.1, 100},
                 expected[] = {15, 15, 15, 20, 20, 20, 20, 35, 40, 50};
    double scratch[10];
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        assert_true(ml_percentile(5, value, p[i], scratch) == expected[i]);
}

static void test_percentile_ranks_are_exact(void **state) {
    (void)state;
    double value[1000], scratch[2000];
    for (size_t i = 0; i < 1000; i++)
        value[i] = (double)(1000 - i);
    for (int p = 1; p <= 100; p++)
        assert_true(ml_percentile(100, value + 900, p, scratch) == p); /* ceil(0.07 * 100) would be 8 */
    assert_true(ml_percentile(25, value + 975, 28, scratch) == 7.0);
    assert_true(ml_percentile(1000, value, 99.9, scratch) == 999.0);
}

static void test_percentile_meets_its_definition(void **state) {
    (void)state;
    enum { MOST = 300 };
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 3000; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST);
        const double levels = 1.0 + floor(1000.0 * ml_rng_uniform(&rng)), p = 100.0 * ml_rng_uniform(&rng);
        double value[MOST], kept[MOST], scratch[2 * MOST];
        size_t below = 0, up_to = 0;
        for (size_t i = 0; i < n; i++)
            kept[i] = value[i] = floor(levels * ml_rng_uniform(&rng)) - 3.0;
        const double got = ml_percentile(n, value, p, scratch);
        for (size_t i = 0; i < n; i++) {
            below += value[i] < got;
            up_to += value[i] <= got;
        }
        assert_true((double)up_to >= p * (double)n / 100.0); /* at least p % are at most as large, */
        assert_true((double)below < p * (double)n / 100.0);  /* and of no smaller value that can be said */
        assert_memory_equal(value, kept, n * sizeof *value);
    }
}

/* Values laid out so that the middle one of three is a bad pivot again and again (Musser 1997, "Introspective sorting
 * and selection algorithms", Software: Practice and Experience 27(8)). */
static void test_percentile_survives_an_input_made_against_it(void **state) {
    (void)state;
    enum { N = 200000 };
    double *value = malloc(N * sizeof *value), *scratch = malloc(2 * N * sizeof *scratch);
    assert_true(value != NULL && scratch != NULL);
    for (size_t i = 0; i < N / 2; i++) {
        value[i] = (double)(i % 2 == 0 ? i + 1 : N / 2 + i);
        value[N / 2 + i] = (double)(2 * (i + 1));
    }
    double *sorted = scratch + N;
    for (int p = 1; p <= 99; p += 7) {
        const double got = ml_percentile(N, value, p, scratch);
        memcpy(scratch, value, N * sizeof *value);
        ml_sort_double(N, scratch, sorted);
        assert_true(got == scratch[(size_t)(p * (double)N / 100.0) - 1]);
    }
    free(value);
    free(scratch);
}

static void test_percentile_of_nothing_or_beyond_100_is_nan(void **state) {
    (void)state;
    const double value[2] = {1, 2};
    double scratch[4];
    assert_true(isnan(ml_percentile(0, value, 50, scratch)));
    assert_true(isnan(ml_percentile(2, value, -0.1, scratch)));
    assert_true(isnan(ml_percentile(2, value, 100.1, scratch)));
    assert_true(isnan(ml_percentile(2, value, (double)NAN, scratch)));
}

/* --- The server --------------------------------------------------------------------------------------------------- */

enum { QUEUE = 10000, WINDOW = 50000 };
static unsigned char block[4 << 20];
static ml_arena arena;
static ml_batch_queue queue;

static const ml_batch_queue_settings usual = {
    .arrivals_per_second = 80, .max_batch = 1, .max_wait = 0, .fixed_time = 8, .time_per_item = 2};

static void start(ml_batch_queue_settings settings, size_t capacity, size_t window, uint64_t seed) {
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_batch_queue_init(&queue, &settings, capacity, window, seed, &arena, &error), ML_OK);
}

static void answer(size_t n) {
    for (size_t answered = 0; answered < n;) {
        const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
        if (event.kind == ML_BATCH_FINISHED)
            answered += event.batch;
    }
}

/* The model in one line, for all requests at once: what the events must agree with. */
static size_t whole_batches(const double *arrive, size_t n, ml_batch_queue_settings s, double *done) {
    double is_free = 0.0;
    size_t batches = 0;
    for (size_t i = 0; i < n; batches++) {
        double begin = arrive[i] + s.max_wait;
        if (i + s.max_batch <= n)
            begin = fmin(begin, arrive[i + s.max_batch - 1]);
        begin = fmax(begin, is_free);
        size_t b = 1;
        while (b < s.max_batch && i + b < n && arrive[i + b] <= begin)
            b++;
        is_free = begin + s.fixed_time + (double)b * s.time_per_item;
        for (size_t k = 0; k < b; k++)
            done[i++] = is_free;
    }
    return batches;
}

static void test_events_agree_with_the_model_written_in_one_loop(void **state) {
    (void)state;
    enum { N = 3000 };
    static double arrive[N], done[N], expected[N], response[WINDOW];
    const size_t batches[] = {1, 2, 3, 8, 64};
    const double waits[] = {0, 3, 50}, rates[] = {20, 80, 300};
    for (size_t b = 0; b < 5; b++)
        for (size_t w = 0; w < 3; w++)
            for (size_t r = 0; r < 3; r++) {
                ml_batch_queue_settings s = usual;
                s.max_batch = batches[b], s.max_wait = waits[w], s.arrivals_per_second = rates[r];
                start(s, QUEUE, WINDOW, 7);
                size_t arrived = 0, finished = 0, started = 0;
                while (finished < N) {
                    const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
                    if (event.kind == ML_REQUEST_ARRIVED && arrived < N)
                        arrive[arrived++] = event.time;
                    if (event.kind == ML_BATCH_STARTED)
                        started += event.batch;
                    for (size_t k = 0; event.kind == ML_BATCH_FINISHED && k < event.batch && finished < N; k++)
                        done[finished++] = event.time;
                    assert_true(event.waiting == queue.waiting);
                    assert_true(started <= queue.answered + 64);
                }
                whole_batches(arrive, N, s, expected);
                const size_t settled = N - 64; /* the loop does not know who comes after the last */
                assert_memory_equal(done, expected, settled * sizeof *done);
                const size_t n = ml_batch_queue_responses(&queue, response);
                assert_true(n >= N);
                for (size_t i = 0; i < settled; i++)
                    assert_true(response[i] == done[i] - arrive[i]);
            }
}

static void test_the_loop_gives_the_chapters_example(void **state) {
    (void)state;
    const double arrive[6] = {0, 1, 2, 3, 10, 30};
    double done[6];
    ml_batch_queue_settings s = usual;
    s.max_batch = 2, s.max_wait = 5;
    assert_int_equal(whole_batches(arrive, 6, s, done), 4);
    assert_memory_equal(done, ((const double[]){13, 13, 25, 25, 35, 45}), sizeof(double[5]));
    s.max_batch = 4, s.max_wait = 0;
    assert_int_equal(whole_batches(arrive, 6, s, done), 3);
    assert_memory_equal(done, ((const double[]){10, 26, 26, 26, 26, 40}), sizeof done);
    s.max_wait = 5;
    assert_int_equal(whole_batches(arrive, 6, s, done), 3);
    assert_memory_equal(done, ((const double[]){19, 19, 19, 19, 29, 45}), sizeof done);
}

static void test_one_at_a_time_is_md1_and_mm1(void **state) {
    (void)state;
    ml_batch_queue_settings s = usual;
    double md1 = 0.0, mm1 = 0.0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        s.service = ML_SERVICE_FIXED;
        start(s, QUEUE, WINDOW, seed);
        answer(60000);
        md1 += ml_batch_queue_sum_up(&queue).mean_response / 8;
        s.service = ML_SERVICE_EXPONENTIAL;
        start(s, QUEUE, WINDOW, seed);
        answer(60000);
        mm1 += ml_batch_queue_sum_up(&queue).mean_response / 8;
    }
    assert_near(md1, 10.0 + 0.8 * 10.0 / (2 * 0.2), 1.0); /* Pollaczek and Khinchine */
    assert_near(mm1, 1000.0 / (100.0 - 80.0), 3.0);
}

static void test_littles_law(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        ml_rng rng = ml_rng_seed(seed, 5);
        ml_batch_queue_settings s = usual;
        s.max_batch = 1 + (size_t)ml_rng_below(&rng, 16);
        s.max_wait = 40.0 * ml_rng_uniform(&rng);
        s.service = (ml_service)ml_rng_below(&rng, 2);
        s.arrivals_per_second = 0.9 * ml_batch_queue_capacity(&s) * ml_rng_uniform(&rng) + 1.0;
        start(s, QUEUE, WINDOW, seed);
        answer(WINDOW + 1000);
        const ml_batch_queue_stats stats = ml_batch_queue_sum_up(&queue);
        const double by_law = stats.throughput * stats.mean_response / 1000.0;
        assert_near(stats.mean_in_system / by_law, 1.0, 0.005);
        assert_near(stats.throughput / s.arrivals_per_second, 1.0, 0.03);
        assert_true(stats.utilisation > 0.0 && stats.utilisation <= 1.0 + 1e-9);
        assert_true(stats.mean_batch >= 1.0 && stats.mean_batch <= (double)s.max_batch + 1e-9);
        assert_int_equal(stats.answered, WINDOW);
    }
}

static void test_overload_fills_the_queue_and_refuses(void **state) {
    (void)state;
    ml_batch_queue_settings s = usual;
    s.arrivals_per_second = 400;
    start(s, 20, 1000, 1);
    size_t most = 0, refused = 0;
    for (int i = 0; i < 20000; i++) {
        const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
        most = event.waiting > most ? event.waiting : most;
        refused += event.kind == ML_REQUEST_REFUSED;
    }
    const ml_batch_queue_stats stats = ml_batch_queue_sum_up(&queue);
    assert_int_equal(most, 20);
    assert_int_equal(queue.total.refused, refused);
    assert_near(stats.throughput, 100.0, 0.01);
    assert_near(stats.utilisation, 1.0, 1e-9);
    assert_near((double)stats.refused / stats.seconds, 300.0, 30.0);
    assert_near(stats.mean_response, 205.0, 5.0); /* 20 ahead of it, less the time until the last one left */
}

static void test_window_holds_the_last_answers(void **state) {
    (void)state;
    enum { SMALL = 7 };
    static double all[WINDOW], last[SMALL];
    start(usual, QUEUE, WINDOW, 3);
    answer(500);
    const size_t n = ml_batch_queue_responses(&queue, all);
    start(usual, QUEUE, SMALL, 3);
    answer(500);
    assert_int_equal(ml_batch_queue_responses(&queue, last), SMALL);
    assert_memory_equal(last, all + n - SMALL, sizeof last);
}

static void test_change_keeps_the_queue_and_empties_the_window(void **state) {
    (void)state;
    ml_batch_queue_settings s = usual;
    s.arrivals_per_second = 300;
    start(s, QUEUE, WINDOW, 1);
    answer(500);
    const size_t waiting = queue.waiting, on_server = queue.on_server;
    const double now = queue.total.time;
    assert_true(waiting > 100);
    s.max_batch = 64, s.max_wait = 20;
    assert_int_equal(ml_batch_queue_change(&queue, &s, &error), ML_OK);
    assert_true(queue.waiting == waiting && queue.on_server == on_server && queue.total.time == now);
    const ml_batch_queue_stats empty = ml_batch_queue_sum_up(&queue);
    assert_true(empty.answered == 0 && empty.throughput == 0.0 && empty.mean_batch == 0.0);
    answer(20000);
    assert_true(queue.waiting < 100); /* 64 at once: the backlog is gone */
    s.max_batch = 0;
    assert_int_equal(ml_batch_queue_change(&queue, &s, &error), ML_EINVAL);
    assert_int_equal(queue.settings.max_batch, 64);
    assert_true(ml_batch_queue_sum_up(&queue).answered > 0);
}

static void test_waiting_less_lets_the_next_batch_start_now(void **state) {
    (void)state;
    ml_batch_queue_settings s = usual;
    s.arrivals_per_second = 0.001, s.max_batch = 8, s.max_wait = 1e6;
    start(s, QUEUE, WINDOW, 1);
    const double arrived = ml_batch_queue_advance(&queue).time;
    s.max_wait = 0.0;
    assert_int_equal(ml_batch_queue_change(&queue, &s, &error), ML_OK);
    const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
    assert_int_equal(event.kind, ML_BATCH_STARTED);
    assert_true(event.time == arrived);
}

static void test_service_times_do_not_move_the_arrivals(void **state) {
    (void)state;
    double arrivals[2][200];
    for (int service = 0; service < 2; service++) {
        ml_batch_queue_settings s = usual;
        s.service = (ml_service)service;
        start(s, QUEUE, WINDOW, 6);
        for (size_t n = 0; n < 200;) {
            const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
            if (event.kind == ML_REQUEST_ARRIVED)
                arrivals[service][n++] = event.time;
        }
    }
    assert_memory_equal(arrivals[0], arrivals[1], sizeof arrivals[0]);
}

static void refuse(ml_batch_queue_settings settings, const char *sentence) {
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_batch_queue_init(&queue, &settings, 10, 10, 1, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, sentence);
    assert_int_equal(arena.used, 0);
}

static void test_bad_settings_are_refused(void **state) {
    (void)state;
    ml_batch_queue_settings s = usual;
    s.arrivals_per_second = 0;
    refuse(s, "0 arrivals per second; it takes a finite number above 0");
    s.arrivals_per_second = (double)INFINITY;
    refuse(s, "inf arrivals per second; it takes a finite number above 0");
    s = usual, s.max_batch = 0;
    refuse(s, "a batch of at most 0 requests answers nobody; use 1 or more");
    s = usual, s.max_wait = -1;
    refuse(s, "the longest wait is -1 ms; it is a finite number, 0 or more");
    s = usual, s.fixed_time = -1;
    refuse(s, "a batch takes -1 ms and 2 ms per item; both are finite numbers, 0 or more");
    s = usual, s.fixed_time = s.time_per_item = 0;
    refuse(s, "a batch takes no time at all; give it a fixed time or a time per item");
    s = usual, s.service = (ml_service)2;
    refuse(s, "service 2 is unknown; it is fixed (0) or exponential (1)");
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_batch_queue_init(&queue, &usual, 0, 10, 1, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "a queue of 0 and a window of 10; both hold at least 1");
    arena = ml_arena_over(block, 300);
    assert_int_equal(ml_batch_queue_init(&queue, &usual, 10, 10, 1, &arena, &error), ML_ENOMEM);
    assert_string_equal(error.message, "a queue of 10 and a window of 10 do not fit into the memory; use smaller ones");
    assert_int_equal(arena.used, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles_of_five_values),
        cmocka_unit_test(test_percentile_ranks_are_exact),
        cmocka_unit_test(test_percentile_meets_its_definition),
        cmocka_unit_test(test_percentile_survives_an_input_made_against_it),
        cmocka_unit_test(test_percentile_of_nothing_or_beyond_100_is_nan),
        cmocka_unit_test(test_events_agree_with_the_model_written_in_one_loop),
        cmocka_unit_test(test_the_loop_gives_the_chapters_example),
        cmocka_unit_test(test_one_at_a_time_is_md1_and_mm1),
        cmocka_unit_test(test_littles_law),
        cmocka_unit_test(test_overload_fills_the_queue_and_refuses),
        cmocka_unit_test(test_window_holds_the_last_answers),
        cmocka_unit_test(test_change_keeps_the_queue_and_empties_the_window),
        cmocka_unit_test(test_waiting_less_lets_the_next_batch_start_now),
        cmocka_unit_test(test_service_times_do_not_move_the_arrivals),
        cmocka_unit_test(test_bad_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
