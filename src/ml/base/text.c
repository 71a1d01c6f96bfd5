#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void ml_text_add(ml_text *to, const char *format, ...) {
    const size_t room = to->at != NULL && to->length < to->capacity ? to->capacity - to->length : 0;
    va_list args;
    va_start(args, format);
    const int added = vsnprintf(room > 0 ? to->at + to->length : NULL, room, format, args);
    va_end(args);
    to->length += added > 0 ? (size_t)added : 0;
}

void ml_text_add_float(ml_text *to, float x) {
    ml_text_add(to, "%.9g", (double)x);
}

ml_status ml_text_end(const ml_text *of, const char *what, size_t *length, ml_error *error) {
    *length = of->length;
    if (of->at != NULL && of->length >= of->capacity)
        return ml_fail(error, ML_ENOMEM, "%s: it has %zu characters and a closing zero; there is room for %zu", what,
                       of->length, of->capacity);
    return ML_OK;
}
