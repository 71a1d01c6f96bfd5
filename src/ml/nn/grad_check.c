/* The gradient check: the whole forward pass a second time, in double and on its own, so that it shares no mistake with
 * the code that it checks. */
#include "nn/nn.h"

#include <string.h>

#include "base/math.h"

static const double H = 1e-5;

typedef struct checker {
    const ml_mlp *net;
    size_t n, widest;
    ml_loss loss;
    const float *target;
    double *param;                        /* [n_params], one of them moved at a time */
    double *input[ML_MLP_MAX_HIDDEN + 1]; /* what each layer sees where nothing is moved: [n x inputs] */
    double *bent[ML_MLP_MAX_HIDDEN];      /* what each relu sees there: [n x width] */
    double *here, *next;                  /* [n x widest] */
    bool kink;                            /* a relu's input changed its sign */
} checker;

static size_t widest_layer(const ml_mlp *net) {
    const ml_mlp_shape *s = &net->shape;
    size_t widest = s->inputs > s->outputs ? s->inputs : s->outputs;
    return s->hidden > 0 && s->width > widest ? s->width : widest;
}

size_t ml_grad_check_scratch(const ml_mlp *net, size_t n) {
    return net->n_params + n * net->shape.inputs + 2 * n * net->shape.hidden * net->shape.width +
           2 * n * widest_layer(net);
}

static double *take(double **scratch, size_t count) {
    double *at = *scratch;
    *scratch += count;
    return at;
}

/* --- One layer, in double ----------------------------------------------------------------------------------------- */

static void dense(const checker *c, size_t l, const double *x, double *z) {
    const ml_mlp_layer *layer = &c->net->layer[l];
    const size_t in = layer->inputs, out = layer->outputs;
    for (size_t r = 0; r < c->n; r++) {
        double *row = z + r * out;
        memcpy(row, c->param + layer->bias, out * sizeof *row);
        for (size_t i = 0; i < in; i++) {
            const double *weight = c->param + layer->weight + i * out;
            for (size_t j = 0; j < out; j++)
                row[j] += x[r * in + i] * weight[j];
        }
    }
}

/* To mean 0 and variance 1 over `count` values that lie `stride` apart. */
static void to_unit(size_t count, size_t stride, double *z) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < count; i++)
        mean += z[i * stride] / (double)count;
    for (size_t i = 0; i < count; i++)
        variance += (z[i * stride] - mean) * (z[i * stride] - mean) / (double)count;
    for (size_t i = 0; i < count; i++)
        z[i * stride] = (z[i * stride] - mean) / sqrt(variance + (double)ML_NORM_EPSILON);
}

static void normalise(const checker *c, size_t l, double *z) {
    const ml_mlp_layer *layer = &c->net->layer[l];
    const size_t d = layer->outputs;
    if (c->net->shape.normalisation == ML_NORM_NONE)
        return;
    if (c->net->shape.normalisation == ML_NORM_BATCH)
        for (size_t j = 0; j < d; j++)
            to_unit(c->n, d, z + j);
    else
        for (size_t r = 0; r < c->n; r++)
            to_unit(d, 1, z + r * d);
    for (size_t i = 0; i < c->n * d; i++)
        z[i] = c->param[layer->scale + i % d] * z[i] + c->param[layer->shift + i % d];
}

static double activate(ml_activation f, double z) {
    switch (f) {
    case ML_ACT_RELU:
        return z > 0 ? z : 0;
    case ML_ACT_TANH:
        return ml_tanh(z);
    case ML_ACT_SIGMOID:
        return ml_sigmoid(z);
    case ML_ACT_IDENTITY:
        break;
    }
    return z;
}

/* What layer l makes of x; its units before the activation are kept in `bent` at first, and compared with it after. */
static void run_layer(checker *c, size_t l, const double *x, double *out, bool first) {
    dense(c, l, x, out);
    if (l == c->net->shape.hidden)
        return;
    normalise(c, l, out);
    const size_t count = c->n * c->net->layer[l].outputs;
    if (first)
        memcpy(c->bent[l], out, count * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        c->kink = c->kink || (out[i] > 0) != (c->bent[l][i] > 0);
        out[i] = activate(c->net->shape.activation, out[i]);
    }
}

/* --- The loss, in double ------------------------------------------------------------------------------------------ */

static double softmax_row(size_t k, const double *z, size_t class_of) {
    double top = z[0], exps = 0;
    for (size_t j = 1; j < k; j++)
        top = z[j] > top ? z[j] : top;
    for (size_t j = 0; j < k; j++)
        exps += ml_exp(z[j] - top);
    return ml_log(exps) + top - z[class_of];
}

static double loss_of(const checker *c, const double *output) {
    const size_t k = c->net->shape.outputs, count = c->loss == ML_LOSS_SOFTMAX ? c->n : c->n * k;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double y = (double)c->target[i];
        if (c->loss == ML_LOSS_SOFTMAX)
            sum += softmax_row(k, output + i * k, (size_t)c->target[i]);
        else if (c->loss == ML_LOSS_BCE)
            sum += ml_bce_logit(output[i], y);
        else
            sum += (output[i] - y) * (output[i] - y);
    }
    return sum / (double)count;
}

/* The loss with the parameters as they are, when nothing below layer l has moved. */
static double loss_from(checker *c, size_t l) {
    const double *x = c->input[l];
    for (; l < c->net->n_layers; l++) {
        run_layer(c, l, x, c->next, false);
        double *const spent = c->here;
        x = c->here = c->next;
        c->next = spent;
    }
    return loss_of(c, x);
}

/* --- The check ---------------------------------------------------------------------------------------------------- */

static checker set_up(const ml_mlp *net, ml_loss loss, size_t n, const float *x, const float *target, double *scratch) {
    checker c = {.net = net, .n = n, .widest = widest_layer(net), .loss = loss, .target = target};
    c.param = take(&scratch, net->n_params);
    for (size_t i = 0; i < net->n_params; i++)
        c.param[i] = (double)net->param[i];
    c.input[0] = take(&scratch, n * net->shape.inputs);
    for (size_t i = 0; i < n * net->shape.inputs; i++)
        c.input[0][i] = (double)x[i];
    c.here = take(&scratch, n * c.widest);
    c.next = take(&scratch, n * c.widest);
    for (size_t l = 0; l < net->shape.hidden; l++) {
        c.bent[l] = take(&scratch, n * net->shape.width);
        c.input[l + 1] = take(&scratch, n * net->shape.width);
        run_layer(&c, l, c.input[l], c.input[l + 1], true);
    }
    return c;
}

/* The central difference for parameter p, which lies in layer l. */
static double difference(checker *c, size_t l, size_t p) {
    const double keep = c->param[p];
    c->kink = false;
    c->param[p] = keep + H;
    const double up = loss_from(c, l);
    c->param[p] = keep - H;
    const double down = loss_from(c, l);
    c->param[p] = keep;
    return (up - down) / (2 * H);
}

ml_grad_check_result ml_grad_check(const ml_mlp *net, ml_loss loss, size_t n, const float *x, const float *target,
                                   const float *gradient, double *scratch) {
    ml_grad_check_result result = {0};
    if (n == 0)
        return result;
    checker c = set_up(net, loss, n, x, target, scratch);
    double apart = 0, ours = 0, theirs = 0;
    for (size_t p = 0, l = 0; p < net->n_params; p++) {
        while (l + 1 < net->n_layers && p >= net->layer[l + 1].weight)
            l++;
        const double a = (double)gradient[p], d = difference(&c, l, p);
        if (c.kink && net->shape.activation == ML_ACT_RELU) {
            result.kinks++;
            continue;
        }
        result.checked++;
        apart += (a - d) * (a - d);
        ours += a * a;
        theirs += d * d;
    }
    if (ours + theirs > 0)
        result.error = sqrt(apart) / (sqrt(ours) + sqrt(theirs));
    return result;
}
