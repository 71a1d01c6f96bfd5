/* How every function of the library reports failure: a status to test and one sentence to show.
 *
 * A sentence says what was wrong and how to mend it, in the words of the person who caused it. Whatever a slider, a
 * file or a learner's code can cause is a status; assert() is for our own bugs. The library never aborts. */
#ifndef ML_BASE_STATUS_H
#define ML_BASE_STATUS_H

#include <stddef.h>

typedef enum ml_status {
    ML_OK = 0,
    ML_EINVAL,    /* an argument has a value that has no meaning here */
    ML_ESHAPE,    /* sizes that do not fit each other */
    ML_ENOMEM,    /* the arena is full */
    ML_EPARSE,    /* a file or a text is malformed; the sentence names the line */
    ML_EDIVERGED, /* a computation left the finite numbers: a lesson, not a crash */
    ML_ESINGULAR, /* a matrix that has no inverse, or none that float can hold */
} ml_status;

enum { ML_ERROR_LENGTH = 256 };

typedef struct ml_error {
    char message[ML_ERROR_LENGTH]; /* NUL-terminated UTF-8, cut at a whole character if too long */
} ml_error;

#if defined(__GNUC__) || defined(__clang__)
#define ML_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define ML_PRINTF(format_at, args_at)
#endif

/* Writes one sentence into *error, which may be NULL if unwanted, and returns `status`, so that a failure is one line:
 *     return ml_fail(error, ML_EINVAL, "p[%zu] is %g, not in [0, 1]", i, p[i]); */
ml_status ml_fail(ml_error *error, ml_status status, const char *format, ...) ML_PRINTF(3, 4);

/* Passes a failure up to the caller. */
#define ML_TRY(call)                                                                                                   \
    do {                                                                                                               \
        ml_status ml_try_status = (call);                                                                              \
        if (ml_try_status != ML_OK)                                                                                    \
            return ml_try_status;                                                                                      \
    } while (0)

#endif
