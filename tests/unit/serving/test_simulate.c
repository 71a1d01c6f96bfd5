/* The simulator against the formulas of queueing theory, against ml_batch_queue, and by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/queues_golden.h"
#include "ml.h"

enum { N = 20000, RUNS = 20 };

static ml_error error;
static unsigned char memory[1 << 22];
static double response[N], scratch[2 * N];

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void run(ml_sim *sim, const ml_sim_settings *settings, uint64_t seed) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    if (ml_sim_init(sim, settings, seed, &arena, &error) != ML_OK)
        fail_msg("%s", error.message);
    assert_true(ml_sim_run(sim, SIZE_MAX));
}

static ml_amount poisson(double rate) {
    return (ml_amount){ML_LAW_EXPONENTIAL, 1000.0 / rate, 0.0};
}

static ml_sim_settings plain(ml_amount *gap, ml_amount *work, size_t replicas) {
    return (ml_sim_settings){.n = N, .warm_up = N / 10, .gap = ml_draw_law, .gap_context = gap, .work = ml_draw_law,
                             .work_context = work, .fixed_time = 10.0, .max_batch = 1, .replicas = replicas};
}

/* --- Formulas ----------------------------------------------------------------------------------------------------- */

static void test_erlangs_c_is_scipys(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_erlang / sizeof *golden_erlang; i += 3) {
        const double c = golden_erlang[i], load = golden_erlang[i + 1], expected = golden_erlang[i + 2];
        assert_true(fabs(ml_queue_erlang_c((uint32_t)c, load) - expected) <= 1e-9 * expected);
        assert_true(fabs(ml_queue_mmc_wait(load, 1.0, (uint32_t)c) - expected / (c - load)) <= 1e-8);
    }
    assert_true(fabs(ml_queue_mmc_wait(0.08, 10.0, 1) - ml_queue_pk_wait(0.08, 10.0, 1.0)) < 1e-12);
    assert_true(fabs(ml_queue_pk_wait(0.08, 10.0, 0.0) - 20.0) < 1e-12);
    assert_true(isinf(ml_queue_pk_wait(0.1, 10.0, 1.0)) && isinf(ml_queue_mmc_wait(0.2, 10.0, 2)));
    assert_true(isnan(ml_queue_pk_wait(-1.0, 1.0, 1.0)) && isnan(ml_queue_erlang_c(0, 1.0)));
    assert_true(ml_queue_erlang_c(3, 3.0) == 1.0 && ml_queue_erlang_c(3, 0.0) == 0.0);
}

/* The mean wait over 20 independent runs of 18,000 requests lies within 5 of its own standard errors and 1 % (what is
 * left of the empty start) of the formula: with 19 degrees of freedom a chance of 8e-5 to fail, once, for a fixed seed. */
static void compare(double rate, ml_amount work, size_t replicas, double expected) {
    double sum = 0.0, squares = 0.0;
    ml_amount gap = poisson(rate);
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        ml_sim sim;
        const ml_sim_settings s = plain(&gap, &work, replicas);
        run(&sim, &s, seed);
        const ml_sim_stats stats = ml_sim_sum_up(&sim);
        sum += stats.mean_wait;
        squares += stats.mean_wait * stats.mean_wait;
        assert_true(fabs(stats.mean_in_system - stats.by_littles_law) <= 0.02 * stats.mean_in_system);
        assert_true(fabs(stats.utilisation - rate * 0.01 / (double)replicas) < 0.05);
        assert_true(fabs(stats.mean_response - stats.mean_wait - 10.0) < 0.6);
    }
    const double mean = sum / RUNS, error_of_mean = sqrt((squares / RUNS - mean * mean) / (RUNS - 1));
    if (!(fabs(mean - expected) <= 5.0 * error_of_mean + 0.01 * expected) || error_of_mean > 0.1 * expected)
        fail_msg("a mean wait of %g ± %g, not %g", mean, error_of_mean, expected);
}

static void test_waits_are_those_of_theory(void **state) {
    (void)state;
    const ml_amount exponential = {ML_LAW_EXPONENTIAL, 1.0, 0.0}, fixed = {ML_LAW_FIXED, 1.0, 0.0};
    compare(50.0, exponential, 1, ml_queue_pk_wait(0.05, 10.0, 1.0)); /* M/M/1 */
    compare(80.0, exponential, 1, 40.0);
    compare(80.0, fixed, 1, ml_queue_pk_wait(0.08, 10.0, 0.0)); /* M/D/1 */
    compare(320.0, exponential, 4, ml_queue_mmc_wait(0.32, 10.0, 4)); /* M/M/c */
    compare(640.0, exponential, 8, ml_queue_mmc_wait(0.64, 10.0, 8));
    compare(60.0, (ml_amount){ML_LAW_GAMMA, 1.0, 1.5}, 1, ml_queue_pk_wait(0.06, 10.0, 1.5)); /* M/G/1 */
    compare(60.0, (ml_amount){ML_LAW_LOGNORMAL, 1.0, 0.7}, 1, ml_queue_pk_wait(0.06, 10.0, 0.7));
}

/* In M/M/1 the time in the system is exponential: p99 is ln 100 means. */
static void test_percentiles_are_those_of_theory(void **state) {
    (void)state;
    double p50 = 0.0, p99 = 0.0;
    ml_amount gap = poisson(50.0), work = {ML_LAW_EXPONENTIAL, 1.0, 0.0};
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        ml_sim sim;
        const ml_sim_settings s = plain(&gap, &work, 1);
        run(&sim, &s, seed);
        const size_t n = ml_sim_responses(&sim, response);
        assert_int_equal(n, N - N / 10);
        p50 += ml_percentile(n, response, 50.0, scratch) / RUNS;
        p99 += ml_percentile(n, response, 99.0, scratch) / RUNS;
    }
    assert_true(fabs(p50 / (20.0 * 0.69314718) - 1.0) < 0.03 && fabs(p99 / (20.0 * 4.6051702) - 1.0) < 0.05);
}

/* --- The same as the server that batches -------------------------------------------------------------------------- */

static void test_one_server_is_the_batch_queue_to_the_last_bit(void **state) {
    (void)state;
    static unsigned char own[1 << 20];
    for (int round = 0; round < 24; round++) {
        const ml_batch_queue_settings q = {20.0 + 15.0 * round, 1 + (size_t)round % 8, 5.0 * (round % 3), 8.0, 2.0,
                                           ML_SERVICE_FIXED};
        ml_arena arena = ml_arena_over(own, sizeof own);
        ml_batch_queue queue;
        assert_int_equal(ml_batch_queue_init(&queue, &q, 4000, 2010, 7, &arena, &error), ML_OK);
        while (queue.answered < 2000)
            ml_batch_queue_advance(&queue);
        double expected[2010];
        ml_batch_queue_responses(&queue, expected);
        ml_amount gap = poisson(q.arrivals_per_second);
        ml_sim_settings s = plain(&gap, NULL, 1);
        s.work = NULL;
        s.n = 3000;
        s.warm_up = 0;
        s.fixed_time = q.fixed_time;
        s.time_per_item = q.time_per_item;
        s.max_batch = q.max_batch;
        s.max_wait = q.max_wait;
        ml_sim sim;
        run(&sim, &s, 7);
        assert_int_equal(ml_sim_responses(&sim, response), 3000);
        assert_memory_equal(response, expected, 2000 * sizeof *response);
    }
}

/* --- Balancing, limits, scaling ----------------------------------------------------------------------------------- */

static double p99_of(ml_routing routing, double variation, uint64_t seed) {
    ml_amount gap = poisson(640.0), work = {ML_LAW_LOGNORMAL, 1.0, variation};
    ml_sim_settings s = plain(&gap, &work, 8);
    s.routing = routing;
    ml_sim sim;
    run(&sim, &s, seed);
    return ml_percentile(ml_sim_responses(&sim, response), response, 99.0, scratch);
}

static void test_a_shared_queue_wins_and_blind_turns_equal_it_for_equal_work(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const double shared = p99_of(ML_ROUTE_SHARED, 1.0, seed), two = p99_of(ML_ROUTE_TWO_CHOICES, 1.0, seed);
        const double turns = p99_of(ML_ROUTE_ROUND_ROBIN, 1.0, seed), random = p99_of(ML_ROUTE_RANDOM, 1.0, seed);
        assert_true(shared < two && two < turns && turns < random);
        assert_true(p99_of(ML_ROUTE_SHARED, 0.0, seed) == p99_of(ML_ROUTE_ROUND_ROBIN, 0.0, seed));
    }
}

static void test_regular_arrivals_never_wait(void **state) {
    (void)state;
    ml_amount gap = {ML_LAW_FIXED, 12.5, 0.0}, work = {ML_LAW_FIXED, 1.0, 0.0};
    const ml_sim_settings s = plain(&gap, &work, 1);
    ml_sim sim;
    run(&sim, &s, 1);
    const ml_sim_stats stats = ml_sim_sum_up(&sim);
    assert_true(stats.mean_wait == 0.0 && fabs(stats.utilisation - 0.8) < 1e-3);
}

static void test_overload_needs_a_limit(void **state) {
    (void)state;
    ml_amount gap = poisson(120.0), work = {ML_LAW_EXPONENTIAL, 1.0, 0.0};
    ml_sim_settings s = plain(&gap, &work, 1);
    s.deadline = 200.0;
    ml_sim sim;
    run(&sim, &s, 3);
    const ml_sim_stats none = ml_sim_sum_up(&sim);
    s.queue_limit = 10;
    run(&sim, &s, 3);
    const ml_sim_stats limit = ml_sim_sum_up(&sim);
    s.queue_limit = 0;
    s.drop_expired = true;
    run(&sim, &s, 3);
    const ml_sim_stats dropping = ml_sim_sum_up(&sim);
    assert_true(none.goodput < 2.0 && fabs(none.throughput - 100.0) < 4.0 && none.late > 15000);
    assert_true(limit.goodput > 93.0 && limit.refused > 2000 && limit.dropped == 0);
    assert_true(dropping.goodput > 75.0 && dropping.goodput < 90.0 && dropping.dropped > 2000);
    for (const ml_sim_stats *of = &limit; of; of = of == &limit ? &dropping : NULL)
        assert_int_equal(of->in_time + of->late + of->refused + of->dropped, N - N / 10);
}

static void test_replicas_follow_the_load(void **state) {
    (void)state;
    const ml_autoscaler_settings scaler = {0.7, 0.1, 3, 1, 20};
    for (int routing = ML_ROUTE_SHARED; routing <= ML_ROUTE_TWO_CHOICES; routing++) {
        ml_amount gap = poisson(600.0), work = {ML_LAW_EXPONENTIAL, 1.0, 0.0};
        ml_sim_settings s = plain(&gap, &work, 20);
        s.routing = (ml_routing)routing;
        s.scaler = &scaler;
        s.scaler_window = 2;
        s.scaler_period = 500.0;
        s.start_up = 1000.0;
        for (int crowd = 0; crowd < 2; crowd++) { /* from too many, and from too few */
            s.replicas = crowd ? 20 : 4;
            ml_sim sim;
            run(&sim, &s, 5);
            assert_in_range(sim.ready + sim.starting, 7, 11); /* 6 busy at 70 % */
            const ml_sim_stats stats = ml_sim_sum_up(&sim);
            assert_true(stats.replica_seconds < 15.0 * (sim.end.time - sim.begin.time) / 1000.0);
            assert_int_equal(stats.in_time, N - N / 10);
        }
    }
}

static void test_nothing_is_lost_or_done_twice(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(9, 0);
    for (int round = 0; round < 600; round++) {
        const ml_autoscaler_settings scaler = {0.6, 0.0, 2, 1, 6};
        ml_amount gap = poisson(50.0 + 500.0 * ml_rng_uniform(&rng));
        ml_amount work = {(ml_law)(round % 4), 1.0, 2.0 * ml_rng_uniform(&rng)};
        ml_sim_settings s = plain(&gap, &work, 1 + (size_t)ml_rng_below(&rng, 5));
        s.n = 300;
        s.warm_up = 0;
        s.routing = (ml_routing)(round / 4 % 4);
        s.max_batch = 1 + (size_t)ml_rng_below(&rng, 6);
        s.max_wait = 10.0 * ml_rng_uniform(&rng);
        s.queue_limit = (size_t)ml_rng_below(&rng, 10);
        s.deadline = round % 3 * 40.0;
        s.drop_expired = round % 2;
        s.scaler = round % 5 == 0 ? &scaler : NULL;
        s.scaler_window = 1;
        s.scaler_period = 50.0;
        s.start_up = 30.0;
        ml_sim sim;
        run(&sim, &s, (uint64_t)round);
        double busy = 0.0;
        for (size_t i = 0; i < s.n; i++) {
            const ml_sim_request *r = &sim.request[i];
            assert_true(r->fate != ML_FATE_OPEN && r->finish >= r->arrival);
            assert_true((r->batch > 0) == (r->fate == ML_FATE_IN_TIME || r->fate == ML_FATE_LATE));
            if (r->batch > 0) {
                assert_true(r->start >= r->arrival && r->finish >= r->start && r->batch <= s.max_batch);
                busy += (r->finish - r->start) / r->batch;
            }
            if (s.deadline > 0.0 && r->batch > 0)
                assert_true((r->fate == ML_FATE_LATE) == (r->finish - r->arrival > s.deadline));
        }
        assert_true(sim.busy == 0 && fabs(busy - sim.total.busy) <= 1e-6 * busy);
    }
}

/* --- Events ------------------------------------------------------------------------------------------------------- */

static void test_events_come_in_order(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(10, 0);
    ml_event_queue queue;
    ml_event event, last = {-1.0, 0, 0, 0};
    assert_int_equal(ml_event_queue_init(1000, &queue, &arena, &error), ML_OK);
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(ml_event_queue_push(&queue, (double)ml_rng_below(&rng, 50), (int32_t)ml_rng_below(&rng, 3), i));
    assert_false(ml_event_queue_push(&queue, 1.0, 0, 0));
    for (int i = 0; i < 1000; i++) {
        assert_true(ml_event_queue_pop(&queue, &event) && event.data == event.order);
        assert_true(event.time > last.time || (event.time == last.time && event.kind > last.kind) ||
                    (event.time == last.time && event.kind == last.kind && event.order > last.order));
        last = event;
    }
    assert_false(ml_event_queue_pop(&queue, &event) || ml_event_queue_push(&queue, (double)NAN, 0, 0));
    arena = ml_arena_over(memory, 100);
    assert_fails(ml_event_queue_init(1000, &queue, &arena, &error), ML_ENOMEM, "events");
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void refuses(ml_sim_settings s, const char *word) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_sim sim;
    assert_fails(ml_sim_init(&sim, &s, 1, &arena, &error), ML_EINVAL, word);
    assert_int_equal(arena.used, 0);
}

static double hostile(void *context, ml_rng *rng) {
    (void)context;
    const uint64_t which = ml_rng_below(rng, 4);
    return which == 0 ? (double)NAN : which == 1 ? -1.0 : which == 2 ? (double)INFINITY : 1e300;
}

static void test_what_is_refused_and_hostile_processes(void **state) {
    (void)state;
    ml_amount gap = poisson(50.0), work = {ML_LAW_FIXED, 1.0, 0.0};
    const ml_autoscaler_settings scaler = {0.7, 0.1, 0, 1, 5000}, bad = {0.0, 0.1, 0, 1, 5};
    const ml_sim_settings good = plain(&gap, &work, 1);
    ml_sim_settings s = good;
    s.n = 1, refuses(s, "two of them"), s = good;
    s.warm_up = N - 1, refuses(s, "warm up"), s = good;
    s.gap = NULL, refuses(s, "gap"), s = good;
    s.replicas = 0, refuses(s, "replicas"), s = good;
    s.routing = (ml_routing)4, refuses(s, "routing 4"), s = good;
    s.fixed_time = 0.0, refuses(s, "not both 0"), s = good;
    s.max_batch = 0, refuses(s, "65535"), s = good;
    s.deadline = (double)NAN, refuses(s, "deadline"), s = good;
    s.scaler = &scaler, refuses(s, "decision every"), s.scaler_period = 1.0, refuses(s, "5000 replicas");
    s.scaler = &bad, s.scaler_window = 1, refuses(s, "0"), s = good;
    ml_arena small = ml_arena_over(memory, 1000);
    ml_sim sim;
    assert_fails(ml_sim_init(&sim, &s, 1, &small, &error), ML_ENOMEM, "fewer");
    s.n = 100;
    s.warm_up = 0;
    s.gap = s.work = hostile;
    run(&sim, &s, 1);
    assert_true(ml_sim_sum_up(&sim).in_time == 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlangs_c_is_scipys),
        cmocka_unit_test(test_waits_are_those_of_theory),
        cmocka_unit_test(test_percentiles_are_those_of_theory),
        cmocka_unit_test(test_one_server_is_the_batch_queue_to_the_last_bit),
        cmocka_unit_test(test_a_shared_queue_wins_and_blind_turns_equal_it_for_equal_work),
        cmocka_unit_test(test_regular_arrivals_never_wait),
        cmocka_unit_test(test_overload_needs_a_limit),
        cmocka_unit_test(test_replicas_follow_the_load),
        cmocka_unit_test(test_nothing_is_lost_or_done_twice),
        cmocka_unit_test(test_events_come_in_order),
        cmocka_unit_test(test_what_is_refused_and_hostile_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
