/* What the file formats of parameters share. Private to ml/nn. */
#ifndef ML_NN_STORED_H
#define ML_NN_STORED_H

#include "base/bytes.h"
#include "nn/params.h"

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
