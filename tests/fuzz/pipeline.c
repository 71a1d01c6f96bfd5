/* Pipeline files: any bytes are refused with a sentence, or are a pipeline, which gives finite features for any row,
 * alone as in a batch, and is saved as the very same bytes. */
#include "features/features.h"
#include "fuzz.h"

#include <math.h>

#include "base/bytes.h"
#include "base/crc32.h"

enum { ROOM = 1 << 19, CRC = 4, ROWS = 4, MOST = 1 << 16 };
static _Alignas(64) unsigned char block[ROOM];

static void apply(const ml_pipeline *p, ml_rng *rng) {
    static const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 1e308, -1e308, 0, -1, 0.5, 1,
                                 2, 3, INT32_MIN, INT32_MAX, 1e-320};
    if (p->n_columns > MOST || p->width > MOST)
        return;
    double *const x = malloc(ROWS * p->n_columns * sizeof *x), *const all = malloc(ROWS * p->width * sizeof *all),
                  *const one = malloc(p->width * sizeof *one);
    MUST(x != NULL && all != NULL && one != NULL);
    for (size_t i = 0; i < ROWS * p->n_columns; i++)
        x[i] = ml_rng_below(rng, 2) ? 100 * ml_rng_normal(rng) : odd[ml_rng_below(rng, sizeof odd / sizeof *odd)];
    ml_pipeline_apply(p, ROWS, x, all);
    for (size_t i = 0; i < ROWS; i++) {
        ml_pipeline_apply(p, 1, x + i * p->n_columns, one);
        MUST(memcmp(one, all + i * p->width, p->width * sizeof *one) == 0);
        for (size_t j = 0; j < p->width; j++)
            MUST(isfinite(one[j]));
    }
    free(x);
    free(all);
    free(one);
}

static void load(size_t size, const uint8_t *bytes, ml_rng *rng) {
    ml_arena arena = fuzz_arena(block, ROOM);
    ml_error error = {""};
    ml_pipeline p;
    const ml_status status = ml_pipeline_load(size, bytes, &p, &arena, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || ((status == ML_EPARSE || status == ML_ENOMEM) && arena.used == 0));
    if (status != ML_OK)
        return;
    size_t length = 0;
    uint8_t *const saved = malloc(size);
    MUST(saved != NULL);
    MUST(ml_pipeline_save(&p, size, saved, &length, &error) == ML_OK);
    MUST(length == size && memcmp(saved, bytes, size) == 0);
    free(saved);
    apply(&p, rng);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ml_rng rng = fuzz_rng(size, data);
    uint8_t *const copy = fuzz_copy(size, data);
    load(size, copy, &rng);
    if (size >= CRC) { /* with the checksum set right, or nothing behind it would ever be reached */
        put_u32(copy + size - CRC, ml_crc32(size - CRC, copy));
        load(size, copy, &rng);
    }
    free(copy);
    return 0;
}
