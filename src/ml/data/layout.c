#include "data/layout.h"

enum { TILE = 16 };

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* to [d x n] becomes the transpose of from [n x d]. */
static void transpose(size_t n, size_t d, const double *from, double *to) {
    for (size_t i0 = 0; i0 < n; i0 += TILE)
        for (size_t j0 = 0; j0 < d; j0 += TILE)
            for (size_t i = i0; i < smaller(i0 + TILE, n); i++)
                for (size_t j = j0; j < smaller(j0 + TILE, d); j++)
                    to[j * n + i] = from[i * d + j];
}

void ml_layout_to_columns(size_t n, size_t d, const double *rows, double *columns) {
    transpose(n, d, rows, columns);
}

void ml_layout_to_rows(size_t n, size_t d, const double *columns, double *rows) {
    transpose(d, n, columns, rows);
}

float ml_sum_strided(size_t n, const float *x, size_t stride) {
    float lane[8] = {0}, sum = 0.0f;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            lane[k] += x[(i + k) * stride];
    for (size_t k = 0; i + k < n; k++)
        lane[k] += x[(i + k) * stride];
    for (size_t k = 0; k < 8; k++)
        sum += lane[k];
    return sum;
}
