#include <math.h>
#include <stddef.h>

/* When a server that batches answers each of n requests. They arrive at
 * arrive[0] <= arrive[1] <= ... ms; it serves at most B together, keeps none
 * waiting for company longer than W ms, and needs a + c k ms for k of them.
 * Returns the number of batches, or -1 if B is 0. */
int batch_queue(const double *arrive, size_t n, size_t B, double W, double a,
                double c, double *done) {
    if (B == 0)
        return -1;
    int batches = 0;
    double free_at = 0;
    for (size_t first = 0; first < n; batches++) { /* the oldest that waits */
        const double deadline = arrive[first] + W;
        /* compared like this because first + B might overflow for a huge B */
        const double full = B <= n - first ? arrive[first + B - 1] : INFINITY;
        const double start = fmax(free_at, fmin(full, deadline));

        size_t size = 0; /* who is here when it starts, and nobody later */
        while (size < B && first + size < n && arrive[first + size] <= start)
            size++;
        free_at = start + a + c * (double)size;
        for (size_t i = first; i < first + size; i++)
            done[i] = free_at;
        first += size;
    }
    return batches;
}
