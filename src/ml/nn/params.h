/* The parameters of a network: named tensors that lie one behind the other in one flat vector, their gradients in
 * another. An optimiser is then one loop, a checkpoint one copy, and clipping sees the whole gradient at once.
 *
 *     ml_params params;
 *     ML_TRY(ml_params_init(&params, 8, arena, error));
 *     const ml_dense hidden = ml_dense_add(&params, "hidden", 64, 32), last = ml_dense_add(&params, "last", 32, 10);
 *     ML_TRY(ml_params_allocate(&params, arena, error));
 *     ml_params_initialise(&params, seed);
 *     ... record the network on a tape with ml_dense_record (nn/layers.h), train it (nn/training.h)
 *
 * As on a tape, what cannot be registered leaves its sentence behind and all that follows does nothing, so that layers
 * are written down without checks: ml_params_allocate tells the first thing that was wrong. */
#ifndef ML_NN_PARAMS_H
#define ML_NN_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "autograd/autograd.h"
#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "tensor/tensor.h"

enum { ML_PARAM_NAME = 64, ML_NO_PARAM = -1 };

/* What a tensor is to the optimiser and to a file. */
typedef enum ml_param_role {
    ML_PARAM_WEIGHT, /* learned; weight decay applies */
    ML_PARAM_BIAS,   /* learned; left alone by weight decay: biases, scales and shifts of normalisation */
    ML_PARAM_BUFFER, /* not learned, but saved: running averages */
} ml_param_role;

/* --- How weights start --------------------------------------------------------------------------------------------- *
 * With fan_in and fan_out as ml_param_fans counts them, and a gain g:
 *   xavier normal   N(0, g^2 2 / (fan_in + fan_out))      xavier uniform  U(-a, a), a = g sqrt(6 / (fan_in + fan_out))
 *   he normal       N(0, g^2 2 / fan_in)                  he uniform      U(-a, a), a = g sqrt(6 / fan_in)
 *   orthogonal      g Q, Q uniform among the matrices with orthonormal columns (rows, where there are more columns than
 *                   rows); a tensor counts as a matrix of its last dimension's columns
 * Sources: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"; He et
 * al. 2015, "Delving Deep into Rectifiers"; Saxe, McClelland and Ganguli 2014, "Exact solutions to the nonlinear
 * dynamics of learning in deep linear neural networks". */
typedef enum ml_initialiser_kind {
    ML_INITIALISE_CONSTANT, /* value everywhere */
    ML_INITIALISE_NORMAL,   /* N(0, value^2) */
    ML_INITIALISE_UNIFORM,  /* U(-value, value) */
    ML_INITIALISE_XAVIER_NORMAL,
    ML_INITIALISE_XAVIER_UNIFORM,
    ML_INITIALISE_HE_NORMAL,
    ML_INITIALISE_HE_UNIFORM,
    ML_INITIALISE_ORTHOGONAL,
} ml_initialiser_kind;

typedef struct ml_initialiser {
    ml_initialiser_kind kind;
    float value; /* the constant, the deviation, the bound; the gain of xavier, he and orthogonal, 1 as a rule */
} ml_initialiser;

#define ML_ZEROS      ((ml_initialiser){ML_INITIALISE_CONSTANT, 0.0f})
#define ML_ONES       ((ml_initialiser){ML_INITIALISE_CONSTANT, 1.0f})
#define ML_HE         ((ml_initialiser){ML_INITIALISE_HE_NORMAL, 1.0f})
#define ML_XAVIER     ((ml_initialiser){ML_INITIALISE_XAVIER_UNIFORM, 1.0f})
#define ML_ORTHOGONAL ((ml_initialiser){ML_INITIALISE_ORTHOGONAL, 1.0f})

/* Fills a contiguous tensor. Orthogonal costs rows * columns * min(rows, columns) multiply-adds twice. */
void ml_initialise(ml_initialiser how, const ml_tensor *out, ml_rng *rng);

/* How many values feed a unit, and how many it feeds. A matrix [inputs, outputs]: those two; a convolution
 * [height, width, channels, filters]: height * width * channels and height * width * filters; generally the last two
 * dimensions times all before them. A vector or a single number: its count, both. */
void ml_param_fans(int32_t dimensions, const size_t *size, double *fan_in, double *fan_out);

/* --- The tensors -------------------------------------------------------------------------------------------------- */

typedef struct ml_param {
    char name[ML_PARAM_NAME]; /* "conv1.weight" */
    ml_param_role role;
    ml_initialiser initialiser; /* may be changed until ml_params_initialise draws */
    int32_t dimensions;
    size_t size[ML_TENSOR_DIMENSIONS];
    size_t count;  /* elements */
    size_t offset; /* where they start: in value and gradient, or in buffer */
} ml_param;

typedef struct ml_params {
    ml_param *param; /* in order of registration */
    int32_t n_params, capacity;
    size_t n_values, n_buffers; /* floats in all */
    float *value, *gradient;    /* [n_values] each, the arena's; NULL before ml_params_allocate */
    float *buffer;              /* [n_buffers] */
    ml_status status;           /* of the first registration that failed, and its sentence */
    ml_error error;
} ml_params;

/* An empty list with room for `capacity` tensors. Errors: ML_EINVAL for a capacity of 0 or less, ML_ENOMEM. */
ml_status ml_params_init(ml_params *params, int32_t capacity, ml_arena *arena, ml_error *error);

/* Registers a tensor; returns its index, or ML_NO_PARAM. The name is copied: 1 to 63 letters, digits or any of "._-/",
 * different from all others.
 * Errors, kept in params: ML_EINVAL for a bad name, a size of 0, or after ml_params_allocate; ML_ESHAPE for more than
 * four dimensions; ML_ENOMEM if the list is full or the count of elements overflows. */
int32_t ml_params_add(ml_params *params, const char *name, ml_param_role role, ml_initialiser initialiser,
                      int32_t dimensions, const size_t *size);

/* The same with a name made of two: "conv1" and "weight" give "conv1.weight". */
int32_t ml_params_add_to(ml_params *params, const char *layer, const char *name, ml_param_role role,
                         ml_initialiser initialiser, int32_t dimensions, const size_t *size);

/* Reserves the flat vectors, all zero. Errors: the first one of registration; ML_EINVAL if done before; ML_ENOMEM. */
ml_status ml_params_allocate(ml_params *params, ml_arena *arena, ml_error *error);

/* Draws all tensors as their initialisers say. Each has a stream of its own, so that a layer added at the end moves no
 * weight of the others. Gradients become 0. */
void ml_params_initialise(ml_params *params, uint64_t seed);

void ml_params_zero_gradients(ml_params *params);

/* The index of a name, or ML_NO_PARAM. Cost: a walk over the names. */
int32_t ml_params_find(const ml_params *params, const char *name);

/* A tensor's values or gradient, as a view of the flat vector. A buffer's gradient has no data (NULL). */
ml_tensor ml_params_value(const ml_params *params, int32_t index);
ml_tensor ml_params_gradient(const ml_params *params, int32_t index);

/* The tensor as a leaf of the tape, whose gradient is the slice of the flat one. A tensor that is on this tape already
 * is found again, so that shared weights are one leaf. Returns ML_NO_NODE if the tape cannot, or for a buffer, an index
 * that does not exist, or before ml_params_allocate; the sentence is then in the tape. */
int32_t ml_params_leaf(const ml_params *params, ml_tape *tape, int32_t index);

/* Whether all values and buffers are finite; the name of the first tensor that is not goes to *culprit (NULL:
 * unwanted). */
bool ml_params_are_finite(const ml_params *params, const char **culprit);

#endif
