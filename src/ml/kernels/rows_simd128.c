/* Rows by their numbers, four elements at a time. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

void ml_kernel_gather_rows_simd128(size_t n, size_t d, const float *table, size_t ldt, const uint32_t *index,
                                   float *out, size_t ldo) {
    for (size_t i = 0; i < n; i++) {
        const float *from = table + index[i] * ldt;
        float *to = out + i * ldo;
        size_t j = 0;
        for (; j + 4 <= d; j += 4)
            store(to + j, load(from + j));
        if (j + 2 <= d) { /* written out: narrow rows are many, and a loop of at most three is slow to begin */
            memcpy(to + j, from + j, 2 * sizeof *to);
            j += 2;
        }
        if (j < d)
            to[j] = from[j];
    }
}

void ml_kernel_scatter_add_rows_simd128(size_t n, size_t d, const float *x, size_t ldx, const uint32_t *index,
                                        float *table, size_t ldt) {
    for (size_t i = 0; i < n; i++)
        ml_kernel_add_simd128(d, table + index[i] * ldt, x + i * ldx, table + index[i] * ldt);
}
