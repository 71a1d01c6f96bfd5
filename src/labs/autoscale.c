/* How many replicas, and who pays for the wait until they are up?
 *
 * A day of traffic in two hours, with a spike in it. An autoscaler looks every 15 seconds at how busy the replicas
 * were, and orders more or sends some home; what is ordered is paid for at once and serves after its start-up time.
 * Beside it any fixed number of replicas lives through the same traffic.
 *
 * Source: Kubernetes documentation, Horizontal Pod Autoscaling (rule, tolerance 0.1, a decision every 15 s, scale-down
 * stabilisation 300 s). Its CPU figure is relative to what a container requested and may exceed 100 %; the busy share
 * of a replica, as here, cannot. */
#include "lab.h"

enum {
    TICKS = 7200,        /* of a second */
    TICKS_A_STEP = 60,
    STEPS = TICKS / TICKS_A_STEP,
    PERIOD = 15,         /* ticks between decisions, and averaged in each */
    POINTS = TICKS / PERIOD, /* of the curves */
    LONGEST_COOLDOWN = 900,
    RATE = 50,           /* requests a second that a replica serves */
    LEAST = 2, MOST = 200, /* replicas that the autoscaler may want */
    SPIKE_FROM = 4000, SPIKE_TO = 4600,
    FLEETS = 24,         /* fixed numbers of replicas to compare with: 4, 8, 12, ... */
    FLEET_STEP = 4,
    TRIED = 32,          /* days to remember */
};
static const double mean_traffic = 600.0; /* requests a second, over the day without its spike */
static const double patience = 2.0;       /* seconds of capacity that may wait */

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum {
    POLICY, FIXED_REPLICAS, TARGET_UTILISATION, STARTUP_TIME, COOLDOWN_TIME, TRAFFIC_SWING, TRAFFIC_SPIKE,
    REPLICA_PRICE, PARAMS
};
enum { AUTOSCALE, FIXED };
static const char *const policies[] = {"autoscale", "fixed", NULL};
static const lab_param params[] = {
    [POLICY] = {"policy", "Policy", "", LAB_CHOICE, .initial = AUTOSCALE, .choices = policies, .live = true,
                .group = "Replicas"},
    [FIXED_REPLICAS] = {"fixed_replicas", "Fixed number", "", LAB_INTEGER, 1, 150, 40, .live = true,
                        .help = "Of the fixed policy: so many, day and night. Each serves 50 requests a second.",
                        .group = "Replicas"},
    [TARGET_UTILISATION] = {"target_utilisation", "Target utilisation", "", LAB_NUMBER, 0.3, 1, 0.7, .step = 0.05,
                            .live = true,
                            .help = "How busy the autoscaler wants its replicas. The rest is room for surprises.",
                            .group = "Autoscaler"},
    [STARTUP_TIME] = {"startup_time", "Start-up time", "s", LAB_INTEGER, 0, 600, 60, .step = 10, .live = true,
                      .help = "From the order of a replica to its first answer: a machine, an image, the weights.",
                      .group = "Autoscaler"},
    [COOLDOWN_TIME] = {"cooldown_time", "Cooldown", "s", LAB_INTEGER, 0, LONGEST_COOLDOWN, 300, .step = 15,
                       .live = true,
                       .help = "It shrinks only to the most that it wanted at any time in so many seconds.",
                       .group = "Autoscaler"},
    [TRAFFIC_SWING] = {"traffic_swing", "Swing of the day", "", LAB_NUMBER, 0, 0.9, 0.6, .step = 0.05, .live = true,
                       .help = "0.6: from 60 % below the mean at night to 60 % above at noon.", .group = "Traffic"},
    [TRAFFIC_SPIKE] = {"traffic_spike", "Spike", "", LAB_NUMBER, 0, 3, 1, .step = 0.25, .live = true,
                       .help = "Traffic on top from 4000 to 4600 s: 1 is as much again.", .group = "Traffic"},
    [REPLICA_PRICE] = {"replica_price", "A replica costs", "/h", LAB_NUMBER, 0.1, 10, 1, .log = true, .live = true,
                       .group = "Price"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { TRAFFIC, CAPACITY, STARTING_LANE, LOST_LANE };
static const lab_series timeline_series[] = {
    [TRAFFIC] = {"traffic", "traffic (/s)", LAB_BLUE, LAB_MARK_LINE},
    [CAPACITY] = {"capacity", "capacity (/s)", LAB_TEAL, LAB_MARK_STAIR},
    [STARTING_LANE] = {"starting", "starting", LAB_AMBER, LAB_MARK_BARS},
    [LOST_LANE] = {"lost", "lost", LAB_BAD, LAB_MARK_BARS},
};
enum { READY_LINE, STARTING_LINE, NEEDED_LINE };
static const lab_series replica_series[] = {
    [READY_LINE] = {"ready", "ready", LAB_TEAL, LAB_MARK_STAIR},
    [STARTING_LINE] = {"starting", "starting", LAB_AMBER, LAB_MARK_STAIR},
    [NEEDED_LINE] = {"needed", "busy at 100 %", LAB_MUTED, LAB_MARK_DASHED},
};
enum { FLEET_LINE, TRIED_POINTS, THIS_DAY };
static const lab_series cost_series[] = {
    [FLEET_LINE] = {"fixed", "any fixed number", LAB_MUTED, LAB_MARK_DASHED},
    [TRIED_POINTS] = {"tried", "days before", LAB_BLUE, LAB_MARK_POINTS},
    [THIS_DAY] = {"this_day", "this day", LAB_ACCENT, LAB_MARK_POINTS},
};

#define DESIRED_FORMULA "\\Big\\lceil\\text{ready}\\cdot\\frac{\\text{utilisation}}{\\text{target}}\\Big\\rceil"
enum { TRAFFIC_AND_CAPACITY, REPLICAS, COST_AND_LOSS };
static const lab_view views[] = {
    [TRAFFIC_AND_CAPACITY] = {"traffic_and_capacity", "Traffic, capacity, and what was lost", LAB_TIMELINE,
                              .x = {.title = "time (s)", .min = 0, .max = TICKS}, .y = {.title = "requests/s"},
                              LAB_SERIES(timeline_series), .code = "serve",
                              .help = "Means of 15 seconds. Where traffic is above capacity requests wait, and after "
                                      "two seconds of it they are lost: the red bars.",
                              .wide = true},
    [REPLICAS] = {"replicas", "Replicas", LAB_LINE, {.title = "time (s)", .min = 0, .max = TICKS},
                  {.title = "replicas", .min = 0}, LAB_SERIES(replica_series), .code = "ml_autoscaler_desired",
                  .formula = DESIRED_FORMULA,
                  .help = "Those that serve, and those that are paid for and do not serve yet."},
    [COST_AND_LOSS] = {"cost_and_loss", "What reliability costs", LAB_SCATTER,
                       {.title = "price of the replicas so far"},
                       {.title = "requests lost (%)", .min = 0}, LAB_SERIES(cost_series), .code = "put_costs",
                       .help = "A point for each whole day with one setting; the line is every fixed number of "
                               "replicas, on this day's traffic. Below and left of it is better."},
};

enum { LOST_SHARE, REPLICA_HOURS, COST_PER_MILLION, PEAK_REPLICAS, MEAN_UTILISATION, CHANGES };
static const lab_readout readouts[] = {
    [LOST_SHARE] = {"lost_share", "Lost", "", .absent = "not yet", .code = "serve",
                    .formula = "\\frac{\\text{lost}}{\\text{arrived}}", .help = "Share of all requests so far."},
    [REPLICA_HOURS] = {"replica_hours", "Replica-hours", "h", .code = "live_second",
                       .formula = "\\frac{1}{3600}\\sum_t(\\text{ready}_t+\\text{starting}_t)"},
    [COST_PER_MILLION] = {"cost_per_million", "A million answers cost", "", .absent = "not yet",
                          .code = "cost_per_million"},
    [PEAK_REPLICAS] = {"peak_replicas", "Most at once", "", .absent = "not yet", .code = "live_second",
                       .help = "Ready and starting."},
    [MEAN_UTILISATION] = {"mean_utilisation", "Mean utilisation", "", .absent = "not yet", .code = "serve"},
    [CHANGES] = {"changes", "Changes", "", .code = "scale_to", .minor = true,
                 .help = "How often replicas were ordered or sent home."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

/* Replicas that share the work, and the requests that wait for them. */
typedef struct service {
    double waiting, served, lost;
} service;

typedef struct tried_day {
    double param[PARAMS];
    double replica_hours, lost_share;
} tried_day;

/* Whole days with one setting, oldest first; they outlive a restart. */
typedef struct diary {
    int32_t n;
    tried_day day[TRIED];
} diary;

typedef struct autoscale {
    ml_rng rng;
    ml_autoscaler scaler;
    int32_t tick;            /* that comes next */
    int32_t ready, starting, peak, changes;
    int32_t due[TICKS];      /* replicas that become ready at the beginning of a tick */
    service fleet, fixed[FLEETS];
    double arrived, replica_seconds, sum_utilisation;
    bool is_mixed;           /* a setting was changed in the middle of the day */
    diary *diary;
    /* Sums over the 15 ticks of each point of the curves, and what stood at its end. */
    float traffic[POINTS], capacity[POINTS], lost[POINTS], ready_at[POINTS], starting_at[POINTS];
} autoscale;

/* --- Traffic and service ------------------------------------------------------------------------------------------ */

/* Requests a second that are expected in a tick. */
static double expected_traffic(const double *param, int32_t tick) {
    static const double pi = 3.14159265358979323846;
    const double day = mean_traffic * (1.0 - param[TRAFFIC_SWING] * ml_cos(2.0 * pi * tick / TICKS));
    return tick >= SPIKE_FROM && tick < SPIKE_TO ? day * (1.0 + param[TRAFFIC_SPIKE]) : day;
}

/* A second of work: who cannot be served waits, and what would wait longer than two seconds is lost. Returns the
 * utilisation, which no overload can bring above 1. */
static double serve(service *s, double arrived, int32_t replicas) {
    const double capacity = (double)replicas * RATE, present = s->waiting + arrived;
    const double served = fmin(present, capacity);
    s->waiting = fmin(present - served, patience * capacity);
    s->served += served;
    s->lost += present - served - s->waiting;
    return fmin(1.0, present / capacity);
}

/* --- Replicas ----------------------------------------------------------------------------------------------------- */

static void scale_to(autoscale *s, const double *param, int32_t replicas) {
    const int32_t all = s->ready + s->starting;
    if (replicas > all) {
        const int32_t startup = (int32_t)param[STARTUP_TIME], due = s->tick + (startup > 1 ? startup : 1);
        s->starting += replicas - all;
        if (due < TICKS) /* else the day ends first */
            s->due[due] += replicas - all;
        s->changes++;
    } else if (replicas < all && s->starting == 0) {
        s->ready = replicas;
        s->changes++;
    }
}

static void decide(autoscale *s, const double *param) {
    if (param[POLICY] == FIXED)
        scale_to(s, param, (int32_t)param[FIXED_REPLICAS]);
    else if (s->tick > 0 && s->tick % PERIOD == 0)
        scale_to(s, param, ml_autoscaler_desired(&s->scaler, s->ready, s->starting));
}

static void note_point(autoscale *s, double arrived, double lost) {
    const int32_t point = s->tick / PERIOD;
    s->traffic[point] += (float)(arrived / PERIOD);
    s->capacity[point] += (float)s->ready * RATE / PERIOD;
    s->lost[point] += (float)(lost / PERIOD);
    s->ready_at[point] = (float)s->ready;
    s->starting_at[point] = (float)s->starting;
}

/* The order of things in a second matters: replicas that become ready in the second of a decision are counted with the
 * utilisation of the 14 seconds before, so that the autoscaler overshoots. */
static void live_second(autoscale *s, const double *param) {
    s->ready += s->due[s->tick];
    s->starting -= s->due[s->tick];
    const double arrived = (double)ml_rng_poisson(&s->rng, expected_traffic(param, s->tick)), lost = s->fleet.lost;
    const double utilisation = serve(&s->fleet, arrived, s->ready);
    for (int32_t i = 0; i < FLEETS; i++)
        (void)serve(&s->fixed[i], arrived, (i + 1) * FLEET_STEP);
    ml_autoscaler_observe(&s->scaler, utilisation);
    s->arrived += arrived;
    s->sum_utilisation += utilisation;
    s->replica_seconds += s->ready + s->starting;
    s->peak = s->ready + s->starting > s->peak ? s->ready + s->starting : s->peak;
    note_point(s, arrived, s->fleet.lost - lost);
    decide(s, param);
    s->tick++;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static double cost_per_million(const autoscale *s, double price) {
    return 1e6 * price * s->replica_seconds / 3600.0 / s->fleet.served;
}

static void figures(void *state, const double *param, double *readout) {
    const autoscale *s = state;
    const bool has_begun = s->tick > 0;
    readout[LOST_SHARE] = s->arrived > 0.0 ? s->fleet.lost / s->arrived : -1.0;
    readout[REPLICA_HOURS] = s->replica_seconds / 3600.0;
    readout[COST_PER_MILLION] = s->fleet.served > 0.0 ? cost_per_million(s, param[REPLICA_PRICE]) : -1.0;
    readout[PEAK_REPLICAS] = has_begun ? s->peak : -1.0;
    readout[MEAN_UTILISATION] = has_begun ? s->sum_utilisation / s->tick : -1.0;
    readout[CHANGES] = s->changes;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* A whole day of the autoscaler under one setting. */
static bool is_whole_day(const void *state, const double *param) {
    const autoscale *s = state;
    return s->tick == TICKS && !s->is_mixed && param[POLICY] == AUTOSCALE;
}

static bool is_rough(const double *param) {
    return param[TRAFFIC_SPIKE] >= 1.0 && param[TRAFFIC_SWING] >= 0.6 && param[STARTUP_TIME] >= 60.0;
}

/* Of what the day lost, the share that it lost in the spike. */
static double share_in_spike(const autoscale *s) {
    double spike = 0.0, all = 0.0;
    for (int32_t i = 0; i < POINTS; i++) {
        all += (double)s->lost[i];
        if (i >= SPIKE_FROM / PERIOD && i <= SPIKE_TO / PERIOD)
            spike += (double)s->lost[i];
    }
    return all > 0.0 ? spike / all : 0.0;
}

static bool spike_gap(const void *state, const double *param, const double *readout) {
    return is_whole_day(state, param) && is_rough(param) && readout[LOST_SHARE] > 0.004 &&
           readout[REPLICA_HOURS] < 50.0 && share_in_spike(state) > 0.8;
}

static bool price_of_reliability(const void *state, const double *param, const double *readout) {
    return is_whole_day(state, param) && is_rough(param) && readout[LOST_SHARE] < 0.0005 &&
           readout[REPLICA_HOURS] < 70.0;
}

static bool slow_start(const void *state, const double *param, const double *readout) {
    return is_whole_day(state, param) && param[STARTUP_TIME] >= 300.0 && readout[LOST_SHARE] > 0.012 &&
           readout[REPLICA_HOURS] > 40.0;
}

static bool greedy_target(const void *state, const double *param, const double *readout) {
    return is_whole_day(state, param) && param[TRAFFIC_SPIKE] == 0.0 && readout[LOST_SHARE] > 0.4;
}

static bool no_cooldown(const void *state, const double *param, const double *readout) {
    return is_whole_day(state, param) && is_rough(param) && param[TARGET_UTILISATION] <= 0.7 &&
           readout[REPLICA_HOURS] < 42.0 && readout[LOST_SHARE] < 0.012;
}

static const lab_goal goals[] = {
    {"spike_gap",
     "Just press Run, and watch 4000 s: the traffic doubles, and for one start-up time all that the autoscaler has "
     "is an order that it placed.",
     spike_gap, ""},
    {"price_of_reliability",
     "Lower the target until less than one request in 2000 is lost, for fewer than 70 replica-hours, spike and "
     "start-up time as they are: idle replicas are the insurance.",
     price_of_reliability, "target_utilisation=0.5"},
    {"slow_start",
     "Let a replica take five minutes to start, as one with large weights may: the bill is the same, and the gap at "
     "the spike several times as wide.",
     slow_start, "startup_time=300"},
    {"greedy_target",
     "Without the spike, find a target utilisation that loses almost half of the day: it looks like thrift, and the "
     "autoscaler sits there fully busy and changes nothing.",
     greedy_target, "traffic_spike=0 target_utilisation=0.95"},
    {"no_cooldown",
     "Save a tenth of the bill without touching target, traffic or start-up time, for hardly more loss: let it shrink "
     "as fast as it grows.",
     no_cooldown, "cooldown_time=0"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_autoscaler_settings settings_from(const double *param) {
    return (ml_autoscaler_settings){.target = param[TARGET_UTILISATION], .tolerance = 0.1,
                                    .cooldown = (int32_t)param[COOLDOWN_TIME], .least = LEAST, .most = MOST};
}

/* As many as the first second needs. */
static int32_t replicas_at_start(const double *param) {
    if (param[POLICY] == FIXED)
        return (int32_t)param[FIXED_REPLICAS];
    const double wanted = expected_traffic(param, 0) / RATE / param[TARGET_UTILISATION];
    return (int32_t)fmax(ceil(wanted - 1e-9), LEAST);
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    autoscale *s = state;
    const ml_autoscaler_settings settings = settings_from(param);
    s->rng = ml_rng_seed(setup->seed, 1);
    s->diary = setup->keep;
    s->ready = replicas_at_start(param);
    return ml_autoscaler_init(&s->scaler, &settings, PERIOD, LONGEST_COOLDOWN / PERIOD + 1, setup->arena, error);
}

static bool same_day(const double *a, const double *b) {
    for (int32_t i = 0; i < REPLICA_PRICE; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Writes the day into the diary, in place of an older one of the same setting. */
static void remember_day(autoscale *s, const double *param) {
    diary *d = s->diary;
    int32_t kept = 0;
    for (int32_t i = 0; i < d->n; i++)
        if (!same_day(d->day[i].param, param))
            d->day[kept++] = d->day[i];
    if (kept == TRIED) { /* the oldest goes */
        for (int32_t i = 1; i < TRIED; i++)
            d->day[i - 1] = d->day[i];
        kept--;
    }
    tried_day *day = &d->day[kept];
    for (int32_t i = 0; i < PARAMS; i++)
        day->param[i] = param[i];
    day->replica_hours = s->replica_seconds / 3600.0;
    day->lost_share = s->fleet.lost / s->arrived;
    d->n = kept + 1;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    enum { COST_OF_TICK = 400 };
    autoscale *s = state;
    (void)error;
    for (int32_t i = 0; i < TICKS_A_STEP; i++)
        live_second(s, param);
    *budget -= TICKS_A_STEP * COST_OF_TICK;
    progress->step++;
    progress->finished = s->tick == TICKS;
    if (progress->finished && !s->is_mixed)
        remember_day(s, param);
    return ML_OK;
}

static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    autoscale *s = state;
    const ml_autoscaler_settings settings = settings_from(param);
    if (changed != REPLICA_PRICE && s->tick > 0)
        s->is_mixed = true;
    if (s->tick == 0)
        s->ready = replicas_at_start(param);
    return ml_autoscaler_change(&s->scaler, &settings, error);
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

/* Bars of 15 seconds in a lane, where there is something to show. */
static void put_bars(const autoscale *s, int32_t series, const float *value, lab_frame *frame) {
    float start[POINTS], end[POINTS], lane[POINTS], shown[POINTS];
    size_t n = 0;
    for (int32_t i = 0; i < s->tick / PERIOD; i++) {
        if (value[i] == 0.0f)
            continue;
        start[n] = (float)(i * PERIOD);
        end[n] = (float)((i + 1) * PERIOD);
        lane[n] = (float)(series - STARTING_LANE);
        shown[n++] = value[i];
    }
    lab_put_spans(frame, series, n, start, end, lane, shown);
    lab_put_label(frame, "%s", timeline_series[series].label);
}

static void put_traffic(const autoscale *s, const float *time, lab_frame *frame) {
    const size_t n = (size_t)(s->tick / PERIOD);
    lab_put_points(frame, TRAFFIC, n, time, s->traffic);
    lab_put_points(frame, CAPACITY, n, time, s->capacity);
    put_bars(s, STARTING_LANE, s->starting_at, frame);
    put_bars(s, LOST_LANE, s->lost, frame);
}

static void put_replicas(const autoscale *s, const float *time, lab_frame *frame) {
    const size_t n = (size_t)(s->tick / PERIOD);
    float needed[POINTS];
    for (size_t i = 0; i < n; i++)
        needed[i] = s->traffic[i] / RATE;
    lab_put_points(frame, READY_LINE, n, time, s->ready_at);
    lab_put_points(frame, STARTING_LINE, n, time, s->starting_at);
    lab_put_points(frame, NEEDED_LINE, n, time, needed);
}

/* The fixed numbers from those that lose half on, as far as twice the price of this day. */
static void put_fleets(const autoscale *s, double price, lab_frame *frame) {
    float cost[FLEETS], lost[FLEETS];
    size_t n = 0;
    for (int32_t i = 0; i < FLEETS; i++) {
        const double seconds = (double)(i + 1) * FLEET_STEP * s->tick, share = s->fixed[i].lost / s->arrived;
        if (share > 0.5 || seconds > 2.0 * s->replica_seconds)
            continue;
        cost[n] = (float)(price * seconds / 3600.0);
        lost[n++] = (float)(100.0 * share);
    }
    lab_put_points(frame, FLEET_LINE, n, cost, lost);
}

static void put_costs(const autoscale *s, const double *param, lab_frame *frame) {
    const double price = param[REPLICA_PRICE];
    float cost[TRIED], lost[TRIED];
    size_t n = 0;
    for (int32_t i = 0; i < s->diary->n; i++) {
        if (s->tick == TICKS && !s->is_mixed && same_day(s->diary->day[i].param, param))
            continue; /* this very day */
        cost[n] = (float)(price * s->diary->day[i].replica_hours);
        lost[n++] = (float)(100.0 * s->diary->day[i].lost_share);
    }
    if (s->arrived > 0.0) {
        put_fleets(s, price, frame);
        lab_put_point(frame, THIS_DAY, (float)(price * s->replica_seconds / 3600.0),
                      (float)(100.0 * s->fleet.lost / s->arrived));
    }
    lab_put_points(frame, TRIED_POINTS, n, cost, lost);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    const autoscale *s = state;
    float time[POINTS];
    for (int32_t i = 0; i < POINTS; i++)
        time[i] = (float)(i * PERIOD);
    if (view == TRAFFIC_AND_CAPACITY)
        put_traffic(s, time, frame);
    else if (view == REPLICAS)
        put_replicas(s, time, frame);
    else
        put_costs(s, param, frame);
}

const lab lab_autoscale = {
    .name = "autoscale",
    .title = "The price of being ready",
    .question = "How many replicas, and who pays for the wait until they are up?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(autoscale),
    .arena_bytes = 1024,
    .keep_bytes = sizeof(diary),
    .steps_per_second = 50,
    .step_label = "one minute",
    .init = init,
    .step = step,
    .adjust = adjust,
    .read = read,
    .figures = figures,
};
