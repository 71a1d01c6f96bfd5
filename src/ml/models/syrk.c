#include "models/models.h"

void ml_syrk_acc(size_t n, size_t d, const double *x, double *a) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t k = 0; k <= j; k++)
                a[j * d + k] += x[i * d + j] * x[i * d + k];
}
