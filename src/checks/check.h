/* The contract of a challenge's checks.c: what it declares, and how a check says what went wrong.
 *
 *     #include "check.h"
 *     void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out);   the learner's
 *
 *     static void cancels(check *c) {
 *         const float x[4] = {1, 1, 1, 1}, w[4] = {1e8f, 1, 1, -1e8f};
 *         float out[1] = {CHECK_DIRT};
 *         check_input(c, "X is one row of four ones, w = (1e8, 1, 1, -1e8), b = 0");
 *         linear_predict(x, 1, 4, w, 0, out);
 *         check_floats(c, "out", out, (const float[]){2}, 1, 1, 0);
 *     }
 *     const check_case check_cases[] = {
 *         {"cancels", "Sums in double, so that large terms cancel", CHECK_HIDDEN, cancels},
 *         {0},
 *     };
 *
 * The same file runs natively and in the page. Every check runs with fresh state, in a process or a module instance of
 * its own, so that one that crashes does not hide the others. The first failure of a check is the one that is told; a
 * check may go on after it, and must return normally. Buffers that the learner's code writes come from check_buffer, so
 * that a write outside them is found. */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ml.h"

typedef enum check_visibility { CHECK_SHOWN, CHECK_HIDDEN } check_visibility;

typedef struct check {
    bool failed;
    char input[512];    /* what went in */
    char message[2048]; /* what was expected and what came out; empty while all is well */
} check;

typedef struct check_case {
    const char *name;     /* as the wrong answers name it: lower_case_words */
    const char *sentence; /* what a right answer does: "Sums in double, so that large terms cancel" */
    check_visibility visibility;
    void (*run)(check *c);
} check_case;

/* Defined by checks.c; ends with {0}. */
extern const check_case check_cases[];

/* May be defined by checks.c: calls the answer once, on an input of typical size. An answer that passes every check is
 * then compared with the solution: its time, and what it computes. It is called many times in a row; what it prepares
 * it keeps in statics, so that only the answer's own work is measured. */
void check_cost(void);

/* A value that no right answer leaves in an output. */
#define CHECK_DIRT (-12345.678f)

/* Says what goes in, for the message of what follows; cut at 500 characters. */
void check_input(check *c, const char *format, ...) ML_PRINTF(2, 3);

/* Fails with a sentence. */
void check_fail(check *c, const char *format, ...) ML_PRINTF(2, 3);

/* Fails with the sentence unless the condition holds. Returns the condition. */
bool check_true(check *c, bool condition, const char *format, ...) ML_PRINTF(3, 4);

/* `what` names the value in the message: "*w after one step". Two NaNs are equal, and so are equal infinities. */
bool check_int(check *c, const char *what, long long got, long long expected);
bool check_double(check *c, const char *what, double got, double expected, double tolerance);   /* |difference| */
bool check_relative(check *c, const char *what, double got, double expected, double tolerance); /* of expected */
bool check_between(check *c, const char *what, double got, double low, double high);            /* both included */

/* rows x columns values (columns 1: a vector; the message then has one index). Tells the first that differs. */
bool check_floats(check *c, const char *what, const float *got, const float *expected, size_t rows, size_t columns,
                  double tolerance);
bool check_doubles(check *c, const char *what, const double *got, const double *expected, size_t rows, size_t columns,
                   double tolerance);
bool check_ints(check *c, const char *what, const int *got, const int *expected, size_t rows, size_t columns);

/* That an input declared const is still what it was: compare with a copy made before the call. */
bool check_unchanged(check *c, const char *what, const void *now, const void *before, size_t bytes);

/* `bytes` bytes of memory of their own, filled with dirt, freed when the check ends. In checked mode, what lies outside
 * is guarded. Never NULL. */
void *check_buffer(check *c, size_t bytes);
#define CHECK_BUFFER(c, count, type) ((type *)check_buffer((c), (count) * sizeof(type)))

/* A copy of `bytes` bytes in such a buffer. */
void *check_copy(check *c, const void *from, size_t bytes);

#endif
