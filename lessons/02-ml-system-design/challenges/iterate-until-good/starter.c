#include <math.h>
#include <stdlib.h>

typedef int (*oracle)(void *ctx, size_t row); /* a person: the true label */

typedef struct {
    size_t rounds, asked, fixed; /* rows asked; wrong labels among them */
    double before, after;        /* on validation: the first model's, and w's */
} report;

/* Trains on n rows of d features, has the labels that the model believes least
 * looked at, at most `budget` of them and `batch` a round, and trains again,
 * until it is good enough on validation. Fills in w (d weights, then the
 * intercept) and *r. Returns 0; or -1, and touches nothing, if n is below 5 or
 * d, nv or batch is 0. */
int iterate_until_good(const double *x, int *y, size_t n, size_t d,
                       const double *xv, const int *yv, size_t nv, oracle ask,
                       void *ctx, size_t budget, size_t batch, double target,
                       double *w, report *r) {
    /* not used yet: delete this line once they are */
    (void)x, (void)y, (void)n, (void)xv, (void)yv, (void)nv, (void)ask,
        (void)ctx, (void)budget, (void)batch, (void)target;
    /* TODO, each a function of its own, above:
     * 1. train: logistic regression, on all rows or on all but one fold
     * 2. accuracy, on validation
     * 3. belief: of each row's label, by a model that has not seen the row
     * and here: the loop, which asks, trains again and keeps the best */
    for (size_t j = 0; j <= d; j++)
        w[j] = 0;
    *r = (report){0};
    return 0;
}
