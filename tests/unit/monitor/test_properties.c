/* What must hold of any two samples: distances by their definitions, symmetric, and blind to what they say they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

enum { MOST = 12, ROUNDS = 4000 };

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* Numbers, half of the time few different ones, so that there are ties. */
static size_t draw(ml_rng *rng, bool ties, double *x) {
    const size_t n = 1 + (size_t)ml_rng_below(rng, MOST);
    for (size_t i = 0; i < n; i++)
        x[i] = ties ? (double)ml_rng_below(rng, 5) : ml_rng_normal(rng);
    return n;
}

static double share_up_to(double x, size_t n, const double *value) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += value[i] <= x;
    return (double)count / (double)n;
}

static void test_ks_of_any_samples(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(41, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double a[MOST], b[MOST], scratch[4 * MOST], d, p, swapped, same_p, mapped, naive = 0;
        const size_t n = draw(&rng, round % 2, a), m = draw(&rng, round % 2, b);
        const ml_ks_method method = round % 3 ? ML_KS_ASYMPTOTIC : ML_KS_EXACT;
        for (size_t i = 0; i < n + m; i++) {
            const double x = i < n ? a[i] : b[i - n];
            naive = fmax(naive, fabs(share_up_to(x, n, a) - share_up_to(x, m, b)));
        }
        assert_int_equal(ml_ks_2samp(n, a, m, b, method, scratch, &d, &p, &error), ML_OK);
        assert_near(d, naive, 1e-15);
        assert_true(p >= 0 && p <= 1);
        assert_int_equal(ml_ks_2samp(m, b, n, a, method, scratch, &swapped, &same_p, &error), ML_OK);
        assert_true(swapped == d);
        assert_near(same_p, p, 1e-12);
        for (size_t i = 0; i < n; i++)
            a[i] = a[i] * a[i] * a[i] + 2; /* any increasing map: only the order counts */
        for (size_t i = 0; i < m; i++)
            b[i] = b[i] * b[i] * b[i] + 2;
        assert_int_equal(ml_ks_2samp(n, a, m, b, method, scratch, &mapped, &same_p, &error), ML_OK);
        assert_true(mapped == d && same_p == p);
    }
}

/* The integral of the difference of the distribution functions, over all the steps that they have. */
static double wasserstein_by_definition(size_t n, const double *a, size_t m, const double *b) {
    double sum = 0;
    for (size_t i = 0; i < n + m; i++) { /* from each value to the next larger one */
        const double from = i < n ? a[i] : b[i - n];
        double to = INFINITY;
        size_t before = 0;
        for (size_t j = 0; j < n + m; j++) {
            const double x = j < n ? a[j] : b[j - n];
            to = x > from && x < to ? x : to;
            before += j < i && x == from;
        }
        if (before == 0 && isfinite(to))
            sum += (to - from) * fabs(share_up_to(from, n, a) - share_up_to(from, m, b));
    }
    return sum;
}

static void test_wasserstein_of_any_samples(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(42, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double a[MOST], b[MOST], scratch[4 * MOST], distance, swapped, scaled;
        const size_t n = draw(&rng, round % 2, a), m = draw(&rng, round % 3 == 0, b);
        assert_int_equal(ml_wasserstein(n, a, m, b, scratch, &distance, &error), ML_OK);
        assert_near(distance, wasserstein_by_definition(n, a, m, b), 1e-13);
        assert_int_equal(ml_wasserstein(m, b, n, a, scratch, &swapped, &error), ML_OK);
        assert_near(swapped, distance, 1e-14);
        for (size_t i = 0; i < n; i++)
            a[i] = 1 - 3 * a[i];
        for (size_t i = 0; i < m; i++)
            b[i] = 1 - 3 * b[i];
        assert_int_equal(ml_wasserstein(n, a, m, b, scratch, &scaled, &error), ML_OK);
        assert_near(scaled, 3 * distance, 1e-13);
    }
}

static void test_divergences_of_any_shares(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(43, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const size_t k = 1 + (size_t)ml_rng_below(&rng, MOST);
        double p[MOST], q[MOST], kl, back, js, swapped, itself, psi, psi_swapped;
        uint32_t one[MOST], other[MOST];
        for (size_t i = 0; i < k; i++) {
            p[i] = one[i] = 1 + (uint32_t)ml_rng_below(&rng, 50);
            q[i] = other[i] = 1 + (uint32_t)ml_rng_below(&rng, 50);
        }
        assert_int_equal(ml_kl_divergence(k, p, q, &kl, &error), ML_OK);
        assert_int_equal(ml_kl_divergence(k, q, p, &back, &error), ML_OK);
        assert_int_equal(ml_js_divergence(k, p, q, &js, &error), ML_OK);
        assert_int_equal(ml_js_divergence(k, q, p, &swapped, &error), ML_OK);
        assert_int_equal(ml_kl_divergence(k, p, p, &itself, &error), ML_OK);
        assert_true(kl >= -1e-15 && js >= -1e-15 && js <= 0x1.62e42fefa39fp-1 && fabs(itself) < 1e-15);
        assert_true(js <= (kl + back) / 4 + 1e-15); /* the divergence is convex: the mean lies half as far */
        assert_near(swapped, js, 1e-14);
        assert_int_equal(ml_psi(k, one, other, ML_PSI_FLOOR, &psi, &error), ML_OK);
        assert_int_equal(ml_psi(k, other, one, ML_PSI_FLOOR, &psi_swapped, &error), ML_OK);
        assert_near(psi_swapped, psi, 1e-13);
        assert_near(psi, kl + back, 1e-12); /* Jeffreys' divergence */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ks_of_any_samples),
        cmocka_unit_test(test_wasserstein_of_any_samples),
        cmocka_unit_test(test_divergences_of_any_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
