/* How much data does each further class cost, and what does accuracy hide?
 *
 * Each class is a cloud round a mean, and the model learns these means from rows. What it needs is not many rows but
 * many rows a class; with rare classes it looks better than it is; and a class that joins later costs it a handful of
 * examples, or all of its outputs, depending on how the problem was framed. Sources: Huyen 2022, "Designing Machine
 * Learning Systems", chapter 2; Mensink, Verbeek, Perronnin and Csurka 2013, "Distance-based image classification:
 * generalizing to new classes at near-zero cost", IEEE TPAMI 35(11). */
#include "lab.h"

#include <string.h>

enum {
    DIMENSIONS = 16,
    SIZES = 9, /* worlds of 2, 4, 8, ..., 512 classes */
    MAX_CLASSES = 2 << (SIZES - 1),
    NEW_CLASSES = 16,
    ALL_CLASSES = MAX_CLASSES + NEW_CLASSES,
    MAX_ROWS = 16000,
    TEST_POINTS = 2000,
    PER_STEP = 128,
    MAX_ENROLLED = 16,
    SHOWN_POINTS = 500,
};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { CLASSES, ROWS, CLASS_DISTANCE, ZIPF_EXPONENT, FRAMING, ENROLLED };
enum { FIXED_OUTPUTS, COMPARE_WITH_EXAMPLES, FRAMINGS };
static const char *const class_names[] = {"2", "4", "8", "16", "32", "64", "128", "256", "512", NULL};
static const char *const framing_names[] = {"fixed_outputs", "compare_with_examples", NULL};
static const lab_param params[] = {
    [CLASSES] = {"classes", "Classes", "", LAB_CHOICE, .initial = 6, .choices = class_names,
                 .help = "The line shows all nine numbers of classes, the figures and the other plots this one."},
    [ROWS] = {"rows", "Rows to learn from", "", LAB_INTEGER, 100, MAX_ROWS, 1000, .log = true,
              .help = "All classes share them."},
    [CLASS_DISTANCE] = {"class_distance", "Distance between classes", "", LAB_NUMBER, 0.3, 2, 1, .step = 0.1,
                        .help = "Standard deviation of the class means, in units of the scatter within a class."},
    [ZIPF_EXPONENT] = {"zipf_exponent", "Imbalance (Zipf exponent)", "", LAB_NUMBER, 0, 2, 0, .step = 0.25,
                       .help = "At 0 all classes are as common; at 1 the tenth class has a tenth of the first's rows."},
    [FRAMING] = {"framing", "Framing", "", LAB_CHOICE, .initial = FIXED_OUTPUTS, .choices = framing_names, .live = true,
                 .help = "One output for each class of the training data, with its prior; or the nearest stored mean, "
                         "to which anyone can add another."},
    [ENROLLED] = {"enrolled_examples", "Examples of each new class", "", LAB_INTEGER, 1, MAX_ENROLLED, 5, .live = true,
                  .help = "How many rows of a new class are stored when it joins. Matters when comparing."},
};

static const lab_action actions[] = {
    {"new_classes", "16 new classes appear",
     "Tests the model, as it is, on 2000 points of the old and 16 new classes; press again for 16 others."},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { TOP_1, TOP_5, ALL_THE_DATA, CHOSEN };
static const lab_series accuracy_series[] = {
    [TOP_1] = {"accuracy", "accuracy", LAB_ACCENT, LAB_MARK_LINE},
    [TOP_5] = {"top5", "top 5", LAB_TEAL, LAB_MARK_LINE},
    [ALL_THE_DATA] = {"reference", "all the data", LAB_MUTED, LAB_MARK_DASHED},
    [CHOSEN] = {"chosen", "yours", LAB_MUTED, LAB_MARK_VERTICAL},
};
enum { OLD_CLASS, NEW_CLASS };
static const lab_series recall_series[] = {
    [OLD_CLASS] = {"recall", "class of the training data", LAB_ACCENT, LAB_MARK_BARS},
    [NEW_CLASS] = {"new_class", "new class", LAB_AMBER, LAB_MARK_BARS},
};
enum { RIGHT, WRONG, LEARNED_MEAN };
static const lab_series point_series[] = {
    [RIGHT] = {"right", "named right", LAB_OK, LAB_MARK_POINTS},
    [WRONG] = {"wrong", "named wrong", LAB_BAD, LAB_MARK_POINTS},
    [LEARNED_MEAN] = {"learned_mean", "learned class mean", LAB_ACCENT, LAB_MARK_POINTS},
};

enum { ACCURACY_BY_CLASSES, RECALL_BY_CLASS, POINTS };
#define SCORE "\\hat y = \\arg\\max_c\\; x\\cdot m_c - \\tfrac12\\lVert m_c\\rVert^2 + \\ln\\frac{n_c}{n}"
static const lab_view views[] = {
    [ACCURACY_BY_CLASSES] = {"accuracy_by_classes", "Accuracy by number of classes", LAB_LINE,
                             {.title = "classes", .log = true, .min = 2, .max = MAX_CLASSES},
                             {.title = "share of test points", .min = 0, .max = 1}, LAB_SERIES(accuracy_series),
                             .code = "evaluate", .formula = SCORE, .wide = true,
                             .help = "The dashed line knows the true means: what is missing up to it is missing data, "
                                     "what is missing above it no data can mend."},
    [RECALL_BY_CLASS] = {"recall_by_class", "Recall of each class, the most common first", LAB_BARS,
                         {.title = "class"}, {.title = "share of its points named right", .min = 0, .max = 1},
                         LAB_SERIES(recall_series), .code = "count_recall",
                         .formula = "\\text{recall}_c = \\frac{\\text{points of } c \\text{ named } c}"
                                    "{\\text{points of } c}",
                         .help = "Sorted by rows in the training data; classes without a test point are left out."},
    [POINTS] = {"points", "Test points, in 2 of the 16 dimensions", LAB_SCATTER, {.title = "x1"}, {.title = "x2"},
                LAB_SERIES(point_series), .code = "evaluate",
                .help = "The clouds overlap here; the other fourteen dimensions help to tell them apart."},
};

enum { ROWS_PER_CLASS, ACCURACY, TOP5_ACCURACY, REFERENCE_ACCURACY, MACRO_RECALL, NEVER_PREDICTED, NEW_CLASS_RECALL };
static const lab_readout readouts[] = {
    [ROWS_PER_CLASS] = {"rows_per_class", "Rows per class", "", .code = "figures", .formula = "\\frac nC"},
    [ACCURACY] = {"accuracy", "Accuracy", "", .absent = "not yet", .code = "ml_topk_accuracy",
                  .help = "Share of the test points for which the class with the highest score is right."},
    [TOP5_ACCURACY] = {"top5_accuracy", "Top-5 accuracy", "", .absent = "not yet", .code = "ml_topk_accuracy",
                       .help = "The same if the right class may be anywhere among the five highest scores."},
    [REFERENCE_ACCURACY] = {"reference_accuracy", "With all the data in the world", "", .absent = "not yet",
                            .code = "evaluate",
                            .help = "Accuracy of a model that is told the true means and how common each class is."},
    [MACRO_RECALL] = {"macro_recall", "Macro recall", "", .absent = "not yet", .code = "count_recall",
                      .formula = "\\frac1{|T|}\\sum_{c \\in T} \\text{recall}_c",
                      .help = "Mean of the bars: each class counts the same, however rare."},
    [NEVER_PREDICTED] = {"never_predicted", "Classes never predicted", "", .absent = "not yet",
                         .code = "count_recall", .help = "Share of all classes that no test point was taken for."},
    [NEW_CLASS_RECALL] = {"new_class_recall", "Recall of the new classes", "", .absent = "none yet",
                          .code = "figures", .help = "Share of the new classes' test points that are named right."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* Some classes, a model of the first `old` of them, and test points. All are the old ones until new ones appear. */
typedef struct world {
    int32_t classes, old;
    double *true_mean, *log_share;  /* [ALL_CLASSES x DIMENSIONS], [ALL_CLASSES] */
    double *mean;                   /* [ALL_CLASSES x DIMENSIONS] as learned, or enrolled */
    double *log_prior[FRAMINGS];    /* [ALL_CLASSES]; when comparing: 0, or -infinity for a class without rows */
    double *x;                      /* [TEST_POINTS x DIMENSIONS] */
    int32_t *label;                 /* [TEST_POINTS] */
    int32_t *predicted[FRAMINGS];   /* [TEST_POINTS] */
    int32_t tested;                 /* points so far, and sums over them: */
    double right[FRAMINGS], in_top5[FRAMINGS], reference;
} world;

typedef struct many_classes {
    uint64_t seed;
    world chosen, sweep;   /* of the chosen number of classes, and of the others in turn */
    world enlarged;        /* the chosen one with new classes; 0 classes before they appear */
    world result[SIZES];   /* the figures of each size, once all its points are tested */
    double *x;             /* [MAX_ROWS x DIMENSIONS] rows to learn from */
    int32_t *label;        /* [MAX_ROWS] */
    float *score;          /* [PER_STEP x ALL_CLASSES] */
    double *example;       /* [NEW_CLASSES x MAX_ENROLLED x DIMENSIONS] */
    ml_rng newcomer_rng;
} many_classes;

/* The world of the figures and of all views but the line. */
static const world *shown_world(const many_classes *s) {
    return s->enlarged.classes > 0 ? &s->enlarged : &s->chosen;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

typedef struct recall {
    int32_t points[ALL_CLASSES], right[ALL_CLASSES], predicted[ALL_CLASSES]; /* by class */
    double macro; /* mean over the classes that have points */
    double never_predicted; /* share of all classes */
} recall;

static recall count_recall(const world *w, int32_t framing) {
    recall r = {0};
    int32_t occur = 0, never = 0;
    for (int32_t i = 0; i < w->tested; i++) {
        const int32_t truth = w->label[i], said = w->predicted[framing][i];
        r.points[truth]++;
        r.predicted[said]++;
        r.right[truth] += said == truth;
    }
    for (int32_t c = 0; c < w->classes; c++) {
        never += r.predicted[c] == 0;
        occur += r.points[c] > 0;
        r.macro += r.points[c] > 0 ? (double)r.right[c] / r.points[c] : 0.0;
    }
    r.macro /= occur > 0 ? occur : 1;
    r.never_predicted = (double)never / w->classes;
    return r;
}

static double recall_of_new(const world *w, const recall *r) {
    int32_t points = 0, right = 0;
    for (int32_t c = w->old; c < w->classes; c++) {
        points += r->points[c];
        right += r->right[c];
    }
    return points > 0 ? (double)right / points : -1.0;
}

static void figures(void *state, const double *param, double *readout) {
    const world *w = shown_world(state);
    const int32_t framing = (int32_t)param[FRAMING];
    const recall r = count_recall(w, framing);
    const bool any = w->tested > 0;
    readout[ROWS_PER_CLASS] = param[ROWS] / w->old;
    readout[ACCURACY] = any ? w->right[framing] / w->tested : -1.0;
    readout[TOP5_ACCURACY] = any ? w->in_top5[framing] / w->tested : -1.0;
    readout[REFERENCE_ACCURACY] = any ? w->reference / w->tested : -1.0;
    readout[MACRO_RECALL] = any ? r.macro : -1.0;
    readout[NEVER_PREDICTED] = w->tested == TEST_POINTS ? r.never_predicted : -1.0; /* few points cannot name many */
    readout[NEW_CLASS_RECALL] = recall_of_new(w, &r);
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* All points of the chosen number of classes are tested, and no class is new. */
static bool is_measured(const many_classes *s) {
    return s->chosen.tested == TEST_POINTS && s->enlarged.classes == 0;
}

static bool missing_data(const void *state, const double *param, const double *readout) {
    (void)param;
    return is_measured(state) && readout[ROWS_PER_CLASS] < 10.0 && readout[TOP5_ACCURACY] > 0.8 &&
           readout[ACCURACY] < readout[REFERENCE_ACCURACY] - 0.08;
}

static bool data_closes_the_gap(const void *state, const double *param, const double *readout) {
    const many_classes *s = state;
    (void)param;
    return is_measured(s) && s->chosen.classes >= 256 && readout[ACCURACY] > readout[REFERENCE_ACCURACY] - 0.04;
}

static bool imbalance_flatters(const void *state, const double *param, const double *readout) {
    const many_classes *s = state;
    (void)param;
    return is_measured(s) && s->chosen.classes >= 128 && readout[ACCURACY] > 0.8 && readout[MACRO_RECALL] < 0.5 &&
           readout[NEVER_PREDICTED] > 0.3;
}

static bool enrolled_in_a_moment(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[FRAMING] == COMPARE_WITH_EXAMPLES && param[ENROLLED] <= 5.0 && readout[NEW_CLASS_RECALL] > 0.5;
}

static const lab_goal goals[] = {
    {"missing_data",
     "Just press Run: at 128 classes, with fewer than 10 rows for each, a tenth of all answers is lost for want of "
     "data alone, although the right class is nearly always among the first five.",
     missing_data, ""},
    {"data_closes_the_gap",
     "At 256 classes or more, feed the model until it comes within 0.04 of the dashed line. No amount goes beyond it.",
     data_closes_the_gap, "classes=256 rows=16000"},
    {"imbalance_flatters",
     "Make a few classes common and most rare, at 128 classes or more: accuracy climbs above 0.8 while macro recall "
     "falls below a half, and a third of the classes is never named at all.",
     imbalance_flatters, "classes=128 rows=2000 zipf_exponent=1.5"},
    {"enrolled_in_a_moment",
     "Press \"16 new classes appear\": fixed outputs cannot name them, ever. Compare with examples instead, and name "
     "more than half of their points after 5 examples each, without training.",
     enrolled_in_a_moment, "classes=64 framing=compare_with_examples"},
};

/* --- A world ------------------------------------------------------------------------------------------------------ */

static void draw_normals(ml_rng *rng, size_t n, double scale, double *value) {
    for (size_t i = 0; i < n; i++)
        value[i] = scale * ml_rng_normal(rng);
}

/* P(c) in proportion to 1 / rank^z (Zipf's law), as logarithms. */
static void set_shares(world *w, double exponent) {
    double sum = 0.0;
    for (int32_t c = 0; c < w->classes; c++)
        sum += ml_pow(c + 1.0, -exponent);
    for (int32_t c = 0; c < w->classes; c++)
        w->log_share[c] = -exponent * ml_log(c + 1.0) - ml_log(sum);
}

/* Classes by their shares: where a uniform number falls in the running sum. */
static void draw_labels(const world *w, ml_rng *rng, int32_t n, int32_t *label) {
    double below[ALL_CLASSES], sum = 0.0;
    for (int32_t c = 0; c < w->classes; c++)
        below[c] = sum += ml_exp(w->log_share[c]);
    for (int32_t i = 0; i < n; i++) {
        const double u = sum * ml_rng_uniform(rng);
        int32_t low = 0, high = w->classes - 1; /* the first class whose running sum is above u */
        while (low < high) {
            const int32_t middle = (low + high) / 2;
            if (below[middle] > u)
                high = middle;
            else
                low = middle + 1;
        }
        label[i] = low;
    }
}

/* Each row at its class's true mean, plus normal noise. */
static void draw_rows(const world *w, ml_rng *rng, int32_t n, const int32_t *label, double *x) {
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < DIMENSIONS; j++)
            *x++ = w->true_mean[label[i] * DIMENSIONS + j] + ml_rng_normal(rng);
}

static void forget_tests(world *w) {
    w->tested = 0;
    w->reference = 0.0;
    for (int32_t f = 0; f < FRAMINGS; f++)
        w->right[f] = w->in_top5[f] = 0.0;
}

/* The world of 2 << size classes: the same whether it is the chosen one or the sweep's. */
static ml_status make_world(many_classes *s, world *w, const double *param, int32_t size, ml_error *error) {
    enum { MEANS, LABELS, NOISE, TEST_LABELS, TEST_NOISE, STREAMS };
    ml_rng rng[STREAMS];
    for (int32_t i = 0; i < STREAMS; i++)
        rng[i] = ml_rng_seed(s->seed, (uint64_t)(STREAMS * size + i + 1));
    const int32_t rows = (int32_t)param[ROWS];
    w->classes = w->old = 2 << size;
    set_shares(w, param[ZIPF_EXPONENT]);
    draw_normals(&rng[MEANS], (size_t)(w->classes * DIMENSIONS), param[CLASS_DISTANCE], w->true_mean);
    draw_labels(w, &rng[LABELS], rows, s->label);
    draw_rows(w, &rng[NOISE], rows, s->label, s->x);
    draw_labels(w, &rng[TEST_LABELS], TEST_POINTS, w->label);
    draw_rows(w, &rng[TEST_NOISE], TEST_POINTS, w->label, w->x);
    ML_TRY(ml_nearest_mean_fit((size_t)rows, DIMENSIONS, (size_t)w->classes, s->x, s->label, w->mean,
                               w->log_prior[FIXED_OUTPUTS], error));
    for (int32_t c = 0; c < w->classes; c++) {
        const double prior = w->log_prior[FIXED_OUTPUTS][c];
        w->log_prior[COMPARE_WITH_EXAMPLES][c] = isfinite(prior) ? 0.0 : prior;
    }
    forget_tests(w);
    return ML_OK;
}

/* How many classes the model can name. */
static int32_t named_classes(const world *w, int32_t framing) {
    return framing == FIXED_OUTPUTS ? w->old : w->classes;
}

/* Scores the next `n` points, at most PER_STEP. */
static void score_points(many_classes *s, const world *w, int32_t n, int32_t classes, const double *mean,
                         const double *log_prior) {
    ml_nearest_mean_scores((size_t)n, DIMENSIONS, (size_t)classes, w->x + w->tested * DIMENSIONS, mean, log_prior,
                           s->score);
}

/* How many of them have their class among the k best. A label from `classes` on has no score, so it is wrong. */
static double count_top(const many_classes *s, const world *w, int32_t n, int32_t classes, size_t k) {
    return n * ml_topk_accuracy(s->score, w->label + w->tested, (size_t)n, (size_t)classes, k);
}

/* The next points, by the model in both framings, and by one that knows the truth. */
static void evaluate(many_classes *s, world *w) {
    const int32_t left = TEST_POINTS - w->tested, n = left < PER_STEP ? left : PER_STEP;
    for (int32_t f = 0; f < FRAMINGS; f++) {
        const int32_t classes = named_classes(w, f);
        score_points(s, w, n, classes, w->mean, w->log_prior[f]);
        w->right[f] += count_top(s, w, n, classes, 1);
        w->in_top5[f] += count_top(s, w, n, classes, 5);
        for (int32_t i = 0; i < n; i++)
            w->predicted[f][w->tested + i] = (int32_t)ml_argmax((size_t)classes, s->score + i * classes);
    }
    score_points(s, w, n, w->classes, w->true_mean, w->log_share);
    w->reference += count_top(s, w, n, w->classes, 1);
    w->tested += n;
}

/* --- New classes -------------------------------------------------------------------------------------------------- */

/* Stores the mean of each new class's first examples, and tests all points again. */
static void enrol(many_classes *s, int32_t examples) {
    world *w = &s->enlarged;
    for (int32_t k = 0; k < NEW_CLASSES; k++) {
        double *const mean = w->mean + (w->old + k) * DIMENSIONS;
        memset(mean, 0, DIMENSIONS * sizeof *mean);
        for (int32_t i = 0; i < examples; i++)
            for (int32_t j = 0; j < DIMENSIONS; j++)
                mean[j] += s->example[(k * MAX_ENROLLED + i) * DIMENSIONS + j] / examples;
        w->log_prior[COMPARE_WITH_EXAMPLES][w->old + k] = 0.0;
    }
    forget_tests(w);
    while (w->tested < TEST_POINTS)
        evaluate(s, w);
}

static void draw_examples(many_classes *s) {
    int32_t label[NEW_CLASSES * MAX_ENROLLED];
    for (int32_t i = 0; i < NEW_CLASSES * MAX_ENROLLED; i++)
        label[i] = s->enlarged.old + i / MAX_ENROLLED;
    draw_rows(&s->enlarged, &s->newcomer_rng, NEW_CLASSES * MAX_ENROLLED, label, s->example);
}

static ml_status act(void *state, const double *param, int32_t action, ml_error *error) {
    many_classes *s = state;
    const world *from = &s->chosen;
    world *w = &s->enlarged;
    (void)action, (void)error; /* there is one */
    w->old = from->classes;
    w->classes = w->old + NEW_CLASSES;
    const size_t old = (size_t)w->old, means = old * DIMENSIONS;
    memcpy(w->true_mean, from->true_mean, means * sizeof(double));
    memcpy(w->mean, from->mean, means * sizeof(double));
    for (int32_t f = 0; f < FRAMINGS; f++)
        memcpy(w->log_prior[f], from->log_prior[f], old * sizeof(double));
    draw_normals(&s->newcomer_rng, NEW_CLASSES * DIMENSIONS, param[CLASS_DISTANCE], w->true_mean + means);
    set_shares(w, 0.0); /* old and new are as common now */
    draw_examples(s);
    draw_labels(w, &s->newcomer_rng, TEST_POINTS, w->label);
    draw_rows(w, &s->newcomer_rng, TEST_POINTS, w->label, w->x);
    enrol(s, (int32_t)param[ENROLLED]);
    return ML_OK;
}

static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    many_classes *s = state;
    (void)error;
    if (changed == ENROLLED && s->enlarged.classes > 0)
        enrol(s, (int32_t)param[ENROLLED]);
    return ML_OK; /* both framings are counted all the time */
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static bool allocate_world(world *w, ml_arena *arena) {
    w->true_mean = ML_ALLOC(arena, ALL_CLASSES * DIMENSIONS, double);
    w->mean = ML_ALLOC(arena, ALL_CLASSES * DIMENSIONS, double);
    w->log_share = ML_ALLOC(arena, ALL_CLASSES, double);
    w->x = ML_ALLOC(arena, TEST_POINTS * DIMENSIONS, double);
    w->label = ML_ALLOC(arena, TEST_POINTS, int32_t);
    bool all = w->true_mean && w->mean && w->log_share && w->x && w->label;
    for (int32_t f = 0; f < FRAMINGS; f++) {
        w->log_prior[f] = ML_ALLOC(arena, ALL_CLASSES, double);
        w->predicted[f] = ML_ALLOC(arena, TEST_POINTS, int32_t);
        all = all && w->log_prior[f] && w->predicted[f];
    }
    return all;
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    many_classes *s = state;
    s->seed = setup->seed;
    s->newcomer_rng = ml_rng_seed(setup->seed, 1000);
    s->x = ML_ALLOC(setup->arena, MAX_ROWS * DIMENSIONS, double);
    s->label = ML_ALLOC(setup->arena, MAX_ROWS, int32_t);
    s->score = ML_ALLOC(setup->arena, PER_STEP * ALL_CLASSES, float);
    s->example = ML_ALLOC(setup->arena, NEW_CLASSES * MAX_ENROLLED * DIMENSIONS, double);
    const bool worlds = allocate_world(&s->chosen, setup->arena) && allocate_world(&s->sweep, setup->arena) &&
                        allocate_world(&s->enlarged, setup->arena);
    if (!worlds || !s->x || !s->label || !s->score || !s->example)
        return ml_fail(error, ML_ENOMEM, "the classes do not fit in the lab's memory; use fewer rows");
    s->sweep.tested = TEST_POINTS; /* nothing to test there yet */
    return make_world(s, &s->chosen, param, (int32_t)param[CLASSES], error);
}

/* The lowest size without a result; SIZES when all have one. */
static int32_t next_size(const many_classes *s) {
    int32_t size = 0;
    while (size < SIZES && s->result[size].tested > 0)
        size++;
    return size;
}

static int32_t size_of(const world *w) {
    int32_t size = 0;
    while (2 << size < w->classes)
        size++;
    return size;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    many_classes *s = state;
    world *w = s->chosen.tested < TEST_POINTS ? &s->chosen : &s->sweep;
    if (w == &s->sweep && w->tested == TEST_POINTS) {
        ML_TRY(make_world(s, w, param, next_size(s), error));
        *budget -= (int64_t)(param[ROWS] + TEST_POINTS) * DIMENSIONS * 16; /* a normal draw counts as 16 */
    }
    evaluate(s, w);
    *budget -= (int64_t)PER_STEP * DIMENSIONS * (FRAMINGS + 1) * w->classes;
    if (w->tested == TEST_POINTS)
        s->result[size_of(w)] = *w;
    progress->step++;
    progress->finished = next_size(s) == SIZES;
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_accuracies(const many_classes *s, int32_t framing, lab_frame *frame) {
    float classes[SIZES], top1[SIZES], top5[SIZES], reference[SIZES];
    size_t n = 0;
    for (int32_t size = 0; size < SIZES; size++) {
        const world *w = &s->result[size];
        if (w->tested == 0)
            continue;
        classes[n] = (float)w->classes;
        top1[n] = (float)(w->right[framing] / w->tested);
        top5[n] = (float)(w->in_top5[framing] / w->tested);
        reference[n++] = (float)(w->reference / w->tested);
    }
    lab_put_points(frame, TOP_1, n, classes, top1);
    lab_put_points(frame, TOP_5, n, classes, top5);
    lab_put_points(frame, ALL_THE_DATA, n, classes, reference);
    lab_put_point(frame, CHOSEN, (float)s->chosen.classes, 0.5f);
}

/* The classes that have test points: the old ones by their rows, the most common first, then the new ones. */
static size_t sort_classes(const world *w, const recall *r, uint32_t *order) {
    double rarity[ALL_CLASSES];
    uint32_t all[ALL_CLASSES], scratch[ALL_CLASSES];
    size_t n = 0;
    for (int32_t c = 0; c < w->old; c++)
        rarity[c] = -w->log_prior[FIXED_OUTPUTS][c];
    ml_argsort_double((size_t)w->old, rarity, all, scratch);
    for (int32_t c = w->old; c < w->classes; c++)
        all[c] = (uint32_t)c;
    for (int32_t i = 0; i < w->classes; i++)
        if (r->points[all[i]] > 0)
            order[n++] = all[i];
    return n;
}

/* New classes stand at the right end, in a block that is 0 where old ones stand. */
static void put_recall(const world *w, int32_t framing, lab_frame *frame) {
    const recall r = count_recall(w, framing);
    uint32_t order[ALL_CLASSES];
    float bar[2][ALL_CLASSES] = {{0}};
    size_t n_old = 0;
    const size_t n = sort_classes(w, &r, order);
    for (size_t i = 0; i < n; i++) {
        const bool is_new = (int32_t)order[i] >= w->old;
        bar[is_new][i] = (float)r.right[order[i]] / (float)r.points[order[i]];
        n_old += !is_new;
    }
    lab_put_points(frame, OLD_CLASS, n_old, NULL, bar[OLD_CLASS]);
    if (w->classes > w->old)
        lab_put_points(frame, NEW_CLASS, n, NULL, bar[NEW_CLASS]);
    for (size_t i = 0; i < n; i++)
        lab_put_label(frame, (int32_t)order[i] < w->old ? "%u" : "new %u", order[i] + 1);
}

static void put_tests(const world *w, int32_t framing, bool right, lab_frame *frame) {
    float x1[SHOWN_POINTS], x2[SHOWN_POINTS];
    size_t n = 0;
    for (int32_t i = 0; i < w->tested && i < SHOWN_POINTS; i++) {
        if ((w->predicted[framing][i] == w->label[i]) != right)
            continue;
        x1[n] = (float)w->x[i * DIMENSIONS];
        x2[n++] = (float)w->x[i * DIMENSIONS + 1];
    }
    lab_put_points(frame, right ? RIGHT : WRONG, n, x1, x2);
}

static void put_means(const world *w, int32_t framing, lab_frame *frame) {
    float x1[ALL_CLASSES], x2[ALL_CLASSES];
    size_t n = 0;
    for (int32_t c = 0; c < named_classes(w, framing); c++) {
        if (!isfinite(w->log_prior[framing][c]))
            continue; /* no row, no mean */
        x1[n] = (float)w->mean[c * DIMENSIONS];
        x2[n++] = (float)w->mean[c * DIMENSIONS + 1];
    }
    lab_put_points(frame, LEARNED_MEAN, n, x1, x2);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const world *w = shown_world(state);
    const int32_t framing = (int32_t)param[FRAMING];
    if (view == ACCURACY_BY_CLASSES) {
        put_accuracies(state, framing, frame);
    } else if (view == RECALL_BY_CLASS) {
        put_recall(w, framing, frame);
    } else {
        put_means(w, framing, frame); /* below the points, which are fewer where classes are many */
        put_tests(w, framing, true, frame);
        put_tests(w, framing, false, frame);
    }
}

enum {
    WORLD_BYTES = (2 * ALL_CLASSES * DIMENSIONS + 3 * ALL_CLASSES + TEST_POINTS * DIMENSIONS) * (int)sizeof(double) +
                  3 * TEST_POINTS * (int)sizeof(int32_t) + 1024,
    ARENA_BYTES = 3 * WORLD_BYTES + (MAX_ROWS + NEW_CLASSES * MAX_ENROLLED) * DIMENSIONS * (int)sizeof(double) +
                  MAX_ROWS * (int)sizeof(int32_t) + PER_STEP * ALL_CLASSES * (int)sizeof(float) + 1024,
};

const lab lab_many_classes = {
    .name = "many-classes",
    .title = "Cardinality against data",
    .question = "How much data does each further class cost, and what does accuracy hide?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .actions = actions,
    .n_actions = LAB_COUNT(actions),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(many_classes),
    .arena_bytes = ARENA_BYTES,
    .steps_per_second = 80,
    .step_label = "128 test points",
    .init = init,
    .step = step,
    .adjust = adjust,
    .act = act,
    .read = read,
    .figures = figures,
};
