/* Four floats side by side, in the compiler's vector types: SSE, NEON or WebAssembly SIMD come out of the same source,
 * and without such a unit plain code with the same bits. Private to ml/kernels. */
#ifndef ML_KERNELS_SIMD128_H
#define ML_KERNELS_SIMD128_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16))); /* also the result of a comparison: -1 is true, 0 is false */
typedef uint32_t u32x4 __attribute__((vector_size(16)));

static inline f32x4 load(const float *from) { /* any address: memcpy is how C says so */
    f32x4 v;
    memcpy(&v, from, sizeof v);
    return v;
}

static inline void store(float *to, f32x4 v) {
    memcpy(to, &v, sizeof v);
}

static inline f32x4 splat(float x) {
    return (f32x4){x, x, x, x};
}

/* In each lane a where the condition holds, else b. */
static inline f32x4 select(i32x4 condition, f32x4 a, f32x4 b) {
    return (f32x4)((condition & (i32x4)a) | (~condition & (i32x4)b));
}

/* v, computed at this point and not later. WebAssembly compilers like to load everything first and add at the end,
 * which needs more registers than there are; this keeps what is loaded and what uses it together. */
static inline f32x4 here(f32x4 v) {
#ifdef __wasm_simd128__
    __asm__ volatile("" : "+r"(v));
#endif
    return v;
}

/* The sum over the lanes, in the order that kernels.h promises. */
static inline float lane_sum(f32x4 v) {
    return (v[0] + v[2]) + (v[1] + v[3]);
}

#endif
