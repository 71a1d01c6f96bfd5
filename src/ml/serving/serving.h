/* Serving: what happens to a prediction between the question and the answer.
 *
 * Times are in milliseconds unless a name says otherwise; rates are per second. */
#ifndef ML_SERVING_H
#define ML_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/window.h"

/* --- Percentiles -------------------------------------------------------------------------------------------------- */

/* Percentile by nearest rank: the smallest value such that at least p % of the values are at most as large, which is
 * the ceil(p n / 100)-th smallest (p = 0: the smallest). It is always a value that occurred; nothing is interpolated.
 *   value    [n]  any order, no NaN; stays as it is
 *   p             0 to 100
 *   scratch  [2n] the caller's; overwritten
 * Returns NaN if n is 0 or p is not in [0, 100].
 * Cost:   O(n) expected, O(n log n) at worst.
 * Source: Hyndman and Fan 1996, The American Statistician 50(4), definition 1. */
double ml_percentile(size_t n, const double *value, double p, double *scratch);

/* --- Ranking by two scores ---------------------------------------------------------------------------------------- */

/* Ranks items by a blend of two models' scores, each first put on a common scale: by
 *     weight_quality z(quality) + weight_engagement z(engagement)
 * where z is the distance from the mean in (population) standard deviations over the n items. A score that is the same
 * for all contributes nothing. The highest comes first; of equal blends the lower index first.
 *   quality, engagement  [n]  finite, in any units
 *   weights                   finite, of any sign; a decision that is made after training
 *   top    [min(k, n)]        out: indices of items
 *   score  [n]                scratch, the caller's; overwritten
 * Returns how many were written, min(k, n).
 * Cost:   about 10 n, and ml_topk.
 * Source: Huyen 2022, "Designing Machine Learning Systems", chapter 2, "Decoupling objectives". */
size_t ml_blend_rank(size_t n, const double *quality, const double *engagement, double weight_quality,
                     double weight_engagement, size_t k, size_t *top, double *score);

/* --- A server that batches ---------------------------------------------------------------------------------------- */

typedef enum ml_service { ML_SERVICE_FIXED, ML_SERVICE_EXPONENTIAL } ml_service;

typedef struct ml_batch_queue_settings {
    double arrivals_per_second; /* Poisson; above 0 */
    size_t max_batch;           /* the most requests that are answered together; at least 1 */
    double max_wait;            /* how long the oldest request waits for company, ms; 0: it never does */
    double fixed_time;          /* of a batch, whatever its size, ms */
    double time_per_item;       /* and for each request in it, ms; not both 0 */
    ml_service service;         /* fixed: a batch of b takes fixed_time + b time_per_item; exponential: on average */
} ml_batch_queue_settings;

typedef enum ml_batch_queue_event_kind {
    ML_REQUEST_ARRIVED, /* and waits */
    ML_REQUEST_REFUSED, /* the queue was full */
    ML_BATCH_STARTED,
    ML_BATCH_FINISHED, /* all its requests are answered */
} ml_batch_queue_event_kind;

typedef struct ml_batch_queue_event {
    ml_batch_queue_event_kind kind;
    double time;    /* ms since the beginning */
    size_t batch;   /* requests in the batch that started or finished; 0 for a single request */
    size_t waiting; /* requests in the queue after the event */
} ml_batch_queue_event;

/* What is remembered about an answered request: what happened to it, and the running totals when its answer left, so
 * that any stretch of answers can be summed up by one subtraction. */
typedef struct ml_batch_queue_answer {
    double response;      /* from arrival to answer, ms */
    double time;          /* when it left, ms; and up to then: */
    double busy;          /*   time that the server worked, ms */
    double requests_time; /*   requests in the system, integrated over time, requests x ms */
    uint64_t batches;     /*   batches finished */
    uint64_t refused;     /*   requests refused */
} ml_batch_queue_answer;

/* Figures over the window: the last answers, and the time in which they left. */
typedef struct ml_batch_queue_stats {
    size_t answered;       /* requests; all else is 0 while no answer has left, or none at another instant */
    uint64_t refused;      /* requests */
    double seconds;        /* length of the window */
    double mean_response;  /* W, ms */
    double throughput;     /* answers per second */
    double utilisation;    /* share of the time that the server worked */
    double mean_batch;     /* requests per batch */
    double mean_in_system; /* L: requests waiting or on the server, averaged over time */
} ml_batch_queue_stats;

/* One server, one queue, first come first served. Requests arrive at random moments. When the server is free and the
 * oldest waiting request came at r, the next batch starts at max(now, min(arrival of the B-th waiting request,
 * r + max_wait)); it takes all that have arrived by then, that very instant included, at most B, and all its answers
 * leave together. The fields are readable; only these functions write them. */
typedef struct ml_batch_queue {
    ml_batch_queue_settings settings;
    ml_rng arrival_rng, service_rng; /* a stream each: another service time does not move the arrivals */
    ml_batch_queue_answer total;     /* up to now; total.time is now */
    double next_arrival, finish;     /* when the next request comes, and when the batch on the server is done */
    size_t on_server;                /* requests in that batch; 0 when the server is free */
    size_t waiting, capacity;        /* requests in the queue; the most that it holds */
    double *arrival;                 /* [ring] when those on the server and those that wait arrived, in this order */
    size_t ring, oldest;             /* 2 capacity; where the first of them stands */
    ml_batch_queue_answer *answer;   /* [window + 1] ring of the last answers, after the one before the window */
    size_t window, newest, answered; /* the most it holds; where the newest stands; how many it holds */
} ml_batch_queue;

/* Sets up an empty system at time 0, whose first request is on its way.
 *   capacity  the most requests that may wait, at least 1; those that come on top are refused
 *   window    how many answers the statistics look back on, at least 1
 * Memory: 16 bytes for each of capacity and 48 for each of window, from the arena.
 * Errors: ML_EINVAL if a setting, capacity or window is out of its range, saying which; ML_ENOMEM. */
ml_status ml_batch_queue_init(ml_batch_queue *queue, const ml_batch_queue_settings *settings, size_t capacity,
                              size_t window, uint64_t seed, ml_arena *arena, ml_error *error);

/* Goes on with other settings from now on: who waits still waits, what is on the server finishes as it was started, and
 * the request that is on its way arrives as planned. The window starts empty.
 * Errors: ML_EINVAL as init; all is then as before. */
ml_status ml_batch_queue_change(ml_batch_queue *queue, const ml_batch_queue_settings *settings, ml_error *error);

/* Advances to the next event and returns it. At the same instant a batch finishes first, then requests arrive, then the
 * next batch starts. Cost: O(1), or O(b) when a batch of b finishes. */
ml_batch_queue_event ml_batch_queue_advance(ml_batch_queue *queue);

/* Requests per second that the server can answer at most: max_batch / (fixed_time + max_batch time_per_item). */
double ml_batch_queue_capacity(const ml_batch_queue_settings *settings);

/* Sums up the window. Cost: O(answers in the window). */
ml_batch_queue_stats ml_batch_queue_sum_up(const ml_batch_queue *queue);

/* Copies the response times in the window, oldest first, ms.
 *   response  [window]  out
 * Returns how many there are. */
size_t ml_batch_queue_responses(const ml_batch_queue *queue, double *response);

/* --- An autoscaler ------------------------------------------------------------------------------------------------ */

/* What an autoscaler aims at, and within which limits. */
typedef struct ml_autoscaler_settings {
    double target;      /* the utilisation that it aims at, above 0; 0.7: replicas that are busy 70 % of the time */
    double tolerance;   /* no change while the utilisation is within this share of the target; 0.1, 0 or more */
    int32_t cooldown;   /* ticks: for so long a scale-down waits for the last higher wish; 0 or more */
    int32_t least, most; /* replicas; 1 <= least <= most */
} ml_autoscaler_settings;

/* How many replicas a past decision asked for, and after how many ticks it was made. */
typedef struct ml_autoscaler_wish {
    int32_t tick, replicas;
} ml_autoscaler_wish;

/* Keeps the utilisation of replicas near a target, by the rule of Kubernetes' HorizontalPodAutoscaler:
 *     desired = ceil(ready mean/target)
 * where mean is the mean utilisation over the last ticks of a window. Nothing changes while mean/target is within
 * `tolerance` of 1, and it shrinks only to the most that it wanted at any time within `cooldown`.
 * The fields are readable; only these functions write them. */
typedef struct ml_autoscaler {
    ml_autoscaler_settings settings;
    ml_window utilisation;
    int32_t ticks;            /* observed so far */
    ml_autoscaler_wish *wish; /* [capacity] ring: what past decisions wanted */
    size_t capacity, n_wishes, next;
} ml_autoscaler;

/* Sets up an autoscaler that has seen nothing.
 *   window      ticks whose utilisation is averaged, at least 1
 *   remembered  how many past decisions can hold back a scale-down: longest cooldown / ticks between decisions + 1 is
 *               enough; at least 1
 * Memory: 8 bytes for each of both, from the arena.
 * Errors: ML_EINVAL if a setting, window or remembered is out of its range, saying which; ML_ENOMEM. */
ml_status ml_autoscaler_init(ml_autoscaler *scaler, const ml_autoscaler_settings *settings, size_t window,
                             size_t remembered, ml_arena *arena, ml_error *error);

/* Goes on with other settings; what was observed and wanted stays.
 * Errors: ML_EINVAL as init; all is then as before. */
ml_status ml_autoscaler_change(ml_autoscaler *scaler, const ml_autoscaler_settings *settings, ml_error *error);

/* The utilisation of a tick: busy time / available time of the ready replicas, or whatever else is to meet the target.
 */
void ml_autoscaler_observe(ml_autoscaler *scaler, double utilisation);

/* A decision, after at least one observation: how many replicas there should be from now on.
 *   ready     replicas that serve;  starting  those that are on their way
 * Returns more than ready + starting to start some; fewer, and only while none is starting, to stop some at once; the
 * same to leave it. The ceiling is of the value less 1e-9, so that 7 x 0.7/0.7 is 7.
 * Cost:   O(window + remembered).
 * Source: Kubernetes documentation, Horizontal Pod Autoscaling (algorithm details: tolerance 0.1; stabilisation window
 *         300 s; a decision every 15 s). */
int32_t ml_autoscaler_desired(ml_autoscaler *scaler, int32_t ready, int32_t starting);

#include "serving/cache.h"
#include "serving/compress.h"
#include "serving/limits.h"
#include "serving/quantise.h"
#include "serving/simulate.h"
#include "serving/sketch.h"

#endif
