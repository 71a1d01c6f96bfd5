/* A model's parameters as JSON (RFC 8259). */
#include <stdlib.h>

#include "models/model_private.h"
#include "base/text.h"

/* In 15 digits if they give the same double back, else 16, else 17, which always do. */
static void add_number(ml_text *to, double value) {
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        ml_text number = {text, sizeof text, 0};
        ml_text_add(&number, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    ml_text_add(to, "%s", text);
}

static void add_string(ml_text *to, const char *text) {
    ml_text_add(to, "\"");
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            ml_text_add(to, "\\%c", c);
        else if (c < ' ')
            ml_text_add(to, "\\u%04x", (unsigned)c);
        else
            ml_text_add(to, "%c", c);
    }
    ml_text_add(to, "\"");
}

/* Whether an axis' places have names: those of features and of classes. */
static bool is_named(const ml_model *model, ml_axis axis, size_t length) {
    return axis == ML_AXIS_FEATURE ||
           (model->task == ML_CLASSIFICATION && length > 1 && (axis == ML_AXIS_CLASS || axis == ML_AXIS_SCORE));
}

static void add_name(ml_text *to, const ml_model_names *names, ml_axis axis, size_t i) {
    const char *const *const name = axis == ML_AXIS_FEATURE ? names->feature : names->class_;
    if (name != NULL)
        add_string(to, name[i]);
    else
        ml_text_add(to, axis == ML_AXIS_FEATURE ? "\"x%zu\"" : "\"%zu\"", i);
    ml_text_add(to, ": ");
}

/* Whether places of an axis get brackets of their own: one that is one long by nature has nothing to list. */
static bool is_listed(const ml_model *model, ml_axis axis, size_t length) {
    return is_named(model, axis, length) || axis == ML_AXIS_ANY || length != 1;
}

static void add_row(ml_text *to, const ml_model *model, const ml_model_names *names, size_t field, size_t row) {
    const ml_model_field_kind *const kind = &model->kind->field[field];
    const ml_model_field *const at = &model->field[field];
    const bool listed = is_listed(model, kind->column_axis, at->columns);
    const bool named = is_named(model, kind->column_axis, at->columns);
    if (listed)
        ml_text_add(to, named ? "{" : "[");
    for (size_t j = 0; j < at->columns; j++) {
        ml_text_add(to, "%s", j > 0 ? ", " : "");
        if (named)
            add_name(to, names, kind->column_axis, j);
        add_number(to, ml_model_element_value(kind->type, at->data, row * at->columns + j));
    }
    if (listed)
        ml_text_add(to, named ? "}" : "]");
}

static void add_field(ml_text *to, const ml_model *model, const ml_model_names *names, size_t field) {
    const ml_model_field_kind *const kind = &model->kind->field[field];
    const size_t rows = model->field[field].rows;
    const bool listed = is_listed(model, kind->row_axis, rows), named = is_named(model, kind->row_axis, rows);
    add_string(to, kind->name);
    ml_text_add(to, ": ");
    if (listed)
        ml_text_add(to, named ? "{" : "[");
    for (size_t i = 0; i < rows; i++) {
        ml_text_add(to, "%s", i > 0 ? ", " : "");
        if (named)
            add_name(to, names, kind->row_axis, i);
        add_row(to, model, names, field, i);
    }
    if (listed)
        ml_text_add(to, named ? "}" : "]");
}

ml_status ml_model_describe(const ml_model *model, const ml_model_names *names, size_t capacity, char *text,
                            size_t *length, ml_error *error) {
    static const ml_model_names none = {0};
    ml_text to = {text, capacity, 0};
    const char *between = "";
    ml_text_add(&to, "{");
    for (size_t i = 0; i < model->kind->n_fields; i++)
        if (model->kind->field[i].is_parameter && model->field[i].rows * model->field[i].columns > 0) {
            ml_text_add(&to, "%s", between);
            add_field(&to, model, names != NULL ? names : &none, i);
            between = ", ";
        }
    ml_text_add(&to, "}");
    return ml_text_end(&to, "the model's description", length, error);
}
