#include <math.h>
#include <stdlib.h>

typedef struct {
    float score;
    int y;
} scored; /* together, so that sorting does not part them */

static int highest_first(const void *left, const void *right) {
    const float a = ((const scored *)left)->score;
    const float b = ((const scored *)right)->score;
    return (a < b) - (a > b);
}

/* The cheapest threshold for n scored cases with labels y: the t among the
 * scores and INFINITY for which acting on every score >= t costs least in all,
 * and of equally cheap ones the highest. *cost receives that cost. A false
 * positive costs c_fp, a false negative c_fn. No cases: INFINITY, cost 0. */
double best_threshold(const float *score, const int *y, size_t n, double c_fp,
                      double c_fn, double *cost) {
    *cost = 0;
    if (n == 0)
        return INFINITY;
    scored *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    int fp = 0, fn = 0; /* of acting on nobody: every 1 is missed */
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (scored){score[i], y[i]};
        fn += y[i];
    }
    qsort(sorted, n, sizeof *sorted, highest_first);

    double best = INFINITY;
    *cost = c_fn * fn;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i].y == 1)
            fn--;
        else
            fp++;
        /* equal scores come in together: no threshold lies between them */
        if (i + 1 < n && sorted[i + 1].score == sorted[i].score)
            continue;
        /* from whole counts, so that equal costs are equal to the last bit */
        const double now = c_fp * fp + c_fn * fn;
        if (now < *cost) { /* not <=: the first of equals is the highest */
            *cost = now;
            best = sorted[i].score;
        }
    }
    free(sorted);
    return best;
}
