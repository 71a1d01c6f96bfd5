/* Special functions and distributions against SciPy's, and what must hold between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden/special_golden.h"
#include "ml.h"

/* A tolerance of 1e-11 is for SciPy 1.10, whose incomplete beta is off by 4e-12 where sums in 40 digits agree with
 * ours. Compares every row of a golden table with the call: relative to the value, or absolute where that is below
 * `floor`. */
#define COMPARE(table, tolerance, least, call)                                                                         \
    do {                                                                                                               \
        double worst = 0.0;                                                                                            \
        for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++) {                                                 \
            const double *const g = (table)[i], value = g[sizeof *(table) / sizeof **(table)-1], got = (call);         \
            const double off = fabs(got - value) / fmax(fabs(value), least);                                           \
            worst = fmax(worst, off);                                                                                  \
            if (!(off <= (tolerance)))                                                                                 \
                fail_msg("%s, row %zu (%g, %g): got %.17g, expected %.17g, off by %.2g", #call, i, g[0], g[1], got,    \
                         value, off);                                                                                  \
        }                                                                                                              \
        if (getenv("SHOW_WORST") != NULL)                                                                              \
            print_message("%-60s %.1e\n", #call, worst);                                                               \
    } while (0)

static void test_functions_are_those_of_scipy(void **state) {
    (void)state;
    COMPARE(golden_lgamma, 1e-13, 1e-300, ml_lgamma(g[0]));
    COMPARE(golden_log_beta, 1e-12, 1e-2, ml_log_beta(g[0], g[1]));
    COMPARE(golden_log_choose, 1e-12, 1e-2, ml_log_choose(g[0], g[1]));
    COMPARE(golden_erf, 1e-14, 1e-300, ml_erf(g[0]));
    COMPARE(golden_erfc, 1e-13, 1e-300, ml_erfc(g[0]));
    COMPARE(golden_gamma_p, 1e-12, 1e-300, ml_gamma_p(g[0], g[1]));
    COMPARE(golden_gamma_q, 1e-12, 1e-300, ml_gamma_q(g[0], g[1]));
    COMPARE(golden_beta_i, 1e-11, 1e-300, ml_beta_i(g[0], g[1], g[2]));
}

static void test_distributions_are_those_of_scipy(void **state) {
    (void)state;
    COMPARE(golden_norm_cdf, 2e-13, 1e-300, ml_norm_cdf(g[0]));
    COMPARE(golden_norm_quantile, 1e-14, 1e-300, ml_norm_quantile(g[0]));
    COMPARE(golden_student_cdf, 1e-12, 1e-300, ml_student_cdf(g[0], g[1]));
    COMPARE(golden_student_quantile, 1e-12, 1e-2, ml_student_quantile(g[0], g[1]));
    COMPARE(golden_noncentral, 1e-9, 1.0, ml_noncentral_student_cdf(g[0], g[1], g[2]));
    COMPARE(golden_chi2_sf, 1e-12, 1e-300, ml_chi2_sf(g[0], g[1]));
    COMPARE(golden_chi2_quantile, 1e-12, 1e-300, ml_chi2_quantile(g[0], g[1]));
    COMPARE(golden_f_sf, 1e-12, 1e-300, ml_f_sf(g[0], g[1], g[2]));
    COMPARE(golden_beta_pdf, 1e-12, 1e-300, ml_beta_pdf(g[0], g[1], g[2]));
    COMPARE(golden_beta_quantile, 1e-12, 1e-300, ml_beta_quantile(g[0], g[1], g[2]));
    COMPARE(golden_binomial_pmf, 1e-11, 1e-300, ml_binomial_pmf(g[0], g[1], g[2]));
    COMPARE(golden_binomial_cdf, 1e-11, 1e-300, ml_binomial_cdf(g[0], g[1], g[2]));
    COMPARE(golden_binomial_sf, 1e-11, 1e-300, ml_binomial_sf(g[0], g[1], g[2]));
}

static void test_kolmogorov_is_that_of_scipy(void **state) {
    (void)state;
    double scratch[200];
    COMPARE(golden_kolmogorov, 1e-12, 1e-300, ml_kolmogorov_sf(g[0]));
    COMPARE(golden_ks_exact, 1e-11, 1e-300, ml_ks_exact_sf((size_t)g[0], (size_t)g[1], g[2], scratch));
}

static void test_ends_and_arguments_without_a_meaning(void **state) {
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    double scratch[4];
    const double one[] = {ml_erf(9),
                          ml_gamma_p(2, inf),
                          ml_gamma_q(2, -1),
                          ml_beta_i(2, 3, 7),
                          ml_norm_cdf(50),
                          ml_student_cdf(inf, 3),
                          ml_chi2_sf(0, 3),
                          ml_f_sf(-1, 2, 3),
                          ml_binomial_cdf(5, 5, 0.3),
                          ml_binomial_sf(-1, 5, 0.3),
                          ml_binomial_pmf(5, 5, 1),
                          ml_binomial_cdf(0, 5, 0),
                          ml_binomial_sf(0, 5, 1),
                          ml_kolmogorov_sf(0),
                          ml_beta_quantile(1, 2, 3),
                          ml_ks_exact_sf(2, 3, 0, scratch),
                          ml_gamma_p(1e7, 1e9),
                          ml_beta_pdf(0, 1, 1),
                          ml_gamma_q(1e7, 1e3),
                          ml_binomial_pmf(0, 0, 0.5),
                          ml_noncentral_student_cdf(1e200, 3, 1)};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (one[i] != 1.0)
            fail_msg("number %zu is %g, not 1", i, one[i]);
    const double zero[] = {ml_erfc(40),
                           ml_gamma_q(2, inf),
                           ml_gamma_p(2, 0),
                           ml_beta_i(2, 3, -1),
                           ml_norm_sf(50),
                           ml_student_sf(inf, 3),
                           ml_chi2_sf(inf, 3),
                           ml_f_sf(inf, 2, 3),
                           ml_binomial_cdf(-1, 5, 0.3),
                           ml_binomial_sf(5, 5, 0.3),
                           ml_binomial_pmf(1.5, 5, 0.5),
                           ml_binomial_pmf(6, 5, 0.5),
                           ml_student_quantile(0.5, 3),
                           ml_beta_pdf(2, 1, 1),
                           ml_beta_pdf(1, 1, 2),
                           ml_ks_exact_sf(2, 3, 1.5, scratch),
                           ml_gamma_q(1e7, 1e9),
                           ml_log_choose(5, 0),
                           ml_chi2_quantile(0, 2),
                           ml_beta_quantile(0, 2, 3),
                           ml_lgamma(1),
                           ml_lgamma(2)};
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
        if (zero[i] != 0.0)
            fail_msg("number %zu is %g, not 0", i, zero[i]);
    const double none[] = {ml_lgamma(-1),
                           ml_lgamma(nan),
                           ml_erf(nan),
                           ml_erfc(nan),
                           ml_gamma_p(0, 1),
                           ml_gamma_q(1, nan),
                           ml_beta_i(-1, 2, 0.5),
                           ml_beta_i(1, 2, nan),
                           ml_norm_quantile(2),
                           ml_student_sf(1, 0),
                           ml_student_quantile(nan, 3),
                           ml_chi2_quantile(0.5, -1),
                           ml_f_sf(1, 0, 2),
                           ml_beta_pdf(0.5, 0, 2),
                           ml_beta_quantile(2, 1, 1),
                           ml_binomial_pmf(1, 2.5, 0.5),
                           ml_binomial_cdf(1, 2, 2),
                           ml_binomial_sf(nan, 2, 0.5),
                           ml_kolmogorov_sf(nan),
                           ml_ks_exact_sf(0, 3, 0.5, scratch),
                           ml_log_beta(0, 1),
                           ml_log_choose(nan, 1),
                           ml_noncentral_student_cdf(1, 3, 1e9)};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (!isnan(none[i]))
            fail_msg("number %zu is %g, not NaN", i, none[i]);
    assert_true(ml_norm_quantile(0) == -inf && ml_norm_quantile(1) == inf && ml_norm_quantile(0.5) == 0);
    assert_true(ml_student_quantile(0, 3) == -inf && ml_student_quantile(1, 3) == inf);
    assert_true(ml_chi2_quantile(1, 3) == inf && ml_lgamma(0) == inf && ml_lgamma(1e307) == inf);
    assert_true(ml_log_choose(5, 6) == -inf && ml_beta_pdf(0, 0.5, 2) == inf && ml_beta_pdf(1, 2, 0.5) == inf);
    assert_true(ml_student_sf(1.7, inf) == ml_norm_sf(1.7) && ml_student_cdf(0, 3) == 0.5);
    assert_true(fabs(ml_student_sf(1e200, 1) * (0x1.921fb54442d18p+1 * 1e200) - 1.0) < 1e-11); /* Cauchy */
    assert_true(ml_noncentral_student_cdf(0, 3, 1) == ml_norm_cdf(-1));
}

static void assert_close(double a, double b, double tolerance, const char *what, double x, double y) {
    if (!(fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b))))
        fail_msg("%s at %g and %g: %.17g and %.17g", what, x, y, a, b);
}

static void test_tails_add_up_and_quantiles_undo_them(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < 1000; round++) {
        const double a = ml_exp(12.0 * ml_rng_uniform(&rng) - 2.0), b = ml_exp(12.0 * ml_rng_uniform(&rng) - 2.0);
        const double p = ml_exp(-60.0 * ml_rng_uniform(&rng) * ml_rng_uniform(&rng)),
                     x = a * (0.5 + ml_rng_uniform(&rng));
        assert_close(ml_gamma_p(a, x) + ml_gamma_q(a, x), 1.0, 1e-13, "P + Q", a, x);
        assert_close(ml_beta_i(a, b, 0.3) + ml_beta_i(b, a, 0.7), 1.0, 1e-11, "I + I", a, b);
        assert_close(ml_norm_cdf(ml_norm_quantile(p)), p, 1e-12, "normal", p, 0);
        if (ml_chi2_quantile(p, a) > 1e-290)
            assert_close(ml_chi2_cdf(ml_chi2_quantile(p, a), a), p, 1e-10, "chi-squared", p, a);
        if (p < 0.5 && ml_beta_quantile(p, a, b) > 1e-290)
            assert_close(ml_beta_i(a, b, ml_beta_quantile(p, a, b)), p, 1e-9, "beta", a, b);
        if (round % 10 == 0)
            assert_close(ml_student_cdf(ml_student_quantile(p, a), a), p, 1e-10, "student", p, a);
        /* Gamma(a + 1, x) = Gamma(a, x) but for one term, also across the border to the expansion for large a. */
        const double large = 1e6 - 0.5, y = large + 2000.0 * (ml_rng_uniform(&rng) - 0.5);
        const double step = ml_exp(large * ml_log(y) - y - ml_lgamma(large + 1.0));
        if (!(fabs(ml_gamma_q(large + 1.0, y) - ml_gamma_q(large, y) - step) <= 1e-11))
            fail_msg("the border at 1e6 shows at %g", y);
    }
}

/* All 2^n orders counted by hand for small n and m. */
static void test_the_exact_ks_chance_is_a_share_of_all_orders(void **state) {
    (void)state;
    for (unsigned n = 1; n <= 5; n++)
        for (unsigned m = 1; m <= 5; m++)
            for (unsigned limit = 0; limit <= n * m; limit++) {
                unsigned reach = 0, all = 0;
                double scratch[6];
                for (unsigned order = 0; order < 1u << (n + m); order++) {
                    unsigned i = 0, j = 0, most = 0;
                    for (unsigned at = 0; at < n + m; at++) {
                        i += order >> at & 1;
                        j += !(order >> at & 1);
                        const unsigned gap = (unsigned)abs((int)(i * m) - (int)(j * n));
                        most = gap > most ? gap : most;
                    }
                    all += i == n;
                    reach += i == n && most >= limit;
                }
                assert_close(ml_ks_exact_sf(n, m, (double)limit / (n * m), scratch), (double)reach / all, 1e-14,
                             "share", n, m);
            }
}

/* --- Random numbers ------------------------------------------------------------------------------------------------
 */

/* A normal approximation's bound for a mean of `rounds` draws: six standard errors, chance 2e-9. */
static void assert_mean(double sum, double rounds, double mean, double variance, const char *what) {
    if (!(fabs(sum / rounds - mean) <= 6.0 * sqrt(variance / rounds)))
        fail_msg("%s: mean %g, expected %g", what, sum / rounds, mean);
}

/* Draws turned into chances by their own cdf are uniform: twenty equal bins, chi-squared at 1e-9. */
static void assert_uniform(const uint32_t *count, double rounds, const char *what) {
    double chi2 = 0.0;
    for (int i = 0; i < 20; i++)
        chi2 += (count[i] - rounds / 20) * (count[i] - rounds / 20) / (rounds / 20);
    if (!(ml_chi2_sf(chi2, 19.0) > 1e-9))
        fail_msg("%s: chi-squared %g", what, chi2);
}

static void test_gamma_and_beta_numbers_follow_their_laws(void **state) {
    (void)state;
    enum { ROUNDS = 20000 };
    const double shape[][2] = {{0.05, 0.3}, {0.5, 0.5}, {1, 1}, {1, 39}, {4, 2}, {250, 31}};
    ml_rng rng = ml_rng_seed(6, 1);
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        uint32_t gammas[21] = {0}, betas[21] = {0};
        for (int i = 0; i < ROUNDS; i++) {
            gammas[(int)(20.0 * ml_gamma_p(shape[s][0], ml_rng_gamma(&rng, shape[s][0])))]++;
            const double x = ml_rng_beta(&rng, shape[s][0], shape[s][1]);
            assert_true(x >= 0.0 && x <= 1.0);
            betas[(int)(20.0 * ml_beta_i(shape[s][0], shape[s][1], fmin(x, 1.0 - 1e-16)))]++;
        }
        gammas[19] += gammas[20];
        betas[19] += betas[20];
        assert_uniform(gammas, ROUNDS, "gamma");
        if (s > 0) /* of Beta(0.05, 0.3) a part rounds to 1 */
            assert_uniform(betas, ROUNDS, "beta");
    }
    assert_true(isnan(ml_rng_gamma(&rng, 0)) && isnan(ml_rng_beta(&rng, 1, -1)) && isnan(ml_rng_gamma(&rng, INFINITY)));
    const double extreme = ml_rng_beta(&rng, 1e-300, 1e-300);
    assert_true(extreme >= 0.0 && extreme <= 1.0);
}

static void test_binomial_numbers_follow_their_law(void **state) {
    (void)state;
    enum { ROUNDS = 20000 };
    const struct {
        uint32_t n;
        double p;
    } law[] = {{1, 0.5}, {10, 0.3}, {40, 0.75}, {200, 0.049}, {200, 0.051}, {1000, 0.05}, {30, 0.5}, {5000, 0.9}};
    ml_rng rng = ml_rng_seed(7, 1);
    for (size_t s = 0; s < sizeof law / sizeof *law; s++) {
        const double n = law[s].n, p = law[s].p;
        uint32_t count[5001] = {0};
        double sum = 0.0, chi2 = 0.0, bins = 0.0, expected = 0.0, seen = 0.0;
        for (int i = 0; i < ROUNDS; i++) {
            const uint32_t k = ml_rng_binomial(&rng, law[s].n, p);
            assert_true(k <= law[s].n);
            count[k]++;
            sum += k;
        }
        assert_mean(sum, ROUNDS, n * p, n * p * (1 - p), "binomial");
        for (uint32_t k = 0; k <= law[s].n; k++) { /* neighbours join until at least 10 are expected */
            expected += ROUNDS * ml_binomial_pmf(k, n, p);
            seen += count[k];
            if (expected >= 10.0 || k == law[s].n) {
                chi2 += (seen - expected) * (seen - expected) / fmax(expected, 1.0);
                bins += 1.0;
                expected = seen = 0.0;
            }
        }
        if (!(ml_chi2_sf(chi2, bins) > 1e-9))
            fail_msg("binomial(%g, %g): chi-squared %g of %g bins", n, p, chi2, bins);
    }
    assert_true(ml_rng_binomial(&rng, 9, 0) == 0 && ml_rng_binomial(&rng, 9, 1.5) == 9);
    assert_true(ml_rng_binomial(&rng, 9, (double)NAN) == 0 && ml_rng_binomial(&rng, 0, 0.5) == 0);
    const double big = ml_rng_binomial(&rng, UINT32_MAX, 0.25);
    assert_true(fabs(big - 0.25 * UINT32_MAX) < 6.0 * sqrt(0.1875 * UINT32_MAX));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_are_those_of_scipy),
        cmocka_unit_test(test_distributions_are_those_of_scipy),
        cmocka_unit_test(test_kolmogorov_is_that_of_scipy),
        cmocka_unit_test(test_ends_and_arguments_without_a_meaning),
        cmocka_unit_test(test_tails_add_up_and_quantiles_undo_them),
        cmocka_unit_test(test_the_exact_ks_chance_is_a_share_of_all_orders),
        cmocka_unit_test(test_gamma_and_beta_numbers_follow_their_laws),
        cmocka_unit_test(test_binomial_numbers_follow_their_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
