#include <math.h>
#include <stdlib.h>

typedef struct {
    size_t n;
    const double *x;     /* n rows of d features */
    const int *y, *rule; /* true labels, and what the rule answers: 0 or 1 */
} split;

typedef struct {
    size_t d;
    split train, valid, test;
    double c_fp, c_fn;            /* cost of a false positive and negative */
    double decisions, build_cost; /* how many there will be; paid once */
} problem;

typedef struct {
    double threshold;                                   /* of the model */
    double cost_never, cost_always, cost_rule, cost_ml; /* mean, on test */
    double saving, saving_se, net;
    int choice; /* 0: keep the baseline, 1: ship ML */
} verdict;

/* Should this be ML? Trains, chooses and compares; fills in *out. Returns 0, or
 * -1 if a split is empty or there are no features, and then leaves *out. */
int should_be_ml(const problem *p, verdict *out) {
    /* TODO, each a function of its own, above:
     * 1. p->train: mean and sd of each feature, then logistic regression
     * 2. p->valid: the cheapest threshold, and the cheapest baseline
     * 3. p->test:  costs, saving, its standard error, net, choice */
    (void)p; /* not used yet: delete this line once it is */
    *out = (verdict){0};
    return 0;
}
