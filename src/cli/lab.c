/* `laymanz lab`: one run of one lab, printed. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"
#include "with.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef void (*writer)(lab_run *run, lab_frame *frame, FILE *out);

typedef struct deed {
    int32_t action, step; /* the action, and after how many complete steps */
} deed;

typedef struct request {
    const lab *lab;
    double param[LAB_MAX_PARAMS];
    deed *deeds; /* by step; at most one per word of the command */
    size_t n_deeds;
    uint64_t seed;
    int32_t steps; /* -1: as many as the lab needs */
    writer write;
    char *data;    /* the reader's own file in place of the lab's; NULL: none */
    size_t data_bytes;
    float *ink;    /* what is drawn on the lab's pad; NULL: nothing */
    int32_t pad;   /* its view */
    char *csv;     /* the reader's own file of rows; NULL: none */
    size_t csv_bytes;
    const char *columns[LAB_MAX_COLUMNS]; /* the names chosen for the lab's wanted columns; NULL: as the reader finds */
    const char *model; /* where the trained model goes; NULL: nowhere */
} request;

/* --- Words into a request ----------------------------------------------------------------------------------------- */

static bool read_whole(const char *text, long long low, long long high, long long *value) {
    char *end;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && *value >= low && *value <= high;
}

static int unknown_param(const lab *experiment, const char *name) {
    const char *names[LAB_MAX_PARAMS];
    for (int32_t i = 0; i < experiment->n_params; i++)
        names[i] = experiment->params[i].name;
    char *kind = cli_format("setting of %s", experiment->name);
    const int status = cli_unknown(kind, name, names, (size_t)experiment->n_params, "laymanz labs");
    free(kind);
    return status;
}

/* "key=value" */
static int read_set(request *r, const char *word) {
    const char *equals = strchr(word, '=');
    if (equals == NULL)
        return cli_usage("--set takes key=value, not '%.60s'", word);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(equals - word < 63 ? equals - word : 63), word);
    const int32_t index = lab_param_index(r->lab, name);
    if (index < 0)
        return unknown_param(r->lab, name);
    ml_error note;
    const ml_status status = lab_param_parse(&r->lab->params[index], equals + 1, &r->param[index], &note);
    if (status != ML_OK)
        return cli_usage("%s", note.message);
    if (note.message[0] != '\0')
        cli_note("%s", note.message);
    return CLI_OK;
}

static int unknown_action(const lab *experiment, const char *name) {
    const char **names = cli_alloc(((size_t)experiment->n_actions + 1) * sizeof *names);
    for (int32_t i = 0; i < experiment->n_actions; i++)
        names[i] = experiment->actions[i].name;
    char *kind = cli_format("action of %s", experiment->name);
    const int status = cli_unknown(kind, name, names, (size_t)experiment->n_actions, "laymanz labs");
    free(kind);
    free(names);
    return status;
}

/* "action@step"; kept in the order of the steps, equal ones as they came. */
static int read_do(request *r, const char *word) {
    const char *at = strrchr(word, '@');
    long long step;
    if (at == NULL || !read_whole(at + 1, 0, INT32_MAX, &step))
        return cli_usage("--do takes ACTION@STEP, as in reset@20, not '%.60s'", word);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(at - word < 63 ? at - word : 63), word);
    const int32_t action = lab_action_index(r->lab, name);
    if (action < 0)
        return unknown_action(r->lab, name);
    size_t place = r->n_deeds++;
    for (; place > 0 && r->deeds[place - 1].step > step; place--)
        r->deeds[place] = r->deeds[place - 1];
    r->deeds[place] = (deed){action, (int32_t)step};
    return CLI_OK;
}

/* Seeds go through JavaScript's numbers in the page, so that links hold the same ones: at most 2^53. */
static int read_seed(request *r, const char *word) {
    long long seed;
    if (!read_whole(word, 0, 9007199254740992, &seed))
        return cli_usage("--seed takes a whole number from 0 to 9007199254740992, not '%.60s'", word);
    r->seed = (uint64_t)seed;
    return CLI_OK;
}

static int read_steps(request *r, const char *word) {
    long long steps;
    if (!read_whole(word, 0, INT32_MAX, &steps))
        return cli_usage("--steps takes a whole number from 0 to %d, not '%.60s'", INT32_MAX, word);
    r->steps = (int32_t)steps;
    return CLI_OK;
}

static int read_format(request *r, const char *word) {
    static const struct {
        const char *name;
        writer write;
    } formats[] = {{"table", cli_write_table}, {"csv", cli_write_csv}, {"json", cli_write_json}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(word, formats[i].name) == 0) {
            r->write = formats[i].write;
            return CLI_OK;
        }
    }
    return cli_usage("--format is table, csv or json, not '%.60s'", word);
}

static int read_data(request *r, const char *word) {
    if (r->lab->data == NULL)
        return cli_usage("the lab %s reads no data file, so --data means nothing to it", r->lab->name);
    free(r->data);
    r->data = cli_read_file(word, &r->data_bytes);
    return r->data != NULL ? CLI_OK : cli_usage("%s cannot be read", word);
}

/* One cell of a drawing: '.' or a blank is empty, '#' is inked, a digit is that many ninths. -1: none of these. */
static float ink_of(char cell) {
    if (cell == '.' || cell == ' ')
        return 0.0f;
    return cell == '#' ? 1.0f : cell >= '0' && cell <= '9' ? (float)(cell - '0') / 9.0f : -1.0f;
}

static int read_ink(request *r, const lab_view *pad, const char *word, const char *text) {
    int32_t row = 0, column = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\r')
            continue;
        if (*text == '\n') {
            row++;
            column = 0;
            continue;
        }
        if (row >= pad->ink_height || column >= pad->ink_width)
            return cli_usage("%s: line %d: the pad has %d lines of %d cells, and here is one more", word, row + 1,
                             pad->ink_height, pad->ink_width);
        const float ink = ink_of(*text);
        if (ink < 0)
            return cli_usage("%s: line %d: a cell is '.' or a blank, '#', or a digit from 0 to 9, not '%c'", word,
                             row + 1, *text);
        r->ink[row * pad->ink_width + column++] = ink;
    }
    return CLI_OK;
}

static int read_draw(request *r, const char *word) {
    r->pad = 0;
    while (r->pad < r->lab->n_views && r->lab->views[r->pad].kind != LAB_PAD)
        r->pad++;
    if (r->pad == r->lab->n_views)
        return cli_usage("the lab %s has no pad to draw on", r->lab->name);
    const lab_view *pad = &r->lab->views[r->pad];
    const size_t bytes = (size_t)pad->ink_width * (size_t)pad->ink_height * sizeof *r->ink;
    char *text = cli_read_file(word, NULL);
    if (text == NULL)
        return cli_usage("%s cannot be read", word);
    free(r->ink);
    memset(r->ink = cli_alloc(bytes), 0, bytes);
    const int status = read_ink(r, pad, word, text);
    free(text);
    return status;
}

/* --csv FILE also turns the lab to it. */
static int read_csv(request *r, const char *word) {
    const lab_csv *csv = r->lab->csv;
    if (csv == NULL)
        return cli_usage("the lab %s takes no file of your own, so --csv means nothing to it", r->lab->name);
    free(r->csv);
    r->csv = cli_read_file(word, &r->csv_bytes);
    r->param[csv->param] = csv->choice;
    return r->csv != NULL ? CLI_OK : cli_usage("%s cannot be read", word);
}

/* "x1=height" */
static int read_column(request *r, const char *word) {
    const char *equals = strchr(word, '=');
    const char *names[LAB_MAX_COLUMNS];
    const int32_t n = r->lab->csv != NULL ? r->lab->csv->n_columns : 0;
    if (equals == NULL || equals[1] == '\0')
        return cli_usage("--columns takes WANTED=COLUMN, as in x1=height, not '%.60s'", word);
    for (int32_t i = 0; i < n; i++) {
        names[i] = r->lab->csv->columns[i].name;
        if (strncmp(word, names[i], (size_t)(equals - word)) != 0 || names[i][equals - word] != '\0')
            continue;
        r->columns[i] = equals + 1;
        return CLI_OK;
    }
    char *wanted = cli_format("%.*s", (int)(equals - word), word);
    const int status = cli_unknown("wanted column", wanted, names, (size_t)n, "laymanz labs --json");
    free(wanted);
    return status;
}

static bool ends_with(const char *word, const char *end) {
    const size_t n = strlen(word), m = strlen(end);
    return n > m && strcmp(word + n - m, end) == 0;
}

static int read_model(request *r, const char *word) {
    if (r->lab->model == NULL)
        return cli_usage("the lab %s has no model to give away, so --model means nothing to it", r->lab->name);
    if (!ends_with(word, ".json") && !ends_with(word, ".h"))
        return cli_usage("--model takes a file that ends in .json or .h, not '%.60s'", word);
    r->model = word;
    return CLI_OK;
}

typedef struct option {
    const char *name;
    bool several; /* takes all words up to the next option */
    int (*read)(request *r, const char *word);
} option;

static const option options[] = {
    {"--set", true, read_set},      {"--do", true, read_do},          {"--seed", false, read_seed},
    {"--steps", false, read_steps}, {"--format", false, read_format}, {"--data", false, read_data},
    {"--draw", false, read_draw},   {"--csv", false, read_csv},       {"--columns", true, read_column},
    {"--model", false, read_model},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

static const option *find_option(const char *word) {
    for (int i = 0; i < N_OPTIONS; i++)
        if (strcmp(options[i].name, word) == 0)
            return &options[i];
    return NULL;
}

static int unknown_option(const char *word) {
    const char *names[N_OPTIONS + 3] = {"--json", "--with", "--challenge"};
    for (int i = 0; i < N_OPTIONS; i++)
        names[i + 3] = options[i].name;
    return cli_unknown("option", word, names, N_OPTIONS + 3, "laymanz help lab");
}

static int read_options(request *r, int argc, char **argv) {
    for (int i = 0; i < argc;) {
        const char *word = argv[i++];
        if (strcmp(word, "--json") == 0) {
            r->write = cli_write_json;
            continue;
        }
        const option *known = find_option(word);
        if (known == NULL)
            return unknown_option(word);
        if (i == argc || find_option(argv[i]) != NULL)
            return cli_usage("%s needs a value; see laymanz help lab", word);
        do {
            const int status = known->read(r, argv[i++]);
            if (status != CLI_OK)
                return status;
        } while (known->several && i < argc && strncmp(argv[i], "--", 2) != 0);
    }
    return CLI_OK;
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void cli_read_view(lab_run *run, int32_t view, lab_frame *frame) {
    lab_run_read(run, view, frame);
    if (frame->full)
        cli_note("the view %s is too large and was cut", run->lab->views[view].name);
}

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* Goals hold once met in a run, so the figures are looked at along the way: after every step, or in a long run at some
 * thousand steps evenly, and after every action. */
enum { LOOKS = 1000 };

static void play(lab_run *run, const request *r) {
    const int32_t wanted = r->steps >= 0 ? r->steps : r->lab->steps > 0 ? r->lab->steps : INT32_MAX;
    const int32_t stride = wanted < INT32_MAX ? wanted / LOOKS + 1 : 1;
    size_t next = 0;
    lab_run_start(run, r->seed);
    if (r->ink != NULL && run->status == ML_OK)
        lab_run_draw(run, r->pad, r->ink);
    for (;;) {
        for (; next < r->n_deeds && r->deeds[next].step == run->progress.step; next++) {
            lab_run_act(run, r->deeds[next].action);
            lab_run_figures(run);
        }
        const int32_t done = run->progress.step;
        if (run->status != ML_OK || run->progress.finished || done >= wanted)
            break;
        int32_t stop = least(wanted, done > INT32_MAX - stride ? INT32_MAX : done + stride);
        if (next < r->n_deeds)
            stop = least(stop, r->deeds[next].step);
        lab_run_advance(run, stop - done, INT64_MAX);
        lab_run_figures(run);
    }
    lab_run_figures(run);
    for (; next < r->n_deeds; next++)
        cli_note("%s@%d was not done: the run ended after %d steps", r->lab->actions[r->deeds[next].action].name,
                 r->deeds[next].step, run->progress.step);
}

/* Standard output for the results alone: what a reader's function in the lab prints (--with) goes to standard error from
 * here on, as it comes, so that JSON stays JSON. NULL if it cannot be had. */
static FILE *results_only(void) {
    fflush(stdout);
    const int results = dup(STDOUT_FILENO);
    if (results < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return NULL;
    setvbuf(stdout, NULL, _IONBF, 0);
    return fdopen(results, "w");
}

/* The file's rows, in *t and *memory; the caller frees that. What was done with them goes to stderr. */
static bool take_csv(const request *r, lab_table *t, void **memory) {
    ml_error error;
    const size_t bytes = lab_table_bytes(r->csv, r->csv_bytes);
    *memory = cli_alloc(bytes);
    ml_status status = lab_table_read(t, r->lab, r->csv, r->csv_bytes, *memory, bytes, &error);
    for (int32_t i = 0; i < r->lab->csv->n_columns && status == ML_OK; i++) {
        size_t index = 0;
        if (r->columns[i] == NULL)
            continue;
        status = ml_table_find(&t->table, r->columns[i], &index, &error);
        t->chosen[i] = (int32_t)index;
    }
    if (status == ML_OK)
        status = lab_table_choose(t, &error);
    if (status != ML_OK) {
        cli_note("%s: %s", r->lab->name, error.message);
        return false;
    }
    for (int32_t i = 0; i < r->lab->csv->n_columns; i++)
        cli_note("%s is the column %s", r->lab->csv->columns[i].name, t->rows.name[i]);
    cli_note("%s", t->note);
    return true;
}

static bool write_text(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    const bool written = file != NULL && fwrite(text, 1, length, file) == length;
    const bool closed = file != NULL && fclose(file) == 0;
    if (!written || !closed)
        cli_note("%s cannot be written", path);
    return written && closed;
}

static bool give_model(const request *r, lab_run *run) {
    const lab_model_format format = ends_with(r->model, ".h") ? LAB_MODEL_C : LAB_MODEL_JSON;
    size_t length = 0;
    ml_error error;
    void *scratch = cli_alloc(LAB_MODEL_SCRATCH);
    char *text = NULL;
    ml_status status = lab_run_model(run, format, scratch, 0, NULL, &length, &error);
    if (status == ML_OK) {
        text = cli_alloc(length + 1);
        status = lab_run_model(run, format, scratch, length + 1, text, &length, &error);
    }
    if (status != ML_OK)
        cli_note("%s: %s", r->lab->name, error.message);
    const bool given = status == ML_OK && write_text(r->model, text, length);
    free(text);
    free(scratch);
    return given;
}

static int run_and_write(const request *r, FILE *out) {
    enum { FRAME_FLOATS = 1 << 20, FRAME_TEXT = 1 << 16 }; /* as in the page */
    const size_t bytes = lab_run_bytes(r->lab);
    void *memory = cli_alloc(bytes);
    lab_frame frame = {.data = cli_alloc(FRAME_FLOATS * sizeof(float)),
                       .capacity = FRAME_FLOATS,
                       .text = cli_alloc(FRAME_TEXT),
                       .text_capacity = FRAME_TEXT};
    lab_run *run = cli_alloc(sizeof *run);
    lab_run_open(run, r->lab, memory, bytes, now);
    memcpy(run->param, r->param, sizeof run->param);
    if (r->data != NULL)
        lab_run_data(run, r->data, r->data_bytes);
    lab_table table;
    void *table_memory = NULL;
    bool failed = r->csv != NULL && !take_csv(r, &table, &table_memory);
    if (r->csv != NULL && !failed)
        lab_run_rows(run, &table.rows);
    if (!failed) {
        play(run, r);
        failed = run->status != ML_OK;
        if (failed)
            cli_note("%s: %s", r->lab->name, run->error.message);
        r->write(run, &frame, out);
        if (r->model != NULL && !give_model(r, run))
            failed = true;
    }
    free(table_memory);
    free(run);
    free(frame.text);
    free(frame.data);
    free(memory);
    return failed ? CLI_FAILED : CLI_OK;
}

static int unknown_lab(const char *name) {
    const char **names = cli_alloc(((size_t)lab_list_length + 1) * sizeof *names);
    for (int32_t i = 0; i < lab_list_length; i++)
        names[i] = lab_list[i]->name;
    const int status = cli_unknown("lab", name, names, (size_t)lab_list_length, "laymanz labs");
    free(names);
    return status;
}

static int run_lab(int argc, char **argv) {
    if (argc == 0)
        return cli_usage("lab needs a name, as in: laymanz lab batching-queue; see laymanz labs");
    request r = {.lab = lab_find(argv[0]), .seed = 1, .steps = -1, .write = cli_write_table};
    if (r.lab == NULL)
        return unknown_lab(argv[0]);
    if (with_is_wanted(argc, argv))
        return with_run(r.lab, argc, argv);
    for (int32_t i = 0; i < r.lab->n_params; i++)
        r.param[i] = r.lab->params[i].initial;
    r.deeds = cli_alloc((size_t)argc * sizeof *r.deeds);
    int status = read_options(&r, argc - 1, argv + 1);
    if (status == CLI_OK) {
        FILE *out = results_only();
        status = out != NULL ? run_and_write(&r, out) : CLI_FAILED;
        if (out == NULL || fclose(out) != 0) {
            cli_note("the results cannot be written to standard output");
            status = CLI_FAILED;
        }
    }
    free(r.deeds);
    free(r.data);
    free(r.ink);
    free(r.csv);
    return status;
}

const cli_command cli_lab = {
    "lab",
    "lab NAME [--set key=value ...] [--do ACTION@STEP ...] [--seed S] [--steps N] [--format table|csv|json] [--json]\n"
    "            [--data FILE.csv] [--csv FILE.csv [--columns WANTED=COLUMN ...]] [--model FILE.json|FILE.h]\n"
    "            [--draw FILE] [--with FILE.c [--challenge SLUG]]",
    "run a lab and print what it shows",
    "Runs a lab and prints its views, readouts and goals: the figures that the page plots, to the last digit.\n"
    "\n"
    "  --set key=value ...    settings; a number outside its range is brought into it, and told on stderr\n"
    "  --do ACTION@STEP ...   an action after that many complete steps; 0 is before the first\n"
    "  --seed S               the seed, 1 unless said\n"
    "  --steps N              how many steps; without it, to the lab's end or for the steps that it declares\n"
    "  --format table|csv|json, --json\n"
    "  --data FILE.csv        your own file in place of the one that the lab reads\n"
    "  --csv FILE.csv         rows of your own, in a lab that takes them; what was done with them is told on stderr\n"
    "  --columns WANTED=COLUMN ...  which of its columns the lab takes for what, as in x1=height class=sex\n"
    "  --model FILE           the trained model, as JSON or as a C header with predict(x, y), by the file's ending\n"
    "  --draw FILE            what lies on the lab's pad: a line of text for each row of cells, from the top, where\n"
    "                         '.' or a blank is empty, '#' is inked, and 0 to 9 is that many ninths of ink\n"
    "  --with FILE.c          your answer to a challenge that drives this lab, in place of the library's function;\n"
    "                         right or wrong. It is compiled with the system's C compiler under AddressSanitizer and\n"
    "                         UBSan and stopped after 20 s of processor time. What it prints goes to standard error\n"
    "  --challenge SLUG       which challenge, if several drive the lab and FILE.c does not tell\n"
    "\n"
    "Goals count as met if they were met at any time. They are looked at after every step and every\n"
    "action; in a run of 1000 steps or more, at about a thousand steps evenly spaced.\n"
    "\n"
    "table  readouts, goals and the small views, for reading\n"
    "\n"
    "json   {\"lab\", \"params\", \"seed\", \"steps\", \"views\", \"readouts\", \"goals\"}, and \"error\" if the run "
    "failed.\n"
    "       A view is arrays of equal length: series, x, y, and class, size, ring, label where there are\n"
    "       any; for spans series, start, end, lane, value. Heatmaps are in \"grid\" or \"grids\", edges in\n"
    "       \"edges\"; a table has one array per column. A view with one series leaves its name out. What is\n"
    "       no finite number is null.\n"
    "\n"
    "csv    a block per view, headed by \"# view NAME\": a header line, then one line per row with the same\n"
    "       columns as in json, always with the series; a heatmap has one line per cell (row, column,\n"
    "       value). Then \"# readouts\" and \"# goals\". An empty line ends a block; what is no finite number\n"
    "       is an empty cell.\n"
    "\n"
    "Exit status 1 if the run failed, for example because training diverged: what there is is printed all\n"
    "the same.\n",
    run_lab,
};
