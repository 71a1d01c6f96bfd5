/* The lab proxy-metric ranks its feed with the library's ml_blend_rank; here your blend_rank does. */
#include <ml.h>

size_t blend_rank(const double *quality, const double *engage, size_t n, double alpha, double beta, size_t k,
                  size_t *top);

size_t ml_blend_rank(size_t n, const double *quality, const double *engagement, double weight_quality,
                     double weight_engagement, size_t k, size_t *top, double *score) {
    (void)score; /* yours brings its own memory */
    return blend_rank(quality, engagement, n, weight_quality, weight_engagement, k, top);
}
