/* Matrix products, four columns of C at a time.
 *
 * The heart is `tile`: up to 5 x 8 elements of C stay in ten vector registers while k runs, so that each vector of B
 * that is loaded serves five rows and each element of A eight columns. Around it, B is cut into blocks of BLOCK_K x
 * BLOCK_N, which are copied ("packed") so that the tile reads them in one sweep, from the caches nearest to the
 * processor. Small products skip the copies where the data already lie well.
 * Where k is cut, the tile loads C and goes on adding, block after block in order, so no blocking changes a bit.
 * Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3). */
#include "kernels/gemm.h"
#include "kernels/kernels.h"
#include "kernels/simd128.h"

typedef ml_kernel_matrix matrix;
typedef ml_kernel_finish finish;

/* A tile's sums, one row of B and one element of A must fit the vector registers, of which a WebAssembly engine has 15
 * to give; so must the product of the two, unless it is fused with the addition. One too many halves the speed. */
#ifdef __wasm_relaxed_simd__
enum { ROWS = 6 };
#else
enum { ROWS = 5 };
#endif
enum {
    COLUMNS = 8,
    BLOCK_K = ML_KERNEL_MOST_K, /* 8 columns of B are 16 KiB, five rows of A 10 KiB: both stay in the first cache */
    BLOCK_N = 64,               /* the block of B: 128 KiB of stack, which stay in the second */
    SMALL_K = 64,               /* up to here a product is small, if */
    SMALL_A = 8192,             /* all of A fits the first cache */
};

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* --- The tile ----------------------------------------------------------------------------------------------------- */

/* rows x (4 vectors) elements of C. In B, row p is at b + p * b_down. `rows` and `vectors` are constants wherever this
 * is inlined, so the loops over them unroll and `sum` lives in registers. */
static inline __attribute__((always_inline)) void tile(size_t rows, size_t vectors, size_t k, matrix a, const float *b,
                                                       size_t b_down, const finish *end, const float *bias, float *c,
                                                       size_t ldc) {
    f32x4 sum[ROWS][2];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = end->onto ? load(c + i * ldc + 4 * v) : splat(0.0f);
    const float *at_a = a.x, *at_b = b; /* these move on once too often at the end, but nothing is read there */
    for (size_t p = 0; p < k; p++, at_a += a.right, at_b += b_down) {
        f32x4 of_b[2];
        for (size_t v = 0; v < vectors; v++)
            of_b[v] = load(at_b + 4 * v);
        for (size_t i = 0; i < rows; i++) {
            const f32x4 of_a = splat(at_a[i * a.down]);
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = here(multiply_add(sum[i][v], of_a, of_b[v]));
        }
    }
    if (bias != NULL)
        for (size_t v = 0; v < vectors; v++) {
            const f32x4 of_bias = load(bias + 4 * v);
            for (size_t i = 0; i < rows; i++)
                sum[i][v] += of_bias;
        }
    if (end->update)
        for (size_t i = 0; i < rows; i++)
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = multiply_add(load(c + i * ldc + 4 * v), splat(end->factor), sum[i][v]);
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            store(c + i * ldc + 4 * v, sum[i][v]);
}

/* A tile of each size, with the step of A that is 1 as a constant: fewer addresses to compute. */
static void tile_of(size_t rows, size_t vectors, size_t k, const matrix *a, const float *b, size_t b_down,
                    const finish *end, const float *bias, float *c, size_t ldc) {
#define TILE(r, v)                                                                                                     \
    case 2 * (r) + (v):                                                                                                \
        if (a->right == 1)                                                                                             \
            tile(r, v, k, (matrix){a->x, a->down, 1}, b, b_down, end, bias, c, ldc);                                   \
        else                                                                                                           \
            tile(r, v, k, (matrix){a->x, 1, a->right}, b, b_down, end, bias, c, ldc);                                  \
        break

    switch (2 * rows + vectors) {
        TILE(1, 1);
        TILE(1, 2);
        TILE(2, 1);
        TILE(2, 2);
        TILE(3, 1);
        TILE(3, 2);
        TILE(4, 1);
        TILE(4, 2);
        TILE(5, 1);
        TILE(5, 2);
#ifdef __wasm_relaxed_simd__
        TILE(6, 1);
        TILE(6, 2);
#endif
    }
#undef TILE
}

static void copy_rows(size_t rows, size_t columns, const float *from, size_t ld_from, float *to, size_t ld_to) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[i * ld_to + j] = from[i * ld_from + j];
}

/* A tile of up to 8 columns. At the right edge of C, where fewer columns are left than the vectors hold, it goes by way
 * of a copy. */
static void tile_of_columns(size_t rows, size_t columns, size_t k, const matrix *a, const float *b, size_t b_down,
                            const finish *end, const float *bias, float *c, size_t ldc) {
    if (columns % 4 == 0) {
        tile_of(rows, columns / 4, k, a, b, b_down, end, bias, c, ldc);
        return;
    }
    float copy[ROWS * COLUMNS] = {0}, copy_of_bias[COLUMNS] = {0};
    if (end->onto || end->update)
        copy_rows(rows, columns, c, ldc, copy, COLUMNS);
    if (bias != NULL) {
        copy_rows(1, columns, bias, 0, copy_of_bias, 0);
        bias = copy_of_bias;
    }
    tile_of(rows, columns > 4 ? 2 : 1, k, a, b, b_down, end, bias, copy, COLUMNS);
    copy_rows(rows, columns, copy, COLUMNS, c, ldc);
}

/* --- Packing ------------------------------------------------------------------------------------------------------ */

/* Copies k rows of `columns` elements, filled up with zeros to rows of 8. What comes of the zeros is thrown away. */
static void pack_panel(size_t k, size_t columns, const float *b, size_t down, size_t right, float *packed) {
    if (columns < COLUMNS)
        memset(packed, 0, k * COLUMNS * sizeof *packed);
    size_t j = 0;
    for (; j + 4 <= columns; j += 4) {
        size_t p = 0;
        for (; right == 1 && p < k; p++)
            store(packed + p * COLUMNS + j, load(b + p * down + j));
        for (; p + 4 <= k; p += 4) { /* down is 1: blocks of 4 x 4, turned round in registers */
            f32x4 block[4];
            for (size_t r = 0; r < 4; r++)
                block[r] = load(b + p + (j + r) * right);
            transpose4(block);
            for (size_t r = 0; r < 4; r++)
                store(packed + (p + r) * COLUMNS + j, block[r]);
        }
        for (; p < k; p++)
            for (size_t r = 0; r < 4; r++)
                packed[p * COLUMNS + j + r] = b[p + (j + r) * right];
    }
    for (; j < columns; j++)
        for (size_t p = 0; p < k; p++)
            packed[p * COLUMNS + j] = b[p * down + j * right];
}

/* Copies some rows of a transposed A, so that the tile walks over neighbours and not from row to row of memory. */
static matrix pack_rows(size_t rows, size_t k, const float *a, size_t right, float *packed) {
    for (size_t p = 0; p < k; p++)
        for (size_t i = 0; i < rows; i++)
            packed[p * ROWS + i] = a[i + p * right];
    return (matrix){packed, 1, ROWS};
}

/* --- Blocks ------------------------------------------------------------------------------------------------------- */

/* Five rows as long as there are many; what is left at the end is shared out, 3 + 3 rather than 5 + 1. */
static size_t next_rows(size_t left) {
    return left >= 2 * ROWS - 1 || left <= ROWS ? smaller(left, ROWS) : (left + 1) / 2;
}

/* One block of B: k <= BLOCK_K, n <= BLOCK_N. */
static void multiply_block(size_t m, size_t n, size_t k, matrix a, matrix b, const finish *end, const float *bias,
                           float *c, size_t ldc) {
    float packed[BLOCK_K * BLOCK_N], strip[BLOCK_K * ROWS];
    for (size_t j = 0; j < n; j += COLUMNS)
        pack_panel(k, smaller(COLUMNS, n - j), b.x + j * b.right, b.down, b.right, packed + j * k);
    for (size_t i = 0, rows; i < m; i += rows) {
        rows = next_rows(m - i);
        matrix at_i = {a.x + i * a.down, a.down, a.right};
        if (a.right != 1 && n > 2 * COLUMNS)
            at_i = pack_rows(rows, k, at_i.x, a.right, strip);
        for (size_t j = 0; j < n; j += COLUMNS)
            tile_of_columns(rows, smaller(COLUMNS, n - j), k, &at_i, packed + j * k, COLUMNS, end,
                            bias == NULL ? NULL : bias + j, c + i * ldc + j, ldc);
    }
}

static void multiply_in_blocks(size_t m, size_t n, size_t k, matrix a, matrix b, const finish *end, float *c,
                               size_t ldc) {
    for (size_t j = 0; j < n; j += BLOCK_N)
        for (size_t p = 0; p < k; p += BLOCK_K) {
            const bool last = k - p <= BLOCK_K;
            const matrix of_a = {a.x + p * a.right, a.down, a.right};
            const matrix of_b = {b.x + p * b.down + j * b.right, b.down, b.right};
            const finish after = {end->onto || p > 0, end->update, end->factor, NULL};
            multiply_block(m, smaller(BLOCK_N, n - j), smaller(BLOCK_K, k - p), of_a, of_b, &after,
                           last && end->bias != NULL ? end->bias + j : NULL, c + j, ldc);
        }
}

/* Up to 8 columns of C, from top to bottom. */
static void multiply_panel(size_t m, size_t columns, size_t k, matrix a, const float *b, size_t b_down,
                           const finish *end, const float *bias, float *c, size_t ldc) {
    size_t i = 0, rows;
    if (columns == COLUMNS && a.right == 1)
        for (; next_rows(m - i) == ROWS; i += ROWS)
            tile(ROWS, 2, k, (matrix){a.x + i * a.down, a.down, 1}, b, b_down, end, bias, c + i * ldc, ldc);
    for (; i < m; i += rows) {
        rows = next_rows(m - i);
        const matrix at_i = {a.x + i * a.down, a.down, a.right};
        tile_of_columns(rows, columns, k, &at_i, b, b_down, end, bias, c + i * ldc, ldc);
    }
}

/* C = A b, where b and C are columns without gaps and the rows of A are contiguous: four rows at a time. */
static void multiply_column(size_t m, size_t k, const float *a, size_t a_down, const float *b, float *c) {
    size_t i = 0;
    for (; i + 4 <= m; i += 4) {
        const float *row = a + i * a_down;
        f32x4 sum = splat(0.0f);
        size_t p = 0;
        for (; p + 4 <= k; p += 4) {
            f32x4 block[4] = {load(row + p), load(row + a_down + p), load(row + 2 * a_down + p),
                              load(row + 3 * a_down + p)};
            transpose4(block);
            for (size_t q = 0; q < 4; q++)
                sum = multiply_add(sum, block[q], splat(b[p + q]));
        }
        for (; p < k; p++)
            sum = multiply_add(
                sum, (f32x4){row[p], row[a_down + p], row[2 * a_down + p], row[3 * a_down + p]}, splat(b[p]));
        store(c + i, sum);
    }
    for (; i < m; i++) {
        float sum = 0.0f;
        for (size_t p = 0; p < k; p++)
            sum += a[i * a_down + p] * b[p];
        c[i] = sum;
    }
}

/* k <= SMALL_K. Nothing is copied but what does not lie in whole vectors. */
static void multiply_small(size_t m, size_t n, size_t k, matrix a, matrix b, const finish *end, float *c, size_t ldc) {
    float packed[SMALL_K * COLUMNS];
    for (size_t j = 0; j < n; j += COLUMNS) {
        const size_t columns = smaller(COLUMNS, n - j);
        const float *at_j = b.x + j * b.right, *bias = end->bias == NULL ? NULL : end->bias + j;
        if (b.right == 1 && columns % 4 == 0)
            multiply_panel(m, columns, k, a, at_j, b.down, end, bias, c + j, ldc);
        else {
            pack_panel(k, columns, at_j, b.down, b.right, packed);
            multiply_panel(m, columns, k, a, packed, COLUMNS, end, bias, c + j, ldc);
        }
    }
}

void ml_kernel_product(size_t m, size_t n, size_t k, matrix a, matrix b, finish end, float *c, size_t ldc) {
    if (n == 1 && ldc == 1 && a.right == 1 && b.down == 1 && !end.onto && !end.update && end.bias == NULL)
        multiply_column(m, k, a.x, a.down, b.x, c);
    else if (n == 1 && ldc == 1 && m > 1 && end.bias == NULL) /* a column is a row: C' = B' A', with the same products */
        ml_kernel_product(1, m, k, (matrix){b.x, 1, b.down}, (matrix){a.x, a.right, a.down}, end, c, m);
    else if (k <= SMALL_K && m * k <= SMALL_A)
        multiply_small(m, n, k, a, b, &end, c, ldc);
    else
        multiply_in_blocks(m, n, k, a, b, &end, c, ldc);
}

void ml_kernel_gemm_nn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_product(m, n, k, (matrix){a, lda, 1}, (matrix){b, ldb, 1}, (finish){.onto = beta != 0.0f}, c, ldc);
}

void ml_kernel_gemm_nt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_product(m, n, k, (matrix){a, lda, 1}, (matrix){b, 1, ldb}, (finish){.onto = beta != 0.0f}, c, ldc);
}

void ml_kernel_gemm_tn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_product(m, n, k, (matrix){a, 1, lda}, (matrix){b, ldb, 1}, (finish){.onto = beta != 0.0f}, c, ldc);
}

void ml_kernel_gemm_tt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_product(m, n, k, (matrix){a, 1, lda}, (matrix){b, 1, ldb}, (finish){.onto = beta != 0.0f}, c, ldc);
}
