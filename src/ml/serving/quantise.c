/* Matrices in 1 to 8 bits, with a scale for all, for each row or for each column. */
#include "serving/quantise.h"

#include <math.h>

size_t ml_quant_count(size_t rows, size_t columns, ml_quant_settings s) {
    return s.unit == ML_QUANT_PER_TENSOR ? 1 : s.unit == ML_QUANT_PER_ROW ? rows : columns;
}

static size_t unit_of(size_t i, size_t j, ml_quant_unit unit) {
    return unit == ML_QUANT_PER_TENSOR ? 0 : unit == ML_QUANT_PER_ROW ? i : j;
}

static ml_status check(size_t rows, size_t columns, const float *w, ml_quant_settings s, ml_error *error) {
    if (s.bits < 1 || s.bits > 8)
        return ml_fail(error, ML_EINVAL, "%d bits; a code has 1 to 8", (int)s.bits);
    if (s.scheme != ML_QUANT_SYMMETRIC && s.scheme != ML_QUANT_AFFINE)
        return ml_fail(error, ML_EINVAL, "scheme %d is unknown; it is symmetric (0) or affine (1)", (int)s.scheme);
    if (s.unit != ML_QUANT_PER_TENSOR && s.unit != ML_QUANT_PER_ROW && s.unit != ML_QUANT_PER_COLUMN)
        return ml_fail(error, ML_EINVAL, "unit %d is unknown; a scale is per tensor (0), row (1) or column (2)",
                       (int)s.unit);
    if (rows == 0 || columns == 0)
        return ml_fail(error, ML_EINVAL, "a matrix of %zu x %zu has no range; give it a value at least", rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        if (!(fabsf(w[i]) <= 1.5e38f)) /* so that high - low is finite too */
            return ml_fail(error, ML_EINVAL, "w[%zu] is %g; weights are finite, at most 1.5e38", i, (double)w[i]);
    return ML_OK;
}

/* The ends of the codes. */
static int32_t most(ml_quant_settings s) {
    return s.bits == 1 ? 1 : (1 << (s.bits - 1)) - 1;
}

static int32_t least(ml_quant_settings s) {
    return s.scheme == ML_QUANT_AFFINE && s.bits > 1 ? -most(s) - 1 : -most(s);
}

/* What the numbers of a unit are, step apart. */
static ml_quant fit_unit(size_t n, size_t step, const float *w, ml_quant_settings s) {
    float low = 0.0f, high = 0.0f;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        low = fminf(low, w[i * step]);
        high = fmaxf(high, w[i * step]);
        sum += (double)fabsf(w[i * step]);
    }
    ml_quant q = {fmaxf(high, -low) / (float)most(s), 0};
    if (s.bits == 1)
        q.scale = (float)(sum / (double)n);
    else if (s.scheme == ML_QUANT_AFFINE)
        q.scale = (high - low) / (float)(most(s) - least(s));
    if (q.scale == 0.0f)
        return (ml_quant){1.0f, 0};
    if (s.bits > 1 && s.scheme == ML_QUANT_AFFINE)
        q.zero = (int32_t)fminf(fmaxf(rintf((float)least(s) - low / q.scale), (float)least(s)), (float)most(s));
    return q;
}

static void fit(size_t rows, size_t columns, const float *w, ml_quant_settings s, ml_quant *q) {
    if (s.unit == ML_QUANT_PER_TENSOR)
        q[0] = fit_unit(rows * columns, 1, w, s);
    for (size_t i = 0; s.unit == ML_QUANT_PER_ROW && i < rows; i++)
        q[i] = fit_unit(columns, 1, w + i * columns, s);
    for (size_t j = 0; s.unit == ML_QUANT_PER_COLUMN && j < columns; j++)
        q[j] = fit_unit(rows, columns, w + j, s);
}

static int8_t code_of(float w, ml_quant q, ml_quant_settings s) {
    if (s.bits == 1)
        return w < 0.0f ? -1 : 1;
    const float rounded = isnan(w) ? 0.0f : rintf(w / q.scale);
    return (int8_t)fminf(fmaxf(rounded + (float)q.zero, (float)least(s)), (float)most(s));
}

static float value_of(int8_t code, ml_quant q) {
    return q.scale * (float)(code - q.zero);
}

ml_status ml_quant_fit(size_t rows, size_t columns, const float *w, ml_quant_settings s, ml_quant *q,
                       ml_error *error) {
    ML_TRY(check(rows, columns, w, s, error));
    fit(rows, columns, w, s, q);
    return ML_OK;
}

void ml_quantise(size_t rows, size_t columns, const float *w, ml_quant_settings s, const ml_quant *q, int8_t *code) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            code[i * columns + j] = code_of(w[i * columns + j], q[unit_of(i, j, s.unit)], s);
}

void ml_dequantise(size_t rows, size_t columns, const int8_t *code, ml_quant_settings s, const ml_quant *q, float *w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            w[i * columns + j] = value_of(code[i * columns + j], q[unit_of(i, j, s.unit)]);
}

ml_status ml_fake_quant(size_t rows, size_t columns, const float *w, ml_quant_settings s, ml_quant *q, float *out,
                        ml_error *error) {
    ML_TRY(check(rows, columns, w, s, error));
    fit(rows, columns, w, s, q);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            const ml_quant of_unit = q[unit_of(i, j, s.unit)];
            out[i * columns + j] = value_of(code_of(w[i * columns + j], of_unit, s), of_unit);
        }
    return ML_OK;
}
