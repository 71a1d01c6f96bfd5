/* How fast does an average settle? A biased coin is thrown again and again. */
#include "lab.h"

enum { BIAS };                                                          /* 1. what the reader can turn */
static const lab_param params[] = {
    [BIAS] = {"bias", "Chance of heads", "", .min = 0, .max = 1, .initial = 0.5},
};

enum { AVERAGE };                                                       /* 2. what the reader sees */
enum { MEASURED, TRUTH };
static const lab_series series[] = {
    [MEASURED] = {"average", "average so far", LAB_ACCENT, LAB_MARK_LINE},
    [TRUTH] = {"truth", "truth", LAB_MUTED, LAB_MARK_DASHED},
};
static const lab_view views[] = {
    [AVERAGE] = {"average_by_throw", "The average so far", LAB_LINE, {.title = "throws"},
                 {.title = "share of heads", .min = 0, .max = 1}, LAB_SERIES(series), .code = "step"},
};
enum { ERROR };
static const lab_readout readouts[] = {[ERROR] = {"error", "distance from the truth", "", .code = "figures"}};

enum { MAX_THROWS = 2000 };                                             /* 3. what it keeps */
typedef struct state {
    ml_rng rng;
    float average[MAX_THROWS];
    int32_t throws, heads;
} state;

static bool is_close(const void *s, const double *param, const double *readout) {  /* 4. what to try */
    (void)param;
    return ((const state *)s)->throws >= 100 && readout[ERROR] < 0.01;
}
static const lab_goal goals[] = {{"close", "Get within one point of the truth after at least 100 throws", is_close, NULL}};

static ml_status init(void *s, const double *param, const lab_setup *setup, ml_error *error) {
    (void)param, (void)error;
    ((state *)s)->rng = ml_rng_seed(setup->seed, 0);
    return ML_OK;
}

static ml_status step(void *s, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    state *now = s;
    (void)error;
    now->heads += ml_rng_bernoulli(&now->rng, param[BIAS]);
    now->average[now->throws] = (float)now->heads / (float)(now->throws + 1);
    now->throws++;
    progress->step++;
    progress->finished = now->throws == MAX_THROWS;
    *budget -= 1;
    return ML_OK;
}

static void read(void *s, const double *param, int32_t view, lab_frame *frame) {
    const state *now = s;
    const float truth = (float)param[BIAS];
    (void)view;
    lab_put_points(frame, MEASURED, (size_t)now->throws, NULL, now->average);
    lab_put_points(frame, TRUTH, 2, (const float[]){0, (float)now->throws}, (const float[]){truth, truth});
}

static void figures(void *s, const double *param, double *readout) {
    const state *now = s;
    readout[ERROR] = now->throws > 0 ? fabs((double)now->average[now->throws - 1] - param[BIAS]) : 1;
}

const lab lab_coin_average = {                                          /* 5. the whole */
    .name = "coin-average", .title = "Heads or tails", .question = "How fast does an average settle?",
    .params = params, .n_params = LAB_COUNT(params), .views = views, .n_views = LAB_COUNT(views),
    .readouts = readouts, .n_readouts = LAB_COUNT(readouts), .goals = goals, .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(state), .steps = MAX_THROWS, .steps_per_second = 200, .step_label = "one throw",
    .init = init, .step = step, .read = read, .figures = figures,
};
