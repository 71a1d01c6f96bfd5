/* Bytes to tables. Nothing in a file is trusted: each number is checked against what is left before it is used. */
#include <string.h>

#include "base/math.h"
#include "data/columnar_parts.h"
#include "data/utf8.h"

/* A stretch of the file that is being read. */
typedef struct span {
    const uint8_t *at;
    size_t left;
} span;

static bool take_varint(span *s, uint64_t most, size_t *x) {
    uint64_t read;
    const size_t used = ml_varint_get(s->left, s->at, &read);
    if (used == 0 || read > most || read > SIZE_MAX)
        return false;
    *x = (size_t)read;
    s->at += used;
    s->left -= used;
    return true;
}

static const uint8_t *take_bytes(span *s, size_t n) {
    const uint8_t *bytes = s->at;
    if (n > s->left)
        return NULL;
    s->at += n;
    s->left -= n;
    return bytes;
}

static bool is_text(size_t n, const uint8_t *bytes) {
    utf8_check check = ml_utf8_start();
    return ml_utf8_feed(&check, n, (const char *)bytes, NULL) == ML_OK && ml_utf8_end(&check, NULL) == ML_OK;
}

static ml_status out_of_memory(const ml_arena *arena, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "the table does not fit into %zu bytes of memory; read fewer columns",
                   arena->capacity);
}

/* A varint length and so many bytes of text; NULL if there is none. */
static const uint8_t *take_text(span *s, size_t *n) {
    const uint8_t *bytes = take_varint(s, s->left, n) ? take_bytes(s, *n) : NULL;
    return bytes != NULL && is_text(*n, bytes) ? bytes : NULL;
}

/* --- The directory ------------------------------------------------------------------------------------------------ */

static bool fits(const ml_columnar_entry *e, size_t n_rows) {
    switch (e->kind) {
    case ML_COLUMN_INTEGER:
        return e->encoding == ML_ENCODING_F64 || (e->encoding == ML_ENCODING_DELTA && e->n_missing == 0);
    case ML_COLUMN_NUMBER:
        return e->encoding == ML_ENCODING_F64;
    case ML_COLUMN_CATEGORY:
    case ML_COLUMN_TEXT:
        return e->encoding == ML_ENCODING_RUN_LENGTH || e->encoding == ML_ENCODING_BIT_PACKED;
    case ML_COLUMN_MISSING:
        return e->encoding == ML_ENCODING_NONE && e->n_bytes == 0 && e->n_missing == n_rows;
    default:
        return false;
    }
}

static ml_status read_entry(span *s, size_t n_rows, ml_columnar_entry *e, size_t j, ml_arena *arena, ml_error *error) {
    size_t n = 0;
    const uint8_t *name = take_text(s, &n), *kinds = name != NULL ? take_bytes(s, 2) : NULL, *crc = NULL;
    if (kinds != NULL && take_varint(s, n_rows, &e->n_missing) && take_varint(s, SIZE_MAX, &e->n_bytes))
        crc = take_bytes(s, COLUMNAR_CRC);
    if (crc == NULL || n == 0)
        return ml_fail(error, ML_EPARSE, "the directory ends or is no text at column %zu; the file was written wrongly",
                       j);
    char *copy = ML_ALLOC(arena, n + 1, char);
    if (copy == NULL)
        return out_of_memory(arena, error);
    e->name = memcpy(copy, name, n);
    e->kind = kinds[0];
    e->encoding = kinds[1];
    e->crc = get_u32(crc);
    if (!fits(e, n_rows))
        return ml_fail(error, ML_EPARSE, "column '%.60s' is of kind %u in encoding %u, which does not fit", e->name,
                       e->kind, e->encoding);
    return ML_OK;
}

static ml_status read_directory(span directory, ml_columnar *file, size_t blocks, ml_arena *arena, ml_error *error) {
    ml_columnar_entry *entry = ML_ALLOC(arena, file->n_columns, ml_columnar_entry);
    size_t left = file->length - blocks;
    if (entry == NULL)
        return out_of_memory(arena, error);
    for (size_t j = 0; j < file->n_columns; j++) {
        ML_TRY(read_entry(&directory, file->n_rows, &entry[j], j, arena, error));
        if (entry[j].n_bytes > left)
            return ml_fail(error, ML_EPARSE, "column '%.60s' reaches beyond the file; it was cut off", entry[j].name);
        entry[j].block = file->length - left;
        left -= entry[j].n_bytes;
        for (size_t k = 0; k < j; k++)
            if (strcmp(entry[k].name, entry[j].name) == 0)
                return ml_fail(error, ML_EPARSE, "columns %zu and %zu are both named '%.60s'", k + 1, j + 1,
                               entry[j].name);
    }
    if (left != 0 || directory.left != 0)
        return ml_fail(error, ML_EPARSE, "%zu bytes of the file belong to no column", left + directory.left);
    file->entry = entry;
    return ML_OK;
}

static ml_status read_head(ml_columnar *file, size_t *directory, ml_error *error) {
    const uint8_t *bytes = file->bytes;
    if (file->length < COLUMNAR_HEAD + COLUMNAR_CRC || memcmp(bytes, columnar_magic, sizeof columnar_magic) != 0)
        return ml_fail(error, ML_EPARSE, "this is no columnar file of ours; it does not begin like one");
    if (get_u32(bytes + 8) != COLUMNAR_VERSION)
        return ml_fail(error, ML_EPARSE, "the file is of version %u; this reads version %d", get_u32(bytes + 8),
                       COLUMNAR_VERSION);
    const uint64_t length = get_u64(bytes + 24);
    if (length > file->length - COLUMNAR_HEAD - COLUMNAR_CRC)
        return ml_fail(error, ML_EPARSE, "the directory reaches beyond the file; it was cut off");
    *directory = (size_t)length;
    if (get_u32(bytes + COLUMNAR_HEAD + *directory) != ml_crc32(COLUMNAR_HEAD + *directory, bytes))
        return ml_fail(error, ML_EPARSE, "the directory's checksum is wrong; the file is damaged");
    const uint64_t rows = get_u64(bytes + 16);
    file->n_columns = get_u32(bytes + 12);
    if (rows >= UINT32_MAX || file->n_columns == 0 || file->n_columns > ML_CSV_MAX_COLUMNS)
        return ml_fail(error, ML_EPARSE, "the file says that it has %zu columns and %.0f rows, which cannot be",
                       file->n_columns, (double)rows);
    file->n_rows = (size_t)rows;
    return ML_OK;
}

ml_status ml_columnar_open(size_t length, const uint8_t *bytes, ml_arena *arena, ml_columnar *file, ml_error *error) {
    ml_columnar opened = {.bytes = bytes, .length = length};
    size_t directory = 0;
    ML_TRY(read_head(&opened, &directory, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const span entries = {bytes + COLUMNAR_HEAD, directory};
    const ml_status status = read_directory(entries, &opened, COLUMNAR_HEAD + directory + COLUMNAR_CRC, arena, error);
    if (status == ML_OK)
        *file = opened;
    else
        ml_arena_release(arena, before);
    return status;
}

/* --- A column ----------------------------------------------------------------------------------------------------- */

static ml_status damaged(const ml_columnar_entry *e, const char *what, ml_error *error) {
    return ml_fail(error, ML_EPARSE, "column '%.60s': %s; the file was written wrongly", e->name, what);
}

static ml_status read_deltas(span block, const ml_columnar_entry *e, size_t n, ml_column *column, ml_arena *arena,
                             ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    int64_t *x = ML_ALLOC(arena, n, int64_t);
    if (x == NULL)
        return out_of_memory(arena, error);
    const bool read = ml_delta_decode(block.left, block.at, n, x, NULL) == ML_OK;
    for (size_t i = 0; read && i < n; i++)
        column->number[i] = (double)x[i];
    ml_arena_release(arena, before);
    return read ? ML_OK : damaged(e, "its differences are cut off or too many", error);
}

static ml_status read_numbers(span block, const ml_columnar_entry *e, size_t n, ml_column *column, ml_arena *arena,
                              ml_error *error) {
    size_t missing = 0;
    if (e->encoding == ML_ENCODING_F64 ? block.left / 8 != n || block.left % 8 != 0 : block.left < n)
        return damaged(e, "its block has not the length of its rows", error);
    if ((column->number = ML_ALLOC(arena, n, double)) == NULL)
        return out_of_memory(arena, error);
    if (e->encoding == ML_ENCODING_DELTA)
        ML_TRY(read_deltas(block, e, n, column, arena, error));
    for (size_t i = 0; i < n; i++) {
        double value = e->encoding == ML_ENCODING_F64 ? get_double(block.at + 8 * i) : column->number[i];
        if (isnan(value)) {
            value = (double)NAN; /* whatever bits the file's has */
            missing++;
        } else if (isinf(value) ||
                   (e->kind == ML_COLUMN_INTEGER && (value != floor(value) || !(fabs(value) < 0x1p53)))) {
            return damaged(e, "it holds a number that its kind cannot", error);
        }
        column->number[i] = value;
    }
    return missing == e->n_missing ? ML_OK : damaged(e, "it has other missing cells than it says", error);
}

/* Bytes of the n texts that come next, each with a zero; 0 if they are not all there. */
static size_t measure_levels(span block, size_t n) {
    size_t bytes = 0, length;
    for (size_t k = 0; k < n; k++, bytes += length + 1)
        if (take_text(&block, &length) == NULL)
            return 0;
    return bytes;
}

static ml_status read_levels(span *block, const ml_columnar_entry *e, ml_column *column, ml_arena *arena,
                             ml_error *error) {
    if (!take_varint(block, block->left, &column->n_levels))
        return damaged(e, "its dictionary is cut off", error);
    const size_t n = column->n_levels, bytes = measure_levels(*block, n);
    if (n > 0 && bytes == 0)
        return damaged(e, "its dictionary is cut off or no text", error);
    char *to = ML_ALLOC(arena, bytes, char);
    column->level = ML_ALLOC(arena, n, const char *);
    if (to == NULL || column->level == NULL)
        return out_of_memory(arena, error);
    for (size_t k = 0, length; k < n; k++, to += length + 1) {
        const uint8_t *text = take_text(block, &length);
        column->level[k] = memcpy(to, text, length);
        if (k > 0 && strcmp(column->level[k - 1], to) >= 0)
            return damaged(e, "its dictionary is out of order", error);
    }
    return ML_OK;
}

static bool read_codes(span block, const ml_columnar_entry *e, size_t n, uint32_t *code) {
    if (e->encoding == ML_ENCODING_RUN_LENGTH) {
        const long read = ml_rle_decode(block.at, block.left, code, n);
        return read >= 0 && (size_t)read == n;
    }
    const uint8_t *width = take_bytes(&block, 1);
    if (width == NULL || *width > 32 || block.left != ml_bitpacked_bytes(n, *width))
        return false;
    ml_bitunpack(n, block.at, *width, code);
    return true;
}

static ml_status read_words(span block, const ml_columnar_entry *e, size_t n, ml_column *column, ml_arena *arena,
                            ml_error *error) {
    size_t missing = 0;
    ML_TRY(read_levels(&block, e, column, arena, error));
    if ((column->code = ML_ALLOC(arena, n, uint32_t)) == NULL)
        return out_of_memory(arena, error);
    if (!read_codes(block, e, n, column->code))
        return damaged(e, "its codes are cut off, too few or too many", error);
    for (size_t i = 0; i < n; i++) {
        if (column->code[i] > column->n_levels)
            return damaged(e, "a code has no word", error);
        missing += column->code[i] == 0;
        column->code[i] = column->code[i] == 0 ? ML_CODE_MISSING : column->code[i] - 1;
    }
    return missing == e->n_missing ? ML_OK : damaged(e, "it has other missing cells than it says", error);
}

ml_status ml_columnar_read(const ml_columnar *file, size_t index, ml_arena *arena, ml_column *column, ml_error *error) {
    if (index >= file->n_columns)
        return ml_fail(error, ML_EINVAL, "column %zu does not exist; the file has %zu, counted from 0", index,
                       file->n_columns);
    const ml_columnar_entry *e = &file->entry[index];
    const span block = {file->bytes + e->block, e->n_bytes};
    if (ml_crc32(block.left, block.at) != e->crc)
        return ml_fail(error, ML_EPARSE, "column '%.60s': its checksum is wrong; the file is damaged", e->name);
    const ml_arena_mark before = ml_arena_save(arena);
    ml_column read = {.name = e->name, .kind = (ml_column_kind)e->kind, .n_missing = e->n_missing};
    ml_status status = ML_OK;
    if (e->kind == ML_COLUMN_NUMBER || e->kind == ML_COLUMN_INTEGER)
        status = read_numbers(block, e, file->n_rows, &read, arena, error);
    else if (e->kind != ML_COLUMN_MISSING)
        status = read_words(block, e, file->n_rows, &read, arena, error);
    if (status == ML_OK)
        *column = read;
    else
        ml_arena_release(arena, before);
    return status;
}

ml_status ml_columnar_table(const ml_columnar *file, ml_arena *arena, ml_table *table, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_table read = {file->n_rows, file->n_columns, ML_ALLOC(arena, file->n_columns, ml_column)};
    ml_status status = read.column != NULL ? ML_OK : out_of_memory(arena, error);
    for (size_t j = 0; status == ML_OK && j < file->n_columns; j++)
        status = ml_columnar_read(file, j, arena, &read.column[j], error);
    if (status == ML_OK)
        *table = read;
    else
        ml_arena_release(arena, before);
    return status;
}
