#include "models/ratings.h"

#include "base/math.h"

ml_status ml_ratings_check(const ml_ratings *ratings, const ml_factors *factors, ml_error *error) {
    if (ratings->n == 0 || ratings->n >= UINT32_MAX || ratings->users == 0 || ratings->items == 0 || factors->k == 0)
        return ml_fail(error, ML_EINVAL,
                       "%zu ratings of %zu items by %zu users in %zu factors; there is at least one of each, and fewer "
                       "than 2^32 ratings",
                       ratings->n, ratings->items, ratings->users, factors->k);
    if (factors->users != ratings->users || factors->items != ratings->items)
        return ml_fail(error, ML_EINVAL, "factors of %zu users and %zu items do not fit ratings of %zu and %zu",
                       factors->users, factors->items, ratings->users, ratings->items);
    for (size_t r = 0; r < ratings->n; r++) {
        if (ratings->user[r] >= ratings->users || ratings->item[r] >= ratings->items)
            return ml_fail(error, ML_EINVAL, "rating %zu is of user %lu and item %lu; number them from 0", r,
                           (unsigned long)ratings->user[r], (unsigned long)ratings->item[r]);
        if (!(fabs(ratings->value[r]) <= 1e140))
            return ml_fail(error, ML_EINVAL, "rating %zu is %g; leave out missing ones, and scale huge ones", r,
                           ratings->value[r]);
    }
    return ML_OK;
}

ml_status ml_ratings_check_l2(double l2, size_t rounds, ml_error *error) {
    if (!(l2 > 0.0 && isfinite(l2)))
        return ml_fail(error, ML_EINVAL, "l2 is %g; it is a finite number above 0", l2);
    if (rounds == 0)
        return ml_fail(error, ML_EINVAL, "0 rounds over the ratings; there is at least 1");
    return ML_OK;
}

ml_status ml_ratings_out_of_memory(const ml_ratings *ratings, size_t k, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "%zu ratings in %zu factors do not fit into the memory; use fewer", ratings->n, k);
}

bool ml_ratings_group(size_t n, size_t owners, const uint32_t *owner, ml_ratings_of *of, ml_arena *arena) {
    *of = (ml_ratings_of){owners, owners == SIZE_MAX ? NULL : ML_ALLOC(arena, owners + 1, uint32_t),
                          ML_ALLOC(arena, n, uint32_t)};
    if (of->start == NULL || of->row == NULL)
        return false;
    for (size_t r = 0; r < n; r++)
        of->start[owner[r]]++;
    for (size_t o = 1; o <= owners; o++) /* each is now where the owner's rows end */
        of->start[o] += of->start[o - 1];
    for (size_t r = n; r-- > 0;)
        of->row[--of->start[owner[r]]] = (uint32_t)r;
    return true;
}
