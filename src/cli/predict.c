/* `laymanz predict`: a saved model on another file. */
#include "outcome.h"

#include <errno.h>
#include <string.h>

#include "options.h"

typedef struct request {
    const char *model, *data, *output;
    bool as_json;
} request;

static void write_outcome(const request *r, const outcome *o, FILE *out) {
    if (r->as_json)
        outcome_write_json(o, false, out);
    else
        outcome_write_csv(o, out);
}

/* In JSON the notes are inside; beside CSV they go to stderr. */
static int deliver(const request *r, const outcome *o) {
    for (size_t i = 0; i < o->notes.n && !r->as_json; i++)
        cli_note("%s", o->notes.text[i]);
    if (r->output == NULL) {
        write_outcome(r, o, stdout);
        return CLI_OK;
    }
    FILE *const file = fopen(r->output, "wb");
    if (file != NULL)
        write_outcome(r, o, file);
    const bool written = file != NULL && ferror(file) == 0;
    if (file == NULL || fclose(file) != 0 || !written) {
        cli_note("%s cannot be written: %s", r->output, strerror(errno));
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int run_request(const request *r) {
    trained t;
    table_file file = {0};
    outcome told = {0};
    int status = trained_load(r->model, &t);
    if (status == CLI_OK)
        status = table_open(r->data, &file);
    if (status == CLI_OK)
        status = outcome_make(&t, &file, NULL, &told);
    if (status == CLI_OK)
        status = deliver(r, &told);
    outcome_free(&told);
    table_close(&file);
    trained_free(&t);
    return status;
}

static int run(int argc, char **argv) {
    request r = {0};
    const cli_option options[] = {
        {.name = "--data", .value = &r.data},
        {.name = "--output", .value = &r.output},
        {.name = "--json", .given = &r.as_json},
    };
    const int status = cli_options("predict", argc, argv, sizeof options / sizeof *options, options, 1, &r.model);
    if (status != CLI_OK)
        return status;
    if (r.model == NULL || r.data == NULL)
        return cli_usage("predict needs a model's file and --data FILE.csv; see laymanz help predict");
    return run_request(&r);
}

const cli_command cli_predict = {
    .name = "predict",
    .usage = "predict MODEL_FILE --data F.csv [--output FILE] [--json]",
    .summary = "what a model of laymanz fit --save says about another file",
    .help = "Writes CSV, a line for each row: the target if the file has it, the prediction, and of a classifier the\n"
            "probability of each class. With --json an object as laymanz fit --json writes it, with metrics if the\n"
            "file has the target. Columns that the model does not know are not used; what it needs must be there.\n",
    .run = run,
};
