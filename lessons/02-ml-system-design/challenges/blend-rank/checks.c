#include "check.h"

#include <stdlib.h>

size_t blend_rank(const double *quality, const double *engage, size_t n, double alpha, double beta, size_t k,
                  size_t *top);

/* Says what goes in next, unless something has failed: what went in belongs to the first failure. */
#define GIVEN(c, ...) ((c)->failed ? (void)0 : check_input((c), __VA_ARGS__))

typedef struct {
    double alpha, beta;
} weights;

enum { MOST = 1000 };

/* Runs the answer on guarded copies, which must stay as they are, and compares every index. */
static void expect(check *c, const double *quality, const double *engage, size_t n, weights w, size_t k,
                   const int *right) {
    if (c->failed)
        return;
    double *guarded_quality = check_copy(c, quality, n * sizeof *quality);
    double *guarded_engage = check_copy(c, engage, n * sizeof *engage);
    const size_t written = k < n ? k : n;
    size_t *top = CHECK_BUFFER(c, written, size_t);
    const size_t got = blend_rank(guarded_quality, guarded_engage, n, w.alpha, w.beta, k, top);
    check_int(c, "the returned number of indices", (long long)got, (long long)written);
    int order[MOST];
    for (size_t i = 0; i < written; i++)
        order[i] = top[i] < n ? (int)top[i] : -1;
    for (size_t i = 0; i < written; i++)
        check_true(c, top[i] < n, "top[%zu] is %zu, and there are only %zu items", i, top[i], n);
    check_ints(c, "top", order, right, written, 1);
    check_unchanged(c, "quality", guarded_quality, quality, n * sizeof *quality);
    check_unchanged(c, "engage", guarded_engage, engage, n * sizeof *engage);
}

/* --- A qsort that keeps no order -------------------------------------------------------------------------------------
 *
 * C lets qsort leave equal elements in any order. glibc's happens to keep it, so that an answer which forgets the index
 * would pass on one system and fail in the page. Answers are linked with this one instead: heapsort keeps none. */

typedef struct {
    unsigned char *base;
    size_t size;
    int (*compare)(const void *, const void *);
} heap;

static void swap(const heap *h, size_t i, size_t j) {
    for (size_t b = 0; b < h->size; b++) {
        const unsigned char kept = h->base[i * h->size + b];
        h->base[i * h->size + b] = h->base[j * h->size + b];
        h->base[j * h->size + b] = kept;
    }
}

/* Lets element i sink until neither of its children among the first n goes after it. */
static void sink(const heap *h, size_t n, size_t i) {
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && h->compare(h->base + child * h->size, h->base + (child + 1) * h->size) < 0)
            child++;
        if (h->compare(h->base + i * h->size, h->base + child * h->size) >= 0)
            return;
        swap(h, i, child);
    }
}

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *)) {
    const heap h = {base, size, compare};
    for (size_t i = n / 2; i-- > 0;)
        sink(&h, n, i);
    for (size_t left = n; left-- > 1;) {
        swap(&h, 0, left);
        sink(&h, left, 0);
    }
}

/* --- Shown -------------------------------------------------------------------------------------------------------- */

static const double four_quality[] = {0.9, 0.1, 0.5, 0.5}, four_engage[] = {10, 30, 20, 20};

static void expect_four(check *c, weights w, size_t k, const int *right) {
    GIVEN(c, "quality = {0.9, 0.1, 0.5, 0.5}, engage = {10, 30, 20, 20}, alpha = %g, beta = %g, k = %zu", w.alpha,
          w.beta, k);
    expect(c, four_quality, four_engage, 4, w, k, right);
}

static void quality_first(check *c) {
    expect_four(c, (weights){1, 0.5}, 4, (const int[]){0, 2, 3, 1});
}

static void engagement_first(check *c) {
    expect_four(c, (weights){0.5, 1}, 4, (const int[]){1, 2, 3, 0});
}

/* --- Scales ------------------------------------------------------------------------------------------------------- */

/* As the task says it, and without a word about speed: each item's place is the number of items before it. */
static double z_score(const double *value, size_t n, size_t item) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += value[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        variance += (value[i] - mean) * (value[i] - mean) / (double)n;
    return (value[item] - mean) / sqrt(variance);
}

static void rank_slowly(const double *quality, const double *engage, size_t n, weights w, int *order) {
    double score[MOST];
    for (size_t i = 0; i < n; i++)
        score[i] = w.alpha * z_score(quality, n, i) + w.beta * z_score(engage, n, i);
    for (size_t i = 0; i < n; i++) {
        size_t before = 0;
        for (size_t j = 0; j < n; j++)
            before += score[j] > score[i] || (score[j] == score[i] && j < i);
        order[before] = (int)i;
    }
}

/* Scales are powers of two: they change no digit of a score. */
static void scale_free(check *c) {
    enum { N = 500 };
    static const struct {
        double quality, engage;
        const char *text;
    } scales[] = {
        {1, 1024, "engage times 1024"},
        {1024, 1, "quality times 1024"},
        {1, 1 / 1099511627776.0, "engage divided by 2^40"},
        {1 / 1099511627776.0, 1, "quality divided by 2^40"},
        {1, 1, "as they are"},
    };
    double *quality = CHECK_BUFFER(c, N, double), *engage = CHECK_BUFFER(c, N, double);
    double *scaled_quality = CHECK_BUFFER(c, N, double), *scaled_engage = CHECK_BUFFER(c, N, double);
    int order[MOST];
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N; i++) {
        quality[i] = ml_rng_uniform(&rng);
        engage[i] = ml_rng_uniform(&rng);
    }
    rank_slowly(quality, engage, N, (weights){1, 1}, order);
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        for (size_t i = 0; i < N; i++) {
            scaled_quality[i] = quality[i] * scales[s].quality;
            scaled_engage[i] = engage[i] * scales[s].engage;
        }
        GIVEN(c, "500 items with random scores between 0 and 1, %s, alpha = 1, beta = 1, k = 500: the order must be "
                 "that of the scores as they are", scales[s].text);
        expect(c, scaled_quality, scaled_engage, N, (weights){1, 1}, N, order);
    }
}

static void outlier(check *c) {
    static const double quality[] = {0.3, 0.3, 0.9, 0.8, 0.3}, engage[] = {6, 2, 6, 3, 50};
    GIVEN(c, "quality = {0.3, 0.3, 0.9, 0.8, 0.3}, engage = {6, 2, 6, 3, 50}, alpha = 1, beta = 1, k = 5");
    expect(c, quality, engage, 5, (weights){1, 1}, 5, (const int[]){4, 2, 3, 0, 1});
}

/* Doubles near 1e18, the squares, are 128 apart. */
static void far_from_zero(check *c) {
    static const double quality[] = {0.2, 0.9, 0.4, 0.6};
    static const double engage[] = {1000000003, 1000000001, 1000000004, 1000000002};
    GIVEN(c, "quality = {0.2, 0.9, 0.4, 0.6}, engage = {1000000003, 1000000001, 1000000004, 1000000002}, alpha = 1, "
             "beta = 1, k = 4");
    expect(c, quality, engage, 4, (weights){1, 1}, 4, (const int[]){2, 1, 3, 0});
    GIVEN(c, "quality = {0.2, 0.9, 0.4, 0.6}, engage = {1000000003, 1000000001, 1000000004, 1000000002}, alpha = 0.25, "
             "beta = 1, k = 4");
    expect(c, quality, engage, 4, (weights){0.25, 1}, 4, (const int[]){2, 0, 3, 1});
}

/* In float the middle two are equal. Then two items that are as good as each other, 1 + 2 and 2 + 1 once each score is
 * divided by its standard deviation, until alpha changes in the ninth digit: a billionth is far more than a double
 * loses here, and less than a float does. */
static void close_scores(check *c) {
    static const double quality[] = {1, 0.5, 0.500000001, 0}, engage[] = {3, 3, 3, 2};
    GIVEN(c, "quality = {1, 0.5, 0.500000001, 0}, engage = {3, 3, 3, 2}, alpha = 1, beta = 1, k = 4");
    expect(c, quality, engage, 4, (weights){1, 1}, 4, (const int[]){0, 2, 1, 3});

    static const double one[] = {1, 2, 5, 0}, other[] = {2, 1, 0, 7};
    const double sd_one = sqrt(3.5), sd_other = sqrt(7.25);
    for (int side = 0; side < 2; side++) {
        const weights w = {sd_one * (1 + (side == 0 ? 1e-9 : -1e-9)), sd_other};
        GIVEN(c, "quality = {1, 2, 5, 0}, engage = {2, 1, 0, 7}, alpha = %.17g, beta = %.17g, k = 4", w.alpha, w.beta);
        expect(c, one, other, 4, w, 4, side == 0 ? (const int[]){3, 2, 1, 0} : (const int[]){3, 2, 0, 1});
    }
}

static void constant_score(check *c) {
    static const double same[] = {5, 5, 5, 5}, other[] = {1, 4, 2, 8};
    static const int by_other[] = {3, 1, 2, 0}, by_index[] = {0, 1, 2, 3};
    GIVEN(c, "quality = {5, 5, 5, 5}, engage = {1, 4, 2, 8}, alpha = 1, beta = 1, k = 4");
    expect(c, same, other, 4, (weights){1, 1}, 4, by_other);
    GIVEN(c, "quality = {1, 4, 2, 8}, engage = {5, 5, 5, 5}, alpha = 1, beta = 1, k = 4");
    expect(c, other, same, 4, (weights){1, 1}, 4, by_other);
    GIVEN(c, "quality and engage = {5, 5, 5, 5}, alpha = 1, beta = 1, k = 4");
    expect(c, same, same, 4, (weights){1, 1}, 4, by_index);
    GIVEN(c, "quality = {0.1, 0.1, 0.1}, engage = {1, 4, 2}, alpha = 1, beta = 1, k = 3"); /* its mean is not 0.1 */
    expect(c, (const double[]){0.1, 0.1, 0.1}, other, 3, (weights){1, 1}, 3, (const int[]){1, 2, 0});
    GIVEN(c, "one item, alpha = 1, beta = 1, k = 1");
    expect(c, same, other, 1, (weights){1, 1}, 1, by_index);
}

/* --- Weights and places ------------------------------------------------------------------------------------------- */

static void weights_zero(check *c) {
    expect_four(c, (weights){0, 0}, 4, (const int[]){0, 1, 2, 3});
    expect_four(c, (weights){1, 0}, 4, (const int[]){0, 2, 3, 1});
    expect_four(c, (weights){0, 1}, 4, (const int[]){1, 2, 3, 0});
}

static void negative_weight(check *c) {
    static const double quality[] = {3, 1, 2, 2.5}, engage[] = {1, 4, 2, 8};
    static const weights w[] = {{1, -1}, {-2, 1}, {-1, 0}};
    static const int right[][4] = {{0, 2, 3, 1}, {1, 3, 2, 0}, {1, 2, 3, 0}};
    for (size_t i = 0; i < sizeof w / sizeof *w; i++) {
        GIVEN(c, "quality = {3, 1, 2, 2.5}, engage = {1, 4, 2, 8}, alpha = %g, beta = %g, k = 4", w[i].alpha,
              w[i].beta);
        expect(c, quality, engage, 4, w[i], 4, right[i]);
    }
}

static void k_larger(check *c) {
    expect_four(c, (weights){1, 0.5}, 5, (const int[]){0, 2, 3, 1});
    expect_four(c, (weights){1, 0.5}, 1000000, (const int[]){0, 2, 3, 1});
}

static void k_smaller(check *c) {
    expect_four(c, (weights){0.5, 1}, 3, (const int[]){1, 2, 3});
    expect_four(c, (weights){0.5, 1}, 1, (const int[]){1});
    expect_four(c, (weights){0.5, 1}, 0, NULL);
}

static void n_zero(check *c) {
    GIVEN(c, "n = 0, alpha = 1, beta = 1, k = 3");
    expect(c, NULL, NULL, 0, (weights){1, 1}, 3, NULL);
}

/* Three kinds of items in turn; with weights of 1 their scores are 0.24, -1.62 and 1.37. */
static void stable(check *c) {
    enum { N = 1000 };
    static const double of_quality[] = {1, 2, 5}, of_engage[] = {3, 1, 2};
    static const int best_first[] = {2, 0, 1};
    double *quality = CHECK_BUFFER(c, N, double), *engage = CHECK_BUFFER(c, N, double);
    int right[N], written = 0;
    for (int i = 0; i < N; i++) {
        quality[i] = of_quality[i % 3];
        engage[i] = of_engage[i % 3];
    }
    for (int kind = 0; kind < 3; kind++)
        for (int i = best_first[kind]; i < N; i += 3)
            right[written++] = i;
    GIVEN(c, "1000 items, quality = {1, 2, 5, 1, 2, 5, ...}, engage = {3, 1, 2, 3, 1, 2, ...}, alpha = 1, beta = 1, "
             "k = 1000");
    expect(c, quality, engage, N, (weights){1, 1}, N, right);
}

/* Neither is sorted, so whoever sorts them in place is seen. */
static void inputs_kept(check *c) {
    enum { N = 100 };
    double *quality = CHECK_BUFFER(c, N, double), *engage = CHECK_BUFFER(c, N, double);
    int order[MOST];
    ml_rng rng = ml_rng_seed(2, 0);
    for (size_t i = 0; i < N; i++) {
        quality[i] = 3 + ml_rng_normal(&rng);
        engage[i] = 100 * ml_rng_uniform(&rng);
    }
    const weights w = {2, 1};
    rank_slowly(quality, engage, N, w, order);
    GIVEN(c, "100 items with random scores, alpha = 2, beta = 1, k = 10");
    expect(c, quality, engage, N, w, 10, order);
}

/* The best 20 of 1,000 items. */
void check_cost(void) {
    enum { N = 1000 };
    static double quality[N], engage[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(3, 0);
        for (size_t i = 0; i < N; i++) {
            quality[i] = 3 + ml_rng_normal(&rng);
            engage[i] = 100 * ml_rng_uniform(&rng);
        }
        ready = true;
    }
    size_t top[20];
    blend_rank(quality, engage, N, 0.5, 0.5, 20, top);
}

const check_case check_cases[] = {
    {"quality_first", "Ranks four items with twice the weight on quality", CHECK_SHOWN, quality_first},
    {"engagement_first", "Ranks them with twice the weight on engagement", CHECK_SHOWN, engagement_first},
    {"scale_free", "Keeps the order when one of the scores is measured in another unit", CHECK_HIDDEN, scale_free},
    {"outlier", "Scales by the standard deviation, also where one item towers above the rest", CHECK_HIDDEN, outlier},
    {"far_from_zero", "Measures the spread of scores that are large and close together", CHECK_HIDDEN, far_from_zero},
    {"close_scores", "Tells apart what differs in the ninth digit", CHECK_HIDDEN, close_scores},
    {"constant_score", "Lets a score that is the same for all count for nothing", CHECK_HIDDEN, constant_score},
    {"inputs_kept", "Leaves both scores as they are", CHECK_HIDDEN, inputs_kept},
    {"weights_zero", "Ranks by index where nothing counts", CHECK_HIDDEN, weights_zero},
    {"negative_weight", "Takes negative weights as they are", CHECK_HIDDEN, negative_weight},
    {"k_larger", "Writes no more places than there are items", CHECK_HIDDEN, k_larger},
    {"k_smaller", "Writes no more places than were asked for", CHECK_HIDDEN, k_smaller},
    {"stable", "Keeps 1,000 items of three kinds in the order of their indices", CHECK_HIDDEN, stable},
    {"n_zero", "Returns 0 where there is nothing to rank", CHECK_HIDDEN, n_zero},
    {0},
};
