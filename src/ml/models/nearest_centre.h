/* The nearest of k centres, eight distances at a time. Not public. */
#ifndef ML_MODELS_NEAREST_CENTRE_H
#define ML_MODELS_NEAREST_CENTRE_H

#include "models/models.h"

/* Centres in groups of eight, feature by feature: group[g][j][0..7] is feature j of the centres 8 g to 8 g + 7, so that
 * ml_kernel_nearest_of_eight takes them at once. The last group is filled up with infinity, which is never nearest. */
enum { ML_CENTRE_GROUP = 8 };

/* Room for the groups: NULL where it does not fit. */
double *ml_centre_groups(size_t k, size_t d, ml_arena *arena);
void ml_centre_pack(size_t k, size_t d, const double *centre, double *group);

typedef struct ml_nearest_centre {
    size_t first;        /* the nearest, of equals the first */
    double best, second; /* squared distances to it and to the next: second is infinite if there is no other */
} ml_nearest_centre;

ml_nearest_centre ml_nearest_centre_of(size_t k, size_t d, const double *group, const double *row);

/* The sum over j of (a[j] - b[j])^2, in that order: the same bits as ml_nearest_centre_of finds. */
double ml_squared_distance(size_t d, const double *a, const double *b);

#endif
