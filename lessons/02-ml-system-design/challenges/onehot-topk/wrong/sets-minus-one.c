/* caught by: unknown_label */
/* Asks only whether the label is too large: -1 is not, and is written in front of the row. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static bool is_class(int label, size_t k) {
    return label >= 0 && (size_t)label < k;
}

int one_hot(const int *label, size_t n, size_t k, float *out) {
    int unknown = 0;
    for (size_t i = 0; i < n; i++) {
        float *row = out + i * k;
        for (size_t j = 0; j < k; j++)
            row[j] = 0;
        if (label[i] < (int)k)
            row[label[i]] = 1;
        else
            unknown++;
    }
    return unknown;
}

size_t argmax(const float *z, size_t k) {
    size_t best = 0;
    for (size_t j = 1; j < k; j++)
        if (z[j] > z[best] || (isnan(z[best]) && !isnan(z[j])))
            best = j;
    return best;
}

static size_t count_before(const float *row, size_t c, size_t truth) {
    size_t before = 0;
    for (size_t j = 0; j < c; j++)
        if (row[j] > row[truth] || (row[j] == row[truth] && j < truth))
            before++;
    return before;
}

double topk_accuracy(const float *z, const int *label, size_t n, size_t c,
                     size_t k) {
    if (n == 0)
        return NAN;
    size_t right = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = z + i * c;
        if (!is_class(label[i], c) || isnan(row[label[i]]))
            continue;
        if (count_before(row, c, (size_t)label[i]) < k)
            right++;
    }
    return (double)right / (double)n;
}
