#include "data/utf8.h"

utf8_check ml_utf8_start(void) {
    return (utf8_check){.line = 1};
}

static ml_status not_utf8(const utf8_check *check, ml_error *error) {
    return ml_fail(error, ML_EPARSE, "line %zu: byte 0x%02X is not UTF-8; save the file as UTF-8 and open it again",
                   check->line, check->first);
}

/* The first byte of a character. The second byte's range rules out overlong forms, surrogates and what lies above
 * U+10FFFF (RFC 3629, section 4). */
static ml_status open_character(utf8_check *check, uint8_t byte, ml_error *error) {
    check->first = byte;
    check->left = byte >= 0xC2 && byte <= 0xDF ? 1 : (byte & 0xF0) == 0xE0 ? 2 : byte >= 0xF0 && byte <= 0xF4 ? 3 : 0;
    check->low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    check->high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    if (check->left > 0 || (check->n == 0 && byte >= 0xFE)) /* half of a mark of UTF-16: wait for its second byte */
        return ML_OK;
    return not_utf8(check, error);
}

static ml_status take_byte(utf8_check *check, uint8_t byte, ml_error *error) {
    if (check->last == '\r' && byte != '\n')
        check->line++;
    if (check->n == 1 && ((check->last == 0xFF && byte == 0xFE) || (check->last == 0xFE && byte == 0xFF)))
        return ml_fail(error, ML_EPARSE, "line 1: the file is in UTF-16; save it as UTF-8 and open it again");
    if (check->n == 1 && check->last >= 0xFE)
        return not_utf8(check, error);
    if (check->left > 0) {
        if (byte < check->low || byte > check->high)
            return not_utf8(check, error);
        check->left--;
        check->low = 0x80;
        check->high = 0xBF;
    } else if (byte >= 0x80) {
        ML_TRY(open_character(check, byte, error));
    } else if (byte == '\0') {
        return ml_fail(error, ML_EPARSE, "line %zu: a NUL byte; this is not a text file, or it is damaged",
                       check->line);
    }
    check->line += byte == '\n';
    check->last = byte;
    check->n++;
    return ML_OK;
}

ml_status ml_utf8_feed(utf8_check *check, size_t length, const char *text, ml_error *error) {
    for (size_t i = 0; i < length; i++)
        ML_TRY(take_byte(check, (uint8_t)text[i], error));
    return ML_OK;
}

ml_status ml_utf8_end(const utf8_check *check, ml_error *error) {
    const int half_a_mark = check->n == 1 && check->last >= 0xFE;
    return check->left > 0 || half_a_mark ? not_utf8(check, error) : ML_OK;
}
