/* Which monitor notices which failure, and when?
 *
 * A model answers requests; at hour 24 something breaks. Every hour six monitors look: two that any service has, two
 * that compare today's inputs and scores with those of training, and two that wait for labels. Each failure happens in
 * a world of its own, all of them to the same requests, so that they can be compared and switched at any time.
 *
 * Sources: Huyen 2022, "Designing Machine Learning Systems", chapter 8 (the kinds of failure); Siddiqi 2006, "Credit
 * Risk Scorecards", Wiley (the stability index); Breck, Cai, Nielsen, Salib and Sculley 2017, "The ML test score", IEEE
 * Big Data (what to monitor). */
#include "lab.h"

#include <string.h>

enum {
    FEATURES = 4,
    TRAINING = 5000,
    MAX_REQUESTS = 2000, /* an hour */
    HOURS = 96,
    INJECTION_HOUR = 24, /* unless the reader injects earlier or later */
    LABEL_HOURS = 6,     /* that the label monitors look at together */
    BINS = 10,           /* of the stability index */
    SHOWN_BINS = 40,     /* of the histogram */
};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum {
    FAILURE, REQUESTS_PER_HOUR, LABEL_DELAY, PSI_LIMIT, ERROR_RATE_LIMIT, P99_LIMIT, ACCURACY_DROP_LIMIT,
    SLICE_DROP_LIMIT
};
enum { NONE, CRASH, SLOW, UNITS, MISSING, POPULATION, CONCEPT, SLICE, FAILURES };
static const char *const failures[] = {"none", "crash", "slow", "units", "missing", "population", "concept", "slice",
                                       NULL};
static const char *const failure_labels[] = {"none",
                                             "crash: a fifth of the calls fail",
                                             "slow: one call in 20 waits",
                                             "units: x0 comes in Fahrenheit",
                                             "missing: x2 is lost",
                                             "population: x3 has grown",
                                             "concept: x1 means the opposite",
                                             "slice: the new app sends -x",
                                             NULL};
static const lab_param params[] = {
    [FAILURE] = {"failure", "What breaks", "", LAB_CHOICE, .initial = CONCEPT, .choices = failures,
                 .choice_labels = failure_labels, .live = true,
                 .help = "From hour 24 on, or from when you inject it. Another choice shows the same hours and "
                         "requests with the other failure.",
                 .group = "World"},
    [REQUESTS_PER_HOUR] = {"requests_per_hour", "Requests", "/h", LAB_INTEGER, 100, MAX_REQUESTS, 500, .step = 100,
                           .group = "World"},
    [LABEL_DELAY] = {"label_delay", "Labels come after", "h", LAB_INTEGER, 1, 72, 24,
                     .help = "When it is known what the right answer would have been.", .group = "World"},
    [PSI_LIMIT] = {"psi_limit", "Stability index", "", LAB_NUMBER, 0.05, 1, 0.2, .step = 0.01, .live = true,
                   .help = "Of inputs and scores: 0.2 is the custom. Without any shift it is about 9/requests.",
                   .group = "Alarm beyond"},
    [ERROR_RATE_LIMIT] = {"error_rate_limit", "Error rate", "%", LAB_NUMBER, 0.5, 50, 2, .log = true, .live = true,
                          .group = "Alarm beyond"},
    [P99_LIMIT] = {"p99_limit", "p99 latency", "ms", LAB_NUMBER, 50, 1000, 200, .log = true, .live = true,
                   .group = "Alarm beyond"},
    [ACCURACY_DROP_LIMIT] = {"accuracy_drop_limit", "Accuracy drop", "", LAB_NUMBER, 0.01, 0.3, 0.05, .step = 0.01,
                             .live = true, .help = "Below the accuracy in training, over six hours of labels.",
                             .group = "Alarm beyond"},
    [SLICE_DROP_LIMIT] = {"slice_drop_limit", "Accuracy drop, new app", "", LAB_NUMBER, 0.05, 0.6, 0.2, .step = 0.05,
                          .live = true,
                          .help = "The same for the 4 % of requests that come from the new app: few, so noisy.",
                          .group = "Alarm beyond"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { ERROR_RATE, P99, INPUT_PSI, OUTPUT_PSI, LABELS, SLICE_LABELS, MONITORS };
enum { INJECTED, GREEN, ALARM, WAITING };
static const lab_series monitor_series[] = {
    [INJECTED] = {"injected", "broken", LAB_AMBER, LAB_MARK_DEFAULT},
    [GREEN] = {"green", "fine", LAB_OK, LAB_MARK_DEFAULT},
    [ALARM] = {"alarm", "ALARM", LAB_BAD, LAB_MARK_DEFAULT},
    [WAITING] = {"waiting", "waiting for labels", LAB_MUTED, LAB_MARK_DEFAULT},
};
enum { TRUE_ACCURACY_LINE, DELAYED_LINE, LIMIT_LINE, INJECTION_LINE };
static const lab_series accuracy_series[] = {
    [TRUE_ACCURACY_LINE] = {"true_accuracy", "true, unseen", LAB_MUTED, LAB_MARK_LINE},
    [DELAYED_LINE] = {"delayed_accuracy", "by labels", LAB_ACCENT, LAB_MARK_LINE},
    [LIMIT_LINE] = {"limit", "alarm below", LAB_BAD, LAB_MARK_HORIZONTAL},
    [INJECTION_LINE] = {"injection", "it breaks", LAB_AMBER, LAB_MARK_VERTICAL},
};
enum { THEN, NOW };
static const lab_series feature_series[] = {
    [THEN] = {"then", "in training", LAB_BLUE, LAB_MARK_DEFAULT},
    [NOW] = {"now", "this hour", LAB_ACCENT, LAB_MARK_LINE},
};
static const lab_series table_series[] = {
    [ERROR_RATE] = {"error_rate", "errors", LAB_ACCENT, LAB_MARK_DEFAULT},
    [P99] = {"p99", "p99", LAB_ACCENT, LAB_MARK_DEFAULT},
    [INPUT_PSI] = {"input_psi", "inputs", LAB_ACCENT, LAB_MARK_DEFAULT},
    [OUTPUT_PSI] = {"output_psi", "scores", LAB_ACCENT, LAB_MARK_DEFAULT},
    [LABELS] = {"labels", "labels", LAB_ACCENT, LAB_MARK_DEFAULT},
    [SLICE_LABELS] = {"slice", "new app", LAB_ACCENT, LAB_MARK_DEFAULT},
    [MONITORS] = {"accuracy", "true accuracy", LAB_ACCENT, LAB_MARK_DEFAULT},
};

#define PSI_FORMULA "\\sum_{b=1}^{10}(q_b - p_b)\\ln\\frac{q_b}{p_b}"
enum { MONITOR_LANES, ACCURACY_BY_HOUR, WORST_FEATURE, HOURS_UNTIL_ALARM };
static const lab_view views[] = {
    [MONITOR_LANES] = {"monitors", "The dashboard", LAB_TIMELINE, .x = {.title = "hour", .min = 0, .max = HOURS},
                       .y = {.title = ""}, LAB_SERIES(monitor_series), .code = "monitored",
                       .help = "A cell an hour: green, alarm, or grey while labels are awaited. The top lane is the "
                               "truth, which no dashboard has. Point at a cell for its figure.",
                       .wide = true},
    [ACCURACY_BY_HOUR] = {"accuracy_by_hour", "Share of right answers", LAB_LINE,
                          {.title = "hour", .min = 0, .max = HOURS}, {.title = "accuracy", .min = 0.3, .max = 1},
                          LAB_SERIES(accuracy_series), .code = "delayed_accuracy",
                          .formula = "\\frac{\\text{right in hours } h{-}d{-}5 \\ldots h{-}d}"
                                     "{\\text{requests in them}}",
                          .help = "Grey is what users get, hour by hour; in colour what the labels tell, later."},
    [WORST_FEATURE] = {"worst_feature", "The feature that moved most", LAB_HISTOGRAM,
                       {.title = "value that the model was given"}, {.title = "share (%)"},
                       LAB_SERIES(feature_series), .code = "ml_psi", .formula = PSI_FORMULA,
                       .help = "Of the four, the one with the largest stability index this hour."},
    [HOURS_UNTIL_ALARM] = {"hours_until_alarm", "Hours until each alarm", LAB_TABLE,
                           .x = {.title = "failure"}, .series = table_series,
                           .n_series = LAB_COUNT(table_series), .code = "hours_until",
                           .help = "Every failure, from the same hour on. A dash: not yet, or never.",
                           .wide = true, .absent = "–"},
};

enum {
    HOUR, TRAINING_ACCURACY, TRUE_ACCURACY, MEAN_ACCURACY_AFTER, SLICE_ACCURACY, HARM, HOURS_TO_ERROR_RATE,
    HOURS_TO_P99, HOURS_TO_INPUT_PSI, HOURS_TO_OUTPUT_PSI, HOURS_TO_LABELS, HOURS_TO_SLICE
};
static const lab_readout readouts[] = {
    [HOUR] = {"hour", "hour", "", .absent = "not yet", .code = "figures", .minor = true},
    [TRAINING_ACCURACY] = {"training_accuracy", "accuracy in training", "", .code = "train", .minor = true},
    [TRUE_ACCURACY] = {"true_accuracy", "true accuracy, this hour", "", .absent = "not yet", .code = "figures"},
    [MEAN_ACCURACY_AFTER] = {"mean_accuracy_after", "since it broke", "", .absent = "not yet", .code = "sum_since",
                             .help = "True accuracy of all requests since the injection."},
    [SLICE_ACCURACY] = {"slice_accuracy", "new app, since it broke", "", .absent = "not yet", .code = "sum_since",
                        .help = "True accuracy of the requests from the new app since the injection."},
    [HARM] = {"harm", "answers lost", "", .code = "harm_of",
              .formula = "n\\,a_{\\text{train}}-\\text{right}",
              .help = "Right answers that the accuracy in training promises since the injection, less those given. "
                      "About 0, or below, is no harm."},
    [HOURS_TO_ERROR_RATE] = {"hours_to_error_rate", "errors: alarm after", "h", .absent = "never",
                             .code = "hours_until"},
    [HOURS_TO_P99] = {"hours_to_p99", "p99: alarm after", "h", .absent = "never", .code = "hours_until"},
    [HOURS_TO_INPUT_PSI] = {"hours_to_input_psi", "inputs: alarm after", "h", .absent = "never",
                            .code = "hours_until"},
    [HOURS_TO_OUTPUT_PSI] = {"hours_to_output_psi", "scores: alarm after", "h", .absent = "never",
                             .code = "hours_until"},
    [HOURS_TO_LABELS] = {"hours_to_labels", "labels: alarm after", "h", .absent = "never", .code = "hours_until"},
    [HOURS_TO_SLICE] = {"hours_to_slice", "new app: alarm after", "h", .absent = "never", .code = "hours_until"},
};

static const lab_action actions[] = {
    {"inject_now", "Inject now", "The failure begins with the next hour, and until then all was well."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* An hour's requests as they are, before anything breaks. All failures meet the same. */
typedef struct requests {
    int32_t n;
    double x[MAX_REQUESTS * FEATURES];
    double fate[MAX_REQUESTS];     /* uniform: the label is 1 where it is below the probability of a 1 */
    bool new_app[MAX_REQUESTS];
    double latency[MAX_REQUESTS];  /* ms */
    double extra[MAX_REQUESTS];    /* what `slow` adds, ms: 0 for 19 in 20 */
    double mishap[MAX_REQUESTS];   /* uniform: an error where it is below the error rate */
} requests;

/* What happened in an hour of one world. */
typedef struct hour_record {
    int32_t right, slice_right, slice_requests;
    double monitor[LABELS]; /* the four that need no labels: error rate (%), p99 (ms), two stability indices */
    int32_t worst_feature;
} hour_record;

typedef struct silent_failure {
    double coefficient[FEATURES], intercept, training_accuracy;
    double *training;                          /* [TRAINING x FEATURES] */
    double edge[FEATURES + 1][BINS - 1];       /* deciles of the training data: the features, then the score */
    uint32_t training_count[FEATURES + 1][BINS];
    ml_rng row_rng, label_rng, app_rng, latency_rng, error_rng; /* a stream each */
    int32_t n_hours, injection; /* hours that are over; the first one with the failure */
    hour_record record[FAILURES][HOURS];
    requests hour;              /* the last one */
    double given[MAX_REQUESTS * FEATURES], score[MAX_REQUESTS], column[MAX_REQUESTS], scratch[2 * MAX_REQUESTS];
} silent_failure;

static int32_t failure_at(const silent_failure *s, int32_t failure, int32_t hour) {
    return hour < s->injection ? NONE : failure;
}

static const hour_record *record_of(const silent_failure *s, int32_t failure, int32_t hour) {
    return &s->record[failure_at(s, failure, hour)][hour];
}

/* --- The world ---------------------------------------------------------------------------------------------------- */

/* P(label 1) of a row. Under `concept` the second feature has come to mean the opposite. */
static double truth(const double *x, int32_t failure) {
    const double w1 = failure == CONCEPT ? 1.5 : -1.5;
    return ml_sigmoid(2.0 * x[0] + w1 * x[1] + x[2] + 0.5 * x[3]);
}

/* What the model is given in place of a row x. */
static void garble(double *x, int32_t failure, bool new_app) {
    if (failure == UNITS) /* degrees Celsius by the standardisation 10 + 10 x0, read as Fahrenheit: 1.8 C + 32 */
        x[0] = 1.8 * x[0] + 9.6;
    if (failure == MISSING) /* filled in with its mean */
        x[2] = 0.0;
    if (failure == SLICE && new_app)
        for (size_t j = 0; j < FEATURES; j++)
            x[j] = -x[j];
}

static void draw_requests(silent_failure *s) {
    requests *r = &s->hour;
    for (int32_t i = 0; i < r->n; i++) {
        for (size_t j = 0; j < FEATURES; j++)
            r->x[i * FEATURES + (int32_t)j] = ml_rng_normal(&s->row_rng);
        r->fate[i] = ml_rng_uniform(&s->label_rng);
        r->new_app[i] = ml_rng_bernoulli(&s->app_rng, 0.04);
        r->latency[i] = 20.0 * ml_exp(0.4 * ml_rng_normal(&s->latency_rng));
        const int waits = ml_rng_bernoulli(&s->latency_rng, 0.05);
        const double wait = ml_rng_exponential(&s->latency_rng, 400.0);
        r->extra[i] = waits ? wait : 0.0;
        r->mishap[i] = ml_rng_uniform(&s->error_rng);
    }
}

/* --- The model ---------------------------------------------------------------------------------------------------- */

static void copy_column(size_t n, size_t stride, const double *x, double *column) {
    for (size_t i = 0; i < n; i++)
        column[i] = x[i * stride];
}

/* The deciles of one column of the training data, and how many of its rows fall into each tenth. */
static ml_status take_deciles(silent_failure *s, int32_t at, const double *column, double *scratch, ml_error *error) {
    ML_TRY(ml_quantiles(TRAINING, column, BINS, s->edge[at], scratch, error));
    return ml_bin_count(TRAINING, column, BINS, s->edge[at], s->training_count[at], error);
}

/* Logistic regression on rows of the healthy world, and what they looked like. */
static ml_status train(silent_failure *s, uint64_t seed, ml_arena *arena, ml_error *error) {
    ml_rng rng = ml_rng_seed(seed, 1);
    s->training = ML_ALLOC(arena, TRAINING * FEATURES, double);
    double *const column = ML_ALLOC(arena, TRAINING, double), *const scratch = ML_ALLOC(arena, 2 * TRAINING, double);
    uint8_t *const label = ML_ALLOC(arena, TRAINING, uint8_t);
    if (s->training == NULL || column == NULL || scratch == NULL || label == NULL)
        return ml_fail(error, ML_ENOMEM, "the training data do not fit in the lab's memory");
    for (size_t i = 0; i < TRAINING; i++) {
        double *const x = s->training + i * FEATURES;
        for (size_t j = 0; j < FEATURES; j++)
            x[j] = ml_rng_normal(&rng);
        label[i] = (uint8_t)ml_rng_bernoulli(&rng, truth(x, NONE));
    }
    ML_TRY(ml_logistic_fit(TRAINING, FEATURES, s->training, label, 0.0, s->coefficient, &s->intercept, NULL, arena,
                           error));
    for (int32_t j = 0; j < FEATURES; j++) {
        copy_column(TRAINING, FEATURES, s->training + j, column);
        ML_TRY(take_deciles(s, j, column, scratch, error));
    }
    ml_logistic_predict(TRAINING, FEATURES, s->training, s->coefficient, s->intercept, column);
    size_t right = 0;
    for (size_t i = 0; i < TRAINING; i++)
        right += (column[i] > 0.5) == label[i];
    s->training_accuracy = (double)right / TRAINING;
    return take_deciles(s, FEATURES, column, scratch, error);
}

/* --- An hour ------------------------------------------------------------------------------------------------------ */

/* What the model is given in the last hour if that failure is in force. */
static void give_rows(silent_failure *s, int32_t failure) {
    const requests *r = &s->hour;
    memcpy(s->given, r->x, (size_t)r->n * FEATURES * sizeof *s->given);
    for (int32_t i = 0; i < r->n; i++) {
        if (failure == POPULATION)
            s->given[i * FEATURES + 3] += 1.5;
        garble(s->given + i * FEATURES, failure, r->new_app[i]);
    }
}

static void count_right(const silent_failure *s, int32_t failure, hour_record *record) {
    const requests *r = &s->hour;
    for (int32_t i = 0; i < r->n; i++) {
        double x[FEATURES];
        memcpy(x, r->x + i * FEATURES, sizeof x);
        if (failure == POPULATION) /* really: the world has changed, not only what the model is given */
            x[3] += 1.5;
        const bool right = (s->score[i] > 0.5) == (r->fate[i] < truth(x, failure));
        record->right += right;
        record->slice_right += right && r->new_app[i];
        record->slice_requests += r->new_app[i];
    }
}

/* Time-outs are errors too: of calls that take longer than a second. */
static void watch_service(silent_failure *s, int32_t failure, hour_record *record) {
    const requests *r = &s->hour;
    const double error_rate = failure == CRASH ? 0.201 : 0.001;
    int32_t errors = 0;
    for (int32_t i = 0; i < r->n; i++) {
        s->column[i] = r->latency[i] + (failure == SLOW ? r->extra[i] : 0.0);
        errors += r->mishap[i] < error_rate || s->column[i] > 1000.0;
    }
    record->monitor[ERROR_RATE] = 100.0 * errors / r->n;
    record->monitor[P99] = ml_percentile((size_t)r->n, s->column, 99.0, s->scratch);
}

static ml_status psi_of(const silent_failure *s, int32_t at, const double *column, double *psi, ml_error *error) {
    uint32_t count[BINS];
    ML_TRY(ml_bin_count((size_t)s->hour.n, column, BINS, s->edge[at], count, error));
    return ml_psi(BINS, s->training_count[at], count, ML_PSI_FLOOR, psi, error);
}

static ml_status watch_distributions(silent_failure *s, hour_record *record, ml_error *error) {
    record->monitor[INPUT_PSI] = -1.0;
    for (int32_t j = 0; j < FEATURES; j++) {
        double psi;
        copy_column((size_t)s->hour.n, FEATURES, s->given + j, s->column);
        ML_TRY(psi_of(s, j, s->column, &psi, error));
        if (psi > record->monitor[INPUT_PSI]) {
            record->monitor[INPUT_PSI] = psi;
            record->worst_feature = j;
        }
    }
    return psi_of(s, FEATURES, s->score, &record->monitor[OUTPUT_PSI], error);
}

/* The last hour's requests, as they fare under a failure. Failed ones count everywhere: the model answered them. */
static ml_status live_through(silent_failure *s, int32_t failure, hour_record *record, ml_error *error) {
    *record = (hour_record){0};
    give_rows(s, failure);
    ml_logistic_predict((size_t)s->hour.n, FEATURES, s->given, s->coefficient, s->intercept, s->score);
    count_right(s, failure, record);
    watch_service(s, failure, record);
    return watch_distributions(s, record, error);
}

/* --- Monitors ----------------------------------------------------------------------------------------------------- */

/* Accuracy by the labels that have come by the end of an hour, over the last six hours of them; NaN while there are
 * fewer, or no request of the slice was among them. */
static double delayed_accuracy(const silent_failure *s, const double *param, int32_t failure, int32_t hour,
                               bool slice) {
    const int32_t last = hour - (int32_t)param[LABEL_DELAY], first = last - LABEL_HOURS + 1;
    int32_t right = 0, all = 0;
    for (int32_t h = first; h <= last && first >= 0; h++) {
        const hour_record *record = record_of(s, failure, h);
        right += slice ? record->slice_right : record->right;
        all += slice ? record->slice_requests : s->hour.n;
    }
    return all > 0 ? (double)right / all : (double)NAN;
}

/* The figure that a monitor sees in an hour; NaN: none yet. */
static double monitored(const silent_failure *s, const double *param, int32_t failure, int32_t monitor, int32_t hour) {
    if (monitor >= LABELS)
        return delayed_accuracy(s, param, failure, hour, monitor == SLICE_LABELS);
    return record_of(s, failure, hour)->monitor[monitor];
}

static ml_alarm alarm_of(const silent_failure *s, const double *param, int32_t monitor) {
    switch (monitor) {
    case ERROR_RATE:
        return ml_alarm_between(-(double)INFINITY, param[ERROR_RATE_LIMIT]);
    case P99:
        return ml_alarm_between(-(double)INFINITY, param[P99_LIMIT]);
    case LABELS:
        return ml_alarm_between(s->training_accuracy - param[ACCURACY_DROP_LIMIT], (double)INFINITY);
    case SLICE_LABELS:
        return ml_alarm_between(s->training_accuracy - param[SLICE_DROP_LIMIT], (double)INFINITY);
    default: /* the two stability indices */
        return ml_alarm_between(-(double)INFINITY, param[PSI_LIMIT]);
    }
}

/* From the injection to a monitor's first alarm; -1: none so far. */
static int32_t hours_until(const silent_failure *s, const double *param, int32_t failure, int32_t monitor) {
    ml_alarm alarm = alarm_of(s, param, monitor);
    for (int32_t hour = s->injection; hour < s->n_hours && alarm.first < 0; hour++)
        ml_alarm_observe(&alarm, monitored(s, param, failure, monitor, hour));
    return alarm.first;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

/* Everything since the injection: right answers, in all and of the slice, and requests of the slice. */
static hour_record sum_since(const silent_failure *s, int32_t failure) {
    hour_record sum = {0};
    for (int32_t hour = s->injection; hour < s->n_hours; hour++) {
        const hour_record *record = record_of(s, failure, hour);
        sum.right += record->right;
        sum.slice_right += record->slice_right;
        sum.slice_requests += record->slice_requests;
    }
    return sum;
}

static double requests_since(const silent_failure *s) {
    return s->n_hours > s->injection ? (double)(s->n_hours - s->injection) * s->hour.n : 0.0;
}

static double harm_of(const silent_failure *s, const hour_record *sum) {
    return s->training_accuracy * requests_since(s) - sum->right;
}

static void figures(void *state, const double *param, double *readout) {
    const silent_failure *s = state;
    const int32_t failure = (int32_t)param[FAILURE], last = s->n_hours - 1;
    const hour_record sum = sum_since(s, failure);
    const double n = requests_since(s);
    readout[HOUR] = last;
    readout[TRAINING_ACCURACY] = s->training_accuracy;
    readout[TRUE_ACCURACY] = last >= 0 ? (double)record_of(s, failure, last)->right / s->hour.n : -1.0;
    readout[MEAN_ACCURACY_AFTER] = n > 0.0 ? sum.right / n : -1.0;
    readout[SLICE_ACCURACY] = sum.slice_requests > 0 ? (double)sum.slice_right / sum.slice_requests : -1.0;
    readout[HARM] = harm_of(s, &sum);
    for (int32_t monitor = 0; monitor < MONITORS; monitor++)
        readout[HOURS_TO_ERROR_RATE + monitor] = hours_until(s, param, failure, monitor);
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* An alarm that never rings proves nothing with a limit that nothing can reach. */
static bool is_strict(const double *param) {
    return param[PSI_LIMIT] <= 0.2 && param[ERROR_RATE_LIMIT] <= 2.0 && param[P99_LIMIT] <= 200.0;
}

static bool stays_green(const double *readout, int32_t monitor) {
    return readout[HOURS_TO_ERROR_RATE + monitor] == -1.0;
}

static bool only_labels_can_tell(const double *param, const double *readout) {
    return is_strict(param) && stays_green(readout, ERROR_RATE) && stays_green(readout, P99) &&
           stays_green(readout, INPUT_PSI) && stays_green(readout, OUTPUT_PSI);
}

static bool has_seen_two_days(const void *state) {
    const silent_failure *s = state;
    return s->n_hours - s->injection >= 48;
}

static bool silent_concept(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[FAILURE] == CONCEPT && only_labels_can_tell(param, readout) && param[LABEL_DELAY] >= 24.0 &&
           readout[HOURS_TO_LABELS] >= 24.0;
}

static bool visible_crash(const void *state, const double *param, const double *readout) {
    return has_seen_two_days(state) && param[FAILURE] == CRASH && readout[HOURS_TO_ERROR_RATE] == 0.0 &&
           is_strict(param) && stays_green(readout, P99) && stays_green(readout, INPUT_PSI) &&
           stays_green(readout, OUTPUT_PSI) && stays_green(readout, LABELS);
}

static bool wrong_units(const void *state, const double *param, const double *readout) {
    return has_seen_two_days(state) && param[FAILURE] == UNITS && readout[HOURS_TO_INPUT_PSI] == 0.0 &&
           readout[HOURS_TO_OUTPUT_PSI] == 0.0 && readout[HOURS_TO_LABELS] >= 24.0 &&
           fabs(readout[MEAN_ACCURACY_AFTER] - 0.5) < 0.03;
}

static bool drift_without_harm(const void *state, const double *param, const double *readout) {
    return has_seen_two_days(state) && param[FAILURE] == POPULATION && readout[HOURS_TO_INPUT_PSI] == 0.0 &&
           stays_green(readout, LABELS) && readout[MEAN_ACCURACY_AFTER] > readout[TRAINING_ACCURACY] - 0.02;
}

static bool hidden_slice(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[FAILURE] == SLICE && only_labels_can_tell(param, readout) && readout[HOURS_TO_SLICE] >= 24.0 &&
           readout[SLICE_ACCURACY] < 0.3;
}

static const lab_goal goals[] = {
    {"silent_concept",
     "Just press Run. At hour 24 one more answer in five goes wrong, and a day passes before anything turns red: watch "
     "which lane it is.",
     silent_concept, ""},
    {"visible_crash",
     "Break it the loud way, with crashes, and run on for two days: the error rate rings in the same hour, and nothing "
     "else has anything to say.",
     visible_crash, "failure=crash"},
    {"wrong_units",
     "Send Fahrenheit where the model expects Celsius. It now tosses a coin, but its inputs and scores give it away in "
     "the first hour, a day before the labels do.",
     wrong_units, "failure=units"},
    {"drift_without_harm",
     "Let the population change: the input alarm rings at once. Two days later look at the true accuracy, and decide "
     "who should have been woken up.",
     drift_without_harm, "failure=population"},
    {"hidden_slice",
     "Let the new app send its numbers with the wrong sign. Four in five of its users get wrong answers; find the one "
     "monitor that notices.",
     hidden_slice, "failure=slice"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    silent_failure *s = state;
    s->row_rng = ml_rng_seed(setup->seed, 2);
    s->label_rng = ml_rng_seed(setup->seed, 3);
    s->app_rng = ml_rng_seed(setup->seed, 4);
    s->latency_rng = ml_rng_seed(setup->seed, 5);
    s->error_rng = ml_rng_seed(setup->seed, 6);
    s->hour.n = (int32_t)param[REQUESTS_PER_HOUR];
    s->injection = INJECTION_HOUR;
    return train(s, setup->seed, setup->arena, error);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    silent_failure *s = state;
    (void)param;
    const int32_t worlds = s->n_hours < s->injection ? 1 : FAILURES; /* until it breaks they are all the same */
    draw_requests(s);
    for (int32_t failure = 0; failure < worlds; failure++)
        ML_TRY(live_through(s, failure, &s->record[failure][s->n_hours], error));
    *budget -= (int64_t)s->hour.n * (100 + 100 * worlds);
    s->n_hours++;
    progress->step++;
    progress->finished = s->n_hours == HOURS;
    return ML_OK;
}

/* The worlds part with the next hour. What was recorded of a failure before that no longer counts. */
static ml_status act(void *state, const double *param, int32_t action, ml_error *error) {
    silent_failure *s = state;
    (void)param, (void)action, (void)error; /* there is one action */
    if (s->n_hours < HOURS)
        s->injection = s->n_hours;
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

/* Cells of one state in a lane. The first block of a lane carries its name. */
typedef struct cells {
    size_t n;
    float start[HOURS], end[HOURS], lane[HOURS], value[HOURS];
} cells;

static void add_cell(cells *c, int32_t lane, int32_t hour, double value) {
    c->start[c->n] = (float)hour;
    c->end[c->n] = (float)(hour + 1);
    c->lane[c->n] = (float)lane;
    c->value[c->n++] = (float)value;
}

static bool put_cells(const cells *c, int32_t series, bool has_value, const char *name, lab_frame *frame) {
    if (c->n == 0)
        return false;
    lab_put_spans(frame, series, c->n, c->start, c->end, c->lane, has_value ? c->value : NULL);
    if (name != NULL)
        lab_put_label(frame, "%s", name);
    return true;
}

static void put_lane(const silent_failure *s, const double *param, int32_t monitor, lab_frame *frame) {
    cells green = {0}, red = {0}, grey = {0};
    ml_alarm alarm = alarm_of(s, param, monitor);
    for (int32_t hour = 0; hour < s->n_hours; hour++) {
        const double value = monitored(s, param, (int32_t)param[FAILURE], monitor, hour);
        const bool is_on = ml_alarm_observe(&alarm, value);
        add_cell(isnan(value) ? &grey : is_on ? &red : &green, monitor + 1, hour, value);
    }
    const char *name = table_series[monitor].label;
    if (put_cells(&grey, WAITING, false, name, frame))
        name = NULL;
    if (put_cells(&green, GREEN, true, name, frame))
        name = NULL;
    put_cells(&red, ALARM, true, name, frame);
}

static void put_monitors(const silent_failure *s, const double *param, lab_frame *frame) {
    const float start = (float)s->injection, end = (float)s->n_hours, lane = 0.0f;
    const bool is_broken = s->n_hours > s->injection && param[FAILURE] != NONE;
    lab_put_spans(frame, INJECTED, is_broken, &start, &end, &lane, NULL);
    lab_put_label(frame, "broken");
    for (int32_t monitor = 0; monitor < MONITORS; monitor++)
        put_lane(s, param, monitor, frame);
}

static void put_accuracies(const silent_failure *s, const double *param, lab_frame *frame) {
    const int32_t failure = (int32_t)param[FAILURE];
    float hour[HOURS], accuracy[HOURS], labelled_hour[HOURS], by_labels[HOURS];
    size_t n = 0;
    for (int32_t h = 0; h < s->n_hours; h++) {
        hour[h] = (float)h;
        accuracy[h] = (float)((double)record_of(s, failure, h)->right / s->hour.n);
        const double delayed = delayed_accuracy(s, param, failure, h, false);
        if (isnan(delayed))
            continue;
        labelled_hour[n] = (float)h;
        by_labels[n++] = (float)delayed;
    }
    lab_put_points(frame, TRUE_ACCURACY_LINE, (size_t)s->n_hours, hour, accuracy);
    lab_put_points(frame, DELAYED_LINE, n, labelled_hour, by_labels);
    lab_put_point(frame, LIMIT_LINE, 0.0f, (float)(s->training_accuracy - param[ACCURACY_DROP_LIMIT]));
    if (failure != NONE)
        lab_put_point(frame, INJECTION_LINE, (float)s->injection, 0.5f);
}

/* The share of each bin of the first of FEATURES columns. */
static void put_shares(size_t n, const double *x, int32_t series, double low, double high, lab_frame *frame) {
    float edge[SHOWN_BINS + 1], share[SHOWN_BINS + 1] = {0};
    const double width = (high - low) / SHOWN_BINS;
    for (size_t i = 0; i < n; i++) {
        const int32_t bin = (int32_t)((x[i * FEATURES] - low) / width);
        share[bin < SHOWN_BINS ? bin : SHOWN_BINS - 1] += 100.0f / (float)n;
    }
    for (int32_t i = 0; i <= SHOWN_BINS; i++)
        edge[i] = (float)(low + i * width);
    lab_put_points(frame, series, SHOWN_BINS + 1, edge, share); /* the last share is the closing 0 */
}

/* Both histograms over the same bins, from the lowest to the highest whole number that holds all values. */
static void put_worst_feature(silent_failure *s, const double *param, lab_frame *frame) {
    static const double least_range = 4.0;
    const int32_t last = s->n_hours - 1;
    double low = -least_range, high = least_range;
    if (last < 0)
        return;
    const int32_t failure = failure_at(s, (int32_t)param[FAILURE], last);
    const size_t worst = (size_t)s->record[failure][last].worst_feature, n = (size_t)s->hour.n;
    give_rows(s, failure);
    for (size_t i = 0; i < TRAINING + n; i++) {
        const double x = i < TRAINING ? s->training[i * FEATURES + worst] : s->given[(i - TRAINING) * FEATURES + worst];
        low = fmin(low, floor(x));
        high = fmax(high, ceil(x));
    }
    put_shares(TRAINING, s->training + worst, THEN, low, high, frame);
    put_shares(n, s->given + worst, NOW, low, high, frame);
}

static void put_table(const silent_failure *s, const double *param, lab_frame *frame) {
    const double n = requests_since(s);
    for (int32_t monitor = 0; monitor <= MONITORS; monitor++) {
        float column[FAILURES];
        for (int32_t failure = 0; failure < FAILURES; failure++) {
            const double accuracy = n > 0.0 ? sum_since(s, failure).right / n : -1.0;
            column[failure] = monitor < MONITORS ? (float)hours_until(s, param, failure, monitor) : (float)accuracy;
        }
        lab_put_column(frame, monitor, FAILURES, column);
        for (int32_t failure = 0; failure < FAILURES && monitor == 0; failure++)
            lab_put_label(frame, "%s", failures[failure]);
    }
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    silent_failure *s = state;
    if (view == MONITOR_LANES)
        put_monitors(s, param, frame);
    else if (view == ACCURACY_BY_HOUR)
        put_accuracies(s, param, frame);
    else if (view == WORST_FEATURE)
        put_worst_feature(s, param, frame);
    else
        put_table(s, param, frame);
}

const lab lab_silent_failure = {
    .name = "silent-failure",
    .title = "What would the dashboard see?",
    .question = "Which monitor notices which failure, and when?",
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
    .state_bytes = sizeof(silent_failure),
    .arena_bytes = (TRAINING * (FEATURES + 5) + 256) * sizeof(double) + TRAINING,
    .steps_per_second = 40,
    .step_label = "one hour",
    .init = init,
    .step = step,
    .act = act,
    .read = read,
    .figures = figures,
};
