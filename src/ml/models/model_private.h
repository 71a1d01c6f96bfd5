/* What the files of ml_model share. Not public. */
#ifndef ML_MODELS_MODEL_PRIVATE_H
#define ML_MODELS_MODEL_PRIVATE_H

#include "models/model.h"

/* Bytes of an element. */
size_t ml_model_element(ml_field_type type);

/* An element as a number, whatever its type. */
double ml_model_element_value(ml_field_type type, const void *data, size_t index);

/* How long an axis must be; 0 for ML_AXIS_ANY, which may be any. */
size_t ml_model_axis_length(const ml_model *model, ml_axis axis);

/* The task is one that the kind can do, the settings are in range, and the fields have the lengths that their axes ask
 * for and no double that is not finite. `status` is what a failure is reported as. */
ml_status ml_model_check_settings(const ml_model_kind *kind, const double *setting, ml_status status, ml_error *error);
ml_status ml_model_check_lengths(const ml_model *model, ml_status status, ml_error *error);
ml_status ml_model_check_finite(const ml_model *model, ml_status status, ml_error *error);

#endif
