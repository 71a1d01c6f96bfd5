/* At which score should the system act? A thousand cases a step get a score, some are positive, and the two ways of
 * being wrong cost differently. A threshold is then a decision about money, and 0.5 is a claim that both cost the same.
 *
 * Sources: Elkan 2001, "The foundations of cost-sensitive learning", IJCAI (the threshold); Chow 1970, "On optimum
 * recognition error and reject tradeoff", IEEE Transactions on Information Theory 16(1) (asking a person). */
#include "lab.h"

enum {
    CASES = 20000,
    CASES_A_STEP = 1000,
    STEPS = CASES / CASES_A_STEP,
    CURVE = 200, /* pieces of the cost curve, equally long on a log axis */
    BINS = 40,   /* of the histograms, likewise */
};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum {
    PREVALENCE, SEPARATION, COST_FALSE_POSITIVE, COST_FALSE_NEGATIVE, THRESHOLD, TEMPERATURE, REVIEW, REVIEW_COST
};
static const lab_param params[] = {
    [PREVALENCE] = {"prevalence", "Share of positives", "", LAB_NUMBER, 0.005, 0.5, 0.02, .log = true,
                    .group = "Cases", .help = "How many of the cases are worth acting on: 0.02 is two in a hundred."},
    [SEPARATION] = {"separation", "How well the score separates", "sd", LAB_NUMBER, 0.5, 4, 2, .step = 0.1,
                    .group = "Cases",
                    .help = "How many standard deviations the positives lie above the negatives."},
    [COST_FALSE_POSITIVE] = {"cost_false_positive", "A false alarm costs", "", LAB_NUMBER, 0.1, 1000, 1, .log = true,
                             .live = true, .group = "Costs", .help = "Acting where nothing was the matter."},
    [COST_FALSE_NEGATIVE] = {"cost_false_negative", "A miss costs", "", LAB_NUMBER, 0.1, 1000, 50, .log = true,
                             .live = true, .group = "Costs", .help = "Not acting where it was needed."},
    [THRESHOLD] = {"threshold", "Act from a score of", "", LAB_NUMBER, 1e-4, 1, 0.5, .log = true, .live = true,
                   .group = "Decision"},
    [TEMPERATURE] = {"temperature", "Temperature of the scores", "", LAB_NUMBER, 0.5, 5, 1, .step = 0.1, .live = true,
                     .group = "Decision",
                     .help = "1: a score of 0.2 means one in five. Above 1 the scores crowd towards 0.5, below 1 they "
                             "are over-confident; their order stays."},
    [REVIEW] = {"review", "A person may be asked", "", LAB_TOGGLE, .live = true, .group = "Decision",
                .help = "Each case then takes the cheapest of three: do not act, act, or ask somebody who knows."},
    [REVIEW_COST] = {"review_cost", "Asking costs", "", LAB_NUMBER, 0.01, 5, 0.2, .log = true, .live = true,
                     .group = "Decision"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { COST_CURVE, CHOSEN_LINE, FORMULA_LINE, BEST_POINT };
static const lab_series cost_series[] = {
    [COST_CURVE] = {"cost", "cost", LAB_BLUE, LAB_MARK_LINE},
    [CHOSEN_LINE] = {"chosen", "your threshold", LAB_ACCENT, LAB_MARK_VERTICAL},
    [FORMULA_LINE] = {"formula", "the formula's t*", LAB_TEAL, LAB_MARK_VERTICAL},
    [BEST_POINT] = {"best", "cheapest on these cases", LAB_OK, LAB_MARK_POINTS},
};
enum { NEGATIVES, POSITIVES, THRESHOLD_LINE };
static const lab_series histogram_series[] = {
    [NEGATIVES] = {"negatives", "negatives", LAB_BLUE, LAB_MARK_DEFAULT},
    [POSITIVES] = {"positives", "positives", LAB_AMBER, LAB_MARK_DEFAULT},
    [THRESHOLD_LINE] = {"chosen", "your threshold", LAB_ACCENT, LAB_MARK_VERTICAL},
};
static const lab_series confusion_series[] = {{"cases", "cases", LAB_ACCENT, LAB_MARK_DEFAULT}};
static const lab_series bar_series[] = {{"cost", "cost per 1000 cases", LAB_BLUE, LAB_MARK_BARS}};

enum { COST_BY_THRESHOLD, SCORE_HISTOGRAMS, CONFUSION_MATRIX, COST_BARS };
static const lab_view views[] = {
    [COST_BY_THRESHOLD] = {"cost_by_threshold", "What each threshold costs", LAB_LINE,
                           .x = {.title = "threshold", .log = true, .min = 1e-4, .max = 1},
                           .y = {.title = "cost per 1000 cases"}, LAB_SERIES(cost_series), .code = "cost_of",
                           .formula = "\\frac{1000}{n}\\,(C_{FP}\\cdot FP(t)+C_{FN}\\cdot FN(t))",
                           .help = "At the left end everybody is acted on, at the right end nobody."},
    [SCORE_HISTOGRAMS] = {"score_histograms", "Scores of each class", LAB_HISTOGRAM,
                          .x = {.title = "score p", .log = true, .min = 1e-4, .max = 1},
                          .y = {.title = "share of the class (%)"}, LAB_SERIES(histogram_series),
                          .code = "put_histogram", .formula = "p=\\sigma\\!\\left(\\frac{\\text{logit}}{T}\\right)",
                          .help = "Each class fills 100 % of its own; scores below 0.0001 stand in the first bin."},
    [CONFUSION_MATRIX] = {"confusion_matrix", "Who was right", LAB_MATRIX, .x = {.title = "said"},
                          .y = {.title = "true"}, LAB_SERIES(confusion_series), .code = "count_outcomes",
                          .help = "What a person was asked counts as right."},
    [COST_BARS] = {"cost_bars", "Ways to decide", LAB_BARS, .x = {.title = ""}, .y = {.title = "cost per 1000 cases"},
                   LAB_SERIES(bar_series), .code = "put_bars"},
};

enum {
    ACCURACY, PRECISION, RECALL, AUC, SHARE_REVIEWED, COST_NEVER, COST_ALWAYS, COST_HALF, COST_CHOSEN, COST_FORMULA,
    COST_BEST, COST_REVIEW, THRESHOLD_FORMULA, THRESHOLD_BEST
};
#define PER_1000 "per 1000"
static const lab_readout readouts[] = {
    [ACCURACY] = {"accuracy", "accuracy", .absent = "not yet", .code = "count_outcomes",
                  .formula = "\\frac{TP+TN}{n}"},
    [PRECISION] = {"precision", "precision", .absent = "no alarm", .code = "count_outcomes",
                   .formula = "\\frac{TP}{TP+FP}", .help = "Of the alarms, how many were right."},
    [RECALL] = {"recall", "recall", .absent = "no positive", .code = "count_outcomes",
                .formula = "\\frac{TP}{TP+FN}", .help = "Of the positives, how many were found."},
    [AUC] = {"auc", "AUC", .absent = "not yet", .code = "ml_metric_auc",
             .formula = "P(s^+>s^-)+\\tfrac12P(s^+=s^-)",
             .help = "The chance that a positive scores above a negative. Only the order of the scores counts."},
    [SHARE_REVIEWED] = {"share_reviewed", "asked a person", .absent = "not yet", .code = "ml_review_band",
                        .formula = "C_R<\\min(p\\,C_{FN},\\,(1-p)\\,C_{FP})",
                        .help = "The share of cases for which asking is the cheapest, whether or not it is allowed."},
    [COST_NEVER] = {"cost_never", "cost of never acting", PER_1000, .absent = "not yet", .code = "cost_of"},
    [COST_ALWAYS] = {"cost_always", "of always acting", PER_1000, .absent = "not yet", .code = "cost_of"},
    [COST_HALF] = {"cost_half", "of threshold 0.5", PER_1000, .absent = "not yet", .code = "cost_of"},
    [COST_CHOSEN] = {"cost_chosen", "of your threshold", PER_1000, .absent = "not yet", .code = "cost_of"},
    [COST_FORMULA] = {"cost_formula", "of the formula's t*", PER_1000, .absent = "not yet", .code = "cost_of"},
    [COST_BEST] = {"cost_best", "of the best", PER_1000, .absent = "not yet", .code = "ml_metric_best_threshold"},
    [COST_REVIEW] = {"cost_review", "with a person", PER_1000, .absent = "not yet", .code = "cost_with_review"},
    [THRESHOLD_FORMULA] = {"threshold_formula", "the formula's t*", .code = "ml_cost_threshold",
                           .formula = "t^*=\\frac{C_{FP}}{C_{FP}+C_{FN}}",
                           .help = "Right for calibrated scores, and only for them."},
    [THRESHOLD_BEST] = {"threshold_best", "the best", .absent = "never act", .code = "ml_metric_best_threshold",
                        .help = "The cheapest of all thresholds on these very cases."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* The cases so far, sorted by score: what any threshold does is then two differences of prefix sums. */
typedef struct cost_threshold {
    ml_rng label_rng, score_rng;
    int32_t n, drawn;          /* cases that are sorted and count; and those that are drawn for the step */
    double *logit;             /* [CASES] true logits, in the order drawn */
    uint8_t *label;            /* [CASES] */
    double *score;             /* [n] sigmoid(logit / temperature), ascending */
    uint8_t *sorted_label;     /* [n] */
    int32_t *positives_below;  /* [n + 1] positives among the lowest i */
    uint32_t *order, *scratch; /* [CASES] by logit; [2 CASES] */
    double auc;                /* -1: one class only */
    double threshold_best, total_best;
} cost_threshold;

typedef struct outcomes {
    double true_positive, false_positive, true_negative, false_negative;
} outcomes;

/* --- Decisions ---------------------------------------------------------------------------------------------------- */

/* How many scores are below the threshold: binary search. */
static int32_t count_below(const cost_threshold *s, double threshold) {
    int32_t low = 0, high = s->n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (s->score[middle] < threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The `no` lowest cases are left alone, those from `yes` on are acted on; a person gets the ones between right. */
static outcomes count_outcomes(const cost_threshold *s, int32_t no, int32_t yes) {
    const double n = s->n, positives = s->positives_below[s->n];
    const double missed = s->positives_below[no], caught = positives - s->positives_below[yes];
    const double false_alarms = n - yes - caught;
    return (outcomes){positives - missed, false_alarms, n - positives - false_alarms, missed};
}

static double per_1000(const cost_threshold *s, double cost) {
    return s->n > 0 ? 1000.0 * cost / s->n : -1.0;
}

/* Cost per 1000 cases of acting from a threshold on. */
static double cost_of(const cost_threshold *s, const double *param, double threshold) {
    const int32_t cut = count_below(s, threshold);
    const outcomes o = count_outcomes(s, cut, cut);
    return per_1000(s, o.false_positive * param[COST_FALSE_POSITIVE] + o.false_negative * param[COST_FALSE_NEGATIVE]);
}

/* Where asking a person begins and ends among the sorted cases. */
static void find_band(const cost_threshold *s, const double *param, int32_t *no, int32_t *yes) {
    double low, high;
    ml_review_band(param[COST_FALSE_POSITIVE], param[COST_FALSE_NEGATIVE], param[REVIEW_COST], &low, &high);
    *no = count_below(s, low);
    *yes = count_below(s, high);
}

static double cost_with_review(const cost_threshold *s, const double *param) {
    int32_t no, yes;
    find_band(s, param, &no, &yes);
    const outcomes o = count_outcomes(s, no, yes);
    return per_1000(s, o.false_positive * param[COST_FALSE_POSITIVE] + o.false_negative * param[COST_FALSE_NEGATIVE] +
                           (yes - no) * param[REVIEW_COST]);
}

/* What comes out of the reader's own way to decide. */
static outcomes outcomes_now(const cost_threshold *s, const double *param) {
    int32_t no = count_below(s, param[THRESHOLD]), yes = no;
    if (param[REVIEW] != 0.0)
        find_band(s, param, &no, &yes);
    return count_outcomes(s, no, yes);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    (void)param;
    cost_threshold *s = state;
    s->label_rng = ml_rng_seed(setup->seed, 1);
    s->score_rng = ml_rng_seed(setup->seed, 2);
    s->logit = ML_ALLOC(setup->arena, CASES, double);
    s->label = ML_ALLOC(setup->arena, CASES, uint8_t);
    s->score = ML_ALLOC(setup->arena, CASES, double);
    s->sorted_label = ML_ALLOC(setup->arena, CASES, uint8_t);
    s->positives_below = ML_ALLOC(setup->arena, CASES + 1, int32_t);
    s->order = ML_ALLOC(setup->arena, CASES, uint32_t);
    s->scratch = ML_ALLOC(setup->arena, 2 * CASES, uint32_t);
    if (!s->logit || !s->label || !s->score || !s->sorted_label || !s->positives_below || !s->order || !s->scratch)
        return ml_fail(error, ML_ENOMEM, "the cases do not fit in the lab's memory");
    s->auc = -1.0;
    s->threshold_best = (double)INFINITY;
    return ML_OK;
}

/* Two normal classes of equal width: by Bayes' rule the logit is linear in the signal, so the score is calibrated. */
static void draw_case(cost_threshold *s, const double *param) {
    const double prevalence = param[PREVALENCE], d = param[SEPARATION];
    const int positive = ml_rng_bernoulli(&s->label_rng, prevalence);
    const double signal = d * positive + ml_rng_normal(&s->score_rng);
    s->label[s->drawn] = (uint8_t)positive;
    s->logit[s->drawn++] = d * signal - 0.5 * d * d + ml_log(prevalence / (1.0 - prevalence));
}

static void sort_cases(cost_threshold *s) {
    ml_argsort_double((size_t)s->n, s->logit, s->order, s->scratch);
    for (int32_t i = 0; i < s->n; i++) {
        s->sorted_label[i] = s->label[s->order[i]];
        s->positives_below[i + 1] = s->positives_below[i] + s->sorted_label[i];
    }
}

/* Scores at this temperature. The logits' order is theirs too, so nothing is sorted again. */
static void score_cases(cost_threshold *s, const double *param) {
    for (int32_t i = 0; i < s->n; i++)
        s->score[i] = ml_sigmoid(s->logit[s->order[i]] / param[TEMPERATURE]);
    if (ml_metric_auc((size_t)s->n, s->score, s->sorted_label, s->scratch, &s->auc, NULL) != ML_OK)
        s->auc = -1.0; /* one class only */
}

static ml_status find_best(cost_threshold *s, const double *param, ml_error *error) {
    return ml_metric_best_threshold((size_t)s->n, s->score, s->sorted_label, param[COST_FALSE_POSITIVE],
                                    param[COST_FALSE_NEGATIVE], s->scratch, &s->threshold_best, &s->total_best, error);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    cost_threshold *s = state;
    const int32_t end = (progress->step + 1) * CASES_A_STEP;
    for (; s->drawn < end && *budget > 0; *budget -= 32)
        draw_case(s, param);
    if (s->drawn < end)
        return ML_OK;
    s->n = end;
    sort_cases(s);
    score_cases(s, param);
    ML_TRY(find_best(s, param, error));
    *budget -= 64 * (int64_t)s->n;
    progress->step++;
    progress->finished = progress->step == STEPS;
    return ML_OK;
}

static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    cost_threshold *s = state;
    if (changed == TEMPERATURE)
        score_cases(s, param);
    if (changed == TEMPERATURE || changed == COST_FALSE_POSITIVE || changed == COST_FALSE_NEGATIVE)
        return find_best(s, param, error);
    return ML_OK;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static double share(double part, double whole) {
    return whole > 0.0 ? part / whole : -1.0;
}

static void figures(void *state, const double *param, double *readout) {
    const cost_threshold *s = state;
    const outcomes o = outcomes_now(s, param);
    const double formula = ml_cost_threshold(param[COST_FALSE_POSITIVE], param[COST_FALSE_NEGATIVE]);
    int32_t no, yes;
    find_band(s, param, &no, &yes);
    readout[ACCURACY] = share(o.true_positive + o.true_negative, s->n);
    readout[PRECISION] = share(o.true_positive, o.true_positive + o.false_positive);
    readout[RECALL] = share(o.true_positive, o.true_positive + o.false_negative);
    readout[AUC] = s->auc;
    readout[SHARE_REVIEWED] = share(yes - no, s->n);
    readout[COST_NEVER] = cost_of(s, param, (double)INFINITY);
    readout[COST_ALWAYS] = cost_of(s, param, 0.0);
    readout[COST_HALF] = cost_of(s, param, 0.5);
    readout[COST_CHOSEN] = cost_of(s, param, param[THRESHOLD]);
    readout[COST_FORMULA] = cost_of(s, param, formula);
    readout[COST_BEST] = per_1000(s, s->total_best);
    readout[COST_REVIEW] = cost_with_review(s, param);
    readout[THRESHOLD_FORMULA] = formula;
    readout[THRESHOLD_BEST] = isfinite(s->threshold_best) ? s->threshold_best : -1.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

static bool is_finished(const cost_threshold *s) {
    return s->n == CASES;
}

static bool ten_alarms_one_hit(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[REVIEW] == 0.0 && readout[PRECISION] > 0.0 && readout[PRECISION] <= 0.12 &&
           readout[COST_CHOSEN] < 0.5 * readout[COST_HALF] && readout[COST_CHOSEN] < 0.5 * readout[COST_NEVER];
}

static bool uncalibrated(const void *state, const double *param, const double *readout) {
    (void)param;
    return is_finished(state) && readout[COST_FORMULA] > 2.5 * readout[COST_BEST] &&
           readout[COST_CHOSEN] < 1.15 * readout[COST_BEST];
}

static bool ask_a_person(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[REVIEW] != 0.0 && readout[SHARE_REVIEWED] > 0.0 &&
           readout[COST_REVIEW] < 0.5 * readout[COST_BEST];
}

static bool weak_score(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[SEPARATION] <= 1.0 &&
           fabs(readout[COST_HALF] / readout[COST_NEVER] - 1.0) < 0.01 &&
           readout[COST_FORMULA] < 0.85 * readout[COST_NEVER];
}

static const lab_goal goals[] = {
    {"ten_alarms_one_hit",
     "Lower the threshold until nine alarms in ten are false, and the bill is less than half of what threshold 0.5 or "
     "never acting costs. The accuracy falls, and that is right.",
     ten_alarms_one_hit, "threshold=0.0196"},
    {"uncalibrated",
     "Raise the temperature: same order, same AUC, and the formula's threshold now costs 2.5 times the best. Find a "
     "threshold by hand that comes within 15 % of the best.",
     uncalibrated, "temperature=3 threshold=0.21"},
    {"ask_a_person",
     "Let a person be asked, at a price at which the whole costs less than half of the best threshold alone.",
     ask_a_person, "review=on"},
    {"weak_score",
     "Take a score that hardly separates (1 or less): threshold 0.5 then costs what never acting costs, to within 1 %, "
     "and the formula's threshold still saves at least 15 %.",
     weak_score, "separation=1"},
};

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

/* From 0.0001 to 1 in equal ratios; i from 0 to pieces. */
static double on_log_axis(int32_t i, int32_t pieces) {
    return i == pieces ? 1.0 : ml_exp(ml_log(1e-4) * (1.0 - (double)i / pieces));
}

static void put_costs(const cost_threshold *s, const double *param, lab_frame *frame) {
    float threshold[CURVE + 1], cost[CURVE + 1];
    const double formula = ml_cost_threshold(param[COST_FALSE_POSITIVE], param[COST_FALSE_NEGATIVE]);
    if (s->n == 0)
        return;
    for (int32_t i = 0; i <= CURVE; i++) {
        const double t = on_log_axis(i, CURVE);
        threshold[i] = (float)t;
        cost[i] = (float)cost_of(s, param, t);
    }
    lab_put_points(frame, COST_CURVE, CURVE + 1, threshold, cost);
    lab_put_point(frame, CHOSEN_LINE, (float)param[THRESHOLD], (float)cost_of(s, param, param[THRESHOLD]));
    lab_put_point(frame, FORMULA_LINE, (float)formula, (float)cost_of(s, param, formula));
    /* never to act is where the axis ends */
    lab_put_point(frame, BEST_POINT, isfinite(s->threshold_best) ? (float)s->threshold_best : 1.0f,
                  (float)per_1000(s, s->total_best));
}

/* The share of a class in each bin, in percent. */
static void put_histogram(const cost_threshold *s, int32_t series, lab_frame *frame) {
    float edge[BINS + 1], percent[BINS + 1] = {0};
    const int32_t positives = s->positives_below[s->n];
    const int32_t all = series == POSITIVES ? positives : s->n - positives;
    int32_t before = 0; /* of the class, below the bin's left edge; the first bin reaches down to 0 */
    for (int32_t bin = 0; bin <= BINS; bin++)
        edge[bin] = (float)on_log_axis(bin, BINS);
    for (int32_t bin = 0; bin < BINS && all > 0; bin++) {
        const int32_t below = bin + 1 < BINS ? count_below(s, on_log_axis(bin + 1, BINS)) : s->n;
        const int32_t of_class = series == POSITIVES ? s->positives_below[below] : below - s->positives_below[below];
        percent[bin] = 100.0f * (float)(of_class - before) / (float)all;
        before = of_class;
    }
    lab_put_points(frame, series, BINS + 1, edge, percent);
}

static void put_confusion(const cost_threshold *s, const double *param, lab_frame *frame) {
    const outcomes o = outcomes_now(s, param);
    const float count[4] = {(float)o.true_negative, (float)o.false_positive, (float)o.false_negative,
                            (float)o.true_positive};
    lab_put_grid(frame, 0, (lab_grid){.width = 2, .height = 2, .x1 = 2, .y1 = 2}, count);
    lab_put_label(frame, "negative");
    lab_put_label(frame, "positive");
}

static void put_bars(cost_threshold *s, const double *param, lab_frame *frame) {
    static const char *const names[] = {"never act", "always act", "at 0.5", "yours", "best", "with a person"};
    static const int32_t shown[] = {COST_NEVER, COST_ALWAYS, COST_HALF, COST_CHOSEN, COST_BEST, COST_REVIEW};
    enum { BARS = sizeof shown / sizeof *shown };
    double readout[LAB_COUNT(readouts)];
    float cost[BARS];
    if (s->n == 0)
        return;
    figures(s, param, readout);
    for (size_t i = 0; i < BARS; i++)
        cost[i] = (float)readout[shown[i]];
    lab_put_points(frame, 0, BARS, NULL, cost);
    for (size_t i = 0; i < BARS; i++)
        lab_put_label(frame, "%s", names[i]);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    cost_threshold *s = state;
    switch (view) {
    case COST_BY_THRESHOLD:
        put_costs(s, param, frame);
        break;
    case SCORE_HISTOGRAMS:
        put_histogram(s, NEGATIVES, frame);
        put_histogram(s, POSITIVES, frame);
        lab_put_point(frame, THRESHOLD_LINE, (float)param[THRESHOLD], 0.0f);
        break;
    case CONFUSION_MATRIX:
        put_confusion(s, param, frame);
        break;
    default:
        put_bars(s, param, frame);
        break;
    }
}

const lab lab_cost_threshold = {
    .name = "cost-threshold",
    .title = "What a wrong answer costs",
    .question = "At which score should the system act, and when should a person decide?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(cost_threshold),
    .arena_bytes = CASES * (2 * sizeof(double) + 2 + 4 * sizeof(uint32_t)) + 1024,
    .steps_per_second = 20,
    .step_label = "1000 cases",
    .init = init,
    .step = step,
    .adjust = adjust,
    .read = read,
    .figures = figures,
};
