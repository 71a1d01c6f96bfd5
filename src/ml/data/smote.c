#include "base/math.h"
#include "base/sort.h"
#include "data/resample.h"

/* The k nearest of the other rows. nearness [n] and top [k] are scratch. */
static void find_neighbours(size_t n, size_t d, const double *x, size_t i, size_t k, double *nearness, size_t *top,
                            uint32_t *neighbour) {
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t c = 0; c < d; c++) {
            const double off = x[i * d + c] - x[j * d + c];
            sum += off * off;
        }
        nearness[j] = i == j ? (double)NAN : -sum; /* NaN is never among the best */
    }
    ml_topk(n, nearness, k, top);
    for (size_t j = 0; j < k; j++)
        neighbour[j] = (uint32_t)top[j];
}

static void make_rows(size_t n, size_t d, const double *x, size_t k, const uint32_t *neighbour, size_t m, ml_rng *rng,
                      double *made) {
    for (size_t r = 0; r < m; r++) {
        const size_t i = (size_t)ml_rng_below(rng, n), j = neighbour[i * k + ml_rng_below(rng, k)];
        const double u = ml_rng_uniform(rng);
        for (size_t c = 0; c < d; c++)
            made[r * d + c] = x[i * d + c] + u * (x[j * d + c] - x[i * d + c]);
    }
}

ml_status ml_smote(size_t n, size_t d, const double *x, size_t k, size_t m, ml_rng *rng, double *made, ml_arena *arena,
                   ml_error *error) {
    if (n < 2 || n >= UINT32_MAX || d == 0 || k < 1 || k >= n)
        return ml_fail(error, ML_EINVAL,
                       "%zu rows of %zu features and %zu neighbours; it takes 2 rows, and a neighbour for each", n, d,
                       k);
    for (size_t i = 0; i < n * d; i++)
        if (!isfinite(x[i]))
            return ml_fail(error, ML_EINVAL, "row %zu is not finite; fill in what is missing first", i / d);
    const ml_arena_mark before = ml_arena_save(arena);
    double *nearness = ML_ALLOC(arena, n, double);
    size_t *top = ML_ALLOC(arena, k, size_t);
    uint32_t *neighbour = n <= SIZE_MAX / k ? ML_ALLOC(arena, n * k, uint32_t) : NULL;
    if (nearness == NULL || top == NULL || neighbour == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "the %zu neighbours of %zu rows do not fit in memory; use fewer", k, n);
    }
    for (size_t i = 0; i < n; i++)
        find_neighbours(n, d, x, i, k, nearness, top, neighbour + i * k);
    make_rows(n, d, x, k, neighbour, m, rng, made);
    ml_arena_release(arena, before);
    return ML_OK;
}
