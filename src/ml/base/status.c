#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Takes off the last character of a cut text if its bytes are not all there. In UTF-8 the first byte says how many
 * belong to it (110xxxxx: two, 1110xxxx: three, 11110xxx: four); the others are 10xxxxxx. */
static void drop_partial_character(char *text) {
    const size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0u) == 0x80u)
        start--;
    if (start == 0)
        return;
    const unsigned char first = (unsigned char)text[start - 1];
    const size_t expected = first >= 0xF0u ? 4 : first >= 0xE0u ? 3 : first >= 0xC0u ? 2 : 1;
    if (length - (start - 1) < expected)
        text[start - 1] = '\0';
}

ml_status ml_fail(ml_error *error, ml_status status, const char *format, ...) {
    if (error == NULL)
        return status;
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    if (length < 0)
        error->message[0] = '\0';
    else if ((size_t)length >= sizeof error->message)
        drop_partial_character(error->message);
    return status;
}
