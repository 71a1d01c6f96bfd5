#include "check.h"

#include <stdio.h>
#include <string.h>

/* The types as starter.c has them. */
typedef struct {
    size_t n;
    const double *x;
    const int *y, *rule;
} split;

typedef struct {
    size_t d;
    split train, valid, test;
    double c_fp, c_fn, decisions, build_cost;
} problem;

typedef struct {
    double threshold, cost_never, cost_always, cost_rule, cost_ml, saving, saving_se, net;
    int choice;
} verdict;

int should_be_ml(const problem *p, verdict *out);

static const verdict unwritten = {-1234.5, -1234.5, -1234.5, -1234.5, -1234.5, -1234.5, -1234.5, -1234.5, -12345};

static verdict ask(check *c, const problem *p, int expected) {
    verdict *out = check_copy(c, &unwritten, sizeof unwritten);
    const problem *guarded = check_copy(c, p, sizeof *p);
    check_int(c, "the returned value", should_be_ml(guarded, out), expected);
    check_unchanged(c, "the problem", guarded, p, sizeof *p);
    if (expected == -1)
        check_unchanged(c, "*out", out, &unwritten, sizeof unwritten);
    return *out;
}

/* --- A problem that can be worked out by hand --------------------------------------------------------------------- */

/* One feature, positive for label 1. The rule sees only what is above 2 in training and validation, and is always right
 * in the test, which must not choose the baseline. The last test row is a 1 that looks like a 0. */
enum { HAND = 6, HAND_TEST = 10 };
static const double hand_x[HAND] = {-3, -2, -1, 1, 2, 3};
static const int hand_y[HAND] = {0, 0, 0, 1, 1, 1}, hand_rule[HAND] = {0, 0, 0, 0, 0, 1};
static const double hand_test_x[HAND_TEST] = {-3, -2.5, -2, -1.5, -3, -2, 3, 2, 1.5, -3};
static const int hand_test_y[HAND_TEST] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
/* What 300 steps make of the training rows: p = sigmoid(slope x), b being 0 by symmetry. Computed with NumPy. */
static const double hand_slope = 2.5210596831957157;
static const char hand_text[] =
    "d = 1; train and valid: x = {-3, -2, -1, 1, 2, 3}, y = {0, 0, 0, 1, 1, 1}, rule = {0, 0, 0, 0, 0, 1}; ";

/* Every array in guarded memory of its own. */
static split guarded_split(check *c, size_t n, const double *x, const int *y, const int *rule) {
    return (split){n, check_copy(c, x, n * sizeof *x), check_copy(c, y, n * sizeof *y),
                   check_copy(c, rule, n * sizeof *rule)};
}

static problem hand_problem(check *c, size_t tests, const double *x, const int *y, double build_cost) {
    const split train = guarded_split(c, HAND, hand_x, hand_y, hand_rule);
    const split valid = guarded_split(c, HAND, hand_x, hand_y, hand_rule);
    return (problem){1, train, valid, guarded_split(c, tests, x, y, y), 1, 4, 1000, build_cost};
}

static void expect_hand_unchanged(check *c, const problem *p) {
    check_unchanged(c, "train.x", p->train.x, hand_x, sizeof hand_x);
    check_unchanged(c, "train.y", p->train.y, hand_y, sizeof hand_y);
    check_unchanged(c, "valid.x", p->valid.x, hand_x, sizeof hand_x);
    check_unchanged(c, "valid.y", p->valid.y, hand_y, sizeof hand_y);
    check_unchanged(c, "test.x", p->test.x, hand_test_x, sizeof hand_test_x);
    check_unchanged(c, "test.y", p->test.y, hand_test_y, sizeof hand_test_y);
}

/* Always acting costs 0.5 on validation, the rule 8 / 6 and never 2. On test it costs 0.6, and ML 0.4 for the row that
 * it misses: it saves 1 on six rows, 0 on three and -4 on one. Mean 0.2, mean square 2.2, variance 2.16. */
static void by_hand(check *c) {
    const problem p = hand_problem(c, HAND_TEST, hand_test_x, hand_test_y, 100);
    check_input(c,
                "%stest: x = {-3, -2.5, -2, -1.5, -3, -2, 3, 2, 1.5, -3}, y = rule = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1}; "
                "c_fp = 1, c_fn = 4, decisions = 1000, build_cost = 100",
                hand_text);
    const verdict got = ask(c, &p, 0);
    check_double(c, "threshold, the probability of the row x = 1 after 300 steps,", got.threshold,
                 ml_sigmoid(hand_slope), 1e-9);
    check_double(c, "cost_never", got.cost_never, 1.6, 1e-9);
    check_double(c, "cost_always", got.cost_always, 0.6, 1e-9);
    check_double(c, "cost_rule", got.cost_rule, 0, 1e-9);
    check_double(c, "cost_ml", got.cost_ml, 0.4, 1e-9);
    check_double(c, "saving, with always acting as the baseline,", got.saving, 0.2, 1e-9);
    check_double(c, "saving_se", got.saving_se, sqrt(2.16 / 10), 1e-9);
    check_double(c, "net", got.net, 100, 1e-6);
    check_int(c, "choice", got.choice, 0);
    expect_hand_unchanged(c, &p);
}

/* Without the row that it misses ML saves 0.6 a decision, with a variance of 0.24 over 10 rows: 0.2901613323 for
 * sure. */
static void two_standard_errors(check *c) {
    static const double x[HAND_TEST] = {-3, -2.5, -2, -1.5, -3, -2, 3, 2, 1.5, 3};
    static const double build_cost[] = {290, 290.161332, 290.161333, 290.4, 599, 601};
    for (int i = 0; i < 6 && !c->failed; i++) {
        const problem p = hand_problem(c, HAND_TEST, x, hand_test_y, build_cost[i]);
        check_input(c, "%stest: x = {-3, -2.5, -2, -1.5, -3, -2, 3, 2, 1.5, 3}, y = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1}; "
                    "c_fp = 1, c_fn = 4, decisions = 1000, build_cost = %.9g", hand_text, build_cost[i]);
        const verdict got = ask(c, &p, 0);
        check_double(c, "saving", got.saving, 0.6, 1e-9);
        check_double(c, "saving_se", got.saving_se, sqrt(0.24 / 10), 1e-9);
        check_double(c, "net", got.net, 600 - build_cost[i], 1e-6);
        check_int(c, "choice", got.choice, i < 2);
    }
}

/* One test row has no mean and no sd of its own worth the name: the scale is that of the training rows. */
static void one_test_row(check *c) {
    static const double x[] = {3};
    static const int y[] = {1};
    const problem p = hand_problem(c, 1, x, y, 0);
    check_input(c, "%stest: x = {3}, y = {1}, rule = {1}; c_fp = 1, c_fn = 4, decisions = 1000, build_cost = 0",
                hand_text);
    const verdict got = ask(c, &p, 0);
    check_double(c, "cost_never", got.cost_never, 4, 1e-9);
    check_double(c, "cost_ml", got.cost_ml, 0, 1e-9);
    check_double(c, "saving, with always acting as the baseline,", got.saving, 0, 1e-9);
    check_double(c, "saving_se", got.saving_se, 0, 1e-9);
    check_int(c, "choice, where nothing is saved and nothing paid,", got.choice, 0);
}

static void empty(check *c) {
    static const char *const what[] = {"train.n = 0", "valid.n = 0", "test.n = 0", "d = 0"};
    for (int i = 0; i < 4 && !c->failed; i++) {
        problem p = hand_problem(c, HAND_TEST, hand_test_x, hand_test_y, 0);
        const split nothing = {0, NULL, NULL, NULL};
        if (i == 3)
            p.d = 0;
        else
            *(split *[]){&p.train, &p.valid, &p.test}[i] = nothing;
        check_input(c, "%s", what[i]);
        ask(c, &p, -1);
    }
}

/* --- What is learnt, and what is chosen --------------------------------------------------------------------------- */

static void write_rows(char *text, size_t capacity, const double *x, size_t n) {
    size_t used = 0;
    for (size_t i = 0; i < n && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%g", i > 0 ? ", " : "", x[i]);
}

/* A validation set of one row, a 1: cheapest is to act on it, so the threshold is its probability, and with it the
 * model is an open book. */
static void expect_probability(check *c, const char *train, const problem *known, const double *row, double expected) {
    static const int one[] = {1};
    char text[100];
    write_rows(text, sizeof text, row, known->d);
    problem p = *known;
    p.valid = p.test = (split){1, check_copy(c, row, p.d * sizeof *row), one, one};
    check_input(c, "d = %zu; train: %s; valid and test: x = {%s}, y = {1}, rule = {1}; c_fp = c_fn = 1", p.d, train,
                text);
    check_double(c, "threshold, the probability of that row after 300 steps,", ask(c, &p, 0).threshold, expected, 1e-11);
}

/* Five rows of three features, more zeros than ones, the third feature the same in all. The probabilities were computed
 * with NumPy. */
static void takes_300_steps(check *c) {
    static const double x[] = {0.1, 10.3, 7, 0.2, -20.7, 7, 0.4, 10.9, 7, 0.5, 40.1, 7, 0.8, 0.3, 7};
    static const int y[] = {0, 1, 0, 0, 1};
    static const double rows[][3] = {{0.4, 8.2, 7}, {0, 0, 0}, {0.9, 30.3, -5}, {0.2, -10.1, 7}};
    static const double expected[] = {0.1259875425614878, 0.03020662561642824, 0.04729126297920552, 0.7046319611332349};
    const split train = {5, check_copy(c, x, sizeof x), check_copy(c, y, sizeof y), check_copy(c, y, sizeof y)};
    const problem p = {.d = 3, .train = train, .c_fp = 1, .c_fn = 1};
    for (int i = 0; i < 4 && !c->failed; i++)
        expect_probability(c, "x = {{0.1, 10.3, 7}, {0.2, -20.7, 7}, {0.4, 10.9, 7}, {0.5, 40.1, 7}, {0.8, 0.3, 7}}, "
                           "y = rule = {0, 1, 0, 0, 1}", &p, rows[i], expected[i]);
}

/* The feature never changes, so only b learns, and what the row holds does not matter. */
static void one_row_each(check *c) {
    static const double x[] = {5}, other[] = {-6};
    static const int y[] = {1};
    const problem p = {.d = 1, .train = guarded_split(c, 1, x, y, y), .c_fp = 1, .c_fn = 1};
    expect_probability(c, "x = {5}, y = rule = {1}", &p, x, 0.993247737031341);
    expect_probability(c, "x = {5}, y = rule = {1}", &p, other, 0.993247737031341);
}

/* hand_problem's model, and other rows to choose by. */
enum { CHOICE = 8 };
typedef struct {
    size_t n;
    double x[CHOICE];
    int y[CHOICE];
    double c_fp, c_fn;
    double at, cost; /* the row whose probability is the cheapest threshold, INFINITY for never; what it costs in all */
} choice;

static problem choice_problem(check *c, const choice *k, const split *test, const int *rule) {
    return (problem){.d = 1,
                     .train = guarded_split(c, HAND, hand_x, hand_y, hand_rule),
                     .valid = guarded_split(c, k->n, k->x, k->y, rule),
                     .test = *test,
                     .c_fp = k->c_fp,
                     .c_fn = k->c_fn};
}

/* Each set for validation and for test. */
static void expect_thresholds(check *c, const choice *choices, int count) {
    for (int i = 0; i < count && !c->failed; i++) {
        const choice *k = &choices[i];
        char x[100], y[100];
        double labels[CHOICE];
        for (size_t row = 0; row < k->n; row++)
            labels[row] = k->y[row];
        write_rows(x, sizeof x, k->x, k->n);
        write_rows(y, sizeof y, labels, k->n);
        const split test = guarded_split(c, k->n, k->x, k->y, k->y);
        const problem p = choice_problem(c, k, &test, k->y);
        check_input(c, "d = 1; train: x = {-3, -2, -1, 1, 2, 3}, y = {0, 0, 0, 1, 1, 1}; valid and test: x = {%s}, "
                    "y = rule = {%s}; c_fp = %g, c_fn = %g", x, y, k->c_fp, k->c_fn);
        const verdict got = ask(c, &p, 0);
        const double expected = isinf(k->at) ? k->at : ml_sigmoid(hand_slope * k->at);
        check_double(c, "threshold", got.threshold, expected, 1e-9);
        check_double(c, "cost_ml", got.cost_ml, k->cost / (double)k->n, 1e-9);
    }
}

/* Rows alike: act on all of them or on none. Far out the probabilities are so close to 1 that a float takes them for
 * equal. */
static void chooses_threshold(check *c) {
    static const choice choices[] = {
        {8, {3, 1, 1, 1, 1, 1, 1, -1}, {1, 1, 0, 0, 0, 0, 0, 0}, 1, 4, 3, 4},
        {3, {-2, 3, -1}, {1, 1, 1}, 1, 4, -2, 0},
        {2, {1, 1}, {1, 0}, 4, 1, (double)INFINITY, 1},
        {4, {3, 2, 1, -1}, {0, 0, 0, 0}, 1, 4, (double)INFINITY, 0},
        {4, {3, 2, 1, -1}, {0, 0, 0, 1}, 1, 4, -1, 3},
        {5, {7, 7.2, 7.4, 7.6, 8}, {0, 0, 0, 0, 1}, 1, 4, 8, 0},
    };
    expect_thresholds(c, choices, 6);
}

/* Equally cheap: the first act or all of them; never or all of them; never or the first two. */
static void highest_of_equals(check *c) {
    static const choice choices[] = {
        {6, {3, 2, 1, -1, -2, -3}, {1, 0, 0, 0, 0, 1}, 1, 4, 3, 4},
        {5, {3, 2, 1, -1, -2}, {0, 0, 0, 0, 1}, 1, 4, (double)INFINITY, 4},
        {2, {3, 2}, {0, 1}, 0.7, 0.7, (double)INFINITY, 0.7},
    };
    expect_thresholds(c, choices, 3);
}

/* On validation never, always and the rule cost 4 each, and ML acts on x = 3 alone; then always and the rule cost 200.2
 * each, never 2102.1, and ML acts from x = 1 on. On test the baselines differ, and ML errs nowhere. */
static void first_of_equals(check *c) {
    static const choice choices[] = {
        {5, {-3, -2, -1, -2, 3}, {0, 0, 0, 0, 1}, 1, 4, 3, 0},
        {5, {3, 2, 1, -1, -2}, {1, 1, 1, 0, 0}, 100.1, 700.7, 1, 0},
    };
    static const double x[] = {3, 2, -2, 1}, test_x[] = {3, 3, -2, 3};
    static const int rule[] = {1, 1, 1, 1, 1}, y[] = {1, 1, 0, 1}, never[] = {0, 0, 0, 0};
    static const char *const text[] = {
        "valid: x = {-3, -2, -1, -2, 3}, y = {0, 0, 0, 0, 1}, rule = {1, 1, 1, 1, 1}; test: x = {3, 3, -2, 3}, "
        "y = {1, 1, 0, 1}, rule = {0, 0, 0, 0}; c_fp = 1, c_fn = 4",
        "valid: x = {3, 2, 1, -1, -2}, y = {1, 1, 1, 0, 0}, rule = {1, 1, 1, 1, 1}; test: x = {3, 2, -2, 1}, "
        "y = {1, 1, 0, 1}, rule = {0, 0, 0, 0}; c_fp = 100.1, c_fn = 700.7"};
    static const char *const what[] = {"saving, with never acting as the baseline,",
                                       "saving, with always acting as the baseline,"};
    /* differences per row: 4, 4, 0, 4 and 0, 0, 100.1, 0 */
    const double saving[] = {3, 100.1 / 4}, saving_se[] = {sqrt(3) / 2, 100.1 * sqrt(0.1875) / 2};
    for (int i = 0; i < 2 && !c->failed; i++) {
        const split test = guarded_split(c, 4, i == 0 ? test_x : x, y, never);
        const problem p = choice_problem(c, &choices[i], &test, rule);
        check_input(c, "d = 1; train: x = {-3, -2, -1, 1, 2, 3}, y = {0, 0, 0, 1, 1, 1}; %s", text[i]);
        const verdict got = ask(c, &p, 0);
        check_double(c, what[i], got.saving, saving[i], 1e-9);
        check_double(c, "saving_se", got.saving_se, saving_se[i], 1e-9);
    }
}

/* --- Worlds ------------------------------------------------------------------------------------------------------- */

enum { D = 8, TRAIN = 500, VALID = 500, TEST = 1000, ROWS = TRAIN + VALID + TEST };

typedef enum { PATTERN, AS_RULE, COIN } labels;

typedef struct {
    const char *text;
    uint64_t stream; /* of random numbers */
    labels labels;
    double c_fn, decisions, build_cost;
    double scale_0, scale_3, shift_3; /* what is done to features 0 and 3 after the labels are drawn */
} kind;

typedef struct {
    double *x;
    int *y, *rule;
} world;

static world make_world(check *c) {
    return (world){CHECK_BUFFER(c, ROWS * D, double), CHECK_BUFFER(c, ROWS, int), CHECK_BUFFER(c, ROWS, int)};
}

/* P(y = 1) = sigmoid(3 sum(x) / sqrt(8) - 2) in a world with a pattern, 0.25 in one without. */
static int draw_label(const kind *k, double sum, int rule, ml_rng *rng) {
    const double p = k->labels == COIN ? 0.25 : ml_sigmoid(3 * sum / sqrt(8) - 2);
    return k->labels == AS_RULE ? rule : ml_rng_bernoulli(rng, p);
}

static problem draw_world(world *at, const kind *k, uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, k->stream);
    for (size_t i = 0; i < ROWS; i++) {
        double *row = at->x + i * D, sum = 0;
        for (size_t j = 0; j < D; j++)
            sum += row[j] = ml_rng_normal(&rng);
        at->rule[i] = row[0] > 0.8;
        at->y[i] = draw_label(k, sum, at->rule[i], &rng);
        row[0] *= k->scale_0;
        row[3] = row[3] * k->scale_3 + k->shift_3;
    }
    const split train = {TRAIN, at->x, at->y, at->rule};
    const split valid = {VALID, at->x + TRAIN * D, at->y + TRAIN, at->rule + TRAIN};
    const split test = {TEST, valid.x + VALID * D, valid.y + VALID, valid.rule + VALID};
    return (problem){D, train, valid, test, 1, k->c_fn, k->decisions, k->build_cost};
}

typedef struct {
    int ships;        /* worlds in which ML was chosen */
    double mean_cost; /* mean of cost_ml */
    double mean_threshold;
} tally;

/* The answer on `worlds` worlds of a kind, each verdict looked at by `look` if there is one. */
static tally run_worlds(check *c, const kind *k, int worlds, void (*look)(check *c, const problem *p, verdict got)) {
    world at = make_world(c);
    tally sum = {0, 0, 0};
    for (int seed = 0; seed < worlds && !c->failed; seed++) {
        check_input(c, "world %d of %d: %s", seed + 1, worlds, k->text);
        const problem p = draw_world(&at, k, (uint64_t)seed);
        const verdict got = ask(c, &p, 0);
        check_true(c, isfinite(got.cost_ml) && isfinite(got.saving) && isfinite(got.saving_se) && isfinite(got.net),
                   "cost_ml, saving, saving_se and net are %g, %g, %g and %g, and not all are finite", got.cost_ml,
                   got.saving, got.saving_se, got.net);
        if (look != NULL)
            look(c, &p, got);
        sum.ships += got.choice == 1;
        sum.mean_cost += got.cost_ml / worlds;
        sum.mean_threshold += got.threshold / worlds;
    }
    if (!c->failed)
        check_input(c, "%d worlds: %s", worlds, k->text);
    return sum;
}

#define PATTERN_TEXT "d = 8, P(y = 1) = sigmoid(3 sum(x) / sqrt(8) - 2), the rule is x[0] > 0.8, c_fp = 1, c_fn = 5, "
#define NO_SIGNAL_TEXT "d = 8, y is 1 with probability 0.25 whatever x is, c_fp = 1, 1e6 decisions, build_cost = 0, "
static const kind
    pattern_kind = {PATTERN_TEXT "1e6 decisions, build_cost = 5e4", 1, PATTERN, 5, 1e6, 5e4, 1, 1, 0},
    low_volume_kind = {PATTERN_TEXT "1e4 decisions, build_cost = 5e4", 2, PATTERN, 5, 1e4, 5e4, 1, 1, 0},
    rule_kind = {"d = 8, y is what the rule says, x[0] > 0.8; c_fp = 1, c_fn = 5, 1e6 decisions, build_cost = 5e4", 3,
                 AS_RULE, 5, 1e6, 5e4, 1, 1, 0},
    no_signal_5_kind = {NO_SIGNAL_TEXT "c_fn = 5", 4, COIN, 5, 1e6, 0, 1, 1, 0},
    no_signal_3_kind = {NO_SIGNAL_TEXT "c_fn = 3", 5, COIN, 3, 1e6, 0, 1, 1, 0},
    scaled_kind = {PATTERN_TEXT "1e6 decisions, build_cost = 5e4, x[0] then times 1e6", 1, PATTERN, 5, 1e6, 5e4, 1e6, 1,
                   0},
    constant_kind = {PATTERN_TEXT "1e6 decisions, build_cost = 5e4, x[3] then 0 in every row", 1, PATTERN, 5, 1e6, 5e4,
                     1, 0, 0},
    far_kind = {PATTERN_TEXT "1e6 decisions, build_cost = 5e4, x[3] then plus 1.7e9, like a date in seconds", 1,
                PATTERN, 5, 1e6, 5e4, 1, 1, 1.7e9};

/* --- What stands in a verdict ------------------------------------------------------------------------------------- */

typedef struct {
    double never, always, rule;
} trivial;

static trivial costs_on(const problem *p, const split *s) {
    trivial sum = {0, 0, 0};
    const double n = (double)s->n;
    for (size_t i = 0; i < s->n; i++) {
        const bool y = s->y[i] == 1, rule = s->rule[i] == 1;
        sum.never += (y ? p->c_fn : 0) / n;
        sum.always += (y ? 0 : p->c_fp) / n;
        sum.rule += (y == rule ? 0 : y ? p->c_fn : p->c_fp) / n;
    }
    return sum;
}

/* All but cost_ml and saving_se follows from the data and these two. */
static void look_at_figures(check *c, const problem *p, verdict got) {
    const trivial valid = costs_on(p, &p->valid), test = costs_on(p, &p->test);
    double base = test.never, least = valid.never;
    if (valid.always < least)
        base = test.always, least = valid.always;
    if (valid.rule < least)
        base = test.rule;
    check_true(c, got.threshold >= 0 && (got.threshold <= 1 || isinf(got.threshold)),
               "threshold is %g, and neither a probability nor INFINITY", got.threshold);
    check_double(c, "cost_never", got.cost_never, test.never, 1e-9);
    check_double(c, "cost_always", got.cost_always, test.always, 1e-9);
    check_double(c, "cost_rule", got.cost_rule, test.rule, 1e-9);
    check_double(c, "saving (the baseline's cost minus cost_ml)", got.saving, base - got.cost_ml, 1e-9);
    check_between(c, "saving_se", got.saving_se, 0, 0.2);
    check_double(c, "net", got.net, p->decisions * got.saving - p->build_cost, 1e-3);
    const bool pays = p->decisions * (got.saving - 2 * got.saving_se) > p->build_cost;
    check_int(c, "choice, after these figures,", got.choice, pays);
}

static void expect_ships(check *c, const kind *k, int expected) {
    enum { WORLDS = 20 };
    const tally got = run_worlds(c, k, WORLDS, look_at_figures);
    check_int(c, "the number of worlds in which ML is chosen", got.ships, expected);
}

static void pattern(check *c) {
    expect_ships(c, &pattern_kind, 20);
}

static void low_volume(check *c) {
    expect_ships(c, &low_volume_kind, 0);
}

static void rule_is_right(check *c) {
    expect_ships(c, &rule_kind, 0);
}

/* --- How good, how careful ---------------------------------------------------------------------------------------- */

/* The best that can be is 0.30; a threshold of 0.5 costs 0.47. */
static void expect_cheap(check *c, const kind *k, int worlds) {
    const tally got = run_worlds(c, k, worlds, NULL);
    check_between(c, "the mean of cost_ml", got.mean_cost, 0.25, 0.40);
    check_int(c, "the number of worlds in which ML is chosen", got.ships, worlds);
}

static void cheap_threshold(check *c) {
    expect_cheap(c, &pattern_kind, 20);
}

/* For calibrated probabilities the cheapest threshold is c_fp / (c_fp + c_fn) = 1 / 6, give or take the draw. */
static void calibrated(check *c) {
    const tally got = run_worlds(c, &pattern_kind, 20, NULL);
    check_between(c, "the mean of threshold", got.mean_threshold, 0.12, 0.22);
}

/* The same worlds with a feature in another unit: standardised, they are the same. */
static void expect_same_as_pattern(check *c, const kind *k, int worlds) {
    const double plain = run_worlds(c, &pattern_kind, worlds, NULL).mean_cost;
    const tally got = run_worlds(c, k, worlds, NULL);
    check_double(c, "the mean of cost_ml, compared with that of the worlds as they were,", got.mean_cost, plain, 0.01);
    check_int(c, "the number of worlds in which ML is chosen", got.ships, worlds);
}

static void scaled(check *c) {
    expect_cheap(c, &scaled_kind, 20);
    expect_same_as_pattern(c, &scaled_kind, 5);
}

static void constant_feature(check *c) {
    const tally got = run_worlds(c, &constant_kind, 10, NULL);
    check_int(c, "the number of worlds in which ML is chosen", got.ships, 10);
}

static void far_from_zero(check *c) {
    expect_same_as_pattern(c, &far_kind, 10);
}

/* A right answer is fooled in about 5 % of the worlds with c_fn 5 and 3 % of those with 3 (measured on 200: 9 and 5):
 * these limits blame one without cause with a probability below 1e-4. Without the standard error it is half of them. */
enum { NO_SIGNAL_WORLDS = 30 }; /* as many as the page has time for, with every load and store checked */

static void expect_at_most(check *c, const kind *k, int most) {
    const tally got = run_worlds(c, k, NO_SIGNAL_WORLDS, NULL);
    check_between(c, "the number of worlds in which ML is chosen", got.ships, 0, most);
}

static void no_signal_5(check *c) {
    expect_at_most(c, &no_signal_5_kind, 8);
}

static void no_signal_3(check *c) {
    expect_at_most(c, &no_signal_3_kind, 6);
}

/* The test set may change as it likes: labels, rule and rows. What was chosen without it stays to the last bit. */
static void test_is_sealed(check *c) {
    world at = make_world(c);
    for (uint64_t seed = 0; seed < 5 && !c->failed; seed++) {
        const problem p = draw_world(&at, &pattern_kind, seed);
        check_input(c, "world %d: %s", (int)seed + 1, pattern_kind.text);
        const double before = ask(c, &p, 0).threshold;
        for (size_t i = TRAIN + VALID; i < ROWS; i++) {
            at.y[i] = 1 - at.y[i];
            at.rule[i] = 1 - at.rule[i];
        }
        const double relabelled = ask(c, &p, 0).threshold;
        check_true(c, memcmp(&before, &relabelled, sizeof before) == 0,
                   "threshold is %.17g, and %.17g when other labels stand in the test set", before, relabelled);
        for (size_t i = (TRAIN + VALID) * D; i < ROWS * D; i++)
            at.x[i] = 3 * at.x[i] + 1;
        const double moved = ask(c, &p, 0).threshold;
        check_true(c, memcmp(&before, &moved, sizeof before) == 0,
                   "threshold is %.17g, and %.17g when other rows stand in the test set", before, moved);
    }
}

/* One world with a pattern. */
void check_cost(void) {
    static double x[ROWS * D];
    static int y[ROWS], rule[ROWS];
    static problem p;
    if (p.d == 0)
        p = draw_world(&(world){x, y, rule}, &pattern_kind, 1000);
    verdict out;
    should_be_ml(&p, &out);
}

const check_case check_cases[] = {
    {"by_hand", "Judges a small problem as one does with pencil and paper", CHECK_SHOWN, by_hand},
    {"pattern", "Ships ML where there is a pattern and a million decisions", CHECK_SHOWN, pattern},
    {"low_volume", "Keeps the baseline where there are too few decisions to pay for ML", CHECK_SHOWN, low_volume},
    {"rule_is_right", "Keeps a rule that is right", CHECK_SHOWN, rule_is_right},
    {"cheap_threshold", "Chooses a threshold that knows what errors cost", CHECK_HIDDEN, cheap_threshold},
    {"calibrated", "Predicts probabilities that mean what they say", CHECK_HIDDEN, calibrated},
    {"no_signal_5", "Is hardly ever fooled where there is no pattern and misses are dear", CHECK_HIDDEN, no_signal_5},
    {"no_signal_3", "Is hardly ever fooled where there is no pattern and all baselines cost the same", CHECK_HIDDEN,
     no_signal_3},
    {"two_standard_errors", "Asks for a saving that holds even two standard errors lower", CHECK_HIDDEN,
     two_standard_errors},
    {"takes_300_steps", "Ends where 300 steps from zero end", CHECK_HIDDEN, takes_300_steps},
    {"chooses_threshold", "Finds the cheapest threshold among equal rows, and never acts where that is cheapest",
     CHECK_HIDDEN, chooses_threshold},
    {"highest_of_equals", "Takes the highest of equally cheap thresholds", CHECK_HIDDEN, highest_of_equals},
    {"first_of_equals", "Takes the first of equally cheap baselines", CHECK_HIDDEN, first_of_equals},
    {"scaled", "Learns as well when one feature is a million times larger", CHECK_HIDDEN, scaled},
    {"far_from_zero", "Learns as well when one feature lies far from zero", CHECK_HIDDEN, far_from_zero},
    {"constant_feature", "Copes with a feature that never changes", CHECK_HIDDEN, constant_feature},
    {"test_is_sealed", "Chooses nothing by the test set", CHECK_HIDDEN, test_is_sealed},
    {"one_test_row", "Scales a single test row as it scaled the training rows", CHECK_HIDDEN, one_test_row},
    {"one_row_each", "Learns from a single row, and chooses by one", CHECK_HIDDEN, one_row_each},
    {"empty", "Returns -1 when a split is empty or there are no features", CHECK_HIDDEN, empty},
    {0},
};
