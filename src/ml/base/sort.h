/* Sorting, stable and the same everywhere: libc's qsort orders equal keys differently on every platform.
 *
 * Ascending order; equal keys keep their order (-0 equals +0); NaN comes last. For a descending order walk the result
 * from its end, or negate the keys. Bottom-up merge sort: O(n log n) comparisons at worst, O(n) on sorted input.
 * `scratch` is the caller's, as long as what is sorted; its content afterwards means nothing. n below 2^32.
 * Source: Knuth, "The Art of Computer Programming" volume 3, section 5.2.4. */
#ifndef ML_BASE_SORT_H
#define ML_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* order[0..n-1] becomes the permutation that sorts: key[order[0]] <= key[order[1]] <= ...  The keys stay as they are.
 */
void ml_argsort_float(size_t n, const float *key, uint32_t *order, uint32_t *scratch);
void ml_argsort_double(size_t n, const double *key, uint32_t *order, uint32_t *scratch);

/* Sorts the values in place. */
void ml_sort_float(size_t n, float *value, float *scratch);
void ml_sort_double(size_t n, double *value, double *scratch);

/* The k items with the highest scores, the highest first; of equal scores the lower index first, NaN after all numbers.
 *   score  [n]
 *   top    [min(k, n)]  out: indices
 * Returns how many were written, min(k, n). No scratch, and n may be any.
 * Cost:   O(n log k) comparisons at worst; about n where few items get onto the list.
 * Source: a heap of the k best: Knuth, volume 3, section 5.2.3. */
size_t ml_topk(size_t n, const double *score, size_t k, size_t *top);

/* Where the largest value is: the first of several. NaN never wins; where all are NaN, or n is 0, the answer is 0. */
size_t ml_argmax(size_t n, const float *value);

#endif
