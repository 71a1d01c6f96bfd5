/* Units that go as a whole, sizes of what is stored, and factors of low rank. */
#include "serving/compress.h"

#include <math.h>

#include "base/jacobi.h"
#include "base/sort.h"

static ml_status all_finite(size_t n, const float *w, const char *what, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(w[i]))
            return ml_fail(error, ML_EINVAL, "%s[%zu] is not a finite number; mend it first", what, i);
    return ML_OK;
}

static double length_of(size_t n, size_t step, const float *x) {
    double squares = 0.0;
    for (size_t i = 0; i < n; i++)
        squares += (double)x[i * step] * (double)x[i * step];
    return sqrt(squares);
}

ml_status ml_prune_units(size_t in, size_t units, size_t out, const float *incoming, const float *outgoing, size_t keep,
                         uint32_t *kept, ml_arena *arena, ml_error *error) {
    if (keep < 1 || keep > units)
        return ml_fail(error, ML_EINVAL, "%zu units of %zu are to be kept; it takes 1 to all", keep, units);
    ML_TRY(all_finite(in * units, incoming, "incoming", error));
    ML_TRY(all_finite(units * out, outgoing, "outgoing", error));
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const score = ML_ALLOC(arena, units, double);
    size_t *const top = ML_ALLOC(arena, keep, size_t);
    if (score == NULL || top == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "the scores of %zu units do not fit into the memory", units);
    }
    for (size_t j = 0; j < units; j++)
        score[j] = length_of(in, units, incoming + j) * length_of(out, 1, outgoing + j * out);
    ml_topk(units, score, keep, top);
    for (size_t i = 0; i < keep; i++)
        score[top[i]] = -1.0; /* chosen: no score is negative */
    for (size_t j = 0, i = 0; j < units; j++)
        if (score[j] < 0.0)
            kept[i++] = (uint32_t)j;
    ml_arena_release(arena, mark);
    return ML_OK;
}

size_t ml_sparse_bytes(size_t n, size_t kept) {
    const size_t bitmap = n / 8 + (n % 8 != 0), indices = 2 * kept;
    return 4 * kept + (bitmap < indices ? bitmap : indices);
}

ml_status ml_low_rank(size_t m, size_t n, const float *w, size_t rank, float *left, float *right, double *energy,
                      ml_arena *arena, ml_error *error) {
    const size_t r = m < n ? m : n;
    if (rank < 1 || rank > r)
        return ml_fail(error, ML_EINVAL, "a rank of %zu; a matrix of %zu x %zu has 1 to %zu", rank, m, n, r);
    ML_TRY(all_finite(m * n, w, "w", error));
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const a = ML_ALLOC(arena, m * n, double), *const s = ML_ALLOC(arena, r, double);
    double *const u = ML_ALLOC(arena, m * r, double), *const v = ML_ALLOC(arena, n * r, double);
    ml_status status = ML_OK;
    if (a == NULL || s == NULL || u == NULL || v == NULL)
        status = ml_fail(error, ML_ENOMEM, "the factors of %zu x %zu do not fit into the memory", m, n);
    for (size_t i = 0; status == ML_OK && i < m * n; i++)
        a[i] = (double)w[i];
    if (status == ML_OK)
        status = ml_svd_jacobi(m, n, a, u, s, v, arena, error);
    double all = 0.0, of_rank = 0.0;
    for (size_t k = 0; status == ML_OK && k < r; k++) {
        all += s[k] * s[k];
        of_rank += k < rank ? s[k] * s[k] : 0.0;
        for (size_t i = 0; k < rank && i < m; i++)
            left[i * rank + k] = (float)(u[i * r + k] * s[k]);
        for (size_t j = 0; k < rank && j < n; j++)
            right[k * n + j] = (float)v[j * r + k];
    }
    if (status == ML_OK && energy != NULL)
        *energy = all > 0.0 ? of_rank / all : 1.0;
    ml_arena_release(arena, mark);
    return status;
}
