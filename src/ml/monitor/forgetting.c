#include "monitor/shift.h"

size_t ml_replay_slot(uint64_t seen, size_t room, ml_rng *rng) {
    if (seen < room)
        return (size_t)seen;
    const uint64_t slot = ml_rng_below(rng, seen + 1);
    return slot < room ? (size_t)slot : room;
}

void ml_ewc_add_fisher(size_t n, const float *gradient, size_t rows, double *fisher) {
    for (size_t i = 0; i < n; i++)
        fisher[i] += (double)gradient[i] * (double)gradient[i] / (double)rows;
}

double ml_ewc_penalty(size_t n, const float *w, const float *anchor, const double *fisher, double lambda,
                      float *gradient) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = (double)w[i] - (double)anchor[i], pull = lambda * fisher[i] * off;
        sum += 0.5 * pull * off;
        if (gradient != NULL)
            gradient[i] += (float)pull;
    }
    return sum;
}
