#include "data/sampling.h"

void ml_reservoir_offer(ml_reservoir *reservoir, int32_t x, ml_rng *rng) {
    const uint64_t number = reservoir->seen++; /* counted from 0 */
    if (number < reservoir->k) {
        reservoir->item[number] = x;
        return;
    }
    if (reservoir->k == 0)
        return;
    const uint64_t slot = ml_rng_below(rng, number + 1); /* one draw decides whether and where */
    if (slot < reservoir->k)
        reservoir->item[slot] = x;
}
