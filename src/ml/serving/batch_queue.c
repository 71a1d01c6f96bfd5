/* A server that answers requests in batches, event by event. */
#include "serving/serving.h"

#include "base/math.h"

/* --- Settings ----------------------------------------------------------------------------------------------------- */

static ml_status check_settings(const ml_batch_queue_settings *s, ml_error *error) {
    if (!(s->arrivals_per_second > 0.0 && isfinite(s->arrivals_per_second)))
        return ml_fail(error, ML_EINVAL, "%g arrivals per second; it takes a finite number above 0",
                       s->arrivals_per_second);
    if (s->max_batch == 0)
        return ml_fail(error, ML_EINVAL, "a batch of at most 0 requests answers nobody; use 1 or more");
    if (!(s->max_wait >= 0.0 && isfinite(s->max_wait)))
        return ml_fail(error, ML_EINVAL, "the longest wait is %g ms; it is a finite number, 0 or more", s->max_wait);
    if (!(s->fixed_time >= 0.0 && s->time_per_item >= 0.0 && isfinite(s->fixed_time + s->time_per_item)))
        return ml_fail(error, ML_EINVAL, "a batch takes %g ms and %g ms per item; both are finite numbers, 0 or more",
                       s->fixed_time, s->time_per_item);
    if (s->fixed_time + s->time_per_item == 0.0)
        return ml_fail(error, ML_EINVAL, "a batch takes no time at all; give it a fixed time or a time per item");
    if (s->service != ML_SERVICE_FIXED && s->service != ML_SERVICE_EXPONENTIAL)
        return ml_fail(error, ML_EINVAL, "service %d is unknown; it is fixed (0) or exponential (1)", (int)s->service);
    return ML_OK;
}

double ml_batch_queue_capacity(const ml_batch_queue_settings *s) {
    const double b = (double)s->max_batch;
    return 1000.0 * b / (s->fixed_time + b * s->time_per_item);
}

static double time_to_next(ml_batch_queue *q) {
    return ml_rng_exponential(&q->arrival_rng, 1000.0 / q->settings.arrivals_per_second);
}

static double service_time(ml_batch_queue *q) {
    const double mean = q->settings.fixed_time + (double)q->on_server * q->settings.time_per_item;
    return q->settings.service == ML_SERVICE_FIXED ? mean : ml_rng_exponential(&q->service_rng, mean);
}

/* --- The window --------------------------------------------------------------------------------------------------- */

static void clear_window(ml_batch_queue *q) {
    q->newest = 0;
    q->answered = 0;
    q->answer[0] = q->total; /* where the window begins */
}

static void remember(ml_batch_queue *q, double response) {
    q->newest = (q->newest + 1) % (q->window + 1);
    q->answer[q->newest] = q->total;
    q->answer[q->newest].response = response;
    if (q->answered < q->window)
        q->answered++;
}

/* The i-th answer in the window from the oldest, 1 to q->answered; 0 is what came just before it. */
static const ml_batch_queue_answer *answer_at(const ml_batch_queue *q, size_t i) {
    return &q->answer[(q->newest + q->window + 1 - q->answered + i) % (q->window + 1)];
}

ml_batch_queue_stats ml_batch_queue_sum_up(const ml_batch_queue *q) {
    ml_batch_queue_stats stats = {.answered = q->answered};
    const ml_batch_queue_answer *first = answer_at(q, 0), *last = answer_at(q, q->answered);
    const double time = last->time - first->time, answered = (double)q->answered;
    if (q->answered == 0 || !(time > 0.0))
        return stats;
    double sum = 0.0;
    for (size_t i = 1; i <= q->answered; i++)
        sum += answer_at(q, i)->response;
    stats.refused = last->refused - first->refused;
    stats.seconds = time / 1000.0;
    stats.mean_response = sum / answered;
    stats.throughput = answered / stats.seconds;
    stats.utilisation = (last->busy - first->busy) / time;
    stats.mean_batch = answered / (double)(last->batches - first->batches);
    stats.mean_in_system = (last->requests_time - first->requests_time) / time;
    return stats;
}

size_t ml_batch_queue_responses(const ml_batch_queue *q, double *response) {
    for (size_t i = 0; i < q->answered; i++)
        response[i] = answer_at(q, i + 1)->response;
    return q->answered;
}

/* --- Events ------------------------------------------------------------------------------------------------------- */

ml_status ml_batch_queue_init(ml_batch_queue *q, const ml_batch_queue_settings *settings, size_t capacity,
                              size_t window, uint64_t seed, ml_arena *arena, ml_error *error) {
    ML_TRY(check_settings(settings, error));
    if (capacity == 0 || window == 0)
        return ml_fail(error, ML_EINVAL, "a queue of %zu and a window of %zu; both hold at least 1", capacity, window);
    const ml_arena_mark before = ml_arena_save(arena);
    double *const arrival = capacity > SIZE_MAX / 2 ? NULL : ML_ALLOC(arena, 2 * capacity, double);
    ml_batch_queue_answer *const answer =
        window == SIZE_MAX ? NULL : ML_ALLOC(arena, window + 1, ml_batch_queue_answer);
    if (arrival == NULL || answer == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM,
                       "a queue of %zu and a window of %zu do not fit into the memory; use smaller ones", capacity,
                       window);
    }
    *q = (ml_batch_queue){.settings = *settings,
                          .capacity = capacity,
                          .window = window,
                          .arrival = arrival,
                          .ring = 2 * capacity,
                          .answer = answer};
    q->arrival_rng = ml_rng_seed(seed, 1);
    q->service_rng = ml_rng_seed(seed, 2);
    q->next_arrival = time_to_next(q);
    clear_window(q);
    return ML_OK;
}

ml_status ml_batch_queue_change(ml_batch_queue *q, const ml_batch_queue_settings *settings, ml_error *error) {
    ML_TRY(check_settings(settings, error));
    q->settings = *settings;
    clear_window(q);
    return ML_OK;
}

/* When the i-th request in the system arrived; those on the server come first. */
static double *arrival_of(ml_batch_queue *q, size_t i) {
    return &q->arrival[(q->oldest + i) % q->ring];
}

/* Lets time pass, and the totals with it. */
static void pass_time(ml_batch_queue *q, double to) {
    const double passed = to - q->total.time;
    q->total.requests_time += passed * (double)(q->on_server + q->waiting);
    if (q->on_server > 0)
        q->total.busy += passed;
    q->total.time = to;
}

/* When a free server starts on those who wait, should nobody else come. */
static double start_time(ml_batch_queue *q) {
    if (q->waiting == 0)
        return (double)INFINITY;
    double start = *arrival_of(q, 0) + q->settings.max_wait;
    if (q->waiting >= q->settings.max_batch)
        start = fmin(start, *arrival_of(q, q->settings.max_batch - 1));
    return fmax(start, q->total.time);
}

static ml_batch_queue_event arrive(ml_batch_queue *q) {
    pass_time(q, q->next_arrival);
    const bool refused = q->waiting == q->capacity;
    if (refused) {
        q->total.refused++;
    } else {
        *arrival_of(q, q->on_server + q->waiting) = q->total.time;
        q->waiting++;
    }
    q->next_arrival += time_to_next(q);
    return (ml_batch_queue_event){refused ? ML_REQUEST_REFUSED : ML_REQUEST_ARRIVED, q->total.time, 0, q->waiting};
}

static ml_batch_queue_event start_batch(ml_batch_queue *q, double start) {
    pass_time(q, start);
    q->on_server = q->waiting < q->settings.max_batch ? q->waiting : q->settings.max_batch;
    q->waiting -= q->on_server;
    q->finish = start + service_time(q);
    return (ml_batch_queue_event){ML_BATCH_STARTED, start, q->on_server, q->waiting};
}

static ml_batch_queue_event finish_batch(ml_batch_queue *q) {
    pass_time(q, q->finish);
    const size_t batch = q->on_server;
    q->total.batches++;
    for (size_t i = 0; i < batch; i++)
        remember(q, q->finish - *arrival_of(q, i));
    q->oldest = (q->oldest + batch) % q->ring;
    q->on_server = 0;
    return (ml_batch_queue_event){ML_BATCH_FINISHED, q->finish, batch, q->waiting};
}

ml_batch_queue_event ml_batch_queue_advance(ml_batch_queue *q) {
    if (q->on_server > 0)
        return q->finish <= q->next_arrival ? finish_batch(q) : arrive(q);
    const double start = start_time(q);
    return q->next_arrival <= start ? arrive(q) : start_batch(q, start);
}
