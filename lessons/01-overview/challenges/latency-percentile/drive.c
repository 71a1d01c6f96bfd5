/* The lab batching-queue asks the library's ml_percentile for its p50, p95 and p99; here your percentile answers. */
#include <ml.h>

double percentile(const double *ms, size_t n, double p);

double ml_percentile(size_t n, const double *value, double p, double *scratch) {
    (void)scratch; /* yours brings its own copy */
    return percentile(value, n, p);
}
