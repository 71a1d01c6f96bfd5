/* `laymanz fit`: any model of the library on a CSV file of one's own. */
#include "outcome.h"

#include <stdlib.h>
#include <string.h>

#include "settings.h"
#include "target.h"

typedef struct request {
    const char *model, *data, *target, *test, *positive, *task, *save;
    word_list set, without;
    bool as_json, list_models;
    const ml_model_kind *kind;
    fit_settings settings;
} request;

/* What was opened, made and learned on the way, to be given back at the end whatever happened. */
typedef struct work {
    table_file data, test;
    class_list known;
    char **feature; /* [learned.in.d] */
    trained learned;
    outcome told;
    note_list notes;
} work;

/* --- Learning ----------------------------------------------------------------------------------------------------- */

typedef struct fitting {
    const request *r;
    ml_task task;
    ml_dataset data;
    ml_model *model;
} fitting;

static ml_status fit(void *job, ml_arena *arena, ml_error *error) {
    const fitting *const at = job;
    return ml_model_fit(at->r->kind, at->task, &at->data, at->r->settings.value, at->r->settings.seed, arena, at->model,
                        error);
}

/* The library speaks of features by their number, a person by the column's name. */
static int tell_failure(const work *w, const ml_error *error) {
    const char *const at = strstr(error->message, "feature ");
    size_t index;
    if (at != NULL && sscanf(at, "feature %zu", &index) == 1 && index < w->learned.in.d)
        return cli_usage("%s: %s (feature %zu is \"%s\"; --without leaves out a column)", w->data.path, error->message,
                         index, w->feature[index]);
    return cli_usage("%s: %s", w->data.path, error->message);
}

/* Leaves the features of the wanted rows, which ascend. */
static void keep_rows(double *x, size_t d, const target_rows *rows) {
    for (size_t i = 0; i < rows->n; i++)
        memmove(x + i * d, x + rows->row[i] * d, d * sizeof *x);
}

static int fit_model(const request *r, work *w, ml_task task, const target_rows *rows) {
    enum { FIRST = 1 << 26, COPIES = 8 };
    double *x = NULL;
    ml_error error;
    note_list learned_already = {0};
    const size_t d = w->learned.in.d;
    if (d == 0)
        return cli_usage("%s: no column is left to learn from", w->data.path);
    w->feature = inputs_feature_names(&w->learned.in);
    if (inputs_apply(&w->learned.in, &w->data, r->target, &x, &learned_already) != CLI_OK)
        return CLI_USAGE;
    notes_free(&learned_already);
    keep_rows(x, d, rows);
    fitting job = {r, task, {rows->n, d, x, rows->target, rows->label, w->known.n}, &w->learned.model};
    const ml_status status = with_memory(fit, &job, FIRST + rows->n * (d + 1) * COPIES * sizeof *x,
                                         &w->learned.model_memory, &error);
    free(x);
    return status == ML_OK ? CLI_OK : tell_failure(w, &error);
}

/* Without a penalty, columns that add up to another leave the coefficients undetermined. */
static bool needs_independence(const request *r) {
    const bool may = strcmp(r->kind->name, "ridge") == 0 || strcmp(r->kind->name, "logistic") == 0;
    return strcmp(r->kind->name, "linear") == 0 || (may && r->settings.value[0] == 0.0); /* l2 is their one setting */
}

static int learn_rows(const request *r, work *w, ml_task task, const target_rows *rows) {
    const input_plan plan = {.target = r->target,
                             .skip = r->without.word,
                             .n_skip = r->without.n,
                             .standard = r->settings.standard,
                             .contrast = needs_independence(r),
                             .keep_missing = r->kind->takes_missing};
    int status = inputs_learn(&w->data, &plan, rows->n, rows->row, &w->learned.in, &w->learned.input_memory, &w->notes);
    if (status == CLI_OK)
        status = fit_model(r, w, task, rows);
    w->learned.seed = r->settings.seed;
    w->learned.standard = r->settings.standard;
    w->learned.names = (ml_model_names){(const char *const *)w->feature, (const char *const *)w->known.name, r->target};
    return status;
}

/* --- The target --------------------------------------------------------------------------------------------------- */

static int all_rows(const table_file *file, target_rows *rows) {
    *rows = (target_rows){.n = file->table.n_rows};
    rows->row = cli_alloc(rows->n * sizeof *rows->row);
    for (size_t i = 0; i < rows->n; i++)
        rows->row[i] = (uint32_t)i;
    return CLI_OK;
}

static int check_classes(const request *r, const work *w) {
    if (w->known.n >= 2)
        return CLI_OK;
    return cli_usage("%s: every row has the same \"%s\", '%.60s'; to tell classes apart there must be at least two",
                     r->data, r->target, w->known.name[0]);
}

/* Whether it learns from a target. */
static bool guided(const ml_model_kind *kind) {
    return (kind->tasks & (ML_REGRESSION | ML_CLASSIFICATION)) != 0;
}

static int choose_rows(const request *r, work *w, ml_task *task, target_rows *rows) {
    const ml_column *column = NULL;
    if (r->target == NULL && guided(r->kind))
        return cli_usage("%s learns to predict a column; name it with --target", r->kind->name);
    if (r->target != NULL && table_column(&w->data, r->target, &column) != CLI_OK)
        return CLI_USAGE;
    if (!guided(r->kind)) {
        *task = (ml_task)r->kind->tasks;
        return all_rows(&w->data, rows);
    }
    int status = target_task(&w->data, column, r->kind, r->task, task, &w->notes);
    if (status == CLI_OK && *task == ML_CLASSIFICATION)
        status = classes_read(&w->data, column, r->positive, &w->known);
    if (status == CLI_OK && *task == ML_CLASSIFICATION)
        status = check_classes(r, w);
    if (status == CLI_OK)
        status = truth_read(&w->data, r->target, *task, w->known.n, (const char *const *)w->known.name, rows,
                            &w->notes);
    return status;
}

/* --- Telling ------------------------------------------------------------------------------------------------------ */

static void add_notes(const request *r, work *w) {
    if (r->settings.standard)
        notes_add(&w->notes, "scale=standard: numbers were brought to mean 0 and standard deviation 1 of the training "
                             "rows; coefficients and centres are in these units");
    if (w->known.n == 2)
        notes_add(&w->notes, "\"%s\" is the positive class%s", w->known.name[1],
                  r->positive == NULL ? ", as the second of two; --positive chooses" : "");
    if (r->test == NULL)
        notes_add(&w->notes, "there is no --test file: predictions%s",
                  guided(r->kind) ? " and metrics are of the rows that the model learned from, which flatters it"
                                  : " are of the rows that the model learned from");
    if ((r->kind->tasks & ML_ANOMALY) != 0)
        notes_add(&w->notes, "predictions are scores: the higher the stranger");
    if ((r->kind->tasks & ML_CLUSTERING) != 0)
        notes_add(&w->notes, "predictions are the numbers of clusters, from 0, in the order of the centres");
    if (r->target != NULL && !guided(r->kind))
        notes_add(&w->notes, "nothing was learned from \"%s\"; what was found is only compared with it", r->target);
}

/* What the file that was predicted has to add comes last. */
static void join_notes(work *w) {
    for (size_t i = 0; i < w->told.notes.n; i++) {
        bool new = true;
        for (size_t k = 0; k < w->notes.n && new; k++)
            new = strcmp(w->notes.text[k], w->told.notes.text[i]) != 0;
        if (new)
            notes_add(&w->notes, "%s", w->told.notes.text[i]);
    }
    notes_free(&w->told.notes);
    w->told.notes = w->notes;
    w->notes = (note_list){0};
}

static int check_without(const request *r, const table_file *file) {
    const ml_column *column;
    for (size_t i = 0; i < r->without.n; i++)
        if (table_column(file, r->without.word[i], &column) != CLI_OK)
            return CLI_USAGE;
    return CLI_OK;
}

static int run_request(const request *r, work *w) {
    ml_task task = ML_REGRESSION;
    target_rows rows = {0};
    int status = table_open(r->data, &w->data);
    if (status == CLI_OK && r->test != NULL)
        status = table_open(r->test, &w->test);
    if (status == CLI_OK)
        status = check_without(r, &w->data);
    if (status == CLI_OK)
        status = choose_rows(r, w, &task, &rows);
    if (status == CLI_OK)
        status = learn_rows(r, w, task, &rows);
    truth_free(&rows);
    if (status == CLI_OK)
        status = outcome_make(&w->learned, r->test != NULL ? &w->test : &w->data, r->positive, &w->told);
    if (status == CLI_OK && r->save != NULL)
        status = trained_save(&w->learned, r->save);
    if (status != CLI_OK)
        return status;
    add_notes(r, w);
    join_notes(w);
    if (r->as_json)
        outcome_write_json(&w->told, true, stdout);
    else
        outcome_print(&w->told);
    return CLI_OK;
}

static void close_work(work *w) {
    for (size_t i = 0; w->feature != NULL && i < w->learned.in.d; i++)
        free(w->feature[i]);
    free(w->feature);
    inputs_free_learned(&w->learned.in);
    outcome_free(&w->told);
    notes_free(&w->notes);
    classes_free(&w->known);
    trained_free(&w->learned);
    table_close(&w->data);
    table_close(&w->test);
}

/* --- The command -------------------------------------------------------------------------------------------------- */

static int check_request(request *r) {
    if (r->list_models && r->model == NULL)
        return CLI_OK;
    if (r->model == NULL)
        return cli_usage("fit needs a model and --data; laymanz fit --models lists the models");
    if (settings_kind(r->model, &r->kind) != CLI_OK)
        return CLI_USAGE;
    if (r->list_models)
        return CLI_OK;
    if (r->data == NULL)
        return cli_usage("fit needs --data FILE.csv; see laymanz help fit");
    return settings_read(r->kind, &r->set, &r->settings);
}

static int run(int argc, char **argv) {
    request r = {0};
    const cli_option options[] = {
        {.name = "--data", .value = &r.data},         {.name = "--target", .value = &r.target},
        {.name = "--test", .value = &r.test},         {.name = "--set", .several = &r.set},
        {.name = "--positive", .value = &r.positive}, {.name = "--task", .value = &r.task},
        {.name = "--without", .several = &r.without}, {.name = "--save", .value = &r.save},
        {.name = "--json", .given = &r.as_json},      {.name = "--models", .given = &r.list_models},
    };
    int status = cli_options("fit", argc, argv, sizeof options / sizeof *options, options, 1, &r.model);
    if (status == CLI_OK)
        status = check_request(&r);
    if (status == CLI_OK && r.list_models)
        settings_print_kinds(r.kind);
    else if (status == CLI_OK) {
        work w = {0};
        status = run_request(&r, &w);
        close_work(&w);
    }
    free(r.set.word);
    free(r.without.word);
    return status;
}

const cli_command cli_fit = {
    .name = "fit",
    .usage = "fit MODEL --data F.csv --target COLUMN [--test F.csv] [--set key=value ...] [--positive VALUE]\n"
             "            [--task regression|classification] [--without COLUMN ...] [--save FILE] [--json]\n"
             "laymanz fit [MODEL] --models",
    .summary = "train a model on a CSV file of your own, and judge it",
    .help =
        "Learns from one CSV file, whose first line names the columns, predicts the rows of the --test file, and says\n"
        "how right that was. --models lists the models and their settings.\n\n"
        "  --target     the column to predict; kmeans, isolation-forest and pca learn without, and are only compared\n"
        "               with it\n"
        "  --test       a file with the same columns; without it the training rows are predicted, which flatters\n"
        "  --set        settings, as in l2=0.1 seed=7 scale=standard; they mean what they do in scikit-learn\n"
        "  --positive   of two classes the one that is looked for; otherwise the second in alphabetical order, of\n"
        "               numbers the larger\n"
        "  --task       what a target of numbers is, for models that do both; otherwise two different values are\n"
        "               classes, and so are at most 20 whole numbers that come five times each on average\n"
        "  --without    columns that are not to be used, such as a customer's number\n"
        "  --save       keeps the model, with all it takes to use it, for laymanz predict\n"
        "  --json       everything: model, settings, parameters, predictions (of the test file's rows in their order),\n"
        "               probabilities by class, metrics, notes\n\n"
        "Words become columns of 0 and 1, missing numbers the column's median (trees take them as they are), missing\n"
        "words a word of their own; all of it is learned from the training rows alone, and told in the notes.\n",
    .run = run,
};
