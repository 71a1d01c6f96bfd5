/* Sums over arrays, in the order that four lanes side by side would add: see kernels.h. */
#include "kernels/kernels.h"

#include <math.h>

/* How far the four lanes reach; what is left are fewer than four elements. */
static size_t in_lanes(size_t n) {
    return n - n % 4;
}

float ml_kernel_dot_scalar(size_t n, const float *a, const float *b) {
    float lane[4] = {0};
    for (size_t i = 0; i < in_lanes(n); i++)
        lane[i % 4] += a[i] * b[i];
    float total = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    for (size_t i = in_lanes(n); i < n; i++)
        total += a[i] * b[i];
    return total;
}

float ml_kernel_sum_scalar(size_t n, const float *a) {
    float lane[4] = {0};
    for (size_t i = 0; i < in_lanes(n); i++)
        lane[i % 4] += a[i];
    float total = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    for (size_t i = in_lanes(n); i < n; i++)
        total += a[i];
    return total;
}

float ml_kernel_sum_squares_scalar(size_t n, const float *a) {
    return ml_kernel_dot_scalar(n, a, a);
}

/* NaN is not greater than anything, so it is passed over. Of -0 and +0 the one that came first stays: that is why the
 * lanes matter here too. */
static float larger(float first, float second) {
    return second > first ? second : first;
}

float ml_kernel_max_scalar(size_t n, const float *a) {
    float lane[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < in_lanes(n); i++)
        lane[i % 4] = larger(lane[i % 4], a[i]);
    float most = larger(larger(lane[0], lane[2]), larger(lane[1], lane[3]));
    for (size_t i = in_lanes(n); i < n; i++)
        most = larger(most, a[i]);
    return most;
}

void ml_kernel_gemv_scalar(size_t m, size_t n, const float *a, size_t lda, const float *x, float beta, float *y) {
    for (size_t i = 0; i < m; i++) {
        const float product = ml_kernel_dot_scalar(n, a + i * lda, x);
        y[i] = beta == 0.0f ? product : y[i] + product;
    }
}

void ml_kernel_column_sums_scalar(size_t m, size_t n, const float *a, size_t lda, float *sums) {
    for (size_t j = 0; j < n; j++) {
        float total = 0.0f;
        for (size_t i = 0; i < m; i++)
            total += a[i * lda + j];
        sums[j] = total;
    }
}
