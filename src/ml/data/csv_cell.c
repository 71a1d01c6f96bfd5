#include "data/csv_cell.h"

#include <math.h>

#include "base/decimal.h"
#include "data/csv_stream.h"

void ml_cell_clear(cell_view *view) {
    view->n = 0;
    view->ended = view->word = false;
}

void ml_cell_put(cell_view *view, size_t n, const char *bytes) {
    for (size_t i = 0; i < n && !view->word; i++) {
        if (is_blank(bytes[i]))
            view->ended = view->n > 0;
        else if (view->ended || view->n == LONGEST_NUMBER)
            view->word = true;
        else
            view->text[view->n++] = bytes[i];
    }
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_one_of(const char *s, size_t n, const char *const *words) {
    for (; *words != NULL; words++) {
        size_t i = 0;
        while (i < n && (*words)[i] != '\0' && lower(s[i]) == (*words)[i])
            i++;
        if (i == n && (*words)[i] == '\0')
            return true;
    }
    return false;
}

/* Whether a decimal number has neither point nor exponent. */
static bool is_whole(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] == '.' || lower(s[i]) == 'e')
            return false;
    return true;
}

cell_kind ml_cell_read(const cell_view *view, double *value) {
    static const char *const missing[] = {"", "na", "n/a", "nan", "null", NULL};
    static const char *const infinite[] = {"inf", "infinity", NULL};
    const char *s = view->text;
    const size_t n = view->n;
    if (view->word)
        return CELL_WORD;
    if (is_one_of(s, n, missing))
        return CELL_MISSING;
    const size_t sign = s[0] == '+' || s[0] == '-';
    if (is_one_of(s + sign, n - sign, infinite))
        return CELL_NOT_FINITE;
    double read;
    if (!ml_decimal_read(n, s, &read))
        return CELL_WORD;
    if (!isfinite(read))
        return CELL_NOT_FINITE;
    *value = read;
    return is_whole(s, n) && fabs(read) < 0x1p53 ? CELL_INTEGER : CELL_NUMBER;
}

bool ml_parse_f64(size_t length, const char *text, double *value) {
    cell_view view;
    ml_cell_clear(&view);
    ml_cell_put(&view, length, text);
    const cell_kind kind = ml_cell_read(&view, value);
    return kind == CELL_INTEGER || kind == CELL_NUMBER;
}
