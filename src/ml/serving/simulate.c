/* Requests, a balancer and replicas that batch, event by event. */
#include "serving/simulate.h"

#include "base/math.h"
#include "serving/serving.h"

#define NOBODY UINT32_MAX
enum { MOST_REPLICAS = 4096 };

static const double never = (double)INFINITY;

/* --- Settings ----------------------------------------------------------------------------------------------------- */

static bool is_time(double ms) {
    return ms >= 0.0 && ms <= 1e9;
}

static ml_status check_service(const ml_sim_settings *s, ml_error *error) {
    if (!is_time(s->fixed_time) || !is_time(s->time_per_item) || s->fixed_time + s->time_per_item == 0.0)
        return ml_fail(error, ML_EINVAL, "a batch takes %g ms and %g ms per item; both are 0 to 1e9, not both 0",
                       s->fixed_time, s->time_per_item);
    if (s->max_batch == 0 || s->max_batch > UINT16_MAX)
        return ml_fail(error, ML_EINVAL, "a batch of at most %zu requests; use 1 to 65535", s->max_batch);
    if (!is_time(s->max_wait) || !is_time(s->deadline))
        return ml_fail(error, ML_EINVAL, "a longest wait of %g ms and a deadline of %g ms; both are 0 to 1e9",
                       s->max_wait, s->deadline);
    return ML_OK;
}

static ml_status check_scaler(const ml_sim_settings *s, ml_error *error) {
    if (s->scaler == NULL)
        return ML_OK;
    if (!(s->scaler_period >= 1.0 && is_time(s->scaler_period) && is_time(s->start_up)))
        return ml_fail(error, ML_EINVAL, "a decision every %g ms (1 to 1e9) and %g ms to start up (0 to 1e9) are "
                       "needed",
                       s->scaler_period, s->start_up);
    if (s->scaler->most > MOST_REPLICAS)
        return ml_fail(error, ML_EINVAL, "an autoscaler of up to %d replicas; use at most 4096", (int)s->scaler->most);
    return ML_OK;
}

static ml_status check(const ml_sim_settings *s, ml_error *error) {
    if (s->n < 2 || s->n > (UINT32_C(1) << 31) || s->warm_up >= s->n - 1)
        return ml_fail(error, ML_EINVAL, "%zu requests, of which %zu warm up; use 2 to 2^31, two of them after it",
                       s->n, s->warm_up);
    if (s->gap == NULL)
        return ml_fail(error, ML_EINVAL, "gap is NULL; requests need a time to the next arrival");
    if (s->replicas < 1 || s->replicas > MOST_REPLICAS)
        return ml_fail(error, ML_EINVAL, "%zu replicas; use 1 to 4096", s->replicas);
    if ((int)s->routing < ML_ROUTE_SHARED || s->routing > ML_ROUTE_TWO_CHOICES)
        return ml_fail(error, ML_EINVAL, "routing %d is unknown; it is 0 to 3", (int)s->routing);
    ML_TRY(check_service(s, error));
    return check_scaler(s, error);
}

/* --- Processes ---------------------------------------------------------------------------------------------------- */

static double bounded(double x) {
    return fmin(fmax(x, 0.0), 1e9); /* fmax of NaN and 0 is 0 */
}

double ml_draw_law(void *amount, ml_rng *rng) {
    const ml_amount *const a = amount;
    if (a->law == ML_LAW_EXPONENTIAL)
        return ml_rng_exponential(rng, a->mean);
    const double squared = a->variation * a->variation;
    if (a->law == ML_LAW_FIXED || squared == 0.0)
        return a->mean;
    if (a->law == ML_LAW_GAMMA)
        return a->mean * squared * ml_rng_gamma(rng, 1.0 / squared);
    const double variance = ml_log1p(squared);
    return a->mean * ml_exp(sqrt(variance) * ml_rng_normal(rng) - variance / 2.0);
}

/* The next request is on its way; its arrival is known. */
static void draw_arrival(ml_sim *sim) {
    if (sim->arrived < sim->settings.n)
        sim->request[sim->arrived].arrival =
            sim->total.time + bounded(sim->settings.gap(sim->settings.gap_context, &sim->gap_rng));
}

/* --- Setting up --------------------------------------------------------------------------------------------------- */

ml_status ml_sim_init(ml_sim *sim, const ml_sim_settings *settings, uint64_t seed, ml_arena *arena, ml_error *error) {
    ML_TRY(check(settings, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    size_t most = settings->replicas;
    ml_autoscaler *scaler = NULL;
    ml_status status = ML_OK;
    if (settings->scaler != NULL) {
        const size_t remembered = (size_t)(settings->scaler->cooldown < 0 ? 0 : settings->scaler->cooldown) + 1;
        scaler = ML_ALLOC(arena, 1, ml_autoscaler);
        if (scaler != NULL)
            status = ml_autoscaler_init(scaler, settings->scaler, settings->scaler_window, remembered, arena, error);
        if (status == ML_OK && (size_t)settings->scaler->most > most)
            most = (size_t)settings->scaler->most;
    }
    ml_sim_request *const request = ML_ALLOC(arena, settings->n, ml_sim_request);
    ml_sim_replica *const replica = ML_ALLOC(arena, most, ml_sim_replica);
    if (status == ML_OK && (request == NULL || replica == NULL || (settings->scaler != NULL && scaler == NULL)))
        status = ml_fail(error, ML_ENOMEM, "%zu requests and %zu replicas do not fit into the memory; use fewer",
                         settings->n, most);
    if (status != ML_OK) {
        ml_arena_release(arena, mark);
        return status;
    }
    *sim = (ml_sim){.settings = *settings, .request = request, .replica = replica, .n_replicas = most,
                    .ready = settings->replicas, .scaler = scaler, .next_decision = never};
    for (size_t i = 0; i < most; i++)
        replica[i] = (ml_sim_replica){.state = i < settings->replicas ? ML_REPLICA_READY : ML_REPLICA_OFF,
                                      .changes = never, .head = NOBODY, .tail = NOBODY};
    if (scaler != NULL)
        sim->next_decision = settings->scaler_period;
    sim->gap_rng = ml_rng_seed(seed, 1);
    sim->work_rng = ml_rng_seed(seed, 2);
    sim->route_rng = ml_rng_seed(seed, 3);
    draw_arrival(sim);
    return ML_OK;
}

/* --- Queues ------------------------------------------------------------------------------------------------------- */

static ml_sim_replica *queue_of(ml_sim *sim, size_t replica) {
    return &sim->replica[sim->settings.routing == ML_ROUTE_SHARED ? 0 : replica];
}

static void append(ml_sim *sim, ml_sim_replica *queue, uint32_t r) {
    sim->request[r].next = NOBODY;
    if (queue->waiting++ == 0)
        queue->head = r;
    else
        sim->request[queue->tail].next = r;
    queue->tail = r;
}

static uint32_t take_first(ml_sim *sim, ml_sim_replica *queue) {
    const uint32_t r = queue->head;
    queue->head = sim->request[r].next;
    queue->waiting--;
    return r;
}

static void settle(ml_sim *sim, uint32_t r, ml_fate fate) {
    sim->request[r].finish = sim->total.time;
    sim->request[r].fate = (uint8_t)fate;
    sim->settled++;
}

static bool serves(const ml_sim_replica *replica) {
    return replica->state == ML_REPLICA_READY || replica->state == ML_REPLICA_LEAVING;
}

static bool is_idle(const ml_sim_replica *replica) {
    return serves(replica) && replica->in_batch == 0;
}

/* When an idle replica starts on those who wait in a queue, should nobody else come. */
static double start_time(const ml_sim *sim, const ml_sim_replica *queue) {
    if (queue->waiting == 0)
        return never;
    if (queue->waiting >= sim->settings.max_batch)
        return sim->total.time;
    return fmax(sim->request[queue->head].arrival + sim->settings.max_wait, sim->total.time);
}

/* --- Events ------------------------------------------------------------------------------------------------------- */

static void pass_time(ml_sim *sim, double to) {
    const double passed = to - sim->total.time;
    sim->total.busy += passed * (double)sim->busy;
    sim->total.serving += passed * (double)(sim->ready + sim->leaving);
    sim->total.paid += passed * (double)(sim->ready + sim->leaving + sim->starting);
    sim->total.requests_time += passed * (double)(sim->arrived - sim->settled);
    sim->total.time = to;
}

/* A replica that leaves is gone once it has nothing left to do. */
static void leave_if_done(ml_sim *sim, ml_sim_replica *replica) {
    if (replica->state != ML_REPLICA_LEAVING || replica->in_batch > 0)
        return;
    if (sim->settings.routing != ML_ROUTE_SHARED && replica->waiting > 0)
        return;
    replica->state = ML_REPLICA_OFF;
    sim->leaving--;
}

static void finish_batch(ml_sim *sim, ml_sim_replica *replica) {
    const double deadline = sim->settings.deadline > 0.0 ? sim->settings.deadline : never;
    for (uint32_t r = replica->first, left = replica->in_batch; left > 0; left--, r = sim->request[r].next) {
        const bool in_time = sim->total.time - sim->request[r].arrival <= deadline;
        settle(sim, r, in_time ? ML_FATE_IN_TIME : ML_FATE_LATE);
        *(in_time ? &sim->total.in_time : &sim->total.late) += 1;
    }
    sim->total.batches++;
    sim->total.in_batches += replica->in_batch;
    replica->in_batch = 0;
    sim->busy--;
    leave_if_done(sim, replica);
}

/* A replica becomes ready, or its batch ends. */
static void change(ml_sim *sim, ml_sim_replica *replica) {
    replica->changes = never;
    if (replica->state == ML_REPLICA_STARTING) {
        replica->state = ML_REPLICA_READY;
        sim->starting--;
        sim->ready++;
    } else {
        finish_batch(sim, replica);
    }
}

/* The i-th of the replicas that are ready. */
static size_t nth_ready(const ml_sim *sim, uint64_t i) {
    size_t replica = 0;
    for (;; replica++)
        if (sim->replica[replica].state == ML_REPLICA_READY && i-- == 0)
            return replica;
}

static size_t two_choices(ml_sim *sim) {
    const uint64_t one = ml_rng_below(&sim->route_rng, sim->ready);
    if (sim->ready == 1)
        return nth_ready(sim, 0);
    uint64_t two = ml_rng_below(&sim->route_rng, sim->ready - 1);
    two += two >= one;
    const size_t first = nth_ready(sim, one), second = nth_ready(sim, two);
    const ml_sim_replica *a = &sim->replica[first], *b = &sim->replica[second];
    return b->waiting + b->in_batch < a->waiting + a->in_batch ? second : first;
}

static size_t route(ml_sim *sim) {
    switch (sim->settings.routing) {
    case ML_ROUTE_RANDOM:
        return nth_ready(sim, ml_rng_below(&sim->route_rng, sim->ready));
    case ML_ROUTE_ROUND_ROBIN:
        return nth_ready(sim, sim->turn++ % sim->ready);
    case ML_ROUTE_TWO_CHOICES:
        return two_choices(sim);
    case ML_ROUTE_SHARED:
    default:
        return 0;
    }
}

static void arrive(ml_sim *sim) {
    const uint32_t r = (uint32_t)sim->arrived;
    const ml_sim_settings *s = &sim->settings;
    if (r == s->warm_up)
        sim->begin = sim->total;
    if (r == s->n - 1)
        sim->end = sim->total;
    sim->arrived++;
    sim->request[r].factor = s->work == NULL ? 1.0 : bounded(s->work(s->work_context, &sim->work_rng));
    ml_sim_replica *const queue = &sim->replica[route(sim)];
    if (s->queue_limit > 0 && queue->waiting >= s->queue_limit)
        settle(sim, r, ML_FATE_REFUSED);
    else
        append(sim, queue, r);
    draw_arrival(sim);
}

/* Those at the head have waited longest. Returns whether somebody was dropped: then the start rule is asked again. */
static bool drop_expired(ml_sim *sim, ml_sim_replica *queue) {
    const uint32_t before = queue->waiting;
    while (queue->waiting > 0 && sim->total.time - sim->request[queue->head].arrival > sim->settings.deadline)
        settle(sim, take_first(sim, queue), ML_FATE_DROPPED);
    return queue->waiting < before;
}

static void start_batch(ml_sim *sim, size_t which) {
    ml_sim_replica *const replica = &sim->replica[which], *const queue = queue_of(sim, which);
    const ml_sim_settings *s = &sim->settings;
    if (s->drop_expired && s->deadline > 0.0 && drop_expired(sim, queue)) {
        leave_if_done(sim, replica);
        return;
    }
    const size_t size = queue->waiting < s->max_batch ? queue->waiting : s->max_batch;
    replica->first = queue->head;
    replica->in_batch = (uint32_t)size;
    const double service = s->fixed_time + (double)size * s->time_per_item;
    replica->changes = sim->total.time + service * sim->request[queue->head].factor;
    for (size_t i = 0; i < size; i++) {
        const uint32_t r = take_first(sim, queue);
        sim->request[r].start = sim->total.time;
        sim->request[r].batch = (uint16_t)size;
    }
    sim->busy++;
}

/* --- Scaling ------------------------------------------------------------------------------------------------------ */

static void start_replicas(ml_sim *sim, size_t n) {
    for (size_t i = 0; i < sim->n_replicas && n > 0; i++)
        if (sim->replica[i].state == ML_REPLICA_OFF) {
            sim->replica[i].state = ML_REPLICA_STARTING;
            sim->replica[i].changes = sim->total.time + sim->settings.start_up;
            sim->starting++;
            n--;
        }
}

static void stop_replicas(ml_sim *sim, size_t n) {
    for (size_t i = sim->n_replicas; i-- > 0 && n > 0;)
        if (sim->replica[i].state == ML_REPLICA_READY) {
            sim->replica[i].state = ML_REPLICA_LEAVING;
            sim->ready--;
            sim->leaving++;
            leave_if_done(sim, &sim->replica[i]);
            n--;
        }
}

static void decide(ml_sim *sim) {
    const double busy = sim->total.busy - sim->decided.busy, serving = sim->total.serving - sim->decided.serving;
    ml_autoscaler_observe(sim->scaler, busy / serving);
    sim->decided = sim->total;
    sim->next_decision = sim->total.time + sim->settings.scaler_period;
    const int32_t ready = (int32_t)sim->ready, starting = (int32_t)sim->starting;
    const int32_t desired = ml_autoscaler_desired(sim->scaler, ready, starting);
    if (desired > ready + starting)
        start_replicas(sim, (size_t)(desired - ready - starting));
    else if (desired < ready)
        stop_replicas(sim, (size_t)(ready - desired));
}

/* --- Running ------------------------------------------------------------------------------------------------------ */

/* The replica that changes first, the lowest number of several. */
static size_t first_change(const ml_sim *sim) {
    size_t first = 0;
    for (size_t i = 1; i < sim->n_replicas; i++)
        if (sim->replica[i].changes < sim->replica[first].changes)
            first = i;
    return first;
}

/* The idle replica that could start first, and when. */
static size_t first_start(ml_sim *sim, double *when) {
    size_t first = 0;
    *when = never;
    for (size_t i = 0; i < sim->n_replicas; i++) {
        const double start = is_idle(&sim->replica[i]) ? start_time(sim, queue_of(sim, i)) : never;
        if (start < *when) {
            *when = start;
            first = i;
        }
    }
    return first;
}

static void advance(ml_sim *sim) {
    double starts;
    const size_t changing = first_change(sim), starting = first_start(sim, &starts);
    const double changes = sim->replica[changing].changes;
    const double arrives = sim->arrived < sim->settings.n ? sim->request[sim->arrived].arrival : never;
    const double next = fmin(fmin(changes, sim->next_decision), fmin(arrives, starts));
    pass_time(sim, next);
    if (changes == next)
        change(sim, &sim->replica[changing]);
    else if (sim->next_decision == next)
        decide(sim);
    else if (arrives == next)
        arrive(sim);
    else
        start_batch(sim, starting);
}

bool ml_sim_run(ml_sim *sim, size_t events) {
    for (; events > 0 && sim->settled < sim->settings.n; events--)
        advance(sim);
    return sim->settled == sim->settings.n;
}
