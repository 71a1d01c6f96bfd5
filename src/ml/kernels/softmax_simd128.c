/* Softmax, row by row, on the four-lane kernels. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include "base/math.h"

static void subtract_from_each(size_t n, float x, const float *a, float *out) {
    size_t j = 0;
    for (; j + 4 <= n; j += 4)
        store(out + j, load(a + j) - x);
    for (; j < n; j++)
        out[j] = a[j] - x;
}

static void divide_each(size_t n, float x, float *a) {
    size_t j = 0;
    for (; j + 4 <= n; j += 4)
        store(a + j, load(a + j) / x);
    for (; j < n; j++)
        a[j] /= x;
}

void ml_kernel_softmax_rows_simd128(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    for (size_t i = 0; i < m; i++) {
        float *share = out + i * ldo;
        subtract_from_each(n, ml_kernel_max_simd128(n, a + i * lda), a + i * lda, share);
        ml_kernel_exp_simd128(n, share, share);
        divide_each(n, ml_kernel_sum_simd128(n, share), share);
    }
}

void ml_kernel_log_sum_exp_rows_simd128(size_t m, size_t n, const float *a, size_t lda, float *out) {
    enum { CHUNK = 64 };
    float share[CHUNK];
    for (size_t i = 0; i < m; i++) {
        const float *row = a + i * lda;
        const float largest = ml_kernel_max_simd128(n, row), most = isfinite(largest) ? largest : 0.0f;
        float total = 0.0f;
        for (size_t start = 0; start < n; start += CHUNK) {
            const size_t length = n - start < CHUNK ? n - start : CHUNK;
            subtract_from_each(length, most, row + start, share);
            ml_kernel_exp_simd128(length, share, share);
            total += ml_kernel_sum_simd128(length, share);
        }
        out[i] = most + ml_logf(total);
    }
}

void ml_kernel_log_softmax_rows_simd128(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    for (size_t i = 0; i < m; i++) {
        float log_sum;
        ml_kernel_log_sum_exp_rows_simd128(1, n, a + i * lda, lda, &log_sum);
        subtract_from_each(n, log_sum, a + i * lda, out + i * ldo);
    }
}
