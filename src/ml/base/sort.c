#include "ml/base/sort.h"

#include <string.h>

/* Runs of this length are sorted by insertion before they are merged: for a few items insertion is the faster one. */
enum { RUN = 16 };

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* One sort for each kind of item. PRECEDES(a, b) says that item a must stand before b; items of which neither precedes
 * the other keep their order. The merges go from one array to the other and back. */
#define DEFINE_SORT(name, item, key_parameter, PRECEDES)                                                               \
    static void name##_insert(key_parameter size_t n, item *x) {                                                       \
        for (size_t i = 1; i < n; i++) {                                                                               \
            const item moving = x[i];                                                                                  \
            size_t j = i;                                                                                              \
            for (; j > 0 && PRECEDES(moving, x[j - 1]); j--)                                                           \
                x[j] = x[j - 1];                                                                                       \
            x[j] = moving;                                                                                             \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void name##_merge(key_parameter const item *left, size_t n_left, const item *right, size_t n_right,         \
                             item *out) {                                                                              \
        size_t i = 0, j = 0;                                                                                           \
        while (i < n_left && j < n_right) {                                                                            \
            if (PRECEDES(right[j], left[i]))                                                                           \
                out[i + j] = right[j], j++;                                                                            \
            else                                                                                                       \
                out[i + j] = left[i], i++;                                                                             \
        }                                                                                                              \
        memcpy(out + i + j, left + i, (n_left - i) * sizeof *out);                                                     \
        memcpy(out + n_left + j, right + j, (n_right - j) * sizeof *out);                                              \
    }

#define NUMBER_PRECEDES(a, b) ((a) < (b) || ((b) != (b) && (a) == (a))) /* NaN after every number */
#define KEY_PRECEDES(a, b) NUMBER_PRECEDES(key[a], key[b])
#define NO_KEY
#define FLOAT_KEY const float *key,
#define DOUBLE_KEY const double *key,

DEFINE_SORT(float_value, float, NO_KEY, NUMBER_PRECEDES)
DEFINE_SORT(double_value, double, NO_KEY, NUMBER_PRECEDES)
DEFINE_SORT(float_index, uint32_t, FLOAT_KEY, KEY_PRECEDES)
DEFINE_SORT(double_index, uint32_t, DOUBLE_KEY, KEY_PRECEDES)

/* The passes over the array, the same for all: sorted runs of RUN, then of twice that, and so on. A pair of runs that
 * already stand in order is copied, which makes sorted input linear. */
#define SORT_PASSES(name, item, n, x, scratch, PRECEDES, ...)                                                          \
    do {                                                                                                               \
        item *from = (x), *to = (scratch);                                                                             \
        for (size_t at = 0; at < (n); at += RUN)                                                                       \
            name##_insert(__VA_ARGS__ smaller(RUN, (n)-at), from + at);                                                \
        for (size_t run = RUN; run < (n); run *= 2) {                                                                  \
            for (size_t at = 0; at < (n); at += 2 * run) {                                                             \
                const size_t n_left = smaller(run, (n)-at), n_right = smaller(run, (n)-at - n_left);                   \
                const item *left = from + at, *right = left + n_left;                                                  \
                if (n_right == 0 || !PRECEDES(right[0], left[n_left - 1]))                                             \
                    memcpy(to + at, left, (n_left + n_right) * sizeof *to);                                            \
                else                                                                                                   \
                    name##_merge(__VA_ARGS__ left, n_left, right, n_right, to + at);                                   \
            }                                                                                                          \
            item *const swap = from;                                                                                   \
            from = to;                                                                                                 \
            to = swap;                                                                                                 \
        }                                                                                                              \
        if (from != (x))                                                                                               \
            memcpy((x), from, (n) * sizeof *from);                                                                     \
    } while (0)

#define KEY_ARGUMENT key,

void ml_argsort_float(size_t n, const float *key, uint32_t *order, uint32_t *scratch) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    SORT_PASSES(float_index, uint32_t, n, order, scratch, KEY_PRECEDES, KEY_ARGUMENT);
}

void ml_argsort_double(size_t n, const double *key, uint32_t *order, uint32_t *scratch) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    SORT_PASSES(double_index, uint32_t, n, order, scratch, KEY_PRECEDES, KEY_ARGUMENT);
}

void ml_sort_float(size_t n, float *value, float *scratch) {
    SORT_PASSES(float_value, float, n, value, scratch, NUMBER_PRECEDES, );
}

void ml_sort_double(size_t n, double *value, double *scratch) {
    SORT_PASSES(double_value, double, n, value, scratch, NUMBER_PRECEDES, );
}
