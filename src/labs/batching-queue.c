/* A server that answers requests in batches: does batching make answers slower or faster?
 *
 * Both. While there is time to spare, a request that waits for company only waits; once the server is busy, batching is
 * what keeps the queue from growing. Sources: Kleinrock 1975, "Queueing Systems" volume 1; Little 1961, "A proof for
 * the queuing formula L = λW", Operations Research 9(3); the two knobs are those of real model servers (Triton:
 * max_batch_size, max_queue_delay_microseconds). */
#include "lab.h"

enum {
    QUEUE = 10000,  /* the most that may wait */
    WINDOW = 40000, /* answers that the figures look back on */
    PER_STEP = 500, /* answers */
    HISTORY = 4096, /* events that the timeline looks back on, more than come in its period; a power of two */
    TRIED = 64,     /* settings to remember */
    BINS = 96,
    BINS_PER_DECADE = 12,
};

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { ARRIVALS, MAX_BATCH, MAX_WAIT, FIXED_TIME, TIME_PER_ITEM, SERVICE, DEADLINE };
static const char *const services[] = {"fixed", "exponential", NULL};
static const lab_param params[] = {
    [ARRIVALS] = {"arrivals_per_second", "Arrivals", "/s", LAB_NUMBER, 5, 500, 80, .log = true, .live = true,
                  .help = "Requests come at random moments, so many a second on average.", .group = "Requests"},
    [MAX_BATCH] = {"max_batch", "Largest batch", "", LAB_INTEGER, 1, 64, 1, .log = true, .live = true,
                   .help = "The most requests that are answered together.", .group = "Batching"},
    [MAX_WAIT] = {"max_wait", "Longest wait for company", "ms", LAB_NUMBER, 0, 100, 0, .step = 1, .live = true,
                  .help = "How long a request may be kept while the batch is not full and the server is free.",
                  .group = "Batching"},
    [FIXED_TIME] = {"fixed_time", "Time per batch", "ms", LAB_NUMBER, 0, 50, 8, .step = 0.5, .live = true,
                    .help = "What a batch costs whatever its size: a kernel launch, weights read once.",
                    .group = "Server"},
    [TIME_PER_ITEM] = {"time_per_item", "Time per request", "ms", LAB_NUMBER, 0.1, 20, 2, .log = true, .live = true,
                       .help = "What each request in the batch adds.", .group = "Server"},
    [SERVICE] = {"service", "Service time", "", LAB_CHOICE, .choices = services, .live = true,
                 .help = "Always the same for a batch of one size, or random with that mean.", .group = "Server"},
    [DEADLINE] = {"deadline", "Deadline", "ms", LAB_NUMBER, 10, 1000, 100, .log = true, .live = true,
                  .help = "Counts the answers that come later than this.", .group = "Answers"},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { WAITING, ON_SERVER, ANSWERED };
static const lab_series timeline_series[] = {
    [WAITING] = {"waiting", "waiting", LAB_AMBER, LAB_MARK_STAIR},
    [ON_SERVER] = {"on_server", "on the server", LAB_BLUE, LAB_MARK_BARS},
    [ANSWERED] = {"answered", "answered", LAB_TEAL, LAB_MARK_BARS},
};
enum { RESPONSES, P50_LINE, P95_LINE, P99_LINE };
static const lab_series histogram_series[] = {
    [RESPONSES] = {"responses", "answers", LAB_BLUE, LAB_MARK_BARS},
    [P50_LINE] = {"p50", "p50", LAB_TEAL, LAB_MARK_VERTICAL},
    [P95_LINE] = {"p95", "p95", LAB_AMBER, LAB_MARK_VERTICAL},
    [P99_LINE] = {"p99", "p99", LAB_ACCENT, LAB_MARK_VERTICAL},
};
enum { P50_TRIED, P99_TRIED, CAPACITY_LINE, DEADLINE_LINE };
static const lab_series tried_series[] = {
    [P50_TRIED] = {"p50", "p50", LAB_TEAL, LAB_MARK_POINTS},
    [P99_TRIED] = {"p99", "p99", LAB_ACCENT, LAB_MARK_POINTS},
    [CAPACITY_LINE] = {"capacity", "capacity now", LAB_MUTED, LAB_MARK_VERTICAL},
    [DEADLINE_LINE] = {"deadline", "deadline", LAB_MUTED, LAB_MARK_HORIZONTAL},
};

enum { QUEUE_TIMELINE, RESPONSE_HISTOGRAM, LATENCY_BY_THROUGHPUT };
static const lab_view views[] = {
    [QUEUE_TIMELINE] = {"queue_timeline", "The last moments", LAB_TIMELINE, .x = {.title = "time (ms; 0 is now)"},
                        .y = {.title = "waiting"}, LAB_SERIES(timeline_series), .code = "ml_batch_queue_advance",
                        .formula = "\\text{start} = \\max(\\text{now},\\ \\min(t_B,\\ t_1 + W))",
                        .help = "How many wait, the batches on the server, and the answers as they leave.",
                        .wide = true},
    [RESPONSE_HISTOGRAM] = {"response_histogram", "Response times", LAB_HISTOGRAM,
                            .x = {.title = "response time (ms)", .log = true}, .y = {.title = "answers"},
                            LAB_SERIES(histogram_series), .code = "ml_batch_queue_responses",
                            .help = "From when a request is sent until its answer is back; each bin is 21 % wider than "
                                    "the one before."},
    [LATENCY_BY_THROUGHPUT] = {"latency_by_throughput", "Latency by throughput", LAB_LINE,
                               .x = {.title = "throughput (answers/s)", .log = true, .min = 4, .max = 600},
                               .y = {.title = "response time (ms)", .log = true}, LAB_SERIES(tried_series),
                               .code = "remember_setting",
                               .help = "A pair of points for each setting that you try; the newest moves."},
};

enum {
    MEAN_RESPONSE,
    P50,
    P95,
    P99,
    THROUGHPUT,
    UTILISATION,
    MEAN_BATCH,
    CAPACITY,
    SERVER_SECONDS,
    OVER_DEADLINE,
    REFUSED,
    LITTLE_IN_SYSTEM,
    LITTLE_BY_LAW
};
#define PERCENTILE "\\text{the }\\lceil p\\,n/100\\rceil\\text{-th smallest}"
static const lab_readout readouts[] = {
    [MEAN_RESPONSE] = {"mean_response", "Mean", "ms", .absent = "not yet", .code = "ml_batch_queue_sum_up"},
    [P50] = {"p50", "p50", "ms", .absent = "not yet", .code = "ml_percentile", .formula = PERCENTILE,
             .help = "Half of the answers are at least as fast."},
    [P95] = {"p95", "p95", "ms", .absent = "not yet", .code = "ml_percentile", .formula = PERCENTILE, .minor = true,
             .help = "One answer in twenty is slower."},
    [P99] = {"p99", "p99", "ms", .absent = "not yet", .code = "ml_percentile", .formula = PERCENTILE,
             .help = "One answer in a hundred is slower."},
    [THROUGHPUT] = {"throughput", "Throughput", "/s", .absent = "not yet", .code = "ml_batch_queue_sum_up"},
    [UTILISATION] = {"utilisation", "Utilisation", "", .absent = "not yet", .code = "ml_batch_queue_sum_up",
                     .help = "The share of the time that the server works."},
    [MEAN_BATCH] = {"mean_batch", "Mean batch", "", .absent = "not yet", .code = "ml_batch_queue_sum_up",
                    .minor = true},
    [CAPACITY] = {"capacity", "Capacity", "/s", .code = "ml_batch_queue_capacity",
                  .formula = "\\mu(B) = \\frac{B}{a + cB}",
                  .help = "The most that the server can answer, with full batches."},
    [SERVER_SECONDS] = {"server_seconds_per_1000", "Price of 1000 answers", "server s", .absent = "not yet",
                        .code = "server_seconds_per_1000", .formula = "1000\\,\\frac{\\rho}{\\text{throughput}}"},
    [OVER_DEADLINE] = {"over_deadline", "Over the deadline", "", .absent = "not yet", .code = "share_over",
                       .help = "Share of the answers."},
    [REFUSED] = {"refused", "Refused", "", .code = "ml_batch_queue_sum_up", .minor = true,
                 .help = "Requests that found 10,000 waiting and were turned away."},
    [LITTLE_IN_SYSTEM] = {"little_in_system", "In the system, counted", "", .absent = "not yet",
                          .code = "ml_batch_queue_sum_up", .minor = true, .formula = "L = \\frac1T\\int_0^T N(t)\\,dt"},
    [LITTLE_BY_LAW] = {"little_by_law", "by Little's law", "", .absent = "not yet", .code = "little_by_law",
                       .minor = true, .formula = "L = \\lambda W"},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct tried_setting {
    ml_batch_queue_settings settings;
    double throughput, p50, p99;
} tried_setting;

typedef struct batching_queue {
    ml_batch_queue queue;
    int64_t answered;                    /* since the beginning */
    ml_batch_queue_event event[HISTORY]; /* ring */
    uint32_t n_events;                   /* ever; the newest stands at (n_events - 1) mod HISTORY */
    tried_setting tried[TRIED];          /* oldest first */
    int32_t n_tried;
    double edge[BINS + 1]; /* of the histogram, ms */
    /* What the window says, worked out when it is first asked for: */
    bool is_fresh;
    ml_batch_queue_stats stats;
    double p50, p95, p99;
    double *response; /* [WINDOW], stats.answered of them */
    double *scratch;  /* [2 WINDOW] */
    float start[HISTORY + 1], time[HISTORY + 1], lane[HISTORY + 1], count[HISTORY + 1]; /* scratch of the timeline */
} batching_queue;

static ml_batch_queue_settings settings_from(const double *param) {
    return (ml_batch_queue_settings){
        .arrivals_per_second = param[ARRIVALS],
        .max_batch = (size_t)param[MAX_BATCH],
        .max_wait = param[MAX_WAIT],
        .fixed_time = param[FIXED_TIME],
        .time_per_item = param[TIME_PER_ITEM],
        .service = param[SERVICE] > 0.0 ? ML_SERVICE_EXPONENTIAL : ML_SERVICE_FIXED,
    };
}

static void refresh(batching_queue *sim) {
    if (sim->is_fresh)
        return;
    sim->stats = ml_batch_queue_sum_up(&sim->queue);
    const size_t n = ml_batch_queue_responses(&sim->queue, sim->response);
    sim->p50 = ml_percentile(n, sim->response, 50.0, sim->scratch);
    sim->p95 = ml_percentile(n, sim->response, 95.0, sim->scratch);
    sim->p99 = ml_percentile(n, sim->response, 99.0, sim->scratch);
    sim->is_fresh = true;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static double share_over(const batching_queue *sim, double deadline) {
    size_t over = 0;
    for (size_t i = 0; i < sim->stats.answered; i++)
        over += sim->response[i] > deadline;
    return (double)over / (double)sim->stats.answered;
}

static double server_seconds_per_1000(const ml_batch_queue_stats *stats) {
    return 1000.0 * stats->utilisation / stats->throughput;
}

/* Arrivals per second times seconds in the system. In the long run as many arrive as are answered. */
static double little_by_law(const ml_batch_queue_stats *stats) {
    return stats->throughput * stats->mean_response / 1000.0;
}

static void figures(void *state, const double *param, double *readout) {
    batching_queue *sim = state;
    refresh(sim);
    for (int32_t i = 0; i < LAB_COUNT(readouts); i++)
        readout[i] = -1.0;
    readout[CAPACITY] = ml_batch_queue_capacity(&sim->queue.settings);
    readout[REFUSED] = (double)sim->stats.refused;
    if (sim->stats.answered == 0)
        return;
    readout[MEAN_RESPONSE] = sim->stats.mean_response;
    readout[P50] = sim->p50;
    readout[P95] = sim->p95;
    readout[P99] = sim->p99;
    readout[THROUGHPUT] = sim->stats.throughput;
    readout[UTILISATION] = sim->stats.utilisation;
    readout[MEAN_BATCH] = sim->stats.mean_batch;
    readout[SERVER_SECONDS] = server_seconds_per_1000(&sim->stats);
    readout[OVER_DEADLINE] = share_over(sim, param[DEADLINE]);
    readout[LITTLE_IN_SYSTEM] = sim->stats.mean_in_system;
    readout[LITTLE_BY_LAW] = little_by_law(&sim->stats);
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* Enough answers for a p99 that means something, and a server that is no cheaper than the default one. */
static bool is_fair(const void *state, const double *param) {
    const batching_queue *sim = state;
    return sim->stats.answered >= 5000 && param[FIXED_TIME] >= 8.0 && param[TIME_PER_ITEM] >= 2.0;
}

static bool batching_is_faster(const void *state, const double *param, const double *readout) {
    return is_fair(state, param) && param[ARRIVALS] >= 80.0 && param[MAX_BATCH] > 1.0 && readout[P99] < 30.0 &&
           readout[P50] < 20.0;
}

static bool waiting_is_pure_loss(const void *state, const double *param, const double *readout) {
    return is_fair(state, param) && param[ARRIVALS] <= 20.0 && param[MAX_BATCH] > 1.0 &&
           readout[P50] > 5.0 * (param[FIXED_TIME] + param[TIME_PER_ITEM]) &&
           readout[THROUGHPUT] > 0.9 * param[ARRIVALS];
}

static bool overload(const void *state, const double *param, const double *readout) {
    return is_fair(state, param) && readout[REFUSED] > 0.0 && readout[UTILISATION] > 0.99 &&
           readout[THROUGHPUT] < param[ARRIVALS];
}

static bool exponential_tail(const void *state, const double *param, const double *readout) {
    const batching_queue *sim = state;
    return sim->stats.answered >= 20000 && param[SERVICE] > 0.0 && param[MAX_BATCH] == 1.0 &&
           param[FIXED_TIME] + param[TIME_PER_ITEM] <= 10.0 && param[ARRIVALS] <= 80.0 &&
           readout[MEAN_RESPONSE] > 38.0 && readout[P99] > 150.0;
}

static bool price_of_a_prediction(const void *state, const double *param, const double *readout) {
    return is_fair(state, param) && param[ARRIVALS] <= 80.0 && readout[SERVER_SECONDS] < 4.0;
}

static const lab_goal goals[] = {
    {"batching_is_faster",
     "At 80 requests a second, let the server take up to 8 at once, without waiting: p99 falls below "
     "30 ms, and even the median gains.",
     batching_is_faster, "max_batch=8"},
    {"waiting_is_pure_loss",
     "On a quiet evening (20 a second) keep requests waiting for company: everyone is five times "
     "slower and nobody gains.",
     waiting_is_pure_loss, "arrivals_per_second=20 max_batch=8 max_wait=50"},
    {"overload",
     "Send more than the server can take, and run until the queue of 10,000 is full: then it turns people away.",
     overload, "arrivals_per_second=200"},
    {"exponential_tail",
     "Same load, same average service time, but random: the mean passes 38 ms and p99 150 ms, one "
     "request at a time.",
     exponential_tail, "service=exponential"},
    {"price_of_a_prediction", "Get a thousand answers for less than 4 seconds of server time, at 80 a second or fewer.",
     price_of_a_prediction, "max_batch=8 max_wait=50"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    batching_queue *sim = state;
    for (int32_t i = 0; i <= BINS; i++) /* from 0.1 ms up */
        sim->edge[i] = 0.1 * ml_pow(10.0, (double)i / BINS_PER_DECADE);
    sim->response = ML_ALLOC(setup->arena, WINDOW, double);
    sim->scratch = ML_ALLOC(setup->arena, 2 * WINDOW, double);
    if (sim->response == NULL || sim->scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "the answers do not fit in the lab's memory");
    const ml_batch_queue_settings settings = settings_from(param);
    return ml_batch_queue_init(&sim->queue, &settings, QUEUE, WINDOW, setup->seed, setup->arena, error);
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    enum { COST_OF_EVENT = 64 };
    batching_queue *sim = state;
    (void)param, (void)error;
    sim->is_fresh = false;
    while (*budget > 0) {
        const ml_batch_queue_event event = ml_batch_queue_advance(&sim->queue);
        sim->event[sim->n_events++ % HISTORY] = event;
        *budget -= COST_OF_EVENT;
        if (event.kind == ML_BATCH_FINISHED)
            sim->answered += (int64_t)event.batch;
        if (sim->answered >= (int64_t)PER_STEP * (progress->step + 1)) {
            progress->step++;
            break;
        }
    }
    return ML_OK;
}

static bool same_settings(const ml_batch_queue_settings *a, const ml_batch_queue_settings *b) {
    return a->arrivals_per_second == b->arrivals_per_second && a->max_batch == b->max_batch &&
           a->max_wait == b->max_wait && a->fixed_time == b->fixed_time && a->time_per_item == b->time_per_item &&
           a->service == b->service;
}

/* Keeps the point of the setting that is being left, in place of an older one of the same setting. */
static void remember_setting(batching_queue *sim) {
    refresh(sim);
    if (sim->stats.answered < PER_STEP)
        return; /* the slider only passed by */
    int32_t kept = 0;
    for (int32_t i = 0; i < sim->n_tried; i++)
        if (!same_settings(&sim->tried[i].settings, &sim->queue.settings))
            sim->tried[kept++] = sim->tried[i];
    if (kept == TRIED) { /* the oldest goes */
        for (int32_t i = 1; i < TRIED; i++)
            sim->tried[i - 1] = sim->tried[i];
        kept--;
    }
    sim->tried[kept] = (tried_setting){sim->queue.settings, sim->stats.throughput, sim->p50, sim->p99};
    sim->n_tried = kept + 1;
}

/* The deadline only counts what is already in the window; any other change empties it. */
static ml_status adjust(void *state, const double *param, int32_t changed, ml_error *error) {
    batching_queue *sim = state;
    const ml_batch_queue_settings settings = settings_from(param);
    if (changed == DEADLINE || same_settings(&settings, &sim->queue.settings))
        return ML_OK;
    remember_setting(sim);
    sim->is_fresh = false;
    return ml_batch_queue_change(&sim->queue, &settings, error);
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static const ml_batch_queue_event *event_at(const batching_queue *sim, uint32_t i) {
    return &sim->event[i % HISTORY];
}

/* The first event that the timeline shows: of the last `period` ms, as far as the history goes. */
static uint32_t first_shown(const batching_queue *sim, double period) {
    const uint32_t oldest = sim->n_events > HISTORY ? sim->n_events - HISTORY : 0;
    uint32_t first = sim->n_events;
    while (first > oldest && event_at(sim, first - 1)->time >= sim->queue.total.time - period)
        first--;
    return first;
}

/* How many wait: what the last event before the period left, and from each event to the next. */
static void put_waiting(batching_queue *sim, uint32_t first, double period, lab_frame *frame) {
    const double now = sim->queue.total.time;
    size_t n = 0;
    sim->time[n] = (float)-period;
    sim->count[n++] = first > 0 ? (float)event_at(sim, first - 1)->waiting : 0.0f;
    for (uint32_t i = first; i < sim->n_events; i++) {
        sim->time[n] = (float)(event_at(sim, i)->time - now);
        sim->count[n++] = (float)event_at(sim, i)->waiting;
    }
    lab_put_points(frame, WAITING, n, sim->time, sim->count);
}

/* Spans that end with a batch: all of the time that it took, or a tick of `width` ms as its answers leave. */
static void put_batches(batching_queue *sim, uint32_t first, int32_t series, double period, double width,
                        lab_frame *frame) {
    const double now = sim->queue.total.time;
    double start = -period;
    size_t n = 0;
    for (uint32_t i = first; i < sim->n_events; i++) {
        const ml_batch_queue_event *event = event_at(sim, i);
        if (event->kind == ML_BATCH_STARTED)
            start = event->time - now;
        if (event->kind != ML_BATCH_FINISHED)
            continue;
        sim->start[n] = (float)fmax(start, event->time - now - width);
        sim->time[n] = (float)(event->time - now);
        sim->count[n++] = (float)event->batch;
    }
    if (sim->queue.on_server > 0 && series == ON_SERVER) { /* not finished yet */
        sim->start[n] = (float)start;
        sim->time[n] = 0.0f;
        sim->count[n++] = (float)sim->queue.on_server;
    }
    for (size_t i = 0; i < n; i++)
        sim->lane[i] = (float)(series - ON_SERVER);
    lab_put_spans(frame, series, n, sim->start, sim->time, sim->lane, sim->count);
    lab_put_label(frame, "%s", timeline_series[series].label);
}

static void read_timeline(batching_queue *sim, const double *param, lab_frame *frame) {
    const double longest_batch = param[FIXED_TIME] + param[MAX_BATCH] * param[TIME_PER_ITEM];
    const double period = fmin(fmax(1000.0, 4.0 * longest_batch), sim->queue.total.time);
    const uint32_t first = first_shown(sim, period);
    put_waiting(sim, first, period, frame);
    put_batches(sim, first, ON_SERVER, period, period, frame);
    put_batches(sim, first, ANSWERED, period, period / 250.0, frame); /* wide enough to be seen */
}

/* The bin of a response time; what is outside counts in the first or last. */
static int32_t bin_of(const batching_queue *sim, double response) {
    int32_t low = 0, high = BINS; /* the bin lies in [low, high) */
    while (high - low > 1) {
        const int32_t middle = (low + high) / 2;
        if (response < sim->edge[middle])
            high = middle;
        else
            low = middle;
    }
    return low;
}

static void read_histogram(const batching_queue *sim, lab_frame *frame) {
    float edge[BINS + 1], count[BINS + 1] = {0};
    int32_t first = BINS, last = -1;
    for (size_t i = 0; i < sim->stats.answered; i++) {
        const int32_t bin = bin_of(sim, sim->response[i]);
        count[bin] += 1.0f;
        first = bin < first ? bin : first;
        last = bin > last ? bin : last;
    }
    if (last < 0)
        return;
    for (int32_t i = 0; i <= BINS; i++)
        edge[i] = (float)sim->edge[i];
    lab_put_points(frame, RESPONSES, (size_t)(last - first) + 2, edge + first, count + first); /* and the closing 0 */
    lab_put_point(frame, P50_LINE, (float)sim->p50, 0.0f);
    lab_put_point(frame, P95_LINE, (float)sim->p95, 0.0f);
    lab_put_point(frame, P99_LINE, (float)sim->p99, 0.0f);
}

static void read_tried(const batching_queue *sim, const double *param, lab_frame *frame) {
    float throughput[TRIED + 1], p50[TRIED + 1], p99[TRIED + 1];
    size_t n = 0;
    for (int32_t i = 0; i < sim->n_tried; i++) {
        if (same_settings(&sim->tried[i].settings, &sim->queue.settings) && sim->stats.answered > 0)
            continue; /* it is being tried again */
        throughput[n] = (float)sim->tried[i].throughput;
        p50[n] = (float)sim->tried[i].p50;
        p99[n++] = (float)sim->tried[i].p99;
    }
    if (sim->stats.answered > 0) {
        throughput[n] = (float)sim->stats.throughput;
        p50[n] = (float)sim->p50;
        p99[n++] = (float)sim->p99;
    }
    lab_put_points(frame, P50_TRIED, n, throughput, p50);
    lab_put_points(frame, P99_TRIED, n, throughput, p99);
    lab_put_point(frame, CAPACITY_LINE, (float)ml_batch_queue_capacity(&sim->queue.settings), (float)param[DEADLINE]);
    lab_put_point(frame, DEADLINE_LINE, (float)param[ARRIVALS], (float)param[DEADLINE]);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    batching_queue *sim = state;
    refresh(sim);
    if (view == QUEUE_TIMELINE)
        read_timeline(sim, param, frame);
    else if (view == RESPONSE_HISTOGRAM)
        read_histogram(sim, frame);
    else
        read_tried(sim, param, frame);
}

const lab lab_batching_queue = {
    .name = "batching-queue",
    .title = "Latency against throughput",
    .question = "Does batching make answers slower or faster?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(batching_queue),
    .arena_bytes = (3 * WINDOW + 2 * QUEUE) * sizeof(double) + (WINDOW + 1) * sizeof(ml_batch_queue_answer) + 1024,
    .steps = 84,
    .steps_per_second = 42,
    .step_label = "500 requests",
    .init = init,
    .step = step,
    .adjust = adjust,
    .read = read,
    .figures = figures,
};
