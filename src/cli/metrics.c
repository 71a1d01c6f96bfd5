/* `laymanz metrics`: how right a column of a CSV file is about another one, whoever made it. */
#include "figures.h"
#include "options.h"
#include "table.h"
#include "target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
    const char *path, *truth, *score, *positive, *threshold_text, *task;
    double threshold;
    bool as_json;
} request;

/* The rows in which both cells are there. */
typedef struct pairs {
    const table_file *file;
    const ml_column *truth, *score;
    size_t n;
    uint32_t *row;
    note_list notes;
    figure_list figures;
    const char *title; /* what they were taken for */
} pairs;

/* --- Numbers ------------------------------------------------------------------------------------------------------ */

static int judge_numbers(pairs *p) {
    double *const truth = cli_alloc(p->n * sizeof *truth), *const score = cli_alloc(p->n * sizeof *score);
    for (size_t i = 0; i < p->n; i++) {
        truth[i] = p->truth->number[p->row[i]];
        score[i] = p->score->number[p->row[i]];
    }
    figures_of_numbers(&p->figures, p->n, truth, score);
    p->title = "numbers against numbers";
    free(truth);
    free(score);
    return CLI_OK;
}

/* --- Two classes, and a score ------------------------------------------------------------------------------------- */

static void judge_scores(const request *r, pairs *p, const char *positive) {
    double *const score = cli_alloc(p->n * sizeof *score);
    uint8_t *const truth = cli_alloc(p->n), *const called = cli_alloc(p->n);
    uint32_t *const wide = cli_alloc(2 * p->n * sizeof *wide);
    char text[CLI_NUMBER_LENGTH];
    bool probabilities = true;
    for (size_t i = 0; i < p->n; i++) {
        score[i] = p->score->number[p->row[i]];
        truth[i] = strcmp(column_text(p->truth, p->row[i], text), positive) == 0;
        called[i] = score[i] >= r->threshold;
        wide[i] = truth[i];
        wide[p->n + i] = called[i];
        probabilities = probabilities && score[i] >= 0.0 && score[i] <= 1.0;
    }
    figures_of_ranking(&p->figures, p->n, score, truth);
    figures_of_calibration(&p->figures, p->n, score, truth);
    figures_of_labels(&p->figures, 2, p->n, wide, wide + p->n);
    figures_of_decisions(&p->figures, p->n, truth, called);
    figures_put(&p->figures, "threshold", r->threshold);
    notes_add(&p->notes, "\"%s\" is the positive class, called so where \"%s\" is %g or more", positive, p->score->name,
              r->threshold);
    if (!probabilities)
        notes_add(&p->notes,
                  "\"%s\" is not always in [0, 1], so it is no probability: log_loss, brier and ece are left out",
                  p->score->name);
    p->title = "two classes against a score";
    free(score);
    free(truth);
    free(called);
    free(wide);
}

static int rest_against(const request *r, pairs *p, const class_list *known) {
    size_t c = 0;
    while (c < known->n && strcmp(known->name[c], r->positive) != 0)
        c++;
    if (c < known->n) {
        judge_scores(r, p, r->positive);
        notes_add(&p->notes, "the other %zu classes together are the negative one", known->n - 1);
        return CLI_OK;
    }
    char *const kind = cli_format("value of \"%s\"", p->truth->name);
    const int status = cli_unknown(kind, r->positive, (const char *const *)known->name, known->n, NULL);
    free(kind);
    return status;
}

/* Of two classes, the one that is looked for becomes the second. */
static int choose_positive(const request *r, const pairs *p, class_list *known) {
    classes_free(known);
    return classes_read(p->file, p->truth, r->positive, known);
}

static int judge_score(const request *r, pairs *p) {
    class_list known;
    int status = classes_read(p->file, p->truth, NULL, &known);
    if (status == CLI_OK && known.n == 2)
        status = choose_positive(r, p, &known);
    if (status == CLI_OK && known.n < 2)
        status = cli_usage("%s: every row has the same \"%s\"; there is nothing to tell apart", p->file->path,
                           p->truth->name);
    else if (status == CLI_OK && known.n == 2)
        judge_scores(r, p, known.name[1]);
    else if (status == CLI_OK && r->positive == NULL)
        status = cli_usage("%s: \"%s\" has %zu classes and \"%s\" is one score; --positive says which class it is for",
                           p->file->path, p->truth->name, known.n, p->score->name);
    else if (status == CLI_OK)
        status = rest_against(r, p, &known);
    classes_free(&known);
    return status;
}

/* --- Classes against classes -------------------------------------------------------------------------------------- */

static uint32_t label_of(const class_list *known, const char *text) {
    uint32_t c = 0;
    while (c < known->n && strcmp(known->name[c], text) != 0)
        c++;
    return c;
}

/* All values of both columns, so that what is said but never true counts too. */
static int both_classes(const request *r, const pairs *p, class_list *known) {
    class_list said;
    int status = classes_read(p->file, p->truth, NULL, known);
    if (status == CLI_OK && known->n == 2 && r->positive != NULL)
        status = choose_positive(r, p, known);
    if (status != CLI_OK || (status = classes_read(p->file, p->score, NULL, &said)) != CLI_OK)
        return status;
    for (size_t c = 0; c < said.n; c++)
        if (label_of(known, said.name[c]) == known->n) {
            known->name = cli_grow(known->name, (known->n + 1) * sizeof *known->name);
            known->name[known->n++] = cli_format("%s", said.name[c]);
        }
    classes_free(&said);
    return CLI_OK;
}

static int judge_labels(const request *r, pairs *p) {
    class_list known = {0};
    const int status = both_classes(r, p, &known);
    uint32_t *const truth = cli_alloc(p->n * sizeof *truth), *const said = cli_alloc(p->n * sizeof *said);
    uint8_t *const is = cli_alloc(p->n), *const called = cli_alloc(p->n);
    char text[CLI_NUMBER_LENGTH];
    for (size_t i = 0; status == CLI_OK && i < p->n; i++) {
        truth[i] = label_of(&known, column_text(p->truth, p->row[i], text));
        said[i] = label_of(&known, column_text(p->score, p->row[i], text));
        is[i] = truth[i] == 1;
        called[i] = said[i] == 1;
    }
    if (status == CLI_OK)
        figures_of_labels(&p->figures, known.n, p->n, truth, said);
    if (status == CLI_OK && known.n == 2) {
        figures_of_decisions(&p->figures, p->n, is, called);
        notes_add(&p->notes, "\"%s\" is the positive class", known.name[1]);
    }
    p->title = "classes against classes";
    classes_free(&known);
    free(truth);
    free(said);
    free(is);
    free(called);
    return status;
}

/* --- Which of them ------------------------------------------------------------------------------------------------ */

/* Whole numbers that name classes: what is said is always one of few things that are true. */
static bool are_classes(const pairs *p) {
    class_list known = {0};
    char text[CLI_NUMBER_LENGTH];
    bool all = classes_are_likely(p->truth, p->file->table.n_rows) &&
               classes_read(p->file, p->truth, NULL, &known) == CLI_OK;
    for (size_t i = 0; i < p->n && all; i++)
        all = label_of(&known, column_text(p->score, p->row[i], text)) < known.n;
    classes_free(&known);
    return all;
}

static int judge(const request *r, pairs *p) {
    const bool numbers = column_has_numbers(p->truth), scores = column_has_numbers(p->score);
    const bool forced = r->task != NULL && r->task[0] == 'c';
    if (r->task != NULL && strcmp(r->task, "regression") != 0 && strcmp(r->task, "classification") != 0)
        return cli_usage("--task is regression or classification, not '%.60s'", r->task);
    if (r->task != NULL && !forced && !(numbers && scores))
        return cli_usage("%s: regression needs numbers in both columns, \"%s\" and \"%s\"", r->path, r->truth,
                         r->score);
    if (r->task != NULL && !forced)
        return judge_numbers(p);
    if (!scores)
        return judge_labels(r, p);
    if (!numbers || count_values(p->truth, p->file->table.n_rows) == 2 || r->positive != NULL)
        return judge_score(r, p);
    if (!forced && !are_classes(p))
        return judge_numbers(p);
    return judge_labels(r, p);
}

/* --- The command -------------------------------------------------------------------------------------------------- */

static int find_pairs(const request *r, pairs *p) {
    const size_t rows = p->file->table.n_rows;
    if (table_column(p->file, r->truth, &p->truth) != CLI_OK || table_column(p->file, r->score, &p->score) != CLI_OK)
        return CLI_USAGE;
    p->row = cli_alloc(rows * sizeof *p->row);
    for (size_t i = 0; i < rows; i++)
        if (!column_is_missing(p->truth, i) && !column_is_missing(p->score, i))
            p->row[p->n++] = (uint32_t)i;
    if (p->n == 0)
        return cli_usage("%s: no row has both \"%s\" and \"%s\"", r->path, r->truth, r->score);
    if (p->n < rows)
        notes_add(&p->notes, "%zu of %zu rows lack the truth or the score and do not count", rows - p->n, rows);
    return CLI_OK;
}

static void tell(const request *r, const pairs *p) {
    json j = {.out = stdout};
    if (!r->as_json) {
        printf("\"%s\" judged by \"%s\": %s, %zu rows\n\n", r->score, r->truth, p->title, p->n);
        figures_print(&p->figures);
        notes_print(&p->notes);
        return;
    }
    json_open(&j, NULL, '{');
    figures_write_json(&p->figures, &j);
    json_double(&j, "rows", (double)p->n);
    notes_write_json(&p->notes, &j);
    json_close(&j, '}');
    putchar('\n');
}

static int run_request(const request *r) {
    table_file file;
    int status = table_open(r->path, &file);
    pairs p = {.file = &file};
    if (status == CLI_OK)
        status = find_pairs(r, &p);
    if (status == CLI_OK)
        status = judge(r, &p);
    if (status == CLI_OK)
        tell(r, &p);
    free(p.row);
    notes_free(&p.notes);
    table_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    request r = {.threshold = 0.5};
    const cli_option options[] = {
        {.name = "--truth", .value = &r.truth},       {.name = "--score", .value = &r.score},
        {.name = "--positive", .value = &r.positive}, {.name = "--threshold", .value = &r.threshold_text},
        {.name = "--task", .value = &r.task},         {.name = "--json", .given = &r.as_json},
    };
    const int status = cli_options("metrics", argc, argv, sizeof options / sizeof *options, options, 1, &r.path);
    if (status != CLI_OK)
        return status;
    if (r.path == NULL || r.truth == NULL || r.score == NULL)
        return cli_usage("metrics needs a CSV file, --truth COLUMN and --score COLUMN; see laymanz help metrics");
    if (r.threshold_text != NULL && !ml_parse_f64(strlen(r.threshold_text), r.threshold_text, &r.threshold))
        return cli_usage("--threshold takes a number, not '%.60s'", r.threshold_text);
    return run_request(&r);
}

const cli_command cli_metrics = {
    .name = "metrics",
    .usage = "metrics F.csv --truth COLUMN --score COLUMN [--positive VALUE] [--threshold T]\n"
             "                [--task regression|classification] [--json]",
    .summary = "how right one column of a CSV file is about another",
    .help =
        "Every metric that applies. A truth of two different values, whatever they are, and a score of numbers: ROC\n"
        "AUC, average precision, and what the threshold (0.5) makes of it; if the score is a probability, also log\n"
        "loss, Brier score and calibration. Numbers and numbers: errors and R2. Classes and classes: accuracy, F1 and\n"
        "Matthews' correlation.\n\n"
        "  --positive    the value of the truth that a high score speaks for; otherwise the second in alphabetical\n"
        "                order. Of more than two classes: this one against all others\n"
        "  --threshold   the least score that is called positive\n"
        "  --task        what two columns of numbers are, where that is not plain\n",
    .run = run,
};
