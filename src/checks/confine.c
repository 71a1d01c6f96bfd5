/* What the answer's calls come to instead of the functions that confine.h names. */
#include "confine.h"

#include <errno.h>
#include <stddef.h>

/* The arguments are of no interest, and a caller that passes some does no harm. */
#define REFUSED(name)                                                                                                  \
    _Noreturn void __wrap_##name(void);                                                                                \
    void __wrap_##name(void) {                                                                                         \
        confine_refuse(#name);                                                                                         \
    }
#define NULL_INSTEAD(name)                                                                                             \
    void *__wrap_##name(void);                                                                                         \
    void *__wrap_##name(void) {                                                                                        \
        errno = ENOENT;                                                                                                \
        return NULL;                                                                                                   \
    }
#define MINUS_1_INSTEAD(name)                                                                                          \
    int __wrap_##name(void);                                                                                           \
    int __wrap_##name(void) {                                                                                          \
        errno = ENOENT;                                                                                                \
        return -1;                                                                                                     \
    }

CONFINE_REFUSED(REFUSED)
CONFINE_NULL(NULL_INSTEAD)
CONFINE_MINUS_1(MINUS_1_INSTEAD)
