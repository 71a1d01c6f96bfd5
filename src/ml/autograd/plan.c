/* Running a plan. */
#include "autograd/plan.h"

#include <math.h>

#include "autograd/plan_steps.h"

static ml_status run(const ml_plan *plan, const plan_list *list, ml_error *error) {
    for (const plan_step *step = list->step, *end = step + list->n; step < end; step++)
        ML_TRY(step->run(plan, step, error));
    return ML_OK;
}

ml_status ml_plan_forward(ml_plan *plan, ml_error *error) {
    plan->tape.training = plan->source->training;
    plan->tape.rng = plan->source->rng;
    ML_TRY(run(plan, &plan->forward, error));
    for (size_t i = 0; i < plan->n_output; i++)
        if (!isfinite(plan->output[i]))
            return ml_fail(error, ML_EDIVERGED, "the output of the network is %g; try a smaller learning rate",
                           (double)plan->output[i]);
    return ML_OK;
}

static ml_status check_single(const ml_plan *plan, ml_error *error) {
    if (plan->n_output != 1)
        return ml_fail(error, ML_ESHAPE,
                       "plan: the output is %zu numbers, not a single one; take "
                       "its sum or mean first",
                       plan->n_output);
    return ML_OK;
}

ml_status ml_plan_backward(ml_plan *plan, ml_error *error) {
    ML_TRY(check_single(plan, error));
    return run(plan, &plan->backward, error);
}

ml_status ml_plan_step(ml_plan *plan, float rate, ml_error *error) {
    ML_TRY(check_single(plan, error));
    ML_TRY(ml_plan_forward(plan, error));
    plan->factor = -rate;
    return run(plan, &plan->descent, error);
}
