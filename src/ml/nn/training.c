/* Training on a tape or a plan, which stops after a budget of work and goes on with the same bits as if it had not. */
#include "nn/training.h"

#include <string.h>

#include "base/math.h"

enum { STREAM_ORDER = 201, STREAM_DROPOUT = 202 };

/* --- Setting up --------------------------------------------------------------------------------------------------- */

/* Multiply-adds of one node, forward. What is no product counts one an element. */
static int64_t node_cost(const ml_tape *tape, const ml_node *node) {
    const int64_t elements = (int64_t)ml_tensor_count(&node->value);
    if (node->operation == ML_OP_MATMUL) {
        const ml_tensor *left = &tape->node[node->parent[0]].value;
        return elements * (int64_t)left->size[left->dimensions - 1];
    }
    if (node->operation == ML_OP_CONV2D) {
        const ml_tensor *weight = &tape->node[node->parent[1]].value;
        return elements * (int64_t)(weight->size[0] * weight->size[1] * weight->size[2]);
    }
    return elements;
}

static int64_t step_cost(const ml_tape *tape, int32_t loss) {
    int64_t cost = 0;
    for (int32_t i = 0; i <= loss; i++)
        cost += node_cost(tape, &tape->node[i]);
    return 3 * cost;
}

static ml_status check_create(const ml_tape *tape, int32_t loss, size_t n, size_t batch, ml_error *error) {
    if (tape->status != ML_OK)
        return ml_fail(error, tape->status, "%s", tape->error.message);
    if (loss < 0 || loss >= tape->n_nodes || ml_tensor_count(&tape->node[loss].value) != 1)
        return ml_fail(error, ML_EINVAL, "fit: node %d is no loss; it must be a single number on the tape", (int)loss);
    if (batch == 0 || batch > n || n > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "fit: batches of %zu rows of %zu; a batch has 1 row at least and all at most",
                       batch, n);
    return ML_OK;
}

ml_status ml_fit_create(ml_fit *fit, ml_params *params, ml_tape *tape, int32_t loss, size_t n, size_t batch,
                        uint64_t seed, ml_arena *arena, ml_error *error) {
    ML_TRY(check_create(tape, loss, n, batch, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    ml_fit made = {.step_cost = step_cost(tape, loss),
                   .params = params,
                   .tape = tape,
                   .loss_node = loss,
                   .n = n,
                   .batch = batch,
                   .order = ML_ALLOC(arena, n, uint32_t),
                   .order_rng = ml_rng_seed(seed, STREAM_ORDER),
                   .dropout_rng = ml_rng_seed(seed, STREAM_DROPOUT)};
    ml_status status = ML_OK;
    if (made.order == NULL)
        status = ml_fail(error, ML_ENOMEM, "fit: the order of %zu rows does not fit in memory", n);
    if (status == ML_OK)
        status = ml_optimiser_init(&made.optimiser, ML_OPT_SGD, params->n_values, arena, error);
    if (status != ML_OK) {
        ml_arena_release(arena, mark);
        return status;
    }
    *fit = made;
    return ML_OK;
}

ml_status ml_fit_feed_bytes(ml_fit *fit, const void *rows, size_t bytes, void *batch, ml_error *error) {
    if (fit->n_columns == ML_FIT_COLUMNS)
        return ml_fail(error, ML_EINVAL, "fit: there are %d columns already, and no room for more", ML_FIT_COLUMNS);
    if (bytes == 0 || rows == NULL || batch == NULL)
        return ml_fail(error, ML_EINVAL, "fit: a column needs rows, a batch to copy them to, and a width above 0");
    fit->column[fit->n_columns++] = (ml_fit_column){rows, batch, bytes};
    return ML_OK;
}

ml_status ml_fit_feed(ml_fit *fit, int32_t constant, const float *rows, ml_error *error) {
    const ml_tape *tape = fit->tape;
    ml_tensor_shape_text text;
    if (constant < 0 || constant >= tape->n_nodes || tape->node[constant].operation != ML_OP_CONSTANT)
        return ml_fail(error, ML_EINVAL, "fit: node %d is no constant of the tape; data goes into constants",
                       (int)constant);
    const ml_tensor *value = &tape->node[constant].value;
    const size_t count = ml_tensor_count(value), width = count / fit->batch;
    if (width == 0 || count % fit->batch != 0)
        return ml_fail(error, ML_ESHAPE, "fit: \"%s\" is %s, which is not %zu rows of equal width",
                       tape->node[constant].name, ml_tensor_describe(value, &text), fit->batch);
    for (size_t i = 0; rows != NULL && i < fit->n * width; i++)
        if (!isfinite(rows[i]))
            return ml_fail(error, ML_EINVAL, "fit: row %zu of \"%s\" holds NaN or infinity; clean the data first",
                           i / width, tape->node[constant].name);
    return ml_fit_feed_bytes(fit, rows, width * sizeof(float), value->data, error);
}

/* --- Steps -------------------------------------------------------------------------------------------------------- */

static void gather(const ml_fit *fit) {
    const uint32_t *order = fit->order + fit->position;
    for (size_t c = 0; c < fit->n_columns; c++) {
        const ml_fit_column *column = &fit->column[c];
        for (size_t i = 0; i < fit->batch; i++)
            memcpy(column->batch + i * column->bytes, column->rows + order[i] * column->bytes, column->bytes);
    }
}

static ml_status diverged(const ml_fit *fit, ml_error *error) {
    return ml_fail(error, ML_EDIVERGED,
                   "diverged at step %lld: the loss is no longer a number; try a smaller learning rate",
                   (long long)fit->step + 1);
}

/* Forward computation; the loss goes to *fit. */
static ml_status predict(ml_fit *fit, ml_error *error) {
    const float *loss = fit->tape->node[fit->loss_node].value.data;
    const ml_status status = fit->plan != NULL ? ml_plan_forward(fit->plan, error) : ml_tape_forward(fit->tape, error);
    if (status == ML_EDIVERGED || (status == ML_OK && !isfinite(*loss)))
        return diverged(fit, error);
    fit->loss = status == ML_OK ? (double)*loss : fit->loss;
    return status;
}

static ml_status differentiate(ml_fit *fit, ml_error *error) {
    if (fit->plan != NULL)
        return ml_plan_backward(fit->plan, error);
    ml_tape_zero_gradients(fit->tape);
    return ml_tape_backward(fit->tape, fit->loss_node, error);
}

static void update(ml_fit *fit, const ml_fit_settings *settings) {
    const ml_params *params = fit->params;
    if (settings->clip_norm > 0)
        fit->gradient_norm = ml_clip_norm(params->n_values, settings->clip_norm, params->gradient);
    ml_clip_value(params->n_values, (float)settings->clip_value, params->gradient);
    ml_optimiser_update(&fit->optimiser, &settings->optimiser, fit->rate, params);
}

/* Whether nothing looks at the gradient but w -= rate * gradient, which a plan does along with computing it. */
static bool is_plain_descent(const ml_fit *fit, const ml_fit_settings *settings) {
    return fit->plan != NULL && settings->optimiser.kind == ML_OPT_SGD && !(settings->optimiser.weight_decay > 0) &&
           !(settings->clip_norm > 0) && !(settings->clip_value > 0);
}

static ml_status descend(ml_fit *fit, ml_error *error) {
    if (fit->optimiser.kind != ML_OPT_SGD)
        ml_optimiser_reset(&fit->optimiser, ML_OPT_SGD); /* as ml_optimiser_update does */
    const ml_status status = ml_plan_step(fit->plan, (float)fit->rate, error);
    if (status == ML_EDIVERGED)
        return diverged(fit, error);
    fit->loss = status == ML_OK ? (double)*fit->plan->output : fit->loss;
    return status;
}

static ml_status train_batch(ml_fit *fit, const ml_fit_settings *settings, ml_error *error) {
    const double scale = settings->plateau != NULL ? settings->plateau->scale : 1;
    gather(fit);
    fit->rate = scale * ml_rate_at(&settings->rate, fit->step);
    fit->gradient_norm = 0;
    if (is_plain_descent(fit, settings)) {
        ML_TRY(descend(fit, error));
    } else {
        ML_TRY(predict(fit, error));
        ML_TRY(differentiate(fit, error));
        update(fit, settings);
    }
    fit->loss_sum += fit->loss;
    fit->epoch_steps++;
    fit->step++;
    fit->position += fit->batch;
    return ML_OK;
}

/* A running average, or a row of an embedding that this batch did not use, may be lost while the loss looks well. */
static ml_status end_epoch(ml_fit *fit, ml_error *error) {
    const char *culprit;
    fit->epoch_loss = fit->loss_sum / (double)fit->epoch_steps;
    fit->loss_sum = 0;
    fit->epoch_steps = 0;
    fit->position = 0;
    fit->epoch++;
    if (!ml_params_are_finite(fit->params, &culprit))
        return ml_fail(error, ML_EDIVERGED,
                       "diverged by step %lld: \"%s\" holds no numbers any more; try a smaller learning rate",
                       (long long)fit->step, culprit);
    return ML_OK;
}

static ml_status check_settings(const ml_fit_settings *settings, ml_error *error) {
    ML_TRY(ml_optimiser_check(&settings->optimiser, error));
    ML_TRY(ml_rate_check(&settings->rate, error));
    if (!(settings->clip_norm >= 0 && settings->clip_value >= 0))
        return ml_fail(error, ML_EINVAL, "fit: the gradient is clipped to %g and %g; they must be 0 (off) or more",
                       settings->clip_norm, settings->clip_value);
    return ML_OK;
}

ml_status ml_fit_run(ml_fit *fit, const ml_fit_settings *settings, int64_t *budget, bool *epoch_done, ml_error *error) {
    bool go_on = true;
    *epoch_done = false;
    ML_TRY(check_settings(settings, error));
    fit->tape->training = true;
    fit->tape->rng = &fit->dropout_rng;
    do {
        if (fit->position == 0)
            ml_rng_permutation(&fit->order_rng, fit->n, fit->order);
        ML_TRY(train_batch(fit, settings, error));
        *budget -= fit->step_cost;
        *epoch_done = fit->n - fit->position < fit->batch;
        if (fit->on_step != NULL)
            go_on = fit->on_step(fit, fit->user);
    } while (!*epoch_done && go_on && *budget > 0);
    if (*epoch_done) {
        ML_TRY(end_epoch(fit, error));
        if (fit->on_epoch != NULL)
            fit->on_epoch(fit, fit->user);
    }
    return ML_OK;
}
