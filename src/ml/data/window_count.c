#include "data/windows.h"

/* The window that holds t: k with k width <= t. C's division rounds towards 0. */
static int64_t window_of(int64_t t, int64_t width) {
    return t / width - (t % width < 0);
}

static void insert(ml_window_counted *out, size_t n, size_t at, int64_t start, size_t closed_by) {
    for (size_t i = n; i > at; i--)
        out[i] = out[i - 1];
    out[at] = (ml_window_counted){start, 0, closed_by};
}

size_t ml_window_count(const int64_t *t, size_t n, int64_t width, int64_t bound, ml_window_counted *out,
                       size_t *dropped) {
    size_t windows = 0, closed = 0; /* out is sorted, and its first `closed` are closed */
    int64_t watermark = INT64_MIN;
    *dropped = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t start = window_of(t[i], width) * width;
        if (start + width <= watermark) {
            ++*dropped;
            continue; /* older than the latest event: the watermark stays */
        }
        size_t at = windows;
        while (at > closed && out[at - 1].start >= start)
            at--;
        if (at == windows || out[at].start != start)
            insert(out, windows++, at, start, n);
        out[at].count++;
        watermark = t[i] - bound > watermark ? t[i] - bound : watermark;
        for (; closed < windows && out[closed].start + width <= watermark; closed++)
            out[closed].closed_by = i;
    }
    return windows;
}
