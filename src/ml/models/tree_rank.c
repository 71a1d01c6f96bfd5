#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "models/check.h"
#include "models/tree_parts.h"

/* One column: its values, sorted, numbered. Missing ones are last in the order and get the number after the last. */
static uint32_t rank_column(size_t n, const double *value, const uint32_t *order, uint32_t *rank) {
    uint32_t last = 0, known = 0;
    for (size_t i = 0; i < n; i++) {
        const double here = value[order[i]];
        if (!isnan(here)) {
            last += known > 0 && here != value[order[i - 1]];
            known++;
        }
        rank[order[i]] = isnan(here) && known > 0 ? last + 1 : last;
    }
    return known > 0 ? last + 1 : 0;
}

ml_status ml_tree_rank(size_t n, size_t d, const double *x, ml_tree_ranks *ranks, ml_arena *arena, ml_error *error) {
    ranks->rank = d > SIZE_MAX / n ? NULL : ML_ALLOC(arena, n * d, uint32_t);
    ranks->n_ranks = ML_ALLOC(arena, d, uint32_t);
    const ml_arena_mark before = ml_arena_save(arena);
    double *const column = ML_ALLOC(arena, n, double);
    uint32_t *const order = ML_ALLOC(arena, n, uint32_t), *const scratch = ML_ALLOC(arena, n, uint32_t);
    const bool fits = ranks->rank && ranks->n_ranks && column && order && scratch;
    for (size_t j = 0; fits && j < d; j++) {
        for (size_t i = 0; i < n; i++)
            column[i] = x[i * d + j];
        ml_argsort_double(n, column, order, scratch);
        ranks->n_ranks[j] = rank_column(n, column, order, ranks->rank + j * n);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_models_out_of_memory("trees", n, d, error);
}

static void sort_by_insertion(size_t m, uint64_t *item) {
    for (size_t i = 1; i < m; i++) {
        const uint64_t moving = item[i];
        size_t j = i;
        for (; j > 0 && item[j - 1] >> 32 > moving >> 32; j--)
            item[j] = item[j - 1];
        item[j] = moving;
    }
}

/* One pass of a radix sort: by `bits` bits from bit `shift` on. */
enum { MOST_BITS = 8 };
static void sort_by_digit(size_t m, const uint64_t *from, uint64_t *to, unsigned shift, unsigned bits) {
    uint32_t place[1 << MOST_BITS] = {0}, sum = 0;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    for (size_t i = 0; i < m; i++)
        place[from[i] >> shift & mask]++;
    for (size_t digit = 0; digit <= mask; digit++) {
        const uint32_t count = place[digit];
        place[digit] = sum;
        sum += count;
    }
    for (size_t i = 0; i < m; i++)
        to[place[from[i] >> shift & mask]++] = from[i];
}

/* Knuth, "The Art of Computer Programming" volume 3, section 5.2.5. */
uint64_t *ml_tree_sort(size_t m, uint64_t *item, uint64_t *scratch, uint32_t most) {
    enum { FEW = 24 };
    if (m <= FEW) {
        sort_by_insertion(m, item);
        return item;
    }
    unsigned bits = 0;
    while (bits < 32 && most >> bits != 0)
        bits++;
    const unsigned passes = (bits + MOST_BITS - 1) / MOST_BITS;
    for (unsigned pass = 0, shift = 32; pass < passes; pass++) {
        const unsigned width = (bits - (shift - 32) + (passes - pass) - 1) / (passes - pass);
        sort_by_digit(m, item, scratch, shift, width);
        shift += width;
        uint64_t *const sorted = scratch;
        scratch = item;
        item = sorted;
    }
    return item;
}
