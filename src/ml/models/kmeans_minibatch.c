/* k-means that looks at a few rows at a time; and which centre a row belongs to. */
#include <string.h>

#include "models/clusters_check.h"
#include "models/magnitude.h"
#include "models/nearest_centre.h"

static void assign(size_t n, size_t d, const double *x, size_t k, const double *group, uint32_t *label,
                   double *distance) {
    for (size_t i = 0; i < n; i++) {
        const ml_nearest_centre found = ml_nearest_centre_of(k, d, group, x + i * d);
        label[i] = (uint32_t)found.first;
        if (distance != NULL)
            distance[i] = found.best;
    }
}

ml_status ml_kmeans_assign(size_t n, size_t d, const double *x, size_t k, const double *centre, uint32_t *label,
                           double *distance, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_magnitude(k, d, centre, error));
    if (n > 0)
        ML_TRY(ml_models_check_magnitude(n, d, x, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const group = ml_centre_groups(k, d, arena);
    if (group != NULL) {
        ml_centre_pack(k, d, centre, group);
        assign(n, d, x, k, group, label, distance);
    }
    ml_arena_release(arena, before);
    return group != NULL ? ML_OK : ml_clusters_out_of_memory("k-means", n, d, k, error);
}

typedef struct minibatch {
    size_t n, d, k, batch, sample; /* sample: rows of the start */
    const double *x;
    double *centre, *group;             /* [k x d] */
    double *rows, *distance, *with;     /* [sample x d], [sample]: of the start */
    uint32_t *order, *picked, *nearest; /* [n], [batch], [batch] */
    uint64_t *seen;                     /* [k] rows that a centre was nearest to */
} minibatch;

static bool allocate(minibatch *f, ml_arena *arena) {
    f->centre = ml_models_matrix(arena, f->k, f->d);
    f->group = ml_centre_groups(f->k, f->d, arena);
    f->rows = ml_models_matrix(arena, f->sample, f->d);
    f->distance = ML_ALLOC(arena, f->sample, double);
    f->with = ML_ALLOC(arena, f->sample, double);
    f->order = ML_ALLOC(arena, f->n, uint32_t);
    f->picked = ML_ALLOC(arena, f->batch, uint32_t);
    f->nearest = ML_ALLOC(arena, f->batch, uint32_t);
    f->seen = ML_ALLOC(arena, f->k, uint64_t);
    return f->centre && f->group && f->rows && f->distance && f->with && f->order && f->picked && f->nearest && f->seen;
}

static void start(minibatch *f, ml_rng *rng) {
    ml_rng_permutation(rng, f->n, f->order);
    for (size_t i = 0; i < f->sample; i++)
        memcpy(f->rows + i * f->d, f->x + f->order[i] * f->d, f->d * sizeof *f->rows);
    ml_kmeans_start_into(f->sample, f->d, f->rows, f->k, rng, f->centre, f->distance, f->with);
}

/* The centres stand still until the whole batch is assigned. */
static void step(minibatch *f, ml_rng *rng) {
    ml_centre_pack(f->k, f->d, f->centre, f->group);
    for (size_t b = 0; b < f->batch; b++) {
        f->picked[b] = (uint32_t)ml_rng_below(rng, f->n);
        f->nearest[b] = (uint32_t)ml_nearest_centre_of(f->k, f->d, f->group, f->x + f->picked[b] * f->d).first;
    }
    for (size_t b = 0; b < f->batch; b++) {
        const double rate = 1.0 / (double)++f->seen[f->nearest[b]];
        double *const centre = f->centre + f->nearest[b] * f->d;
        for (size_t j = 0; j < f->d; j++)
            centre[j] += rate * (f->x[f->picked[b] * f->d + j] - centre[j]);
    }
}

static void finish(const minibatch *f, double *centre, uint32_t *label, double *inertia) {
    memcpy(centre, f->centre, f->k * f->d * sizeof *centre);
    if (label == NULL && inertia == NULL)
        return;
    double sum = 0.0;
    ml_centre_pack(f->k, f->d, f->centre, f->group);
    for (size_t i = 0; i < f->n; i++) {
        const ml_nearest_centre found = ml_nearest_centre_of(f->k, f->d, f->group, f->x + i * f->d);
        sum += found.best;
        if (label != NULL)
            label[i] = (uint32_t)found.first;
    }
    if (inertia != NULL)
        *inertia = sum;
}

ml_status ml_kmeans_minibatch(size_t n, size_t d, const double *x, size_t k, size_t batch, size_t steps, ml_rng *rng,
                              double *centre, uint32_t *label, double *inertia, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_clusters_check(n, d, x, k, error));
    if (batch == 0 || steps == 0)
        return ml_fail(error, ML_EINVAL, "%zu steps of a batch of %zu rows; there is at least one of each", steps,
                       batch);
    const ml_arena_mark before = ml_arena_save(arena);
    const size_t wanted = batch > n / 3 ? n : 3 * batch, sample = wanted > k ? wanted : k;
    minibatch f = {.n = n, .d = d, .k = k, .batch = batch, .sample = sample, .x = x};
    const bool fits = allocate(&f, arena);
    if (fits) {
        start(&f, rng);
        for (size_t s = 0; s < steps; s++)
            step(&f, rng);
        finish(&f, centre, label, inertia);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_clusters_out_of_memory("mini-batch k-means", n, d, k, error);
}
