/* Eigenvectors of a symmetric matrix: to tridiagonal form by reflections, to diagonal form by rotations. */
#include <float.h>
#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "models/basis.h"
#include "models/decomposition.h"
#include "models/magnitude.h"

typedef struct symmetric {
    size_t n;
    double *a;               /* [n x n] both triangles; afterwards row k holds the k-th reflection from k + 1 on */
    double *w;               /* [n x n] rows become the eigenvectors */
    double *diagonal, *next; /* [n] T: next[i] couples i and i + 1 */
    double *scratch;         /* [n] */
    uint32_t *order, *order_scratch;
} symmetric;

static bool allocate(symmetric *f, ml_arena *arena) {
    f->a = ml_models_matrix(arena, f->n, f->n);
    f->w = ml_models_matrix(arena, f->n, f->n);
    f->diagonal = ML_ALLOC(arena, f->n, double);
    f->next = ML_ALLOC(arena, f->n, double);
    f->scratch = ML_ALLOC(arena, f->n, double);
    f->order = ML_ALLOC(arena, f->n, uint32_t);
    f->order_scratch = ML_ALLOC(arena, f->n, uint32_t);
    return f->a && f->w && f->diagonal && f->next && f->scratch && f->order && f->order_scratch;
}

/* Divides by the largest size, which is returned (1 for a matrix of zeros): squares then neither vanish nor overflow.
 */
static double take_in(symmetric *f, const double *a) {
    const size_t n = f->n;
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            most = fabs(a[i * n + j]) > most ? fabs(a[i * n + j]) : most;
    most = most > 0.0 ? most : 1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            f->a[i * n + j] = f->a[j * n + i] = a[i * n + j] / most;
    return most;
}

/* Makes v [m] the reflection H = I - v v^T (so v^T v = 2) that takes it to (result, 0, 0, ...); returns the result. A
 * vector that has that form already gives v = 0: no reflection. */
static double reflect(size_t m, double *v) {
    const double rest = ml_models_dot(m - 1, v + 1, v + 1), first = v[0];
    if (rest == 0.0) {
        memset(v, 0, m * sizeof *v);
        return first;
    }
    const double length = sqrt(first * first + rest), result = first > 0.0 ? -length : length;
    v[0] = first - result; /* of equal signs: nothing cancels */
    const double scale = sqrt(2.0) / sqrt(v[0] * v[0] + rest);
    for (size_t i = 0; i < m; i++)
        v[i] *= scale;
    return result;
}

/* A <- H A H for the rows and columns from k + 1 on: with p = A v and q = p - (v . p / 2) v it is A - v q^T - q v^T. */
static void tridiagonalise(symmetric *f) {
    const size_t n = f->n;
    for (size_t k = 0; k + 1 < n; k++) {
        const size_t m = n - k - 1;
        double *const v = f->a + k * n + k + 1, *const q = f->scratch;
        f->next[k] = reflect(m, v);
        for (size_t i = 0; i < m; i++)
            q[i] = ml_models_dot(m, f->a + (k + 1 + i) * n + k + 1, v);
        ml_models_add(m, -0.5 * ml_models_dot(m, v, q), v, q);
        for (size_t i = 0; i < m; i++) {
            double *const row = f->a + (k + 1 + i) * n + k + 1;
            for (size_t j = 0; j < m; j++)
                row[j] -= v[i] * q[j] + q[i] * v[j];
        }
    }
    for (size_t i = 0; i < n; i++)
        f->diagonal[i] = f->a[i * n + i];
    f->next[n - 1] = 0.0;
}

/* W = H_last ... H_1 H_0, built from its end, where it is still small: row by row, W <- W H. */
static void accumulate(symmetric *f) {
    const size_t n = f->n;
    for (size_t i = 0; i < n; i++)
        f->w[i * n + i] = 1.0;
    for (size_t k = n - 1; k-- > 0;) {
        const double *const v = f->a + k * n + k + 1;
        for (size_t i = k + 1; i < n; i++) {
            double *const row = f->w + i * n + k + 1;
            ml_models_add(n - k - 1, -ml_models_dot(n - k - 1, row, v), v, row);
        }
    }
}

static void rotate(size_t n, double *upper, double *lower, double c, double s) {
    for (size_t j = 0; j < n; j++) {
        const double above = upper[j], below = lower[j];
        upper[j] = c * above - s * below;
        lower[j] = s * above + c * below;
    }
}

/* Where the block that starts at `from` ends: at the first coupling that is nothing beside its diagonal. */
static size_t end_of_block(const symmetric *f, size_t from) {
    size_t to = from;
    while (to + 1 < f->n && fabs(f->next[to]) > DBL_EPSILON * (fabs(f->diagonal[to]) + fabs(f->diagonal[to + 1])))
        to++;
    return to;
}

/* One QL step on the rows from to to, shifted by Wilkinson's guess of the eigenvalue at `from`: the rotation at the
 * bottom starts a bulge, and each one above chases it up and out. */
static void ql_step(symmetric *f, size_t from, size_t to) {
    double *const diagonal = f->diagonal, *const next = f->next;
    double g = (diagonal[from + 1] - diagonal[from]) / (2.0 * next[from]), r = sqrt(g * g + 1.0);
    double s = 1.0, c = 1.0, p = 0.0;
    g = diagonal[to] - diagonal[from] + next[from] / (g + (g < 0.0 ? -r : r));
    for (size_t i = to; i-- > from;) {
        const double bulge = s * next[i], b = c * next[i];
        r = sqrt(bulge * bulge + g * g);
        next[i + 1] = r;
        if (r == 0.0) { /* the block came apart here */
            diagonal[i + 1] -= p;
            next[to] = 0.0;
            return;
        }
        s = bulge / r;
        c = g / r;
        g = diagonal[i + 1] - p;
        r = (diagonal[i] - g) * s + 2.0 * c * b;
        p = s * r;
        diagonal[i + 1] = g + p;
        g = c * r - b;
        rotate(f->n, f->w + i * f->n, f->w + (i + 1) * f->n, c, s);
    }
    diagonal[from] -= p;
    next[from] = g;
    next[to] = 0.0;
}

static ml_status diagonalise(symmetric *f, ml_error *error) {
    for (size_t from = 0; from < f->n; from++)
        for (int rounds = 0;; rounds++) {
            const size_t to = end_of_block(f, from);
            if (to == from)
                break;
            if (rounds == 60)
                return ml_fail(error, ML_EDIVERGED,
                               "eigenvalue %zu of %zu was not found in 60 rounds; scale the matrix", from + 1, f->n);
            ql_step(f, from, to);
        }
    return ML_OK;
}

/* The largest value first; of each vector the entry of largest size, of equals the first, positive. */
static void put_out(symmetric *f, double unit, double *value, double *vector) {
    const size_t n = f->n;
    for (size_t i = 0; i < n; i++)
        f->scratch[i] = -f->diagonal[i];
    ml_argsort_double(n, f->scratch, f->order, f->order_scratch);
    for (size_t i = 0; i < n; i++) {
        const double *const row = f->w + f->order[i] * n;
        size_t largest = 0;
        for (size_t j = 1; j < n; j++)
            if (fabs(row[j]) > fabs(row[largest]))
                largest = j;
        const double sign = row[largest] < 0.0 ? -1.0 : 1.0;
        value[i] = f->diagonal[f->order[i]] * unit;
        for (size_t j = 0; j < n; j++)
            vector[i * n + j] = sign * row[j];
    }
}

static ml_status check(size_t n, const double *a, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "a matrix of 0 rows has no eigenvalues; it needs at least one row");
    for (size_t i = 0; i < n; i++)
        ML_TRY(ml_models_check_magnitude(1, i + 1, a + i * n, error));
    return ML_OK;
}

ml_status ml_eigh(size_t n, const double *a, double *value, double *vector, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, a, error));
    const ml_arena_mark before = ml_arena_save(arena);
    symmetric f = {.n = n};
    ml_status status = ML_OK;
    if (allocate(&f, arena)) {
        const double unit = take_in(&f, a);
        tridiagonalise(&f);
        accumulate(&f);
        status = diagonalise(&f, error);
        if (status == ML_OK)
            put_out(&f, unit, value, vector);
    } else {
        status =
            ml_fail(error, ML_ENOMEM, "a matrix of %zu x %zu and its eigenvectors do not fit into the memory", n, n);
    }
    ml_arena_release(arena, before);
    return status;
}
