/* A network's parameters, in our own format and as safetensors: any bytes are refused with a sentence and change
 * nothing, or are the parameters, which can be written and read again. */
#include "nn/nn.h"
#include "fuzz.h"

#include <math.h>

#include "base/bytes.h"
#include "base/crc32.h"

enum { ROOM = 1 << 18, CRC = 4, VALUES = 6 + 3, BUFFERS = 1 };
static _Alignas(64) unsigned char block[ROOM];

typedef ml_status writer(const ml_params *from, size_t capacity, uint8_t *bytes, size_t *length, ml_error *error);
typedef ml_status reader(ml_params *to, size_t length, const uint8_t *bytes, ml_arena *scratch, ml_error *error);

static ml_status read_own(ml_params *to, size_t length, const uint8_t *bytes, ml_arena *scratch, ml_error *error) {
    (void)scratch;
    return ml_load(to, length, bytes, error);
}

/* The tensors that tests/fuzz/seeds.c saves. */
static ml_params make(ml_arena *arena) {
    ml_params params;
    ml_params_init(&params, 3, arena, NULL);
    ml_params_add(&params, "w", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(2, 3));
    ml_params_add(&params, "b", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(3));
    ml_params_add(&params, "mean", ML_PARAM_BUFFER, ML_ONES, 0, NULL);
    MUST(ml_params_allocate(&params, arena, NULL) == ML_OK);
    return params;
}

static void must_survive(ml_params *params, writer *write, reader *read, ml_arena *arena) {
    float value[VALUES], buffer[BUFFERS];
    size_t length = 0, again = 0;
    memcpy(value, params->value, sizeof value);
    memcpy(buffer, params->buffer, sizeof buffer);
    for (size_t i = 0; i < VALUES; i++)
        MUST(isfinite(value[i]));
    MUST(write(params, 0, NULL, &length, NULL) == ML_OK);
    uint8_t *const saved = malloc(length);
    MUST(saved != NULL && write(params, length, saved, &again, NULL) == ML_OK && again == length);
    memset(params->value, 0, sizeof value);
    memset(params->buffer, 0, sizeof buffer);
    MUST(read(params, length, saved, arena, NULL) == ML_OK);
    MUST(memcmp(value, params->value, sizeof value) == 0 && memcmp(buffer, params->buffer, sizeof buffer) == 0);
    free(saved);
}

static void load(size_t size, const uint8_t *bytes, reader *read) {
    ml_arena arena = fuzz_arena(block, ROOM);
    ml_error error = {""};
    ml_params params = make(&arena);
    float value[VALUES];
    ml_params_initialise(&params, 7);
    memcpy(value, params.value, sizeof value);
    const size_t used = arena.used;
    const ml_status status = read(&params, size, bytes, &arena, &error);
    fuzz_must_say(status, &error);
    MUST(arena.used == used);
    if (status != ML_OK) {
        MUST(memcmp(value, params.value, sizeof value) == 0 && params.buffer[0] == 1.0f);
        return;
    }
    must_survive(&params, ml_save, read_own, &arena);
    must_survive(&params, ml_safetensors_write, ml_safetensors_read, &arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *const copy = fuzz_copy(size, data);
    load(size, copy, ml_safetensors_read);
    load(size, copy, read_own);
    if (size >= CRC) { /* with the checksum set right, or nothing behind it would ever be reached */
        put_u32(copy + size - CRC, ml_crc32(size - CRC, copy));
        load(size, copy, read_own);
    }
    free(copy);
    return 0;
}
