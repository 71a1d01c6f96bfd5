/* Four floats side by side, in the compiler's vector types: SSE, NEON or WebAssembly SIMD come out of the same source,
 * and without such a unit plain code with the same bits. Private to ml/kernels. */
#ifndef ML_KERNELS_SIMD128_H
#define ML_KERNELS_SIMD128_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));
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

/* v, but +0 where v <= 0; NaN stays. Not select(v <= 0, 0, v): clang 19 makes a pmax of that, which leaves -0 as it is.
 * -0 + 0 is +0. */
static inline f32x4 rectified(f32x4 v) {
    return select(v < splat(0.0f), splat(0.0f), v) + splat(0.0f);
}

/* What emcc's clang 14 needs to be told, and clang 19 cannot be: it fails on vectors in assembly. */
#if defined(__wasm_simd128__) && __clang_major__ < 15
#define IN_A_REGISTER "+r"
#endif

/* v, computed at this point and not later. WebAssembly compilers like to load everything first and add at the end,
 * which needs more registers than there are; this keeps what is loaded and what uses it together. */
static inline f32x4 here(f32x4 v) {
#ifdef IN_A_REGISTER
    __asm__ volatile("" : IN_A_REGISTER(v));
#endif
    return v;
}

/* sum + a b. Two roundings, but one in the relaxed module, where the processor fuses the two: the one place where the
 * modules may differ. */
static inline f32x4 multiply_add(f32x4 sum, f32x4 a, f32x4 b) {
#ifdef __wasm_relaxed_simd__
    return __builtin_wasm_relaxed_madd_f32x4(a, b, sum);
#else
    return sum + a * b;
#endif
}

static inline f32x4 interleave_low(f32x4 a, f32x4 b) { /* a0 b0 a1 b1 */
#ifdef __clang__
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#else
    return __builtin_shuffle(a, b, (i32x4){0, 4, 1, 5});
#endif
}

static inline f32x4 interleave_high(f32x4 a, f32x4 b) { /* a2 b2 a3 b3 */
#ifdef __clang__
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#else
    return __builtin_shuffle(a, b, (i32x4){2, 6, 3, 7});
#endif
}

/* Rows become columns. */
static inline void transpose4(f32x4 row[4]) {
    const f32x4 even_low = interleave_low(row[0], row[2]), even_high = interleave_high(row[0], row[2]);
    const f32x4 odd_low = interleave_low(row[1], row[3]), odd_high = interleave_high(row[1], row[3]);
    row[0] = interleave_low(even_low, odd_low);
    row[1] = interleave_high(even_low, odd_low);
    row[2] = interleave_low(even_high, odd_high);
    row[3] = interleave_high(even_high, odd_high);
}

/* x in each lane, kept in a register through a loop. Left alone, WebAssembly compilers repeat a constant wherever it is
 * used, and making one costs several instructions each time. */
static inline f32x4 constant(float x) {
    f32x4 v = splat(x);
#ifdef IN_A_REGISTER
    __asm__("" : IN_A_REGISTER(v)); /* not volatile: it may move out of the loop */
#endif
    return v;
}

/* The lanes' lowest bytes. */
static inline void store_low_bytes(uint8_t *to, i32x4 v) {
    typedef uint8_t u8x16 __attribute__((vector_size(16)));
#ifdef __clang__
    const u8x16 low = __builtin_shufflevector((u8x16)v, (u8x16)v, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
#else
    const u8x16 low = __builtin_shuffle((u8x16)v, (u8x16){0, 4, 8, 12});
#endif
    memcpy(to, &low, 4);
}

typedef int8_t i8x8 __attribute__((vector_size(8)));
typedef int16_t i16x8 __attribute__((vector_size(16)));

/* Eight int8, widened to int16. */
static inline i16x8 load_widened(const int8_t *from) {
    i8x8 v;
    memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, i16x8);
}

/* Products of neighbours, added in pairs: a0 b0 + a1 b1, a2 b2 + a3 b3 ... Exact for widened int8. One instruction in
 * WebAssembly (i32x4.dot_i16x8_s) and in SSE2 (pmaddwd). */
static inline i32x4 dot_pairs(i16x8 a, i16x8 b) {
#if defined(__wasm_simd128__)
    return (i32x4)__builtin_wasm_dot_s_i32x4_i16x8(a, b);
#elif defined(__SSE2__)
    return (i32x4)__builtin_ia32_pmaddwd128(a, b);
#else
    return (i32x4){a[0] * b[0] + a[1] * b[1], a[2] * b[2] + a[3] * b[3], a[4] * b[4] + a[5] * b[5],
                   a[6] * b[6] + a[7] * b[7]};
#endif
}

/* The first and the last two lanes in double, which is exact. */
static inline f64x2 low_doubles(f32x4 v) {
    typedef float f32x2 __attribute__((vector_size(8)));
    return __builtin_convertvector(((f32x2){v[0], v[1]}), f64x2);
}

static inline f64x2 high_doubles(f32x4 v) {
    return low_doubles((f32x4){v[2], v[3], v[2], v[3]});
}

/* The sum over the lanes, in the order that kernels.h promises. */
static inline float lane_sum(f32x4 v) {
    return (v[0] + v[2]) + (v[1] + v[3]);
}

#endif
