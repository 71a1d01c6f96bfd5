/* Every kind of model that there is. A new one is a line in each of the two lists. */
#include "models/model.h"

extern const ml_model_kind ml_kind_linear;
extern const ml_model_kind ml_kind_ridge;

const ml_model_kind *const ml_model_kinds[] = {
    &ml_kind_linear,
    &ml_kind_ridge,
};

const size_t ml_model_kinds_length = sizeof ml_model_kinds / sizeof *ml_model_kinds;
