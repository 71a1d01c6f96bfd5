/* `laymanz drift`: two CSV files, column by column: do they come from the same law? */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/monitor.h"

enum { BINS = 10 };

/* --- One column --------------------------------------------------------------------------------------------------- */

typedef struct drift {
    bool numbers;
    double ks, ks_p, psi, wasserstein, js, chi2, chi2_p; /* of numbers the first five, of words psi and the last three */
} drift;

static size_t keep_values(const ml_column *column, size_t rows, double *value) {
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(column->number[i]))
            value[n++] = column->number[i];
    return n;
}

static ml_status divergences(size_t k, const uint32_t *a, const uint32_t *b, double *share, drift *d, ml_error *error) {
    for (size_t i = 0; i < k; i++) {
        share[i] = a[i];
        share[k + i] = b[i];
    }
    ML_TRY(ml_psi(k, a, b, ML_PSI_FLOOR, &d->psi, error));
    return ml_js_divergence(k, share, share + k, &d->js, error);
}

/* PSI and JS over the deciles of the first file. */
static ml_status compare_numbers(size_t n, const double *a, size_t m, const double *b, double *scratch, drift *d,
                                 ml_error *error) {
    const size_t k = n < BINS ? n : BINS;
    double edge[BINS], share[2 * BINS];
    uint32_t in_a[BINS], in_b[BINS];
    ML_TRY(ml_ks_2samp(n, a, m, b, ML_KS_ASYMPTOTIC, scratch, &d->ks, &d->ks_p, error));
    ML_TRY(ml_wasserstein(n, a, m, b, scratch, &d->wasserstein, error));
    ML_TRY(ml_quantiles(n, a, k, edge, scratch, error));
    ML_TRY(ml_bin_count(n, a, k, edge, in_a, error));
    ML_TRY(ml_bin_count(m, b, k, edge, in_b, error));
    return divergences(k, in_a, in_b, share, d, error);
}

/* How often each word of either column comes, in the order of all words. Returns how many there are. */
static size_t count_words(const ml_column *a, size_t n, const ml_column *b, size_t m, uint32_t *in_a, uint32_t *in_b) {
    uint32_t *const place = cli_alloc((a->n_levels + b->n_levels + 1) * sizeof *place), *const of_b = place + a->n_levels;
    size_t i = 0, j = 0, k = 0;
    for (; i < a->n_levels || j < b->n_levels; k++) {
        const int order = i == a->n_levels ? 1 : j == b->n_levels ? -1 : strcmp(a->level[i], b->level[j]);
        if (order <= 0)
            place[i++] = (uint32_t)k;
        if (order >= 0)
            of_b[j++] = (uint32_t)k;
    }
    for (size_t row = 0; row < n; row++)
        if (a->code[row] != ML_CODE_MISSING)
            in_a[place[a->code[row]]]++;
    for (size_t row = 0; row < m; row++)
        if (b->code[row] != ML_CODE_MISSING)
            in_b[of_b[b->code[row]]]++;
    free(place);
    return k;
}

static ml_status compare_words(const ml_column *a, size_t n, const ml_column *b, size_t m, drift *d, ml_error *error) {
    const size_t most = a->n_levels + b->n_levels;
    uint32_t *const in_a = cli_alloc(2 * most * sizeof *in_a), *const in_b = in_a + most;
    double *const share = cli_alloc(2 * most * sizeof *share);
    const size_t k = count_words(a, n, b, m, in_a, in_b);
    ml_status status = ml_chi2_2samp(k, in_a, in_b, &d->chi2, &d->chi2_p, error);
    if (status == ML_OK)
        status = divergences(k, in_a, in_b, share, d, error);
    free(in_a);
    free(share);
    return status;
}

static ml_status compare(const ml_column *a, size_t n, const ml_column *b, size_t m, drift *d, ml_error *error) {
    *d = (drift){.numbers = column_has_numbers(a)};
    if (!d->numbers)
        return compare_words(a, n, b, m, d, error);
    double *const value = cli_alloc(3 * (n + m) * sizeof *value);
    const size_t kept_n = keep_values(a, n, value), kept_m = keep_values(b, m, value + n);
    const ml_status status = compare_numbers(kept_n, value, kept_m, value + n, value + n + m, d, error);
    free(value);
    return status;
}

/* --- The report --------------------------------------------------------------------------------------------------- */

/* Why the column cannot be compared; NULL if it can. */
static const char *obstacle(const ml_column *a, const ml_column *b) {
    if (b == NULL)
        return "is not in the second file";
    if (a->kind == ML_COLUMN_MISSING || b->kind == ML_COLUMN_MISSING)
        return "has no value in one of the files";
    return column_has_numbers(a) != column_has_numbers(b) ? "holds numbers in one file and words in the other" : NULL;
}

static void write_json(json *j, const char *name, const drift *d) {
    json_open(j, name, '{');
    if (d->numbers) {
        json_double(j, "ks", d->ks);
        json_double(j, "ks_p", d->ks_p);
        json_double(j, "wasserstein", d->wasserstein);
    } else {
        json_double(j, "chi2", d->chi2);
        json_double(j, "chi2_p", d->chi2_p);
    }
    json_double(j, "psi", d->psi);
    json_double(j, "js", d->js);
    json_close(j, '}');
}

static void write_line(const char *name, const drift *d) {
    printf("%-28s %9.4f %9.4f", name, d->psi, d->js);
    if (d->numbers)
        printf(" %9.4f %9.2g %11.4g\n", d->ks, d->ks_p, d->wasserstein);
    else
        printf(" %9s %9s %11s %9.4g %9.2g\n", "", "", "", d->chi2, d->chi2_p);
}

static int write_columns(const ml_table *a, const ml_table *b, json *j) {
    for (size_t i = 0; i < a->n_columns; i++) {
        const ml_column *const column = &a->column[i], *const other = table_find(b, column->name);
        drift d;
        ml_error error;
        if (obstacle(column, other) != NULL)
            continue;
        if (compare(column, a->n_rows, other, b->n_rows, &d, &error) != ML_OK)
            return cli_usage("column \"%s\": %s", column->name, error.message);
        if (j != NULL)
            write_json(j, column->name, &d);
        else
            write_line(column->name, &d);
    }
    return CLI_OK;
}

static void write_note(json *j, const char *name, const char *why) {
    char *const note = cli_format("column \"%s\" %s; it was left out", name, why);
    if (j != NULL)
        json_text(j, NULL, note);
    else
        printf("%s\n", note);
    free(note);
}

static void write_notes(const ml_table *a, const ml_table *b, json *j) {
    for (size_t i = 0; i < a->n_columns; i++) {
        const char *const why = obstacle(&a->column[i], table_find(b, a->column[i].name));
        if (why != NULL)
            write_note(j, a->column[i].name, why);
    }
    for (size_t i = 0; i < b->n_columns; i++)
        if (table_find(a, b->column[i].name) == NULL)
            write_note(j, b->column[i].name, "is not in the first file");
}

static int report(const ml_table *a, const ml_table *b, bool as_json) {
    json j = {.out = stdout};
    if (!as_json) {
        printf("%-28s %9s %9s %9s %9s %11s %9s %9s\n", "column", "psi", "js", "ks", "ks_p", "wasserstein", "chi2",
               "chi2_p");
        const int status = write_columns(a, b, NULL);
        write_notes(a, b, NULL);
        return status;
    }
    json_open(&j, NULL, '{');
    json_open(&j, "columns", '{');
    const int status = write_columns(a, b, &j);
    json_close(&j, '}');
    json_open(&j, "notes", '[');
    write_notes(a, b, &j);
    json_close(&j, ']');
    json_close(&j, '}');
    putchar('\n');
    return status;
}

static int run(int argc, char **argv) {
    const char *path[2] = {NULL, NULL};
    bool as_json = false;
    int n = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            as_json = true;
        else if (argv[i][0] == '-' || n == 2)
            return cli_usage("drift does not take '%.60s'; see laymanz help drift", argv[i]);
        else
            path[n++] = argv[i];
    }
    if (n < 2)
        return cli_usage("drift takes two CSV files; see laymanz help drift");
    table_file file[2] = {{0}};
    int status = table_open(path[0], &file[0]);
    if (status == CLI_OK)
        status = table_open(path[1], &file[1]);
    if (status == CLI_OK)
        status = report(&file[0].table, &file[1].table, as_json);
    table_close(&file[0]);
    table_close(&file[1]);
    return status;
}

const cli_command cli_drift = {
    .name = "drift",
    .usage = "drift A.csv B.csv [--json]",
    .summary = "how far two CSV files are apart, column by column",
    .help = "Compares the columns that both files have. Of numbers: the Kolmogorov-Smirnov distance and its chance, the\n"
            "population stability index and the Jensen-Shannon divergence over the deciles of A, the Wasserstein\n"
            "distance. Of words: chi-squared and its chance, and the same two over the words. Missing cells do not count.\n",
    .run = run,
};
