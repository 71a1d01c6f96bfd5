/* Clusters by density; rows are sorted along one feature, so that only a band of them is looked at. */
#include "base/math.h"
#include "base/sort.h"
#include "models/clusters_check.h"
#include "models/nearest_centre.h"

typedef struct dbscan {
    size_t n, d, axis; /* axis: the feature with the largest range */
    const double *x;
    double square, *key;    /* radius squared; [n] the rows' values on the axis */
    uint32_t *order, *spot; /* [n] rows by key; where a row is in that order */
    uint32_t *stack;        /* [n] rows whose neighbours are still to be joined; each row is put there once */
    uint8_t *is_core;       /* [n] */
    int32_t *label;         /* [n] */
} dbscan;

static bool allocate(dbscan *f, ml_arena *arena) {
    f->key = ML_ALLOC(arena, f->n, double);
    f->order = ML_ALLOC(arena, f->n, uint32_t);
    f->spot = ML_ALLOC(arena, f->n, uint32_t);
    f->stack = ML_ALLOC(arena, f->n, uint32_t);
    f->is_core = ML_ALLOC(arena, f->n, uint8_t);
    return f->key && f->order && f->spot && f->stack && f->is_core;
}

static void sort_rows(dbscan *f) {
    double widest = -1.0;
    for (size_t j = 0; j < f->d; j++) {
        double low = f->x[j], high = f->x[j];
        for (size_t i = 1; i < f->n; i++) {
            const double value = f->x[i * f->d + j];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        if (high - low > widest) {
            widest = high - low;
            f->axis = j;
        }
    }
    for (size_t i = 0; i < f->n; i++)
        f->key[i] = f->x[i * f->d + f->axis];
    ml_argsort_double(f->n, f->key, f->order, f->stack);
    for (size_t s = 0; s < f->n; s++)
        f->spot[f->order[s]] = (uint32_t)s;
}

static bool is_in_band(const dbscan *f, size_t row, size_t other) {
    const double difference = f->key[row] - f->key[other];
    return difference * difference <= f->square;
}

/* The first place in the order that is in the row's band; the band ends where is_in_band does. */
static size_t start_of_band(const dbscan *f, size_t row) {
    size_t s = f->spot[row];
    while (s > 0 && is_in_band(f, row, f->order[s - 1]))
        s--;
    return s;
}

static bool is_near(const dbscan *f, size_t a, size_t b) {
    return ml_squared_distance(f->d, f->x + a * f->d, f->x + b * f->d) <= f->square;
}

static void find_cores(dbscan *f, size_t min_rows) {
    for (size_t i = 0; i < f->n; i++) {
        size_t near = 0;
        for (size_t s = start_of_band(f, i); near < min_rows && s < f->n && is_in_band(f, i, f->order[s]); s++)
            near += is_near(f, i, f->order[s]);
        f->is_core[i] = near >= min_rows;
    }
}

/* All that can be reached from a core row over core rows gets the label. */
static void grow(dbscan *f, size_t from, int32_t label) {
    size_t waiting = 1;
    f->stack[0] = (uint32_t)from;
    f->label[from] = label;
    while (waiting > 0) {
        const size_t row = f->stack[--waiting];
        for (size_t s = start_of_band(f, row); s < f->n && is_in_band(f, row, f->order[s]); s++) {
            const uint32_t other = f->order[s];
            if (f->label[other] >= 0 || !is_near(f, row, other))
                continue;
            f->label[other] = label;
            if (f->is_core[other])
                f->stack[waiting++] = other;
        }
    }
}

ml_status ml_dbscan(size_t n, size_t d, const double *x, double radius, size_t min_rows, int32_t *label,
                    size_t *clusters, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_clusters_check(n, d, x, 1, error));
    if (!(radius > 0.0 && radius <= 1e140))
        return ml_fail(error, ML_EINVAL, "radius is %g; it is above 0, and at most 1e140", radius);
    if (min_rows == 0 || n > INT32_MAX)
        return ml_fail(error, ML_EINVAL, "min_rows is %zu for %zu rows; it is at least 1, with fewer than 2^31 rows",
                       min_rows, n);
    const ml_arena_mark before = ml_arena_save(arena);
    dbscan f = {.n = n, .d = d, .x = x, .square = radius * radius, .label = label};
    const bool fits = allocate(&f, arena);
    if (fits) {
        int32_t found = 0;
        sort_rows(&f);
        find_cores(&f, min_rows);
        for (size_t i = 0; i < n; i++)
            label[i] = -1;
        for (size_t i = 0; i < n; i++)
            if (f.is_core[i] && label[i] < 0)
                grow(&f, i, found++);
        if (clusters != NULL)
            *clusters = (size_t)found;
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_clusters_out_of_memory("DBSCAN", n, d, 1, error);
}
