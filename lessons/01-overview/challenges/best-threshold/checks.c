#include "check.h"

#include <stdio.h>

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost);

typedef struct {
    double c_fp, c_fn;
} costs;

typedef struct {
    double threshold, cost;
} answer;

/* Runs the answer on guarded copies, which must stay as they are. Call it only while all is well: what went in belongs
 * to the first failure. */
static void expect(check *c, const float *score, const int *y, size_t n, costs price, answer right) {
    float *guarded_score = check_copy(c, score, n * sizeof *score);
    int *guarded_y = check_copy(c, y, n * sizeof *y);
    double *cost = check_copy(c, &(double){(double)CHECK_DIRT}, sizeof *cost);
    const double threshold = best_threshold(guarded_score, guarded_y, n, price.c_fp, price.c_fn, cost);
    check_double(c, "the threshold", threshold, right.threshold, 0);
    check_double(c, "*cost", *cost, right.cost, 1e-9);
    check_unchanged(c, "score", guarded_score, score, n * sizeof *score);
    check_unchanged(c, "y", guarded_y, y, n * sizeof *y);
}

/* --- Five cases --------------------------------------------------------------------------------------------------- */

static const float five[] = {0.9f, 0.8f, 0.8f, 0.3f, 0.1f};
static const int five_y[] = {1, 0, 1, 0, 0};

static void expect_five(check *c, double c_fp, double c_fn, float threshold, double cost) {
    check_input(c, "score = {0.9, 0.8, 0.8, 0.3, 0.1}, y = {1, 0, 1, 0, 0}, c_fp = %g, c_fn = %g", c_fp, c_fn);
    expect(c, five, five_y, 5, (costs){c_fp, c_fn}, (answer){(double)threshold, cost});
}

static void misses_cost_more(check *c) {
    expect_five(c, 1, 5, 0.8f, 1);
}

static void alarms_cost_more(check *c) {
    expect_five(c, 1, 0.5, 0.9f, 0.5);
}

/* 0.9 misses one, 0.8 has one false alarm. */
static void highest_of_equals(check *c) {
    expect_five(c, 1, 1, 0.9f, 1);
}

static void unsorted(check *c) {
    static const float score[] = {0.3f, 0.8f, 0.1f, 0.9f, 0.8f};
    static const int y[] = {0, 1, 0, 1, 0};
    check_input(c, "score = {0.3, 0.8, 0.1, 0.9, 0.8}, y = {0, 1, 0, 1, 0}, c_fp = 1, c_fn = 5");
    expect(c, score, y, 5, (costs){1, 5}, (answer){(double)0.8f, 1});
}

/* --- Never and always --------------------------------------------------------------------------------------------- */

static void all_negative_is_an_option(check *c) {
    static const float score[] = {0.9f, 0.8f, 0.3f};
    static const int y[] = {0, 1, 0}, none[] = {0, 0, 0};
    check_input(c, "score = {0.9, 0.8, 0.3}, y = {0, 1, 0}, c_fp = 100, c_fn = 1");
    expect(c, score, y, 3, (costs){100, 1}, (answer){HUGE_VAL, 1});
    if (c->failed)
        return;
    check_input(c, "score = {0.9, 0.8, 0.3}, y = {0, 0, 0}, c_fp = 1, c_fn = 1");
    expect(c, score, none, 3, (costs){1, 1}, (answer){HUGE_VAL, 0});
}

/* Scores may be log-odds as well: nothing says that they lie between 0 and 1. */
static void costs_not_swapped(check *c) {
    static const float score[] = {2.5f, 1, -0.5f, -3};
    static const int y[] = {1, 0, 1, 0};
    check_input(c, "score = {2.5, 1, -0.5, -3}, y = {1, 0, 1, 0}, c_fp = 1, c_fn = 10");
    expect(c, score, y, 4, (costs){1, 10}, (answer){-0.5, 1});
    if (c->failed)
        return;
    check_input(c, "score = {2.5, 1, -0.5, -3}, y = {1, 0, 1, 0}, c_fp = 10, c_fn = 1");
    expect(c, score, y, 4, (costs){10, 1}, (answer){2.5, 1});
}

static void empty(check *c) {
    check_input(c, "n = 0: score and y are null");
    double *cost = check_copy(c, &(double){(double)CHECK_DIRT}, sizeof *cost);
    check_double(c, "the threshold", best_threshold(NULL, NULL, 0, 1, 5, cost), HUGE_VAL, 0);
    check_double(c, "*cost", *cost, 0, 0);
}

/* --- Ties --------------------------------------------------------------------------------------------------------- */

/* A thousand equal scores, 300 of them positive: at the front, at the back, or three of every ten. */
static void ties_move_together(check *c) {
    enum { N = 1000 };
    static const char *const where[] = {"the first 300", "the last 300", "three of every ten"};
    float *score = CHECK_BUFFER(c, N, float);
    int *y = CHECK_BUFFER(c, N, int);
    for (int order = 0; order < 3; order++) {
        for (int i = 0; i < N; i++) {
            score[i] = 0.5f;
            y[i] = order == 0 ? i < 300 : order == 1 ? i >= 700 : i % 10 < 3;
        }
        if (c->failed)
            return;
        check_input(c, "1000 scores of 0.5; y is 1 for %s; c_fp = 1, c_fn = 1", where[order]);
        expect(c, score, y, N, (costs){1, 1}, (answer){HUGE_VAL, 300});
        if (c->failed)
            return;
        check_input(c, "1000 scores of 0.5; y is 1 for %s; c_fp = 1, c_fn = 5", where[order]);
        expect(c, score, y, N, (costs){1, 5}, (answer){0.5, 700});
    }
}

/* 0.7 + 0.7 + 0.7 - 0.7 is less than 0.7 + 0.7 in binary arithmetic, and so it is with 0.3. */
static void equal_costs(check *c) {
    static const float score[] = {0.9f, 0.6f, 0.4f, 0.1f};
    static const int y[] = {0, 1, 0, 1};
    static const double price[] = {0.7, 0.3};
    for (int i = 0; i < 2 && !c->failed; i++) {
        check_input(c, "score = {0.9, 0.6, 0.4, 0.1}, y = {0, 1, 0, 1}, c_fp = %g, c_fn = %g", price[i], price[i]);
        expect(c, score, y, 4, (costs){price[i], price[i]}, (answer){HUGE_VAL, 2 * price[i]});
    }
}

/* --- Against every candidate -------------------------------------------------------------------------------------- */

enum { LEVELS = 5, MOST = 40 };
static const float levels[LEVELS] = {0.875f, 0.6f, 0.5f, 0.3f, 0.02f}; /* highest first */

static double cost_at(const float *score, const int *y, size_t n, costs price, double threshold) {
    size_t fp = 0, fn = 0;
    for (size_t i = 0; i < n; i++) {
        const bool acts = (double)score[i] >= threshold;
        fp += acts && y[i] == 0;
        fn += !acts && y[i] == 1;
    }
    return price.c_fp * (double)fp + price.c_fn * (double)fn;
}

static bool is_there(const float *score, size_t n, float wanted) {
    for (size_t i = 0; i < n; i++)
        if (score[i] == wanted)
            return true;
    return false;
}

static answer try_every_candidate(const float *score, const int *y, size_t n, costs price) {
    answer best = {HUGE_VAL, cost_at(score, y, n, price, HUGE_VAL)};
    for (int level = 0; level < LEVELS; level++) {
        const double cost = cost_at(score, y, n, price, (double)levels[level]);
        if (is_there(score, n, levels[level]) && cost < best.cost)
            best = (answer){(double)levels[level], cost};
    }
    return best;
}

/* "0.6:1 0.3:0 ...", as much as fits. */
static const char *cases_text(const float *score, const int *y, size_t n, char *text, size_t capacity) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n && used + 8 < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, " %g:%d", (double)score[i], y[i]);
    return text;
}

static void brute_force(check *c) {
    static const double prices[] = {0, 0.1, 0.3, 0.7, 1, 2, 5, 30};
    ml_rng rng = ml_rng_seed(1, 0);
    for (int trial = 0; trial < 200 && !c->failed; trial++) {
        float score[MOST];
        int y[MOST];
        const size_t n = 1 + ml_rng_below(&rng, MOST);
        const double share = ml_rng_uniform(&rng);
        for (size_t i = 0; i < n; i++) {
            score[i] = levels[ml_rng_below(&rng, LEVELS)];
            y[i] = ml_rng_bernoulli(&rng, share);
        }
        costs price = {prices[ml_rng_below(&rng, 8)], prices[ml_rng_below(&rng, 8)]};
        if (trial % 2 == 1)
            price.c_fn = price.c_fp; /* so that different errors often cost the same */
        char text[400];
        check_input(c, "c_fp = %g, c_fn = %g and %zu cases (score:y)%s", price.c_fp, price.c_fn, n,
                    cases_text(score, y, n, text, sizeof text));
        expect(c, score, y, n, price, try_every_candidate(score, y, n, price));
    }
}

/* --- Many cases --------------------------------------------------------------------------------------------------- */

/* Score i / 2^18 for i from 0 to n - 1, each exact, and more often positive the higher. */
static void large(check *c) {
    enum { N = 200000 };
    const costs price = {1, 3};
    int *by_rank = CHECK_BUFFER(c, N, int), *y = CHECK_BUFFER(c, N, int);
    float *score = CHECK_BUFFER(c, N, float);
    ml_rng rng = ml_rng_seed(2, 0);
    size_t fn = 0, fp = 0;
    for (size_t i = 0; i < N; i++) {
        by_rank[i] = ml_rng_bernoulli(&rng, (double)i / N);
        fn += (size_t)by_rank[i];
        const size_t at = i * 7919 % N; /* a prime that does not divide N: every place once */
        score[at] = (float)i / 262144;
        y[at] = by_rank[i];
    }
    answer right = {HUGE_VAL, price.c_fn * (double)fn};
    for (size_t i = N; i-- > 0;) {
        by_rank[i] == 1 ? fn-- : fp++;
        const double cost = price.c_fp * (double)fp + price.c_fn * (double)fn;
        if (cost < right.cost)
            right = (answer){(double)i / 262144, cost};
    }
    check_input(c, "%d cases with as many scores, in mixed order, c_fp = 1, c_fn = 3", N);
    expect(c, score, y, N, price, right);
}

/* 10,000 cases. */
void check_cost(void) {
    enum { N = 10000 };
    static float score[N];
    static int y[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(3, 0);
        for (size_t i = 0; i < N; i++) {
            score[i] = (float)ml_rng_uniform(&rng);
            y[i] = ml_rng_bernoulli(&rng, (double)score[i]);
        }
        ready = true;
    }
    double cost;
    best_threshold(score, y, N, 1, 5, &cost);
}

const check_case check_cases[] = {
    {"misses_cost_more", "Acts on more where a miss is dear", CHECK_SHOWN, misses_cost_more},
    {"alarms_cost_more", "Acts on fewer where a false alarm is dear", CHECK_SHOWN, alarms_cost_more},
    {"highest_of_equals", "Takes the highest of equally cheap thresholds", CHECK_SHOWN, highest_of_equals},
    {"all_negative_is_an_option", "Never acts where that is cheapest", CHECK_HIDDEN, all_negative_is_an_option},
    {"ties_move_together", "Acts on all or none of the cases with one score", CHECK_HIDDEN, ties_move_together},
    {"brute_force", "Agrees with trying every candidate, on 200 random sets of cases", CHECK_HIDDEN, brute_force},
    {"costs_not_swapped", "Charges each error its own price, on scores of any range", CHECK_HIDDEN, costs_not_swapped},
    {"equal_costs", "Sees that equal costs are equal, also where a price is no binary fraction", CHECK_HIDDEN,
     equal_costs},
    {"large", "Sweeps through 200,000 cases in good time", CHECK_HIDDEN, large},
    {"unsorted", "Keeps each label with its score when it sorts", CHECK_HIDDEN, unsorted},
    {"empty", "Answers INFINITY at cost 0 without cases", CHECK_HIDDEN, empty},
    {0},
};
