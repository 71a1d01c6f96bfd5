/* Quantisation, compression, caches, limits, sketches, queues and their simulation. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"
#include "serving/serving.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { ROWS = 24, COLUMNS = 37, CELLS = ROWS * COLUMNS, N = 2000 };

static float weight[CELLS], back[CELLS];
static int8_t code[CELLS], more_code[CELLS];
static double number[N], scratch[2 * N];
static ml_arena *arena;

static void make_data(void) {
    ml_rng rng = ml_rng_seed(101, 0);
    for (size_t i = 0; i < CELLS; i++) {
        weight[i] = i < COLUMNS ? 0 : (float)ml_rng_normal(&rng); /* a row of zeros */
        code[i] = (int8_t)((int32_t)ml_rng_below(&rng, 256) - 128);
        more_code[i] = (int8_t)((int32_t)ml_rng_below(&rng, 255) - 127);
    }
    for (size_t i = 0; i < N; i++)
        number[i] = ml_rng_exponential(&rng, 20);
}

/* --- Integers ----------------------------------------------------------------------------------------------------- */

static uint32_t hash_of_codes(size_t n, const int32_t *c) {
    return hash_bytes(HASH_START, n * sizeof *c, c);
}

/* The plain name, the scalar and the SIMD version. */
static void report_products(size_t m, size_t n, size_t k, size_t gap) {
    int32_t c[ROWS * ROWS];
    printf("gemm_i8 %ux%ux%u gap %u:", (unsigned)m, (unsigned)n, (unsigned)k, (unsigned)gap);
#define PRODUCT(version)                                                                                               \
    do {                                                                                                               \
        memset(c, 7, sizeof c);                                                                                        \
        ml_kernel_gemm_i8##version(m, n, k, code, k + gap, more_code, k + gap, c, n);                                  \
        ml_kernel_gemv_i8##version(m, k, code, k + gap, more_code, c + m * n);                                         \
        printf(" %08x", (unsigned)hash_of_codes(m * n + m, c));                                                        \
    } while (0)
    PRODUCT();
    PRODUCT(_scalar);
    PRODUCT(_simd128);
#undef PRODUCT
    printf("\n");
}

static void report_matrix_codes(void) {
    ml_quant quant[CELLS];
    for (int32_t bits = 1; bits <= 8; bits++)
        for (int scheme = ML_QUANT_SYMMETRIC; scheme <= ML_QUANT_AFFINE; scheme++)
            for (int unit = ML_QUANT_PER_TENSOR; unit <= ML_QUANT_PER_COLUMN; unit++) {
                const ml_quant_settings settings = {bits, (ml_quant_scheme)scheme, (ml_quant_unit)unit};
                const size_t count = ml_quant_count(ROWS, COLUMNS, settings);
                int8_t codes[CELLS];
                CHECKED(ml_quant_fit(ROWS, COLUMNS, weight, settings, quant, NULL));
                ml_quantise(ROWS, COLUMNS, weight, settings, quant, codes);
                ml_dequantise(ROWS, COLUMNS, codes, settings, quant, back);
                for (size_t i = 0; i < count; i++) {
                    take_floats(1, &quant[i].scale);
                    take_number(quant[i].zero);
                }
                take_bytes(CELLS, codes);
                take_floats(CELLS, back);
                CHECKED(ml_fake_quant(ROWS, COLUMNS, weight, settings, quant, back, NULL));
                take_floats(CELLS, back);
            }
    report_taken("codes of a matrix");
}

static void report_integer_layers(void) {
    enum { BATCH = 5 };
    ml_quant quant;
    ml_quant_observer observer = {.momentum = 0.1f};
    ml_q4 q4;
    int8_t codes[CELLS], y8[ROWS];
    int32_t multiplier[ROWS];
    int shift[ROWS];
    float scale[ROWS], y[BATCH * ROWS];
    CHECKED(ml_quant_fit_i8(CELLS, weight, &quant, NULL));
    ml_quantise_i8(CELLS, weight, quant, codes);
    ml_dequantise_i8(CELLS, codes, quant, back);
    take_bytes(CELLS, codes);
    take_floats(CELLS, back);
    for (size_t i = 0; i < ROWS; i++) {
        CHECKED(ml_quant_observe(&observer, COLUMNS, weight + i * COLUMNS, NULL));
        CHECKED(ml_quant_multiplier(0.0003 * (double)(i + 1), multiplier + i, shift + i, NULL));
        take_number(multiplier[i]);
        take_number(shift[i]);
        scale[i] = 0.01f * (float)(i + 1);
    }
    CHECKED(ml_quant_observed(&observer, &quant, NULL));
    take_floats(1, &quant.scale);
    ml_q8_matvec(more_code, ROWS, COLUMNS, code, -7, NULL, multiplier, shift, 3, y8);
    take_bytes(ROWS, y8);
    CHECKED(ml_q8_linear(BATCH, ROWS, COLUMNS, code, quant, more_code, scale, weight, y, arena, NULL));
    take_floats(BATCH * ROWS, y);
    CHECKED(ml_q4_quantise(ROWS, COLUMNS, 8, weight, &q4, arena, NULL));
    ml_q4_dequantise(&q4, back);
    ml_q4_matvec(&q4, weight, y);
    take_floats(CELLS, back);
    take_floats(ROWS, y);
    report_taken("layers in integers");
}

static void report_compression(void) {
    enum { CLASSES = 5, EXAMPLES = 30, RANK = 4 };
    uint32_t kept[10], label[EXAMPLES];
    size_t pruned;
    double energy, loss, gradient[EXAMPLES * CLASSES], two[2 * CLASSES];
    float left[ROWS * RANK], right[RANK * COLUMNS];
    memcpy(back, weight, sizeof back);
    CHECKED(ml_prune_magnitude(CELLS, back, 0.4, &pruned, NULL));
    take_floats(CELLS, back);
    CHECKED(ml_prune_units(ROWS, COLUMNS / 2, 11, weight, weight + COLUMNS, 10, kept, arena, NULL));
    take_words(10, kept);
    take_number((double)ml_sparse_bytes(CELLS, pruned));
    CHECKED(ml_low_rank(ROWS, COLUMNS, weight, RANK, left, right, &energy, arena, NULL));
    take_floats(ROWS * RANK, left);
    take_floats(RANK * COLUMNS, right);
    take_number(energy);
    for (uint32_t i = 0; i < EXAMPLES; i++)
        label[i] = i % CLASSES;
    CHECKED(ml_distill_loss(EXAMPLES, CLASSES, number, number + 200, label, 3, 0.6, &loss, gradient, two, NULL));
    take_number(loss);
    take_doubles(EXAMPLES * CLASSES, gradient);
    report_taken("compression");
}

/* --- Caches and limits -------------------------------------------------------------------------------------------- */

static void report_caches(void) {
    enum { KEYS = 60, ROOM = 12 };
    ml_rng rng = ml_rng_seed(102, 0);
    ml_lru lru;
    ml_lfu lfu;
    ml_ttl ttl;
    CHECKED(ml_lru_make(ROOM, KEYS, &lru, arena, NULL));
    CHECKED(ml_lfu_init(ROOM, KEYS, &lfu, arena, NULL));
    CHECKED(ml_ttl_init(ROOM, KEYS, 40, &ttl, arena, NULL));
    for (int i = 0; i < 3000; i++) {
        const int key = (int)(ml_rng_uniform(&rng) * ml_rng_uniform(&rng) * KEYS);
        float value = 0;
        if (!ml_lru_get(&lru, key, &value))
            ml_lru_put(&lru, key, (float)i);
        take_number((double)value);
        if (!ml_lfu_get(&lfu, (uint32_t)key, &value))
            ml_lfu_put(&lfu, (uint32_t)key, (float)i);
        take_number((double)value);
        if (!ml_ttl_get(&ttl, i, key, &value))
            ml_ttl_put(&ttl, i, key, (float)i);
        take_number((double)value);
    }
    report_taken("caches");
}

static ml_call_status flaky(void *context, double timeout, double *took, double *value) {
    ml_rng *rng = context;
    *took = ml_rng_exponential(rng, 0.7 * timeout);
    *value = *took * 2;
    return ml_rng_bernoulli(rng, 0.5) ? ML_CALL_OK : ml_rng_bernoulli(rng, 0.8) ? ML_CALL_RETRY : ML_CALL_FATAL;
}

static void report_limits(void) {
    const ml_retry_policy policy = {100, 30, 2, 25, 4, -1};
    ml_rng rng = ml_rng_seed(103, 0);
    ml_token_bucket bucket = {2, 10, 10, 0};
    ml_guard guard = {.fail_limit = 3, .open_for = 5, .ratio = 0.1, .max = 5, .tokens = 5};
    ml_breaker breaker = {.period = 10, .share = 0.5, .least = 5, .open_for = 4};
    double now = 0;
    for (uint32_t i = 0; i < 1500; i++) {
        now += ml_rng_exponential(&rng, 0.4);
        take_number(ml_token_bucket_take(&bucket, now, 1 + i % 2));
        const bool passed = ml_guard_allow(&guard, now, i % 3 == 0), let = ml_breaker_allow(&breaker, now);
        if (passed)
            ml_guard_result(&guard, now, ml_rng_bernoulli(&rng, 0.6));
        if (let)
            ml_breaker_result(&breaker, now, ml_rng_bernoulli(&rng, 0.6));
        take_number(passed);
        take_number(let);
        take_number(ml_backoff(0.1, 30, i % 12, i % 2 ? &rng : NULL));
        const ml_answer answer = ml_call_with_retries(&policy, flaky, &rng, &rng);
        take_number(answer.value);
        take_number(answer.tries);
        take_number(answer.total);
    }
    take_number(bucket.tokens);
    report_taken("limits");
}

/* --- Quantiles and queues ----------------------------------------------------------------------------------------- */

static void report_sketches(void) {
    ml_rng rng = ml_rng_seed(104, 0);
    uint64_t count[512], other_count[512];
    ml_sketch sketch, other;
    ml_kll kll, second;
    double value;
    CHECKED(ml_sketch_init(&sketch, 0.02, 1e-3, count, 512, NULL));
    CHECKED(ml_sketch_init(&other, 0.02, 1e-3, other_count, 512, NULL));
    CHECKED(ml_kll_init(20, &kll, arena, NULL));
    CHECKED(ml_kll_init(20, &second, arena, NULL));
    for (size_t i = 0; i < N; i++) {
        CHECKED(ml_sketch_add(i % 3 ? &sketch : &other, number[i], NULL));
        ml_kll_add(i % 3 ? &kll : &second, number[i], &rng);
    }
    CHECKED(ml_sketch_merge(&sketch, &other, NULL));
    CHECKED(ml_kll_merge(&kll, &second, &rng, NULL));
    for (double q = 0; q <= 1; q += 1.0 / 64) {
        CHECKED(ml_sketch_quantile(&sketch, q, &value, NULL));
        take_number(value);
        CHECKED(ml_kll_quantile(&kll, q, &value, arena, NULL));
        take_number(value);
        take_number(ml_kll_cdf(&kll, 100 * q));
        take_number(ml_percentile(N, number, 100 * q, scratch));
    }
    take_number(ml_kll_error(20));
    report_taken("sketches");
}

static void report_formulas(void) {
    for (int i = 1; i < 60; i++) {
        take_number(ml_queue_pk_wait(0.016 * i, 1, 0.02 * i));
        take_number(ml_queue_erlang_c((uint32_t)i, 0.9 * i));
        take_number(ml_queue_mmc_wait(0.8 * i, 1, (uint32_t)i));
    }
    report_taken("queues by formula");
}

static void report_simulation(ml_routing routing, bool scaled) {
    enum { REQUESTS = 1500 };
    ml_amount gap = {ML_LAW_EXPONENTIAL, 4, 1}, work = {routing % 2 ? ML_LAW_LOGNORMAL : ML_LAW_GAMMA, 1, 0.8};
    const ml_autoscaler_settings scaler = {0.6, 0.1, 3, 1, 8};
    const ml_sim_settings settings = {
        .n = REQUESTS, .warm_up = 100, .gap = ml_draw_law, .gap_context = &gap, .work = ml_draw_law,
        .work_context = &work, .fixed_time = 6, .time_per_item = 2, .max_batch = 4, .max_wait = 3, .routing = routing,
        .replicas = 3, .queue_limit = 30, .deadline = 60, .drop_expired = routing % 2,
        .scaler = scaled ? &scaler : NULL, .scaler_window = 3, .scaler_period = 200, .start_up = 150};
    static ml_sim sim;
    static double response[REQUESTS];
    CHECKED(ml_sim_init(&sim, &settings, 9, arena, NULL));
    while (!ml_sim_run(&sim, 1000))
        ;
    const ml_sim_stats stats = ml_sim_sum_up(&sim);
    take_doubles(ml_sim_responses(&sim, response), response);
    take_number((double)stats.in_time);
    take_number((double)stats.late);
    take_number((double)stats.refused);
    take_number((double)stats.dropped);
    take_number(stats.mean_wait);
    take_number(stats.goodput);
    take_number(stats.utilisation);
    take_number(stats.mean_batch);
    take_number(stats.mean_in_system);
    take_number(stats.by_littles_law);
    take_number(stats.replica_seconds);
    report_taken("simulation, routing %d%s", (int)routing, scaled ? ", scaled" : "");
}

static void report_batch_queue(void) {
    const ml_batch_queue_settings settings = {150, 8, 5, 10, 4, ML_SERVICE_EXPONENTIAL};
    ml_batch_queue queue;
    double response[200], score[40];
    size_t top[10];
    CHECKED(ml_batch_queue_init(&queue, &settings, 50, 200, 3, arena, NULL));
    for (int i = 0; i < 3000; i++) {
        const ml_batch_queue_event event = ml_batch_queue_advance(&queue);
        take_number(event.kind);
        take_number(event.time);
        take_number((double)event.waiting);
    }
    take_doubles(ml_batch_queue_responses(&queue, response), response);
    const ml_batch_queue_stats stats = ml_batch_queue_sum_up(&queue);
    take_number(stats.mean_response);
    take_number(stats.utilisation);
    take_number(stats.mean_in_system);
    take_number((double)ml_blend_rank(40, number, number + 40, 1, -0.5, 10, top, score));
    for (size_t i = 0; i < 10; i++)
        take_number((double)top[i]);
    report_taken("a server that batches, blended ranks");
}

void report_serving(void) {
    arena = empty_arena();
    make_data();
    for (size_t m = 1; m < ROWS; m += 5)
        for (size_t n = 1; n + 1 < ROWS; n += 6)
            for (size_t k = 1; k + 1 < COLUMNS; k += 7)
                report_products(m, n, k, (m + n + k) % 2);
    report_matrix_codes();
    report_integer_layers();
    report_compression();
    report_caches();
    report_limits();
    report_sketches();
    report_formulas();
    for (int routing = ML_ROUTE_SHARED; routing <= ML_ROUTE_TWO_CHOICES; routing++) {
        report_simulation((ml_routing)routing, false);
        report_simulation((ml_routing)routing, true);
    }
    report_batch_queue();
}
