/* Sums over arrays, four lanes at a time. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include <math.h>

float ml_kernel_dot_simd128(size_t n, const float *a, const float *b) {
    f32x4 lanes = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        lanes += load(a + i) * load(b + i);
    float total = lane_sum(lanes);
    for (; i < n; i++)
        total += a[i] * b[i];
    return total;
}

float ml_kernel_sum_simd128(size_t n, const float *a) {
    f32x4 lanes = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        lanes += load(a + i);
    float total = lane_sum(lanes);
    for (; i < n; i++)
        total += a[i];
    return total;
}

float ml_kernel_sum_squares_simd128(size_t n, const float *a) {
    return ml_kernel_dot_simd128(n, a, a);
}

static float larger(float first, float second) {
    return second > first ? second : first;
}

float ml_kernel_max_simd128(size_t n, const float *a) {
    f32x4 lanes = splat(-INFINITY);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 next = load(a + i);
        lanes = select(next > lanes, next, lanes);
    }
    float most = larger(larger(lanes[0], lanes[2]), larger(lanes[1], lanes[3]));
    for (; i < n; i++)
        most = larger(most, a[i]);
    return most;
}

/* Four rows at once: their sums do not wait for each other, and each vector of x serves all four. */
static void four_dots(size_t n, const float *a, size_t lda, const float *x, float product[4]) {
    f32x4 lanes[4] = {{0}, {0}, {0}, {0}};
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        const f32x4 of_x = load(x + j);
        for (size_t r = 0; r < 4; r++)
            lanes[r] += load(a + r * lda + j) * of_x;
    }
    for (size_t r = 0; r < 4; r++)
        product[r] = lane_sum(lanes[r]);
    for (; j < n; j++)
        for (size_t r = 0; r < 4; r++)
            product[r] += a[r * lda + j] * x[j];
}

void ml_kernel_gemv_simd128(size_t m, size_t n, const float *a, size_t lda, const float *x, float beta, float *y) {
    float product[4];
    size_t i = 0;
    for (; i + 4 <= m; i += 4) {
        four_dots(n, a + i * lda, lda, x, product);
        for (size_t r = 0; r < 4; r++)
            y[i + r] = beta == 0.0f ? product[r] : y[i + r] + product[r];
    }
    for (; i < m; i++) {
        product[0] = ml_kernel_dot_simd128(n, a + i * lda, x);
        y[i] = beta == 0.0f ? product[0] : y[i] + product[0];
    }
}

void ml_kernel_column_sums_simd128(size_t m, size_t n, const float *a, size_t lda, float *sums) {
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        f32x4 total = {0};
        for (size_t i = 0; i < m; i++)
            total += load(a + i * lda + j);
        store(sums + j, total);
    }
    for (; j < n; j++) {
        float total = 0.0f;
        for (size_t i = 0; i < m; i++)
            total += a[i * lda + j];
        sums[j] = total;
    }
}
