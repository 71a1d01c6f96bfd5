/* Matrix products, four columns of C at a time.
 *
 * The heart is `tile`: up to 5 x 8 elements of C stay in ten vector registers while k runs, so that each vector of B
 * that is loaded serves five rows and each element of A eight columns. Around it, B is cut into blocks of BLOCK_K x
 * BLOCK_N, which are copied ("packed") so that the tile reads them in one sweep, from the cache nearest to the
 * processor. Small products skip the copy where the columns of B already lie side by side.
 * The tile loads C and goes on adding, block after block in order of k, so no blocking changes a bit.
 * Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3). */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include <stdbool.h>

enum {
    ROWS = 5,    /* of a tile: with two vectors each, ten sums; sixteen registers have room for B and A besides */
    COLUMNS = 8, /* of a tile */
    BLOCK_K = 128,
    BLOCK_N = 64, /* the packed block of B: 32 KiB of stack, half of what WebAssembly gives by default */
};

/* op(X): element (i, j) is at x[i * down + j * right]. A transpose swaps the steps. */
typedef struct matrix {
    const float *x;
    size_t down, right;
} matrix;

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* C[0..rows-1][0..4 vectors - 1] += A B over k. In B, row p is at b + p * b_down. `rows` and `vectors` are constants
 * wherever this is inlined, so the loops over them unroll and `sum` lives in registers. */
static inline __attribute__((always_inline)) void tile(size_t rows, size_t vectors, size_t k, matrix a, const float *b,
                                                       size_t b_down, bool from_zero, float *c, size_t ldc) {
    f32x4 sum[ROWS][2];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = from_zero ? splat(0.0f) : load(c + i * ldc + 4 * v);
    const float *at_a = a.x, *at_b = b; /* these move on once too often at the end, but nothing is read there */
    for (size_t p = 0; p < k; p++, at_a += a.right, at_b += b_down) {
        f32x4 of_b[2];
        for (size_t v = 0; v < vectors; v++)
            of_b[v] = load(at_b + 4 * v);
        for (size_t i = 0; i < rows; i++) {
            const f32x4 of_a = splat(at_a[i * a.down]);
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = here(sum[i][v] + of_a * of_b[v]);
        }
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            store(c + i * ldc + 4 * v, sum[i][v]);
}

/* A tile of each size, with the step of A that is 1 as a constant: fewer addresses to compute. */
static void tile_of(size_t rows, size_t vectors, size_t k, matrix a, const float *b, size_t b_down, bool from_zero,
                    float *c, size_t ldc) {
#define TILE(r, v)                                                                                                     \
    case 10 * (r) + (v):                                                                                               \
        if (a.right == 1)                                                                                              \
            tile(r, v, k, (matrix){a.x, a.down, 1}, b, b_down, from_zero, c, ldc);                                     \
        else                                                                                                           \
            tile(r, v, k, (matrix){a.x, 1, a.right}, b, b_down, from_zero, c, ldc);                                    \
        break

    switch (10 * rows + vectors) {
        TILE(1, 1);
        TILE(2, 1);
        TILE(3, 1);
        TILE(4, 1);
        TILE(5, 1);
        TILE(1, 2);
        TILE(2, 2);
        TILE(3, 2);
        TILE(4, 2);
        TILE(5, 2);
    }
#undef TILE
}

/* The same at the right edge of C, where fewer columns are left than the vectors hold: by way of a copy. */
static void tile_at_edge(size_t rows, size_t columns, size_t k, matrix a, const float *b, size_t b_down, bool from_zero,
                         float *c, size_t ldc) {
    float copy[ROWS * COLUMNS] = {0};
    if (!from_zero)
        for (size_t i = 0; i < rows; i++)
            memcpy(copy + i * COLUMNS, c + i * ldc, columns * sizeof *c);
    tile_of(rows, columns > 4 ? 2 : 1, k, a, b, b_down, from_zero, copy, COLUMNS);
    for (size_t i = 0; i < rows; i++)
        memcpy(c + i * ldc, copy + i * COLUMNS, columns * sizeof *c);
}

/* Up to 8 columns of a block of B, readable as rows of whole vectors. */
typedef struct panel {
    const float *rows;
    size_t down;
} panel;

/* Copies k rows of `columns` elements, filled up with zeros to rows of 8. What comes of the zeros is thrown away. */
static panel pack_panel(size_t k, size_t columns, matrix b, float *packed) {
    if (columns == COLUMNS && b.right == 1)
        for (size_t p = 0; p < k; p++)
            memcpy(packed + p * COLUMNS, b.x + p * b.down, COLUMNS * sizeof *packed);
    else {
        memset(packed, 0, k * COLUMNS * sizeof *packed);
        for (size_t j = 0; j < columns; j++)
            for (size_t p = 0; p < k; p++)
                packed[p * COLUMNS + j] = b.x[p * b.down + j * b.right];
    }
    return (panel){packed, COLUMNS};
}

/* Copies up to 5 rows of a transposed A, so that the tile walks over neighbours and not from row to row of memory. */
static matrix pack_rows(size_t rows, size_t k, matrix a, float *packed) {
    if (rows == ROWS)
        for (size_t p = 0; p < k; p++)
            memcpy(packed + p * ROWS, a.x + p * a.right, ROWS * sizeof *packed);
    else
        for (size_t p = 0; p < k; p++)
            for (size_t i = 0; i < rows; i++)
                packed[p * ROWS + i] = a.x[i + p * a.right];
    return (matrix){packed, 1, ROWS};
}

/* C += A B for one block of B: k <= BLOCK_K, n <= BLOCK_N. */
static void multiply_block(size_t m, size_t n, size_t k, matrix a, matrix b, bool pack, bool from_zero, float *c,
                           size_t ldc) {
    float packed[BLOCK_K * BLOCK_N], packed_rows[BLOCK_K * ROWS];
    panel panels[BLOCK_N / COLUMNS];
    for (size_t j = 0; j < n; j += COLUMNS) {
        const size_t columns = smaller(COLUMNS, n - j);
        const matrix at_j = {b.x + j * b.right, b.down, b.right};
        panels[j / COLUMNS] =
            pack || columns < COLUMNS ? pack_panel(k, columns, at_j, packed + j * k) : (panel){at_j.x, b.down};
    }
    for (size_t i = 0; i < m; i += ROWS) {
        const size_t rows = smaller(ROWS, m - i);
        matrix at_i = {a.x + i * a.down, a.down, a.right};
        if (a.right != 1 && n > 2 * COLUMNS)
            at_i = pack_rows(rows, k, at_i, packed_rows);
        for (size_t j = 0; j < n; j += COLUMNS) {
            const size_t columns = smaller(COLUMNS, n - j);
            const panel of_b = panels[j / COLUMNS];
            float *to = c + i * ldc + j;
            if (columns % 4 == 0)
                tile_of(rows, columns / 4, k, at_i, of_b.rows, of_b.down, from_zero, to, ldc);
            else
                tile_at_edge(rows, columns, k, at_i, of_b.rows, of_b.down, from_zero, to, ldc);
        }
    }
}

static void gemm(size_t m, size_t n, size_t k, matrix a, matrix b, float beta, float *c, size_t ldc) {
    const bool pack = b.right != 1 || k > 128 || n > 128;
    if (k == 0 && beta == 0.0f)
        for (size_t i = 0; i < m; i++)
            memset(c + i * ldc, 0, n * sizeof *c);
    for (size_t j = 0; j < n; j += BLOCK_N)
        for (size_t p = 0; p < k; p += BLOCK_K) {
            const matrix of_a = {a.x + p * a.right, a.down, a.right};
            const matrix of_b = {b.x + p * b.down + j * b.right, b.down, b.right};
            multiply_block(m, smaller(BLOCK_N, n - j), smaller(BLOCK_K, k - p), of_a, of_b, pack,
                           beta == 0.0f && p == 0, c + j, ldc);
        }
}

void ml_kernel_gemm_nn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    gemm(m, n, k, (matrix){a, lda, 1}, (matrix){b, ldb, 1}, beta, c, ldc);
}

void ml_kernel_gemm_nt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    gemm(m, n, k, (matrix){a, lda, 1}, (matrix){b, 1, ldb}, beta, c, ldc);
}

void ml_kernel_gemm_tn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    gemm(m, n, k, (matrix){a, 1, lda}, (matrix){b, ldb, 1}, beta, c, ldc);
}

void ml_kernel_gemm_tt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    gemm(m, n, k, (matrix){a, 1, lda}, (matrix){b, 1, ldb}, beta, c, ldc);
}
