#include "base/sort.h"

#include <string.h>

/* Runs of this length are sorted by insertion before any merging: for a few items that is faster. */
enum { SHORT_RUN = 16 };

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

#define SORT         sort_floats
#define ITEM         float
#define KEY          float
#define KEY_OF(item) (item)
#include "base/sort_template.h"

#define SORT         sort_doubles
#define ITEM         double
#define KEY          double
#define KEY_OF(item) (item)
#include "base/sort_template.h"

#define SORT         sort_by_floats
#define ITEM         uint32_t
#define KEY          float
#define KEY_OF(item) key[item]
#include "base/sort_template.h"

#define SORT         sort_by_doubles
#define ITEM         uint32_t
#define KEY          double
#define KEY_OF(item) key[item]
#include "base/sort_template.h"

static void count_up(size_t n, uint32_t *order) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
}

void ml_argsort_float(size_t n, const float *key, uint32_t *order, uint32_t *scratch) {
    count_up(n, order);
    sort_by_floats(n, key, order, scratch);
}

void ml_argsort_double(size_t n, const double *key, uint32_t *order, uint32_t *scratch) {
    count_up(n, order);
    sort_by_doubles(n, key, order, scratch);
}

void ml_sort_float(size_t n, float *value, float *scratch) {
    sort_floats(n, NULL, value, scratch);
}

void ml_sort_double(size_t n, double *value, double *scratch) {
    sort_doubles(n, NULL, value, scratch);
}
