/* Mini-batch training that stops after a budget of work and goes on later, with the same bits as if it had not. */
#include "nn/nn.h"

#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"

enum { STREAM_ORDER = 101, STREAM_DROPOUT = 102 };

ml_status ml_trainer_create(ml_trainer *trainer, ml_mlp *net, ml_mlp_pass *pass, ml_loss loss, size_t n, const float *x,
                            const float *target, size_t largest_batch, uint64_t seed, ml_arena *arena,
                            ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "there are no rows to train on");
    if (n > UINT32_MAX || largest_batch == 0 || largest_batch > pass->capacity)
        return ml_fail(error, ML_EINVAL, "batches of %zu rows of %zu do not fit a pass of %zu", largest_batch, n,
                       pass->capacity);
    ml_trainer made = {.net = net,
                       .pass = pass,
                       .loss = loss,
                       .n = n,
                       .largest_batch = largest_batch,
                       .x = x,
                       .target = target,
                       .order_rng = ml_rng_seed(seed, STREAM_ORDER),
                       .dropout_rng = ml_rng_seed(seed, STREAM_DROPOUT)};
    made.order = ML_ALLOC(arena, n, uint32_t);
    made.batch_x = ML_ALLOC(arena, largest_batch * net->shape.inputs, float);
    made.batch_target = ML_ALLOC(arena, largest_batch * net->shape.outputs, float);
    made.gradient = ML_ALLOC(arena, net->n_params, float);
    made.sum = ML_ALLOC(arena, net->n_params, float);
    made.before = ML_ALLOC(arena, net->n_params, float);
    if (!made.order || !made.batch_x || !made.batch_target || !made.gradient || !made.sum || !made.before)
        return ml_fail(error, ML_ENOMEM, "training %zu parameters on %zu rows does not fit in memory", net->n_params,
                       n);
    memcpy(made.before, net->param, net->n_params * sizeof(float));
    ML_TRY(ml_optimiser_init(&made.optimiser, ML_OPT_SGD, net->n_params, arena, error));
    *trainer = made;
    return ML_OK;
}

static size_t targets_per_row(const ml_trainer *trainer) {
    return trainer->loss == ML_LOSS_SOFTMAX ? 1 : trainer->net->shape.outputs;
}

/* The batch's rows and targets, copied together. */
static void gather(ml_trainer *trainer, size_t rows, ml_bug bug) {
    const size_t d = trainer->net->shape.inputs, k = targets_per_row(trainer);
    const uint32_t *order = trainer->order + trainer->position;
    ml_kernel_gather_rows(rows, d, trainer->x, d, order, trainer->batch_x, d);
    if (bug != ML_BUG_STALE_LABELS)
        ml_kernel_gather_rows(rows, k, trainer->target, k, order, trainer->batch_target, k);
    else /* each row gets the target of the one before, the first that of the last */
        for (size_t i = 0; i < rows; i++)
            ml_kernel_gather_rows(1, k, trainer->target, k, order + (i + rows - 1) % rows,
                                  trainer->batch_target + i * k, k);
}

/* The first layer's parameters stand first, up to the weights of the second. */
static void flip_first_layer(const ml_mlp *net, float *gradient) {
    const size_t n = net->n_layers > 1 ? net->layer[1].weight : net->n_params;
    ml_kernel_scale(n, -1.0f, gradient, gradient);
}

static void backward(const ml_mlp *net, ml_mlp_pass *pass, ml_loss loss, ml_bug bug, const float *target,
                     float *gradient) {
    ml_loss_gradient(loss, pass->n, net->shape.outputs, pass->output, target, pass->d_output);
    pass->skip_slope = bug == ML_BUG_NO_SLOPE;
    ml_mlp_backward(net, pass, gradient);
    if (bug == ML_BUG_SIGN)
        flip_first_layer(net, gradient);
}

static bool all_finite(size_t n, const float *x) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* One step on the next rows of the epoch's order. Each loss here is finite exactly if all outputs are. */
static ml_status train_batch(ml_trainer *trainer, const ml_training *how, size_t rows, ml_error *error) {
    ml_mlp *net = trainer->net;
    ml_mlp_pass *pass = trainer->pass;
    const size_t n = net->n_params;
    gather(trainer, rows, how->bug);
    pass->dropout = how->dropout;
    ml_mlp_forward(net, pass, ML_MLP_TRAIN, rows, trainer->batch_x, &trainer->dropout_rng);
    if (!all_finite(rows * net->shape.outputs, pass->output))
        return ml_fail(error, ML_EDIVERGED,
                       "diverged at step %lld: the loss is no longer a number; try a smaller learning rate",
                       (long long)trainer->step + 1);
    backward(net, pass, trainer->loss, how->bug, trainer->batch_target, trainer->gradient);
    if (how->bug == ML_BUG_NEVER_ZEROED) {
        ml_kernel_add(n, trainer->sum, trainer->gradient, trainer->sum);
        memcpy(trainer->gradient, trainer->sum, n * sizeof(float));
    }
    if (how->clip_norm > 0)
        ml_clip_norm(n, how->clip_norm, trainer->gradient);
    if (how->l1 > 0 || how->l2 > 0)
        ml_mlp_regularise(net, (float)how->l1, (float)how->l2, trainer->gradient);
    memcpy(trainer->before, net->param, n * sizeof(float));
    if (trainer->optimiser.kind != how->optimiser)
        ml_optimiser_reset(&trainer->optimiser, how->optimiser);
    const double rate = ml_lr_schedule(how->schedule, how->learning_rate, trainer->epoch);
    ml_optimiser_step(&trainer->optimiser, (float)rate, trainer->gradient, net->param);
    return ML_OK;
}

ml_status ml_trainer_run(ml_trainer *trainer, const ml_training *how, int64_t *budget, bool *epoch_done,
                         ml_error *error) {
    const int64_t row_cost = 3 * ml_mlp_cost(trainer->net);
    const size_t largest = how->batch_size < trainer->largest_batch ? how->batch_size : trainer->largest_batch;
    *epoch_done = false;
    if (largest == 0)
        return ml_fail(error, ML_EINVAL, "a batch needs at least one row");
    do {
        if (trainer->position == 0)
            ml_rng_permutation(&trainer->order_rng, trainer->n, trainer->order);
        const size_t left = trainer->n - trainer->position, rows = left < largest ? left : largest;
        ML_TRY(train_batch(trainer, how, rows, error));
        *budget -= row_cost * (int64_t)rows;
        trainer->step++;
        trainer->position += rows;
        if (trainer->position == trainer->n) {
            trainer->position = 0;
            trainer->epoch++;
            *epoch_done = true;
        }
    } while (!*epoch_done && *budget > 0);
    return ML_OK;
}

double ml_mlp_gradient(ml_mlp *net, ml_mlp_pass *pass, ml_loss loss, ml_bug bug, size_t n, const float *x,
                       const float *target, float *gradient) {
    ml_mlp_forward(net, pass, ML_MLP_PROBE, n, x, NULL);
    backward(net, pass, loss, bug, target, gradient);
    return ml_loss_value(loss, n, net->shape.outputs, pass->output, target);
}
