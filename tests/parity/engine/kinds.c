/* Every kind of model that there is, whichever that are: fitted, saved, described and asked, on several data sets, with
 * its initial settings and with each of them changed in turn. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/model.h"
#include "report.h"

enum { MOST_ROWS = 700, MOST_COLUMNS = 30, QUERIES = 40, LONGEST = 160 };

static double x[MOST_ROWS * MOST_COLUMNS], target[MOST_ROWS], query[QUERIES * MOST_COLUMNS];
static uint32_t label[MOST_ROWS];
static double answer[QUERIES * MOST_COLUMNS];

typedef struct data_set {
    const char *name;
    size_t n, d, classes;
    double grid;       /* values are whole multiples of it, so that there are ties; 0: any */
    double hole_share; /* missing */
    bool is_hard;      /* a kind may refuse it: its sentence is then what is compared */
    bool each_setting;
} data_set;

static const data_set sets[] = {
    {"three classes", 97, 5, 3, 0, 0, false, true}, {"ties", 64, 3, 2, 0.5, 0, false, true},
    {"many rows", 700, 8, 2, 0, 0, false, false},   {"holes", 90, 4, 3, 0.25, 0.1, false, true},
    {"wide", 20, 30, 2, 0, 0, true, false},
};

static void make_values(const data_set *set, ml_rng *rng, size_t n, double *value) {
    fill_normal(rng, n * set->d, 1.5, value);
    for (size_t i = 0; i < n * set->d; i++) {
        if (set->grid > 0)
            value[i] = set->grid * floor(value[i] / set->grid);
        if (ml_rng_bernoulli(rng, set->hole_share))
            value[i] = NAN;
    }
}

static double or_zero(double value) {
    return value == value ? value : 0;
}

/* The target bends with the first column and follows the second; the class is where the first one lies, most often. */
static ml_dataset make_data(const data_set *set) {
    ml_rng rng = ml_rng_seed(31, set->n);
    make_values(set, &rng, set->n, x);
    make_values(set, &rng, QUERIES, query);
    for (size_t i = 0; i < set->n; i++) {
        const double a = or_zero(x[i * set->d]), b = or_zero(x[i * set->d + 1]);
        target[i] = a * a - 2 * b + 0.3 * ml_rng_normal(&rng);
        label[i] = ml_rng_bernoulli(&rng, 0.1)       ? (uint32_t)ml_rng_below(&rng, set->classes)
                   : a + b < -1 && set->classes == 3 ? 2
                                                     : (uint32_t)(a > 0.2 * b);
    }
    memcpy(query, x, QUERIES / 2 * set->d * sizeof *x); /* half of the queries are rows that it knows */
    return (ml_dataset){set->n, set->d, x, target, label, set->classes};
}

/* What the model answers, and the probabilities, if it has any. */
static void take_answers(const ml_model *model, ml_arena *arena) {
    ml_error error;
    assert_in_range(model->outputs, 1, MOST_COLUMNS);
    assert_int_equal(ml_model_predict(model, QUERIES, query, answer, arena, &error), ML_OK);
    take_doubles(QUERIES * model->outputs, answer);
    if (model->task != ML_CLASSIFICATION)
        return;
    assert_int_equal(ml_model_predict_proba(model, QUERIES, query, answer, arena, &error), ML_OK);
    take_doubles(QUERIES * model->classes, answer);
}

/* Takes in the bytes that it is saved as, which are returned, and its answers. */
static uint8_t *take_model(const ml_model *model, ml_arena *arena, size_t *length) {
    ml_error error;
    assert_int_equal(ml_model_save(model, NULL, 0, NULL, length, &error), ML_OK);
    uint8_t *file = ML_ALLOC(arena, *length, uint8_t);
    assert_true(file != NULL);
    assert_int_equal(ml_model_save(model, NULL, *length, file, length, &error), ML_OK);
    take_bytes(*length, file);
    take_answers(model, arena);
    return file;
}

/* The hash of the fitted model and that of the one that is read from its file; and what it says about itself. */
static void report_model(const char *what, const ml_model *model, ml_arena *arena) {
    ml_error error;
    ml_model loaded;
    size_t length;
    const uint8_t *file = take_model(model, arena, &length);
    const uint32_t fitted = taken();
    assert_int_equal(ml_model_load(length, file, arena, &loaded, NULL, &error), ML_OK);
    take_model(&loaded, arena, &length);
    printf("%s: %08x %08x\n", what, (unsigned)fitted, (unsigned)taken());
    assert_int_equal(ml_model_describe(model, NULL, 0, NULL, &length, &error), ML_OK);
    char *text = ML_ALLOC(arena, length + 1, char);
    assert_true(text != NULL);
    assert_int_equal(ml_model_describe(model, NULL, length + 1, text, &length, &error), ML_OK);
    take_bytes(length, text);
    report_taken("%s, described", what);
}

static void report_fit(const ml_model_kind *kind, ml_task task, const data_set *set, const ml_dataset *data,
                       const double *setting, const char *changed) {
    ml_arena *arena = empty_arena();
    ml_error error = {0};
    ml_model model;
    char what[LONGEST];
    snprintf(what, sizeof what, "%s, task %d, %s, %s", kind->name, (int)task, set->name, changed);
    const ml_status status = ml_model_fit(kind, task, data, setting, 5, arena, &model, &error);
    if (status == ML_OK)
        report_model(what, &model, arena);
    else if (set->is_hard || changed[0] != 'i') {
        take_bytes(strlen(error.message), error.message);
        report_taken("%s, refused: %s", what, error.message);
    } else
        fail_msg("%s: %s", what, error.message);
}

/* Two other values of a setting, or each other word. Returns how many there are. */
static size_t other_values(const ml_model_setting *setting, double *value) {
    const double initial = setting->initial;
    if (setting->choice != NULL) {
        size_t count = 0;
        for (double i = 0; i <= setting->high && count < 8; i++)
            if (i != initial)
                value[count++] = i;
        return count;
    }
    value[0] = setting->whole ? floor(initial / 2) : initial / 2;
    value[1] = setting->whole ? initial + 1 : initial + 0.15;
    for (size_t i = 0; i < 2; i++)
        value[i] = value[i] < setting->low ? setting->low : value[i] > setting->high ? setting->high : value[i];
    return 2;
}

static void report_kind(const ml_model_kind *kind, ml_task task, const data_set *set, const ml_dataset *data) {
    double setting[ML_MODEL_MAX_SETTINGS], other[8];
    char changed[LONGEST / 2];
    ml_model_defaults(kind, setting);
    report_fit(kind, task, set, data, setting, "initial settings");
    for (size_t s = 0; set->each_setting && s < kind->n_settings; s++) {
        const size_t count = other_values(kind->setting + s, other);
        for (size_t i = 0; i < count; i++) {
            ml_model_defaults(kind, setting);
            setting[s] = other[i];
            snprintf(changed, sizeof changed, "with %s %.17g", kind->setting[s].name, other[i]);
            report_fit(kind, task, set, data, setting, changed);
        }
    }
}

void report_kinds(void) {
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        const ml_dataset data = make_data(sets + s);
        for (size_t i = 0; i < ml_model_kinds_length; i++)
            for (unsigned task = ML_REGRESSION; task <= ML_TRANSFORM; task *= 2)
                if ((ml_model_kinds[i]->tasks & task) && (sets[s].hole_share == 0 || ml_model_kinds[i]->takes_missing))
                    report_kind(ml_model_kinds[i], (ml_task)task, sets + s, &data);
    }
}
