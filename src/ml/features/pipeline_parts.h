/* What fitting, applying and loading share. Not public. */
#ifndef ML_FEATURES_PIPELINE_PARTS_H
#define ML_FEATURES_PIPELINE_PARTS_H

#include "features/pipeline.h"

enum { PIPELINE_MOST_SIZE = 65536, PIPELINE_MOST_COLUMNS = 1 << 24 };

/* Whether x is a category; if so, which. */
bool ml_pipeline_category(double x, int32_t *category);

/* The place of x among the levels of a state; n if it is unknown. */
uint32_t ml_pipeline_code(const ml_feature_state *state, double x);

/* ln(p/(1 - p)), clipped, if the feature wants it; else p. */
double ml_pipeline_link(const ml_feature *feature, double p);

/* Settings in range. */
ml_status ml_pipeline_check(const ml_feature *feature, size_t n_columns, ml_error *error);

/* Gives each feature its columns and the pipeline its width. */
ml_status ml_pipeline_lay_out(ml_pipeline *pipeline, ml_error *error);

#endif
