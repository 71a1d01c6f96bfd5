/* caught by: deadline_holds */
/* Gives every call the full time-out, the last one too. */
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
    answer out = {p->fallback, 1, 0, 0}; /* until something better comes */
    double most = p->base_ms;            /* the longest that it may wait now */
    while (out.tries < p->max_tries) {
        if (out.tries > 0) {
            const double wait = ml_rng_uniform(rng) * fmin(p->cap_ms, most);
            if (out.total_ms + wait >= p->deadline_ms)
                break; /* it would wake up too late: give up now instead */
            out.total_ms += wait;
            most *= 2; /* a double: becomes infinite, never negative */
        }
        const double left = p->deadline_ms - out.total_ms;
        const double timeout = p->per_try_ms;
        if (timeout <= 0 || left <= 0)
            break;

        double took, value;
        const call_status status = call(ctx, timeout, &took, &value);
        out.tries++;
        out.total_ms += fmin(took, timeout); /* then nobody listens any more */
        if (status == CALL_FATAL)
            break;
        if (status == CALL_OK && took <= timeout) {
            if (isfinite(value)) { /* 200 OK, and yet it may be no number */
                out.value = value;
                out.fell_back = 0;
            }
            break; /* the same features would give the same NaN again */
        }
    }
    return out;
}
