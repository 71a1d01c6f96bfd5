/* Predicting a file and judging the predictions. */
#include "outcome.h"

#include <stdlib.h>
#include <string.h>

#include "metrics/metrics.h"
#include "target.h"

void outcome_free(outcome *o) {
    answers_free(&o->said);
    notes_free(&o->notes);
}

const char *outcome_text(const outcome *o, size_t row, char text[CLI_NUMBER_LENGTH]) {
    const double value = o->said.prediction[row * o->said.outputs];
    return o->model->model.classes > 0 ? o->model->names.class_[(size_t)value] : cli_double_text(value, text);
}

/* --- Classes and numbers ------------------------------------------------------------------------------------------ */

static void judge_two(outcome *o, const target_rows *true_of, const uint32_t *predicted) {
    double *const score = cli_alloc(true_of->n * sizeof *score);
    uint8_t *const label = cli_alloc(true_of->n), *const called = cli_alloc(true_of->n);
    for (size_t i = 0; i < true_of->n; i++) {
        score[i] = o->said.probability[2 * true_of->row[i] + 1];
        label[i] = (uint8_t)true_of->label[i];
        called[i] = (uint8_t)predicted[i];
    }
    figures_of_decisions(&o->figures, true_of->n, label, called);
    figures_of_ranking(&o->figures, true_of->n, score, label);
    figures_of_calibration(&o->figures, true_of->n, score, label);
    free(score);
    free(label);
    free(called);
}

static void judge_many(outcome *o, const target_rows *true_of) {
    const size_t k = o->model->model.classes;
    double *const probability = cli_alloc(true_of->n * k * sizeof *probability);
    for (size_t i = 0; i < true_of->n; i++)
        memcpy(probability + i * k, o->said.probability + true_of->row[i] * k, k * sizeof *probability);
    figures_of_probabilities(&o->figures, k, true_of->n, probability, true_of->label);
    free(probability);
}

static void judge_classes(outcome *o, const target_rows *true_of) {
    const size_t k = o->model->model.classes;
    uint32_t *const predicted = cli_alloc(true_of->n * sizeof *predicted);
    for (size_t i = 0; i < true_of->n; i++)
        predicted[i] = (uint32_t)o->said.prediction[true_of->row[i]];
    figures_of_labels(&o->figures, k, true_of->n, true_of->label, predicted);
    if (k == 2 && true_of->unseen == 0)
        judge_two(o, true_of, predicted);
    else if (true_of->unseen == 0)
        judge_many(o, true_of);
    if (true_of->unseen == 0 && !figures_have(&o->figures, k == 2 ? "roc_auc" : "roc_auc_ovr"))
        notes_add(&o->notes, "%s: not every class of \"%s\" is there, so there is no ROC AUC", o->file->path,
                  o->model->names.target);
    free(predicted);
}

static void judge_numbers(outcome *o, const target_rows *true_of) {
    double *const predicted = cli_alloc(true_of->n * sizeof *predicted);
    for (size_t i = 0; i < true_of->n; i++)
        predicted[i] = o->said.prediction[true_of->row[i]];
    figures_of_numbers(&o->figures, true_of->n, true_of->target, predicted);
    free(predicted);
}

/* --- What learned without a target -------------------------------------------------------------------------------- */

typedef struct agreeing {
    size_t n, classes, clusters;
    const uint32_t *label, *cluster;
    ml_agreement out;
} agreeing;

static ml_status agree(void *job, ml_arena *arena, ml_error *error) {
    agreeing *const at = job;
    return ml_agreement_of(at->n, at->classes, at->label, at->clusters, at->cluster, &at->out, arena, error);
}

static void judge_clusters(outcome *o, const target_rows *true_of, size_t classes) {
    enum { FIRST = 1 << 20 };
    uint32_t *const cluster = cli_alloc(true_of->n * sizeof *cluster);
    agreeing job = {.n = true_of->n, .classes = classes, .label = true_of->label, .cluster = cluster};
    void *memory = NULL;
    for (size_t i = 0; i < true_of->n; i++) {
        cluster[i] = (uint32_t)o->said.prediction[true_of->row[i]];
        job.clusters = cluster[i] >= job.clusters ? (size_t)cluster[i] + 1 : job.clusters;
    }
    if (with_memory(agree, &job, FIRST, &memory, NULL) == ML_OK) {
        figures_put(&o->figures, "adjusted_rand", job.out.adjusted_rand);
        figures_put(&o->figures, "normalised_mutual_info", job.out.normalised_mutual_information);
        figures_put(&o->figures, "homogeneity", job.out.homogeneity);
        figures_put(&o->figures, "completeness", job.out.completeness);
    }
    free(memory);
    free(cluster);
}

static void judge_strangeness(outcome *o, const target_rows *true_of) {
    double *const score = cli_alloc(true_of->n * sizeof *score);
    uint8_t *const label = cli_alloc(true_of->n);
    for (size_t i = 0; i < true_of->n; i++) {
        score[i] = o->said.prediction[true_of->row[i]];
        label[i] = (uint8_t)true_of->label[i];
    }
    figures_of_ranking(&o->figures, true_of->n, score, label);
    free(score);
    free(label);
}

/* The target played no part in learning; it is only compared with. */
static int judge_unguided(outcome *o, const ml_column *column, const char *positive) {
    const ml_task task = o->model->model.task;
    class_list known;
    target_rows true_of = {0};
    if (task == ML_TRANSFORM || !classes_are_likely(column, o->file->table.n_rows))
        return CLI_OK;
    int status = classes_read(o->file, column, positive, &known);
    if (status == CLI_OK)
        status = truth_read(o->file, column->name, ML_CLASSIFICATION, known.n, (const char *const *)known.name,
                            &true_of, &o->notes);
    o->judged = true_of.n;
    if (status == CLI_OK && task == ML_CLUSTERING)
        judge_clusters(o, &true_of, known.n);
    if (status == CLI_OK && task == ML_ANOMALY && known.n == 2)
        judge_strangeness(o, &true_of);
    classes_free(&known);
    truth_free(&true_of);
    return status;
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static int judge_guided(outcome *o) {
    const ml_model *const model = &o->model->model;
    target_rows true_of;
    const int status = truth_read(o->file, o->model->names.target, model->task, model->classes, o->model->names.class_,
                                  &true_of, &o->notes);
    o->judged = true_of.n;
    if (status == CLI_OK && true_of.n > 0) {
        if (model->task == ML_CLASSIFICATION)
            judge_classes(o, &true_of);
        else
            judge_numbers(o, &true_of);
    }
    truth_free(&true_of);
    return status;
}

int outcome_make(const trained *model, const table_file *file, const char *positive, outcome *out) {
    const char *const target = model->names.target;
    *out = (outcome){.model = model, .file = file};
    if (trained_predict(model, file, &out->said, &out->notes) != CLI_OK)
        return CLI_USAGE;
    const ml_column *const column = target != NULL ? table_find(&file->table, target) : NULL;
    if (target != NULL && column == NULL)
        notes_add(&out->notes, "%s has no column \"%s\", so there are predictions and no metrics", file->path, target);
    if (column == NULL)
        return CLI_OK;
    return model->model.task == ML_REGRESSION || model->model.task == ML_CLASSIFICATION
               ? judge_guided(out)
               : judge_unguided(out, column, positive);
}
