/* What the file formats share: little-endian numbers, whatever the machine's own order. Private to ml/nn. */
#ifndef ML_NN_STORED_H
#define ML_NN_STORED_H

#include <stdint.h>
#include <string.h>

#include "nn/params.h"

static inline void put_u32(uint8_t *bytes, uint32_t x) {
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(x >> (8 * i));
}

static inline uint32_t get_u32(const uint8_t *bytes) {
    uint32_t x = 0;
    for (int i = 0; i < 4; i++)
        x |= (uint32_t)bytes[i] << (8 * i);
    return x;
}

static inline void put_float(uint8_t *bytes, float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_u32(bytes, bits);
}

static inline float get_float(const uint8_t *bytes) {
    const uint32_t bits = get_u32(bytes);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Whether params can be written: they have memory, are finite, and with `others` bytes around them fit in memory. */
ml_status ml_stored_check_writable(const ml_params *params, size_t others, ml_error *error);

/* Bytes of a file as text for a sentence: what is not printable ASCII becomes '?', what is too long is cut.
 * out [ML_PARAM_NAME]. */
void ml_stored_printable(size_t length, const uint8_t *bytes, char *out);

/* Refuses the NaN and infinite among `count` stored floats of the tensor `name`. */
ml_status ml_stored_check(size_t count, const uint8_t *bytes, const char *name, ml_error *error);

void ml_stored_read(size_t count, const uint8_t *bytes, float *out);
void ml_stored_write(size_t count, const float *value, uint8_t *bytes);

#endif
