#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "data/csv_stream.h"

enum { LONGEST_KEY = 63 };

/* --- Kinds -------------------------------------------------------------------------------------------------------- */

int settings_kind(const char *name, const ml_model_kind **kind) {
    if (ml_model_find(name, kind, NULL) == ML_OK)
        return CLI_OK;
    const char **const names = cli_alloc(ml_model_kinds_length * sizeof *names);
    for (size_t i = 0; i < ml_model_kinds_length; i++)
        names[i] = ml_model_kinds[i]->name;
    const int status = cli_unknown("model", name, names, ml_model_kinds_length, "laymanz fit --models");
    free(names);
    return status;
}

const char *settings_text(const ml_model_setting *setting, double value, char text[CLI_NUMBER_LENGTH]) {
    return setting->choice != NULL ? setting->choice[(size_t)value] : cli_double_text(value, text);
}

static void print_setting(const ml_model_setting *setting) {
    char text[CLI_NUMBER_LENGTH];
    char *const assigned = cli_format("%s=%s", setting->name, settings_text(setting, setting->initial, text));
    printf("    %-26s %s", assigned, setting->meaning);
    for (size_t i = 0; setting->choice != NULL && setting->choice[i] != NULL; i++)
        printf("%s%s", i == 0 ? ": " : ", ", setting->choice[i]);
    putchar('\n');
    free(assigned);
}

void settings_print_kinds(const ml_model_kind *only) {
    static const struct {
        ml_task task;
        const char *purpose;
    } purposes[] = {{ML_REGRESSION, "predicts numbers"}, {ML_CLASSIFICATION, "predicts classes"},
                    {ML_CLUSTERING, "finds clusters"}, {ML_ANOMALY, "finds what is strange"},
                    {ML_TRANSFORM, "makes few columns of many"}};
    for (size_t i = 0; i < ml_model_kinds_length; i++) {
        const ml_model_kind *const kind = ml_model_kinds[i];
        const char *between = ": ";
        if (only != NULL && kind != only)
            continue;
        printf("%s (%s)", kind->name, kind->title);
        for (size_t p = 0; p < sizeof purposes / sizeof *purposes; p++)
            if ((kind->tasks & (unsigned)purposes[p].task) != 0) {
                printf("%s%s", between, purposes[p].purpose);
                between = ", ";
            }
        putchar('\n');
        for (size_t s = 0; s < kind->n_settings; s++)
            print_setting(&kind->setting[s]);
    }
    puts("every model\n"
         "    scale=none                 standard: numbers are brought to mean 0 and standard deviation 1\n"
         "    seed=1                     What is random draws from it; same seed, same model");
}

/* --- What scikit-learn calls it ----------------------------------------------------------------------------------- */

static const struct {
    const char *kind, *theirs, *ours;
    bool inverse;
} aliases[] = {
    {"ridge", "alpha", "l2", false},
    {"lasso", "alpha", "l1", false},
    {"logistic", "C", "l2", true},
    {"knn", "n_neighbors", "k", false},
    {"forest", "n_estimators", "n_trees", false},
    {"boosting", "n_estimators", "n_trees", false},
    {"isolation-forest", "n_estimators", "n_trees", false},
    {"kmeans", "n_clusters", "k", false},
    {"kmeans", "max_iter", "max_iterations", false},
    {"pca", "k", "n_components", false},
};

/* The name by which the kind knows it; *inverse says that the value is one over it. */
static const char *own_name(const ml_model_kind *kind, const char *name, bool *inverse) {
    *inverse = false;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].kind, kind->name) == 0 && strcmp(aliases[i].theirs, name) == 0) {
            *inverse = aliases[i].inverse;
            return aliases[i].ours;
        }
    return name;
}

/* --- Words -------------------------------------------------------------------------------------------------------- */

static const ml_model_setting *find(const ml_model_kind *kind, const char *name) {
    for (size_t i = 0; i < kind->n_settings; i++)
        if (strcmp(kind->setting[i].name, name) == 0)
            return &kind->setting[i];
    return NULL;
}

static int unknown(const ml_model_kind *kind, const char *name) {
    const char *names[ML_MODEL_MAX_SETTINGS + 2] = {"scale", "seed"};
    for (size_t i = 0; i < kind->n_settings; i++)
        names[i + 2] = kind->setting[i].name;
    char *const what = cli_format("setting of %s", kind->name);
    char *const how = cli_format("laymanz fit %s --models", kind->name);
    const int status = cli_unknown(what, name, names, kind->n_settings + 2, how);
    free(what);
    free(how);
    return status;
}

static int read_seed(const char *word, fit_settings *out) {
    double value;
    if (!ml_parse_f64(strlen(word), word, &value) || value < 0.0 || value > 0x1p53 || value != (double)(uint64_t)value)
        return cli_usage("seed takes a whole number from 0 to 9007199254740992, not '%.60s'", word);
    out->seed = (uint64_t)value;
    return CLI_OK;
}

static int read_scale(const char *word, fit_settings *out) {
    out->standard = strcmp(word, "standard") == 0;
    if (out->standard || strcmp(word, "none") == 0)
        return CLI_OK;
    return cli_usage("scale is standard or none, not '%.60s'", word);
}

static int read_own(const ml_model_kind *kind, const char *key, const char *word, fit_settings *out) {
    bool inverse;
    const char *const name = own_name(kind, key, &inverse);
    const ml_model_setting *const setting = find(kind, name);
    ml_error error;
    double value;
    if (setting == NULL)
        return unknown(kind, key);
    const bool is_number = ml_parse_f64(strlen(word), word, &value);
    if (setting->choice == NULL && !is_number)
        return cli_usage("%s takes a number, not '%.60s'", key, word);
    const ml_status status = setting->choice != NULL
                                 ? ml_model_set_word(kind, name, word, out->value, &error)
                                 : ml_model_set(kind, name, inverse ? 1.0 / value : value, out->value, &error);
    return status == ML_OK ? CLI_OK : cli_usage("%s", error.message);
}

static int read_word(const ml_model_kind *kind, const char *word, fit_settings *out) {
    const char *const equals = strchr(word, '=');
    char key[LONGEST_KEY + 1];
    if (equals == NULL || equals == word || equals[1] == '\0')
        return cli_usage("--set takes key=value, as in seed=7, not '%.60s'", word);
    snprintf(key, sizeof key, "%.*s", (int)(equals - word < LONGEST_KEY ? equals - word : LONGEST_KEY), word);
    if (strcmp(key, "seed") == 0)
        return read_seed(equals + 1, out);
    if (strcmp(key, "scale") == 0)
        return read_scale(equals + 1, out);
    return read_own(kind, key, equals + 1, out);
}

int settings_read(const ml_model_kind *kind, const word_list *words, fit_settings *out) {
    *out = (fit_settings){.seed = 1};
    ml_model_defaults(kind, out->value);
    for (size_t i = 0; i < words->n; i++) {
        const int status = read_word(kind, words->word[i], out);
        if (status != CLI_OK)
            return status;
    }
    return CLI_OK;
}
