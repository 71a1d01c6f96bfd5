/* What keeps a service alive on a bad day: limits on rate, on retries and on calls to what is broken. Times are in any
 * one unit (rates per that unit) and never run backwards; what is handed in is trusted, settings are the caller's. */
#ifndef ML_SERVING_LIMITS_H
#define ML_SERVING_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

/* --- Token bucket ------------------------------------------------------------------------------------------------- */

/* Lets `rate` through per unit of time on average, and bursts of `capacity`. Begin with tokens = capacity, time = now.
 * Source: Turner 1986, "New directions in communications", IEEE Communications Magazine 24(10) (the leaky bucket). */
typedef struct ml_token_bucket {
    double rate, capacity; /* 0 or more */
    double tokens;         /* at `time` */
    double time;
} ml_token_bucket;

/* Fills up to `now` and takes `cost` tokens if so many are there, otherwise none. Returns whether it took them. */
bool ml_token_bucket_take(ml_token_bucket *bucket, double now, double cost);

/* --- Circuit breaker with a budget for retries -------------------------------------------------------------------- */

typedef enum ml_guard_state { ML_GUARD_CLOSED, ML_GUARD_OPEN, ML_GUARD_HALF_OPEN } ml_guard_state;

/* The caller sets the first four and tokens; the rest begins at 0. */
typedef struct ml_guard {
    int fail_limit;  /* so many failures in a row open it */
    double open_for; /* for so long */
    double ratio;    /* tokens that a new request adds */
    double max;      /* the most tokens */
    int state, fails;
    double until, tokens;
} ml_guard;

/* Whether to send a request now. While open nothing passes; from `until` on the next one is the probe, and all else is
 * refused until its result. A new request that passes adds `ratio` tokens, up to `max`; a retry, even as the probe,
 * needs and takes one. What is refused changes nothing.
 * Source: Nygard 2007, "Release It!" (circuit breaker); Beyer et al. 2016, "Site Reliability Engineering", chapter 21
 *         (retry budget). */
bool ml_guard_allow(ml_guard *guard, double now, bool is_retry);

/* The result of a request that was sent. Success closes and clears the count; so many failures in a row, or one of the
 * probe, open from now on. Results that come while it is open change nothing. */
void ml_guard_result(ml_guard *guard, double now, bool ok);

/* --- Circuit breaker by share of failures ------------------------------------------------------------------------- */

/* Opens when, of at least `least` outcomes counted since the period began, more than `share` are failures. The caller
 * sets the first four; the rest begins at 0. */
typedef struct ml_breaker {
    double period;    /* outcomes are counted anew from each multiple of it */
    double share;     /* 0 to 1 */
    uint32_t least;   /* outcomes */
    double open_for;  /* how long it stays open */
    ml_guard_state state;
    uint32_t outcomes, failures;
    double counted; /* which period they are of: floor(time / period) */
    double until;
} ml_breaker;

/* Whether to send a request now; the first one at or after `until` is the probe, as above. */
bool ml_breaker_allow(ml_breaker *breaker, double now);

/* The outcome of a request. Half-open: success closes and counts anew, failure opens again. Open: changes nothing. */
void ml_breaker_result(ml_breaker *breaker, double now, bool ok);

/* --- Retries ------------------------------------------------------------------------------------------------------ */

/* How long to wait before retry 0, 1, 2 ...: min(cap, base 2^retry), or, with an rng, uniform in [0, that): full
 * jitter. rng may be NULL: no jitter. base and cap 0 or more. No overflow for any retry.
 * Source: Brooker 2015, "Exponential backoff and jitter", AWS Architecture Blog. */
double ml_backoff(double base, double cap, uint32_t retry, ml_rng *rng);

typedef enum ml_call_status {
    ML_CALL_OK,
    ML_CALL_RETRY, /* an error that may pass, or a time-out */
    ML_CALL_FATAL, /* an error that stays */
} ml_call_status;

/* Asks something that may fail, for at most `timeout`; writes what it took and, if OK, the answer. */
typedef ml_call_status ml_backend(void *context, double timeout, double *took, double *value);

typedef struct ml_retry_policy {
    double deadline;  /* for all, waits included */
    double per_try;   /* time-out of a try */
    double base, cap; /* of ml_backoff, with jitter */
    int max_tries;
    double fallback; /* the answer when there is none */
} ml_retry_policy;

typedef struct ml_answer {
    double value;
    bool fell_back;
    int tries;    /* calls made */
    double total; /* waits, and min(took, time-out) of each call */
} ml_answer;

/* Calls until there is a finite answer in time, a fatal error, max_tries calls, or no time for the next wait. On a
 * virtual clock: nothing sleeps. Each call gets min(per_try, what is left of the deadline), never 0 or less; an OK that
 * took longer counts as a time-out, one that is not finite as fatal. One draw a wait; none after the last try.
 * Source: Beyer et al. 2016, "Site Reliability Engineering", chapter 22. */
ml_answer ml_call_with_retries(const ml_retry_policy *policy, ml_backend *call, void *context, ml_rng *rng);

#endif
