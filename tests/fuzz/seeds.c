/* Writes what the fuzzers start from: small files as the library itself writes them, so that a new kind of model or
 * lab is among them without anybody's doing.
 *     seeds FOLDER FILE.csv...     FOLDER/model, /pipeline, /params, /columnar (of the CSV files), /settings,
 *                                     /decimal */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab.h"
#include "models/models.h"
#include "nn/nn.h"

enum { N = 16, D = 3, CLASSES = 3, ROOM = 16 << 20, LONGEST = 1 << 20 };
static _Alignas(64) unsigned char block[ROOM], other_block[ROOM];
static uint8_t file[LONGEST];
static const char *folder;
static ml_error error;

static void must(ml_status status) {
    if (status != ML_OK) {
        fprintf(stderr, "seeds: %s\n", error.message);
        exit(1);
    }
}

static void put(const char *fuzzer, const char *name, size_t length) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, fuzzer);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, fuzzer, name);
    FILE *const out = fopen(path, "wb");
    if (out == NULL || fwrite(file, 1, length, out) != length || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

/* --- Models: every kind, for every task that it can do ------------------------------------------------------------ */

static void put_model(const ml_model_kind *kind, ml_task task, const ml_dataset *data) {
    static const char *const feature[] = {"height", "width", "depth"}, *const classes[] = {"a", "b", "c"};
    const ml_model_names names = {feature, task == ML_CLASSIFICATION ? classes : NULL, "target"};
    ml_arena arena = ml_arena_over(block, ROOM);
    double setting[ML_MODEL_MAX_SETTINGS] = {0};
    char name[64];
    ml_model model;
    size_t length = 0;
    ml_model_defaults(kind, setting);
    (void)ml_model_set(kind, "n_trees", 2, setting, NULL); /* small files are fuzzed faster */
    (void)ml_model_set(kind, "max_depth", 3, setting, NULL);
    if (ml_model_fit(kind, task, data, setting, 1, &arena, &model, &error) != ML_OK) { /* it wants other data */
        fprintf(stderr, "seeds: no file of %s: %s\n", kind->name, error.message);
        return;
    }
    must(ml_model_save(&model, &names, sizeof file, file, &length, &error));
    snprintf(name, sizeof name, "%s-%d", kind->name, (int)task);
    put("model", name, length);
}

static void put_models(void) {
    double x[N * D], y[N];
    uint32_t label[N];
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N; i++) {
        label[i] = (uint32_t)(i % CLASSES);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = label[i] + ml_rng_normal(&rng);
        y[i] = x[i * D] - 2 * x[i * D + 1] + ml_rng_normal(&rng);
    }
    const ml_dataset data = {N, D, x, y, label, CLASSES};
    for (size_t i = 0; i < ml_model_kinds_length; i++)
        for (unsigned task = ML_REGRESSION; task <= ML_TRANSFORM; task *= 2)
            if (ml_model_kinds[i]->tasks & task)
                put_model(ml_model_kinds[i], (ml_task)task, &data);
}

/* --- A pipeline with every kind of feature, and each alone --------------------------------------------------------- */

static const ml_feature features[] = {
    {.kind = ML_FEATURE_NUMBER, .column = 0, .scaling = ML_SCALE_STANDARD, .fill = ML_FILL_MEAN, .flag = true},
    {.kind = ML_FEATURE_NUMBER, .column = 1, .scaling = ML_SCALE_LOG_STANDARD, .fill = ML_FILL_MEDIAN},
    {.kind = ML_FEATURE_BINS, .column = 1, .size = 3},
    {.kind = ML_FEATURE_ONE_HOT, .column = 2, .min_count = 2},
    {.kind = ML_FEATURE_ORDINAL, .column = 2},
    {.kind = ML_FEATURE_TARGET, .column = 2, .smoothing = 3, .log_odds = true},
    {.kind = ML_FEATURE_HASHED, .column = 2, .size = 4},
};
enum { FEATURES = sizeof features / sizeof *features };

static void put_pipeline(size_t n_features, const ml_feature *feature, const char *name) {
    ml_arena arena = ml_arena_over(block, ROOM), scratch = ml_arena_over(other_block, ROOM);
    ml_rng rng = ml_rng_seed(2, 0);
    double x[N * D], y[N];
    size_t length = 0;
    ml_pipeline pipeline;
    for (size_t i = 0; i < N; i++) {
        x[i * D] = ml_rng_normal(&rng);
        x[i * D + 1] = 1 + ml_rng_uniform(&rng);
        x[i * D + 2] = (double)ml_rng_below(&rng, 3);
        y[i] = ml_rng_bernoulli(&rng, 0.5);
    }
    must(ml_pipeline_fit(n_features, feature, N, D, x, y, NULL, 4, &pipeline, NULL, &arena, &scratch, &error));
    must(ml_pipeline_save(&pipeline, sizeof file, file, &length, &error));
    put("pipeline", name, length);
}

/* --- The tensors that tests/fuzz/params.c expects ------------------------------------------------------------------ */

static void put_params(void) {
    ml_arena arena = ml_arena_over(block, ROOM);
    ml_params params;
    size_t length = 0;
    ml_params_init(&params, 3, &arena, NULL);
    ml_params_add(&params, "w", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(2, 3));
    ml_params_add(&params, "b", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(3));
    ml_params_add(&params, "mean", ML_PARAM_BUFFER, ML_ONES, 0, NULL);
    must(ml_params_allocate(&params, &arena, &error));
    ml_params_initialise(&params, 3);
    must(ml_save(&params, sizeof file, file, &length, &error));
    put("params", "own", length);
    must(ml_safetensors_write(&params, sizeof file, file, &length, &error));
    put("params", "safetensors", length);
}

/* --- CSV files as columnar ones ------------------------------------------------------------------------------------ */

static void put_columnar(const char *path, int index) {
    static char text[LONGEST];
    ml_arena arena = ml_arena_over(block, ROOM);
    ml_table table;
    char name[32];
    size_t length = 0;
    FILE *const in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        exit(1);
    }
    const size_t read = fread(text, 1, sizeof text, in);
    fclose(in);
    if (ml_csv_read(text, read, &arena, &table, NULL) != ML_OK)
        return; /* some are there because they are refused */
    must(ml_columnar_write(&table, sizeof file, file, &length, &arena, &error));
    snprintf(name, sizeof name, "table-%d", index);
    put("columnar", name, length);
}

/* --- Settings: of each lab all params, and each goal's preset; the first byte is the lab ---------------------------- */

static size_t print_param(const lab_param *param, char *text, size_t room) {
    const double value = param->initial;
    if (param->kind == LAB_CHOICE)
        return (size_t)snprintf(text, room, " %s=%s", param->name, param->choices[(size_t)value]);
    if (param->kind == LAB_TOGGLE)
        return (size_t)snprintf(text, room, " %s=%s", param->name, value != 0 ? "on" : "off");
    return (size_t)snprintf(text, room, " %s=%g", param->name, value);
}

static void put_settings(int32_t index) {
    const lab *const experiment = lab_list[index];
    char name[64];
    size_t length = 1;
    file[0] = (uint8_t)index;
    for (int32_t i = 0; i < experiment->n_params; i++)
        length += print_param(&experiment->params[i], (char *)file + length, sizeof file - length);
    snprintf(name, sizeof name, "%s", experiment->name);
    put("settings", name, length);
    for (int32_t i = 0; i < experiment->n_goals; i++) {
        const char *const preset = experiment->goals[i].preset;
        if (preset == NULL)
            continue;
        memcpy(file + 1, preset, strlen(preset));
        snprintf(name, sizeof name, "%s-%d", experiment->name, (int)i);
        put("settings", name, 1 + strlen(preset));
    }
}

/* --- Numbers that are hard to read, and some that are none --------------------------------------------------------- */

static void put_numbers(void) {
    static const char *const number[] = {
        "0", "-0", "1e22", "1e23", "9007199254740993", "9007199254740992.5", "2.2250738585072011e-308",
        "2.4703282292062328e-324", "1.7976931348623158e308", "1e309", "1e-400", "123456789012345e22",
        "0e999999999999999999999", ".5", "5.", "+12", "1e+5", "e5", "-", "1.2.3", "0x10", "inf", " 1"};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        char name[32];
        memcpy(file, number[i], strlen(number[i]));
        snprintf(name, sizeof name, "number-%zu", i);
        put("decimal", name, strlen(number[i]));
    }
}

int main(int argc, char **argv) {
    folder = argv[1];
    put_models();
    put_pipeline(FEATURES, features, "all");
    for (size_t f = 0; f < FEATURES; f++)
        put_pipeline(1, &features[f], (char[]){'0' + (char)f, '\0'});
    put_params();
    for (int i = 2; i < argc; i++)
        put_columnar(argv[i], i);
    for (int32_t i = 0; i < lab_list_length; i++)
        put_settings(i);
    put_numbers();
    return 0;
}
