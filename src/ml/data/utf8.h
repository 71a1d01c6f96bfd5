/* Is it text? UTF-8 checked as it streams by. Private to ml/data. */
#ifndef ML_DATA_UTF8_H
#define ML_DATA_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct utf8_check {
    size_t line;       /* of the next byte, counted from 1; a CR that an LF may follow is not counted yet */
    uint64_t n;        /* bytes seen */
    uint8_t first;     /* the first byte of the character that is open */
    uint8_t low, high; /* between which its next byte lies */
    uint8_t left;      /* how many of its bytes are still to come */
    uint8_t last;      /* the byte before, 0 at the start */
} utf8_check;

utf8_check ml_utf8_start(void);

/* Errors: ML_EPARSE with the line: bytes that are no UTF-8, a NUL byte, or the mark of UTF-16 at the start. */
ml_status ml_utf8_feed(utf8_check *check, size_t length, const char *text, ml_error *error);
ml_status ml_utf8_end(const utf8_check *check, ml_error *error);

#endif
