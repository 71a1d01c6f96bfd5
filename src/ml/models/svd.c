/* Singular values by one-sided Jacobi rotations: the rows of W turn in pairs until all are at right angles. */
#include <float.h>
#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "models/basis.h"
#include "models/check.h"
#include "models/decomposition.h"
#include "models/magnitude.h"

/* W is A or its transpose, whichever has fewer rows: W = R^T diag(length) directions, where R collects the rotations.
 */
typedef struct jacobi {
    size_t m, length;  /* rows of W, and how long they are: min and max of n and d */
    double *w, *r;     /* [m x length], [m x m] */
    double *noise;     /* [m] the squared rounding error in a row of W, about */
    double *key;       /* [m] minus the singular values */
    double *direction; /* [k x length] the rows of W of largest size, made unit vectors */
    uint32_t *order, *scratch;
} jacobi;

static bool allocate(jacobi *f, size_t k, ml_arena *arena) {
    f->w = ml_models_matrix(arena, f->m, f->length);
    f->r = ml_models_matrix(arena, f->m, f->m);
    f->noise = ML_ALLOC(arena, f->m, double);
    f->key = ML_ALLOC(arena, f->m, double);
    f->direction = ml_models_matrix(arena, k, f->length);
    f->order = ML_ALLOC(arena, f->m, uint32_t);
    f->scratch = ML_ALLOC(arena, f->m, uint32_t);
    return f->w && f->r && f->noise && f->key && f->direction && f->order && f->scratch;
}

/* Divides by the largest size, which is returned (1 for a matrix of zeros): squares then neither vanish nor overflow.
 */
static double take_in(jacobi *f, size_t n, size_t d, const double *a) {
    double most = 0.0;
    for (size_t i = 0; i < n * d; i++)
        most = fabs(a[i]) > most ? fabs(a[i]) : most;
    most = most > 0.0 ? most : 1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            f->w[n < d ? i * d + j : j * n + i] = a[i * d + j] / most;
    for (size_t i = 0; i < f->m; i++)
        f->r[i * f->m + i] = 1.0;
    return most;
}

static void rotate(size_t n, double *p, double *q, double c, double s) {
    for (size_t j = 0; j < n; j++) {
        const double a = p[j], b = q[j];
        p[j] = c * a - s * b;
        q[j] = s * a + c * b;
    }
}

/* A row in the span of the others ends as rounding, which as 0 is done with, but as numbers would be turned for ever.
 */
static void clear_rounding(jacobi *f, size_t row) {
    double *const w = f->w + row * f->length;
    if (ml_models_dot(f->length, w, w) <= 64.0 * f->noise[row])
        memset(w, 0, f->length * sizeof *w);
}

/* The squared rounding error in a row that has this squared length: what it brought along, or its own. */
static double noise_of(const jacobi *f, size_t row, double square) {
    const double own = DBL_EPSILON * DBL_EPSILON * square;
    return f->noise[row] > own ? f->noise[row] : own;
}

/* Turns two rows in their plane until they are at right angles; false if they are, to rounding. */
static bool turn(jacobi *f, size_t p, size_t q) {
    double *const wp = f->w + p * f->length, *const wq = f->w + q * f->length;
    const double pp = ml_models_dot(f->length, wp, wp), qq = ml_models_dot(f->length, wq, wq),
                 pq = ml_models_dot(f->length, wp, wq);
    if (pp == 0.0 || qq == 0.0 || !(fabs(pq) > DBL_EPSILON * sqrt((double)f->length) * sqrt(pp) * sqrt(qq)))
        return false;
    const double zeta = (qq - pp) / (2.0 * pq), size = fabs(zeta) + sqrt(1.0 + zeta * zeta),
                 t = zeta < 0.0 ? -1.0 / size : 1.0 / size, c = 1.0 / sqrt(1.0 + t * t);
    const double s = c * t, p_noise = noise_of(f, p, pp), q_noise = noise_of(f, q, qq);
    f->noise[p] = c * c * p_noise + s * s * q_noise;
    f->noise[q] = s * s * p_noise + c * c * q_noise;
    rotate(f->length, wp, wq, c, s);
    clear_rounding(f, p);
    clear_rounding(f, q);
    rotate(f->m, f->r + p * f->m, f->r + q * f->m, c, s);
    return true;
}

static ml_status turn_all(jacobi *f, ml_error *error) {
    for (int sweep = 0; sweep < 60; sweep++) {
        bool has_turned = false;
        for (size_t p = 0; p < f->m; p++)
            for (size_t q = p + 1; q < f->m; q++)
                has_turned |= turn(f, p, q);
        if (!has_turned)
            return ML_OK;
    }
    return ml_fail(error, ML_EDIVERGED, "the singular values did not settle in 60 sweeps; scale the columns");
}

/* The k largest; a row of W that is 0, or rounding, says nothing about its direction: any at right angles will do. */
static void pick(jacobi *f, size_t k) {
    for (size_t i = 0; i < f->m; i++)
        f->key[i] = -sqrt(ml_models_dot(f->length, f->w + i * f->length, f->w + i * f->length));
    ml_argsort_double(f->m, f->key, f->order, f->scratch);
    const double rounding = -f->key[f->order[0]] * DBL_EPSILON;
    for (size_t c = 0; c < k; c++) {
        memcpy(f->direction + c * f->length, f->w + f->order[c] * f->length, f->length * sizeof *f->direction);
        ml_models_orthonormalise(c, f->length, f->direction, rounding);
    }
}

/* The sign that makes the entry of largest size, of equals the first, positive. */
static double sign_of(size_t n, const double *v) {
    size_t largest = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[largest]))
            largest = i;
    return v[largest] < 0.0 ? -1.0 : 1.0;
}

static void put_out(const jacobi *f, double unit, size_t n, size_t d, size_t k, double *u, double *value, double *v) {
    for (size_t c = 0; c < k; c++) {
        const double *const turned = f->r + f->order[c] * f->m, *const direction = f->direction + c * f->length;
        const double *const left = n < d ? turned : direction, *const right = n < d ? direction : turned;
        const double sign = sign_of(n, left);
        value[c] = -f->key[f->order[c]] * unit;
        for (size_t i = 0; i < n && u != NULL; i++)
            u[i * k + c] = sign * left[i];
        for (size_t j = 0; j < d && v != NULL; j++)
            v[c * d + j] = sign * right[j];
    }
}

ml_status ml_svd(size_t n, size_t d, const double *a, size_t k, double *u, double *value, double *v, ml_arena *arena,
                 ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, a, error));
    jacobi f = {.m = n < d ? n : d, .length = n < d ? d : n};
    if (k == 0 || k > f.m)
        return ml_fail(error, ML_EINVAL, "k is %zu; a matrix of %zu x %zu has 1 to %zu singular values", k, n, d, f.m);
    const ml_arena_mark before = ml_arena_save(arena);
    ml_status status = ML_OK;
    if (allocate(&f, k, arena)) {
        const double unit = take_in(&f, n, d, a);
        status = turn_all(&f, error);
        if (status == ML_OK) {
            pick(&f, k);
            put_out(&f, unit, n, d, k, u, value, v);
        }
    } else {
        status = ml_models_out_of_memory("singular values", n, d, error);
    }
    ml_arena_release(arena, before);
    return status;
}
