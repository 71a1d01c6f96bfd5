/* Every metric, on predictions that are partly right, ties among them. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "metrics/metrics.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { N = 300, K = 4, D = 3 };

static double score[N], probability[N], shares[N * K], truth_number[N], said_number[N];
static uint8_t label[N], flags[N * K], said_flags[N * K];
static uint32_t truth[N], said[N], order[2 * N];
static ml_arena *arena;

static void make_data(void) {
    ml_rng rng = ml_rng_seed(81, 0);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        label[i] = (uint8_t)ml_rng_bernoulli(&rng, 0.3);
        score[i] = i % 3 ? label[i] + 1.5 * ml_rng_normal(&rng) : floor(3 * ml_rng_normal(&rng));
        probability[i] = 1 / (1 + fabs(score[i])); /* whatever: not calibrated, but within [0, 1] */
        truth[i] = (uint32_t)ml_rng_below(&rng, K);
        said[i] = ml_rng_bernoulli(&rng, 0.6) ? truth[i] : (uint32_t)ml_rng_below(&rng, K);
        truth_number[i] = 1 + 5 * ml_rng_uniform(&rng);
        said_number[i] = truth_number[i] + ml_rng_normal(&rng);
        for (size_t c = 0; c < K; c++) {
            sum += shares[i * K + c] = ml_rng_exponential(&rng, c == truth[i] ? 3 : 1);
            flags[i * K + c] = (uint8_t)ml_rng_bernoulli(&rng, 0.4);
            said_flags[i * K + c] = flags[i * K + c] ^ (uint8_t)ml_rng_bernoulli(&rng, 0.2);
        }
        for (size_t c = 0; c < K; c++)
            shares[i * K + c] /= sum;
    }
}

static void take_figures(ml_figures figures) {
    take_number(figures.precision);
    take_number(figures.recall);
    take_number(figures.f);
    take_number(figures.jaccard);
}

static void report_classification(void) {
    uint32_t confusion[K * K];
    ml_counts counts[K];
    ml_figures figures;
    double figure, recall[K];
    CHECKED(ml_confusion(N, K, truth, said, confusion, NULL));
    take_words(K * K, confusion);
    ml_counts_of_classes(K, confusion, counts);
    for (int average = ML_AVERAGE_MICRO; average <= ML_AVERAGE_WEIGHTED; average++) {
        CHECKED(ml_figures_average(K, counts, 0.5 + average, (ml_average)average, &figures, NULL));
        take_figures(figures);
    }
    ml_recall_per_class(K, confusion, recall);
    take_doubles(K, recall);
    CHECKED(ml_balanced_accuracy(K, confusion, &figure, NULL));
    take_number(figure);
    CHECKED(ml_mcc(K, confusion, &figure, NULL));
    take_number(figure);
    for (int weight = ML_KAPPA_NONE; weight <= ML_KAPPA_QUADRATIC; weight++) {
        CHECKED(ml_cohen_kappa(K, confusion, (ml_kappa_weight)weight, &figure, NULL));
        take_number(figure);
    }
    CHECKED(ml_log_loss_classes(N, K, shares, truth, &figure, NULL));
    take_number(figure);
    report_taken("classification");
    CHECKED(ml_figures_samples(N, K, flags, said_flags, 1, &figures, NULL));
    take_figures(figures);
    CHECKED(ml_hamming_loss(N, K, flags, said_flags, &figure, NULL));
    take_number(figure);
    CHECKED(ml_subset_accuracy(N, K, flags, said_flags, &figure, NULL));
    take_number(figure);
    report_taken("several labels");
}

static void report_binary(void) {
    double figure, threshold, low, high;
    CHECKED(ml_metric_log_loss(N, probability, label, &figure, NULL));
    take_number(figure);
    CHECKED(ml_metric_log_loss_logits(N, score, label, &figure, NULL));
    take_number(figure);
    CHECKED(ml_metric_auc(N, score, label, order, &figure, NULL));
    take_number(figure);
    CHECKED(ml_metric_expected_cost(N, score, label, 0.5, 1.5, 7, &figure, NULL));
    take_number(figure);
    CHECKED(ml_metric_best_threshold(N, score, label, 1.5, 7, order, &threshold, &figure, NULL));
    take_number(threshold);
    take_number(figure);
    take_number(ml_cost_threshold(1.5, 7));
    ml_review_band(1.5, 7, 0.3, &low, &high);
    take_number(low);
    take_number(high);
    report_taken("scores and costs");
}

static void report_curves(void) {
    ml_curve curve;
    double across[N + 1], up[N + 1], threshold, auc;
    CHECKED(ml_curve_init(&curve, N, score, label, arena, NULL));
    take_doubles(curve.points, curve.threshold);
    take_words(curve.points, curve.true_positive);
    take_words(curve.points, curve.false_positive);
    ml_roc_curve(&curve, across, up);
    take_doubles(curve.points, across);
    take_doubles(curve.points, up);
    ml_pr_curve(&curve, across, up);
    take_doubles(curve.points, across);
    take_doubles(curve.points, up);
    take_number(ml_roc_area(&curve));
    take_number(ml_average_precision(&curve));
    take_number(ml_best_fbeta(&curve, 2, &threshold));
    take_number(threshold);
    ml_cost_by_threshold(&curve, 1, 4, up);
    take_doubles(curve.points, up);
    ml_cost_curve(&curve, N, probability, up);
    take_doubles(N, up);
    for (int average = ML_AVERAGE_MACRO; average <= ML_AVERAGE_WEIGHTED; average++) {
        CHECKED(ml_auc_classes(N, K, shares, truth, (ml_average)average, &auc, arena, NULL));
        take_number(auc);
    }
    report_taken("curves");
}

static void report_calibration(void) {
    enum { BINS = 12 };
    ml_reliability_bin bin[BINS];
    ml_isotonic isotonic;
    double figure, slope, intercept;
    CHECKED(ml_brier(N, probability, label, &figure, NULL));
    take_number(figure);
    for (int binning = ML_BINS_EQUAL_WIDTH; binning <= ML_BINS_EQUAL_MASS; binning++) {
        CHECKED(ml_reliability(N, probability, label, BINS, (ml_binning)binning, order, bin, NULL));
        for (size_t b = 0; b < BINS; b++) {
            take_number((double)bin[b].n);
            take_number(bin[b].mean_probability);
            take_number(bin[b].share_positive);
        }
        take_number(ml_ece(BINS, bin));
        take_number(ml_mce(BINS, bin));
    }
    take_number(ml_expected_calibration_error(probability, label, N, BINS));
    CHECKED(ml_temperature_fit(N, score, label, &figure, NULL));
    take_number(figure);
    CHECKED(ml_temperature_fit_classes(N / K, K, score, truth, &figure, NULL));
    take_number(figure);
    CHECKED(ml_platt_fit(N, score, label, &slope, &intercept, NULL));
    take_number(slope);
    take_number(intercept);
    CHECKED(ml_isotonic_fit(N, score, said_number, probability, &isotonic, arena, NULL));
    take_doubles(isotonic.blocks, isotonic.first);
    take_doubles(isotonic.blocks, isotonic.value);
    for (double at = -6; at < 6; at += 0.1)
        take_number(ml_isotonic_apply(&isotonic, at));
    report_taken("calibration");
}

static void report_ranking(void) {
    enum { QUERIES = 12 };
    size_t start[QUERIES + 1];
    double relevance[N], scratch[3 * N], figure;
    ml_ranking ranking;
    for (size_t i = 0; i < N; i++)
        relevance[i] = truth[i];
    for (size_t q = 0; q <= QUERIES; q++)
        start[q] = q * q * N / (QUERIES * QUERIES);
    for (int gain = ML_GAIN_LINEAR; gain <= ML_GAIN_EXPONENTIAL; gain++) {
        CHECKED(ml_dcg(N, relevance, 50, (ml_gain)gain, &figure, NULL));
        take_number(figure);
        CHECKED(ml_ndcg(N, relevance, 20, (ml_gain)gain, scratch, &figure, NULL));
        take_number(figure);
        CHECKED(ml_ranking_of(QUERIES, start, score, relevance, 5, (ml_gain)gain, order, scratch, &ranking, NULL));
        take_number(ranking.ndcg);
        take_number(ranking.map);
        take_number(ranking.mrr);
        take_number(ranking.precision);
        take_number(ranking.recall);
        take_number(ranking.hit_rate);
    }
    take_number(ml_precision_at(N, label, 30));
    take_number(ml_recall_at(N, label, 30));
    take_number(ml_average_precision_at(N, label, 30));
    take_number(ml_reciprocal_rank(N, label, 30));
    report_taken("ranking");
}

static void report_clusters(void) {
    double rows[N * D], each[N], mean;
    ml_agreement agreement;
    for (size_t i = 0; i < N * D; i++)
        rows[i] = score[i % N] * (1 + (double)(i / N)) + truth[i % N];
    CHECKED(ml_silhouette(N, D, rows, said, K, each, &mean, arena, NULL));
    take_doubles(N, each);
    take_number(mean);
    CHECKED(ml_agreement_of(N, K, truth, K, said, &agreement, arena, NULL));
    take_number(agreement.rand);
    take_number(agreement.adjusted_rand);
    take_number(agreement.mutual_information);
    take_number(agreement.normalised_mutual_information);
    take_number(agreement.homogeneity);
    take_number(agreement.completeness);
    report_taken("clusters");
}

static void report_regression(void) {
    static ml_status (*const metric[])(size_t, const double *, const double *, double *, ml_error *) = {
        ml_metric_mse, ml_rmse, ml_mae, ml_max_error, ml_r2, ml_explained_variance, ml_mape, ml_smape};
    double figure, scratch[3 * N];
    for (size_t i = 0; i < sizeof metric / sizeof *metric; i++) {
        CHECKED(metric[i](N, truth_number, said_number, &figure, NULL));
        take_number(figure);
    }
    CHECKED(ml_median_absolute_error(N, truth_number, said_number, scratch, &figure, NULL));
    take_number(figure);
    CHECKED(ml_pinball(N, truth_number, said_number, 0.9, &figure, NULL));
    take_number(figure);
    CHECKED(ml_huber(N, truth_number, said_number, 0.7, &figure, NULL));
    take_number(figure);
    CHECKED(ml_median(N, said_number, scratch, &figure, NULL));
    take_number(figure);
    report_taken("regression");
}

void report_metrics(void) {
    arena = empty_arena();
    make_data();
    report_classification();
    report_binary();
    report_curves();
    report_calibration();
    report_ranking();
    report_clusters();
    report_regression();
}
