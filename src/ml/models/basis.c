#include "models/basis.h"

#include <string.h>

#include "base/math.h"

double ml_models_dot(size_t n, const double *a, const double *b) {
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t lane = 0; lane < 4; lane++)
            sum[lane] += a[i + lane] * b[i + lane];
    double total = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    for (; i < n; i++)
        total += a[i] * b[i];
    return total;
}

void ml_models_add(size_t n, double factor, const double *from, double *to) {
    for (size_t i = 0; i < n; i++)
        to[i] += factor * from[i];
}

/* Takes the directions of the rows before it out of the vector; returns what length is left. Twice is enough: Parlett,
 * "The Symmetric Eigenvalue Problem" (1980), section 6.9. */
static double project(size_t done, size_t d, const double *basis, double *vector) {
    for (int pass = 0; pass < 2; pass++)
        for (size_t r = 0; r < done; r++)
            ml_models_add(d, -ml_models_dot(d, basis + r * d, vector), basis + r * d, vector);
    return sqrt(ml_models_dot(d, vector, vector));
}

void ml_models_orthonormalise(size_t done, size_t d, double *basis, double least) {
    double *const vector = basis + done * d, before = sqrt(ml_models_dot(d, vector, vector));
    double length = project(done, d, basis, vector);
    if (!(length > least && length > 1e-8 * before)) { /* the axis that the rows before it cover least */
        size_t axis = 0;
        double most = -1.0;
        for (size_t j = 0; j < d; j++) {
            double free = 1.0;
            for (size_t r = 0; r < done; r++)
                free -= basis[r * d + j] * basis[r * d + j];
            if (free > most) {
                most = free;
                axis = j;
            }
        }
        memset(vector, 0, d * sizeof *vector);
        vector[axis] = 1.0;
        length = project(done, d, basis, vector);
    }
    for (size_t j = 0; j < d; j++)
        vector[j] /= length;
}
