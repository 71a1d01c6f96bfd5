/* Model files: any bytes are refused with a sentence, or are a model, which predicts for any row, describes itself, and
 * is saved as the very same bytes. */
#include "fuzz.h"

#include <math.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "models/models.h"

enum { ROOM = 1 << 20, CRC = 4, ROWS = 3, MOST = 1 << 14 };
static _Alignas(64) unsigned char block[ROOM];

static double odd_value(ml_rng *rng) {
    static const double odd[] = {0, -0.0, 1, -1, 0.5, 3, 1e308, -1e308, 1e-320, 0x1p53, 1e15, -7.25};
    return ml_rng_below(rng, 4) ? 4 * ml_rng_normal(rng) : odd[ml_rng_below(rng, sizeof odd / sizeof *odd)];
}

/* A batch says what its rows say alone, for finite rows, rows with holes and rows that no model takes. */
static void predict(const ml_model *model, ml_arena *arena, ml_rng *rng) {
    const size_t wide = model->d > model->outputs ? model->d : model->outputs;
    if (wide > MOST || model->classes > MOST)
        return;
    double *const x = malloc(ROWS * model->d * sizeof *x), *const all = malloc(ROWS * model->outputs * sizeof *all),
                  *const one = malloc(model->outputs * sizeof *one),
                  *const share = malloc((ROWS * model->classes + 1) * sizeof *share);
    MUST(x != NULL && all != NULL && one != NULL && share != NULL);
    const uint64_t hole = ml_rng_below(rng, 3);
    for (size_t i = 0; i < ROWS * model->d; i++)
        x[i] = hole == 0 && ml_rng_below(rng, 3) == 0 ? (double)NAN : odd_value(rng);
    if (ml_rng_below(rng, 8) == 0)
        x[ml_rng_below(rng, ROWS * model->d)] = (double)INFINITY;
    const size_t used = arena->used;
    ml_error error = {""};
    const ml_status status = ml_model_predict(model, ROWS, x, all, arena, &error);
    fuzz_must_say(status, &error);
    for (size_t i = 0; status == ML_OK && i < ROWS; i++) {
        MUST(ml_model_predict(model, 1, x + i * model->d, one, arena, &error) == ML_OK);
        MUST(memcmp(one, all + i * model->outputs, model->outputs * sizeof *one) == 0);
    }
    if (model->task == ML_CLASSIFICATION) {
        const ml_status shares = ml_model_predict_proba(model, ROWS, x, share, arena, &error);
        MUST(shares == status);
        for (size_t i = 0; shares == ML_OK && i < ROWS; i++)
            MUST(all[i] >= 0 && all[i] < (double)model->classes);
    } else {
        MUST(ml_model_predict_proba(model, ROWS, x, share, arena, NULL) == ML_EINVAL);
    }
    MUST(arena->used == used);
    free(x);
    free(all);
    free(one);
    free(share);
}

static void describe(const ml_model *model, const ml_model_names *names) {
    size_t length = 0, again = 0;
    MUST(ml_model_describe(model, names, 0, NULL, &length, NULL) == ML_OK);
    char *const text = malloc(length + 1);
    MUST(text != NULL);
    MUST(ml_model_describe(model, names, length + 1, text, &again, NULL) == ML_OK);
    MUST(again == length && strlen(text) == length && text[0] == '{' && text[length - 1] == '}');
    free(text);
}

static void load(size_t size, const uint8_t *bytes, ml_rng *rng) {
    ml_arena arena = fuzz_arena(block, ROOM);
    ml_error error = {""};
    ml_model model;
    ml_model_names names;
    const ml_status status = ml_model_load(size, bytes, &arena, &model, &names, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || ((status == ML_EPARSE || status == ML_ENOMEM) && arena.used == 0));
    if (status != ML_OK)
        return;
    size_t length = 0;
    uint8_t *const saved = malloc(size);
    MUST(saved != NULL);
    MUST(ml_model_save(&model, &names, size, saved, &length, &error) == ML_OK);
    MUST(length == size && memcmp(saved, bytes, size) == 0);
    free(saved);
    predict(&model, &arena, rng);
    describe(&model, &names);
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
