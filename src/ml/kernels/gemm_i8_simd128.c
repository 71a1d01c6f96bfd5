/* Products of int8 with sums in int32: bytes are widened to int16, of which eight are multiplied and added in pairs by
 * one instruction. WebAssembly has no such instruction for bytes. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

/* Two rows of A and four of B at once: what is loaded and widened serves several sums. */
enum { A_ROWS = 2, B_ROWS = 4 };

static inline uint32_t sum_of_lanes(u32x4 v) {
    return (v[0] + v[2]) + (v[1] + v[3]);
}

/* c[r * ldc + s] = row r of A times row s of B, for the first `rows` rows of A and `columns` of B. Both numbers
 * are constants where this is called, so that the loops over them unroll. */
static inline void block(size_t rows, size_t columns, size_t k, const int8_t *a, size_t lda, const int8_t *b,
                         size_t ldb, int32_t *c, size_t ldc) {
    u32x4 lanes[A_ROWS][B_ROWS] = {{{0}}};
    size_t p = 0;
    for (; p + 8 <= k; p += 8) {
        i16x8 of_a[A_ROWS];
        for (size_t r = 0; r < rows; r++)
            of_a[r] = load_widened(a + r * lda + p);
        for (size_t s = 0; s < columns; s++) {
            const i16x8 of_b = load_widened(b + s * ldb + p);
            for (size_t r = 0; r < rows; r++)
                lanes[r][s] += (u32x4)dot_pairs(of_a[r], of_b);
        }
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t s = 0; s < columns; s++) {
            uint32_t sum = sum_of_lanes(lanes[r][s]);
            for (size_t q = p; q < k; q++)
                sum += (uint32_t)((int32_t)a[r * lda + q] * (int32_t)b[s * ldb + q]);
            c[r * ldc + s] = (int32_t)sum;
        }
}

void ml_kernel_gemm_i8_simd128(size_t m, size_t n, size_t k, const int8_t *a, size_t lda, const int8_t *b, size_t ldb,
                               int32_t *c, size_t ldc) {
    size_t j = 0;
    for (; j + B_ROWS <= n; j += B_ROWS) {
        size_t i = 0;
        for (; i + A_ROWS <= m; i += A_ROWS)
            block(A_ROWS, B_ROWS, k, a + i * lda, lda, b + j * ldb, ldb, c + i * ldc + j, ldc);
        for (; i < m; i++)
            block(1, B_ROWS, k, a + i * lda, lda, b + j * ldb, ldb, c + i * ldc + j, ldc);
    }
    for (; j < n; j++)
        for (size_t i = 0; i < m; i++)
            block(1, 1, k, a + i * lda, lda, b + j * ldb, ldb, c + i * ldc + j, ldc);
}

/* x as the one row of A: its bytes are widened once for four rows of the matrix. */
void ml_kernel_gemv_i8_simd128(size_t m, size_t n, const int8_t *a, size_t lda, const int8_t *x, int32_t *y) {
    ml_kernel_gemm_i8_simd128(1, m, n, x, 0, a, lda, y, 0);
}
