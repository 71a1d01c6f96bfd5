/* Algorithm L. Give each item a uniform key; the sample is the k smallest. The largest of those, `weight`, shrinks with
 * each newcomer by the k-th root of a uniform number, and how many keys in a row exceed it is geometric. */
#include "base/math.h"
#include "data/sampling.h"

ml_skip_reservoir ml_skip_reservoir_over(int32_t *item, size_t k) {
    return (ml_skip_reservoir){.item = item, .k = k, .weight = 1.0};
}

static void plan_skip(ml_skip_reservoir *r, ml_rng *rng) {
    r->weight *= ml_exp(-ml_rng_exponential(rng, 1.0 / (double)r->k));
    const double skip = floor(-ml_rng_exponential(rng, 1.0) / ml_log1p(-r->weight)); /* infinite when weight is 0 */
    r->skip = skip < 0x1p63 ? (uint64_t)skip : UINT64_MAX;
}

void ml_skip_reservoir_offer(ml_skip_reservoir *r, int32_t x, ml_rng *rng) {
    const uint64_t number = r->seen++;
    if (number < r->k) {
        r->item[number] = x;
        if (r->seen == r->k)
            plan_skip(r, rng);
    } else if (r->skip > 0) {
        r->skip--;
    } else {
        r->item[ml_rng_below(rng, r->k)] = x;
        plan_skip(r, rng);
    }
}

void ml_skip_reservoir_pass(ml_skip_reservoir *r, uint64_t n) {
    r->seen += n;
    r->skip -= n;
}
