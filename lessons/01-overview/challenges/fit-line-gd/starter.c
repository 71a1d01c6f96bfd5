#include <math.h>
#include <stddef.h>

/* Takes `steps` steps of gradient descent on the mean squared error of the line
 * w x + b over n points, from the *w and *b that it finds there; the result
 * goes in their place. Returns 0; -1 if there are no points; 1 if w or b would
 * become infinite or NaN, and leaves the last finite pair. */
int fit_line(const double *x, const double *y, size_t n, double lr,
             size_t steps, double *w, double *b) {
    /* not used yet: delete this line once they are */
    (void)x, (void)y, (void)n, (void)lr, (void)steps, (void)w, (void)b;
    /* TODO: for every step, both sums, then both updates */
    return 0;
}
