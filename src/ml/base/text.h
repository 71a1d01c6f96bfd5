/* Text that is written piece by piece into the caller's memory, and counted beyond its end. Private to the library. */
#ifndef ML_BASE_TEXT_H
#define ML_BASE_TEXT_H

#include <stddef.h>

#include "base/status.h"

typedef struct ml_text {
    char *at;        /* [capacity]; NULL: the text is only counted */
    size_t capacity; /* the closing zero included */
    size_t length;   /* of all that was added, whether it fitted or not */
} ml_text;

void ml_text_add(ml_text *to, const char *format, ...) ML_PRINTF(2, 3);

/* With up to nine significant digits, which is enough for every float to be read back as it was. */
void ml_text_add_float(ml_text *to, float x);

/* ML_OK if everything fitted, or was only to be counted. `what` is named in the sentence. */
ml_status ml_text_end(const ml_text *of, const char *what, size_t *length, ml_error *error);

#endif
