/* Weights in 4 bits, in groups with a scale each. */
#include <math.h>

#include "serving/quantise.h"

static size_t parts(size_t n, size_t of) {
    return n / of + (n % of != 0);
}

static float scale_of(size_t n, const float *w) {
    float largest = 0.0f;
    for (size_t i = 0; i < n; i++)
        largest = fmaxf(largest, fabsf(w[i]));
    const float scale = largest / 7.0f;
    return scale == 0.0f ? 1.0f : scale;
}

static void put_code(uint8_t *row, size_t j, int code) {
    row[j / 2] = (uint8_t)(row[j / 2] | (unsigned)(code + 8) << (j % 2 * 4));
}

static int code_at(const uint8_t *row, size_t j) {
    return (row[j / 2] >> (j % 2 * 4) & 15) - 8;
}

static void quantise_row(const ml_q4 *q, const float *w, uint8_t *code, float *scale) {
    for (size_t from = 0, g = 0; from < q->columns; g++) {
        const size_t n = q->columns - from < q->group ? q->columns - from : q->group;
        scale[g] = scale_of(n, w + from);
        for (size_t j = from; j < from + n; j++)
            put_code(code, j, (int)fminf(fmaxf(rintf(w[j] / scale[g]), -7.0f), 7.0f));
        from += n;
    }
}

ml_status ml_q4_quantise(size_t rows, size_t columns, size_t group, const float *w, ml_q4 *q, ml_arena *arena,
                         ml_error *error) {
    if (rows == 0 || columns == 0 || group == 0)
        return ml_fail(error, ML_EINVAL, "a matrix of %zu x %zu in groups of %zu; all three are at least 1", rows,
                       columns, group);
    for (size_t i = 0; i < rows * columns; i++)
        if (!isfinite(w[i]))
            return ml_fail(error, ML_EINVAL, "w[%zu] is not a finite number; mend it before it is quantised", i);
    const size_t bytes = parts(columns, 2), groups = parts(columns, group);
    const ml_arena_mark mark = ml_arena_save(arena);
    uint8_t *const code = ML_ALLOC(arena, rows * bytes, uint8_t);
    float *const scale = ML_ALLOC(arena, rows * groups, float);
    if (code == NULL || scale == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "%zu x %zu weights in 4 bits do not fit into the memory", rows, columns);
    }
    *q = (ml_q4){rows, columns, group, code, scale};
    for (size_t i = 0; i < rows; i++)
        quantise_row(q, w + i * columns, code + i * bytes, scale + i * groups);
    return ML_OK;
}

void ml_q4_dequantise(const ml_q4 *q, float *w) {
    const size_t bytes = parts(q->columns, 2), groups = parts(q->columns, q->group);
    for (size_t i = 0; i < q->rows; i++)
        for (size_t j = 0; j < q->columns; j++)
            w[i * q->columns + j] = q->scale[i * groups + j / q->group] * (float)code_at(q->code + i * bytes, j);
}

void ml_q4_matvec(const ml_q4 *q, const float *x, float *y) {
    const size_t bytes = parts(q->columns, 2), groups = parts(q->columns, q->group);
    for (size_t i = 0; i < q->rows; i++) {
        y[i] = 0.0f;
        for (size_t from = 0, g = 0; from < q->columns; g++) {
            const size_t end = q->columns - from < q->group ? q->columns : from + q->group;
            float sum = 0.0f;
            for (; from < end; from++)
                sum += (float)code_at(q->code + i * bytes, from) * x[from];
            y[i] += q->scale[i * groups + g] * sum;
        }
    }
}
