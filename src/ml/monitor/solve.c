#include "base/math.h"
#include "monitor/shift.h"

static void swap(double *a, double *b) {
    const double keep = *a;
    *a = *b;
    *b = keep;
}

/* Brings the largest entry at or below the diagonal of column c to the diagonal; returns its size. */
static double pivot(double *A, double *b, size_t n, size_t c) {
    size_t best = c;
    for (size_t r = c + 1; r < n; r++)
        if (fabs(A[r * n + c]) > fabs(A[best * n + c]))
            best = r;
    for (size_t j = 0; best != c && j < n; j++)
        swap(&A[c * n + j], &A[best * n + j]);
    if (best != c)
        swap(&b[c], &b[best]);
    return fabs(A[c * n + c]);
}

int ml_solve(double *A, double *b, int k) {
    double largest = 0.0;
    if (k < 1)
        return -1;
    const size_t n = (size_t)k;
    for (size_t i = 0; i < n * n; i++)
        largest = fmax(largest, fabs(A[i]));
    for (size_t c = 0; c < n; c++) {
        if (!(pivot(A, b, n, c) > 1e-12 * largest))
            return -1;
        for (size_t r = c + 1; r < n; r++) {
            const double factor = A[r * n + c] / A[c * n + c];
            for (size_t j = c + 1; j < n; j++)
                A[r * n + j] -= factor * A[c * n + j];
            b[r] -= factor * b[c];
        }
    }
    for (size_t r = n; r-- > 0;) {
        for (size_t j = r + 1; j < n; j++)
            b[r] -= A[r * n + j] * b[j];
        b[r] /= A[r * n + r];
        if (!isfinite(b[r]))
            return -1;
    }
    return 0;
}
