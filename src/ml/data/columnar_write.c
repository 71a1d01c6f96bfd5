/* Tables to bytes. */
#include <string.h>

#include "base/math.h"
#include "data/columnar_parts.h"

typedef struct plan {
    ml_encoding encoding;
    size_t n_bytes;
} plan;

static size_t varint_bytes(uint64_t x) {
    uint8_t unused[ML_VARINT_LONGEST];
    return ml_varint_put(x, unused);
}

static uint8_t *write_varint(uint8_t *at, uint64_t x) {
    return at + ml_varint_put(x, at);
}

/* --- Cells as whole numbers --------------------------------------------------------------------------------------- */

/* The column as whole numbers, if it is of such and none is missing; -0 is none, as a whole number has no sign of 0. */
static bool as_integers(const ml_column *column, size_t n, int64_t *x) {
    if (column->kind != ML_COLUMN_INTEGER)
        return false;
    for (size_t i = 0; i < n; i++) {
        const double value = column->number[i];
        if (!(fabs(value) < 0x1p53) || value != floor(value) || (value == 0.0 && signbit(value)))
            return false;
        x[i] = (int64_t)value;
    }
    return true;
}

static size_t delta_bytes(size_t n, const int64_t *x) {
    size_t bytes = 0;
    int64_t before = 0;
    for (size_t i = 0; i < n; before = x[i++])
        bytes += varint_bytes(ml_zigzag(x[i] - before)); /* both are below 2^53 in size */
    return bytes;
}

static void as_codes(const ml_column *column, size_t n, uint32_t *code) {
    for (size_t i = 0; i < n; i++)
        code[i] = column->code[i] == ML_CODE_MISSING ? 0 : column->code[i] + 1;
}

static size_t run_length_bytes(size_t n, const uint32_t *code) {
    size_t bytes = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && code[end] == code[i]; end++)
            continue;
        bytes += varint_bytes(end - i) + varint_bytes(code[i]);
    }
    return bytes;
}

static size_t level_bytes(const ml_column *column) {
    size_t bytes = varint_bytes(column->n_levels);
    for (size_t k = 0; k < column->n_levels; k++) {
        const size_t length = strlen(column->level[k]);
        bytes += varint_bytes(length) + length;
    }
    return bytes;
}

/* --- A column ----------------------------------------------------------------------------------------------------- */

/* Chooses the smallest encoding. scratch [n] of 8 bytes. */
static plan plan_column(const ml_column *column, size_t n, void *scratch) {
    if (column->number != NULL) {
        const size_t plain = 8 * n, delta = as_integers(column, n, scratch) ? delta_bytes(n, scratch) : plain;
        return delta < plain ? (plan){ML_ENCODING_DELTA, delta} : (plan){ML_ENCODING_F64, plain};
    }
    if (column->code == NULL)
        return (plan){ML_ENCODING_NONE, 0};
    as_codes(column, n, scratch);
    const size_t runs = run_length_bytes(n, scratch), packed = 1 + ml_bitpacked_bytes(n, ml_bit_width(n, scratch));
    return runs < packed ? (plan){ML_ENCODING_RUN_LENGTH, level_bytes(column) + runs}
                         : (plan){ML_ENCODING_BIT_PACKED, level_bytes(column) + packed};
}

static uint8_t *write_levels(const ml_column *column, uint8_t *at) {
    at = write_varint(at, column->n_levels);
    for (size_t k = 0; k < column->n_levels; k++) {
        const size_t length = strlen(column->level[k]);
        at = write_varint(at, length);
        memcpy(at, column->level[k], length);
        at += length;
    }
    return at;
}

static void write_numbers(const ml_column *column, size_t n, uint8_t *at) {
    for (size_t i = 0; i < n; i++)
        if (isnan(column->number[i]))
            put_u64(at + 8 * i, UINT64_C(0x7ff8000000000000)); /* whatever bits the NaN had */
        else
            put_double(at + 8 * i, column->number[i]);
}

static void write_block(const ml_column *column, size_t n, plan p, void *scratch, uint8_t *at) {
    if (p.encoding == ML_ENCODING_F64) {
        write_numbers(column, n, at);
    } else if (p.encoding == ML_ENCODING_DELTA) {
        (void)as_integers(column, n, scratch);
        ml_delta_encode(n, scratch, p.n_bytes, at);
    } else if (p.encoding != ML_ENCODING_NONE) {
        uint8_t *codes = write_levels(column, at);
        as_codes(column, n, scratch);
        if (p.encoding == ML_ENCODING_RUN_LENGTH) {
            ml_rle_encode(scratch, n, codes, p.n_bytes - (size_t)(codes - at));
        } else {
            *codes = (uint8_t)ml_bit_width(n, scratch);
            ml_bitpack(n, scratch, *codes, codes + 1);
        }
    }
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static size_t directory_bytes(const ml_column *column, plan p) {
    const size_t name = strlen(column->name);
    return varint_bytes(name) + name + 2 + varint_bytes(column->n_missing) + varint_bytes(p.n_bytes) + COLUMNAR_CRC;
}

static uint8_t *write_entry(const ml_column *column, plan p, const uint8_t *block, uint8_t *at) {
    const size_t name = strlen(column->name);
    at = write_varint(at, name);
    memcpy(at, column->name, name);
    at += name;
    *at++ = (uint8_t)column->kind;
    *at++ = (uint8_t)p.encoding;
    at = write_varint(at, column->n_missing);
    at = write_varint(at, p.n_bytes);
    put_u32(at, ml_crc32(p.n_bytes, block));
    return at + COLUMNAR_CRC;
}

static void write_file(const ml_table *table, const plan *plans, size_t directory, void *scratch, uint8_t *bytes) {
    memcpy(bytes, columnar_magic, sizeof columnar_magic);
    put_u32(bytes + 8, COLUMNAR_VERSION);
    put_u32(bytes + 12, (uint32_t)table->n_columns);
    put_u64(bytes + 16, table->n_rows);
    put_u64(bytes + 24, directory);
    uint8_t *at = bytes + COLUMNAR_HEAD, *block = at + directory + COLUMNAR_CRC;
    for (size_t j = 0; j < table->n_columns; block += plans[j++].n_bytes) {
        write_block(&table->column[j], table->n_rows, plans[j], scratch, block);
        at = write_entry(&table->column[j], plans[j], block, at);
    }
    put_u32(at, ml_crc32((size_t)(at - bytes), bytes));
}

static ml_status write_table(const ml_table *table, size_t capacity, uint8_t *bytes, size_t *length, ml_arena *arena,
                             ml_error *error) {
    plan *plans = ML_ALLOC(arena, table->n_columns, plan);
    void *scratch = ml_arena_alloc(arena, table->n_rows, sizeof(int64_t));
    if (plans == NULL || scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu rows of scratch do not fit in memory; write fewer at a time",
                       table->n_rows);
    size_t directory = 0, blocks = 0;
    for (size_t j = 0; j < table->n_columns; j++) {
        plans[j] = plan_column(&table->column[j], table->n_rows, scratch);
        directory += directory_bytes(&table->column[j], plans[j]);
        blocks += plans[j].n_bytes;
    }
    *length = COLUMNAR_HEAD + directory + COLUMNAR_CRC + blocks;
    if (bytes == NULL)
        return ML_OK;
    if (capacity < *length)
        return ml_fail(error, ML_EINVAL, "the table takes %zu bytes and there is room for %zu", *length, capacity);
    write_file(table, plans, directory, scratch, bytes);
    return ML_OK;
}

ml_status ml_columnar_write(const ml_table *table, size_t capacity, uint8_t *bytes, size_t *length, ml_arena *scratch,
                            ml_error *error) {
    if (table->n_columns == 0 || table->n_columns > ML_CSV_MAX_COLUMNS || table->n_rows >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL,
                       "%zu columns of %zu rows; a file holds 1 to %d columns and fewer than 2^32 rows",
                       table->n_columns, table->n_rows, ML_CSV_MAX_COLUMNS);
    const ml_arena_mark before = ml_arena_save(scratch);
    const ml_status status = write_table(table, capacity, bytes, length, scratch, error);
    ml_arena_release(scratch, before);
    return status;
}
