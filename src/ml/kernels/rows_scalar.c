/* Rows by their numbers, as an embedding has them. */
#include "kernels/kernels.h"

void ml_kernel_gather_rows_scalar(size_t n, size_t d, const float *table, size_t ldt, const uint32_t *index, float *out,
                                  size_t ldo) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            out[i * ldo + j] = table[index[i] * ldt + j];
}

void ml_kernel_scatter_add_rows_scalar(size_t n, size_t d, const float *x, size_t ldx, const uint32_t *index,
                                       float *table, size_t ldt) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            table[index[i] * ldt + j] += x[i * ldx + j];
}
