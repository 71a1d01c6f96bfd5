#include <math.h>
#include <stddef.h>

/* Row i of out (n x k) becomes 1 in column label[i] and 0 elsewhere; all zeros
 * if label[i] is not one of 0 to k - 1. Returns how many such rows are
 * there. */
int one_hot(const int *label, size_t n, size_t k, float *out) {
    (void)label, (void)n, (void)k, (void)out; /* delete once they are used */
    return 0;
}

/* The index of the largest of k scores; of equal ones the first. A NaN never
 * wins. 0 if k is 0 or all are NaN. */
size_t argmax(const float *z, size_t k) {
    (void)z, (void)k; /* delete once they are used */
    return 0;
}

/* The share of n rows of c scores in which fewer than k classes rank before the
 * true one: have a larger score, or an equal one and a lower index. A label
 * that is no class and a true class with score NaN are wrong. n = 0: NAN. */
double topk_accuracy(const float *z, const int *label, size_t n, size_t c,
                     size_t k) {
    /* TODO: this one and the two above; they can be written in any order */
    (void)z, (void)label, (void)n, (void)c, (void)k; /* delete once used */
    return 0;
}
