/* Hashes against scikit-learn's and published vectors, and that they scatter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/features_golden.h"
#include "ml.h"

static void test_murmur3_is_that_of_scikit_learn(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_murmur3 / sizeof *golden_murmur3; i++)
        assert_int_equal(ml_murmur3(strlen(golden_murmur3[i].text), golden_murmur3[i].text, golden_murmur3[i].seed),
                         golden_murmur3[i].hash);
    assert_int_equal(ml_murmur3(0, NULL, 1), 0x514e28b7); /* published: the empty text under seed 1 */
}

static void test_fnv1a_gives_the_published_vectors(void **state) {
    (void)state;
    assert_int_equal(ml_fnv1a32("", 0), 0x811c9dc5);
    assert_int_equal(ml_fnv1a32("a", 1), 0xe40c292c);
    assert_int_equal(ml_fnv1a32("foobar", 6), 0xbf9cf968);
    assert_int_equal(ml_fnv1a32("foobar", 3), 0xa9f37ed7);
    assert_int_equal(ml_fnv1a32("\xc3\xa9", 2), 0x1e9de8c1); /* bytes above 127 are not negative */
    assert_int_equal(ml_fmix32(ml_fnv1a32("city=Oslo", 9)), 0x4d06331a);
}

/* Of 200 inputs and each of their bits: the share of the result's bits that turn over is 0.5 within 5 deviations. */
static void test_finishers_scatter_every_bit(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    double turned32 = 0, turned64 = 0;
    for (int i = 0; i < 200; i++) {
        const uint64_t x = ml_rng_next(&rng);
        for (int bit = 0; bit < 64; bit++)
            turned64 += __builtin_popcountll(ml_hash64(x) ^ ml_hash64(x ^ 1ULL << bit));
        for (int bit = 0; bit < 32; bit++)
            turned32 += __builtin_popcount(ml_fmix32((uint32_t)x) ^ ml_fmix32((uint32_t)x ^ 1U << bit));
    }
    assert_true(fabs(turned64 / (200.0 * 64 * 64) - 0.5) < 0.003);
    assert_true(fabs(turned32 / (200.0 * 32 * 32) - 0.5) < 0.006);
    assert_int_equal(ml_fmix32(0), 0);
    assert_true(ml_hash64(0) == 0 && ml_hash64(1) == 0xb456bcfc34c2cb2cULL); /* by hand, from the definition */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_murmur3_is_that_of_scikit_learn),
        cmocka_unit_test(test_fnv1a_gives_the_published_vectors),
        cmocka_unit_test(test_finishers_scatter_every_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
