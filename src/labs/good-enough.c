/* When are the labels good enough, and who says so?
 *
 * The whole loop of the chapter at once: train, doubt, ask a person, train again, until a budget is spent, a target is
 * met or a round finds nothing wrong. The loop is the library's ml_relabel, or yours; the lab runs it in one world
 * after the other and compares what it says of itself with the truth. Sources: Northcutt, Jiang and Chuang 2021,
 * "Confident learning: estimating uncertainty in dataset labels", Journal of Artificial Intelligence Research 70;
 * Cawley and Talbot 2010, "On over-fitting in model selection", Journal of Machine Learning Research 11 (why the best
 * of several looks better than it is). */
#include "lab.h"

enum {
    DIMENSIONS = 10,
    ROWS = 300,
    TEST_ROWS = 4000,
    MOST_VALIDATION_ROWS = 1000,
    MOST_WORLDS = 60,
    SECONDS_PER_ROW = 30,
};

/* The classes lie 2 standard deviations from the boundary; the best that anyone can do is the normal distribution
 * function at 2. */
static const double centre_distance = 2.0, best_accuracy = 0.97724986805182079;

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { LABEL_NOISE, NOISE_KIND, BUDGET, BATCH, TARGET, VALIDATION_ROWS, WORLDS };
enum { ONE_SIDED, SYMMETRIC };
static const char *const noise_kinds[] = {"one_sided", "symmetric", NULL};
static const lab_param params[] = {
    [LABEL_NOISE] = {"label_noise", "Wrong labels", "", LAB_NUMBER, 0, 0.4, 0.2, .step = 0.05,
                     .help = "The share of all training labels that are wrong at first. Validation labels are right."},
    [NOISE_KIND] = {"noise_kind", "Kind of mistakes", "", LAB_CHOICE, .initial = ONE_SIDED, .choices = noise_kinds,
                    .help = "One-sided: positives are missed, nothing is made up. Symmetric: either class for the "
                            "other."},
    [BUDGET] = {"budget", "Budget", "questions", LAB_INTEGER, 0, ROWS, 90, .step = 5,
                .help = "How many rows a person may be asked about in all."},
    [BATCH] = {"batch", "Questions per round", "", LAB_INTEGER, 5, ROWS, 15, .step = 5,
               .help = "How many before the model is trained again."},
    [TARGET] = {"target", "Good enough from", "", LAB_NUMBER, 0.8, 1, 1, .step = 0.01,
                .help = "Validation accuracy at which the loop stops."},
    [VALIDATION_ROWS] = {"validation_rows", "Validation rows", "", LAB_INTEGER, 10, MOST_VALIDATION_ROWS, 200,
                         .log = true, .help = "They say when it is good enough, and which round's model was the best."},
    [WORLDS] = {"worlds", "Worlds", "", LAB_INTEGER, 1, MOST_WORLDS, 30, .advanced = true,
                .help = "Data sets on which the loop runs, one after the other."},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { WORLD_LINES, MEAN_LINE, BEST_LINE };
static const lab_series gain_series[] = {
    [WORLD_LINES] = {"world", "each world", LAB_ACCENT, LAB_MARK_GHOST},
    [MEAN_LINE] = {"mean", "mean", LAB_ACCENT, LAB_MARK_LINE},
    [BEST_LINE] = {"best_possible", "best possible", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
enum { HIT_LINE, WRONG_LINE };
static const lab_series hit_series[] = {
    [HIT_LINE] = {"hit_rate", "of these questions", LAB_TEAL, LAB_MARK_LINE},
    [WRONG_LINE] = {"wrong_at_first", "of all labels at first", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
enum { JUDGED, EQUAL_LINE, TARGET_LINE };
static const lab_series judge_series[] = {
    [JUDGED] = {"world", "each world", LAB_ACCENT, LAB_MARK_POINTS},
    [EQUAL_LINE] = {"equal", "validation is right", LAB_MUTED, LAB_MARK_DASHED},
    [TARGET_LINE] = {"target", "good enough", LAB_AMBER, LAB_MARK_VERTICAL},
};
static const lab_series stop_series[] = {{"worlds", "worlds", LAB_BLUE, LAB_MARK_BARS}};

enum { GAIN_VIEW, JUDGE_VIEW, HITS_VIEW, STOPS_VIEW };
static const lab_view views[] = {
    [GAIN_VIEW] = {"gain", "What the questions bought", LAB_LINE, {.title = "questions asked"},
                   {.title = "true accuracy", .min = 0.6, .max = 1}, LAB_SERIES(gain_series), .code = "ml_relabel",
                   .help = "From the first model to the one that the loop returns, on 4000 new rows."},
    [JUDGE_VIEW] = {"judge", "Validation against the truth", LAB_SCATTER,
                    {.title = "validation accuracy", .min = 0.7, .max = 1},
                    {.title = "true accuracy", .min = 0.7, .max = 1}, LAB_SERIES(judge_series), .code = "right_share",
                    .help = "Of the model that the loop returns. Below the dashed line validation flatters it."},
    [HITS_VIEW] = {"hits", "Questions that found a wrong label", LAB_LINE, {.title = "questions asked"},
                   {.title = "share", .min = 0, .max = 1}, LAB_SERIES(hit_series), .code = "answer",
                   .help = "Round by round, over all worlds that got so far. Asking at random would stay near the "
                           "grey line."},
    [STOPS_VIEW] = {"stops", "Why it stopped", LAB_BARS, {.title = ""}, {.title = "worlds"}, LAB_SERIES(stop_series),
                    .code = "why_stopped"},
};

enum {
    WORLDS_DONE, TRUE_BEFORE, TRUE_AFTER, VALIDATION_AFTER, FLATTERY, ASKED, ROUNDS, HIT_RATE, WRONG_LABELS,
    PERSON_MINUTES
};
static const lab_readout readouts[] = {
    [WORLDS_DONE] = {"worlds_done", "Worlds", "", .code = "step"},
    [TRUE_BEFORE] = {"true_before", "True accuracy before", "", .absent = "not yet", .code = "right_share",
                     .help = "Of the first model: the loop with a budget of 0."},
    [TRUE_AFTER] = {"true_after", "True accuracy after", "", .absent = "not yet", .code = "right_share"},
    [VALIDATION_AFTER] = {"validation_after", "Validation accuracy after", "", .absent = "not yet",
                          .code = "ml_relabel", .help = "What the loop reports."},
    [FLATTERY] = {"flattery", "Validation flatters by", "", .code = "figures",
                  .help = "The best of several rounds on the same few rows looks better than it is."},
    [ASKED] = {"asked", "Questions", "per world", .absent = "not yet", .code = "ml_relabel"},
    [ROUNDS] = {"rounds", "Rounds", "per world", .absent = "not yet", .code = "ml_relabel", .minor = true},
    [HIT_RATE] = {"hit_rate", "Hit rate", "", .absent = "nobody asked", .code = "ml_relabel",
                  .help = "Share of the questions that found a wrong label, as the loop reports it."},
    [WRONG_LABELS] = {"wrong_labels", "Labels still wrong", "", .absent = "not yet", .code = "count_wrong",
                      .help = "Share of the training labels."},
    [PERSON_MINUTES] = {"person_minutes", "A person's time", "min per world", .absent = "not yet", .code = "figures",
                        .help = "At 30 seconds a question.", .minor = true},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct outcome {
    ml_relabel_report report;
    double true_before, true_after;
    size_t still_wrong; /* labels */
} outcome;

typedef struct good_enough {
    uint64_t seed;
    double *x, *valid_x, *test_x; /* [rows x DIMENSIONS] of the world */
    uint8_t label[ROWS], valid_label[MOST_VALIDATION_ROWS];
    bool is_wrong[ROWS];          /* as the person sees it: until asked */
    size_t n_questions;           /* of the world */
    int32_t asked[ROWS], hits[ROWS]; /* over the worlds, by the question's number */
    outcome outcome[MOST_WORLDS];
    int32_t n;
    ml_arena scratch; /* of one loop */
} good_enough;

/* The truth alternates, in all sets. */
static uint8_t truth(size_t row) {
    return row & 1;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

typedef enum stop { TARGET_MET, BUDGET_SPENT, NOTHING_FOUND, STOPS } stop;

static stop why_stopped(const ml_relabel_report *r, const double *param) {
    if (r->after >= param[TARGET])
        return TARGET_MET;
    return (double)r->asked >= param[BUDGET] ? BUDGET_SPENT : NOTHING_FOUND;
}

static void figures(void *state, const double *param, double *readout) {
    const good_enough *s = state;
    double before = 0.0, after = 0.0, validation = 0.0, asked = 0.0, rounds = 0.0, fixed = 0.0, wrong = 0.0;
    (void)param;
    for (int32_t i = 0; i < s->n; i++) {
        const outcome *o = &s->outcome[i];
        before += o->true_before;
        after += o->true_after;
        validation += o->report.after;
        asked += (double)o->report.asked;
        rounds += (double)o->report.rounds;
        fixed += (double)o->report.fixed;
        wrong += (double)o->still_wrong;
    }
    readout[WORLDS_DONE] = s->n;
    readout[TRUE_BEFORE] = s->n > 0 ? before / s->n : -1.0;
    readout[TRUE_AFTER] = s->n > 0 ? after / s->n : -1.0;
    readout[VALIDATION_AFTER] = s->n > 0 ? validation / s->n : -1.0;
    readout[FLATTERY] = s->n > 0 ? (validation - after) / s->n : 0.0;
    readout[ASKED] = s->n > 0 ? asked / s->n : -1.0;
    readout[ROUNDS] = s->n > 0 ? rounds / s->n : -1.0;
    readout[HIT_RATE] = asked > 0.0 ? fixed / asked : -1.0;
    readout[WRONG_LABELS] = s->n > 0 ? wrong / (ROWS * s->n) : -1.0;
    readout[PERSON_MINUTES] = s->n > 0 ? asked / s->n * SECONDS_PER_ROW / 60.0 : -1.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

enum { ENOUGH_WORLDS = 20 }; /* for a mean */

static bool money_well_spent(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[WORLDS_DONE] >= ENOUGH_WORLDS && param[BUDGET] <= 90.0 && readout[TRUE_BEFORE] < 0.85 &&
           readout[TRUE_AFTER] > 0.955 && readout[HIT_RATE] > 0.5;
}

static bool all_at_once(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[WORLDS_DONE] >= ENOUGH_WORLDS && param[BUDGET] >= 60.0 && param[BATCH] >= param[BUDGET] &&
           readout[TRUE_AFTER] < 0.95;
}

static bool enough_is_enough(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[WORLDS_DONE] >= ENOUGH_WORLDS && param[LABEL_NOISE] >= 0.15 &&
           readout[ASKED] <= 0.8 * param[BUDGET] && readout[TRUE_AFTER] > 0.94;
}

static bool flattered(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[WORLDS_DONE] >= ENOUGH_WORLDS && param[LABEL_NOISE] > 0.0 && readout[FLATTERY] > 0.03;
}

static bool nothing_to_find(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[WORLDS_DONE] >= ENOUGH_WORLDS && param[LABEL_NOISE] == 0.0 && readout[HIT_RATE] == 0.0 &&
           readout[ROUNDS] <= 1.0 && param[BUDGET] >= 2.0 * param[BATCH];
}

static const lab_goal goals[] = {
    {"money_well_spent",
     "Just press Run: 90 questions a world, more than half of which find a wrong label, and the model is right on over "
     "a tenth more of all new rows.",
     money_well_spent, ""},
    {"all_at_once",
     "Ask all 90 questions in one round, by the doubts of the first model, the worst of them all: less than 0.95, for "
     "the same person's time.",
     all_at_once, "batch=90"},
    {"enough_is_enough",
     "Set a target that stops the loop with a fifth of the budget unspent, or more, and the true accuracy still above "
     "0.94.",
     enough_is_enough, "target=0.95"},
    {"flattered",
     "Let so few rows validate that the accuracy which the loop reports is over 0.03 above the truth. It took the best "
     "of several, or stopped where it was lucky.",
     flattered, "validation_rows=10"},
    {"nothing_to_find",
     "Take labels without a mistake: one round of questions in every world, and it stops by itself, with most of the "
     "budget unspent.",
     nothing_to_find, "label_noise=0"},
};

/* --- A world ------------------------------------------------------------------------------------------------------ */

/* Rows at +2 (positive) or -2 (negative) along the diagonal, plus normal noise in every direction. */
static void draw_rows(ml_rng rng, size_t n, double *x) {
    const double step = centre_distance / sqrt((double)DIMENSIONS);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < DIMENSIONS; j++)
            *x++ = (truth(i) ? step : -step) + ml_rng_normal(&rng);
}

/* Symmetric: each label is wrong with the given chance. One-sided: each positive with twice that. */
static void draw_labels(good_enough *s, ml_rng rng, const double *param) {
    for (size_t i = 0; i < ROWS; i++) {
        const double one_sided = truth(i) ? 2.0 * param[LABEL_NOISE] : 0.0;
        s->is_wrong[i] = ml_rng_bernoulli(&rng, param[NOISE_KIND] == SYMMETRIC ? param[LABEL_NOISE] : one_sided);
        s->label[i] = truth(i) ^ (uint8_t)s->is_wrong[i];
    }
}

static void make_world(good_enough *s, const double *param) {
    enum { TRAIN_ROWS, LABELS, VALIDATION, TESTS, STREAMS };
    const uint64_t first = (uint64_t)(STREAMS * s->n + 1);
    draw_rows(ml_rng_seed(s->seed, first + TRAIN_ROWS), ROWS, s->x);
    draw_labels(s, ml_rng_seed(s->seed, first + LABELS), param);
    draw_rows(ml_rng_seed(s->seed, first + VALIDATION), (size_t)param[VALIDATION_ROWS], s->valid_x);
    draw_rows(ml_rng_seed(s->seed, first + TESTS), TEST_ROWS, s->test_x);
    s->n_questions = 0;
}

/* The person, who is always right, and the lab's own notes of what was asked. */
static uint8_t answer(void *context, size_t row) {
    good_enough *s = context;
    if (row >= ROWS)
        return 0; /* no such row; what asks so is not the library */
    if (s->n_questions < ROWS) {
        s->asked[s->n_questions]++;
        s->hits[s->n_questions++] += s->is_wrong[row];
    }
    s->is_wrong[row] = false;
    return truth(row);
}

/* The share of new rows that the model gets right. */
static double right_share(const good_enough *s, const double *coefficient, double intercept) {
    int32_t right = 0;
    for (size_t i = 0; i < TEST_ROWS; i++) {
        double z;
        ml_linear_predict(1, DIMENSIONS, s->test_x + i * DIMENSIONS, coefficient, intercept, &z);
        right += (z > 0.0) == (truth(i) == 1);
    }
    return (double)right / TEST_ROWS;
}

static size_t count_wrong(const good_enough *s) {
    size_t wrong = 0;
    for (size_t i = 0; i < ROWS; i++)
        wrong += s->label[i] != truth(i);
    return wrong;
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

enum { SCRATCH = ROWS * (DIMENSIONS + 4) * (int)sizeof(double) + 4096 };

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    good_enough *s = state;
    (void)param;
    s->seed = setup->seed;
    s->x = ML_ALLOC(setup->arena, ROWS * DIMENSIONS, double);
    s->valid_x = ML_ALLOC(setup->arena, MOST_VALIDATION_ROWS * DIMENSIONS, double);
    s->test_x = ML_ALLOC(setup->arena, TEST_ROWS * DIMENSIONS, double);
    void *scratch = ml_arena_alloc(setup->arena, SCRATCH, 1);
    if (!s->x || !s->valid_x || !s->test_x || !scratch)
        return ml_fail(error, ML_ENOMEM, "the world does not fit in the lab's memory");
    s->scratch = ml_arena_over(scratch, SCRATCH);
    for (size_t i = 0; i < MOST_VALIDATION_ROWS; i++)
        s->valid_label[i] = truth(i);
    return ML_OK;
}

static ml_status play(good_enough *s, const double *param, outcome *o, ml_error *error) {
    double coefficient[DIMENSIONS], intercept;
    ml_relabel_task task = {.n = ROWS, .d = DIMENSIONS, .x = s->x, .label = s->label,
                            .n_valid = (size_t)param[VALIDATION_ROWS], .valid_x = s->valid_x,
                            .valid_label = s->valid_label, .ask = answer, .context = s, .budget = 0,
                            .batch = (size_t)param[BATCH], .target = param[TARGET]};
    ML_TRY(ml_relabel(&task, coefficient, &intercept, &o->report, &s->scratch, error));
    o->true_before = right_share(s, coefficient, intercept);
    task.budget = (size_t)param[BUDGET];
    ML_TRY(ml_relabel(&task, coefficient, &intercept, &o->report, &s->scratch, error));
    o->true_after = right_share(s, coefficient, intercept);
    o->still_wrong = count_wrong(s);
    return ML_OK;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    good_enough *s = state;
    outcome *o = &s->outcome[s->n];
    make_world(s, param);
    ML_TRY(play(s, param, o, error));
    *budget -= 2000000 + 9000000 * (int64_t)(o->report.rounds < ROWS ? o->report.rounds : ROWS);
    s->n++;
    progress->step++;
    progress->finished = s->n == (int32_t)param[WORLDS];
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_gain(good_enough *s, const double *param, lab_frame *frame) {
    double readout[LAB_COUNT(readouts)];
    for (int32_t i = 0; i < s->n; i++) {
        const outcome *o = &s->outcome[i];
        const float x[] = {0.0f, (float)o->report.asked}, y[] = {(float)o->true_before, (float)o->true_after};
        lab_put_points(frame, WORLD_LINES, 2, x, y);
    }
    figures(s, param, readout);
    const float x[] = {0.0f, (float)readout[ASKED]}, y[] = {(float)readout[TRUE_BEFORE], (float)readout[TRUE_AFTER]};
    lab_put_points(frame, MEAN_LINE, s->n > 0 ? 2 : 0, x, y);
    lab_put_point(frame, BEST_LINE, 0.0f, (float)best_accuracy);
}

/* A point per round, where it ends. */
static void put_hits(const good_enough *s, const double *param, lab_frame *frame) {
    float x[ROWS], y[ROWS];
    size_t n = 0;
    const size_t batch = (size_t)param[BATCH];
    for (size_t from = 0; from < ROWS && s->asked[from] > 0; from += batch) {
        int32_t asked = 0, hits = 0;
        size_t q = from;
        for (; q < ROWS && q < from + batch && s->asked[q] > 0; q++) {
            asked += s->asked[q];
            hits += s->hits[q];
        }
        x[n] = (float)q;
        y[n++] = (float)hits / (float)asked;
    }
    lab_put_points(frame, HIT_LINE, n, x, y);
    lab_put_point(frame, WRONG_LINE, 0.0f, (float)param[LABEL_NOISE]);
}

static void put_judged(const good_enough *s, const double *param, lab_frame *frame) {
    float x[MOST_WORLDS], y[MOST_WORLDS];
    const float ends[] = {0.7f, 1.0f};
    for (int32_t i = 0; i < s->n; i++) {
        x[i] = (float)s->outcome[i].report.after;
        y[i] = (float)s->outcome[i].true_after;
    }
    lab_put_points(frame, JUDGED, (size_t)s->n, x, y);
    lab_put_points(frame, EQUAL_LINE, 2, ends, ends);
    lab_put_point(frame, TARGET_LINE, (float)param[TARGET], 0.7f);
}

static void put_stops(const good_enough *s, const double *param, lab_frame *frame) {
    static const char *const reason[] = {"good enough", "budget spent", "nothing found"};
    float count[STOPS] = {0};
    for (int32_t i = 0; i < s->n; i++)
        count[why_stopped(&s->outcome[i].report, param)] += 1.0f;
    lab_put_points(frame, 0, STOPS, NULL, count);
    for (int32_t i = 0; i < STOPS; i++)
        lab_put_label(frame, "%s", reason[i]);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    if (view == GAIN_VIEW)
        put_gain(state, param, frame);
    else if (view == HITS_VIEW)
        put_hits(state, param, frame);
    else if (view == JUDGE_VIEW)
        put_judged(state, param, frame);
    else
        put_stops(state, param, frame);
}

const lab lab_good_enough = {
    .name = "good-enough",
    .title = "Until it is good enough",
    .question = "When are the labels good enough, and who says so?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(good_enough),
    .arena_bytes = (ROWS + MOST_VALIDATION_ROWS + TEST_ROWS) * DIMENSIONS * sizeof(double) + SCRATCH + 4096,
    .steps_per_second = 20,
    .step_label = "one world",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
