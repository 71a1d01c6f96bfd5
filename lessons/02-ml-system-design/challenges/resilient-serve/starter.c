#include "ml.h" /* ml_rng; math.h comes with it */

typedef enum {
    CALL_OK,    /* it answered */
    CALL_RETRY, /* a time-out, or 500, 503: may go well next time */
    CALL_FATAL  /* 400, 404: the request is at fault and stays so */
} call_status;

/* Calls the model. Writes how long it took, 0 or more, and, if CALL_OK, what it
 * said. It may take longer than timeout_ms, but nobody is listening then. */
typedef call_status (*backend)(void *ctx, double timeout_ms, double *took_ms,
                               double *value);

typedef struct {
    double deadline_ms;     /* for everything together */
    double per_try_ms;      /* the time-out of one call */
    double base_ms, cap_ms; /* back-off: of the first wait, and of any */
    int max_tries;
    double fallback; /* what to say when the model has nothing to say */
} policy;

typedef struct {
    double value;
    int fell_back; /* 1 if value is the fallback, else 0 */
    int tries;     /* calls made */
    double total_ms;
} answer;

/* An answer in any case: from the model, tried again where that may help, or
 * else the fallback; and before the deadline. Time is counted, not spent:
 * nothing here sleeps. */
answer serve(const policy *p, backend call, void *ctx, ml_rng *rng) {
    (void)rng; /* not used yet: delete this line once it is */
    answer out = {p->fallback, 0, 1, 0};
    /* TODO: waits, time-outs and tries; what the model says may be no answer */
    call(ctx, p->per_try_ms, &out.total_ms, &out.value);
    return out;
}
