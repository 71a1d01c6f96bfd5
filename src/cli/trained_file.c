/* A trained model as one file, all numbers little-endian, u32 unless said otherwise; a text is its length and bytes:
 *     8 bytes  "lzfit" and zeros
 *     version  1
 *     u64 seed, flags (1: scale=standard, 2: contrasts)
 *     count of inputs, and for each: its name; flags (1: words, 2: missing cells have a level); count of levels and names
 *     u64 length of the pipeline, and its bytes (features/pipeline.h)
 *     u64 length of the model, and its bytes with all names (models/model.h)
 *     CRC-32 of all bytes before it */
#include "trained.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"

static const uint8_t magic[8] = "lzfit";

enum { VERSION = 1, CRC = 4, STANDARD = 1, CONTRAST = 2, WORDS = 1, MISSING_LEVEL = 2 };

/* --- Writing ------------------------------------------------------------------------------------------------------ */

typedef struct sink {
    uint8_t *bytes;
    size_t length, room;
} sink;

static uint8_t *extend(sink *to, size_t count) {
    if (to->room - to->length < count) {
        to->room = 2 * to->room + count;
        to->bytes = cli_grow(to->bytes, to->room);
    }
    to->length += count;
    return to->bytes + to->length - count;
}

static void add_u32(sink *to, size_t x) {
    put_u32(extend(to, 4), (uint32_t)x);
}

static void add_text(sink *to, const char *text) {
    const size_t length = strlen(text);
    add_u32(to, length);
    memcpy(extend(to, length), text, length);
}

static void add_inputs(sink *to, const inputs *in) {
    add_u32(to, in->n);
    for (size_t i = 0; i < in->n; i++) {
        const input *const item = &in->item[i];
        add_text(to, item->name);
        add_u32(to, (item->words ? WORDS : 0) | (item->missing_level ? MISSING_LEVEL : 0));
        add_u32(to, item->n_levels);
        for (size_t k = 0; k < item->n_levels; k++)
            add_text(to, item->level[k]);
    }
}

static ml_status add_pipeline(sink *to, const ml_pipeline *pipeline, ml_error *error) {
    size_t length;
    ML_TRY(ml_pipeline_save(pipeline, 0, NULL, &length, error));
    put_u64(extend(to, 8), length);
    return ml_pipeline_save(pipeline, length, extend(to, length), &length, error);
}

static ml_status add_model(sink *to, const trained *t, ml_error *error) {
    size_t length;
    ML_TRY(ml_model_save(&t->model, &t->names, 0, NULL, &length, error));
    put_u64(extend(to, 8), length);
    return ml_model_save(&t->model, &t->names, length, extend(to, length), &length, error);
}

static ml_status add_all(sink *to, const trained *t, ml_error *error) {
    memcpy(extend(to, sizeof magic), magic, sizeof magic);
    add_u32(to, VERSION);
    put_u64(extend(to, 8), t->seed);
    add_u32(to, (t->standard ? STANDARD : 0) | (t->in.contrast ? CONTRAST : 0));
    add_inputs(to, &t->in);
    ML_TRY(add_pipeline(to, &t->in.pipeline, error));
    ML_TRY(add_model(to, t, error));
    const uint32_t crc = ml_crc32(to->length, to->bytes);
    put_u32(extend(to, CRC), crc);
    return ML_OK;
}

int trained_save(const trained *t, const char *path) {
    sink to = {0};
    ml_error error;
    int status = CLI_OK;
    if (add_all(&to, t, &error) != ML_OK) {
        free(to.bytes);
        return cli_usage("%s cannot be written: %s", path, error.message);
    }
    FILE *const file = fopen(path, "wb");
    const bool written = file != NULL && fwrite(to.bytes, 1, to.length, file) == to.length;
    const bool closed = file != NULL && fclose(file) == 0;
    if (!written || !closed) {
        cli_note("%s cannot be written: %s", path, strerror(errno));
        status = CLI_FAILED;
    }
    free(to.bytes);
    return status;
}

/* --- Reading: nothing in the bytes is trusted --------------------------------------------------------------------- */

typedef struct source {
    const uint8_t *at;
    size_t left;
    trained *out;
} source;

static ml_status damaged(const char *what, ml_error *error) {
    return ml_fail(error, ML_EPARSE, "%s; the file was written wrongly", what);
}

static ml_status take(source *from, size_t count, const uint8_t **bytes, ml_error *error) {
    if (count > from->left)
        return damaged("it ends too early", error);
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

static ml_status take_u64(source *from, uint64_t *x, ml_error *error) {
    const uint8_t *bytes = NULL;
    ML_TRY(take(from, 8, &bytes, error));
    *x = get_u64(bytes);
    return ML_OK;
}

static ml_status no_memory(ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "it does not fit into the memory");
}

static ml_status take_text(source *from, ml_arena *arena, const char **text, ml_error *error) {
    uint32_t length = 0;
    const uint8_t *bytes = NULL;
    ML_TRY(take_u32(from, &length, error));
    ML_TRY(take(from, length, &bytes, error));
    char *const copy = ML_ALLOC(arena, (size_t)length + 1, char);
    if (copy == NULL)
        return no_memory(error);
    memcpy(copy, bytes, length);
    *text = copy;
    return ML_OK;
}

static ml_status take_input(source *from, ml_arena *arena, input *item, ml_error *error) {
    uint32_t flags = 0, levels = 0;
    ML_TRY(take_text(from, arena, &item->name, error));
    ML_TRY(take_u32(from, &flags, error));
    ML_TRY(take_u32(from, &levels, error));
    item->words = (flags & WORDS) != 0;
    item->missing_level = (flags & MISSING_LEVEL) != 0;
    item->n_levels = levels;
    if (levels > from->left / 4 || (item->missing_level && levels == 0))
        return damaged("a column has more words than the file", error);
    item->level = ML_ALLOC(arena, item->n_levels, const char *);
    if (item->level == NULL)
        return no_memory(error);
    for (size_t k = 0; k < item->n_levels; k++)
        ML_TRY(take_text(from, arena, &item->level[k], error));
    return ML_OK;
}

static ml_status take_inputs(source *from, ml_arena *arena, ml_error *error) {
    inputs *const in = &from->out->in;
    uint32_t n = 0;
    ML_TRY(take_u32(from, &n, error));
    if (n == 0 || n > from->left / 12)
        return damaged("it has more columns than bytes", error);
    in->n = n;
    in->item = ML_ALLOC(arena, in->n, input);
    if (in->item == NULL)
        return no_memory(error);
    for (size_t i = 0; i < in->n; i++)
        ML_TRY(take_input(from, arena, &in->item[i], error));
    return ML_OK;
}

static ml_status take_part(source *from, size_t *length, const uint8_t **bytes, ml_error *error) {
    uint64_t count = 0;
    ML_TRY(take_u64(from, &count, error));
    if (count > from->left)
        return damaged("a part is longer than the file", error);
    *length = (size_t)count;
    return take(from, *length, bytes, error);
}

/* The parts agree: each feature of the pipeline reads the input of its place, and together they are the model's. */
static ml_status check_parts(trained *t, ml_error *error) {
    inputs *const in = &t->in;
    const ml_pipeline *const p = &in->pipeline;
    if (p->n_features != in->n || p->n_columns != in->n)
        return damaged("its columns and its pipeline do not fit together", error);
    for (size_t i = 0; i < in->n; i++)
        if (p->feature[i].column != i ||
            p->feature[i].kind != (in->item[i].words ? ML_FEATURE_ONE_HOT : ML_FEATURE_NUMBER) || p->feature[i].flag)
            return damaged("a column and its part of the pipeline do not fit together", error);
    in->d = inputs_count(in);
    in->keep_missing = t->model.kind->takes_missing;
    if (in->d != t->model.d || t->names.feature == NULL || (t->model.classes > 0 && t->names.class_ == NULL))
        return damaged("its features and its model do not fit together", error);
    return ML_OK;
}

static ml_status take_all(void *job, ml_arena *arena, ml_error *error) {
    source from = *(const source *)job;
    trained *const t = from.out;
    const uint8_t *bytes = NULL;
    size_t length = 0;
    uint32_t flags = 0;
    ML_TRY(take_u64(&from, &t->seed, error));
    ML_TRY(take_u32(&from, &flags, error));
    t->standard = (flags & STANDARD) != 0;
    t->in.contrast = (flags & CONTRAST) != 0;
    ML_TRY(take_inputs(&from, arena, error));
    ML_TRY(take_part(&from, &length, &bytes, error));
    ML_TRY(ml_pipeline_load(length, bytes, &t->in.pipeline, arena, error));
    ML_TRY(take_part(&from, &length, &bytes, error));
    ML_TRY(ml_model_load(length, bytes, arena, &t->model, &t->names, error));
    if (from.left != 0)
        return damaged("bytes follow its end", error);
    return check_parts(t, error);
}

static ml_status load(const uint8_t *bytes, size_t length, trained *t, ml_error *error) {
    const size_t head = sizeof magic + 4, fourfold = 4 * length + (1 << 16);
    if (length < head + CRC || memcmp(bytes, magic, sizeof magic) != 0)
        return ml_fail(error, ML_EPARSE, "this is no model of laymanz; laymanz fit --save writes one");
    if (get_u32(bytes + sizeof magic) != VERSION)
        return ml_fail(error, ML_EPARSE, "the model is of version %u, and this program reads version %d; fit it again",
                       (unsigned)get_u32(bytes + sizeof magic), VERSION);
    if (get_u32(bytes + length - CRC) != ml_crc32(length - CRC, bytes))
        return ml_fail(error, ML_EPARSE,
                       "the checksum is wrong: the file is damaged or has been cut; copy or fit it again");
    source from = {bytes + head, length - head - CRC, t};
    return with_memory(take_all, &from, fourfold, &t->model_memory, error);
}

int trained_load(const char *path, trained *t) {
    size_t length = 0;
    char *const bytes = cli_read_file(path, &length);
    ml_error error;
    *t = (trained){0};
    if (bytes == NULL)
        return cli_usage("%s cannot be read", path);
    const ml_status status = load((const uint8_t *)bytes, length, t, &error);
    free(bytes);
    return status == ML_OK ? CLI_OK : cli_usage("%s: %s", path, error.message);
}
