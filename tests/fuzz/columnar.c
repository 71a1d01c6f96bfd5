/* The columnar format: any bytes are refused with a sentence, or are a table, which can be written and read again. */
#include "tables.h"

#include "base/bytes.h"
#include "data/columnar_parts.h"

enum { ROOM = 1 << 19 };
static _Alignas(64) unsigned char block[ROOM], other_block[ROOM];

/* Steps over a varint; false at the end of the bytes. */
static bool step(const uint8_t *bytes, size_t end, size_t *at, uint64_t *x) {
    const size_t used = ml_varint_get(end - *at, bytes + *at, x);
    *at += used;
    return used > 0;
}

/* Sets all checksums right, the blocks' and the directory's, as far as the directory can be followed: else what is
 * behind them would hardly ever be reached. */
static void mend(uint8_t *bytes, size_t size) {
    if (size < COLUMNAR_HEAD + COLUMNAR_CRC)
        return;
    const uint64_t length = get_u64(bytes + 24);
    if (length > size - COLUMNAR_HEAD - COLUMNAR_CRC)
        return;
    const size_t end = COLUMNAR_HEAD + (size_t)length;
    size_t block_at = end + COLUMNAR_CRC;
    for (size_t at = COLUMNAR_HEAD; at < end; at += COLUMNAR_CRC) {
        uint64_t name, missing, n_bytes;
        if (!step(bytes, end, &at, &name) || name > end - at)
            break;
        at += (size_t)name + 2; /* the kind and the encoding */
        if (at > end || !step(bytes, end, &at, &missing) || !step(bytes, end, &at, &n_bytes) ||
            end - at < COLUMNAR_CRC || n_bytes > size - block_at)
            break;
        put_u32(bytes + at, ml_crc32((size_t)n_bytes, bytes + block_at));
        block_at += (size_t)n_bytes;
    }
    put_u32(bytes + end, ml_crc32(end, bytes));
}

static void read(size_t size, const uint8_t *bytes) {
    ml_arena arena = fuzz_arena(block, ROOM);
    ml_error error = {""};
    ml_columnar file;
    ml_column alone;
    ml_table table;
    ml_status status = ml_columnar_open(size, bytes, &arena, &file, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || ((status == ML_EPARSE || status == ML_ENOMEM) && arena.used == 0));
    if (status != ML_OK)
        return;
    const size_t used = arena.used;
    MUST(ml_columnar_read(&file, file.n_columns, &arena, &alone, &error) == ML_EINVAL && arena.used == used);
    status = ml_columnar_table(&file, &arena, &table, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || ((status == ML_EPARSE || status == ML_ENOMEM) && arena.used == used));
    if (status == ML_OK)
        table_must_survive_columnar(&table, other_block, ROOM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *const copy = fuzz_copy(size, data);
    read(size, copy);
    mend(copy, size);
    read(size, copy);
    free(copy);
    return 0;
}
