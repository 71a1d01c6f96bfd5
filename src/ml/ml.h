/* libml: machine learning in plain C11, written to be read.
 *
 * Start anywhere; each folder is one module with one header. Includes point down this list only.
 *   base      status, arena, random numbers, elementary functions   what everything else stands on
 *   kernels   the hot loops, scalar and SIMD, equal to the bit
 *   tensor    arrays with shapes and strides
 *   autograd  a tape that computes gradients, and plans: tapes compiled for speed
 *   nn        networks, losses, optimisers
 *   data      CSV whole and in pieces, encodings and a columnar format, generators, samples, splits, windows
 *   features  scaling, missing values, bins, categories, text; importance; pipelines that cannot leak
 *   metrics   how good is a prediction: classes, curves, calibration, numbers, rankings, clusters; how sure is that,
 *             by intervals, tests, groups and slices
 *   models    linear, logistic and softmax regression, a row at a time too, neighbours and class means, naive Bayes,
 *             trees, forests and boosting, Shapley values, clusters, principal components, factorisation, L-BFGS; one
 *             interface to every kind of model; a verdict on a pilot, mending labels
 *   serving   queues and their simulation, percentiles and sketches of latency, caches, limits, smaller models, scaling
 *   monitor   shifts of distributions and detectors for streams, experiments, bandits, repairs, alarms
 *
 * No function here does I/O, allocates by itself, keeps a global or aborts. The same input gives the same bits on every
 * machine and in WebAssembly. */
#ifndef ML_H
#define ML_H

#include "base/arena.h"
#include "base/crc32.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/math.h"
#include "base/rng.h"
#include "base/significance.h"
#include "base/sort.h"
#include "base/special.h"
#include "base/status.h"
#include "base/window.h"
#include "kernels/kernels.h"
#include "tensor/tensor.h"
#include "autograd/autograd.h"
#include "autograd/plan.h"
#include "nn/nn.h"
#include "data/data.h"
#include "features/features.h"
#include "metrics/metrics.h"
#include "models/models.h"
#include "serving/serving.h"
#include "monitor/monitor.h"

#endif
