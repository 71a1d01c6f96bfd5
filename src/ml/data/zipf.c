#include "base/math.h"
#include "data/generators.h"

ml_status ml_zipf_init(size_t n, double exponent, ml_arena *arena, ml_zipf *zipf, ml_error *error) {
    if (n == 0 || n >= UINT32_MAX || !(exponent >= 0.0 && exponent <= 10.0))
        return ml_fail(error, ML_EINVAL, "%zu ranks and an exponent of %g; it takes a rank, and an exponent of 0 to 10",
                       n, exponent);
    double *cumulative = ML_ALLOC(arena, n, double), sum = 0.0;
    if (cumulative == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu ranks do not fit in memory; use fewer", n);
    for (size_t k = 0; k < n; k++)
        cumulative[k] = sum += ml_pow((double)k + 1.0, -exponent);
    for (size_t k = 0; k < n; k++)
        cumulative[k] /= sum;
    *zipf = (ml_zipf){n, cumulative};
    return ML_OK;
}

size_t ml_zipf_draw(const ml_zipf *zipf, ml_rng *rng) {
    const double u = ml_rng_uniform(rng);
    size_t low = 0, high = zipf->n - 1; /* the answer lies between them; the last cumulative is 1, above any u */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (u < zipf->cumulative[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
