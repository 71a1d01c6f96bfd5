/* Fitting and predicting, the same for every kind of model: checks before, and order in the arena afterwards. */
#include "models/model.h"

#include <string.h>

#include "base/math.h"
#include "models/model_private.h"

/* --- Fields ------------------------------------------------------------------------------------------------------- */

size_t ml_model_element(ml_field_type type) {
    return type == ML_FIELD_DOUBLE ? sizeof(double) : type == ML_FIELD_UINT8 ? sizeof(uint8_t) : sizeof(uint32_t);
}

double ml_model_element_value(ml_field_type type, const void *data, size_t index) {
    switch (type) {
    case ML_FIELD_DOUBLE:
        return ((const double *)data)[index];
    case ML_FIELD_UINT32:
        return ((const uint32_t *)data)[index];
    case ML_FIELD_INT32:
        return ((const int32_t *)data)[index];
    default:
        return ((const uint8_t *)data)[index];
    }
}

size_t ml_model_axis_length(const ml_model *model, ml_axis axis) {
    const size_t classes = model->task == ML_CLASSIFICATION ? model->classes : 1;
    switch (axis) {
    case ML_AXIS_ONE:
        return 1;
    case ML_AXIS_FEATURE:
        return model->d;
    case ML_AXIS_CLASS:
        return classes;
    case ML_AXIS_SCORE:
        return classes == 2 ? 1 : classes;
    case ML_AXIS_OUTPUT:
        return model->outputs;
    default:
        return 0;
    }
}

void *ml_model_make(ml_model *model, size_t field, size_t rows, size_t columns, ml_arena *arena) {
    if (columns != 0 && rows > SIZE_MAX / columns)
        return NULL;
    void *const data = ml_arena_alloc(arena, rows * columns, ml_model_element(model->kind->field[field].type));
    if (data != NULL)
        model->field[field] = (ml_model_field){rows, columns, data};
    return data;
}

static size_t field_bytes(const ml_model *model, size_t i) {
    return model->field[i].rows * model->field[i].columns * ml_model_element(model->kind->field[i].type);
}

/* The field that lies next in memory at or after `from`; n_fields if there is none. */
static size_t next_field(const ml_model *model, const unsigned char *from) {
    size_t next = model->kind->n_fields;
    for (size_t i = 0; i < model->kind->n_fields; i++) {
        const unsigned char *const data = model->field[i].data;
        if (field_bytes(model, i) > 0 && data >= from &&
            (next == model->kind->n_fields || data < (const unsigned char *)model->field[next].data))
            next = i;
    }
    return next;
}

/* Moves the fields down over the scratch that lies between them, in the order in which they lie, so that none is
 * written over before it was moved. Each was aligned where it was, so it fits where it goes. */
static void move_together(ml_model *model, ml_arena *arena, ml_arena_mark mark) {
    const unsigned char *from = arena->memory + mark.used;
    ml_arena_release(arena, mark);
    for (size_t i; (i = next_field(model, from)) < model->kind->n_fields;) {
        const size_t bytes = field_bytes(model, i);
        unsigned char *const data = model->field[i].data;
        unsigned char *to = arena->memory + arena->used;
        to += (64 - (uintptr_t)to % 64) % 64;
        memmove(to, data, bytes);
        model->field[i].data = to;
        arena->used = (size_t)(to - arena->memory) + bytes;
        from = data + bytes;
    }
    for (size_t i = 0; i < model->kind->n_fields; i++)
        if (field_bytes(model, i) == 0)
            model->field[i].data = NULL;
}

/* --- Checks ------------------------------------------------------------------------------------------------------- */

ml_status ml_model_check_lengths(const ml_model *model, ml_status status, ml_error *error) {
    for (size_t i = 0; i < model->kind->n_fields; i++) {
        const ml_model_field_kind *const kind = &model->kind->field[i];
        const ml_model_field *const field = &model->field[i];
        const size_t rows = ml_model_axis_length(model, kind->row_axis);
        const size_t columns = ml_model_axis_length(model, kind->column_axis);
        if (kind->optional && field->rows == 0 && field->columns == 0)
            continue;
        if ((kind->row_axis != ML_AXIS_ANY && field->rows != rows) ||
            (kind->column_axis != ML_AXIS_ANY && field->columns != columns))
            return ml_fail(error, status, "%s: \"%s\" is %zu x %zu, which does not fit the model's other sizes",
                           model->kind->name, kind->name, field->rows, field->columns);
    }
    return ML_OK;
}

ml_status ml_model_check_finite(const ml_model *model, ml_status status, ml_error *error) {
    for (size_t i = 0; i < model->kind->n_fields; i++) {
        if (model->kind->field[i].type != ML_FIELD_DOUBLE)
            continue;
        const double *const value = model->field[i].data;
        for (size_t j = 0; j < model->field[i].rows * model->field[i].columns; j++)
            if (!isfinite(value[j]))
                return ml_fail(error, status, "%s: element %zu of \"%s\" is not a finite number", model->kind->name, j,
                               model->kind->field[i].name);
    }
    return ML_OK;
}

static ml_status check_rows(const ml_model_kind *kind, size_t n, size_t d, const double *x, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double value = x[i * d + j];
            if (!isfinite(value) && !(isnan(value) && kind->takes_missing))
                return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is %g; %s", i, j, value,
                               isnan(value) ? "fill in missing values first" : "a model takes finite numbers");
        }
    return ML_OK;
}

static ml_status check_answers(ml_task task, const ml_dataset *data, ml_error *error) {
    if (task == ML_REGRESSION && data->target == NULL)
        return ml_fail(error, ML_EINVAL, "regression needs a target");
    for (size_t i = 0; task == ML_REGRESSION && i < data->n; i++)
        if (!isfinite(data->target[i]))
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g; leave out rows without a target", i,
                           data->target[i]);
    if (task == ML_CLASSIFICATION && (data->label == NULL || data->classes < 2 || data->classes > UINT32_MAX))
        return ml_fail(error, ML_EINVAL, "classification needs labels of at least two classes");
    for (size_t i = 0; task == ML_CLASSIFICATION && i < data->n; i++)
        if (data->label[i] >= data->classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %u; there are %zu classes, counted from 0", i,
                           (unsigned)data->label[i], data->classes);
    return ML_OK;
}

static ml_status check_data(const ml_model_kind *kind, ml_task task, const ml_dataset *data, ml_error *error) {
    if ((kind->tasks & (unsigned)task) == 0)
        return ml_fail(error, ML_EINVAL, "%s cannot be used for this task; choose another model", kind->title);
    if (data->n == 0 || data->d == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu features; a model needs at least one of each", data->n,
                       data->d);
    ML_TRY(check_rows(kind, data->n, data->d, data->x, error));
    return check_answers(task, data, error);
}

/* --- Fit and predict ---------------------------------------------------------------------------------------------- */

ml_status ml_model_fit(const ml_model_kind *kind, ml_task task, const ml_dataset *data, const double *setting,
                       uint64_t seed, ml_arena *arena, ml_model *model, ml_error *error) {
    ML_TRY(ml_model_check_settings(kind, setting, ML_EINVAL, error));
    ML_TRY(check_data(kind, task, data, error));
    ml_model fitted = {.kind = kind, .task = task, .d = data->d, .outputs = 1};
    fitted.classes = task == ML_CLASSIFICATION ? data->classes : 0;
    memcpy(fitted.setting, setting, kind->n_settings * sizeof *setting);
    const ml_arena_mark before = ml_arena_save(arena);
    ml_status status = kind->fit(&fitted, data, seed, arena, error);
    if (status == ML_OK)
        status = ml_model_check_finite(&fitted, ML_EDIVERGED, error);
    if (status != ML_OK) {
        ml_arena_release(arena, before);
        return status;
    }
    move_together(&fitted, arena, before);
    *model = fitted;
    return ML_OK;
}

/* Runs one of a kind's two predictors into scratch, so that the caller's output stays untouched on error. */
static ml_status run(const ml_model *model, bool probabilities, size_t n, const double *x, double *scratch,
                     ml_arena *arena, ml_error *error) {
    if (scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "%s: predictions for %zu rows do not fit into the memory; use fewer",
                       model->kind->title, n);
    return (probabilities ? model->kind->predict_proba : model->kind->predict)(model, n, x, scratch, arena, error);
}

static double *make_scratch(ml_arena *arena, size_t n, size_t columns) {
    return columns != 0 && n > SIZE_MAX / columns ? NULL : ML_ALLOC(arena, n * columns, double);
}

ml_status ml_model_predict_proba(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                                 ml_error *error) {
    if (model->task != ML_CLASSIFICATION)
        return ml_fail(error, ML_EINVAL, "only a model that classifies gives probabilities");
    ML_TRY(check_rows(model->kind, n, model->d, x, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const scratch = make_scratch(arena, n, model->classes);
    const ml_status status = run(model, true, n, x, scratch, arena, error);
    if (status == ML_OK && n > 0)
        memcpy(out, scratch, n * model->classes * sizeof *out);
    ml_arena_release(arena, before);
    return status;
}

ml_status ml_model_predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                           ml_error *error) {
    const bool classifies = model->task == ML_CLASSIFICATION;
    const size_t columns = classifies ? model->classes : model->outputs;
    ML_TRY(check_rows(model->kind, n, model->d, x, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const scratch = make_scratch(arena, n, columns);
    const ml_status status = run(model, classifies, n, x, scratch, arena, error);
    for (size_t i = 0; status == ML_OK && classifies && i < n; i++) {
        size_t best = 0;
        for (size_t c = 1; c < columns; c++)
            if (scratch[i * columns + c] > scratch[i * columns + best])
                best = c;
        out[i] = (double)best;
    }
    if (status == ML_OK && !classifies && n > 0)
        memcpy(out, scratch, n * columns * sizeof *out);
    ml_arena_release(arena, before);
    return status;
}
