/* Caches against a model that looks at everything, and limits by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static ml_error error;
static unsigned char memory[1 << 16];

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

/* --- Caches: the model ------------------------------------------------------------------------------------------- */

enum { KEYS = 64, OPERATIONS = 10000 };

typedef struct model {
    int capacity, size, now;
    float value[KEYS];
    int used[KEYS], uses[KEYS]; /* used 0: not there */
} model;

static int victim(const model *m, int by_uses) {
    int worst = -1;
    for (int k = 0; k < KEYS; k++)
        if (m->used[k] && (worst < 0 || (by_uses && m->uses[k] != m->uses[worst] ? m->uses[k] < m->uses[worst]
                                                                                  : m->used[k] < m->used[worst])))
            worst = k;
    return worst;
}

static void model_put(model *m, int key, float value, int by_uses) {
    if (!m->used[key] && m->size == m->capacity) {
        m->used[victim(m, by_uses)] = 0;
        m->size--;
    }
    if (!m->used[key]) {
        m->size++;
        m->uses[key] = 0;
    }
    m->uses[key]++;
    m->used[key] = ++m->now;
    m->value[key] = value;
}

static int model_get(model *m, int key) {
    if (!m->used[key])
        return 0;
    m->uses[key]++;
    m->used[key] = ++m->now;
    return 1;
}

/* Low keys are asked for more often. */
static int draw_key(ml_rng *rng) {
    return (int)(KEYS * ml_rng_uniform(rng) * ml_rng_uniform(rng));
}

static void test_least_recently_used_is_the_model(void **state) {
    (void)state;
    const int capacities[] = {1, 2, 16, KEYS};
    for (int c = 0; c < 4; c++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_rng rng = ml_rng_seed(1, (uint64_t)c);
        model m = {.capacity = capacities[c]};
        ml_lru lru;
        assert_int_equal(ml_lru_make(capacities[c], KEYS, &lru, &arena, &error), ML_OK);
        for (int i = 0; i < OPERATIONS; i++) {
            const int key = draw_key(&rng);
            float value = -1.0f;
            if (ml_rng_bernoulli(&rng, 0.5)) {
                model_put(&m, key, (float)i, 0);
                assert_true(ml_lru_put(&lru, key, (float)i));
            } else {
                assert_int_equal(ml_lru_get(&lru, key, &value), model_get(&m, key));
                assert_true(value == (m.used[key] ? m.value[key] : -1.0f));
            }
            assert_int_equal(lru.size, m.size);
        }
    }
}

static void test_least_frequently_used_is_the_model(void **state) {
    (void)state;
    const size_t capacities[] = {1, 2, 16, KEYS, 100};
    for (int c = 0; c < 5; c++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_rng rng = ml_rng_seed(2, (uint64_t)c);
        model m = {.capacity = (int)capacities[c]};
        ml_lfu lfu;
        assert_int_equal(ml_lfu_init(capacities[c], KEYS, &lfu, &arena, &error), ML_OK);
        for (int i = 0; i < OPERATIONS; i++) {
            const int key = draw_key(&rng);
            float value = -1.0f;
            if (ml_rng_bernoulli(&rng, 0.5)) {
                model_put(&m, key, (float)i, 1);
                assert_true(ml_lfu_put(&lfu, (uint32_t)key, (float)i));
            } else {
                assert_int_equal(ml_lfu_get(&lfu, (uint32_t)key, &value), model_get(&m, key));
                assert_true(value == (m.used[key] ? m.value[key] : -1.0f));
            }
            assert_int_equal(lfu.size, m.size);
        }
    }
}

static void test_entries_expire(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(3, 0);
    ml_ttl ttl;
    model m = {.capacity = 16};
    double put_at[KEYS] = {0}, now = 0.0;
    int expired = 0;
    assert_int_equal(ml_ttl_init(16, KEYS, 20.0, &ttl, &arena, &error), ML_OK);
    for (int i = 0; i < OPERATIONS; i++) {
        const int key = draw_key(&rng);
        float value = -1.0f;
        now += (double)ml_rng_below(&rng, 3);
        if (ml_rng_bernoulli(&rng, 0.3)) {
            model_put(&m, key, (float)i, 0);
            put_at[key] = now;
            assert_true(ml_ttl_put(&ttl, now, key, (float)i));
            assert_true(ml_ttl_get(&ttl, now, key, &value) && value == (float)i);
        } else {
            const int fresh = m.used[key] && now - put_at[key] < 20.0;
            expired += m.used[key] && !fresh;
            assert_int_equal(ml_ttl_get(&ttl, now, key, &value), fresh);
            if (fresh)
                model_get(&m, key);
        }
    }
    assert_true(expired > 100);
}

static void test_keys_outside_and_what_is_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory), small = ml_arena_over(memory, 256);
    ml_lru lru;
    ml_lfu lfu;
    ml_ttl ttl;
    float value = 7.0f;
    assert_int_equal(ml_ttl_init(2, 3, (double)INFINITY, &ttl, &arena, &error), ML_OK);
    assert_int_equal(ml_lfu_init(2, 3, &lfu, &arena, &error), ML_OK);
    assert_false(ml_lru_put(&ttl.lru, -1, 1.0f) || ml_lru_put(&ttl.lru, 3, 1.0f));
    assert_false(ml_ttl_put(&ttl, 0.0, 3, 1.0f) || ml_ttl_get(&ttl, 0.0, -1, &value) || ml_ttl_get(&ttl, 0.0, 3, &value));
    assert_false(ml_lru_get(&ttl.lru, -1, &value) || ml_lru_get(&ttl.lru, 3, &value));
    assert_false(ml_lfu_put(&lfu, 3, 1.0f) || ml_lfu_get(&lfu, 3, &value));
    assert_true(value == 7.0f);
    ttl.lru.capacity = 0;
    assert_false(ml_lru_put(&ttl.lru, 0, 1.0f));
    assert_fails(ml_lru_make(0, 3, &lru, &arena, &error), ML_EINVAL, "at least 1");
    assert_fails(ml_lru_make(100, 3, &lru, &small, &error), ML_ENOMEM, "fewer");
    assert_fails(ml_lfu_init(2, 0, &lfu, &arena, &error), ML_EINVAL, "at least 1");
    assert_fails(ml_lfu_init(2, 100, &lfu, &small, &error), ML_ENOMEM, "fewer");
    assert_fails(ml_ttl_init(2, 3, 0.0, &ttl, &arena, &error), ML_EINVAL, "time to live");
    small = ml_arena_over(memory, 320); /* enough for the five arrays of the list */
    assert_fails(ml_ttl_init(2, 3, 1.0, &ttl, &small, &error), ML_ENOMEM, "ages");
    assert_int_equal(small.used, 0);
}

/* --- Limits ------------------------------------------------------------------------------------------------------- */

static void test_a_bucket_lets_the_rate_and_a_burst_through(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int round = 0; round < 500; round++) {
        const double rate = 1.0 + 9.0 * ml_rng_uniform(&rng), capacity = 1.0 + 20.0 * ml_rng_uniform(&rng);
        ml_token_bucket b = {rate, capacity, capacity, 0.0};
        double now = 0.0, passed = 0.0;
        for (int i = 0; i < 300; i++) {
            now += ml_rng_exponential(&rng, 0.1 / rate);
            passed += ml_token_bucket_take(&b, now, 1.0);
            assert_true(passed <= capacity + rate * now + 1e-9);
        }
        assert_true(passed >= floor(0.8 * rate * now)); /* asked ten times as often as it lets through */
    }
    ml_token_bucket b = {1.0, 3.0, 3.0, 10.0};
    assert_false(ml_token_bucket_take(&b, 10.0, 4.0));
    assert_true(ml_token_bucket_take(&b, 9.0, 3.0)); /* an older time fills nothing */
    assert_false(ml_token_bucket_take(&b, 10.5, 1.0));
    assert_true(ml_token_bucket_take(&b, 11.0, 1.0));
}

static void test_a_guard_opens_probes_and_closes(void **state) {
    (void)state;
    ml_guard g = {.fail_limit = 3, .open_for = 10.0, .ratio = 0.1, .max = 10.0, .tokens = 1.0};
    for (int t = 0; t < 3; t++) {
        assert_true(ml_guard_allow(&g, t, false));
        ml_guard_result(&g, t, false);
    }
    ml_guard_result(&g, 3.0, false); /* late ones */
    ml_guard_result(&g, 4.0, true);
    assert_false(ml_guard_allow(&g, 5.0, false) || ml_guard_allow(&g, 11.9, false));
    assert_true(ml_guard_allow(&g, 12.0, false));
    assert_false(ml_guard_allow(&g, 12.1, false));
    ml_guard_result(&g, 13.0, false);
    assert_false(ml_guard_allow(&g, 22.0, false));
    assert_true(ml_guard_allow(&g, 23.0, true)); /* a retry as the probe takes a token: 1.4 - 1 */
    ml_guard_result(&g, 23.5, true);
    assert_true(g.state == ML_GUARD_CLOSED && g.fails == 0 && fabs(g.tokens - 0.4) < 1e-12);
    assert_false(ml_guard_allow(&g, 24.0, true));
    for (int i = 0; i < 100; i++) { /* two failures and a success in turn */
        assert_true(ml_guard_allow(&g, 25.0, false));
        ml_guard_result(&g, 25.0, i % 3 == 2);
    }
}

static void test_a_budget_bounds_retries(void **state) {
    (void)state;
    ml_guard g = {.fail_limit = 1 << 30, .open_for = 1.0, .ratio = 0.1, .max = 10.0, .tokens = 10.0};
    int retries = 0;
    for (int i = 0; i < 1000; i++) {
        assert_true(ml_guard_allow(&g, i, false));
        ml_guard_result(&g, i, false);
        for (int k = 0; k < 3 && ml_guard_allow(&g, i, true); k++) {
            retries++;
            ml_guard_result(&g, i, false);
        }
    }
    assert_in_range(retries, 109, 110);
    g.tokens = 0.0;
    for (int i = 0; i < 1000; i++)
        ml_guard_allow(&g, 0.0, false);
    for (retries = 0; ml_guard_allow(&g, 0.0, true);)
        retries++;
    assert_int_equal(retries, 10);
}

static void test_a_breaker_counts_by_period(void **state) {
    (void)state;
    ml_breaker b = {.period = 1.0, .share = 0.5, .least = 20, .open_for = 2.0};
    for (int i = 0; i < 19; i++)
        ml_breaker_result(&b, 0.5, false);
    assert_true(ml_breaker_allow(&b, 0.9));
    ml_breaker_result(&b, 1.0, false); /* the count begins anew */
    assert_true(ml_breaker_allow(&b, 1.0) && b.outcomes == 1);
    for (int i = 0; i < 19; i++)
        ml_breaker_result(&b, 1.1, i < 10);
    assert_true(b.state == ML_GUARD_CLOSED && b.failures == 10); /* half is not more than half */
    ml_breaker_result(&b, 1.2, false);
    assert_false(ml_breaker_allow(&b, 3.1));
    ml_breaker_result(&b, 3.1, true);
    assert_true(ml_breaker_allow(&b, 3.2));
    assert_false(ml_breaker_allow(&b, 3.3));
    ml_breaker_result(&b, 3.4, false);
    assert_false(ml_breaker_allow(&b, 5.3));
    assert_true(ml_breaker_allow(&b, 5.4));
    ml_breaker_result(&b, 5.5, true);
    assert_true(ml_breaker_allow(&b, 5.5) && ml_breaker_allow(&b, 5.5) && b.outcomes == 0);
}

static void test_backoff_doubles_up_to_its_cap(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    double sum = 0.0;
    const double expected[] = {0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0};
    for (uint32_t i = 0; i < 9; i++)
        assert_true(fabs(ml_backoff(0.1, 10.0, i, NULL) - expected[i]) < 1e-12);
    assert_true(ml_backoff(0.1, 10.0, UINT32_MAX, NULL) == 10.0 && ml_backoff(0.0, 10.0, UINT32_MAX, NULL) == 0.0);
    for (int i = 0; i < 2000; i++) {
        const double wait = ml_backoff(10.0, 40.0, 0, &rng);
        assert_true(wait >= 0.0 && wait < 10.0);
        sum += wait;
    }
    assert_true(fabs(sum / 2000 - 5.0) < 0.4);
}

/* --- Retries: a backend that plays a script ----------------------------------------------------------------------- */

typedef struct script {
    const ml_call_status *status;
    double took, value, left;
    int calls;
} script;

static ml_call_status play(void *context, double timeout, double *took, double *value) {
    script *s = context;
    assert_true(timeout > 0.0 && timeout <= s->left + 1e-9);
    *took = s->took;
    *value = s->value;
    return s->status[s->calls++];
}

static ml_call_status always_retry[40];

static void test_calls_are_retried_until_they_should_not(void **state) {
    (void)state;
    const ml_call_status ok[] = {ML_CALL_OK, ML_CALL_OK, ML_CALL_OK}, twice[] = {ML_CALL_RETRY, ML_CALL_OK},
                         fatal[] = {ML_CALL_FATAL}, *never = always_retry;
    for (int i = 0; i < 40; i++)
        always_retry[i] = ML_CALL_RETRY;
    const ml_retry_policy p = {1e9, 40.0, 10.0, 80.0, 3, -1.0};
    ml_rng rng = ml_rng_seed(6, 0), same = rng;
    ml_answer a = ml_call_with_retries(&p, play, &(script){ok, 5.0, 2.0, 1e9, 0}, &rng);
    assert_true(a.value == 2.0 && !a.fell_back && a.tries == 1 && a.total == 5.0);
    a = ml_call_with_retries(&p, play, &(script){twice, 5.0, 2.0, 1e9, 0}, &rng);
    assert_true(a.value == 2.0 && a.tries == 2 && a.total == 10.0 + 10.0 * ml_rng_uniform(&same));
    a = ml_call_with_retries(&p, play, &(script){fatal, 5.0, 2.0, 1e9, 0}, &rng);
    assert_true(a.value == -1.0 && a.fell_back && a.tries == 1);
    a = ml_call_with_retries(&p, play, &(script){ok, 5.0, (double)NAN, 1e9, 0}, &rng);
    assert_true(a.value == -1.0 && a.fell_back && a.tries == 1);
    a = ml_call_with_retries(&p, play, &(script){ok, 41.0, 2.0, 1e9, 0}, &rng); /* too late each time */
    assert_true(a.fell_back && a.tries == 3);
    ml_rng_uniform(&same), ml_rng_uniform(&same);
    assert_true(ml_rng_next(&rng) == ml_rng_next(&same)); /* no draw after the last try */
    const ml_retry_policy none = {1e9, 40.0, 10.0, 80.0, 0, -1.0};
    a = ml_call_with_retries(&none, play, &(script){ok, 5.0, 2.0, 1e9, 0}, &rng);
    assert_true(a.fell_back && a.tries == 0 && a.total == 0.0);
    for (uint64_t seed = 0; seed < 1000; seed++) {
        const ml_retry_policy hurried = {100.0, 40.0, 10.0, 15.0, 40, -1.0};
        ml_rng own = ml_rng_seed(seed, 0);
        a = ml_call_with_retries(&hurried, play, &(script){never, 1000.0, 0.0, 100.0, 0}, &own);
        assert_true(a.fell_back && a.total <= 100.0 && a.tries <= 40);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least_recently_used_is_the_model),
        cmocka_unit_test(test_least_frequently_used_is_the_model),
        cmocka_unit_test(test_entries_expire),
        cmocka_unit_test(test_keys_outside_and_what_is_refused),
        cmocka_unit_test(test_a_bucket_lets_the_rate_and_a_burst_through),
        cmocka_unit_test(test_a_guard_opens_probes_and_closes),
        cmocka_unit_test(test_a_budget_bounds_retries),
        cmocka_unit_test(test_a_breaker_counts_by_period),
        cmocka_unit_test(test_backoff_doubles_up_to_its_cap),
        cmocka_unit_test(test_calls_are_retried_until_they_should_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
