/* The lab cost-threshold asks the library's ml_metric_best_threshold for the cheapest threshold on its cases; here your
 * best_threshold answers. The lab's scores are doubles and yours are floats: they are rounded on the way in, and on the
 * way out your threshold becomes the lowest of the lab's scores that it lets in. */
#include <ml.h>

#include <math.h>
#include <stdlib.h>

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost);

/* Infinity if none is. A NaN lets nothing in. */
static double lowest_from(const double *score, size_t n, double threshold) {
    double lowest = (double)INFINITY;
    for (size_t i = 0; i < n; i++)
        if ((double)(float)score[i] >= threshold && score[i] < lowest)
            lowest = score[i];
    return lowest;
}

ml_status ml_metric_best_threshold(size_t n, const double *score, const uint8_t *label, double false_positive,
                                   double false_negative, uint32_t *order, double *threshold, double *cost,
                                   ml_error *error) {
    (void)order; /* yours brings its own memory */
    float *rounded = malloc((n + 1) * sizeof *rounded);
    int *y = malloc((n + 1) * sizeof *y);
    const bool fits = rounded != NULL && y != NULL;
    for (size_t i = 0; i < n && fits; i++) {
        rounded[i] = (float)score[i];
        y[i] = label[i];
    }
    if (fits)
        *threshold = lowest_from(score, n, best_threshold(rounded, y, n, false_positive, false_negative, cost));
    free(rounded);
    free(y);
    return fits ? ML_OK : ml_fail(error, ML_ENOMEM, "%zu cases do not fit in memory", n);
}
