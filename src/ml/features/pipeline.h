/* A pipeline: all that turns raw rows into features, learned on training rows once, then applied anywhere: to a batch
 * or one row, today or loaded from a file, with the same bits. It cannot leak: applying never learns, and what reads
 * the target is given to training rows out of fold. */
#ifndef ML_FEATURES_PIPELINE_H
#define ML_FEATURES_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "features/imputing.h"
#include "features/scaling.h"

/* What becomes of a column. A category is a whole number that fits int32_t; a category that was not in training (or was
 * rarer than min_count), a fraction and a missing one are all "unknown". */
typedef enum ml_feature_kind {
    ML_FEATURE_NUMBER,  /* scaled, then filled; a second column flags the holes if wanted */
    ML_FEATURE_BINS,    /* one column for each of at most `size` bins of equal frequency, and one for missing */
    ML_FEATURE_ONE_HOT, /* one column a category, and one for unknown */
    ML_FEATURE_ORDINAL, /* the place of the category, after the last one for unknown */
    ML_FEATURE_TARGET,  /* the mean target of the category, shrunk; unknown ones share one */
    ML_FEATURE_HASHED,  /* +1 or -1 in one of `size` columns; nothing is learned, 0 in all for what is no category */
} ml_feature_kind;

typedef struct ml_feature {
    ml_feature_kind kind;
    uint32_t column;    /* which of the raw columns */
    ml_scaling scaling; /* number */
    ml_fill fill;       /* number; in scaled units, so the mean of a standardised column is 0 */
    double constant;    /* number: the fill where `fill` says so or nothing was there */
    bool flag;          /* number */
    uint32_t size;      /* bins, hashed: 1 to 65,536 */
    uint32_t min_count; /* one-hot, ordinal, target: rows that a category needs; 0 counts as 1 */
    double smoothing;   /* target: weight of the prior, in rows */
    bool log_odds;      /* target: ln(p/(1 - p)) of the mean, clipped to [0.005, 0.995]; for targets 0 and 1 */
} ml_feature;

/* What was learned for it. */
typedef struct ml_feature_state {
    ml_scaler scaler;
    double fill;
    uint32_t n;     /* cuts, or categories */
    double *number; /* bins: [n] cuts; target: [n + 1] encodings, the last for unknown */
    int32_t *level; /* [n] categories, ascending */
    size_t at;      /* the first of its columns */
} ml_feature_state;

typedef struct ml_pipeline {
    size_t n_columns, n_features, width; /* raw columns, features, columns that they make */
    ml_feature *feature;                 /* [n_features] */
    ml_feature_state *state;             /* [n_features] */
} ml_pipeline;

/* Learns from training rows.
 *   feature  [n_features]     copied
 *   x        [n x n_columns]  finite or NaN
 *   y        [n]              finite; NULL if no feature reads the target
 *   fold     [n]              0 to n_fold - 1, for target encoding; NULL: row i is in fold i mod n_fold
 *   n_fold                    at least 2 if a feature reads the target
 *   pipeline         out: its arrays are the arena's
 *   train            out: [n x width] the features of the training rows, the arena's: encoded out of fold, unlike
 *                    what ml_pipeline_apply gives for the same rows. NULL if unwanted
 *   arena, scratch   two different ones; scratch for 60 bytes a row is given back
 * Cost:   O(n log n) a feature, and n_fold passes for each that reads the target.
 * Errors: ML_EINVAL for no rows or features, a column that does not exist, a value or setting out of range, a missing
 *         target; ML_ENOMEM; outputs and arena are then as they were. */
ml_status ml_pipeline_fit(size_t n_features, const ml_feature *feature, size_t n, size_t n_columns, const double *x,
                          const double *y, const uint32_t *fold, size_t n_fold, ml_pipeline *pipeline, double **train,
                          ml_arena *arena, ml_arena *scratch, ml_error *error);

/* The features of rows, each by itself. Never fails: what is infinite, or becomes it, counts as missing, and all
 * features are finite.
 *   x    [n x n_columns];  out [n x width]
 * Cost: O(n width). n may be 0. */
void ml_pipeline_apply(const ml_pipeline *pipeline, size_t n, const double *x, double *out);

/* Writes it as bytes: "lmzpipe" and a zero, version, what each feature is and has learned, CRC-32; little-endian.
 *   capacity  of bytes; with bytes NULL nothing but *length is written, so that the caller can make room
 * Errors: ML_EINVAL if `capacity` is too small (length is set). */
ml_status ml_pipeline_save(const ml_pipeline *pipeline, size_t capacity, uint8_t *bytes, size_t *length,
                           ml_error *error);

/* Reads it back; it then gives the same features, bit for bit. Nothing in the bytes is trusted.
 *   pipeline  out; its arrays are the arena's
 * Errors: ML_EPARSE if the bytes are no pipeline, of another version, cut off or damaged, or say what cannot be;
 *         ML_ENOMEM. The output and the arena are then as they were. */
ml_status ml_pipeline_load(size_t length, const uint8_t *bytes, ml_pipeline *pipeline, ml_arena *arena,
                           ml_error *error);

#endif
