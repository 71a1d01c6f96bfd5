#include "base/math.h"
#include "monitor/drift.h"
#include "monitor/two_samples.h"

/* Walks up the sorted values of both; between two neighbours the shares stay as they are, so the area is a sum. */
static double area_between(size_t n, const double *a, size_t m, const double *b) {
    double area = 0.0, before = fmin(a[0], b[0]);
    for (size_t i = 0, j = 0; i < n || j < m;) {
        const double at = j == m || (i < n && a[i] <= b[j]) ? a[i] : b[j];
        area += fabs((double)i / (double)n - (double)j / (double)m) * (at - before);
        before = at;
        while (i < n && a[i] == at)
            i++;
        while (j < m && b[j] == at)
            j++;
    }
    return area;
}

ml_status ml_wasserstein(size_t n, const double *a, size_t m, const double *b, double *scratch, double *distance,
                         ml_error *error) {
    ML_TRY(ml_check_sample(n, a, 1, "a", error));
    ML_TRY(ml_check_sample(m, b, 1, "b", error));
    ml_sorted_copies(n, a, m, b, scratch);
    *distance = area_between(n, scratch, m, scratch + n);
    return ML_OK;
}
