#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether the label is one of k classes. The sign is asked about first: as a
 * size_t, -1 is the largest number there is. */
static bool is_class(int label, size_t k) {
    return label >= 0 && (size_t)label < k;
}

/* Row i of out (n x k) becomes 1 in column label[i] and 0 elsewhere; all zeros
 * if label[i] is not one of 0 to k - 1. Returns how many such rows are
 * there. */
int one_hot(const int *label, size_t n, size_t k, float *out) {
    int unknown = 0;
    for (size_t i = 0; i < n; i++) {
        float *row = out + i * k;
        for (size_t j = 0; j < k; j++)
            row[j] = 0; /* nobody has promised that out is clean */
        if (is_class(label[i], k))
            row[label[i]] = 1;
        else
            unknown++;
    }
    return unknown;
}

/* The index of the largest of k scores; of equal ones the first. A NaN never
 * wins. 0 if k is 0 or all are NaN. */
size_t argmax(const float *z, size_t k) {
    size_t best = 0;
    for (size_t j = 1; j < k; j++)
        /* > keeps the first of equals, and is false for a NaN on either side:
         * so a NaN at j never gets in, and one at 0 has to be shown out */
        if (z[j] > z[best] || (isnan(z[best]) && !isnan(z[j])))
            best = j;
    return best;
}

/* How many classes rank before the true one. No need to sort for that. */
static size_t count_before(const float *row, size_t c, size_t truth) {
    size_t before = 0;
    for (size_t j = 0; j < c; j++)
        if (row[j] > row[truth] || (row[j] == row[truth] && j < truth))
            before++;
    return before;
}

/* The share of n rows of c scores in which fewer than k classes rank before the
 * true one: have a larger score, or an equal one and a lower index. A label
 * that is no class and a true class with score NaN are wrong. n = 0: NAN. */
double topk_accuracy(const float *z, const int *label, size_t n, size_t c,
                     size_t k) {
    if (n == 0)
        return NAN;
    size_t right = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = z + i * c;
        if (!is_class(label[i], c) || isnan(row[label[i]]))
            continue; /* wrong, but still one of the n */
        if (count_before(row, c, (size_t)label[i]) < k)
            right++;
    }
    return (double)right / (double)n;
}
