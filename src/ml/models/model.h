/* One interface to every model, so that a lab or the command line treats them all alike.
 *
 * A fitted ml_model is its kind and a list of named arrays, its fields: a ridge regression has "intercept" and
 * "coefficients", a forest has its nodes. Saving, loading and describing are therefore written once, for all kinds;
 * a kind is a table (ml_model_kind) that says what it is called, what it can be set to, which fields it has, and how to
 * fit and predict. The functions of models.h and its companions do the work; a kind only calls them.
 *
 *     const ml_model_kind *kind;
 *     double setting[ML_MODEL_MAX_SETTINGS];
 *     ml_model model;
 *     ML_TRY(ml_model_find("ridge", &kind, error));
 *     ml_model_defaults(kind, setting);
 *     ML_TRY(ml_model_set(kind, "l2", 0.5, setting, error));
 *     ML_TRY(ml_model_fit(kind, ML_REGRESSION, &data, setting, seed, arena, &model, error));
 *     ML_TRY(ml_model_predict(&model, n, x, prediction, arena, error));
 *
 * The fields live in the arena that fit or load was given. Outputs stay untouched on error, and so does the arena. */
#ifndef ML_MODELS_MODEL_H
#define ML_MODELS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* What a model is for; bits, so that a kind can list several. */
typedef enum ml_task {
    ML_REGRESSION = 1,
    ML_CLASSIFICATION = 2,
    ML_CLUSTERING = 4,
    ML_ANOMALY = 8,
    ML_TRANSFORM = 16, /* new features out of old ones, as PCA's */
} ml_task;

/* What a model learns from. All of it is the caller's and only read. */
typedef struct ml_dataset {
    size_t n, d;           /* rows, features: at least 1 */
    const double *x;       /* [n x d] finite; NaN where missing, for kinds that take that */
    const double *target;  /* [n] finite, for regression; else NULL */
    const uint32_t *label; /* [n] 0 to classes - 1, for classification; else NULL */
    size_t classes;        /* for classification: 2 or more, though not all need have rows */
} ml_dataset;

/* --- A kind of model ---------------------------------------------------------------------------------------------- */

enum { ML_MODEL_MAX_SETTINGS = 16, ML_MODEL_MAX_FIELDS = 16, ML_MODEL_NAME = 32 };

/* What can be set before fitting. A value is always a double: a number, or the index of a word in `choice`. */
typedef struct ml_model_setting {
    const char *name;          /* scikit-learn's where the meaning is the same */
    double low, high, initial; /* the ends are allowed; with choices: 0, the last index, and which one */
    bool whole;                /* only whole numbers */
    const char *meaning;       /* one sentence, without the full stop */
    const char *const *choice; /* words, ended by NULL; NULL if it is a number */
} ml_model_setting;

/* How long a row or column of a field is, which loading checks, and what its elements belong to, which describing
 * shows. */
typedef enum ml_axis {
    ML_AXIS_ONE,     /* 1 */
    ML_AXIS_FEATURE, /* d */
    ML_AXIS_CLASS,   /* classification: one for each class; otherwise 1 */
    ML_AXIS_SCORE,   /* the same, but with two classes 1, which speaks for class 1 */
    ML_AXIS_OUTPUT,  /* what predict gives for a row: 1 but of a transform */
    ML_AXIS_ANY,     /* the kind's check decides: nodes, clusters, stored rows */
} ml_axis;

typedef enum ml_field_type { ML_FIELD_DOUBLE, ML_FIELD_UINT32, ML_FIELD_INT32, ML_FIELD_UINT8 } ml_field_type;

typedef struct ml_model_field_kind {
    const char *name;
    ml_field_type type;
    ml_axis row_axis, column_axis;
    bool is_parameter; /* a person wants to read it: describe shows it */
    bool optional;     /* may be left out by fit; its rows, columns are then 0 and its data NULL */
} ml_model_field_kind;

typedef struct ml_model_field {
    size_t rows, columns;
    void *data; /* [rows x columns] of the field's type; doubles are finite */
} ml_model_field;

typedef struct ml_model_kind ml_model_kind;

typedef struct ml_model {
    const ml_model_kind *kind;
    ml_task task;
    size_t d, classes, outputs;                /* features; classes (0 but for classification); values a row gives */
    double setting[ML_MODEL_MAX_SETTINGS];     /* in the order of kind->setting */
    ml_model_field field[ML_MODEL_MAX_FIELDS]; /* in the order of kind->field */
} ml_model;

/* A new kind is a file kind_NAME.c that defines `const ml_model_kind ml_kind_NAME`, and a line in kinds.c. */
struct ml_model_kind {
    const char *name;  /* as a person types it: "elastic-net" */
    const char *title; /* as a person reads it: "Elastic net" */
    unsigned tasks;    /* ml_task bits */
    bool takes_missing;
    size_t n_settings, n_fields;
    const ml_model_setting *setting;  /* [n_settings] */
    const ml_model_field_kind *field; /* [n_fields] */

    /* Fills the fields, by ml_model_make. Kind, task, d, classes, outputs (1) and settings are set and valid, the data
     * checked. Scratch may be left in the arena: ml_model_fit moves the fields together and gives the rest back; it
     * also refuses a model in which a double is not finite. A transform sets model->outputs. */
    ml_status (*fit)(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error);

    /* out [n x outputs], for every task but classification; NULL if that is the only one. x [n x d] is checked. What is
     * taken from the arena is scratch, which ml_model_predict gives back. */
    ml_status (*predict)(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error);

    /* out [n x classes], each row non-negative with sum 1: classification. The answer is the class with the highest,
     * of equals the first. NULL if the kind does not classify. Scratch as above. */
    ml_status (*predict_proba)(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                               ml_error *error);

    /* Refuses (ML_EPARSE) a model from a file that would make predict read outside its fields or never end. Task,
     * settings, lengths of all axes but ML_AXIS_ANY, and that doubles are finite have been checked. NULL: no need. */
    ml_status (*check)(const ml_model *model, ml_error *error);
};

/* For fit: gives the field with that index its size, and its data zeroed memory in the arena, which is returned; NULL
 * if the arena is full. A field may be made smaller afterwards (rows and columns), as long as the elements stay where
 * they are: row-major, without gaps. */
void *ml_model_make(ml_model *model, size_t field, size_t rows, size_t columns, ml_arena *arena);

/* --- All kinds, and their settings -------------------------------------------------------------------------------- */

extern const ml_model_kind *const ml_model_kinds[];
extern const size_t ml_model_kinds_length;

/* The kind of that name. ML_EINVAL, with the names that there are, if there is none. */
ml_status ml_model_find(const char *name, const ml_model_kind **kind, ml_error *error);

/* setting [ML_MODEL_MAX_SETTINGS] out: the initial values. */
void ml_model_defaults(const ml_model_kind *kind, double *setting);

/* Sets one by name: to a number, or with ml_model_set_word to a choice ("distance").
 * Errors: ML_EINVAL if the kind has no such setting (the sentence lists them), the value is out of range or not whole,
 *         the word is none of the choices. */
ml_status ml_model_set(const ml_model_kind *kind, const char *name, double value, double *setting, ml_error *error);
ml_status ml_model_set_word(const ml_model_kind *kind, const char *name, const char *word, double *setting,
                            ml_error *error);

/* --- Fit and predict ---------------------------------------------------------------------------------------------- */

/* Fits a model.
 *   setting [ML_MODEL_MAX_SETTINGS]
 *   seed           of what is random in it; same seed, same bits
 *   arena          holds the model's fields afterwards, and scratch meanwhile
 *   model          out
 * Errors: ML_EINVAL if the kind cannot do the task, a setting is out of range, n or d is 0, a value of x is infinite or
 *         (unless the kind takes that) missing, the target or the labels are missing or bad; ML_EDIVERGED if a
 *         parameter is not finite; ML_ENOMEM; and what the kind's own fit refuses. */
ml_status ml_model_fit(const ml_model_kind *kind, ml_task task, const ml_dataset *data, const double *setting,
                       uint64_t seed, ml_arena *arena, ml_model *model, ml_error *error);

/* What the model says about rows.
 *   x    [n x d]        n may be 0
 *   out  [n x outputs]  regression: the value; classification: the class with the highest probability, of equals the
 *                       first; clustering: the cluster's index; anomaly: a score, the higher the stranger; transform:
 *                       the new features
 *   arena               scratch, given back; may be the one that holds the model
 * Errors: ML_EINVAL for values of x as in ml_model_fit; ML_ENOMEM. */
ml_status ml_model_predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                           ml_error *error);

/* The probabilities of the classes: out [n x classes]. Errors as ml_model_predict; ML_EINVAL if the model does not
 * classify. */
ml_status ml_model_predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                                 ml_error *error);

/* --- Save, load, describe ----------------------------------------------------------------------------------------- */

/* What a model's rows and answers are called. All may be NULL: then x0, x1, ... and class 0, 1, ... are said. */
typedef struct ml_model_names {
    const char *const *feature; /* [d] */
    const char *const *class_;  /* [classes] */
    const char *target;
} ml_model_names;

/* The file, all numbers little-endian, u32 unless said otherwise; a text is its length and its bytes without a zero:
 *     8 bytes  "lzmodel" and a zero
 *     version  1
 *     the kind's name, a text; task; u64 d, classes, outputs
 *     count of settings, and for each: its name, a text, and its value, a double
 *     count of fields, and for each: its name, a text, its type, u64 rows, columns, and its elements, row by row
 *     three counts (0 or d, 0 or classes, 0 or 1) of names of features, classes and the target, and the names, texts
 *     CRC-32 of all bytes before it
 * With `bytes` NULL only *length is set, so that the caller can make room. names may be NULL.
 * Errors: ML_ENOMEM if `capacity` is too small, *length is then set; ML_EINVAL if a name is longer than 2^16 bytes. */
ml_status ml_model_save(const ml_model *model, const ml_model_names *names, size_t capacity, uint8_t *bytes,
                        size_t *length, ml_error *error);

/* Reads what ml_model_save wrote; the loaded model predicts the same bits. Fields and names go into the arena; `bytes`
 * may go once this returns. names may be NULL.
 * Trusts nothing: whatever the bytes are, the answer is a status with a sentence, or a model that is safe to use.
 * Errors: ML_EPARSE if the bytes are no such file, are cut or damaged, name a kind, setting or field that does not
 *         exist, or hold sizes, values or indices that no fitted model has; ML_ENOMEM. */
ml_status ml_model_load(size_t length, const uint8_t *bytes, ml_arena *arena, ml_model *model, ml_model_names *names,
                        ml_error *error);

/* The parameters that a person wants to read, as a JSON object: {"intercept": 2, "coefficients": {"age": 0.5, ...}}.
 * A field is a number where both axes are one long and not a feature's or a class's; an object by name where an axis
 * belongs to features or classes; otherwise a list. Numbers have as many digits as give the same double back.
 *   names     may be NULL
 *   text      [capacity] out, or NULL to be told the length alone; ends with a zero that *length does not count
 * Errors: ML_ENOMEM if it does not fit; *length is then set. */
ml_status ml_model_describe(const ml_model *model, const ml_model_names *names, size_t capacity, char *text,
                            size_t *length, ml_error *error);

#endif
