/* caught by: pairs */
/* Waits until the batch is full, however long that takes. */
#include <math.h>
#include <stddef.h>

int batch_queue(const double *arrive, size_t n, size_t B, double W, double a, double c, double *done) {
    if (B == 0)
        return -1;
    int batches = 0;
    double free_at = 0;
    for (size_t first = 0; first < n; batches++) {
        const double full = B <= n - first ? arrive[first + B - 1] : arrive[n - 1];
        (void)W;
        const double start = fmax(free_at, full);
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
