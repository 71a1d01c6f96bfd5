/* The library's side of the race of classical models: what `make bench-peers` and `make bench-sklearn` time, behind a
 * few plain functions. The host reads the clock.
 *
 * The rows are made here too, from a seed, and handed to every contender; so are the centres from which k-means and
 * mixtures start, because how long these take depends on it. */
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "export.h"
#include "metrics/metrics.h"
#include "models/models.h"

enum { BYTES = 160 << 20, D = 20, CLUSTERS = 8, COMPONENTS = 5, TEST_ROWS = 1000, NEIGHBOURS = 5 };

static struct {
    const struct workload *workload;
    size_t n, classes;
    double *x, *y;   /* [n + TEST_ROWS x D], [n + TEST_ROWS]: the last rows are for the quality */
    uint32_t *label; /* [n + TEST_ROWS] */
    double *start;   /* [CLUSTERS x D] */
    ml_arena_mark data;
    ml_model model;
    double quality;
} now;

static ml_arena arena;
static ml_error error;

/* --- Rows --------------------------------------------------------------------------------------------------------- */

/* Correlated normal features; the target is a linear function of them, bent a little, plus noise. */
static void make_numbers(ml_rng *rng) {
    double weight[D];
    for (size_t j = 0; j < D; j++)
        weight[j] = j % 3 == 2 ? 0 : ml_rng_normal(rng);
    for (size_t i = 0; i < now.n + TEST_ROWS; i++) {
        double *row = now.x + i * D;
        now.y[i] = ml_rng_normal(rng);
        for (size_t j = 0; j < D; j++) {
            row[j] = ml_rng_normal(rng) + (j > 0 ? 0.4 * row[j - 1] : 0);
            now.y[i] += weight[j] * row[j];
        }
        now.y[i] += 2 * (row[0] > 0.5) * row[1];
    }
}

/* The class with the highest of `classes` such functions. */
static void make_classes(ml_rng *rng) {
    double weight[16 * D];
    for (size_t j = 0; j < now.classes * D; j++)
        weight[j] = ml_rng_normal(rng);
    for (size_t i = 0; i < now.n + TEST_ROWS; i++) {
        const double *row = now.x + i * D;
        double best = (double)-INFINITY;
        for (size_t c = 0; c < now.classes; c++) {
            double score = 3 * ml_rng_normal(rng);
            for (size_t j = 0; j < D; j++)
                score += weight[c * D + j] * row[j];
            score += 3 * row[c] * row[c + 1];
            if (score > best) {
                best = score;
                now.label[i] = (uint32_t)c;
            }
        }
    }
}

/* Clouds that overlap. */
static void make_clusters(ml_rng *rng) {
    double centre[CLUSTERS * D];
    for (size_t j = 0; j < CLUSTERS * D; j++)
        centre[j] = 1.5 * ml_rng_normal(rng);
    for (size_t i = 0; i < (now.n + TEST_ROWS) * D; i++)
        now.x[i] = centre[i / D % CLUSTERS * D + i % D] + (1 + 0.1 * (double)(i % D)) * ml_rng_normal(rng);
}

/* --- Fits --------------------------------------------------------------------------------------------------------- */

typedef struct workload {
    const char *name, *kind; /* kind: of ml_model_kinds; NULL: `fit` does it */
    size_t classes;          /* 0: a number is to be predicted, or nothing */
    struct {
        const char *name;
        double value;
    } set[3];
    ml_status (*fit)(void); /* sets now.quality */
    bool is_clusters;
} workload;

static ml_status fit_kind(void) {
    const workload *w = now.workload;
    const ml_model_kind *kind;
    double setting[ML_MODEL_MAX_SETTINGS];
    const ml_dataset data = {now.n, D, now.x, now.y, now.label, now.classes};
    ML_TRY(ml_model_find(w->kind, &kind, &error));
    ml_model_defaults(kind, setting);
    for (size_t i = 0; i < sizeof w->set / sizeof *w->set && w->set[i].name != NULL; i++)
        ML_TRY(ml_model_set(kind, w->set[i].name, w->set[i].value, setting, &error));
    return ml_model_fit(kind, w->classes > 0 ? ML_CLASSIFICATION : ML_REGRESSION, &data, setting, 1, &arena, &now.model,
                        &error);
}

/* All the work of k nearest neighbours is in the answer. */
static ml_status fit_and_answer(void) {
    double *answer = ML_ALLOC(&arena, TEST_ROWS, double);
    ML_TRY(fit_kind());
    return ml_model_predict(&now.model, TEST_ROWS, now.x + now.n * D, answer, &arena, &error);
}

static ml_status fit_k_means(void) {
    double centre[CLUSTERS * D];
    ml_kmeans_report report;
    memcpy(centre, now.start, sizeof centre);
    ML_TRY(ml_kmeans_refine(now.n, D, now.x, CLUSTERS, 300, 0, centre, NULL, &report, &arena, &error));
    now.quality = report.inertia;
    return ML_OK;
}

static ml_status fit_pca(void) {
    double mean[D], component[COMPONENTS * D], variance[COMPONENTS], ratio[COMPONENTS];
    ML_TRY(ml_pca_fit(now.n, D, now.x, COMPONENTS, mean, component, variance, ratio, &arena, &error));
    now.quality = 0;
    for (size_t i = 0; i < COMPONENTS; i++)
        now.quality += ratio[i];
    return ML_OK;
}

/* From equal weights, the given means, and unit covariances. */
static ml_status fit_mixture(void) {
    double weight[CLUSTERS], mean[CLUSTERS * D], covariance[CLUSTERS * D * D] = {0};
    ml_mixture mixture = {D, CLUSTERS, ML_COVARIANCE_FULL, weight, mean, covariance};
    ml_mixture_report report;
    memcpy(mean, now.start, sizeof mean);
    for (size_t c = 0; c < CLUSTERS; c++) {
        weight[c] = 1.0 / CLUSTERS;
        for (size_t j = 0; j < D; j++)
            covariance[(c * D + j) * D + j] = 1;
    }
    ML_TRY(ml_mixture_fit(now.n, now.x, 1e-6, 1e-3, 100, &mixture, &report, &arena, &error));
    now.quality = report.log_likelihood;
    return ML_OK;
}

static const workload workloads[] = {
    {.name = "linear", .kind = "linear", .fit = fit_kind},
    {.name = "ridge", .kind = "ridge", .set = {{"l2", 1}}, .fit = fit_kind},
    {.name = "lasso", .kind = "lasso", .set = {{"l1", 0.05}}, .fit = fit_kind},
    {.name = "logistic", .kind = "logistic", .classes = 2, .fit = fit_kind},
    {.name = "softmax", .kind = "logistic", .classes = 5, .fit = fit_kind},
    {.name = "knn", .kind = "knn", .classes = 5, .set = {{"k", NEIGHBOURS}}, .fit = fit_and_answer},
    {.name = "naive-bayes", .kind = "naive-bayes", .classes = 5, .fit = fit_kind},
    {.name = "tree", .kind = "tree", .classes = 2, .fit = fit_kind},
    {.name = "forest", .kind = "forest", .classes = 2, .set = {{"n_trees", 20}}, .fit = fit_kind},
    {.name = "boosting", .kind = "boosting", .classes = 2, .fit = fit_kind},
    {.name = "kmeans", .fit = fit_k_means, .is_clusters = true},
    {.name = "pca", .fit = fit_pca, .is_clusters = true},
    {.name = "mixture", .fit = fit_mixture, .is_clusters = true},
};

/* --- What the host calls ------------------------------------------------------------------------------------------ */

/* Makes the rows of a workload; its number is its place in the table. */
ml_status EXPORT(classical_open)(int32_t which, int32_t rows) {
    ml_rng rng = ml_rng_seed(2026, 1), start = ml_rng_seed(2026, 2);
    if (arena.memory == NULL)
        arena = ml_arena_over(malloc(BYTES), BYTES);
    if (arena.memory == NULL)
        return ml_fail(&error, ML_ENOMEM, "there are no %d bytes for the bench", (int)BYTES);
    arena.used = 0;
    memset(&now, 0, sizeof now);
    now.workload = workloads + which;
    now.classes = now.workload->classes;
    now.n = (size_t)rows;
    now.x = ML_ALLOC(&arena, (now.n + TEST_ROWS) * D, double);
    now.y = ML_ALLOC(&arena, now.n + TEST_ROWS, double);
    now.label = ML_ALLOC(&arena, now.n + TEST_ROWS, uint32_t);
    now.start = ML_ALLOC(&arena, CLUSTERS * D, double);
    if (now.start == NULL)
        return ml_fail(&error, ML_ENOMEM, "%zu rows do not fit", now.n);
    make_numbers(&rng);
    make_classes(&rng);
    if (now.workload->is_clusters) {
        make_clusters(&rng);
        ML_TRY(ml_kmeans_start(now.n, D, now.x, CLUSTERS, &start, now.start, &arena, &error));
    }
    now.data = ml_arena_save(&arena);
    return ML_OK;
}

ml_status EXPORT(classical_fit)(int32_t times) {
    for (int32_t i = 0; i < times; i++) {
        ml_arena_release(&arena, now.data);
        ML_TRY(now.workload->fit());
    }
    return ML_OK;
}

/* How good the last fit is: accuracy or R^2 on rows that it has not seen; of k-means the inertia, of PCA the share of
 * the variance, of a mixture the mean log-likelihood, of the rows that it has. NaN if it cannot be said. */
double EXPORT(classical_quality)(void) {
    const double *truth = now.y + now.n;
    double predicted[TEST_ROWS], quality = (double)NAN;
    if (now.workload->kind == NULL)
        return now.quality;
    if (ml_model_predict(&now.model, TEST_ROWS, now.x + now.n * D, predicted, &arena, &error) != ML_OK)
        return (double)NAN;
    if (now.classes == 0)
        return ml_r2(TEST_ROWS, truth, predicted, &quality, &error) == ML_OK ? quality : (double)NAN;
    size_t right = 0;
    for (size_t i = 0; i < TEST_ROWS; i++)
        right += (uint32_t)predicted[i] == now.label[now.n + i];
    return (double)right / TEST_ROWS;
}

const char *EXPORT(classical_name)(int32_t which) {
    return which < (int32_t)(sizeof workloads / sizeof *workloads) ? workloads[which].name : "";
}

const char *EXPORT(classical_error)(void) {
    return error.message;
}

int32_t EXPORT(classical_columns)(void) {
    return D;
}

int32_t EXPORT(classical_test_rows)(void) {
    return TEST_ROWS;
}

int32_t EXPORT(classical_clusters)(void) {
    return CLUSTERS;
}

double *EXPORT(classical_x)(void) {
    return now.x;
}

double *EXPORT(classical_y)(void) {
    return now.y;
}

uint32_t *EXPORT(classical_label)(void) {
    return now.label;
}

double *EXPORT(classical_start)(void) {
    return now.start;
}
