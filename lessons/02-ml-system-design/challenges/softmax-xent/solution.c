#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether every label is one of k classes; with k = 0 none is. */
static bool are_classes(const int *label, size_t n, size_t k) {
    for (size_t i = 0; i < n; i++)
        if (label[i] < 0 || (size_t)label[i] >= k)
            return false;
    return true;
}

/* The largest of k values; starts at the first, because all may be negative. */
static double largest_of(const float *value, size_t k) {
    double largest = value[0];
    for (size_t j = 1; j < k; j++)
        if (value[j] > largest)
            largest = value[j];
    return largest;
}

/* Softmax and cross-entropy of n rows of k logits z with true classes label.
 * prob (n x k) receives the probabilities, *loss the mean over the rows of
 * -ln p of the true class. Returns 0; or -1, and then touches neither, if n or
 * k is 0 or a label is not one of 0 to k - 1. */
int softmax_xent(const float *z, size_t n, size_t k, const int *label,
                 float *prob, double *loss) {
    /* all labels first: the last may be the bad one */
    if (n == 0 || !are_classes(label, n, k))
        return -1;
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = z + i * k;
        /* taken from all logits it changes nothing, and exp stays at most 1 */
        const double largest = largest_of(row, k);
        double sum = 0; /* will be at least 1: the largest itself adds exp(0) */
        for (size_t j = 0; j < k; j++)
            sum += exp(row[j] - largest);
        for (size_t j = 0; j < k; j++)
            prob[i * k + j] = (float)(exp(row[j] - largest) / sum);
        /* -ln(exp(z) / sum) without the quotient, which may be as small as 0 */
        total += log(sum) + largest - row[label[i]];
    }
    *loss = total / (double)n;
    return 0;
}
