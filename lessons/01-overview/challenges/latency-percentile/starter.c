#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The p-th percentile of n latencies by nearest rank: the one at rank
 * ceil(p n / 100), at least 1, in sorted order. NAN if n is 0 or p is not from
 * 0 to 100. */
double percentile(const double *ms, size_t n, double p) {
    (void)ms, (void)n, (void)p; /* not used yet: delete this line once they are */
    /* TODO: copy, sort, pick */
    return 0;
}
