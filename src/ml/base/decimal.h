/* Numbers written in decimal, read to the nearest double: the same one everywhere, whatever the C library and its
 * locale. */
#ifndef ML_BASE_DECIMAL_H
#define ML_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* Reads [+-] digits [. digits] [e [+-] digits], with a digit before or after the point; E is e. No blanks, no
 * hexadecimal, no inf or nan.
 *   text   [length]
 *   value  out: the nearest double, of two equally near the even one; infinite from 1.8e308 on; untouched on error
 * Returns false if the text is anything else.
 * Cost:   up to 15 digits with an exponent of up to 22: one multiplication or division. Else about 50 passes over the
 *         digits, of which the first 800 count: whether there are others than 0 behind them is all that still matters.
 * Source: Clinger 1990, "How to read floating point numbers accurately", PLDI (why the quick way is exact); halving and
 *         doubling the decimal digits is the classical long way. Test: against strtod. */
bool ml_decimal_read(size_t length, const char *text, double *value);

#endif
