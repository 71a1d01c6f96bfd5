/* The steps of a plan: what each does, and its operands. Private to ml/autograd. */
#ifndef ML_AUTOGRAD_PLAN_STEPS_H
#define ML_AUTOGRAD_PLAN_STEPS_H

#include "autograd/operations.h"
#include "autograd/plan.h"
#include "kernels/kernels.h"

typedef struct plan_step plan_step;
typedef ml_status plan_run(const ml_plan *plan, const plan_step *step, ml_error *error);
typedef void plan_slope_kernel(size_t n, const float *y, const float *dy, float *dx);

struct plan_step {
    plan_run *run;
    union {
        struct {
            size_t n, out, in;
            const float *x, *w, *bias;
            ml_kernel_activation f;
            float *y;
        } dense;
        struct {
            size_t n, out, in;
            const float *dy, *w;
            ml_kernel_activation f; /* of the layer below, and what it put out */
            const float *x;
            float *dx;
        } dense_input;
        struct { /* of the weight: x' dy */
            size_t n, out, in;
            const float *x, *dy;
            float *dw; /* the gradient, or the weight itself where it is updated */
        } weight;
        struct {
            size_t n, out;
            const float *dy;
            float *dbias, *bias;
        } bias;
        struct {
            ml_conv shape;
            const float *x, *weight, *bias;
            ml_kernel_activation f;
            float *y;
            uint8_t *index; /* of the pool */
        } conv;
        struct {
            ml_conv shape;
            const float *x, *weight, *y, *dy;
            const uint8_t *index;
            float *dweight, *dbias, *dx; /* NULL where unwanted */
        } conv_gradients;
        struct {
            plan_slope_kernel *kernel;
            size_t n;
            const float *y, *dy; /* y: the output, or the input where the kernel wants that */
            float *dx;
        } slope;
        struct {
            size_t n;
            const float *x;
            float *y;
        } floats;
        struct {
            const operation *of;
            ml_node *node;
            size_t n; /* of a loss: how many logits or differences, and in how many rows */
            size_t rows;
            const float *y; /* its targets */
            float share;    /* what each element counts in the mean */
            float *gradient;
        } op;
    };
};

/* Forwards. */
plan_run plan_dense, plan_conv, plan_conv_relu_pool, plan_operation;

/* The loss, and at once its gradient. */
plan_run plan_mse, plan_cross_entropy, plan_binary_cross_entropy;

/* Backwards. Those with `add` in their name add to the gradient, the others overwrite it. */
plan_run plan_seed, plan_zero, plan_copy, plan_add, plan_slope;
plan_run plan_dense_input, plan_add_dense_input, plan_weight, plan_add_weight, plan_bias, plan_add_bias;
plan_run plan_conv_gradients, plan_conv_relu_pool_gradients, plan_add_operation;

/* Descent: with the gradient goes the update. */
plan_run plan_update_weight, plan_update_bias, plan_update;

#endif
