/* caught by: waits_and_fills */
/* Starts the clock of patience when the server comes free, not when the request arrives. */
#include <math.h>
#include <stddef.h>

int batch_queue(const double *arrive, size_t n, size_t B, double W, double a, double c, double *done) {
    if (B == 0)
        return -1;
    int batches = 0;
    double free_at = 0;
    for (size_t first = 0; first < n; batches++) {
        const double deadline = fmax(free_at, arrive[first]) + W;
        const double full = B <= n - first ? arrive[first + B - 1] : INFINITY;
        const double start = fmax(free_at, fmin(full, deadline));
        size_t size = 0;
        while (size < B && first + size < n && arrive[first + size] <= start)
            size++;
        free_at = start + a + c * (double)size;
        for (size_t i = first; i < first + size; i++)
            done[i] = free_at;
        first += size;
    }
    return batches;
}
