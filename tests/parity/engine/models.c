/* What the library of models has beside its kinds: clusters, decompositions, factors, Shapley values, and the functions
 * that stand alone. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "models/models.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { N = 160, D = 6, K = 4 };

static double x[N * D], y[N];
static uint32_t label[N];
static uint8_t binary[N];
static ml_arena *arena;

/* K clouds; y is a number that follows them, and the class that of the cloud. */
static void make_data(void) {
    ml_rng rng = ml_rng_seed(41, 0);
    double centre[K * D];
    fill_normal(&rng, K * D, 2, centre);
    for (size_t i = 0; i < N; i++) {
        label[i] = (uint32_t)(i % K);
        binary[i] = (uint8_t)(i % K > 1);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = centre[i % K * D + j] + ml_rng_normal(&rng);
        y[i] = x[i * D] - 0.5 * x[i * D + 1] * x[i * D + 2] + 0.1 * ml_rng_normal(&rng);
    }
}

/* --- Clusters ----------------------------------------------------------------------------------------------------- */

static void take_report(const ml_kmeans_report *report) {
    take_number(report->inertia);
    take_number((double)report->iterations);
    take_number(report->converged);
}

static void report_k_means(size_t k) {
    ml_rng rng = ml_rng_seed(42, k);
    double centre[12 * D], distance[N], inertia;
    uint32_t of[N];
    ml_kmeans_report report;
    CHECKED(ml_kmeans_start(N, D, x, k, &rng, centre, arena, NULL));
    take_doubles(k * D, centre);
    CHECKED(ml_kmeans_refine(N, D, x, k, 50, 1e-4, centre, of, &report, arena, NULL));
    take_doubles(k * D, centre);
    take_words(N, of);
    take_report(&report);
    CHECKED(ml_kmeans_fit(N, D, x, k, 3, 100, 0, &rng, centre, of, &report, arena, NULL));
    take_doubles(k * D, centre);
    take_report(&report);
    CHECKED(ml_kmeans_minibatch(N, D, x, k, 30, 20, &rng, centre, of, &inertia, arena, NULL));
    take_doubles(k * D, centre);
    take_number(inertia);
    CHECKED(ml_kmeans_assign(N, D, x, k, centre, of, distance, arena, NULL));
    take_words(N, of);
    take_doubles(N, distance);
    report_taken("k-means, %u clusters", (unsigned)k);
}

static void report_dbscan(double radius, size_t min_rows) {
    int32_t of[N];
    size_t clusters;
    CHECKED(ml_dbscan(N, D, x, radius, min_rows, of, &clusters, arena, NULL));
    take_bytes(sizeof of, of);
    take_number((double)clusters);
    report_taken("DBSCAN, radius %g, %u rows", radius, (unsigned)min_rows);
}

static void report_mixture(size_t k, ml_covariance covariance) {
    ml_rng rng = ml_rng_seed(43, k);
    double weight[K], mean[K * D], spread[K * D * D], density[N], responsibility[N * K];
    const size_t spreads = k * D * (covariance == ML_COVARIANCE_FULL ? D : 1);
    ml_mixture mixture = {D, k, covariance, weight, mean, spread};
    ml_mixture_report report;
    for (size_t i = 0; i < K * D * D; i++)
        spread[i] = 0; /* the upper triangle stays as it is */
    CHECKED(ml_mixture_start(N, x, 1e-6, &rng, &mixture, arena, NULL));
    CHECKED(ml_mixture_fit(N, x, 1e-6, 1e-6, 60, &mixture, &report, arena, NULL));
    CHECKED(ml_mixture_predict(N, x, &mixture, density, responsibility, arena, NULL));
    take_doubles(k, weight);
    take_doubles(k * D, mean);
    take_doubles(spreads, spread);
    take_doubles(N, density);
    take_doubles(N * k, responsibility);
    take_number(report.log_likelihood);
    take_number((double)report.iterations);
    report_taken("mixture, %u components, shape %d", (unsigned)k, (int)covariance);
}

/* --- Decompositions ----------------------------------------------------------------------------------------------- */

static void report_decomposition(size_t n, size_t d, size_t k) {
    double mean[N], component[N * N], variance[N], ratio[N], score[N * D], row[N * D];
    CHECKED(ml_svd(n, d, x, k, score, variance, component, arena, NULL));
    take_doubles(n * k, score);
    take_doubles(k, variance);
    take_doubles(k * d, component);
    report_taken("SVD of %u x %u to %u", (unsigned)n, (unsigned)d, (unsigned)k);
    CHECKED(ml_pca_fit(n, d, x, k, mean, component, variance, ratio, arena, NULL));
    ml_pca_transform(n, d, x, k, mean, component, score);
    ml_pca_restore(n, d, score, k, mean, component, row);
    take_doubles(d, mean);
    take_doubles(k * d, component);
    take_doubles(k, variance);
    take_doubles(k, ratio);
    take_doubles(n * k, score);
    take_doubles(n * d, row);
    report_taken("PCA of %u x %u to %u", (unsigned)n, (unsigned)d, (unsigned)k);
}

static void report_eigenvectors(size_t n) {
    double value[20], vector[400];
    CHECKED(ml_eigh(n, x, value, vector, arena, NULL));
    take_doubles(n, value);
    take_doubles(n * n, vector);
    report_taken("eigenvectors of %u x %u", (unsigned)n, (unsigned)n);
}

/* --- Factors ------------------------------------------------------------------------------------------------------ */

enum { USERS = 25, ITEMS = 18, RATINGS = 200, FACTORS = 3 };

static void take_factors(const ml_factors *f) {
    take_number(f->mean);
    take_doubles(USERS, f->user_bias);
    take_doubles(ITEMS, f->item_bias);
    take_doubles(USERS * FACTORS, f->user);
    take_doubles(ITEMS * FACTORS, f->item);
    take_number(ml_factors_predict(f, 3, 7));
}

static void report_factors(void) {
    ml_rng rng = ml_rng_seed(44, 0);
    uint32_t user[RATINGS], item[RATINGS];
    double value[RATINGS], user_bias[USERS], item_bias[ITEMS], users[USERS * FACTORS], items[ITEMS * FACTORS], told;
    ml_factors factors = {USERS, ITEMS, FACTORS, 0, user_bias, item_bias, users, items};
    const ml_ratings ratings = {RATINGS, USERS, ITEMS, user, item, value};
    fill_below(&rng, RATINGS, USERS, user);
    fill_below(&rng, RATINGS, ITEMS, item);
    for (size_t r = 0; r < RATINGS; r++)
        value[r] = (double)(1 + (user[r] * item[r] + ml_rng_below(&rng, 2)) % 5);
    ml_factors_start(&factors, 0.1, &rng);
    CHECKED(ml_factors_als(&ratings, 0.5, 10, &factors, &told, arena, NULL));
    take_factors(&factors);
    take_number(told);
    report_taken("factors by alternating least squares");
    ml_factors_start(&factors, 0.1, &rng);
    CHECKED(ml_factors_sgd(&ratings, 0.02, 0.05, 15, &rng, &factors, &told, arena, NULL));
    take_factors(&factors);
    take_number(told);
    report_taken("factors by stochastic gradient descent");
    ml_factors_start(&factors, 0.1, &rng);
    CHECKED(ml_als_implicit(&ratings, 0.3, 10, 8, &factors, arena, NULL));
    take_factors(&factors);
    report_taken("factors of events");
}

static void report_factorisation_machine(void) {
    enum { FEATURES = 12, ROWS = 300 };
    ml_rng rng = ml_rng_seed(45, 0);
    double weight[FEATURES] = {0}, square_weight[FEATURES] = {0}, scratch[FACTORS];
    double factor[FEATURES * FACTORS], square_factor[FEATURES * FACTORS] = {0};
    ml_machine machine = {.d = FEATURES, .k = FACTORS, .weight = weight, .square_weight = square_weight,
                          .factor = factor, .square_factor = square_factor};
    fill_normal(&rng, FEATURES * FACTORS, 0.05, factor);
    for (uint32_t i = 0; i < ROWS; i++) {
        const uint32_t index[] = {i % 4, 4 + i / 4 % 5, 9 + i % 3};
        const double value[] = {1, 0.5, ml_rng_normal(&rng)};
        const ml_sparse_row row = {3, index, i % 2 ? value : NULL};
        const double score = ml_machine_score(&machine, row);
        ml_machine_learn(&machine, row, score - (double)(index[0] * index[1] % 3), 0.1, 0.001, scratch);
        take_number(score);
    }
    take_number(machine.bias);
    take_doubles(FEATURES, weight);
    take_doubles(FEATURES * FACTORS, factor);
    take_doubles(FEATURES * FACTORS, square_factor);
    report_taken("factorisation machine");
}

/* --- Trees -------------------------------------------------------------------------------------------------------- */

static void report_shapley_values(size_t classes) {
    const ml_tree_rows rows = {.n = N, .d = D, .x = x, .classes = classes, .label = classes > 0 ? label : NULL, .y = y};
    ml_forest_settings forest_settings = ml_forest_defaults(D, classes);
    ml_gbt_settings gbt_settings = ml_gbt_defaults();
    ml_trees forest;
    ml_gbt gbt;
    double phi[D * K], base[K], importance[D], out_of_bag[N * K];
    const size_t outputs = classes > 0 ? classes : 1;
    arena = empty_arena();
    forest_settings.n_trees = 12;
    forest_settings.seed = 3;
    gbt_settings.n_rounds = 15;
    gbt_settings.max_depth = 4;
    CHECKED(ml_forest_fit(&rows, &forest_settings, &forest, out_of_bag, arena, NULL));
    CHECKED(ml_gbt_fit(&rows, &rows, &gbt_settings, &gbt, arena, NULL));
    ml_trees_importance(&forest, importance);
    take_doubles(D, importance);
    take_doubles(N * outputs, out_of_bag);
    take_number(ml_forest_score(&rows, out_of_bag));
    for (size_t i = 0; i < N; i += 7) {
        CHECKED(ml_trees_shap(&forest, x + i * D, phi, base, arena, NULL));
        take_doubles(D * outputs, phi);
        take_doubles(outputs, base);
        CHECKED(ml_gbt_shap(&gbt, x + i * D, phi, base, arena, NULL));
        take_doubles(D * outputs, phi);
        take_doubles(outputs, base);
        take_number(ml_trees_leaf(&forest, 2, x + i * D));
    }
    report_taken("Shapley values of trees, %u classes", (unsigned)classes);
}

static void report_tree_settings(void) {
    for (int criterion = ML_TREE_GINI; criterion <= ML_TREE_SQUARED_ERROR; criterion++) {
        const size_t classes = criterion == ML_TREE_SQUARED_ERROR ? 0 : K;
        ml_tree_rows rows = {.n = N, .d = D, .x = x, .classes = classes, .label = label, .y = y};
        double weight[N];
        ml_rng rng = ml_rng_seed(46, 0);
        fill_uniform(&rng, N, weight);
        rows.weight = weight;
        ml_tree_settings settings = ml_tree_defaults(classes);
        settings.criterion = (ml_tree_criterion)criterion;
        settings.ccp_alpha = 0.01;
        settings.max_features = 3;
        settings.min_impurity_decrease = 1e-3;
        ml_trees tree;
        arena = empty_arena();
        CHECKED(ml_tree_fit(&rows, &settings, 9, &tree, arena, NULL));
        take_doubles(tree.n_nodes, tree.threshold);
        take_doubles(tree.n_nodes * tree.n_outputs, tree.value);
        take_doubles(tree.n_nodes, tree.gain);
        report_taken("tree of weighted rows, criterion %d", criterion);
    }
}

/* --- What stands alone -------------------------------------------------------------------------------------------- */

static void report_logistic(void) {
    double coefficient[K * D], intercept[K], probability[N * K];
    int32_t iterations;
    CHECKED(ml_logistic_fit(N, D, x, binary, 0.5, coefficient, intercept, &iterations, arena, NULL));
    ml_logistic_predict(N, D, x, coefficient, *intercept, probability);
    take_doubles(D, coefficient);
    take_doubles(1, intercept);
    take_number(iterations);
    take_doubles(N, probability);
    report_taken("ml_logistic_fit");
    CHECKED(ml_logistic_descend(N, D, x, binary, 0.01, 0.3, 40, coefficient, intercept, arena, NULL));
    take_doubles(D, coefficient);
    take_doubles(1, intercept);
    report_taken("ml_logistic_descend");
}

static void report_nearest(void) {
    enum { NEAREST = 7 };
    uint32_t nearest[N * NEAREST];
    uint8_t predicted[N];
    double distance[N * NEAREST], mean[K * D], log_prior[K];
    float score[N * K];
    CHECKED(ml_knn_nearest(N, D, x, NEAREST, N, x, nearest, distance, NULL));
    CHECKED(ml_knn_classify(N, D, x, binary, NEAREST, N, x, predicted, arena, NULL));
    take_words(N * NEAREST, nearest);
    take_doubles(N * NEAREST, distance);
    take_bytes(N, predicted);
    report_taken("nearest neighbours");
    CHECKED(ml_nearest_mean_fit(N, D, K, x, (const int32_t *)label, mean, log_prior, NULL));
    ml_nearest_mean_scores(N, D, K, x, mean, log_prior, score);
    take_doubles(K * D, mean);
    take_doubles(K, log_prior);
    take_floats(N * K, score);
    report_taken("nearest mean");
}

static void report_gram_matrix(void) {
    double gram[D * D] = {0}, right[D];
    ml_syrk_acc(N, D, x, gram);
    take_doubles(D * D, gram);
    for (size_t j = 0; j < D; j++)
        right[j] = y[j];
    CHECKED(ml_cholesky_solve(D, gram, right, NULL));
    take_doubles(D * D, gram);
    take_doubles(D, right);
    report_taken("Gram matrix, Cholesky");
}

void report_models(void) {
    arena = empty_arena();
    make_data();
    report_k_means(1);
    report_k_means(4);
    report_k_means(12);
    for (double radius = 0.5; radius < 5; radius += 0.5)
        report_dbscan(radius, 1 + (size_t)(2 * radius));
    for (size_t k = 1; k <= K; k++) {
        report_mixture(k, ML_COVARIANCE_FULL);
        report_mixture(k, ML_COVARIANCE_DIAGONAL);
    }
    report_decomposition(N, D, D);
    report_decomposition(N, D, 2);
    report_decomposition(5, 20, 4);
    report_eigenvectors(1);
    report_eigenvectors(7);
    report_eigenvectors(20);
    report_factors();
    report_factorisation_machine();
    report_shapley_values(0);
    report_shapley_values(K);
    report_tree_settings();
    arena = empty_arena();
    report_logistic();
    report_nearest();
    report_gram_matrix();
}
