/* Is a model worth building, and would one pilot tell?
 *
 * A pilot is one data set in three parts: training rows teach a model, validation rows choose its threshold and the
 * baseline, test rows say what it saves. The lab repeats the pilot with new rows of the same kind, which nobody can
 * afford outside. The verdict is the library's ml_worth_building, or yours. Sources: Elkan 2001, "The foundations of
 * cost-sensitive learning", IJCAI; Student 1908, "The probable error of a mean", Biometrika 6(1) (paired
 * differences). */
#include "lab.h"

enum {
    DIMENSIONS = 8,
    MOST_ROWS = 2000, /* for training, and as many for validation */
    MOST_TEST_ROWS = 4000,
    ALL_ROWS = 2 * MOST_ROWS + MOST_TEST_ROWS,
    MOST_PILOTS = 200,
    CURVE = 121, /* points of the curves, equally far apart on a log axis */
};
static const double rule_threshold = 0.8, fewest_decisions = 1e3, most_decisions = 1e7;

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { PATTERN, RULE_IS_RIGHT, COST_FALSE_NEGATIVE, DECISIONS, BUILD_COST, TRAINING_ROWS, TEST_ROWS, PILOTS };
static const lab_param params[] = {
    [PATTERN] = {"pattern", "Strength of the pattern", "", LAB_NUMBER, 0, 4, 3, .step = 0.25, .group = "World",
                 .help = "How much the eight features tell about the label. 0: nothing, there is nothing to learn."},
    [RULE_IS_RIGHT] = {"rule_is_right", "The rule is always right", "", LAB_TOGGLE, .group = "World",
                       .help = "The label is then what the rule says, whatever the strength of the pattern."},
    [COST_FALSE_NEGATIVE] = {"cost_false_negative", "A miss costs", "false alarms", LAB_INTEGER, 1, 20, 5,
                             .group = "Business", .help = "A false alarm costs 1."},
    [DECISIONS] = {"decisions", "Decisions", "", LAB_NUMBER, 1e3, 1e7, 1e6, .log = true, .group = "Business",
                   .help = "How many the model will make before it has to be built anew."},
    [BUILD_COST] = {"build_cost", "Cost to build and run", "", LAB_NUMBER, 0, 1e6, 5e4, .log = true,
                    .group = "Business", .help = "In false alarms, too."},
    [TRAINING_ROWS] = {"training_rows", "Rows for training", "", LAB_INTEGER, 50, MOST_ROWS, 500, .log = true,
                       .group = "Pilot", .help = "And as many for validation."},
    [TEST_ROWS] = {"test_rows", "Rows for the test", "", LAB_INTEGER, 50, MOST_TEST_ROWS, 1000, .log = true,
                   .group = "Pilot", .help = "They decide nothing but the verdict."},
    [PILOTS] = {"pilots", "Pilots", "", LAB_INTEGER, 1, MOST_PILOTS, 60, .advanced = true,
                .help = "How often the same pilot is repeated with new rows."},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

static const lab_series cost_series[] = {{"cost", "cost of a decision", LAB_BLUE, LAB_MARK_BARS}};
enum { NET_LINE, SURE_LINE, NOTHING_LINE, DECISIONS_LINE };
static const lab_series volume_series[] = {
    [NET_LINE] = {"net", "measured", LAB_ACCENT, LAB_MARK_LINE},
    [SURE_LINE] = {"sure", "less two standard errors", LAB_TEAL, LAB_MARK_LINE},
    [NOTHING_LINE] = {"nothing", "not building", LAB_MUTED, LAB_MARK_HORIZONTAL},
    [DECISIONS_LINE] = {"decisions", "your decisions", LAB_AMBER, LAB_MARK_VERTICAL},
};
enum { BUILT, AHEAD, BEHIND, NEEDED_LINE };
static const lab_series verdict_series[] = {
    [BUILT] = {"build", "build it", LAB_OK, LAB_MARK_POINTS},
    [AHEAD] = {"ahead", "ahead, but it may be luck", LAB_AMBER, LAB_MARK_POINTS},
    [BEHIND] = {"behind", "not ahead", LAB_MUTED, LAB_MARK_POINTS},
    [NEEDED_LINE] = {"needed", "what a decision must bring in", LAB_BAD, LAB_MARK_HORIZONTAL},
};

enum { COSTS_VIEW, VOLUME_VIEW, VERDICTS_VIEW };
static const lab_view views[] = {
    [COSTS_VIEW] = {"costs", "Four ways to decide, mean over the pilots", LAB_BARS, {.title = ""},
                    {.title = "cost of a decision (false alarms)"}, LAB_SERIES(cost_series), .code = "mean",
                    .help = "Never and always acting cost nothing to build."},
    [VOLUME_VIEW] = {"net_by_decisions", "What one decision brings in, first pilot", LAB_LINE,
                     {.title = "number of decisions", .log = true}, {.title = "saving less building (false alarms)"},
                     LAB_SERIES(volume_series), .code = "put_volume",
                     .formula = "\\bar d - \\frac{\\text{cost to build}}{N}",
                     .help = "Where the lower curve crosses zero, a model becomes worth building."},
    [VERDICTS_VIEW] = {"verdicts", "The same pilot, again and again", LAB_SCATTER,
                       {.title = "measured saving of a decision (false alarms)"},
                       {.title = "less two standard errors"}, LAB_SERIES(verdict_series), .code = "ml_worth_building",
                       .formula = "\\bar d - 2\\,\\frac{s_d}{\\sqrt n}", .wide = true,
                       .help = "Each point is a team with a pilot of its own. Only what lies above the line is built."},
};

enum {
    PILOTS_DONE, COST_NEVER, COST_ALWAYS, COST_RULE, COST_MODEL, SAVING, SAVING_ERROR, NET, SHARE_BUILT, SHARE_AHEAD,
    ENOUGH_DECISIONS
};
static const lab_readout readouts[] = {
    [PILOTS_DONE] = {"pilots_done", "Pilots", "", .code = "step"},
    [COST_NEVER] = {"cost_never", "Never acting costs", "", .absent = "not yet", .code = "mean", .minor = true},
    [COST_ALWAYS] = {"cost_always", "Always acting", "", .absent = "not yet", .code = "mean", .minor = true},
    [COST_RULE] = {"cost_rule", "The rule", "", .absent = "not yet", .code = "mean", .minor = true},
    [COST_MODEL] = {"cost_model", "The model", "", .absent = "not yet", .code = "mean"},
    [SAVING] = {"saving", "It saves", "a decision", .code = "ml_worth_building", .formula = "\\bar d",
                .help = "Compared with the cheapest of the other three on the validation rows; mean over the pilots."},
    [SAVING_ERROR] = {"saving_error", "Give or take", "a decision", .code = "ml_worth_building",
                      .formula = "s_d / \\sqrt n", .help = "One standard error, mean over the pilots."},
    [NET] = {"net", "Net value", "false alarms", .code = "ml_worth_building",
             .formula = "N \\bar d - \\text{cost to build}", .help = "Mean over the pilots."},
    [SHARE_BUILT] = {"share_built", "Verdict: build it", "", .absent = "not yet", .code = "ml_worth_building",
                     .formula = "N (\\bar d - 2\\,s_d/\\sqrt n) > \\text{cost to build}",
                     .help = "The share of the pilots."},
    [SHARE_AHEAD] = {"share_ahead", "Ahead, luck or not", "", .absent = "not yet", .code = "share_ahead",
                     .formula = "N \\bar d > \\text{cost to build}",
                     .help = "What would be built by those who trust the mean."},
    [ENOUGH_DECISIONS] = {"enough_decisions", "Enough decisions", "", .absent = "never", .code = "enough_decisions",
                          .formula = "\\frac{\\text{cost to build}}{\\bar d - 2\\,s_d/\\sqrt n}",
                          .help = "From how many on the first pilot says yes."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct worth_building {
    uint64_t seed;
    ml_pilot pilot;
    double *x;             /* [ALL_ROWS x DIMENSIONS] training, validation and test rows of the pilot */
    uint8_t *label, *rule; /* [ALL_ROWS] */
    ml_arena scratch;      /* of one verdict */
    ml_verdict verdict[MOST_PILOTS];
    int32_t n;
} worth_building;

/* --- Figures ------------------------------------------------------------------------------------------------------ */

/* The mean over the pilots of a double in their verdicts; -1 before the first. */
static double mean(const worth_building *s, size_t offset) {
    double sum = 0.0;
    for (int32_t i = 0; i < s->n; i++)
        sum += *(const double *)(const void *)((const char *)&s->verdict[i] + offset);
    return s->n > 0 ? sum / s->n : -1.0;
}

static double share_built(const worth_building *s) {
    int32_t built = 0;
    for (int32_t i = 0; i < s->n; i++)
        built += s->verdict[i].build;
    return s->n > 0 ? (double)built / s->n : -1.0;
}

static double share_ahead(const worth_building *s) {
    int32_t ahead = 0;
    for (int32_t i = 0; i < s->n; i++)
        ahead += s->verdict[i].net > 0.0;
    return s->n > 0 ? (double)ahead / s->n : -1.0;
}

/* What the first pilot is sure of. */
static double sure_saving(const ml_verdict *v) {
    return v->saving - 2.0 * v->saving_error;
}

static double enough_decisions(const worth_building *s) {
    const double sure = sure_saving(&s->verdict[0]);
    return s->n > 0 && sure > 0.0 ? s->pilot.build_cost / sure : -1.0;
}

static void figures(void *state, const double *param, double *readout) {
    const worth_building *s = state;
    (void)param;
    readout[PILOTS_DONE] = s->n;
    readout[COST_NEVER] = mean(s, offsetof(ml_verdict, cost_never));
    readout[COST_ALWAYS] = mean(s, offsetof(ml_verdict, cost_always));
    readout[COST_RULE] = mean(s, offsetof(ml_verdict, cost_rule));
    readout[COST_MODEL] = mean(s, offsetof(ml_verdict, cost_model));
    readout[SAVING] = s->n > 0 ? mean(s, offsetof(ml_verdict, saving)) : 0.0;
    readout[SAVING_ERROR] = s->n > 0 ? mean(s, offsetof(ml_verdict, saving_error)) : 0.0;
    readout[NET] = s->n > 0 ? mean(s, offsetof(ml_verdict, net)) : 0.0;
    readout[SHARE_BUILT] = share_built(s);
    readout[SHARE_AHEAD] = share_ahead(s);
    readout[ENOUGH_DECISIONS] = enough_decisions(s);
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

enum { ENOUGH_PILOTS = 40 }; /* to speak of a share */

/* Whether the model costs less than half of any other way to decide. */
static bool halves_the_cost(const double *readout) {
    const double cost = 2.0 * readout[COST_MODEL];
    return readout[PILOTS_DONE] >= ENOUGH_PILOTS && cost < readout[COST_NEVER] && cost < readout[COST_ALWAYS] &&
           cost < readout[COST_RULE];
}

static bool worth_it(const void *state, const double *param, const double *readout) {
    (void)state;
    (void)param;
    return halves_the_cost(readout) && readout[SHARE_BUILT] > 0.95;
}

static bool too_few_decisions(const void *state, const double *param, const double *readout) {
    (void)state;
    (void)param;
    return halves_the_cost(readout) && readout[SHARE_BUILT] < 0.05;
}

static bool luck(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[PILOTS_DONE] >= ENOUGH_PILOTS && param[PATTERN] == 0.0 && param[RULE_IS_RIGHT] == 0.0 &&
           readout[SHARE_AHEAD] > 0.2 && readout[SHARE_BUILT] < 0.1;
}

static bool rule_is_enough(const void *state, const double *param, const double *readout) {
    (void)state;
    return readout[PILOTS_DONE] >= ENOUGH_PILOTS && param[RULE_IS_RIGHT] == 1.0 && readout[SHARE_BUILT] == 0.0;
}

static bool thin_evidence(const void *state, const double *param, const double *readout) {
    (void)state;
    (void)param;
    return readout[PILOTS_DONE] >= ENOUGH_PILOTS && readout[SHARE_AHEAD] > 0.8 && readout[SHARE_BUILT] < 2.0 / 3.0;
}

static const lab_goal goals[] = {
    {"worth_it",
     "Just press Run: at a million decisions the model costs less than half of the next best, and every team that runs "
     "the pilot is told to build it.",
     worth_it, ""},
    {"too_few_decisions",
     "The same model for ten thousand decisions: it still costs less than half, and nobody is told to build it.",
     too_few_decisions, "decisions=10000"},
    {"luck",
     "Take the pattern away, let a miss cost 3 and building nothing: a good part of the pilots come out ahead of the "
     "baseline all the same. Two standard errors send nearly all of them home.",
     luck, "pattern=0 build_cost=0 cost_false_negative=3"},
    {"rule_is_enough",
     "Let the rule be right: whatever a model learns, it can only learn the rule, and no pilot says yes.",
     rule_is_enough, "rule_is_right=on"},
    {"thin_evidence",
     "Test on fewer rows, or make the pattern weaker, until the model comes out ahead in over four pilots of five, and "
     "yet less than two in three can be sure of it.",
     thin_evidence, "test_rows=50 pattern=2"},
};

/* --- A pilot ------------------------------------------------------------------------------------------------------ */

/* P(label 1) = sigmoid(pattern s - 1.1 - 0.3 pattern), s the sum of the features over the root of their number, which
 * is standard normal: about a quarter of the labels are 1, whatever the strength. */
static uint8_t draw_label(ml_rng *rng, const double *param, double sum, uint8_t rule) {
    const double s = sum / sqrt((double)DIMENSIONS);
    const double p = ml_sigmoid(param[PATTERN] * s - 1.1 - 0.3 * param[PATTERN]);
    const uint8_t drawn = (uint8_t)ml_rng_bernoulli(rng, p); /* drawn in any case: the other rows stay as they are */
    return param[RULE_IS_RIGHT] == 1.0 ? rule : drawn;
}

static void draw_rows(worth_building *s, const double *param, int32_t pilot) {
    enum { FEATURES, LABELS, STREAMS };
    ml_rng features = ml_rng_seed(s->seed, (uint64_t)(STREAMS * pilot + FEATURES + 1));
    ml_rng labels = ml_rng_seed(s->seed, (uint64_t)(STREAMS * pilot + LABELS + 1));
    const size_t n = s->pilot.train.n + s->pilot.valid.n + s->pilot.test.n;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < DIMENSIONS; j++) {
            s->x[i * DIMENSIONS + j] = ml_rng_normal(&features);
            sum += s->x[i * DIMENSIONS + j];
        }
        s->rule[i] = s->x[i * DIMENSIONS] > rule_threshold;
        s->label[i] = draw_label(&labels, param, sum, s->rule[i]);
    }
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_pilot_rows part(const worth_building *s, size_t from, size_t n) {
    return (ml_pilot_rows){n, s->x + from * DIMENSIONS, s->label + from, s->rule + from};
}

enum { SCRATCH = ((MOST_ROWS + 8) * (DIMENSIONS + 1) + 2 * MOST_ROWS + MOST_TEST_ROWS) * (int)sizeof(double) + 2048 };

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    worth_building *s = state;
    s->seed = setup->seed;
    s->x = ML_ALLOC(setup->arena, ALL_ROWS * DIMENSIONS, double);
    s->label = ML_ALLOC(setup->arena, ALL_ROWS, uint8_t);
    s->rule = ML_ALLOC(setup->arena, ALL_ROWS, uint8_t);
    void *scratch = ml_arena_alloc(setup->arena, SCRATCH, 1);
    if (!s->x || !s->label || !s->rule || !scratch)
        return ml_fail(error, ML_ENOMEM, "the pilot does not fit in the lab's memory; use fewer rows");
    s->scratch = ml_arena_over(scratch, SCRATCH);
    const size_t rows = (size_t)param[TRAINING_ROWS];
    s->pilot = (ml_pilot){.d = DIMENSIONS,
                          .train = part(s, 0, rows),
                          .valid = part(s, rows, rows),
                          .test = part(s, 2 * rows, (size_t)param[TEST_ROWS]),
                          .cost_false_positive = 1.0,
                          .cost_false_negative = param[COST_FALSE_NEGATIVE],
                          .decisions = param[DECISIONS],
                          .build_cost = param[BUILD_COST]};
    return ML_OK;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    worth_building *s = state;
    draw_rows(s, param, s->n);
    ML_TRY(ml_worth_building(&s->pilot, &s->verdict[s->n], &s->scratch, error));
    *budget -= (int64_t)s->pilot.train.n * (600 * DIMENSIONS + 300 * 30) + (int64_t)s->pilot.test.n * 300;
    s->n++;
    progress->step++;
    progress->finished = s->n == (int32_t)param[PILOTS];
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_costs(const worth_building *s, lab_frame *frame) {
    static const char *const name[] = {"never", "always", "rule", "model"};
    const float cost[] = {(float)mean(s, offsetof(ml_verdict, cost_never)),
                          (float)mean(s, offsetof(ml_verdict, cost_always)),
                          (float)mean(s, offsetof(ml_verdict, cost_rule)),
                          (float)mean(s, offsetof(ml_verdict, cost_model))};
    if (s->n == 0)
        return;
    lab_put_points(frame, 0, 4, NULL, cost);
    for (int i = 0; i < 4; i++)
        lab_put_label(frame, "%s", name[i]);
}

/* The net value divided by the number of decisions: one that is negative at a thousand decisions and large at ten
 * million would fit on no axis. */
static void put_volume(const worth_building *s, const double *param, lab_frame *frame) {
    const ml_verdict *first = &s->verdict[0];
    const double ratio = ml_log(most_decisions / fewest_decisions) / (CURVE - 1);
    float decisions[CURVE], net[CURVE], sure[CURVE];
    size_t n = 0;
    for (int i = 0; i < CURVE && s->n > 0; i++) {
        const double count = fewest_decisions * ml_exp(ratio * i), building = param[BUILD_COST] / count;
        if (building > 1.0)
            continue; /* far below zero, and would flatten the rest */
        decisions[n] = (float)count;
        net[n] = (float)(first->saving - building);
        sure[n++] = (float)(sure_saving(first) - building);
    }
    lab_put_points(frame, NET_LINE, n, decisions, net);
    lab_put_points(frame, SURE_LINE, n, decisions, sure);
    lab_put_point(frame, NOTHING_LINE, (float)fewest_decisions, 0.0f);
    lab_put_point(frame, DECISIONS_LINE, (float)param[DECISIONS], 0.0f);
}

static void put_verdicts(const worth_building *s, const double *param, lab_frame *frame) {
    for (int32_t series = BUILT; series <= BEHIND; series++) {
        float x[MOST_PILOTS], y[MOST_PILOTS];
        size_t n = 0;
        for (int32_t i = 0; i < s->n; i++) {
            const ml_verdict *v = &s->verdict[i];
            if ((v->build ? BUILT : v->net > 0.0 ? AHEAD : BEHIND) != series)
                continue;
            x[n] = (float)v->saving;
            y[n++] = (float)sure_saving(v);
        }
        lab_put_points(frame, series, n, x, y);
    }
    lab_put_point(frame, NEEDED_LINE, 0.0f, (float)(param[BUILD_COST] / param[DECISIONS]));
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    if (view == COSTS_VIEW)
        put_costs(state, frame);
    else if (view == VOLUME_VIEW)
        put_volume(state, param, frame);
    else
        put_verdicts(state, param, frame);
}

const lab lab_worth_building = {
    .name = "worth-building",
    .title = "The verdict",
    .question = "Is a model worth building, and would one pilot tell?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(worth_building),
    .arena_bytes = ALL_ROWS * (DIMENSIONS * sizeof(double) + 2) + SCRATCH + 4096,
    .steps_per_second = 40,
    .step_label = "one pilot",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
