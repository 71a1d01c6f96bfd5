#include "base/math.h"
#include "monitor/streams.h"

ml_cusum ml_cusum_init(double target, double slack, double limit) {
    return (ml_cusum){.target = target, .slack = slack, .limit = limit};
}

int ml_cusum_add(ml_cusum *c, double value) {
    if (!isfinite(value))
        return 0;
    c->high = fmax(0.0, c->high + (value - c->target - c->slack));
    c->low = fmax(0.0, c->low + (c->target - value - c->slack));
    const int side = c->high > c->limit ? 1 : c->low > c->limit ? -1 : 0;
    if (side != 0)
        c->high = c->low = 0.0;
    return side;
}

ml_ewma ml_ewma_init(double target, double sigma, double weight, double width) {
    return (ml_ewma){target, sigma, weight, width, .average = target, .left = 1.0};
}

bool ml_ewma_add(ml_ewma *e, double value) {
    if (!isfinite(value))
        return false;
    const double keep = 1.0 - e->weight;
    e->average = keep * e->average + e->weight * value;
    e->left *= keep * keep;
    const double spread = e->sigma * sqrt(e->weight / (2.0 - e->weight) * (1.0 - e->left));
    return fabs(e->average - e->target) > e->width * spread;
}
