#include "check.h"

int multilabel_f1(const float *p, const unsigned char *y, size_t n, size_t labels, const float *threshold,
                  double *micro, double *macro);

/* Says what goes in next, unless something has failed: what went in belongs to the first failure. */
#define GIVEN(c, ...) ((c)->failed ? (void)0 : check_input((c), __VA_ARGS__))

static const double dirt = (double)CHECK_DIRT;

typedef struct {
    double micro, macro;
} figures;

/* Runs the answer on guarded copies, which must stay as they are. */
static figures run(check *c, const float *p, const unsigned char *y, size_t n, size_t labels, const float *threshold,
                   int status) {
    float *guarded_p = check_copy(c, p, n * labels * sizeof *p);
    unsigned char *guarded_y = check_copy(c, y, n * labels);
    float *guarded_threshold = check_copy(c, threshold, labels * sizeof *threshold);
    double *micro = check_copy(c, &dirt, sizeof dirt), *macro = check_copy(c, &dirt, sizeof dirt);
    check_int(c, "the returned value",
              multilabel_f1(guarded_p, guarded_y, n, labels, guarded_threshold, micro, macro), status);
    check_unchanged(c, "p", guarded_p, p, n * labels * sizeof *p);
    check_unchanged(c, "y", guarded_y, y, n * labels);
    check_unchanged(c, "threshold", guarded_threshold, threshold, labels * sizeof *threshold);
    return (figures){*micro, *macro};
}

static void expect(check *c, const float *p, const unsigned char *y, size_t n, size_t labels, const float *threshold,
                   figures right) {
    if (c->failed)
        return;
    const figures got = run(c, p, y, n, labels, threshold, 0);
    check_double(c, "*micro", got.micro, right.micro, 1e-12);
    check_double(c, "*macro", got.macro, right.macro, 1e-12);
}

/* --- Four articles ------------------------------------------------------------------------------------------------ */

static const float articles_p[] = {0.9f, 0.2f, 0.1f, 0.8f, 0.7f, 0.1f, 0.3f, 0.6f, 0.2f, 0.2f, 0.1f, 0.4f};
static const unsigned char articles_y[] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1};

static void expect_articles(check *c, float tech, float finance, float sport, figures right) {
    GIVEN(c, "p = {{0.9, 0.2, 0.1}, {0.8, 0.7, 0.1}, {0.3, 0.6, 0.2}, {0.2, 0.1, 0.4}}, y = {{1, 0, 0}, {1, 1, 0}, "
             "{1, 0, 0}, {0, 0, 1}}, threshold = {%g, %g, %g}", (double)tech, (double)finance, (double)sport);
    expect(c, articles_p, articles_y, 4, 3, (const float[]){tech, finance, sport}, right);
}

static void one_threshold(check *c) {
    expect_articles(c, 0.5f, 0.5f, 0.5f, (figures){2.0 / 3, (4.0 / 5 + 2.0 / 3) / 3});
}

static void threshold_per_label(check *c) {
    expect_articles(c, 0.5f, 0.5f, 0.3f, (figures){0.8, (4.0 / 5 + 2.0 / 3 + 1) / 3});
    expect_articles(c, 0.25f, 0.65f, 0.3f, (figures){1, 1});
}

/* --- Edges -------------------------------------------------------------------------------------------------------- */

static void equal_counts_as_yes(check *c) {
    GIVEN(c, "p = {{0.5, 0.25}, {0.75, 0.5}}, y = {{1, 1}, {0, 1}}, threshold = {0.5, 0.25}");
    expect(c, (const float[]){0.5f, 0.25f, 0.75f, 0.5f}, (const unsigned char[]){1, 1, 0, 1}, 2, 2,
           (const float[]){0.5f, 0.25f}, (figures){6.0 / 7, (2.0 / 3 + 1) / 2});
    GIVEN(c, "p = {{0}, {1}}, y = {{1}, {1}}, threshold = {0}: everything is a yes");
    expect(c, (const float[]){0, 1}, (const unsigned char[]){1, 1}, 2, 1, (const float[]){0}, (figures){1, 1});
}

/* Label 1 is never true and never predicted: it has no precision, no recall and an F1 of 0. */
static void empty_label(check *c) {
    static const float p[] = {0.9f, 0.1f, 0.6f, 0.8f, 0.2f, 0.1f};
    static const unsigned char y[] = {1, 0, 1, 1, 0, 0};
    GIVEN(c, "p = {{0.9, 0.1, 0.6}, {0.8, 0.2, 0.1}}, y = {{1, 0, 1}, {1, 0, 0}}, threshold = {0.5, 0.5, 0.5}");
    expect(c, p, y, 2, 3, (const float[]){0.5f, 0.5f, 0.5f}, (figures){1, 2.0 / 3});
}

static void all_zero(check *c) {
    static const float p[] = {0.1f, 0.2f, 0.3f, 0.4f}, high[] = {0.5f, 0.5f}, low[] = {0, 0};
    static const unsigned char none[] = {0, 0, 0, 0}, every[] = {1, 1, 1, 1};
    GIVEN(c, "two rows of two labels, nothing is true and nothing is predicted");
    expect(c, p, none, 2, 2, high, (figures){0, 0});
    GIVEN(c, "two rows of two labels, nothing is true and everything is predicted");
    expect(c, p, none, 2, 2, low, (figures){0, 0});
    GIVEN(c, "two rows of two labels, everything is true and nothing is predicted");
    expect(c, p, every, 2, 2, high, (figures){0, 0});
}

static void empty(check *c) {
    static const size_t sizes[][2] = {{0, 3}, {4, 0}, {0, 0}};
    for (size_t i = 0; i < 3 && !c->failed; i++) {
        GIVEN(c, "n = %zu, labels = %zu", sizes[i][0], sizes[i][1]);
        const figures got = run(c, articles_p, articles_y, sizes[i][0], sizes[i][1], articles_p, -1);
        check_true(c, got.micro == dirt && got.macro == dirt,
                   "*micro or *macro was written, and nothing may be when the answer is -1");
    }
}

/* --- Many rows ---------------------------------------------------------------------------------------------------- */

enum { ROWS = 200, LABELS = 12 };

/* By a formula that Python can repeat: label l is true in about 700 / (l + 1) of 1009 cases, and p is 0.25 higher
 * there. The thresholds go down from 24/64 to 13/64. */
static void make_rows(float *p, unsigned char *y, float *threshold) {
    for (int i = 0; i < ROWS; i++)
        for (int l = 0; l < LABELS; l++) {
            const int at = i * LABELS + l;
            y[at] = (i * 131 + l * 977 + i * l * 17) % 1009 < 700 / (l + 1);
            p[at] = (float)((i * 7919 + l * 104729 + i * l * 31) % 1009) / 2018 + (y[at] ? 0.25f : 0);
        }
    for (int l = 0; l < LABELS; l++)
        threshold[l] = (float)(24 - l) / 64;
}

/* Figures by scikit-learn 1.2: f1_score(y, p >= threshold, average="micro" and "macro", zero_division=0). */
static void golden(check *c) {
    float *p = CHECK_BUFFER(c, ROWS * LABELS, float), *threshold = CHECK_BUFFER(c, LABELS, float);
    unsigned char *y = CHECK_BUFFER(c, ROWS * LABELS, unsigned char);
    make_rows(p, y, threshold);
    GIVEN(c, "200 rows of 12 labels, each rarer than the one before, with thresholds from 0.375 down to 0.203");
    expect(c, p, y, ROWS, LABELS, threshold, (figures){0.4441671865252651, 0.4167364325742779});
}

static void one_label(check *c) {
    enum { N = 500 };
    float *p = CHECK_BUFFER(c, N, float);
    unsigned char *y = CHECK_BUFFER(c, N, unsigned char);
    ml_rng rng = ml_rng_seed(1, 0);
    size_t tp = 0, wrong = 0;
    for (size_t i = 0; i < N; i++) {
        p[i] = (float)ml_rng_uniform(&rng);
        y[i] = (unsigned char)ml_rng_bernoulli(&rng, (double)p[i]);
        const bool yes = p[i] >= 0.4f;
        tp += yes && y[i] == 1;
        wrong += yes != (y[i] == 1);
    }
    const double f1 = 2 * (double)tp / (double)(2 * tp + wrong);
    GIVEN(c, "500 random rows of one label, threshold = {0.4}: micro and macro are the same then");
    expect(c, p, y, N, 1, (const float[]){0.4f}, (figures){f1, f1});
}

/* One yes and one truth a row: every wrong row is one FP and one FN, so micro F1 is 2 right / 2 rows. */
static void single_label_multiclass(check *c) {
    enum { N = 300, C = 5 };
    float *p = CHECK_BUFFER(c, N * C, float);
    unsigned char *y = CHECK_BUFFER(c, N * C, unsigned char);
    ml_rng rng = ml_rng_seed(2, 0);
    size_t right = 0, tp[C] = {0}, seen[C] = {0};
    for (size_t i = 0; i < N; i++) {
        const size_t truth = ml_rng_below(&rng, C), said = ml_rng_bernoulli(&rng, 0.7) ? truth : ml_rng_below(&rng, C);
        for (size_t j = 0; j < C; j++) {
            p[i * C + j] = j == said;
            y[i * C + j] = j == truth;
        }
        right += said == truth;
        tp[truth] += said == truth;
        seen[truth]++;
        seen[said]++;
    }
    double macro = 0;
    for (size_t j = 0; j < C; j++)
        macro += 2 * (double)tp[j] / (double)seen[j] / C;
    GIVEN(c, "300 rows with one of 5 classes each, as one-hot rows, of which %zu are right; thresholds of 0.5", right);
    expect(c, p, y, N, C, (const float[]){0.5f, 0.5f, 0.5f, 0.5f, 0.5f}, (figures){(double)right / N, macro});
}

/* 200 rows of 12 labels. */
void check_cost(void) {
    static float p[ROWS * LABELS], threshold[LABELS];
    static unsigned char y[ROWS * LABELS];
    static bool ready;
    if (!ready)
        make_rows(p, y, threshold);
    ready = true;
    double micro, macro;
    multilabel_f1(p, y, ROWS, LABELS, threshold, &micro, &macro);
}

const check_case check_cases[] = {
    {"one_threshold", "Averages over three labels with one threshold for all", CHECK_SHOWN, one_threshold},
    {"threshold_per_label", "Holds each label against its own threshold", CHECK_SHOWN, threshold_per_label},
    {"equal_counts_as_yes", "Says yes where the probability equals the threshold", CHECK_HIDDEN, equal_counts_as_yes},
    {"empty_label", "Counts a label that is never true and never predicted as 0", CHECK_HIDDEN, empty_label},
    {"all_zero", "Answers 0 where there is nothing to find, and where nothing is found", CHECK_HIDDEN, all_zero},
    {"one_label", "Gives micro and macro the same value where there is one label", CHECK_HIDDEN, one_label},
    {"single_label_multiclass", "Makes micro the accuracy where each row has one class", CHECK_HIDDEN,
     single_label_multiclass},
    {"empty", "Returns -1 without rows or labels, and touches nothing", CHECK_HIDDEN, empty},
    {"golden", "Agrees with scikit-learn on 200 rows of 12 labels", CHECK_HIDDEN, golden},
    {0},
};
