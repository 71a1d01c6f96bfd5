/* Queues, by formula and by simulation: any process of arrivals and of service, replicas behind a balancer, batches,
 * limits, deadlines, an autoscaler. Times in ms.
 *
 * serving.h's ml_batch_queue is the one-server case, with a sliding window, for ever; this is a run of n requests with
 * the fate of each. */
#ifndef ML_SERVING_SIMULATE_H
#define ML_SERVING_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

struct ml_autoscaler_settings;
struct ml_autoscaler;

/* --- Formulas ----------------------------------------------------------------------------------------------------- */

/* Mean wait before service, in the unit of `service`, of one server with Poisson arrivals (M/G/1): rate per that unit,
 * `service` its mean, `variation` its standard deviation / mean (0: M/D/1; 1: M/M/1). Infinite from a load of 1 on; NaN
 * if an argument is negative or NaN. Source: Pollaczek 1930 and Khinchine 1932; Kleinrock 1975, "Queueing systems" I,
 * section 5.6. */
double ml_queue_pk_wait(double rate, double service, double variation);

/* Erlang's C: the chance that a request has to wait, with Poisson arrivals, exponential service and `servers` of them
 * (M/M/c); load = rate x service, 1 from `servers` on. NaN if servers is 0 or the load negative or NaN.
 * Cost:   O(servers).
 * Source: Erlang 1917; Kleinrock 1975, section 3.5.   Golden: tests/golden/queues.py, SciPy. */
double ml_queue_erlang_c(uint32_t servers, double load);

/* The mean wait of M/M/c: C service / (servers - load). Golden: as above. */
double ml_queue_mmc_wait(double rate, double service, uint32_t servers);

/* --- A heap of timed events, for simulations of one's own --------------------------------------------------------- */

typedef struct ml_event {
    double time;
    uint64_t order; /* of pushing */
    int32_t kind;
    uint32_t data;
} ml_event;

typedef struct ml_event_queue {
    ml_event *event; /* [capacity] heap */
    size_t capacity, size;
    uint64_t pushed;
} ml_event_queue;

/* Memory: 24 bytes an event, from the arena. Errors: ML_ENOMEM; untouched. */
ml_status ml_event_queue_init(size_t capacity, ml_event_queue *queue, ml_arena *arena, ml_error *error);

/* False, and nothing happened, if it is full or the time is NaN. Cost: O(log size). */
bool ml_event_queue_push(ml_event_queue *queue, double time, int32_t kind, uint32_t data);

/* Takes the earliest; at equal times the lower kind, of equal kinds what was pushed first. False if there is none. */
bool ml_event_queue_pop(ml_event_queue *queue, ml_event *first);

/* --- The simulation ----------------------------------------------------------------------------------------------- */

/* A random amount: the time to the next arrival in ms, or a factor of service. Negative or NaN counts as 0, what
 * is above 1e9 as 1e9. */
typedef double ml_draw(void *context, ml_rng *rng);

typedef enum ml_law { ML_LAW_FIXED, ML_LAW_EXPONENTIAL, ML_LAW_LOGNORMAL, ML_LAW_GAMMA } ml_law;

/* A context for ml_draw_law. The last two laws have the standard deviation mean x variation. */
typedef struct ml_amount {
    ml_law law;
    double mean, variation;
} ml_amount;

/* Draws from *(ml_amount *)amount. */
double ml_draw_law(void *amount, ml_rng *rng);

typedef enum ml_routing {
    ML_ROUTE_SHARED,      /* one queue for all; an idle replica takes from it, the lowest number first */
    ML_ROUTE_RANDOM,      /* a queue each */
    ML_ROUTE_ROUND_ROBIN,
    ML_ROUTE_TWO_CHOICES, /* of two at random the one with fewer waiting and in service; a tie: the first drawn */
} ml_routing;

typedef struct ml_sim_settings {
    size_t n;       /* requests, 2 to 2^31 */
    size_t warm_up; /* the first ones, which statistics leave out; below n - 1 */
    ml_draw *gap;   /* time to the next arrival */
    void *gap_context;
    ml_draw *work; /* a factor, drawn with each arrival: a batch takes that of its oldest; NULL: 1 */
    void *work_context;
    double fixed_time, time_per_item; /* a batch of b takes (fixed_time + b time_per_item) x factor; not both 0 */
    size_t max_batch;                 /* 1 to 65,535 */
    double max_wait;                  /* of the oldest for company, 0 or more */
    ml_routing routing;
    size_t replicas;    /* at the beginning, 1 to 4096 */
    size_t queue_limit; /* the most that wait in a queue; the rest is refused; 0: no limit */
    double deadline;    /* after it an answer is late; 0: none */
    bool drop_expired;  /* before a batch is taken, those who wait longer than the deadline are dropped */
    const struct ml_autoscaler_settings *scaler; /* NULL: none. Its cooldown counts decisions */
    size_t scaler_window;                        /* decisions whose utilisation is averaged, at least 1 */
    double scaler_period, start_up;              /* between decisions, 1 or more; until a new one serves, 0 or more */
} ml_sim_settings;

typedef enum ml_fate {
    ML_FATE_OPEN, /* on its way, waiting or in service */
    ML_FATE_IN_TIME,
    ML_FATE_LATE,
    ML_FATE_REFUSED,
    ML_FATE_DROPPED,
} ml_fate;

typedef struct ml_sim_request {
    double arrival, start, finish; /* finish: when it was answered, refused or dropped */
    double factor;
    uint32_t next;  /* behind it in its queue or batch */
    uint16_t batch; /* how many were served together, at most 65,535; 0: it was not served */
    uint8_t fate;   /* ml_fate */
} ml_sim_request;

typedef enum ml_replica_state {
    ML_REPLICA_OFF,
    ML_REPLICA_STARTING,
    ML_REPLICA_READY,
    ML_REPLICA_LEAVING, /* it finishes what it has, and gets nothing new */
} ml_replica_state;

typedef struct ml_sim_replica {
    ml_replica_state state;
    double changes;               /* starting: when it is ready; in service: when the batch ends; otherwise infinite */
    uint32_t first, in_batch;     /* of the batch in service */
    uint32_t head, tail, waiting; /* its queue; with a shared one that of replica 0 is everybody's */
} ml_sim_replica;

/* Running totals up to a moment. */
typedef struct ml_sim_totals {
    double time;
    double busy;          /* replicas in service, integrated over time, ms */
    double serving;       /* replicas ready or leaving, ms */
    double paid;          /* and starting, ms */
    double requests_time; /* requests waiting or in service, ms */
    uint64_t batches, in_batches, in_time, late;
} ml_sim_totals;

/* The fields are readable; only these functions write them. */
typedef struct ml_sim {
    ml_sim_settings settings;
    ml_rng gap_rng, work_rng, route_rng; /* a stream each */
    ml_sim_totals total, begin, end;     /* now; at the arrival of the first request that counts; of the last one */
    ml_sim_request *request;             /* [n] */
    size_t arrived, settled;             /* requests that came; whose fate is known */
    ml_sim_replica *replica;             /* [n_replicas] */
    size_t n_replicas;                   /* the most there can be */
    size_t busy, ready, starting, leaving, turn;
    struct ml_autoscaler *scaler;
    double next_decision;
    ml_sim_totals decided; /* at the last decision */
} ml_sim;

/* Statistics over the requests after the warm-up; rates, utilisation and L over the time from the first of these to the
 * last arrival. */
typedef struct ml_sim_stats {
    size_t in_time, late, refused, dropped; /* requests; late ones were answered too */
    double mean_response, mean_wait;        /* of those answered, ms; 0 if there are none */
    double throughput, goodput;             /* answers, and those in time, per second */
    double utilisation;                     /* busy share of the replicas' time */
    double mean_batch;                      /* requests per batch */
    double mean_in_system;                  /* L: waiting or in service, averaged over time */
    double by_littles_law;                  /* admitted per second x their mean time inside */
    double replica_seconds;                 /* paid for, start-up included */
} ml_sim_stats;

/* Sets up a run; nothing has happened yet.
 * Memory: 40 bytes a request and 48 a replica, from the arena, with which they die.
 * Errors: ML_EINVAL if a setting is out of its range, saying which; ML_ENOMEM. */
ml_status ml_sim_init(ml_sim *sim, const ml_sim_settings *settings, uint64_t seed, ml_arena *arena, ml_error *error);

/* Goes on for at most so many events. At the same instant a batch ends or a replica becomes ready first, then the
 * autoscaler decides, then requests arrive, then batches start. Returns whether the fate of all requests is known.
 * Cost: O(replicas) an event; at most 4 events a request, and the decisions. */
bool ml_sim_run(ml_sim *sim, size_t events);

/* Sums up a run that has ended. Cost: O(n). */
ml_sim_stats ml_sim_sum_up(const ml_sim *sim);

/* Response times of those answered after the warm-up, in order of arrival, ms; ml_percentile makes exact percentiles of
 * them.
 *   response  [n - warm_up]  out
 * Returns how many there are. */
size_t ml_sim_responses(const ml_sim *sim, double *response);

#endif
