/* Lloyd's iteration with Hamerly's bounds: of a row whose centre is certainly the nearest no distance is taken. */
#include <string.h>

#include "base/math.h"
#include "models/clusters_check.h"
#include "models/magnitude.h"
#include "models/nearest_centre.h"

/* A distance over d features has a relative error of about d 2^-53; bounds are loosened by this share, so that what
 * they spare is what looking at every distance would have decided too. Safe up to 400,000 features. */
static const double SLACK = 1e-10;

typedef struct lloyd {
    size_t n, d, k;
    const double *x;
    double *centre, *previous, *group; /* [k x d] now and before the last move, and packed */
    double *sum;                       /* [k x d] of a centre's rows, if has_sums */
    bool has_sums;
    double *near, *moved;              /* [k] half the distance to the next centre; how far it went last */
    double *upper, *lower;             /* [n] at least the distance to its centre; at most that to any other */
    uint32_t *label, *count;           /* [n], [k] rows of a centre */
    uint8_t *is_taken;                 /* [n] rows that became centres in this move */
} lloyd;

static bool allocate(lloyd *f, ml_arena *arena) {
    f->centre = ml_models_matrix(arena, f->k, f->d);
    f->previous = ml_models_matrix(arena, f->k, f->d);
    f->sum = ml_models_matrix(arena, f->k, f->d);
    f->group = ml_centre_groups(f->k, f->d, arena);
    f->near = ML_ALLOC(arena, f->k, double);
    f->moved = ML_ALLOC(arena, f->k, double);
    f->upper = ML_ALLOC(arena, f->n, double);
    f->lower = ML_ALLOC(arena, f->n, double);
    f->label = ML_ALLOC(arena, f->n, uint32_t);
    f->count = ML_ALLOC(arena, f->k, uint32_t);
    f->is_taken = ML_ALLOC(arena, f->n, uint8_t);
    return f->centre && f->previous && f->sum && f->group && f->near && f->moved && f->upper && f->lower && f->label &&
           f->count && f->is_taken;
}

/* A row that is nearer to its centre than half the way to the next one has no nearer centre. */
static void measure_centres(lloyd *f) {
    for (size_t c = 0; c < f->k; c++)
        f->near[c] = (double)INFINITY;
    for (size_t c = 0; c < f->k; c++)
        for (size_t b = 0; b < c; b++) {
            const double half = 0.5 * sqrt(ml_squared_distance(f->d, f->centre + c * f->d, f->centre + b * f->d));
            f->near[c] = half < f->near[c] ? half : f->near[c];
            f->near[b] = half < f->near[b] ? half : f->near[b];
        }
    for (size_t c = 0; c < f->k; c++)
        f->near[c] *= 1.0 - SLACK;
}

static void give(lloyd *f, const double *row, uint32_t from, uint32_t to) {
    for (size_t j = 0; j < f->d; j++) {
        f->sum[from * f->d + j] -= row[j];
        f->sum[to * f->d + j] += row[j];
    }
    f->count[from]--;
    f->count[to]++;
}

/* Each row to its nearest centre; returns how many changed. To make a bound exact first may spare the other distances,
 * which is worth it where they are many. */
static size_t assign(lloyd *f) {
    size_t changed = 0;
    measure_centres(f);
    ml_centre_pack(f->k, f->d, f->centre, f->group);
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->x + i * f->d;
        const uint32_t own = f->label[i];
        const double near = f->near[own], bound = f->lower[i] > near ? f->lower[i] : near;
        if (f->upper[i] < bound)
            continue;
        if (f->k > 2 * ML_CENTRE_GROUP) {
            f->upper[i] = sqrt(ml_squared_distance(f->d, row, f->centre + own * f->d)) * (1.0 + SLACK);
            if (f->upper[i] < bound)
                continue;
        }
        const ml_nearest_centre found = ml_nearest_centre_of(f->k, f->d, f->group, row);
        f->label[i] = (uint32_t)found.first;
        f->upper[i] = sqrt(found.best) * (1.0 + SLACK);
        f->lower[i] = sqrt(found.second) * (1.0 - SLACK);
        if (f->label[i] == own)
            continue;
        changed++;
        if (f->has_sums)
            give(f, row, own, f->label[i]);
    }
    return changed;
}

static void add_up(lloyd *f) {
    memset(f->sum, 0, f->k * f->d * sizeof *f->sum);
    memset(f->count, 0, f->k * sizeof *f->count);
    for (size_t i = 0; i < f->n; i++) {
        double *const sum = f->sum + f->label[i] * f->d;
        for (size_t j = 0; j < f->d; j++)
            sum[j] += f->x[i * f->d + j];
        f->count[f->label[i]]++;
    }
    f->has_sums = true;
}

/* The row farthest from its centre, of equals the first, among those that were not taken yet and leave a row behind;
 * n if there is none that is off its centre. */
static size_t farthest(const lloyd *f) {
    size_t row = f->n;
    double most = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        if (f->is_taken[i] || f->count[f->label[i]] < 2)
            continue;
        const double here = ml_squared_distance(f->d, f->x + i * f->d, f->previous + f->label[i] * f->d);
        if (here > most) {
            most = here;
            row = i;
        }
    }
    return row;
}

/* A centre without rows takes the farthest row from the centre that has it; sums are not yet divided. Where no row is
 * off its centre it stays where it was. Returns whether a row was taken. */
static bool fill_empty(lloyd *f) {
    bool is_first = true, was_taken = false;
    for (size_t c = 0; c < f->k; c++) {
        if (f->count[c] > 0)
            continue;
        if (is_first)
            memset(f->is_taken, 0, f->n);
        is_first = false;
        const size_t row = farthest(f);
        double *const sum = f->centre + c * f->d;
        if (row == f->n) {
            memcpy(sum, f->previous + c * f->d, f->d * sizeof *sum);
            continue;
        }
        f->is_taken[row] = 1;
        was_taken = true;
        f->count[f->label[row]]--;
        for (size_t j = 0; j < f->d; j++) {
            f->centre[f->label[row] * f->d + j] -= f->x[row * f->d + j];
            sum[j] = f->x[row * f->d + j];
        }
    }
    return was_taken;
}

/* Each centre to the mean of its rows; returns the sum of the squared moves, infinite if a centre was given a row. */
static double move(lloyd *f) {
    memcpy(f->previous, f->centre, f->k * f->d * sizeof *f->centre);
    memcpy(f->centre, f->sum, f->k * f->d * sizeof *f->centre);
    double moves = 0.0;
    if (fill_empty(f)) {
        moves = (double)INFINITY;
        f->has_sums = false; /* what was taken is counted where it went, and labelled where it was */
    }
    for (size_t c = 0; c < f->k; c++) {
        for (size_t j = 0; j < f->d && f->count[c] > 1; j++)
            f->centre[c * f->d + j] /= (double)f->count[c];
        const double square = ml_squared_distance(f->d, f->centre + c * f->d, f->previous + c * f->d);
        f->moved[c] = sqrt(square) * (1.0 + SLACK);
        moves += square;
    }
    return moves;
}

/* After the centres moved, by the triangle inequality: a row's own centre came or went by its move, any other by the
 * largest of theirs. */
static void loosen(lloyd *f) {
    size_t most = 0;
    double next = 0.0; /* the largest move but that of `most` */
    for (size_t c = 1; c < f->k; c++)
        if (f->moved[c] > f->moved[most]) {
            next = f->moved[most];
            most = c;
        } else if (f->moved[c] > next) {
            next = f->moved[c];
        }
    for (size_t i = 0; i < f->n; i++) {
        const double other = f->label[i] == most ? next : f->moved[most];
        f->upper[i] = (f->upper[i] + f->moved[f->label[i]]) * (1.0 + SLACK);
        f->lower[i] -= other + SLACK * (f->lower[i] + other);
    }
}

static double mean_variance(const lloyd *f) {
    double sum = 0.0;
    for (size_t j = 0; j < f->d; j++) {
        double mean = 0.0;
        for (size_t i = 0; i < f->n; i++)
            mean += f->x[i * f->d + j] / (double)f->n;
        for (size_t i = 0; i < f->n; i++)
            sum += (f->x[i * f->d + j] - mean) * (f->x[i * f->d + j] - mean);
    }
    return sum / (double)f->n / (double)f->d;
}

static void iterate(lloyd *f, size_t max_iterations, double tolerance, ml_kmeans_report *report) {
    const double small = tolerance > 0.0 ? tolerance * mean_variance(f) : 0.0;
    for (size_t i = 0; i < f->n; i++) { /* nothing is known yet: the first round looks at every row */
        f->upper[i] = (double)INFINITY;
        f->lower[i] = 0.0;
    }
    *report = (ml_kmeans_report){0};
    f->has_sums = false;
    bool is_settled = false; /* the labels belong to the centres as they are */
    while (!report->converged && report->iterations < max_iterations) {
        const size_t changed = assign(f);
        if (!f->has_sums || changed == 0 || changed > f->n / 3) /* few changes: sums that were corrected will do */
            add_up(f);
        const double moves = move(f);
        loosen(f);
        is_settled = changed == 0 && report->iterations > 0 && moves < (double)INFINITY;
        report->converged = is_settled || moves <= small;
        report->iterations++;
    }
    if (!is_settled)
        assign(f);
    for (size_t i = 0; i < f->n; i++)
        report->inertia += ml_squared_distance(f->d, f->x + i * f->d, f->centre + f->label[i] * f->d);
}

static ml_status check(size_t n, size_t d, const double *x, size_t k, size_t max_iterations, double tolerance,
                       ml_error *error) {
    ML_TRY(ml_clusters_check(n, d, x, k, error));
    if (max_iterations == 0)
        return ml_fail(error, ML_EINVAL, "max_iterations is 0; k-means needs at least 1");
    if (!(tolerance >= 0.0))
        return ml_fail(error, ML_EINVAL, "tolerance is %g; it is 0 or more", tolerance);
    return ML_OK;
}

ml_status ml_kmeans_refine(size_t n, size_t d, const double *x, size_t k, size_t max_iterations, double tolerance,
                           double *centre, uint32_t *label, ml_kmeans_report *report, ml_arena *arena,
                           ml_error *error) {
    ML_TRY(check(n, d, x, k, max_iterations, tolerance, error));
    ML_TRY(ml_models_check_magnitude(k, d, centre, error));
    const ml_arena_mark before = ml_arena_save(arena);
    lloyd f = {.n = n, .d = d, .k = k, .x = x};
    const bool fits = allocate(&f, arena);
    if (fits) {
        memcpy(f.centre, centre, k * d * sizeof *centre);
        iterate(&f, max_iterations, tolerance, report);
        memcpy(centre, f.centre, k * d * sizeof *centre);
        if (label != NULL)
            memcpy(label, f.label, n * sizeof *label);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_clusters_out_of_memory("k-means", n, d, k, error);
}

ml_status ml_kmeans_fit(size_t n, size_t d, const double *x, size_t k, size_t starts, size_t max_iterations,
                        double tolerance, ml_rng *rng, double *centre, uint32_t *label, ml_kmeans_report *report,
                        ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, d, x, k, max_iterations, tolerance, error));
    if (starts == 0)
        return ml_fail(error, ML_EINVAL, "starts is 0; k-means needs at least 1");
    const ml_arena_mark before = ml_arena_save(arena);
    lloyd f = {.n = n, .d = d, .k = k, .x = x};
    const bool fits = allocate(&f, arena);
    for (size_t s = 0; fits && s < starts; s++) {
        ml_kmeans_report this_time;
        ml_kmeans_start_into(n, d, x, k, rng, f.centre, f.upper, f.lower);
        iterate(&f, max_iterations, tolerance, &this_time);
        if (s > 0 && this_time.inertia >= report->inertia)
            continue;
        *report = this_time;
        memcpy(centre, f.centre, k * d * sizeof *centre);
        if (label != NULL)
            memcpy(label, f.label, n * sizeof *label);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_clusters_out_of_memory("k-means", n, d, k, error);
}
