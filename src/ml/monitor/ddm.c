#include "base/math.h"
#include "monitor/streams.h"

ml_ddm ml_ddm_init(void) {
    return (ml_ddm){.lowest_p = (double)INFINITY};
}

ml_ddm_level ml_ddm_add(ml_ddm *detector, double error) {
    if (!isfinite(error))
        return ML_DDM_STABLE;
    detector->n++;
    detector->errors += error != 0.0;
    if (detector->n < 30)
        return ML_DDM_STABLE;
    const double n = (double)detector->n, p = detector->errors / n, s = sqrt(p * (1.0 - p) / n);
    if (p + s < detector->lowest_p + detector->lowest_s) {
        detector->lowest_p = p;
        detector->lowest_s = s;
    }
    if (p + s > detector->lowest_p + 3.0 * detector->lowest_s) {
        *detector = ml_ddm_init();
        return ML_DDM_DRIFT;
    }
    return p + s > detector->lowest_p + 2.0 * detector->lowest_s ? ML_DDM_WARNING : ML_DDM_STABLE;
}
