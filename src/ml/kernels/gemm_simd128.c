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
typedef ml_kernel_product product;

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
    BLOCK = BLOCK_K * 64,       /* floats of the block of B: 128 KiB of stack, which stay in the second */
    SMALL_K = 64,               /* up to here a product is small, if */
    SMALL_A = 8192,             /* all of A fits the first cache */
    ROW = 32,                   /* columns of a single row at a time */
};

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* --- The tile ----------------------------------------------------------------------------------------------------- */

/* rows x (4 vectors) elements of C. In A, element (i, p) is at a + i * a_down + p * a_right; in B, row p is at b + p *
 * b_down. `rows` and `vectors` are constants wherever this is inlined, so the loops over them unroll and `sum` lives in
 * registers; and so is the step of A that is 1. */
static inline __attribute__((always_inline)) void tile(size_t rows, size_t vectors, const float *a, size_t a_down,
                                                       size_t a_right, const float *b, size_t b_down, const product *of,
                                                       const float *bias, float *c) {
    const size_t ldc = of->ldc, k = of->k;
    f32x4 sum[ROWS][2];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = of->onto ? load(c + i * ldc + 4 * v) : splat(0.0f);
    for (size_t p = 0; p < k; p++, a += a_right, b += b_down) { /* at last they point behind: nothing is read */
        f32x4 of_b[2];
        for (size_t v = 0; v < vectors; v++)
            of_b[v] = load(b + 4 * v);
        for (size_t i = rows; i-- > 0;) { /* from the last: older V8 orders it so, and would spill */
            const f32x4 of_a = splat(a[i * a_down]);
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
    if (of->update)
        for (size_t i = 0; i < rows; i++)
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = multiply_add(load(c + i * ldc + 4 * v), splat(of->factor), sum[i][v]);
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            store(c + i * ldc + 4 * v, sum[i][v]);
}

/* A tile of each size. */
static void tile_of(size_t rows, size_t vectors, const float *a, size_t a_down, size_t a_right, const float *b,
                    size_t b_down, const product *of, const float *bias, float *c) {
#define TILE(r, v)                                                                                                     \
    case 2 * (r) + (v):                                                                                                \
        if (a_right == 1)                                                                                              \
            tile(r, v, a, a_down, 1, b, b_down, of, bias, c);                                                          \
        else                                                                                                           \
            tile(r, v, a, 1, a_right, b, b_down, of, bias, c);                                                         \
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

/* At the right edge of C, where fewer columns are left than whole vectors hold: by way of a copy. */
static void tile_at_edge(size_t rows, size_t columns, const float *a, size_t a_down, size_t a_right, const float *b,
                         size_t b_down, const product *of, const float *bias, float *c) {
    float copy[ROWS * COLUMNS] = {0}, copy_of_bias[COLUMNS] = {0};
    product on_copy = *of;
    on_copy.ldc = COLUMNS;
    if (of->onto || of->update)
        copy_rows(rows, columns, c, of->ldc, copy, COLUMNS);
    if (bias != NULL) {
        copy_rows(1, columns, bias, 0, copy_of_bias, 0);
        bias = copy_of_bias;
    }
    tile_of(rows, columns > 4 ? 2 : 1, a, a_down, a_right, b, b_down, &on_copy, bias, copy);
    copy_rows(rows, columns, copy, COLUMNS, c, of->ldc);
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
static void pack_rows(size_t rows, size_t k, const float *a, size_t right, float *packed) {
    if (rows == ROWS) /* a constant number of bytes: a load and a store or two */
        for (size_t p = 0; p < k; p++)
            memcpy(packed + p * ROWS, a + p * right, ROWS * sizeof *packed);
    else
        for (size_t p = 0; p < k; p++)
            for (size_t i = 0; i < rows; i++)
                packed[p * ROWS + i] = a[p * right + i];
}

/* --- Blocks ------------------------------------------------------------------------------------------------------- */

/* Five rows as long as there are many; what is left at the end is shared out, 3 + 3 rather than 5 + 1. */
static size_t next_rows(size_t left) {
    return left >= 2 * ROWS - 1 || left <= ROWS ? smaller(left, ROWS) : (left + 1) / 2;
}

/* k <= BLOCK_K; and k n, with n rounded up to whole panels, <= BLOCK. */
static void multiply_block(const product *of) {
    float packed[BLOCK], strip[BLOCK_K * ROWS];
    const size_t n = of->n, k = of->k;
    for (size_t j = 0; j < n; j += COLUMNS)
        pack_panel(k, smaller(COLUMNS, n - j), of->b.x + j * of->b.right, of->b.down, of->b.right, packed + j * k);
    for (size_t i = 0, rows; i < of->m; i += rows) {
        rows = next_rows(of->m - i);
        const float *a = of->a.x + i * of->a.down;
        size_t a_down = of->a.down, a_right = of->a.right;
        if (a_right != 1 && n > 2 * COLUMNS) {
            pack_rows(rows, k, a, a_right, strip);
            a = strip;
            a_down = 1;
            a_right = ROWS;
        }
        for (size_t j = 0; j < n; j += COLUMNS) {
            const size_t columns = smaller(COLUMNS, n - j);
            const float *bias = of->bias == NULL ? NULL : of->bias + j;
            float *c = of->c + i * of->ldc + j;
            if (columns % 4 == 0)
                tile_of(rows, columns / 4, a, a_down, a_right, packed + j * k, COLUMNS, of, bias, c);
            else
                tile_at_edge(rows, columns, a, a_down, a_right, packed + j * k, COLUMNS, of, bias, c);
        }
    }
}

static void multiply_in_blocks(const product *of) {
    const size_t cuts = (of->k + BLOCK_K - 1) / BLOCK_K, most_k = (of->k + cuts - 1) / cuts;
    const size_t most_n = BLOCK / most_k / COLUMNS * COLUMNS;
    product block = *of;
    for (size_t j = 0; j < of->n; j += most_n)
        for (size_t p = 0; p < of->k; p += most_k) {
            const bool last = of->k - p <= most_k;
            block.n = smaller(most_n, of->n - j);
            block.k = smaller(most_k, of->k - p);
            block.a.x = of->a.x + p * of->a.right;
            block.b.x = of->b.x + p * of->b.down + j * of->b.right;
            block.c = of->c + j;
            block.onto = of->onto || p > 0;
            block.bias = last && of->bias != NULL ? of->bias + j : NULL;
            multiply_block(&block);
        }
}

/* Nothing is copied but what does not lie in whole vectors. */
static void multiply_small(const product *of) {
    float packed[SMALL_K * COLUMNS];
    const size_t m = of->m, a_down = of->a.down, a_right = of->a.right;
    for (size_t j = 0; j < of->n; j += COLUMNS) {
        const size_t columns = smaller(COLUMNS, of->n - j);
        const float *a = of->a.x, *b = of->b.x + j * of->b.right, *bias = of->bias == NULL ? NULL : of->bias + j;
        float *c = of->c + j;
        size_t b_down = of->b.down, i = 0;
        if (of->b.right != 1 || columns % 4 != 0) {
            pack_panel(of->k, columns, b, b_down, of->b.right, packed);
            b = packed;
            b_down = COLUMNS;
        }
        if (columns == COLUMNS && a_right == 1)
            for (; next_rows(m - i) == ROWS; i += ROWS)
                tile(ROWS, 2, a + i * a_down, a_down, 1, b, b_down, of, bias, c + i * of->ldc);
        if (columns == COLUMNS && a_down == 1) /* the weights of four or eight units */
            for (; next_rows(m - i) == 4; i += 4)
                tile(4, 2, a + i, 1, a_right, b, b_down, of, bias, c + i * of->ldc);
        for (size_t rows; i < m; i += rows) {
            rows = next_rows(m - i);
            if (columns % 4 == 0)
                tile_of(rows, columns / 4, a + i * a_down, a_down, a_right, b, b_down, of, bias, c + i * of->ldc);
            else
                tile_at_edge(rows, columns, a + i * a_down, a_down, a_right, b, b_down, of, bias, c + i * of->ldc);
        }
    }
}

/* A single row of C, or a column without gaps: the sum of rows of floats side by side, each times its factor. */
typedef struct row_sum {
    size_t n;
    const float *factor;
    size_t factor_step;
    const float *row;
    size_t row_step;
} row_sum;

/* columns = 4 * vectors, or up to three less: then the last vector ends where the row ends, and what it has in common
 * with the one before it is computed twice. */
static inline __attribute__((always_inline)) void sum_rows(size_t vectors, size_t columns, const row_sum *from,
                                                           size_t j, const product *of) {
    const size_t last = columns - 4;
    const float *factor = from->factor, *row = from->row + j;
    float *c = of->c + j;
    f32x4 sum[ROW / 4];
#define AT(v) ((v) + 1 < vectors ? 4 * (v) : last)
    for (size_t v = 0; v < vectors; v++)
        sum[v] = of->onto ? load(c + AT(v)) : splat(0.0f);
    for (size_t p = of->k; p-- > 0; factor += from->factor_step, row += from->row_step) {
        const f32x4 of_row = splat(*factor);
        for (size_t v = 0; v < vectors; v++)
            sum[v] = here(multiply_add(sum[v], of_row, load(row + AT(v))));
    }
    for (size_t v = 0; of->bias != NULL && v < vectors; v++)
        sum[v] += load(of->bias + j + AT(v));
    for (size_t v = 0; of->update && v < vectors; v++)
        sum[v] = multiply_add(load(c + AT(v)), splat(of->factor), sum[v]);
    for (size_t v = 0; v < vectors; v++)
        store(c + AT(v), sum[v]);
#undef AT
}

/* Fewer than four columns. */
static inline __attribute__((always_inline)) void sum_narrow_rows(size_t columns, const row_sum *from,
                                                                  const product *of) {
    const float *factor = from->factor, *row = from->row;
    float sum[3] = {0};
    if (of->onto)
        copy_rows(1, columns, of->c, 0, sum, 0);
    for (size_t p = of->k; p-- > 0; factor += from->factor_step, row += from->row_step)
        for (size_t j = 0; j < columns; j++)
            sum[j] += *factor * row[j];
    for (size_t j = 0; j < columns; j++) {
        const float whole = of->bias != NULL ? sum[j] + of->bias[j] : sum[j];
        of->c[j] = of->update ? of->c[j] + of->factor * whole : whole;
    }
}

/* Nothing is copied, and k is never cut. */
static void multiply_row(const row_sum *from, const product *of) {
    switch (from->n) {
    case 1:
        sum_narrow_rows(1, from, of);
        return;
    case 2:
        sum_narrow_rows(2, from, of);
        return;
    case 3:
        sum_narrow_rows(3, from, of);
        return;
    }
    for (size_t j = 0, columns; j < from->n; j += columns) {
        const size_t left = from->n - j;
        columns = left <= ROW || left >= ROW + 4 ? smaller(left, ROW) : ROW / 2;
#define SUM_ROWS(vectors)                                                                                              \
    case vectors:                                                                                                      \
        sum_rows(vectors, columns, from, j, of);                                                                       \
        break
        switch ((columns + 3) / 4) {
            SUM_ROWS(1);
            SUM_ROWS(2);
            SUM_ROWS(3);
            SUM_ROWS(4);
            SUM_ROWS(5);
            SUM_ROWS(6);
            SUM_ROWS(7);
            SUM_ROWS(8);
        }
#undef SUM_ROWS
    }
}

/* The products of rows of A, whose elements lie side by side, with a column B: 4 * vectors at once, lane by lane. */
static inline __attribute__((always_inline)) void multiply_rows(size_t vectors, const product *of, const float *a,
                                                                float bias, float *c) {
    const size_t k = of->k, down = of->a.down;
    const float *b = of->b.x;
    f32x4 sum[2];
    size_t p = 0;
    for (size_t v = 0; v < vectors; v++)
        sum[v] = splat(0.0f);
    for (; p + 4 <= k; p += 4)
        for (size_t v = 0; v < vectors; v++) {
            const float *const row = a + 4 * v * down + p;
            f32x4 block[4] = {load(row), load(row + down), load(row + 2 * down), load(row + 3 * down)};
            transpose4(block);
            for (size_t q = 0; q < 4; q++)
                sum[v] = here(multiply_add(sum[v], block[q], splat(b[p + q])));
        }
    for (; p < k; p++)
        for (size_t v = 0; v < vectors; v++) {
            const float *const row = a + 4 * v * down + p;
            sum[v] = multiply_add(sum[v], (f32x4){row[0], row[down], row[2 * down], row[3 * down]}, splat(b[p]));
        }
    for (size_t v = 0; v < vectors; v++)
        store(c + 4 * v, sum[v] + splat(bias));
}

/* C is a column without gaps, and the rows of A and the column B lie side by side: eight rows at a time. */
static void multiply_column(const product *of) {
    const size_t m = of->m, k = of->k, down = of->a.down;
    const float *b = of->b.x, bias = of->bias == NULL ? -0.0f : *of->bias; /* adding -0 changes nothing, not even 0 */
    size_t i = 0;
    for (; i + 8 <= m; i += 8)
        multiply_rows(2, of, of->a.x + i * down, bias, of->c + i);
    for (; i + 4 <= m; i += 4)
        multiply_rows(1, of, of->a.x + i * down, bias, of->c + i);
    for (; i < m; i++) {
        float sum = 0.0f;
        for (size_t p = 0; p < k; p++)
            sum += of->a.x[i * down + p] * b[p];
        of->c[i] = sum + bias;
    }
}

void ml_kernel_take_product(const product *of) {
    const bool is_column = of->n == 1 && of->ldc == 1 && of->m > 1;
    if (of->m == 1 && of->b.right == 1)
        multiply_row(&(row_sum){of->n, of->a.x, of->a.right, of->b.x, of->b.down}, of);
    else if (is_column && of->a.down == 1 && of->bias == NULL)
        multiply_row(&(row_sum){of->m, of->b.x, of->b.down, of->a.x, of->a.right}, of);
    else if (is_column && of->a.right == 1 && of->b.down == 1 && !of->onto && !of->update)
        multiply_column(of);
    else if (is_column && of->bias == NULL) { /* a row of the transposes, C' = B' A'; the products are the same */
        product row = *of;
        row.m = 1;
        row.n = of->m;
        row.a = (matrix){of->b.x, 1, of->b.down};
        row.b = (matrix){of->a.x, of->a.right, of->a.down};
        ml_kernel_take_product(&row);
    } else if (of->k <= SMALL_K && of->m * of->k <= SMALL_A)
        multiply_small(of);
    else
        multiply_in_blocks(of);
}

void ml_kernel_gemm_nn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_take_product(&(product){m, n, k, {a, lda, 1}, {b, ldb, 1}, c, ldc, .onto = beta != 0.0f});
}

void ml_kernel_gemm_nt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_take_product(&(product){m, n, k, {a, lda, 1}, {b, 1, ldb}, c, ldc, .onto = beta != 0.0f});
}

void ml_kernel_gemm_tn_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_take_product(&(product){m, n, k, {a, 1, lda}, {b, ldb, 1}, c, ldc, .onto = beta != 0.0f});
}

void ml_kernel_gemm_tt_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                               float beta, float *c, size_t ldc) {
    ml_kernel_take_product(&(product){m, n, k, {a, 1, lda}, {b, 1, ldb}, c, ldc, .onto = beta != 0.0f});
}
