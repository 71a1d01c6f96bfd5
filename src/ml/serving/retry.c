#include <math.h>

#include "serving/limits.h"

double ml_backoff(double base, double cap, uint32_t retry, ml_rng *rng) {
    double wait = base;
    for (uint32_t i = 0; i < retry && wait < cap && wait > 0.0; i++)
        wait *= 2.0;
    wait = fmin(wait, cap);
    return rng == NULL ? wait : wait * ml_rng_uniform(rng);
}

static ml_answer fall_back(const ml_retry_policy *policy, ml_answer answer) {
    answer.value = policy->fallback;
    answer.fell_back = true;
    return answer;
}

ml_answer ml_call_with_retries(const ml_retry_policy *policy, ml_backend *call, void *context, ml_rng *rng) {
    ml_answer answer = {0};
    while (answer.tries < policy->max_tries) {
        if (answer.tries > 0) {
            const double wait = ml_backoff(policy->base, policy->cap, (uint32_t)answer.tries - 1, rng);
            if (!(answer.total + wait < policy->deadline))
                break;
            answer.total += wait;
        }
        const double timeout = fmin(policy->per_try, policy->deadline - answer.total);
        if (!(timeout > 0.0))
            break;
        double took = 0.0, value = 0.0;
        const ml_call_status status = call(context, timeout, &took, &value);
        answer.tries++;
        answer.total += fmin(took, timeout);
        if (status == ML_CALL_FATAL || (status == ML_CALL_OK && !isfinite(value)))
            break;
        if (status == ML_CALL_OK && took <= timeout) {
            answer.value = value;
            return answer;
        }
    }
    return fall_back(policy, answer);
}
