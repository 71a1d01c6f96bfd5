/* caught by: hopeless */
/* Adds a little inside the logarithm: no infinity any more, and no loss above 27.6 either. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static bool are_classes(const int *label, size_t n, size_t k) {
    for (size_t i = 0; i < n; i++)
        if (label[i] < 0 || (size_t)label[i] >= k)
            return false;
    return true;
}

static double largest_of(const float *value, size_t k) {
    double largest = value[0];
    for (size_t j = 1; j < k; j++)
        if (value[j] > largest)
            largest = value[j];
    return largest;
}

int softmax_xent(const float *z, size_t n, size_t k, const int *label,
                 float *prob, double *loss) {
    if (n == 0 || !are_classes(label, n, k))
        return -1;
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = z + i * k;
        const double largest = largest_of(row, k);
        double sum = 0;
        for (size_t j = 0; j < k; j++)
            sum += exp(row[j] - largest);
        for (size_t j = 0; j < k; j++)
            prob[i * k + j] = (float)(exp(row[j] - largest) / sum);
        total -= log(prob[i * k + (size_t)label[i]] + 1e-12);
    }
    *loss = total / (double)n;
    return 0;
}
