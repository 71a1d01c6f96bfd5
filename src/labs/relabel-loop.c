/* Which labels should be checked, and would the score tell that it helped?
 *
 * A model that was trained without a row can doubt the row's label. The most doubted rows go to a person, the labels
 * are mended, the model is trained again: a loop in which model and data improve each other. The score on test labels
 * that nobody mends hardly notices; and a model whose mistakes look like its truth doubts the wrong rows. Sources:
 * Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", Journal of
 * Artificial Intelligence Research 70; Northcutt, Athalye and Mueller 2021, "Pervasive label errors in test sets
 * destabilize machine learning benchmarks", NeurIPS Datasets and Benchmarks. */
#include "lab.h"

#include <string.h>

enum {
    DIMENSIONS = 10,
    ROWS = 300,
    TEST_ROWS = 4000,
    MAX_WORLDS = 40,
    FOLDS = 5,
    ROUNDS_OF_NONE = 20,
    MAX_ROUNDS = 100, /* at least 5 rows are checked a round, so 60 are enough unless the reader keeps switching */
    SECONDS_PER_ROW = 30,
};

/* The classes lie 2 standard deviations from the boundary; the best that anyone can do is the normal distribution
 * function at 2. */
static const double centre_distance = 2.0, best_accuracy = 0.97724986805182079;
static const double ridge = 1.0;

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { LABEL_NOISE, NOISE_KIND, STRATEGY, ROWS_PER_ROUND, WORLDS };
enum { ONE_SIDED, SYMMETRIC };
enum { LEAST_BELIEVED, RANDOM, MOST_UNCERTAIN, NONE };
static const char *const noise_kinds[] = {"one_sided", "symmetric", NULL};
static const char *const strategies[] = {"least_believed", "random", "most_uncertain", "none", NULL};
static const lab_param params[] = {
    [LABEL_NOISE] = {"label_noise", "Wrong labels", "", LAB_NUMBER, 0, 0.4, 0.2, .step = 0.05,
                     .help = "The share of all labels that are wrong at first, in training and in test rows alike."},
    [NOISE_KIND] = {"noise_kind", "Kind of mistakes", "", LAB_CHOICE, .initial = ONE_SIDED, .choices = noise_kinds,
                    .help = "One-sided: positives are missed, nothing is made up. Symmetric: either class for the "
                            "other."},
    [STRATEGY] = {"strategy", "Rows to check", "", LAB_CHOICE, .initial = LEAST_BELIEVED, .choices = strategies,
                  .live = true,
                  .help = "Least believed: the given label has the lowest probability. Most uncertain: the probability "
                          "is nearest to one half."},
    [ROWS_PER_ROUND] = {"rows_per_round", "Rows per round", "", LAB_INTEGER, 5, 60, 15, .step = 5, .live = true,
                        .help = "How many rows a person looks at before the model is trained again."},
    [WORLDS] = {"worlds", "Worlds", "", LAB_INTEGER, 1, MAX_WORLDS, 20,
                .help = "Data sets on which the loop runs side by side; lines and figures are means over them.",
                .advanced = true},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { TRUE_LINE, MEASURED_LINE, BEST_LINE };
static const lab_series accuracy_series[] = {
    [TRUE_LINE] = {"true_accuracy", "true", LAB_ACCENT, LAB_MARK_LINE},
    [MEASURED_LINE] = {"measured_accuracy", "measured", LAB_AMBER, LAB_MARK_LINE},
    [BEST_LINE] = {"best_possible", "best possible", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
enum { WRONG_LINE, HIT_LINE };
static const lab_series label_series[] = {
    [WRONG_LINE] = {"wrong_labels", "labels still wrong", LAB_BAD, LAB_MARK_LINE},
    [HIT_LINE] = {"hit_rate", "hits among checked", LAB_TEAL, LAB_MARK_LINE},
};
enum { LABEL_RIGHT, LABEL_WRONG, LABEL_CHECKED, MODEL_BORDER, TRUE_BORDER };
static const lab_series row_series[] = {
    [LABEL_RIGHT] = {"label_right", "label right", LAB_MUTED, LAB_MARK_POINTS},
    [LABEL_WRONG] = {"label_wrong", "label wrong", LAB_BAD, LAB_MARK_POINTS},
    [LABEL_CHECKED] = {"checked", "checked", LAB_OK, LAB_MARK_POINTS},
    [MODEL_BORDER] = {"model_border", "model's border", LAB_ACCENT, LAB_MARK_LINE},
    [TRUE_BORDER] = {"true_border", "truth", LAB_MUTED, LAB_MARK_VERTICAL},
};

enum { ACCURACY_BY_ROUND, WRONG_LABELS_BY_ROUND, ROWS_VIEW };
static const lab_view views[] = {
    [ACCURACY_BY_ROUND] = {"accuracy_by_round", "Accuracy by round", LAB_LINE, {.title = "round"},
                           {.title = "share of test rows", .min = 0.5, .max = 1}, LAB_SERIES(accuracy_series),
                           .code = "test_model", .wide = true,
                           .formula = "\\frac1m\\sum_{i=1}^m [\\,\\hat y_i = y_i\\,]",
                           .help = "True: against the true labels of the test rows. Measured: against the labels that "
                                   "they came with, which is all that a dashboard has."},
    [WRONG_LABELS_BY_ROUND] = {"wrong_labels_by_round", "Labels by round", LAB_LINE, {.title = "round"},
                               {.title = "share", .min = 0, .max = 1}, LAB_SERIES(label_series), .code = "check_rows",
                               .help = "How many of the 300 labels are still wrong, and how many of the rows that a "
                                       "person looked at were."},
    [ROWS_VIEW] = {"rows", "Training rows of the first world", LAB_SCATTER,
                   {.title = "along the true direction", .min = -5.5, .max = 5.5},
                   {.title = "across it, the way the first model errs", .min = -4.5, .max = 4.5},
                   LAB_SERIES(row_series), .code = "cross_validate",
                   .formula = "P(\\text{given label}) = \\sigma\\big(\\pm(w_{-k}\\cdot x + c_{-k})\\big)",
                   .help = "Positives belong to the right of the vertical line. Rings: the rows to be checked next."},
};

enum { ROUND, TRUE_ACCURACY, MEASURED_ACCURACY, WRONG_LABELS, HIT_RATE, ROWS_CHECKED, DEGREES_OFF, PERSON_MINUTES };
static const lab_readout readouts[] = {
    [ROUND] = {"round", "Round", "", .code = "rounds_done", .help = "Of the slowest world."},
    [TRUE_ACCURACY] = {"true_accuracy", "True accuracy", "", .code = "test_model"},
    [MEASURED_ACCURACY] = {"measured_accuracy", "Measured accuracy", "", .code = "test_model",
                           .help = "On test labels that are as often wrong as the training labels were."},
    [WRONG_LABELS] = {"wrong_labels", "Labels still wrong", "", .code = "record",
                      .help = "Share of the training labels."},
    [HIT_RATE] = {"hit_rate", "Hit rate", "", .absent = "nobody asked", .code = "check_rows",
                  .help = "Share of the rows checked in the last round whose label was wrong."},
    [ROWS_CHECKED] = {"rows_checked", "Rows checked", "per world", .code = "check_rows"},
    [DEGREES_OFF] = {"degrees_off", "Model off the true direction by", "°", .code = "degrees_off",
                     .formula = "\\angle(w, u)", .minor = true},
    [PERSON_MINUTES] = {"person_minutes", "A person's time", "min per world", .code = "figures",
                        .help = "At 30 seconds a row."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct world {
    double *x;      /* [ROWS x DIMENSIONS] */
    double *test_x; /* [TEST_ROWS x DIMENSIONS] */
    uint8_t given[ROWS], test_given[TEST_ROWS]; /* labels as they came, or as a person mended them */
    bool checked[ROWS];
    uint32_t fold[ROWS];
    uint32_t turn_of[ROWS];  /* random, for the strategy of that name */
    double believed[ROWS];   /* probability of the given label, by a model that did not see the row */
    bool is_scored;          /* `believed` is of the labels as they are */
    double weight[DIMENSIONS], intercept;
    int32_t n_checked;
    int32_t round;
} world;

/* Sums over the worlds that have finished a round. */
typedef struct tally {
    double true_accuracy, measured_accuracy, degrees;
    int32_t wrong, asked, hits, checked, worlds;
} tally;

typedef struct relabel_loop {
    world world[MAX_WORLDS];
    tally history[MAX_ROUNDS + 1];
    int32_t n_worlds, turn;
    double across[DIMENSIONS]; /* of the first world's plot: where its first model errs, of length 1 */
    double *x;                 /* [ROWS x DIMENSIONS] the rows of four folds, or of one */
    uint8_t *label;            /* [ROWS] */
    double *prediction;        /* [TEST_ROWS] */
    ml_arena scratch;          /* of one fit */
} relabel_loop;

/* The truth alternates, in training and in test rows. */
static uint8_t truth(size_t row) {
    return row & 1;
}

/* The last round that all worlds have finished. */
static int32_t rounds_done(const relabel_loop *s) {
    int32_t round = 0;
    while (round < MAX_ROUNDS && s->history[round + 1].worlds == s->n_worlds)
        round++;
    return round;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static double hit_rate(const tally *t) {
    return t->asked > 0 ? (double)t->hits / t->asked : -1.0;
}

static void figures(void *state, const double *param, double *readout) {
    const relabel_loop *s = state;
    const int32_t round = rounds_done(s);
    const tally *t = &s->history[round];
    (void)param;
    readout[ROUND] = round;
    readout[TRUE_ACCURACY] = t->true_accuracy / t->worlds;
    readout[MEASURED_ACCURACY] = t->measured_accuracy / t->worlds;
    readout[WRONG_LABELS] = (double)t->wrong / (ROWS * t->worlds);
    readout[HIT_RATE] = hit_rate(t);
    readout[ROWS_CHECKED] = (double)t->checked / t->worlds;
    readout[DEGREES_OFF] = t->degrees / t->worlds;
    readout[PERSON_MINUTES] = readout[ROWS_CHECKED] * SECONDS_PER_ROW / 60.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

static double true_accuracy(const relabel_loop *s, int32_t round) {
    return s->history[round].true_accuracy / s->history[round].worlds;
}

/* Whether a person was asked in so many rounds, and how many of the answers, up to now, found a wrong label. */
static bool has_asked(const relabel_loop *s, int32_t rounds, double *hits) {
    int32_t asked = 0, found = 0, with_answers = 0;
    for (int32_t r = 1; r <= rounds_done(s); r++) {
        asked += s->history[r].asked;
        found += s->history[r].hits;
        with_answers += s->history[r].asked > 0;
    }
    *hits = asked > 0 ? (double)found / asked : 0.0;
    return with_answers >= rounds;
}

static bool hidden_progress(const void *state, const double *param, const double *readout) {
    const relabel_loop *s = state;
    const tally *first = &s->history[0];
    double hits;
    (void)param;
    return has_asked(s, 6, &hits) && readout[TRUE_ACCURACY] > true_accuracy(s, 0) + 0.1 &&
           readout[MEASURED_ACCURACY] < first->measured_accuracy / first->worlds + 0.05;
}

static bool where_to_look(const void *state, const double *param, const double *readout) {
    double hits;
    return param[STRATEGY] == RANDOM && param[LABEL_NOISE] >= 0.1 && has_asked(state, 6, &hits) &&
           hits < 1.5 * param[LABEL_NOISE] && readout[TRUE_ACCURACY] < 0.92;
}

static bool worse_before_better(const void *state, const double *param, const double *readout) {
    const relabel_loop *s = state;
    if (param[NOISE_KIND] != SYMMETRIC || readout[ROUND] < 3.0)
        return false;
    return true_accuracy(s, 2) < true_accuracy(s, 0) - 0.005 && readout[TRUE_ACCURACY] > true_accuracy(s, 0) + 0.005;
}

static bool nothing_to_fix(const void *state, const double *param, const double *readout) {
    double hits;
    return param[LABEL_NOISE] == 0.0 && has_asked(state, 3, &hits) && hits == 0.0 &&
           fabs(readout[TRUE_ACCURACY] - true_accuracy(state, 0)) < 1e-9;
}

static const lab_goal goals[] = {
    {"hidden_progress",
     "Just press Run: after six rounds the model is right on over a tenth more of the rows, and the measured accuracy "
     "has risen by less than 0.05. The test labels are wrong too, and nobody mends them.",
     hidden_progress, ""},
    {"where_to_look",
     "Let the person check random rows instead: after six rounds the true accuracy is still below 0.92, because no "
     "more of the answers find a wrong label than there are wrong labels.",
     where_to_look, "strategy=random"},
    {"worse_before_better",
     "Make the mistakes symmetric: nearly every row that is checked is wrong, and yet the true accuracy falls for two "
     "rounds before it rises. Only the mistakes that contradict the model are doubted; those that misled it stay.",
     worse_before_better, "noise_kind=symmetric label_noise=0.3"},
    {"nothing_to_fix",
     "Take labels without a mistake, and ask for three rounds: no hit, and not a row is classified better. Time to "
     "stop.",
     nothing_to_fix, "label_noise=0"},
};

/* --- The data ----------------------------------------------------------------------------------------------------- */

/* Rows at +2 (positive) or -2 (negative) along the diagonal, plus normal noise in every direction. */
static void draw_rows(ml_rng *rng, size_t n, double *x) {
    const double step = centre_distance / sqrt((double)DIMENSIONS);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < DIMENSIONS; j++)
            *x++ = (truth(i) ? step : -step) + ml_rng_normal(rng);
}

/* Symmetric: each label is wrong with the given chance. One-sided: each positive with twice that. */
static void draw_labels(ml_rng *rng, size_t n, const double *param, uint8_t *given) {
    for (size_t i = 0; i < n; i++) {
        const double one_sided = truth(i) ? 2.0 * param[LABEL_NOISE] : 0.0;
        const double chance = param[NOISE_KIND] == SYMMETRIC ? param[LABEL_NOISE] : one_sided;
        given[i] = truth(i) ^ (uint8_t)ml_rng_bernoulli(rng, chance);
    }
}

static ml_status make_world(world *w, const double *param, uint64_t seed, int32_t index, ml_error *error) {
    enum { TRAIN_ROWS, TRAIN_LABELS, TESTS, TEST_LABELS, SPLIT, ORDER, STREAMS };
    ml_rng rng[STREAMS];
    for (int32_t i = 0; i < STREAMS; i++)
        rng[i] = ml_rng_seed(seed, (uint64_t)(STREAMS * index + i + 1));
    draw_rows(&rng[TRAIN_ROWS], ROWS, w->x);
    draw_labels(&rng[TRAIN_LABELS], ROWS, param, w->given);
    draw_rows(&rng[TESTS], TEST_ROWS, w->test_x);
    draw_labels(&rng[TEST_LABELS], TEST_ROWS, param, w->test_given);
    ml_rng_permutation(&rng[ORDER], ROWS, w->turn_of);
    return ml_kfold(ROWS, FOLDS, &rng[SPLIT], w->fold, error);
}

/* --- The model ---------------------------------------------------------------------------------------------------- */

static ml_status train(relabel_loop *s, world *w, ml_error *error) {
    w->is_scored = false;
    return ml_logistic_fit(ROWS, DIMENSIONS, w->x, w->given, ridge, w->weight, &w->intercept, NULL, &s->scratch, error);
}

/* Copies the rows that are in the fold, or those that are not; returns how many. */
static size_t gather(relabel_loop *s, const world *w, uint32_t fold, bool inside) {
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if ((w->fold[i] == fold) != inside)
            continue;
        memcpy(s->x + n * DIMENSIONS, w->x + i * DIMENSIONS, DIMENSIONS * sizeof *s->x);
        s->label[n++] = w->given[i];
    }
    return n;
}

/* How much each row's given label is believed by the model of the other four folds. */
static ml_status cross_validate(relabel_loop *s, world *w, ml_error *error) {
    double weight[DIMENSIONS], intercept, probability[ROWS];
    if (w->is_scored)
        return ML_OK;
    for (uint32_t fold = 0; fold < FOLDS; fold++) {
        const size_t n = gather(s, w, fold, false);
        ML_TRY(ml_logistic_fit(n, DIMENSIONS, s->x, s->label, ridge, weight, &intercept, NULL, &s->scratch, error));
        const size_t held_out = gather(s, w, fold, true);
        ml_logistic_predict(held_out, DIMENSIONS, s->x, weight, intercept, probability);
        for (size_t i = 0, k = 0; i < ROWS; i++) {
            if (w->fold[i] != fold)
                continue;
            w->believed[i] = w->given[i] ? probability[k] : 1.0 - probability[k];
            k++;
        }
    }
    w->is_scored = true;
    return ML_OK;
}

/* Shares of the test rows that the model gets right, by the true labels and by the given ones. */
static void test_model(relabel_loop *s, const world *w, tally *t) {
    int32_t right = 0, agrees = 0;
    ml_linear_predict(TEST_ROWS, DIMENSIONS, w->test_x, w->weight, w->intercept, s->prediction);
    for (size_t i = 0; i < TEST_ROWS; i++) {
        const uint8_t said = s->prediction[i] > 0.0;
        right += said == truth(i);
        agrees += said == w->test_given[i];
    }
    t->true_accuracy += (double)right / TEST_ROWS;
    t->measured_accuracy += (double)agrees / TEST_ROWS;
}

/* Along the diagonal, and what is left. */
static double split_direction(const double *weight, double *left) {
    double along = 0.0;
    for (size_t j = 0; j < DIMENSIONS; j++)
        along += weight[j] / sqrt((double)DIMENSIONS);
    for (size_t j = 0; j < DIMENSIONS; j++)
        left[j] = weight[j] - along / sqrt((double)DIMENSIONS);
    return along;
}

static double length(const double *a) {
    double squares = 0.0;
    for (size_t j = 0; j < DIMENSIONS; j++)
        squares += a[j] * a[j];
    return sqrt(squares);
}

static double degrees_off(const double *weight) {
    double left[DIMENSIONS];
    const double along = split_direction(weight, left), half_turn = ml_atan2(0.0, -1.0);
    return 180.0 / half_turn * ml_atan2(length(left), along);
}

/* --- A round ------------------------------------------------------------------------------------------------------ */

/* The unchecked rows by how soon they are to be checked; returns how many there are. */
static size_t rank_rows(const world *w, int32_t strategy, uint32_t *order) {
    double key[ROWS];
    uint32_t all[ROWS], scratch[ROWS];
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++)
        key[i] = strategy == RANDOM           ? (double)w->turn_of[i]
                 : strategy == MOST_UNCERTAIN ? fabs(w->believed[i] - 0.5)
                                              : w->believed[i];
    ml_argsort_double(ROWS, key, all, scratch);
    for (size_t i = 0; i < ROWS; i++)
        if (!w->checked[all[i]])
            order[n++] = all[i];
    return n;
}

/* How many rows the next round checks, and which: the first of `order`. */
static size_t next_rows(const world *w, const double *param, uint32_t *order) {
    if ((int32_t)param[STRATEGY] == NONE)
        return 0;
    const size_t left = rank_rows(w, (int32_t)param[STRATEGY], order), wanted = (size_t)param[ROWS_PER_ROUND];
    return left < wanted ? left : wanted;
}

/* A person, who is always right, looks at the next rows. */
static void check_rows(world *w, const double *param, tally *t) {
    uint32_t order[ROWS];
    const size_t n = next_rows(w, param, order);
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = order[i];
        t->hits += w->given[row] != truth(row);
        w->given[row] = truth(row);
        w->checked[row] = true;
    }
    t->asked += (int32_t)n;
    w->n_checked += (int32_t)n;
}

static void record(relabel_loop *s, const world *w) {
    tally *t = &s->history[w->round];
    test_model(s, w, t);
    t->degrees += degrees_off(w->weight);
    for (size_t i = 0; i < ROWS; i++)
        t->wrong += w->given[i] != truth(i);
    t->checked += w->n_checked;
    t->worlds++;
}

static ml_status play_round(relabel_loop *s, world *w, const double *param, ml_error *error) {
    ML_TRY(cross_validate(s, w, error));
    const int32_t before = w->n_checked;
    w->round++;
    check_rows(w, param, &s->history[w->round]);
    if (w->n_checked > before)
        ML_TRY(train(s, w, error));
    record(s, w);
    return w == s->world ? cross_validate(s, w, error) : ML_OK; /* its plot shows which rows come next */
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status allocate(relabel_loop *s, ml_arena *arena, ml_error *error) {
    enum { SCRATCH = ((DIMENSIONS + 1) * (DIMENSIONS + 4) + 2 * ROWS) * (int)sizeof(double) + 1024 };
    void *scratch = ml_arena_alloc(arena, SCRATCH, 1);
    s->x = ML_ALLOC(arena, ROWS * DIMENSIONS, double);
    s->label = ML_ALLOC(arena, ROWS, uint8_t);
    s->prediction = ML_ALLOC(arena, TEST_ROWS, double);
    bool all = scratch && s->x && s->label && s->prediction;
    for (int32_t i = 0; i < s->n_worlds && all; i++) {
        s->world[i].x = ML_ALLOC(arena, ROWS * DIMENSIONS, double);
        s->world[i].test_x = ML_ALLOC(arena, TEST_ROWS * DIMENSIONS, double);
        all = s->world[i].x && s->world[i].test_x;
    }
    if (!all)
        return ml_fail(error, ML_ENOMEM, "the worlds do not fit in the lab's memory; use fewer");
    s->scratch = ml_arena_over(scratch, SCRATCH);
    return ML_OK;
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    relabel_loop *s = state;
    s->n_worlds = (int32_t)param[WORLDS];
    ML_TRY(allocate(s, setup->arena, error));
    for (int32_t i = 0; i < s->n_worlds; i++) {
        world *w = &s->world[i];
        ML_TRY(make_world(w, param, setup->seed, i, error));
        ML_TRY(train(s, w, error));
        record(s, w);
    }
    split_direction(s->world[0].weight, s->across);
    const double error_length = length(s->across);
    for (size_t j = 0; j < DIMENSIONS; j++)
        s->across[j] /= error_length;
    return cross_validate(s, &s->world[0], error);
}

static bool is_over(const relabel_loop *s, const double *param) {
    const int32_t round = rounds_done(s);
    const bool all_checked = s->history[round].checked == ROWS * s->n_worlds;
    return round == MAX_ROUNDS || all_checked || (param[STRATEGY] == NONE && round >= ROUNDS_OF_NONE);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    relabel_loop *s = state;
    ML_TRY(play_round(s, &s->world[s->turn], param, error));
    *budget -= 1700000; /* six fits of about seven Newton steps, and the test rows */
    s->turn = (s->turn + 1) % s->n_worlds;
    progress->step++;
    progress->finished = s->turn == 0 && is_over(s, param);
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_accuracies(const relabel_loop *s, lab_frame *frame) {
    float right[MAX_ROUNDS + 1], measured[MAX_ROUNDS + 1];
    size_t n = 0;
    for (int32_t r = 0; r <= rounds_done(s); r++, n++) {
        right[n] = (float)true_accuracy(s, r);
        measured[n] = (float)(s->history[r].measured_accuracy / s->history[r].worlds);
    }
    lab_put_points(frame, TRUE_LINE, n, NULL, right);
    lab_put_points(frame, MEASURED_LINE, n, NULL, measured);
    lab_put_point(frame, BEST_LINE, 0.0f, (float)best_accuracy);
}

static void put_labels(const relabel_loop *s, lab_frame *frame) {
    float wrong[MAX_ROUNDS + 1], round[MAX_ROUNDS + 1], hits[MAX_ROUNDS + 1];
    size_t n = 0, n_hits = 0;
    for (int32_t r = 0; r <= rounds_done(s); r++) {
        const tally *t = &s->history[r];
        wrong[n++] = (float)t->wrong / (float)(ROWS * t->worlds);
        if (t->asked == 0)
            continue;
        round[n_hits] = (float)r;
        hits[n_hits++] = (float)hit_rate(t);
    }
    lab_put_points(frame, WRONG_LINE, n, NULL, wrong);
    lab_put_points(frame, HIT_LINE, n_hits, round, hits);
}

static double dot(const double *a, const double *b) {
    double sum = 0.0;
    for (size_t j = 0; j < DIMENSIONS; j++)
        sum += a[j] * b[j];
    return sum;
}

/* Where the model changes its mind, in the plane of the plot. */
static void put_border(const relabel_loop *s, lab_frame *frame) {
    const world *w = &s->world[0];
    double left[DIMENSIONS];
    const double along = split_direction(w->weight, left), across = dot(w->weight, s->across);
    const float y[2] = {-4.5f, 4.5f};
    if (!(along > 0.0))
        return; /* a border that hardly anyone would call one */
    const float x[2] = {(float)(-(w->intercept + across * (double)y[0]) / along),
                        (float)(-(w->intercept + across * (double)y[1]) / along)};
    lab_put_points(frame, MODEL_BORDER, 2, x, y);
}

/* The rows in one state, those to be checked next ringed. */
static void put_rows(const relabel_loop *s, int32_t series, const bool *next, lab_frame *frame) {
    const world *w = &s->world[0];
    float x[ROWS], y[ROWS], ring[ROWS];
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const int32_t is = w->checked[i] ? LABEL_CHECKED : w->given[i] == truth(i) ? LABEL_RIGHT : LABEL_WRONG;
        double left[DIMENSIONS];
        if (is != series)
            continue;
        x[n] = (float)split_direction(w->x + i * DIMENSIONS, left);
        y[n] = (float)dot(w->x + i * DIMENSIONS, s->across);
        ring[n++] = next[i];
    }
    lab_put_points(frame, series, n, x, y);
    lab_put_classes(frame, NULL, NULL, ring);
}

static void put_world(const relabel_loop *s, const double *param, lab_frame *frame) {
    uint32_t order[ROWS];
    bool next[ROWS] = {false};
    const size_t n = next_rows(&s->world[0], param, order);
    for (size_t i = 0; i < n; i++)
        next[order[i]] = true;
    put_rows(s, LABEL_RIGHT, next, frame);
    put_rows(s, LABEL_WRONG, next, frame);
    put_rows(s, LABEL_CHECKED, next, frame);
    put_border(s, frame);
    lab_put_point(frame, TRUE_BORDER, 0.0f, 0.0f);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    if (view == ACCURACY_BY_ROUND)
        put_accuracies(state, frame);
    else if (view == WRONG_LABELS_BY_ROUND)
        put_labels(state, frame);
    else
        put_world(state, param, frame);
}

const lab lab_relabel_loop = {
    .name = "relabel-loop",
    .title = "Fixing labels, round by round",
    .question = "Which labels should be checked, and would the score tell that it helped?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(relabel_loop),
    .arena_bytes = (MAX_WORLDS * (ROWS + TEST_ROWS) * DIMENSIONS + ROWS * DIMENSIONS + TEST_ROWS) * sizeof(double) +
                   (DIMENSIONS + 1) * (DIMENSIONS + 4) * sizeof(double) + 2 * ROWS * sizeof(double) + 16384,
    .steps_per_second = 60,
    .step_label = "one round of one world",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
