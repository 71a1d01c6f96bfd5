/* Quantisation: numbers as small integers, x = scale (code - zero), and layers that compute with them.
 *
 * Rounding is to the nearest code, ties to even, as ONNX's QuantizeLinear and PyTorch do; what lies outside the range
 * takes its nearer end. An error is at most scale/2 inside the range.
 * Sources: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference", CVPR; Krishnamoorthi 2018, arXiv:1806.08342. */
#ifndef ML_SERVING_QUANTISE_H
#define ML_SERVING_QUANTISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

typedef struct ml_quant {
    float scale;  /* above 0 */
    int32_t zero; /* the code of 0.0, which is exact: padding and ReLU put out zeros */
} ml_quant;

/* --- int8, affine, one scale for all: what activations take ------------------------------------------------------- */

/* Scale and zero for codes -128 to 127 over [min(x, 0), max(x, 0)]: scale = (high - low)/255, zero = round(-128 -
 * low/scale). All zeros give scale 1 and zero 0.
 *   x  [n]  finite
 *   q       out; untouched on error
 * Errors: ML_EINVAL if n is 0, a value is not finite, or the range overflows float.
 * Source: ONNX, DynamicQuantizeLinear, with signed codes.
 * Golden: tests/golden/quantise.py, PyTorch's MinMaxObserver. */
ml_status ml_quant_fit_i8(size_t n, const float *x, ml_quant *q, ml_error *error);

/* code[i] = round(x[i]/scale) + zero, held in [-128, 127]; NaN gives zero, infinities the ends.
 * Golden: tests/golden/quantise.py, torch.quantize_per_tensor, equal. */
void ml_quantise_i8(size_t n, const float *x, ml_quant q, int8_t *code);

/* x[i] = scale (code[i] - zero). Golden: as above, equal. */
void ml_dequantise_i8(size_t n, const int8_t *code, ml_quant q, float *x);

/* --- 1 to 8 bits, for a matrix: what weights take ----------------------------------------------------------------- */

typedef enum ml_quant_scheme {
    ML_QUANT_SYMMETRIC, /* codes -(2^(bits-1) - 1) to 2^(bits-1) - 1, scale max |w| over the last of them, zero 0 */
    ML_QUANT_AFFINE,    /* codes -2^(bits-1) to 2^(bits-1) - 1 over [min(w, 0), max(w, 0)] */
} ml_quant_scheme;

/* What shares a scale. */
typedef enum ml_quant_unit { ML_QUANT_PER_TENSOR, ML_QUANT_PER_ROW, ML_QUANT_PER_COLUMN } ml_quant_unit;

/* How a matrix is quantised. 1 bit, whatever the scheme, is sign(w) mean|w|, with 0 counted as positive. */
typedef struct ml_quant_settings {
    int32_t bits; /* 1 to 8 */
    ml_quant_scheme scheme;
    ml_quant_unit unit;
} ml_quant_settings;

/* How many scales that makes: 1, rows or columns. */
size_t ml_quant_count(size_t rows, size_t columns, ml_quant_settings settings);

/* Fits a scale and a zero to each unit. Where a unit is all zeros, scale is 1 and zero 0.
 *   w  [rows x columns]  finite
 *   q  [ml_quant_count]  out; untouched on error
 * Errors: ML_EINVAL if a setting is out of its range, rows or columns is 0, a value is not finite, or a range overflows
 *         float.
 * Golden: tests/golden/quantise.py, torch.fake_quantize_per_tensor_affine and _per_channel_affine. */
ml_status ml_quant_fit(size_t rows, size_t columns, const float *w, ml_quant_settings settings, ml_quant *q,
                       ml_error *error);

/* Matrices to codes and back; q as ml_quant_fit left it. Golden: as above, and torch.quantize_per_channel, equal. */
void ml_quantise(size_t rows, size_t columns, const float *w, ml_quant_settings settings, const ml_quant *q,
                 int8_t *code);
void ml_dequantise(size_t rows, size_t columns, const int8_t *code, ml_quant_settings settings, const ml_quant *q,
                   float *w);

/* There and back: w as the codes will have it, for training through the rounding (gradients pass straight through).
 *   q    [ml_quant_count]  out: the scales
 *   out  [rows x columns]  may be w
 * Errors: as ml_quant_fit; outputs untouched.
 * Source: Bengio et al. 2013, arXiv:1308.3432 (straight-through). */
ml_status ml_fake_quant(size_t rows, size_t columns, const float *w, ml_quant_settings settings, ml_quant *q,
                        float *out, ml_error *error);

/* --- Calibration: the range of activations over many batches ------------------------------------------------------ */

/* Begins at all zero, but for `momentum`. The fields are readable; only ml_quant_observe writes them. */
typedef struct ml_quant_observer {
    float momentum; /* weight of a new batch; 1 or 0: none, the range of all that was seen */
    float low, high;
    bool seen; /* whether there was a batch */
} ml_quant_observer;

/* Takes in a batch: range = (1 - momentum) range + momentum batch's, or the union where momentum is 0.
 * Errors: ML_EINVAL if n is 0, a value is not finite, or the momentum is not in [0, 1]; untouched.
 * Golden: tests/golden/quantise.py, PyTorch's MovingAverageMinMaxObserver and MinMaxObserver. */
ml_status ml_quant_observe(ml_quant_observer *observer, size_t n, const float *x, ml_error *error);

/* The affine int8 scale and zero of the range, as ml_quant_fit_i8 of its two ends.
 * Errors: ML_EINVAL if nothing was observed; q untouched. */
ml_status ml_quant_observed(const ml_quant_observer *observer, ml_quant *q, ml_error *error);

/* --- A layer in integers ------------------------------------------------------------------------------------------ */

/* M = multiplier 2^(-31 - shift), multiplier in [2^30, 2^31), 0 <= shift <= 30: how an integer is scaled by a factor
 * with integers alone. Relative error at most 2^-31.
 * Errors: ML_EINVAL unless 2^-31 <= M < 1; outputs untouched. M that rounds to 1 takes the largest multiplier. */
ml_status ml_quant_multiplier(double m, int32_t *multiplier, int *shift, ml_error *error);

/* y = clamp(floor(acc M + 1/2) + y_zero), acc = bias + W (x - x_zero): row by row, no float anywhere.
 *   w            [rows x columns]  -127 to 127, symmetric
 *   x            [columns]         columns at most 65,536
 *   bias         [rows]            at the scale of acc, |bias| <= 2^24; NULL for none
 *   mult, shift  [rows]            M of each row, as ml_quant_multiplier gives it
 *   y            [rows]            out
 * Cost:   rows columns.
 * Source: Jacob et al. 2018, section 2. */
void ml_q8_matvec(const int8_t *w, size_t rows, size_t columns, const int8_t *x, int32_t x_zero, const int32_t *bias,
                  const int32_t *mult, const int *shift, int32_t y_zero, int8_t *y);

/* y = x W' + b for a batch, with int8 inputs and weights, sums in int32 and float outputs.
 *   x     [n x in]    codes of quant_x
 *   w     [out x in]  symmetric codes; scale_w [out], per row
 *   bias  [out]       NULL for none
 *   y     [n x out]   out
 * Cost:   n in out int8 products by ml_kernel_gemm_i8, in <= 65,535; out + n out int32 of scratch, given back.
 * Errors: ML_EINVAL if in is above 65,535; ML_ENOMEM; y untouched.
 * Golden: tests/golden/quantise.py, torch.nn.functional.linear of the dequantised values. */
ml_status ml_q8_linear(size_t n, size_t out, size_t in, const int8_t *x, ml_quant quant_x, const int8_t *w,
                       const float *scale_w, const float *bias, float *y, ml_arena *arena, ml_error *error);

/* --- 4 bits, by groups: what weights of large models take --------------------------------------------------------- */

/* Each row is cut into groups of neighbours with a scale each; codes -7 to 7 are stored plus 8, two in a byte, the
 * first in the lower half. A row begins a new byte. */
typedef struct ml_q4 {
    size_t rows, columns, group;
    uint8_t *code; /* [rows x ceil(columns / 2)] */
    float *scale;  /* [rows x ceil(columns / group)] max |w| / 7; 1 where the group is all zeros */
} ml_q4;

/* Quantises. Arrays from the arena; they die with it. 4.5 bits a weight with groups of 64 and float scales.
 *   w  [rows x columns]  finite
 * Errors: ML_EINVAL if rows, columns or group is 0 or a value is not finite; ML_ENOMEM; *q untouched.
 * Source: Dettmers and Zettlemoyer 2023, "The case for 4-bit precision", ICML (blocks).
 * Golden: tests/golden/quantise.py, torch.fake_quantize_per_channel_affine with a group as a channel. */
ml_status ml_q4_quantise(size_t rows, size_t columns, size_t group, const float *w, ml_q4 *q, ml_arena *arena,
                         ml_error *error);

/* w [rows x columns], out. */
void ml_q4_dequantise(const ml_q4 *q, float *w);

/* y = W x, unpacked as it goes: each group's products are added in order, times its scale, then the groups.
 *   x [columns]; y [rows], out */
void ml_q4_matvec(const ml_q4 *q, const float *x, float *y);

#endif
