/* A table as bytes, column by column: a small binary format of our own, of which one column can be read without the
 * others. */
#ifndef ML_DATA_COLUMNAR_H
#define ML_DATA_COLUMNAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

struct ml_table;
struct ml_column;

/* The format. All numbers little-endian; a varint is as in encoding.h:
 *     8 bytes   "lmzcols" and a zero       the magic
 *     u32       version, 1
 *     u32       columns, 1 to 4,096
 *     u64       rows
 *     u64       length of the directory
 *     the directory: for each column
 *         varint   length of the name, the name in UTF-8, without a zero
 *         u8       kind (ml_column_kind)
 *         u8       encoding of the cells (ml_encoding)
 *         varint   missing cells
 *         varint   bytes of its block
 *         u32      CRC-32 of its block
 *     u32       CRC-32 of all bytes so far
 *     the blocks, one after the other, in the order of the directory
 * A block of numbers:  f64 each, the missing ones NaN; or, of integers that are all there, delta + zig-zag + varint.
 * A block of words:    varint levels, for each a varint length and the bytes; then the codes, 1 + the level, 0 for a
 *                      missing cell, as run lengths or bit-packed (u8 width first), whichever is smaller.
 * A column without a value has an empty block. */
typedef enum ml_encoding {
    ML_ENCODING_NONE,
    ML_ENCODING_F64,
    ML_ENCODING_DELTA,
    ML_ENCODING_RUN_LENGTH,
    ML_ENCODING_BIT_PACKED,
} ml_encoding;

/* Writes a table.
 *   capacity  of `bytes`; with bytes NULL nothing but *length is written, so that the caller can make room
 *   length    out: bytes of the file
 *   scratch   for 8 bytes a row and 16 a column, given back
 * Cost:   O(cells); each column is encoded twice, once for its size.
 * Errors: ML_EINVAL if `capacity` is too small (length is set) or the table has no column, more than 4,096, or 2^32
 * rows; ML_ENOMEM. */
ml_status ml_columnar_write(const struct ml_table *table, size_t capacity, uint8_t *bytes, size_t *length,
                            ml_arena *scratch, ml_error *error);

/* What is in a file, told by its directory. */
typedef struct ml_columnar {
    const uint8_t *bytes; /* [length] the file, the caller's; must stay */
    size_t length;
    size_t n_rows, n_columns;
    const struct ml_columnar_entry *entry; /* [n_columns] in the arena */
} ml_columnar;

typedef struct ml_columnar_entry {
    const char *name; /* NUL-terminated, in the arena */
    uint32_t kind, encoding, crc;
    size_t n_missing, block, n_bytes; /* where the block begins, and its bytes */
} ml_columnar_entry;

/* Reads the directory, and no block.
 * Cost:   O(bytes of the directory); 64 bytes a column and its name.
 * Errors: ML_EPARSE if the bytes are no such file, are cut off or damaged, or the directory says what cannot be (blocks
 *         that do not fill the file, a name twice or with a NUL, an unknown kind or encoding); ML_ENOMEM. The outputs
 *         and the arena are then as they were. */
ml_status ml_columnar_open(size_t length, const uint8_t *bytes, ml_arena *arena, ml_columnar *file, ml_error *error);

/* Reads one column into the arena; the other blocks are not looked at.
 * Errors: ML_EINVAL if there is no such column; ML_EPARSE if its block is damaged (the CRC-32) or, though its sum is
 *         right, does not decode to what the directory says: numbers that are infinite, another count of missing cells,
 *         a code without a level, levels out of order, bytes left over; ML_ENOMEM. The sentence names the column. The
 *         output and the arena are then as they were. */
ml_status ml_columnar_read(const ml_columnar *file, size_t index, ml_arena *arena, struct ml_column *column,
                           ml_error *error);

/* Reads all columns. Errors as above. */
ml_status ml_columnar_table(const ml_columnar *file, ml_arena *arena, struct ml_table *table, ml_error *error);

#endif
