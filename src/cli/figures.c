#include "figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/intervals.h"
#include "metrics/metrics.h"
#include "table.h"

bool figures_have(const figure_list *list, const char *name) {
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->item[i].name, name) == 0)
            return true;
    return false;
}

void figures_put(figure_list *list, const char *name, double value) {
    if (list->n < MOST_FIGURES)
        list->item[list->n++] = (figure){.name = name, .value = value};
}

#define LEVEL 0.95

/* A share of rows, with Wilson's interval; 0 of 0 is 0, without one. */
static void put_share(figure_list *list, const char *name, size_t hits, size_t n) {
    double low = 0.0, high = 0.0;
    const bool known = ml_share_interval(hits, n, LEVEL, ML_SHARE_WILSON, &low, &high, NULL) == ML_OK;
    if (list->n < MOST_FIGURES)
        list->item[list->n++] = (figure){name, known ? (double)hits / (double)n : 0.0, low, high};
}

/* --- Numbers ------------------------------------------------------------------------------------------------------ */

void figures_of_numbers(figure_list *list, size_t n, const double *truth, const double *predicted) {
    static const struct {
        const char *name;
        ml_status (*of)(size_t n, const double *truth, const double *predicted, double *out, ml_error *error);
    } metric[] = {{"rmse", ml_rmse}, {"mae", ml_mae}, {"r2", ml_r2}, {"explained_variance", ml_explained_variance},
                  {"max_error", ml_max_error}, {"mape", ml_mape}};
    double value;
    for (size_t i = 0; i < sizeof metric / sizeof *metric; i++)
        if (metric[i].of(n, truth, predicted, &value, NULL) == ML_OK)
            figures_put(list, metric[i].name, value);
    double *const scratch = cli_alloc(3 * n * sizeof *scratch);
    if (ml_median_absolute_error(n, truth, predicted, scratch, &value, NULL) == ML_OK)
        figures_put(list, "median_absolute_error", value);
    free(scratch);
}

/* --- Labels ------------------------------------------------------------------------------------------------------- */

/* The figures of classes that occur, in the truth or the predictions, as scikit-learn has it. */
static void put_f1_macro(figure_list *list, size_t k, const ml_counts *counts) {
    ml_counts *const occurring = cli_alloc(k * sizeof *occurring);
    size_t n = 0;
    ml_figures mean;
    for (size_t c = 0; c < k; c++)
        if (counts[c].true_positive + counts[c].false_positive + counts[c].false_negative > 0)
            occurring[n++] = counts[c];
    if (ml_figures_average(n, occurring, 1.0, ML_AVERAGE_MACRO, &mean, NULL) == ML_OK)
        figures_put(list, "f1_macro", mean.f);
    free(occurring);
}

void figures_of_labels(figure_list *list, size_t k, size_t n, const uint32_t *truth, const uint32_t *predicted) {
    const size_t classes = k + 1;
    uint32_t *const confusion = cli_alloc(classes * classes * sizeof *confusion);
    ml_counts *const counts = cli_alloc(classes * sizeof *counts);
    double value;
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += truth[i] == predicted[i] ? 1 : 0;
    if (n > 0 && ml_confusion(n, classes, truth, predicted, confusion, NULL) == ML_OK) {
        ml_counts_of_classes(classes, confusion, counts);
        put_share(list, "accuracy", right, n);
        if (ml_balanced_accuracy(classes, confusion, &value, NULL) == ML_OK)
            figures_put(list, "balanced_accuracy", value);
        put_f1_macro(list, classes, counts);
        if (ml_mcc(classes, confusion, &value, NULL) == ML_OK)
            figures_put(list, "mcc", value);
        if (ml_cohen_kappa(classes, confusion, ML_KAPPA_NONE, &value, NULL) == ML_OK)
            figures_put(list, "cohen_kappa", value);
    }
    free(counts);
    free(confusion);
}

void figures_of_decisions(figure_list *list, size_t n, const uint8_t *truth, const uint8_t *predicted) {
    ml_counts counts;
    if (ml_counts_of_labels(n, 1, truth, predicted, &counts, NULL) != ML_OK)
        return;
    put_share(list, "precision", counts.true_positive, counts.true_positive + counts.false_positive);
    put_share(list, "recall", counts.true_positive, counts.true_positive + counts.false_negative);
    put_share(list, "specificity", counts.true_negative, counts.true_negative + counts.false_positive);
    figures_put(list, "f1", ml_figures_of(counts, 1.0).f);
    figures_put(list, "true_positives", (double)counts.true_positive);
    figures_put(list, "false_positives", (double)counts.false_positive);
    figures_put(list, "false_negatives", (double)counts.false_negative);
    figures_put(list, "true_negatives", (double)counts.true_negative);
}

/* --- Scores ------------------------------------------------------------------------------------------------------- */

typedef struct scored {
    size_t n;
    const double *score;
    const uint8_t *truth;
    figure_list *list;
} scored;

void figures_of_calibration(figure_list *list, size_t n, const double *probability, const uint8_t *truth) {
    enum { BINS = 10 };
    ml_reliability_bin bin[BINS];
    double value;
    if (ml_metric_log_loss(n, probability, truth, &value, NULL) == ML_OK)
        figures_put(list, "log_loss", value);
    if (ml_brier(n, probability, truth, &value, NULL) == ML_OK)
        figures_put(list, "brier", value);
    if (ml_reliability(n, probability, truth, BINS, ML_BINS_EQUAL_WIDTH, NULL, bin, NULL) == ML_OK)
        figures_put(list, "ece", ml_ece(BINS, bin));
}

/* The largest distance between the two classes' distributions of scores, read off the ROC curve. */
static double ks_of(const ml_curve *curve) {
    double largest = 0.0;
    for (size_t i = 0; i < curve->points; i++) {
        const double hit = (double)curve->true_positive[i] / (double)curve->n_positive;
        const double alarm = (double)curve->false_positive[i] / (double)curve->n_negative;
        largest = fmax(largest, fabs(hit - alarm));
    }
    return largest;
}

/* With DeLong's interval, where there are two rows of each class. */
static void put_auc(const scored *at, double auc, ml_arena *arena) {
    ml_estimate estimate = {0};
    figures_put(at->list, "roc_auc", auc);
    if (ml_delong(at->n, at->score, at->truth, LEVEL, &estimate, arena, NULL) != ML_OK)
        return;
    figure *const last = &at->list->item[at->list->n - 1];
    last->low = estimate.low;
    last->high = estimate.high;
}

static ml_status put_ranking(void *data, ml_arena *arena, ml_error *error) {
    const scored *const at = data;
    ml_curve curve;
    double threshold;
    ML_TRY(ml_curve_init(&curve, at->n, at->score, at->truth, arena, error));
    put_auc(at, ml_roc_area(&curve), arena);
    figures_put(at->list, "average_precision", ml_average_precision(&curve));
    figures_put(at->list, "ks", ks_of(&curve));
    figures_put(at->list, "best_f1", ml_best_fbeta(&curve, 1.0, &threshold));
    figures_put(at->list, "best_f1_threshold", threshold);
    return ML_OK;
}

void figures_of_ranking(figure_list *list, size_t n, const double *score, const uint8_t *truth) {
    enum { BYTES_A_ROW = 128, MORE = 1 << 12 };
    void *memory = NULL;
    scored at = {n, score, truth, list};
    with_memory(put_ranking, &at, n * BYTES_A_ROW + MORE, &memory, NULL); /* one class alone: none of these */
    free(memory);
}

typedef struct probabilities {
    size_t n, k;
    const double *probability;
    const uint32_t *truth;
    figure_list *list;
} probabilities;

static ml_status put_auc_classes(void *data, ml_arena *arena, ml_error *error) {
    const probabilities *const at = data;
    double value;
    ML_TRY(ml_auc_classes(at->n, at->k, at->probability, at->truth, ML_AVERAGE_MACRO, &value, arena, error));
    figures_put(at->list, "roc_auc_ovr", value);
    return ML_OK;
}

void figures_of_probabilities(figure_list *list, size_t k, size_t n, const double *probability, const uint32_t *truth) {
    enum { BYTES_A_ROW = 64, MORE = 1 << 12 };
    void *memory = NULL;
    double value;
    probabilities at = {n, k, probability, truth, list};
    if (ml_log_loss_classes(n, k, probability, truth, &value, NULL) == ML_OK)
        figures_put(list, "log_loss", value);
    with_memory(put_auc_classes, &at, n * BYTES_A_ROW + MORE, &memory, NULL); /* a class without rows: not this one */
    free(memory);
}

/* --- Telling ------------------------------------------------------------------------------------------------------ */

static const char *meaning(const char *name) {
    static const struct {
        const char *name, *meaning;
    } known[] = {
        {"rmse", "root of the mean squared error, in the target's unit"},
        {"mae", "mean absolute error, in the target's unit"},
        {"r2", "1 is perfect, 0 is what always saying the mean scores"},
        {"explained_variance", "r2 with a constant offset forgiven"},
        {"max_error", "the worst row, in the target's unit"},
        {"mape", "mean error as a share of the truth"},
        {"median_absolute_error", "half of the rows do better"},
        {"accuracy", "share of rows that are right"},
        {"balanced_accuracy", "mean recall of the classes"},
        {"f1_macro", "mean F1 of the classes, each counting once"},
        {"mcc", "correlation of truth and answer; 0 is chance"},
        {"cohen_kappa", "agreement beyond chance"},
        {"precision", "of those called positive, the share that is"},
        {"recall", "of the positives, the share that was called so"},
        {"specificity", "of the negatives, the share that was called so"},
        {"f1", "harmonic mean of precision and recall"},
        {"log_loss", "mean surprise in nats; lower is better"},
        {"brier", "mean squared error of the probability; lower is better"},
        {"ece", "how far probabilities are off, over 10 equal bins"},
        {"roc_auc", "chance that a positive scores above a negative"},
        {"roc_auc_ovr", "the same, each class against the rest, averaged"},
        {"average_precision", "area under precision by recall"},
        {"ks", "largest gap between the classes' scores"},
        {"best_f1", "F1 at the threshold that suits it best"},
        {"best_f1_threshold", "that threshold, chosen on these very rows"},
        {"silhouette", "-1 to 1: how much nearer its own cluster is"},
        {"adjusted_rand", "agreement with the target beyond chance; 1 is equal"},
        {"normalised_mutual_info", "what clusters and target know of each other, 0 to 1"},
        {"homogeneity", "1: each cluster holds one class"},
        {"completeness", "1: each class is in one cluster"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].meaning;
    return "";
}

void figures_write_json(const figure_list *list, json *j) {
    for (size_t i = 0; i < list->n; i++)
        json_double(j, list->item[i].name, list->item[i].value);
}

static bool has_interval(const figure *f) {
    return f->high > f->low;
}

static void print_figure(const figure *f, bool intervals) {
    const char *const words = meaning(f->name);
    printf("  %-22s %10.4g", f->name, f->value);
    if (has_interval(f))
        printf("  %6.4f to %6.4f", f->low, f->high);
    else if (intervals && words[0] != '\0')
        printf("%18s", "");
    printf("%s%s\n", words[0] != '\0' ? "   " : "", words);
}

void figures_print(const figure_list *list) {
    bool intervals = false;
    for (size_t i = 0; i < list->n; i++)
        intervals = intervals || has_interval(&list->item[i]);
    if (intervals)
        printf("  %-22s %10s %17s\n", "", "", "95 % interval");
    for (size_t i = 0; i < list->n; i++)
        print_figure(&list->item[i], intervals);
}
