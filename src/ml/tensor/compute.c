/* Arithmetic on tensors: a walk over rows, and a kernel for each row. */
#include "tensor/tensor.h"

#include <math.h>

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

/* Operands of both are: out, then the inputs. Runs with steps other than 1 go one element at a time. */
static void run_unary(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    unary_kernel *const kernel = *(unary_kernel **)context;
    if (step[0] == 1 && step[1] == 1)
        kernel(n, at[1], at[0]);
    else
        for (size_t i = 0; i < n; i++)
            kernel(1, at[1] + i * step[1], at[0] + i * step[0]);
}

static void run_binary(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    binary_kernel *const kernel = *(binary_kernel **)context;
    if (step[0] == 1 && step[1] == 1 && step[2] == 1)
        kernel(n, at[1], at[2], at[0]);
    else
        for (size_t i = 0; i < n; i++)
            kernel(1, at[1] + i * step[1], at[2] + i * step[2], at[0] + i * step[0]);
}

static void run_fill(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    for (size_t i = 0; i < n; i++)
        at[0][i * step[0]] = *(const float *)context;
}

static void run_copy(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    (void)context;
    for (size_t i = 0; i < n; i++)
        at[0][i * step[0]] = at[1][i * step[1]];
}

static void run_scale(size_t n, float *const at[MOST_OPERANDS], const size_t step[MOST_OPERANDS], void *context) {
    for (size_t i = 0; i < n; i++)
        at[0][i * step[0]] = *(const float *)context * at[1][i * step[1]];
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
    ML_TRY(ml_tensor_common_shape(a, b, &shape.dimensions, shape.size, error));
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
OF_ONE(relu)
OF_ONE(tanh)
OF_ONE(sigmoid)
OF_ONE(exp)
OF_ONE(log)

#define OF_TWO(name)                                                                                                   \
    ml_status ml_tensor_##name(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {        \
        return of_two(#name, a, b, out, ml_kernel_##name, error);                                                      \
    }
OF_TWO(add)
OF_TWO(subtract)
OF_TWO(multiply)

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

/* Whether the rows of a matrix lie in one piece each; a single column's stride is never used. */
static bool rows_in_one_piece(const ml_tensor *t) {
    return t->stride[1] == 1 || t->size[1] == 1;
}

static bool columns_in_one_piece(const ml_tensor *t) {
    return t->stride[0] == 1 || t->size[0] == 1;
}

static ml_status check_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    ml_tensor_shape_text left, right, result;
    const char *of_a = ml_tensor_describe(a, &left), *of_b = ml_tensor_describe(b, &right),
               *of_out = ml_tensor_describe(out, &result);
    if (a->dimensions != 2 || b->dimensions != 2 || out->dimensions != 2)
        return ml_fail(error, ML_ESHAPE,
                       "matmul: left is %s, right is %s, out is %s; all three must have two dimensions", of_a, of_b,
                       of_out);
    if (a->size[1] != b->size[0])
        return ml_fail(error, ML_ESHAPE, "matmul: left is %s, right is %s; inner sizes %zu and %zu differ", of_a, of_b,
                       a->size[1], b->size[0]);
    if (out->size[0] != a->size[0] || out->size[1] != b->size[1])
        return ml_fail(error, ML_ESHAPE, "matmul: the result is %zux%zu, but out is %s", a->size[0], b->size[1],
                       of_out);
    for (int i = 0; i < 2; i++) {
        const ml_tensor *t = i == 0 ? a : b;
        if (!rows_in_one_piece(t) && !columns_in_one_piece(t))
            return ml_fail(error, ML_EINVAL, "matmul: %s is a view with strides %zu and %zu; copy it first",
                           i == 0 ? "left" : "right", t->stride[0], t->stride[1]);
    }
    if (!rows_in_one_piece(out))
        return ml_fail(error, ML_EINVAL, "matmul: out is a view whose rows have gaps; copy to it afterwards");
    return ML_OK;
}

typedef void gemm(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float beta,
                  float *c, size_t ldc);

static ml_status multiply(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, float beta, ml_error *error) {
    ML_TRY(check_matmul(a, b, out, error));
    gemm *const kernels[2][2] = {{ml_kernel_gemm_tt, ml_kernel_gemm_tn}, {ml_kernel_gemm_nt, ml_kernel_gemm_nn}};
    const bool rows_of_a = rows_in_one_piece(a), rows_of_b = rows_in_one_piece(b);
    kernels[rows_of_a][rows_of_b](out->size[0], out->size[1], a->size[1], a->data, a->stride[rows_of_a ? 0 : 1],
                                  b->data, b->stride[rows_of_b ? 0 : 1], beta, out->data, out->stride[0]);
    return ML_OK;
}

ml_status ml_tensor_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    return multiply(a, b, out, 0.0f, error);
}

ml_status ml_tensor_add_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error) {
    return multiply(a, b, out, 1.0f, error);
}
