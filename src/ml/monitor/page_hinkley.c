#include "base/math.h"
#include "monitor/streams.h"

ml_page_hinkley ml_page_hinkley_init(double delta, double lambda) {
    return (ml_page_hinkley){.delta = delta, .lambda = lambda};
}

bool ml_page_hinkley_add(ml_page_hinkley *p, double value) {
    if (!isfinite(value))
        return false;
    p->n++;
    p->mean += (value - p->mean) / (double)p->n;
    p->u += value - p->mean - p->delta;
    p->lowest = fmin(p->lowest, p->u);
    if (!(p->u - p->lowest > p->lambda))
        return false;
    *p = ml_page_hinkley_init(p->delta, p->lambda);
    return true;
}
