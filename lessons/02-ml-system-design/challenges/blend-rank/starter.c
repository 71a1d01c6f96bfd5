#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* Ranks n items by alpha * z(quality) + beta * z(engage), z counting standard
 * deviations (dividing by n) from the mean: the largest first, of equal ones
 * the lower index. A score with standard deviation 0 contributes 0. Writes the
 * indices of the best min(k, n) to top and returns how many those are. */
size_t blend_rank(const double *quality, const double *engage, size_t n,
                  double alpha, double beta, size_t k, size_t *top) {
    /* not used yet: delete this line once they are */
    (void)quality, (void)engage, (void)n, (void)alpha, (void)beta;
    (void)k, (void)top;
    /* TODO: sum up the weighted z-scores, sort pairs of score and index */
    return 0;
}
