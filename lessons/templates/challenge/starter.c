#include <stddef.h>

/* The mean of the n values x, weighted by w; 0 where the weights add up to 0. */
double weighted_mean(const double *x, const double *w, size_t n) {
    (void)x, (void)w, (void)n; /* not used yet: delete this line once they are */
    /* TODO: add up the weighted values and the weights, then divide */
    return 0;
}
