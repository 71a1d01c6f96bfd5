/* Smaller models: fewer weights (pruning), fewer directions (low rank), a smaller model that learns from a larger one
 * (distillation). Smaller is not faster: a dense kernel multiplies by zeros as well. */
#ifndef ML_SERVING_COMPRESS_H
#define ML_SERVING_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* Sets exactly floor(sparsity n + 1/2) weights to 0: those of smallest size, zeros that are there already first; of
 * equal ones the lower index goes first.
 *   w       [n]  in place
 *   pruned       out: how many are chosen
 * Cost:   33 n, whatever the values; no scratch.
 * Errors: ML_EINVAL if n is 0, sparsity is not in [0, 1], or a weight is NaN; outputs untouched.
 * Source: Han et al. 2015, "Learning both weights and connections", NIPS.
 * Golden: tests/golden/compress.py, torch.nn.utils.prune.l1_unstructured, equal. */
ml_status ml_prune_magnitude(size_t n, float *w, double sparsity, size_t *pruned, ml_error *error);

/* Which hidden units to keep: those with the largest |incoming| |outgoing| (Euclidean); of equal ones the lower index.
 *   incoming  [in x units], outgoing [units x out]   finite
 *   kept      [keep]  out: units in ascending order
 * Cost:   O((in + out) units); 16 bytes a unit of scratch from the arena, given back.
 * Errors: ML_EINVAL if keep is not in 1 to units, or a weight is not finite; ML_ENOMEM; kept untouched.
 * Source: Li et al. 2017, "Pruning filters for efficient ConvNets", ICLR (norms); the product sees both sides, and does
 *         not change when a unit's weights are scaled up on one side and down on the other.
 * Golden: tests/golden/compress.py, PyTorch. */
ml_status ml_prune_units(size_t in, size_t units, size_t out, const float *incoming, const float *outgoing, size_t keep,
                         uint32_t *kept, ml_arena *arena, ml_error *error);

/* Bytes that n float weights take when `kept` of them are stored with their places: as a bitmap of n bits, or as 16-bit
 * indices, whichever is smaller. */
size_t ml_sparse_bytes(size_t n, size_t kept);

/* The best W ~ left right of a rank, in squared error: the truncated SVD, its singular values in `left`. Saves only
 * below rank m n / (m + n).
 *   w       [m x n]  finite
 *   left    [m x rank], right [rank x n]   out
 *   energy           out: share of the squared singular values that is kept; 1 for W = 0. May be NULL
 * Cost:   as ml_svd_jacobi; (m n + (m + n) r) doubles more of scratch, r = min(m, n), given back.
 * Errors: ML_EINVAL if rank is not in 1 to min(m, n) or a weight is not finite; ML_EDIVERGED, ML_ENOMEM; untouched.
 * Source: Eckart and Young 1936, Psychometrika 1.   Golden: tests/golden/compress.py, NumPy svd. */
ml_status ml_low_rank(size_t m, size_t n, const float *w, size_t rank, float *left, float *right, double *energy,
                      ml_arena *arena, ml_error *error);

/* p = softmax(z / temperature). z, p [k], may be the same; temperature above 0. */
void ml_softmax_t(size_t k, const double *z, double temperature, double *p);

/* The loss of a student: the mean over n examples of
 *     alpha T^2 CE(softmax(t/T), softmax(s/T)) + (1 - alpha) CE(y, softmax(s)),
 * in nats; T^2 keeps the gradient's size as T changes.
 *   student, teacher  [n x k]  logits, finite
 *   label             [n]      0 to k - 1
 *   loss              out
 *   gradient          [n x k]  out: of the loss with respect to the student's logits; may be NULL
 *   scratch           [2 k]    the caller's; overwritten
 * Cost:   O(n k), four exponentials an entry.
 * Errors: ML_EINVAL if n or k is 0, T is not positive and finite, alpha is not in [0, 1], a logit is not finite or a
 *         label is k or more; untouched.
 * Source: Hinton, Vinyals and Dean 2015, arXiv:1503.02531.   Golden: tests/golden/compress.py, PyTorch autograd. */
ml_status ml_distill_loss(size_t n, size_t k, const double *student, const double *teacher, const uint32_t *label,
                          double temperature, double alpha, double *loss, double *gradient, double *scratch,
                          ml_error *error);

#endif
