#include "base/jacobi.h"

#include <stdbool.h>

#include "base/math.h"
#include "base/sort.h"

enum { MOST_SWEEPS = 60 };

/* Columns are kept as rows of w [n x m] and q [n x n]: a rotation then walks through memory in order. */
typedef struct sweep {
    size_t m, n;
    double *w, *q;
} sweep;

static double dot(size_t n, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void rotate(size_t n, double *a, double *b, double c, double s) {
    for (size_t i = 0; i < n; i++) {
        const double of_a = a[i], of_b = b[i];
        a[i] = c * of_a - s * of_b;
        b[i] = s * of_a + c * of_b;
    }
}

/* Makes columns i and j orthogonal. Returns whether they were so already, as far as double can tell. */
static bool orthogonalise(const sweep *x, size_t i, size_t j) {
    double *const a = x->w + i * x->m, *const b = x->w + j * x->m;
    const double aa = dot(x->m, a, a), bb = dot(x->m, b, b), ab = dot(x->m, a, b);
    const double lengths = sqrt(aa) * sqrt(bb);
    if (!(fabs(ab) > 1e-15 * lengths && lengths > 1e-18)) /* what is shorter is rounding: entries are 1 at most */
        return true;
    const double zeta = (bb - aa) / (2.0 * ab);
    const double t = (zeta < 0.0 ? -1.0 : 1.0) / (fabs(zeta) + sqrt(1.0 + zeta * zeta));
    const double c = 1.0 / sqrt(1.0 + t * t);
    rotate(x->m, a, b, c, c * t);
    rotate(x->n, x->q + i * x->n, x->q + j * x->n, c, c * t);
    return false;
}

static bool converges(const sweep *x) {
    for (int round = 0; round < MOST_SWEEPS; round++) {
        bool done = true;
        for (size_t i = 0; i + 1 < x->n; i++)
            for (size_t j = i + 1; j < x->n; j++)
                done = orthogonalise(x, i, j) && done;
        if (done)
            return true;
    }
    return false;
}

/* +1 or -1, by which the entry of largest size, the first of several, becomes positive. */
static double sign_of(size_t n, const double *x) {
    size_t largest = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(x[i]) > fabs(x[largest]))
            largest = i;
    return x[largest] < 0.0 ? -1.0 : 1.0;
}

/* The columns of w are those of the longer factor times the singular values, q holds the shorter one. */
static void write_out(const sweep *x, double scale, const double *minus_length, const uint32_t *order, double *longer,
                      double *s, double *shorter) {
    const double least = -minus_length[order[0]] * (double)x->n * 0x1p-52;
    for (size_t r = 0; r < x->n; r++) {
        const size_t from = order[r];
        const double *const w = x->w + from * x->m, *const q = x->q + from * x->n;
        const double length = -minus_length[from] > least ? -minus_length[from] : 0.0, sign = sign_of(x->n, q);
        s[r] = length * scale;
        for (size_t i = 0; i < x->m; i++)
            longer[i * x->n + r] = length > 0.0 ? sign * w[i] / length : 0.0;
        for (size_t i = 0; i < x->n; i++)
            shorter[i * x->n + r] = sign * q[i];
    }
}

static ml_status largest_entry(size_t m, size_t n, const double *a, double *largest, ml_error *error) {
    if (m == 0 || n == 0)
        return ml_fail(error, ML_EINVAL, "a matrix of %zu x %zu has no singular values", m, n);
    *largest = 0.0;
    for (size_t i = 0; i < m * n; i++) {
        if (!(fabs(a[i]) <= 1e150))
            return ml_fail(error, ML_EINVAL, "entry %zu is %g; entries are finite, at most 1e150 in size", i, a[i]);
        *largest = fmax(*largest, fabs(a[i]));
    }
    return ML_OK;
}

ml_status ml_svd_jacobi(size_t m, size_t n, const double *a, double *u, double *s, double *v, ml_arena *arena,
                        ml_error *error) {
    double largest = 0.0;
    ML_TRY(largest_entry(m, n, a, &largest, error));
    const bool wide = m < n;
    const double scale = largest > 0.0 ? largest : 1.0;
    const ml_arena_mark mark = ml_arena_save(arena);
    sweep x = {.m = wide ? n : m, .n = wide ? m : n};
    x.w = ML_ALLOC(arena, m * n, double);
    x.q = ML_ALLOC(arena, x.n * x.n, double);
    double *const minus_length = ML_ALLOC(arena, x.n, double);
    uint32_t *const order = ML_ALLOC(arena, 2 * x.n, uint32_t);
    if (x.w == NULL || x.q == NULL || minus_length == NULL || order == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "a decomposition of %zu x %zu does not fit into the memory", m, n);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            x.w[wide ? i * n + j : j * m + i] = a[i * n + j] / scale;
    for (size_t i = 0; i < x.n; i++)
        x.q[i * x.n + i] = 1.0;
    const bool done = converges(&x);
    if (done) {
        for (size_t j = 0; j < x.n; j++)
            minus_length[j] = -sqrt(dot(x.m, x.w + j * x.m, x.w + j * x.m));
        ml_argsort_double(x.n, minus_length, order, order + x.n);
        write_out(&x, scale, minus_length, order, wide ? v : u, s, wide ? u : v);
    }
    ml_arena_release(arena, mark);
    return done ? ML_OK : ml_fail(error, ML_EDIVERGED, "60 sweeps did not make the columns orthogonal");
}
