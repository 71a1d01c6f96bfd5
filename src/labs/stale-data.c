/* What does age do to a model, and how much history should it see?
 *
 * The direction that tells the classes apart turns with the days. A model of the first month does not fade to a coin
 * toss: it goes on to be wrong on purpose. A model of all history remembers worlds that are gone; one of the last few
 * days knows too few rows. Sources: Gama, Žliobaitė, Bifet, Pechenizkiy and Bouchachia 2014, "A survey on concept drift
 * adaptation", ACM Computing Surveys 46(4); Huyen 2022, "Designing Machine Learning Systems", chapters 1 and 8. */
#include "lab.h"

#include <string.h>

enum {
    FEATURES = 10,
    DAYS = 240,
    FIRST_DAY = 30, /* that is predicted; the days before it are the frozen model's */
    PREDICTED = DAYS - FIRST_DAY,
    BREAK_DAY = 90, /* of the sudden drift */
    MAX_ROWS = 200,
    WINDOWS = 7,
};
static const double pi = 3.14159265358979323846;
static const int32_t window_days[WINDOWS] = {3, 7, 15, 30, 60, 120, 240};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { DRIFT, DEGREES_PER_DAY, WINDOW_DAYS, ROWS_PER_DAY, LABEL_NOISE };
enum { GRADUAL, SUDDEN, SEASONAL };
static const char *const drifts[] = {"gradual", "sudden", "seasonal", NULL};
static const lab_param params[] = {
    [DRIFT] = {"drift", "Drift", "", LAB_CHOICE, .initial = GRADUAL, .choices = drifts,
               .help = "How what tells the classes apart turns. Gradual: a little every day. Sudden: by 90° on day 90. "
                       "Seasonal: 60° to and fro in 120 days.",
               .group = "World"},
    [DEGREES_PER_DAY] = {"degrees_per_day", "Speed of gradual drift", "°/day", LAB_NUMBER, 0, 5, 1, .step = 0.1,
                         .help = "Of gradual drift only: by how much the direction turns from one day to the next.",
                         .group = "World"},
    [WINDOW_DAYS] = {"window_days", "Window", "days", LAB_INTEGER, 1, DAYS, 15, .log = true, .live = true,
                     .help = "How many of the last days the retrained model learns from.", .group = "Models"},
    [ROWS_PER_DAY] = {"rows_per_day", "Rows a day", "", LAB_INTEGER, 5, MAX_ROWS, 20, .group = "World"},
    [LABEL_NOISE] = {"label_noise", "Wrong labels", "", LAB_NUMBER, 0, 0.4, 0.1, .step = 0.05,
                     .help = "The chance that a label is the wrong one; nobody can be right more often than the rest.",
                     .group = "World"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { FROZEN, ALL_HISTORY, WINDOW, MODELS }; /* the three models, in every view and array */
#define MODEL_SERIES                                                                                                   \
    [FROZEN] = {"frozen", "frozen after day 29", LAB_BLUE, LAB_MARK_LINE},                                             \
    [ALL_HISTORY] = {"all_history", "all history", LAB_AMBER, LAB_MARK_LINE},                                          \
    [WINDOW] = {"window", "last days", LAB_ACCENT, LAB_MARK_LINE}

enum { CEILING = MODELS, COIN };
static const lab_series accuracy_series[] = {
    MODEL_SERIES,
    [CEILING] = {"ceiling", "best possible", LAB_OK, LAB_MARK_HORIZONTAL},
    [COIN] = {"coin", "a coin", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
enum { TRUTH = MODELS, ROWS };
static const lab_series row_series[] = {
    MODEL_SERIES,
    [TRUTH] = {"truth", "the truth", LAB_OK, LAB_MARK_DASHED},
    [ROWS] = {"rows", "rows of the day", LAB_MUTED, LAB_MARK_POINTS},
};
enum { MEAN, BEST };
static const lab_series window_series[] = {
    [MEAN] = {"mean_accuracy", "mean accuracy", LAB_ACCENT, LAB_MARK_BARS},
    [BEST] = {"best", "the best", LAB_OK, LAB_MARK_HORIZONTAL},
};

#define ACCURACY_FORMULA "(1 - \\rho)\\left(1 - \\frac\\alpha\\pi\\right) + \\rho\\,\\frac\\alpha\\pi"
#define FIT_FORMULA "\\Big(\\sum_t X_t^\\top X_t + 10^{-3} I\\Big)\\,w = \\sum_t X_t^\\top y_t"
#define ANGLE_FORMULA "\\cos\\alpha = \\frac{w \\cdot u_t}{\\lVert w\\rVert}"
enum { ACCURACY_BY_DAY, ROWS_OF_THE_DAY, ACCURACY_BY_WINDOW };
static const lab_view views[] = {
    [ACCURACY_BY_DAY] = {"accuracy_by_day", "Accuracy, day by day", LAB_LINE,
                         {.title = "day", .min = FIRST_DAY, .max = DAYS},
                         {.title = "share of right answers", .min = 0, .max = 1}, LAB_SERIES(accuracy_series),
                         .code = "accuracy_at", .formula = ACCURACY_FORMULA,
                         .help = "Each day is predicted before it is learned from. Below the grey line a model is "
                                 "worse than a coin.",
                         .wide = true},
    [ROWS_OF_THE_DAY] = {"rows_of_the_day", "Where each model draws the line", LAB_SCATTER,
                         {.title = "x1", .min = -3, .max = 3}, {.title = "x2", .min = -3, .max = 3},
                         LAB_SERIES(row_series), .code = "fit_windows", .formula = FIT_FORMULA,
                         .help = "Two of the ten features; the others mean nothing. A model that stands upside down "
                                 "draws the same line and swaps its sides: the tick points to class 1."},
    [ACCURACY_BY_WINDOW] = {"accuracy_by_window", "Mean accuracy by window", LAB_BARS,
                            {.title = "days that the model learns from"},
                            {.title = "mean accuracy so far", .min = 0.4, .max = 1}, LAB_SERIES(window_series),
                            .code = "fit_windows", .formula = FIT_FORMULA,
                            .help = "Too short: few rows, much noise. Too long: rows from a world that is gone."},
};

enum {
    MEAN_FROZEN, MEAN_ALL_HISTORY, MEAN_WINDOW, ACCURACY_FROZEN, ACCURACY_ALL_HISTORY, ACCURACY_WINDOW,
    ANGLE_FROZEN, ANGLE_ALL_HISTORY, ANGLE_WINDOW, BEST_WINDOW
};
static const lab_readout readouts[] = {
    [MEAN_FROZEN] = {"mean_frozen", "Frozen, mean", "", .absent = "not yet", .code = "mean_of",
                     .help = "Mean accuracy over the days so far of the model that learned from days 0 to 29."},
    [MEAN_ALL_HISTORY] = {"mean_all_history", "All history, mean", "", .absent = "not yet", .code = "mean_of"},
    [MEAN_WINDOW] = {"mean_window", "Last days, mean", "", .absent = "not yet", .code = "mean_of",
                     .help = "Of the window that is set, as if it had been set from the first day."},
    [ACCURACY_FROZEN] = {"accuracy_frozen", "Frozen, today", "", .absent = "not yet", .code = "accuracy_at",
                         .formula = ACCURACY_FORMULA},
    [ACCURACY_ALL_HISTORY] = {"accuracy_all_history", "All history, today", "", .absent = "not yet",
                              .code = "accuracy_at", .formula = ACCURACY_FORMULA, .minor = true},
    [ACCURACY_WINDOW] = {"accuracy_window", "Last days, today", "", .absent = "not yet", .code = "accuracy_at",
                         .formula = ACCURACY_FORMULA, .minor = true},
    [ANGLE_FROZEN] = {"angle_frozen", "Frozen, off by", "°", .absent = "not yet", .code = "angle_between",
                      .formula = ANGLE_FORMULA, .help = "Above 90° a model is wrong more often than right."},
    [ANGLE_ALL_HISTORY] = {"angle_all_history", "All history, off by", "°", .absent = "not yet",
                           .code = "angle_between", .formula = ANGLE_FORMULA, .minor = true},
    [ANGLE_WINDOW] = {"angle_window", "Last days, off by", "°", .absent = "not yet", .code = "angle_between",
                      .formula = ANGLE_FORMULA, .minor = true},
    [BEST_WINDOW] = {"best_window", "Best of seven windows", "days", .absent = "not yet", .code = "best_window",
                     .help = "The one with the highest mean accuracy so far; of equals the shortest."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* What a linear model needs to know of some rows: sums, so days can be added up. */
typedef struct normal_equations {
    double gram[FEATURES * FEATURES]; /* X^T X, the lower triangle */
    double moment[FEATURES];          /* X^T y */
} normal_equations;

typedef struct stale_data {
    ml_rng row_rng, noise_rng; /* a stream each */
    normal_equations day[DAYS];
    int32_t n_days;            /* that are over, and can be learned from */
    double x[MAX_ROWS * FEATURES], y[MAX_ROWS]; /* the rows of the last of them; y is -1 or 1 */
    double weight[MODELS][FEATURES]; /* with which that day was predicted */
    double angle[MODELS][PREDICTED]; /* between a model and the truth, by day from FIRST_DAY on, in radians */
    double window_angle[WINDOWS][PREDICTED];
} stale_data;

static int32_t predicted_days(const stale_data *s) {
    return s->n_days - FIRST_DAY;
}

/* --- The world ---------------------------------------------------------------------------------------------------- */

/* The direction of the truth on a day, in the plane of the first two features. */
static double truth_angle(const double *param, int32_t day) {
    switch ((int)param[DRIFT]) {
    case GRADUAL:
        return param[DEGREES_PER_DAY] * day * pi / 180.0;
    case SUDDEN:
        return day < BREAK_DAY ? 0.0 : pi / 2.0;
    default:
        return pi / 3.0 * ml_sin(2.0 * pi * day / 120.0);
    }
}

static void draw_day(stale_data *s, const double *param, int32_t day) {
    const double theta = truth_angle(param, day), u0 = ml_cos(theta), u1 = ml_sin(theta);
    const size_t n = (size_t)param[ROWS_PER_DAY];
    normal_equations *sums = &s->day[day];
    for (size_t i = 0; i < n; i++) {
        double *const x = s->x + i * FEATURES;
        for (size_t j = 0; j < FEATURES; j++)
            x[j] = ml_rng_normal(&s->row_rng);
        s->y[i] = (x[0] * u0 + x[1] * u1 >= 0.0) == ml_rng_bernoulli(&s->noise_rng, param[LABEL_NOISE]) ? -1.0 : 1.0;
        for (size_t j = 0; j < FEATURES; j++)
            sums->moment[j] += x[j] * s->y[i];
    }
    ml_syrk_acc(n, FEATURES, s->x, sums->gram);
    s->n_days = day + 1;
}

/* --- The models --------------------------------------------------------------------------------------------------- */

static void add_day(normal_equations *sum, const normal_equations *day) {
    for (size_t j = 0; j < FEATURES; j++) {
        for (size_t k = 0; k <= j; k++)
            sum->gram[j * FEATURES + k] += day->gram[j * FEATURES + k];
        sum->moment[j] += day->moment[j];
    }
}

/* Least squares on the labels, with a ridge that only keeps the matrix invertible when there are too few rows. */
static ml_status solve(const normal_equations *sum, double *weight, ml_error *error) {
    normal_equations scratch = *sum;
    for (size_t j = 0; j < FEATURES; j++)
        scratch.gram[j * FEATURES + j] += 1e-3;
    ML_TRY(ml_cholesky_solve(FEATURES, scratch.gram, scratch.moment, error));
    memcpy(weight, scratch.moment, sizeof scratch.moment);
    return ML_OK;
}

/* Models of the last window[0], window[1], ... days before `day`, the windows ascending: days are added from yesterday
 * back, and a model is taken off at each window's end, or where history ends. */
static ml_status fit_windows(const stale_data *s, int32_t day, int32_t n, const int32_t *window,
                             double (*weight)[FEATURES], ml_error *error) {
    normal_equations sum = {0};
    int32_t back = 0;
    for (int32_t i = 0; i < n; i++) {
        for (; back < window[i] && back < day; back++)
            add_day(&sum, &s->day[day - 1 - back]);
        ML_TRY(solve(&sum, weight[i], error));
    }
    return ML_OK;
}

/* The angle between a model and the truth of a day, in radians from 0 to pi. */
static double angle_between(const double *weight, const double *param, int32_t day) {
    const double theta = truth_angle(param, day), u[2] = {ml_cos(theta), ml_sin(theta)};
    const double along = weight[0] * u[0] + weight[1] * u[1], across = weight[1] * u[0] - weight[0] * u[1];
    double squares = across * across; /* of all of the weights that is not along u */
    for (size_t j = 2; j < FEATURES; j++)
        squares += weight[j] * weight[j];
    return ml_atan2(sqrt(squares), along);
}

/* Normal rows look the same from all sides, so that a model is wrong about just the share of them that lies in the
 * angle between it and the truth; a wrong label turns right and wrong about. */
static double accuracy_at(double angle, double label_noise) {
    const double wrong = angle / pi;
    return (1.0 - label_noise) * (1.0 - wrong) + label_noise * wrong;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

/* The mean accuracy over the predicted days so far, of which there is at least one. */
static double mean_of(const stale_data *s, const double *angle, double label_noise) {
    const int32_t n = predicted_days(s);
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++)
        sum += accuracy_at(angle[i], label_noise);
    return sum / n;
}

/* The index of the window with the highest mean accuracy; the first of equals. */
static int32_t best_window(const stale_data *s, double label_noise) {
    int32_t best = 0;
    for (int32_t i = 1; i < WINDOWS; i++)
        if (mean_of(s, s->window_angle[i], label_noise) > mean_of(s, s->window_angle[best], label_noise))
            best = i;
    return best;
}

static void figures(void *state, const double *param, double *readout) {
    const stale_data *s = state;
    const double noise = param[LABEL_NOISE];
    const int32_t n = predicted_days(s);
    for (int32_t i = 0; i < MODELS; i++) {
        readout[MEAN_FROZEN + i] = n > 0 ? mean_of(s, s->angle[i], noise) : -1.0;
        readout[ACCURACY_FROZEN + i] = n > 0 ? accuracy_at(s->angle[i][n - 1], noise) : -1.0;
        readout[ANGLE_FROZEN + i] = n > 0 ? s->angle[i][n - 1] * 180.0 / pi : -1.0;
    }
    readout[BEST_WINDOW] = n > 0 ? window_days[best_window(s, noise)] : -1.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

static bool is_finished(const stale_data *s) {
    return predicted_days(s) == PREDICTED;
}

static bool upside_down(const void *state, const double *param, const double *readout) {
    (void)readout;
    const stale_data *s = state;
    for (int32_t i = 0; i < predicted_days(s); i++)
        if (accuracy_at(s->angle[FROZEN][i], param[LABEL_NOISE]) < 0.18)
            return true;
    return false;
}

static bool nothing_changes(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[DRIFT] == GRADUAL && param[DEGREES_PER_DAY] == 0.0 &&
           param[WINDOW_DAYS] <= 60 && readout[MEAN_ALL_HISTORY] > readout[MEAN_FROZEN] &&
           readout[MEAN_ALL_HISTORY] > readout[MEAN_WINDOW];
}

static bool faster_world(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[DRIFT] == GRADUAL && param[DEGREES_PER_DAY] >= 3.0 &&
           param[ROWS_PER_DAY] <= 20 && readout[BEST_WINDOW] <= 7 && readout[MEAN_WINDOW] > 0.79;
}

static bool sudden_break(const void *state, const double *param, const double *readout) {
    return is_finished(state) && param[DRIFT] == SUDDEN && readout[ACCURACY_WINDOW] > 0.8 &&
           readout[ACCURACY_ALL_HISTORY] < readout[ACCURACY_WINDOW] - 0.03 && readout[ACCURACY_FROZEN] < 0.56;
}

static const lab_goal goals[] = {
    {"upside_down",
     "Just press Run, and watch the frozen model sink through the coin's 0.5 to below 0.18: asking it and doing the "
     "opposite would be a fine model.",
     upside_down, ""},
    {"nothing_changes",
     "Stop the drift. Now forgetting only costs: to the last day all history beats both the frozen model and a window "
     "of 60 days or fewer.",
     nothing_changes, "degrees_per_day=0"},
    {"faster_world",
     "Let the world turn by 3 degrees a day, and find the window that keeps the mean above 0.79 (with 20 rows a day, "
     "and it is not the one that you had).",
     faster_world, "degrees_per_day=3 window_days=7"},
    {"sudden_break",
     "Break the world once, on day 90. On the last day, 150 days later, the window is above 0.8, the frozen model a "
     "coin, and all history still has not got over it.",
     sudden_break, "drift=sudden"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    stale_data *s = state;
    const int32_t first_month = FIRST_DAY;
    s->row_rng = ml_rng_seed(setup->seed, 1);
    s->noise_rng = ml_rng_seed(setup->seed, 2);
    for (int32_t day = 0; day < FIRST_DAY; day++)
        draw_day(s, param, day);
    return fit_windows(s, FIRST_DAY, 1, &first_month, &s->weight[FROZEN], error);
}

/* Multiply-adds of one day: adding up all history, nine models, the rows with a normal draw as 16. */
static int64_t cost_of_day(int64_t day, int64_t rows) {
    const int64_t d = FEATURES;
    return 2 * day * d * d / 2 + 9 * d * d * d / 2 + rows * (16 * d + d * d / 2);
}

/* Every model predicts the day before it has seen it; then the day's rows become history. */
static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    stale_data *s = state;
    const int32_t day = s->n_days, now = day - FIRST_DAY, window = (int32_t)param[WINDOW_DAYS];
    double of_window[WINDOWS][FEATURES];
    ML_TRY(fit_windows(s, day, WINDOWS, window_days, of_window, error));
    ML_TRY(fit_windows(s, day, 1, &window, &s->weight[WINDOW], error));
    memcpy(s->weight[ALL_HISTORY], of_window[WINDOWS - 1], sizeof *of_window); /* no history is longer than 240 days */
    for (int32_t i = 0; i < WINDOWS; i++)
        s->window_angle[i][now] = angle_between(of_window[i], param, day);
    for (int32_t i = 0; i < MODELS; i++)
        s->angle[i][now] = angle_between(s->weight[i], param, day);
    draw_day(s, param, day);
    *budget -= cost_of_day(day, (int64_t)param[ROWS_PER_DAY]);
    progress->step++;
    progress->finished = is_finished(s);
    return ML_OK;
}

/* Another window: what it would have said on all days so far. */
static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    stale_data *s = state;
    const int32_t window = (int32_t)param[WINDOW_DAYS];
    (void)changed; /* nothing else is live */
    for (int32_t day = FIRST_DAY; day < s->n_days; day++) {
        ML_TRY(fit_windows(s, day, 1, &window, &s->weight[WINDOW], error));
        s->angle[WINDOW][day - FIRST_DAY] = angle_between(s->weight[WINDOW], param, day);
    }
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_accuracies(const stale_data *s, double label_noise, lab_frame *frame) {
    float day[PREDICTED], accuracy[PREDICTED];
    const int32_t n = predicted_days(s);
    for (int32_t model = 0; model < MODELS; model++) {
        for (int32_t i = 0; i < n; i++) {
            day[i] = (float)(FIRST_DAY + i);
            accuracy[i] = (float)accuracy_at(s->angle[model][i], label_noise);
        }
        lab_put_points(frame, model, (size_t)n, day, accuracy);
    }
    lab_put_point(frame, CEILING, FIRST_DAY, (float)(1.0 - label_noise));
    lab_put_point(frame, COIN, FIRST_DAY, 0.5f);
}

/* The line w0 x1 + w1 x2 = 0 from border to border, with a tick in its middle to the side where the sum is positive. */
static void put_boundary(lab_frame *frame, int32_t series, double w0, double w1) {
    const double length = sqrt(w0 * w0 + w1 * w1), reach = 3.0 / fmax(fabs(w0), fabs(w1));
    const double x1[] = {-w1 * reach, 0.0, 0.7 * w0 / length, 0.0, w1 * reach};
    const double x2[] = {w0 * reach, 0.0, 0.7 * w1 / length, 0.0, -w0 * reach};
    float x[5], y[5];
    for (int i = 0; i < 5; i++) {
        x[i] = (float)x1[i];
        y[i] = (float)x2[i];
    }
    lab_put_points(frame, series, 5, x, y);
}

/* The rows of the last day, with the truth and the models of that day. */
static void put_rows(const stale_data *s, const double *param, lab_frame *frame) {
    float x[MAX_ROWS], y[MAX_ROWS], class_of[MAX_ROWS];
    const size_t n = (size_t)param[ROWS_PER_DAY];
    const double theta = truth_angle(param, s->n_days - 1);
    put_boundary(frame, TRUTH, ml_cos(theta), ml_sin(theta));
    for (int32_t model = 0; model < MODELS && predicted_days(s) > 0; model++)
        put_boundary(frame, model, s->weight[model][0], s->weight[model][1]);
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)s->x[i * FEATURES];
        y[i] = (float)s->x[i * FEATURES + 1];
        class_of[i] = s->y[i] > 0.0 ? 1.0f : 0.0f;
    }
    lab_put_points(frame, ROWS, n, x, y);
    lab_put_classes(frame, class_of, NULL, NULL);
}

static void put_windows(const stale_data *s, double label_noise, lab_frame *frame) {
    float mean[WINDOWS];
    if (predicted_days(s) == 0)
        return;
    for (int32_t i = 0; i < WINDOWS; i++)
        mean[i] = (float)mean_of(s, s->window_angle[i], label_noise);
    lab_put_points(frame, MEAN, WINDOWS, NULL, mean);
    for (int32_t i = 0; i < WINDOWS; i++)
        lab_put_label(frame, "%d", (int)window_days[i]);
    lab_put_point(frame, BEST, 0.0f, mean[best_window(s, label_noise)]);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const stale_data *s = state;
    if (view == ACCURACY_BY_DAY)
        put_accuracies(s, param[LABEL_NOISE], frame);
    else if (view == ROWS_OF_THE_DAY)
        put_rows(s, param, frame);
    else
        put_windows(s, param[LABEL_NOISE], frame);
}

const lab lab_stale_data = {
    .name = "stale-data",
    .title = "Train on the past, predict now",
    .question = "What does age do to a model, and how much history should it see?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(stale_data),
    .steps_per_second = 105,
    .step_label = "one day",
    .init = init,
    .step = step,
    .adjust = adjust,
    .read = read,
    .figures = figures,
};
