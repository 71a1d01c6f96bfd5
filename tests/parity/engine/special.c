/* Special functions and distributions, over grids that reach into all their branches. */
#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/special.h"
#include "report.h"

/* From -limit to limit, dense near 0. */
static double on_grid(int i, int n, double limit) {
    const double t = 2.0 * i / n - 1;
    return limit * t * t * t;
}

enum { GRID = 4000 };

static void report_of_one_argument(void) {
    static const struct {
        const char *name;
        double (*of)(double);
        double limit;
    } function[] = {{"ml_lgamma", ml_lgamma, 1e7},     {"ml_erf", ml_erf, 8},           {"ml_erfc", ml_erfc, 30},
                    {"ml_norm_pdf", ml_norm_pdf, 40}, {"ml_norm_cdf", ml_norm_cdf, 40}, {"ml_norm_sf", ml_norm_sf, 40},
                    {"ml_kolmogorov_sf", ml_kolmogorov_sf, 8}};
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) {
        for (int i = 0; i <= GRID; i++)
            take_number(function[f].of(on_grid(i, GRID, function[f].limit)));
        report_taken("%s", function[f].name);
    }
}

static const double shape[] = {1e-3, 0.1, 0.5, 1, 1.5, 2, 7, 30, 400, 1e4, 3e6, 1e9};
enum { SHAPES = sizeof shape / sizeof *shape, STEPS = 60 };

/* Some probabilities, tails included. */
static double share(int i) {
    return i < STEPS / 3 ? ml_norm_cdf(-1.5 * i) : (i - STEPS / 3) / (STEPS * 2 / 3.0);
}

static void report_of_a_shape(void) {
    for (size_t s = 0; s < SHAPES; s++) {
        const double a = shape[s];
        for (int i = 0; i <= STEPS; i++) {
            const double x = a * 4 * i / STEPS, t = on_grid(i, STEPS, 60), p = share(i);
            take_number(ml_gamma_p(a, x));
            take_number(ml_gamma_q(a, x));
            take_number(ml_student_cdf(t, a));
            take_number(ml_student_sf(t, a));
            take_number(ml_student_quantile(p, a));
            take_number(ml_chi2_cdf(x, a));
            take_number(ml_chi2_sf(x, a));
            take_number(ml_chi2_quantile(p, a));
            take_number(ml_norm_quantile(p));
        }
        report_taken("gamma, Student, chi-squared of %g", a);
    }
}

static void report_of_two_shapes(void) {
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t t = 0; t < SHAPES; t++) {
            const double a = shape[s], b = shape[t];
            take_number(ml_log_beta(a, b));
            take_number(ml_log_choose(a + b, b));
            for (int i = 0; i <= STEPS / 4; i++) {
                const double x = share(4 * i);
                take_number(ml_beta_i(a, b, x));
                take_number(ml_beta_pdf(x, a, b));
                take_number(ml_beta_quantile(x, a, b));
                take_number(ml_f_sf(8 * x, a, b));
                take_number(ml_binomial_pmf(floor(x * a), floor(a), 0.3));
                take_number(ml_binomial_cdf(x * a, floor(a), 0.9 * x));
                take_number(ml_binomial_sf(x * a, floor(a), 0.9 * x));
            }
            report_taken("beta, F, binomial of %g and %g", a, b);
        }
    for (int i = 0; i <= STEPS; i++)
        take_number(ml_noncentral_student_cdf(on_grid(i, STEPS, 9), 1 + i, 0.1 * i));
    report_taken("ml_noncentral_student_cdf");
}

static void report_exact_kolmogorov(void) {
    double scratch[64];
    for (size_t n = 1; n < 40; n += 3)
        for (size_t m = 1; m < 40; m += 4)
            for (int i = 0; i <= 8; i++)
                take_number(ml_ks_exact_sf(n, m, i / 8.0, scratch));
    report_taken("ml_ks_exact_sf");
}

static void report_hashes(void) {
    ml_rng rng = ml_rng_seed(21, 0);
    char text[20];
    for (uint32_t i = 0; i < 2000; i++) {
        const uint64_t x = ml_rng_next(&rng), hash = ml_hash64(x);
        for (size_t j = 0; j < sizeof text; j++)
            text[j] = (char)(x >> (j % 8 * 8));
        const uint32_t of_text[] = {ml_murmur3(i % 21, text, i), ml_fmix32((uint32_t)x), ml_fnv1a32(text, i % 21)};
        take_words(3, of_text);
        take_bytes(sizeof hash, &hash);
    }
    report_taken("hashes");
}

static void report_decimals(void) {
    ml_rng rng = ml_rng_seed(22, 0);
    for (int i = 0; i < 2000; i++) {
        char text[80];
        double value = 0;
        const uint64_t draw = ml_rng_next(&rng), digits = ml_rng_next(&rng);
        const int length = snprintf(text, sizeof text, "%s%u.%010u%010ue%d", i % 2 ? "-" : "",
                                    (unsigned)(draw % 100000), (unsigned)(digits >> 32), (unsigned)digits,
                                    (int)(draw >> 40) % 660 - 340);
        take_number(ml_decimal_read((size_t)length, text, &value));
        take_number(value);
    }
    report_taken("ml_decimal_read");
}

void report_special(void) {
    report_of_one_argument();
    report_of_a_shape();
    report_of_two_shapes();
    report_exact_kolmogorov();
    report_hashes();
    report_decimals();
}
