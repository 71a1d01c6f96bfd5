#include "models/nearest_centre.h"

#include "base/math.h"
#include "kernels/kernels.h"
#include "models/magnitude.h"

double *ml_centre_groups(size_t k, size_t d, ml_arena *arena) {
    const size_t groups = k / ML_CENTRE_GROUP + (k % ML_CENTRE_GROUP > 0);
    return d > SIZE_MAX / ML_CENTRE_GROUP ? NULL : ml_models_matrix(arena, groups, ML_CENTRE_GROUP * d);
}

void ml_centre_pack(size_t k, size_t d, const double *centre, double *group) {
    const size_t padded = (k + ML_CENTRE_GROUP - 1) / ML_CENTRE_GROUP * ML_CENTRE_GROUP;
    for (size_t c = 0; c < padded; c++)
        for (size_t j = 0; j < d; j++)
            group[(c / ML_CENTRE_GROUP * d + j) * ML_CENTRE_GROUP + c % ML_CENTRE_GROUP] =
                c < k ? centre[c * d + j] : (double)INFINITY;
}

ml_nearest_centre ml_nearest_centre_of(size_t k, size_t d, const double *group, const double *row) {
    ml_nearest_centre found = {0, (double)INFINITY, (double)INFINITY};
    for (size_t from = 0; from < k; from += ML_CENTRE_GROUP, group += d * ML_CENTRE_GROUP) {
        double least[2];
        const size_t nearest = ml_kernel_nearest_of_eight(d, row, group, least);
        if (least[0] < found.best) {
            found.second = found.best < least[1] ? found.best : least[1];
            found.best = least[0];
            found.first = from + nearest;
        } else if (least[0] < found.second) {
            found.second = least[0];
        }
    }
    return found;
}

double ml_squared_distance(size_t d, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t j = 0; j < d; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}
