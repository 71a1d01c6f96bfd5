/* How both kinds of slices are found; shared by the files of this folder alone. */
#ifndef ML_METRICS_SLICING_H
#define ML_METRICS_SLICING_H

#include "metrics/slices.h"

/* Fills value, low, high and p of a slice of these rows, ascending. A value that is not finite leaves the slice out.
 * What it takes of the arena is given back for it. */
typedef ml_status (*ml_slice_measure)(void *context, size_t n, const uint32_t *row, ml_slice *slice, ml_arena *arena,
                                      ml_error *error);

/* What every kind of slices asks of the rows and of how they are sliced. */
ml_status ml_slices_check(size_t n, const ml_slicing *how, ml_error *error);

/* Finds all slices that are large enough, measures them, corrects their p and sorts them. All is checked already, and
 * `whole` is known. */
ml_status ml_slices_find(size_t n, const ml_slicing *how, double whole, ml_slice_measure measure, void *context,
                         ml_slices *slices, ml_arena *arena, ml_error *error);

#endif
