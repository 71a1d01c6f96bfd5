/* Layers: what registers its parameters once (`_add`), and writes itself on a tape whenever asked (`_record`).
 *
 * A layer is a few numbers, copied freely; its floats are in ml_params. The same layer may be recorded on several tapes
 * (one for training, one for a single row) or several times on one (shared weights): the parameters are the same.
 * Both kinds of function may be called without checks: the first mistake is kept in params or in the tape, and told by
 * ml_params_allocate or by ml_tape_forward.
 *
 * Nest at most one recording in the arguments of another: C does not say which argument comes first, so that the order
 * of nodes, and of the random numbers that dropout draws, would be the compiler's.
 *
 * Recording computes the values too, as the tape does: batch norm then moves its running averages, dropout draws. So
 * record with the parameters allocated, then draw them with ml_params_initialise.
 *
 * What has no parameters is the tape's: ml_tape_relu, _tanh, _sigmoid, _gelu, _softmax, _max_pool, _average_pool,
 * _dropout. A residual connection is ml_tape_add(tape, x, record(x)): He et al. 2016, "Deep Residual Learning for Image
 * Recognition". Weights start as He normal, biases as 0, scales as 1 unless said otherwise; to change it, set the
 * initialiser before ml_params_initialise: params.param[layer.weight].initialiser = ML_XAVIER. */
#ifndef ML_NN_LAYERS_H
#define ML_NN_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "autograd/autograd.h"
#include "nn/params.h"

/* --- Dense -------------------------------------------------------------------------------------------------------- */

/* y = x W + b, for x [..., inputs], W "weight" [inputs, outputs], b "bias" [outputs]. */
typedef struct ml_dense {
    size_t inputs, outputs;
    int32_t weight, bias; /* indices in params; bias may be ML_NO_PARAM */
} ml_dense;

ml_dense ml_dense_add(ml_params *params, const char *name, size_t inputs, size_t outputs, bool with_bias);
int32_t ml_dense_record(const ml_dense *layer, const ml_params *params, ml_tape *tape, int32_t x);

/* --- Convolution -------------------------------------------------------------------------------------------------- */

/* ml_tape_conv2d with "weight" [size, size, channels, filters] and "bias" [filters], for x [n, height, width,
 * channels].
 */
typedef struct ml_conv2d {
    size_t size, stride, padding;
    int32_t weight, bias;
} ml_conv2d;

ml_conv2d ml_conv2d_add(ml_params *params, const char *name, size_t channels, size_t filters, size_t size,
                        size_t stride, size_t padding, bool with_bias);
int32_t ml_conv2d_record(const ml_conv2d *layer, const ml_params *params, ml_tape *tape, int32_t x);

/* [n, ...] as [n, all the rest]: from images to rows. */
int32_t ml_flatten_record(ml_tape *tape, int32_t x);

/* --- Embedding ---------------------------------------------------------------------------------------------------- */

/* Rows of the "table" [rows, width], which starts as N(0, 1 / width).  index [n]: below rows, the caller's, who may
 * change it between forward computations.
 * Source: Bengio et al. 2003, "A Neural Probabilistic Language Model", JMLR 3. */
typedef struct ml_embedding {
    int32_t table;
} ml_embedding;

ml_embedding ml_embedding_add(ml_params *params, const char *name, size_t rows, size_t width);
int32_t ml_embedding_record(const ml_embedding *layer, const ml_params *params, ml_tape *tape, const uint32_t *index,
                            size_t n);

/* --- Normalisation ------------------------------------------------------------------------------------------------ */

/* ml_tape_batch_norm with "scale" and "shift" [width], and the buffers "running_mean" (from 0) and "running_variance"
 * (from 1). */
typedef struct ml_batch_norm {
    int32_t scale, shift, mean, variance;
} ml_batch_norm;

ml_batch_norm ml_batch_norm_add(ml_params *params, const char *name, size_t width);
int32_t ml_batch_norm_record(const ml_batch_norm *layer, const ml_params *params, ml_tape *tape, int32_t x);

/* ml_tape_layer_norm with "scale" and "shift" [width]. */
typedef struct ml_layer_norm {
    int32_t scale, shift;
} ml_layer_norm;

ml_layer_norm ml_layer_norm_add(ml_params *params, const char *name, size_t width);
int32_t ml_layer_norm_record(const ml_layer_norm *layer, const ml_params *params, ml_tape *tape, int32_t x);

/* --- Attention ----------------------------------------------------------------------------------------------------- *
 * Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2. */

/* Scaled dot-product attention, softmax(q k' / sqrt(d) + mask) v, for q [..., t, d], k [..., s, d], v [..., s, e],
 * leading dimensions equal; mask broadcasts to [..., t, s], ML_NO_NODE: none. The result is [..., t, e]. */
int32_t ml_attention_of(ml_tape *tape, int32_t query, int32_t key, int32_t value, int32_t mask);

/* A constant [t, t] that keeps each position from seeing later ones: 0 up to the diagonal, -1e9 after it, of which
 * softmax makes an exact 0. */
int32_t ml_causal_mask(ml_tape *tape, size_t t);

/* Self-attention of x [n, t, width] or [t, width] with `heads` heads of width / heads each: attention_of for each
 * head's slice of the projections "query", "key", "value", put side by side and projected by "out". All four are dense
 * layers with bias, Xavier uniform. One head is plain attention between the projections. */
typedef struct ml_attention {
    size_t width, heads;
    bool causal;
    ml_dense query, key, value, out;
} ml_attention;

/* Errors besides those of the tensors, kept in params: ML_ESHAPE if heads is 0 or does not divide width. */
ml_attention ml_attention_add(ml_params *params, const char *name, size_t width, size_t heads, bool causal);
int32_t ml_attention_record(const ml_attention *layer, const ml_params *params, ml_tape *tape, int32_t x);

#endif
