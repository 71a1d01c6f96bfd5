/* Neural networks. Each header is one subject; this one takes them all in.
 *
 *   layer_functions.h  scaling, activations, dropout, normalisation over plain arrays
 *   loss.h             losses over plain arrays
 *   optimiser.h        optimisers, clipping, schedules of the learning rate
 *   params.h           named tensors in one flat vector, and how weights start
 *   layers.h           layers that register parameters and record themselves on a tape
 *   schedule.h         the learning rate over time, early stopping
 *   training.h         training on a tape or a plan, a budget of work at a time
 *   saving.h           to bytes and back: binary, safetensors, JSON
 *   mlp.h              a multi-layer perceptron written out by hand, its trainer and gradient check
 *
 * All parameters of a network are one flat vector of float, and so are their gradient and the optimiser's memory: an
 * update is one loop, a checkpoint is one copy. Matrices are row-major, one example a row. Nothing here allocates after
 * its init. Arithmetic is float through ml/kernels; what is reported (losses, norms) is summed in double. */
#ifndef ML_NN_H
#define ML_NN_H

#include "nn/layer_functions.h"
#include "nn/layers.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimiser.h"
#include "nn/params.h"
#include "nn/saving.h"
#include "nn/schedule.h"
#include "nn/training.h"

#endif
