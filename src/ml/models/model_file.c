/* A fitted model to bytes and back. */
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/math.h"
#include "models/model_private.h"

static const uint8_t magic[8] = "lzmodel";

enum { VERSION = 1, LONGEST_TEXT = 1 << 16, CRC = 4 };

/* --- Writing: one walk, which only counts where there are no bytes ------------------------------------------------ */

typedef struct sink {
    uint8_t *at; /* NULL: count */
    size_t length;
} sink;

static void add(sink *to, size_t count, const void *bytes) {
    if (to->at != NULL && count > 0)
        memcpy(to->at + to->length, bytes, count);
    to->length += count;
}

static void add_u32(sink *to, size_t x) {
    uint8_t bytes[4];
    put_u32(bytes, (uint32_t)x);
    add(to, sizeof bytes, bytes);
}

static void add_u64(sink *to, size_t x) {
    uint8_t bytes[8];
    put_u64(bytes, x);
    add(to, sizeof bytes, bytes);
}

static void add_double(sink *to, double x) {
    uint8_t bytes[8];
    put_double(bytes, x);
    add(to, sizeof bytes, bytes);
}

static void add_text(sink *to, const char *text) {
    const size_t length = strlen(text);
    add_u32(to, length);
    add(to, length, text);
}

static void add_elements(sink *to, ml_field_type type, size_t count, const void *data) {
    if (to->at == NULL) {
        to->length += count * ml_model_element(type);
        return;
    }
    for (size_t i = 0; i < count; i++)
        switch (type) {
        case ML_FIELD_DOUBLE:
            add_double(to, ((const double *)data)[i]);
            break;
        case ML_FIELD_UINT8:
            add(to, 1, (const uint8_t *)data + i);
            break;
        case ML_FIELD_INT32:
            add_u32(to, (uint32_t)((const int32_t *)data)[i]);
            break;
        default:
            add_u32(to, ((const uint32_t *)data)[i]);
        }
}

static void add_names(sink *to, size_t count, const char *const *name) {
    for (size_t i = 0; i < count; i++)
        add_text(to, name[i]);
}

static void add_all(sink *to, const ml_model *model, const ml_model_names *names) {
    const ml_model_kind *const kind = model->kind;
    const size_t features = names->feature != NULL ? model->d : 0, classes = names->class_ != NULL ? model->classes : 0;
    add(to, sizeof magic, magic);
    add_u32(to, VERSION);
    add_text(to, kind->name);
    add_u32(to, (size_t)model->task);
    add_u64(to, model->d);
    add_u64(to, model->classes);
    add_u64(to, model->outputs);
    add_u32(to, kind->n_settings);
    for (size_t i = 0; i < kind->n_settings; i++) {
        add_text(to, kind->setting[i].name);
        add_double(to, model->setting[i]);
    }
    add_u32(to, kind->n_fields);
    for (size_t i = 0; i < kind->n_fields; i++) {
        add_text(to, kind->field[i].name);
        add_u32(to, (size_t)kind->field[i].type);
        add_u64(to, model->field[i].rows);
        add_u64(to, model->field[i].columns);
        add_elements(to, kind->field[i].type, model->field[i].rows * model->field[i].columns, model->field[i].data);
    }
    add_u32(to, features);
    add_u32(to, classes);
    add_u32(to, names->target != NULL);
    add_names(to, features, names->feature);
    add_names(to, classes, names->class_);
    add_names(to, names->target != NULL, &names->target);
}

static ml_status check_names(size_t count, const char *const *name, ml_error *error) {
    for (size_t i = 0; name != NULL && i < count; i++)
        if (strlen(name[i]) > LONGEST_TEXT)
            return ml_fail(error, ML_EINVAL, "saving: the name \"%.20s...\" is longer than %d bytes", name[i],
                           LONGEST_TEXT);
    return ML_OK;
}

ml_status ml_model_save(const ml_model *model, const ml_model_names *names, size_t capacity, uint8_t *bytes,
                        size_t *length, ml_error *error) {
    static const ml_model_names none = {0};
    sink to = {0};
    names = names != NULL ? names : &none;
    ML_TRY(check_names(model->d, names->feature, error));
    ML_TRY(check_names(model->classes, names->class_, error));
    ML_TRY(check_names(names->target != NULL, &names->target, error));
    add_all(&to, model, names);
    *length = to.length + CRC;
    if (bytes == NULL)
        return ML_OK;
    if (*length > capacity)
        return ml_fail(error, ML_ENOMEM, "saving: the file has %zu bytes, there is room for %zu", *length, capacity);
    to = (sink){bytes, 0};
    add_all(&to, model, names);
    put_u32(bytes + to.length, ml_crc32(to.length, bytes));
    return ML_OK;
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

/* What is left of the file. */
typedef struct source {
    const uint8_t *at;
    size_t left;
} source;

static ml_status take(source *from, size_t count, const uint8_t **bytes, ml_error *error) {
    if (count > from->left)
        return ml_fail(error, ML_EPARSE, "loading: the model's file ends too early; it has been cut");
    *bytes = from->at;
    from->at += count;
    from->left -= count;
    return ML_OK;
}

static ml_status take_u32(source *from, uint32_t *x, ml_error *error) {
    const uint8_t *bytes = NULL;
    ML_TRY(take(from, 4, &bytes, error));
    *x = get_u32(bytes);
    return ML_OK;
}

static ml_status take_size(source *from, size_t *x, ml_error *error) {
    const uint8_t *bytes = NULL;
    ML_TRY(take(from, 8, &bytes, error));
    const uint64_t size = get_u64(bytes);
    if (size > UINT32_MAX) /* the same limit on every machine */
        return ml_fail(error, ML_EPARSE, "loading: the model's file names a size beyond 2^32");
    *x = (size_t)size;
    return ML_OK;
}

/* A text of the file, copied into the arena with a zero. */
static ml_status take_text(source *from, ml_arena *arena, const char **text, ml_error *error) {
    uint32_t length = 0;
    const uint8_t *bytes = NULL;
    ML_TRY(take_u32(from, &length, error));
    if (length > LONGEST_TEXT)
        return ml_fail(error, ML_EPARSE, "loading: a text in the model's file has %u bytes", (unsigned)length);
    ML_TRY(take(from, length, &bytes, error));
    if (memchr(bytes, 0, length) != NULL)
        return ml_fail(error, ML_EPARSE, "loading: a text in the model's file has a zero byte");
    char *const copy = ML_ALLOC(arena, (size_t)length + 1, char);
    if (copy == NULL)
        return ml_fail(error, ML_ENOMEM, "loading: the model does not fit into the memory");
    memcpy(copy, bytes, length);
    *text = copy;
    return ML_OK;
}

/* The next text must be `expected`. */
static ml_status expect(source *from, const char *expected, ml_error *error) {
    uint32_t length = 0;
    const uint8_t *bytes = NULL;
    ML_TRY(take_u32(from, &length, error));
    ML_TRY(take(from, length, &bytes, error));
    if (length != strlen(expected) || memcmp(bytes, expected, length) != 0)
        return ml_fail(error, ML_EPARSE, "loading: the model's file has something else where \"%s\" belongs", expected);
    return ML_OK;
}

static ml_status expect_u32(source *from, size_t expected, const char *what, ml_error *error) {
    uint32_t x = 0;
    ML_TRY(take_u32(from, &x, error));
    if (x != expected)
        return ml_fail(error, ML_EPARSE, "loading: the model's file has %u as %s; it must be %zu", (unsigned)x, what,
                       expected);
    return ML_OK;
}

/* Magic, version, checksum; leaves what stands between in *from. */
static ml_status open_file(size_t length, const uint8_t *bytes, source *from, ml_error *error) {
    if (length < sizeof magic + CRC || memcmp(bytes, magic, sizeof magic) != 0)
        return ml_fail(error, ML_EPARSE, "loading: this is no file of a model; such a file begins with \"lzmodel\"");
    *from = (source){bytes + sizeof magic, length - sizeof magic - CRC};
    ML_TRY(expect_u32(from, VERSION, "version", error));
    if (get_u32(bytes + length - CRC) != ml_crc32(length - CRC, bytes))
        return ml_fail(error, ML_EPARSE, "loading: the checksum is wrong; the file is damaged or has been cut");
    return ML_OK;
}

static ml_status read_kind(source *from, ml_model *model, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const char *name = NULL;
    ML_TRY(take_text(from, arena, &name, error));
    const ml_status status = ml_model_find(name, &model->kind, error);
    ml_arena_release(arena, before);
    return status == ML_OK ? ML_OK : ML_EPARSE;
}

static ml_status read_head(source *from, ml_model *model, ml_error *error) {
    uint32_t task = 0;
    ML_TRY(take_u32(from, &task, error));
    if (task == 0 || (task & (task - 1)) != 0 || (task & model->kind->tasks) == 0)
        return ml_fail(error, ML_EPARSE, "loading: %s has no task %u", model->kind->name, (unsigned)task);
    model->task = (ml_task)task;
    ML_TRY(take_size(from, &model->d, error));
    ML_TRY(take_size(from, &model->classes, error));
    ML_TRY(take_size(from, &model->outputs, error));
    const bool classifies = model->task == ML_CLASSIFICATION;
    if (model->d == 0 || model->outputs == 0 || (model->outputs > 1 && model->task != ML_TRANSFORM) ||
        (classifies ? model->classes < 2 : model->classes != 0))
        return ml_fail(error, ML_EPARSE, "loading: %zu features, %zu classes and %zu outputs make no model", model->d,
                       model->classes, model->outputs);
    return ML_OK;
}

static ml_status read_settings(source *from, ml_model *model, ml_error *error) {
    const ml_model_kind *const kind = model->kind;
    const uint8_t *bytes = NULL;
    ML_TRY(expect_u32(from, kind->n_settings, "the number of settings", error));
    for (size_t i = 0; i < kind->n_settings; i++) {
        ML_TRY(expect(from, kind->setting[i].name, error));
        ML_TRY(take(from, 8, &bytes, error));
        model->setting[i] = get_double(bytes);
    }
    return ml_model_check_settings(kind, model->setting, ML_EPARSE, error);
}

static void copy_elements(ml_field_type type, size_t count, const uint8_t *bytes, void *data) {
    for (size_t i = 0; i < count; i++)
        switch (type) {
        case ML_FIELD_DOUBLE:
            ((double *)data)[i] = get_double(bytes + 8 * i);
            break;
        case ML_FIELD_UINT8:
            ((uint8_t *)data)[i] = bytes[i];
            break;
        case ML_FIELD_INT32:
            ((int32_t *)data)[i] = (int32_t)get_u32(bytes + 4 * i);
            break;
        default:
            ((uint32_t *)data)[i] = get_u32(bytes + 4 * i);
        }
}

static ml_status read_field(source *from, size_t index, ml_model *model, ml_arena *arena, ml_error *error) {
    const ml_model_field_kind *const kind = &model->kind->field[index];
    const uint8_t *bytes = NULL;
    size_t rows = 0, columns = 0;
    ML_TRY(expect(from, kind->name, error));
    ML_TRY(expect_u32(from, kind->type, "a field's type", error));
    ML_TRY(take_size(from, &rows, error));
    ML_TRY(take_size(from, &columns, error));
    const size_t element = ml_model_element(kind->type);
    if (columns != 0 && rows > from->left / element / columns)
        return ml_fail(error, ML_EPARSE, "loading: \"%s\" is %zu x %zu; the file has not that many bytes", kind->name,
                       rows, columns);
    ML_TRY(take(from, rows * columns * element, &bytes, error));
    void *const data = ml_model_make(model, index, rows, columns, arena);
    if (data == NULL)
        return ml_fail(error, ML_ENOMEM, "loading: the model does not fit into the memory");
    copy_elements(kind->type, rows * columns, bytes, data);
    if (rows * columns == 0)
        model->field[index].data = NULL;
    return ML_OK;
}

static ml_status read_fields(source *from, ml_model *model, ml_arena *arena, ml_error *error) {
    ML_TRY(expect_u32(from, model->kind->n_fields, "the number of fields", error));
    for (size_t i = 0; i < model->kind->n_fields; i++)
        ML_TRY(read_field(from, i, model, arena, error));
    ML_TRY(ml_model_check_lengths(model, ML_EPARSE, error));
    ML_TRY(ml_model_check_finite(model, ML_EPARSE, error));
    return model->kind->check != NULL ? model->kind->check(model, error) : ML_OK;
}

/* `count` names, each 4 bytes at least, so that no count can ask for more memory than the file is long. */
static ml_status read_names(source *from, uint32_t count, ml_arena *arena, const char *const **name, ml_error *error) {
    if (count > from->left / 4)
        return ml_fail(error, ML_EPARSE, "loading: the model's file ends too early; it has been cut");
    const char **const list = ML_ALLOC(arena, count, const char *);
    if (list == NULL)
        return ml_fail(error, ML_ENOMEM, "loading: the model does not fit into the memory");
    for (uint32_t i = 0; i < count; i++)
        ML_TRY(take_text(from, arena, &list[i], error));
    *name = count > 0 ? list : NULL;
    return ML_OK;
}

static ml_status read_all_names(source *from, const ml_model *model, ml_arena *arena, ml_model_names *names,
                                ml_error *error) {
    const char *const *target = NULL;
    uint32_t features = 0, classes = 0, targets = 0;
    ML_TRY(take_u32(from, &features, error));
    ML_TRY(take_u32(from, &classes, error));
    ML_TRY(take_u32(from, &targets, error));
    if ((features != 0 && features != model->d) || (classes != 0 && classes != model->classes) || targets > 1)
        return ml_fail(error, ML_EPARSE, "loading: the file has names for %u features, %u classes and %u targets",
                       (unsigned)features, (unsigned)classes, (unsigned)targets);
    ML_TRY(read_names(from, features, arena, &names->feature, error));
    ML_TRY(read_names(from, classes, arena, &names->class_, error));
    ML_TRY(read_names(from, targets, arena, &target, error));
    names->target = target != NULL ? target[0] : NULL;
    if (from->left > 0)
        return ml_fail(error, ML_EPARSE, "loading: %zu bytes follow the end of the model", from->left);
    return ML_OK;
}

static ml_status load(size_t length, const uint8_t *bytes, ml_arena *arena, ml_model *model, ml_model_names *names,
                      ml_error *error) {
    source from = {0};
    ML_TRY(open_file(length, bytes, &from, error));
    ML_TRY(read_kind(&from, model, arena, error));
    ML_TRY(read_head(&from, model, error));
    ML_TRY(read_settings(&from, model, error));
    ML_TRY(read_fields(&from, model, arena, error));
    return read_all_names(&from, model, arena, names, error);
}

ml_status ml_model_load(size_t length, const uint8_t *bytes, ml_arena *arena, ml_model *model, ml_model_names *names,
                        ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    ml_model loaded = {0};
    ml_model_names called = {0};
    const ml_status status = load(length, bytes, arena, &loaded, &called, error);
    if (status != ML_OK) {
        ml_arena_release(arena, before);
        return status;
    }
    *model = loaded;
    if (names != NULL)
        *names = called;
    return ML_OK;
}
