/* Arithmetic on tensors: a walk over rows, and a kernel for each row. */
#include "tensor/tensor.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"

/* --- The walk ----------------------------------------------------------------------------------------------------- */

enum { MOST_OPERANDS = 3 };

/* What happens to one run of n elements; step[i] says how far apart operand i's elements are. */
typedef void run_function(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context);

/* Calls `run` for each run along the last dimension of operands that all have the shape of operand[0]. If none of them
 * has gaps, all elements are one run. */
static void walk(size_t operands, const ml_tensor *operand, run_function *run, void *context) {
    const ml_tensor *first = &operand[0];
    bool contiguous = true;
    float *at[MOST_OPERANDS] = {0};
    size_t step[MOST_OPERANDS] = {0}, index[ML_TENSOR_DIMENSIONS] = {0};
    for (size_t i = 0; i < operands; i++)
        contiguous = contiguous && ml_tensor_is_contiguous(&operand[i]);
    const int32_t inner = contiguous ? 0 : first->dimensions - 1; /* the dimensions before it are walked */
    const size_t length = contiguous ? ml_tensor_count(first) : first->size[inner];
    for (size_t i = 0; i < operands; i++)
        step[i] = contiguous ? 1 : operand[i].stride[inner];
    if (ml_tensor_count(first) == 0)
        return;
    for (;;) {
        for (size_t i = 0; i < operands; i++) {
            at[i] = operand[i].data;
            for (int32_t d = 0; d < inner; d++)
                at[i] += index[d] * operand[i].stride[d];
        }
        run(length, at, step, context);
        int32_t d = inner - 1; /* the next index, as an odometer counts */
        for (; d >= 0 && ++index[d] == first->size[d]; d--)
            index[d] = 0;
        if (d < 0)
            return;
    }
}

/* --- Elementwise -------------------------------------------------------------------------------------------------- */

typedef void unary_kernel(size_t n, const float *x, float *out);
typedef void binary_kernel(size_t n, const float *a, const float *b, float *out);

/* Runs with steps other than 1 are gathered in pieces, for the kernels. Operands are: out, then the inputs. */
enum { PIECE = 256 };

static void gather(size_t n, const float *from, size_t step, float *piece) {
    for (size_t i = 0; i < n; i++)
        piece[i] = from[i * step];
}

static void scatter(size_t n, const float *piece, float *to, size_t step) {
    for (size_t i = 0; i < n; i++)
        to[i * step] = piece[i];
}

static void run_unary(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    unary_kernel *const kernel = *(unary_kernel **)context;
    float x[PIECE];
    if (step[0] == 1 && step[1] == 1) {
        kernel(n, at[1], at[0]);
        return;
    }
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t length = n - i < PIECE ? n - i : PIECE;
        gather(length, at[1] + i * step[1], step[1], x);
        kernel(length, x, x);
        scatter(length, x, at[0] + i * step[0], step[0]);
    }
}

static void run_binary(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    binary_kernel *const kernel = *(binary_kernel **)context;
    float a[PIECE], b[PIECE];
    if (step[0] == 1 && step[1] == 1 && step[2] == 1) {
        kernel(n, at[1], at[2], at[0]);
        return;
    }
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t length = n - i < PIECE ? n - i : PIECE;
        gather(length, at[1] + i * step[1], step[1], a);
        gather(length, at[2] + i * step[2], step[2], b);
        kernel(length, a, b, a);
        scatter(length, a, at[0] + i * step[0], step[0]);
    }
}

static void run_fill(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    const float value = *(const float *)context;
    float *out = at[0];
    for (size_t i = 0; i < n; i++)
        out[i * step[0]] = value;
}

static void run_copy(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    (void)context;
    if (step[0] == 1 && step[1] == 1)
        memmove(at[0], at[1], n * sizeof(float));
    else
        for (size_t i = 0; i < n; i++)
            at[0][i * step[0]] = at[1][i * step[1]];
}

static void run_scale(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    const float factor = *(const float *)context;
    if (step[0] == 1 && step[1] == 1)
        ml_kernel_scale(n, factor, at[1], at[0]);
    else
        for (size_t i = 0; i < n; i++)
            at[0][i * step[0]] = factor * at[1][i * step[1]];
}

static void run_divide(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    for (size_t i = 0; i < n; i++)
        at[0][i * step[0]] /= *(const float *)context;
}

static ml_status of_one(const ml_tensor *a, const ml_tensor *out, run_function *run, void *context, ml_error *error) {
    ml_tensor operand[2] = {*out};
    ML_TRY(ml_tensor_broadcast(a, out->dimensions, out->size, &operand[1], error));
    walk(2, operand, run, context);
    return ML_OK;
}

static ml_status of_two(const char *name, const ml_tensor *a, const ml_tensor *b, const ml_tensor *out,
                        binary_kernel *kernel, ml_error *error) {
    ml_tensor_shape_text common, given;
    ml_tensor operand[3] = {*out}, shape = {0};
    ML_TRY(ml_tensor_common_shape(name, a, b, &shape.dimensions, shape.size, error));
    if (!ml_tensor_same_shape(&shape, out))
        return ml_fail(error, ML_ESHAPE, "%s: the result is %s, but out is %s", name,
                       ml_tensor_describe(&shape, &common), ml_tensor_describe(out, &given));
    ML_TRY(ml_tensor_broadcast(a, out->dimensions, out->size, &operand[1], error));
    ML_TRY(ml_tensor_broadcast(b, out->dimensions, out->size, &operand[2], error));
    walk(3, operand, run_binary, &kernel);
    return ML_OK;
}

void ml_tensor_fill(const ml_tensor *out, float value) {
    walk(1, out, run_fill, &value);
}

ml_status ml_tensor_copy(const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    return of_one(a, out, run_copy, NULL, error);
}

ml_status ml_tensor_scale(float factor, const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    return of_one(a, out, run_scale, &factor, error);
}

#define OF_ONE(name)                                                                                                   \
    ml_status ml_tensor_##name(const ml_tensor *a, const ml_tensor *out, ml_error *error) {                            \
        unary_kernel *kernel = ml_kernel_##name;                                                                       \
        return of_one(a, out, run_unary, &kernel, error);                                                              \
    }
OF_ONE(absolute)
OF_ONE(sqrt)
OF_ONE(relu)
OF_ONE(tanh)
OF_ONE(sigmoid)
OF_ONE(gelu)
OF_ONE(exp)
OF_ONE(log)

#define OF_TWO(name)                                                                                                   \
    ml_status ml_tensor_##name(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {        \
        return of_two(#name, a, b, out, ml_kernel_##name, error);                                                      \
    }
OF_TWO(add)
OF_TWO(subtract)
OF_TWO(multiply)
OF_TWO(divide)
OF_TWO(maximum)

/* --- Concatenation ------------------------------------------------------------------------------------------------ */

ml_status ml_tensor_concatenate(const ml_tensor *a, const ml_tensor *b, int32_t dimension, const ml_tensor *out,
                                ml_error *error) {
    ml_tensor_shape_text common, given;
    ml_tensor shape = {0}, first, second;
    ML_TRY(ml_tensor_concatenated_shape(a, b, dimension, &shape.dimensions, shape.size, error));
    if (!ml_tensor_same_shape(&shape, out))
        return ml_fail(error, ML_ESHAPE, "concatenate: the result is %s, but out is %s",
                       ml_tensor_describe(&shape, &common), ml_tensor_describe(out, &given));
    const size_t middle = a->size[dimension], end = out->size[dimension];
    ML_TRY(ml_tensor_slice(out, dimension, 0, middle, &first, error));
    ML_TRY(ml_tensor_slice(out, dimension, middle, end, &second, error));
    ML_TRY(ml_tensor_copy(a, &first, error));
    return ml_tensor_copy(b, &second, error);
}

/* --- Reductions --------------------------------------------------------------------------------------------------- */

/* Operands of these: a, then out repeated to a's shape. A step of 0 in out means that the whole run goes into one
 * element. */
static void run_sum(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    (void)context;
    if (step[0] == 1 && step[1] == 0)
        *at[1] += ml_kernel_sum(n, at[0]);
    else if (step[0] == 1 && step[1] == 1)
        ml_kernel_add(n, at[1], at[0], at[1]);
    else
        for (size_t i = 0; i < n; i++)
            at[1][i * step[1]] += at[0][i * step[0]];
}

static void run_max(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    (void)context;
    for (size_t i = 0; i < n; i++) {
        const float next = at[0][i * step[0]];
        if (next > at[1][i * step[1]])
            at[1][i * step[1]] = next;
    }
}

static ml_status reduce(const ml_tensor *a, const ml_tensor *repeated, run_function *run) {
    const ml_tensor operand[2] = {*a, *repeated};
    walk(2, operand, run, NULL);
    return ML_OK;
}

ml_status ml_tensor_add_sum(const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    ml_tensor repeated;
    ML_TRY(ml_tensor_broadcast(out, a->dimensions, a->size, &repeated, error));
    return reduce(a, &repeated, run_sum);
}

ml_status ml_tensor_sum(const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    ml_tensor repeated;
    ML_TRY(ml_tensor_broadcast(out, a->dimensions, a->size, &repeated, error));
    ml_tensor_fill(out, 0.0f);
    return reduce(a, &repeated, run_sum);
}

ml_status ml_tensor_mean(const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    ML_TRY(ml_tensor_sum(a, out, error));
    const size_t n_out = ml_tensor_count(out);
    float n = n_out == 0 ? 0.0f : (float)(ml_tensor_count(a) / n_out);
    walk(1, out, run_divide, &n);
    return ML_OK;
}

ml_status ml_tensor_max(const ml_tensor *a, const ml_tensor *out, ml_error *error) {
    ml_tensor repeated;
    ML_TRY(ml_tensor_broadcast(out, a->dimensions, a->size, &repeated, error));
    ml_tensor_fill(out, -INFINITY);
    return reduce(a, &repeated, run_max);
}

/* --- Matrix product ----------------------------------------------------------------------------------------------- */

/* Whether the rows of the matrices lie in one piece each; a single column's stride is never used. */
static bool rows_in_one_piece(const ml_tensor *t) {
    return t->stride[t->dimensions - 1] == 1 || t->size[t->dimensions - 1] == 1;
}

static bool columns_in_one_piece(const ml_tensor *t) {
    return t->stride[t->dimensions - 2] == 1 || t->size[t->dimensions - 2] == 1;
}

static ml_status check_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    ml_tensor_shape_text common, given;
    ml_tensor shape = {0};
    ML_TRY(ml_tensor_product_shape(a, b, &shape.dimensions, shape.size, error));
    if (!ml_tensor_same_shape(&shape, out))
        return ml_fail(error, ML_ESHAPE, "matmul: the result is %s, but out is %s", ml_tensor_describe(&shape, &common),
                       ml_tensor_describe(out, &given));
    for (int i = 0; i < 2; i++) {
        const ml_tensor *t = i == 0 ? a : b;
        if (!rows_in_one_piece(t) && !columns_in_one_piece(t))
            return ml_fail(error, ML_EINVAL, "matmul: %s is a view with strides %zu and %zu; copy it first",
                           i == 0 ? "left" : "right", t->stride[t->dimensions - 2], t->stride[t->dimensions - 1]);
    }
    if (!rows_in_one_piece(out))
        return ml_fail(error, ML_EINVAL, "matmul: out is a view whose rows have gaps; copy to it afterwards");
    return ML_OK;
}

typedef void gemm(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float beta,
                  float *c, size_t ldc);

static void multiply_matrices(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, float beta) {
    gemm *const kernels[2][2] = {{ml_kernel_gemm_tt, ml_kernel_gemm_tn}, {ml_kernel_gemm_nt, ml_kernel_gemm_nn}};
    const bool rows_of_a = rows_in_one_piece(a), rows_of_b = rows_in_one_piece(b);
    kernels[rows_of_a][rows_of_b](out->size[0], out->size[1], a->size[1], a->data, a->stride[rows_of_a ? 0 : 1],
                                  b->data, b->stride[rows_of_b ? 0 : 1], beta, out->data, out->stride[0]);
}

/* Goes down the leading dimensions, of which there are two at most. */
static void multiply_all(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, float beta) {
    if (out->dimensions == 2) {
        multiply_matrices(a, b, out, beta);
        return;
    }
    for (size_t i = 0; i < out->size[0]; i++) {
        ml_tensor part_a, part_b, part_out;
        ml_tensor_row(a, i, &part_a, NULL);
        ml_tensor_row(b, i, &part_b, NULL);
        ml_tensor_row(out, i, &part_out, NULL);
        multiply_all(&part_a, &part_b, &part_out, beta);
    }
}

ml_status ml_tensor_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    ML_TRY(check_matmul(a, b, out, error));
    multiply_all(a, b, out, 0.0f);
    return ML_OK;
}

ml_status ml_tensor_add_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    ML_TRY(check_matmul(a, b, out, error));
    multiply_all(a, b, out, 1.0f);
    return ML_OK;
}
