/* Named tensors in one flat vector. */
#include "nn/params.h"

#include <stdio.h>
#include <string.h>

#include "base/math.h"

enum { FIRST_STREAM = 1000 }; /* of the initial weights; one more for each tensor */

ml_status ml_params_init(ml_params *params, int32_t capacity, ml_arena *arena, ml_error *error) {
    if (capacity < 1)
        return ml_fail(error, ML_EINVAL, "params: there must be room for one tensor at least, not %d", (int)capacity);
    ml_param *param = ML_ALLOC(arena, (size_t)capacity, ml_param);
    if (param == NULL)
        return ml_fail(error, ML_ENOMEM, "params: a list of %d tensors does not fit in memory", (int)capacity);
    *params = (ml_params){.param = param, .capacity = capacity};
    return ML_OK;
}

/* --- Registering -------------------------------------------------------------------------------------------------- */

static bool allowed_in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._-/", c) != NULL);
}

static ml_status check_name(const ml_params *params, const char *name, ml_error *error) {
    const size_t length = strlen(name);
    if (length == 0 || length >= ML_PARAM_NAME)
        return ml_fail(error, ML_EINVAL, "params: a name has 1 to %d characters, \"%.80s\" has %zu", ML_PARAM_NAME - 1,
                       name, length);
    for (size_t i = 0; i < length; i++)
        if (!allowed_in_name(name[i]))
            return ml_fail(error, ML_EINVAL, "params: the name \"%s\" may only have letters, digits and ._-/", name);
    if (ml_params_find(params, name) != ML_NO_PARAM)
        return ml_fail(error, ML_EINVAL, "params: there are two tensors \"%s\"; give one another name", name);
    return ML_OK;
}

/* Counts the elements; with those before them, they must be addressable as floats. */
static ml_status check_sizes(ml_param *param, size_t before, ml_error *error) {
    if (param->dimensions < 0 || param->dimensions > ML_TENSOR_DIMENSIONS)
        return ml_fail(error, ML_ESHAPE, "params: \"%s\" has %d dimensions; there may be 0 to %d", param->name,
                       (int)param->dimensions, ML_TENSOR_DIMENSIONS);
    param->count = 1;
    for (int32_t i = 0; i < param->dimensions; i++) {
        const size_t size = param->size[i];
        if (size == 0)
            return ml_fail(error, ML_EINVAL, "params: dimension %d of \"%s\" has size 0; every size is 1 or more",
                           (int)i, param->name);
        if (param->count > SIZE_MAX / sizeof(float) / size)
            return ml_fail(error, ML_ENOMEM, "params: \"%s\" has more elements than memory can hold", param->name);
        param->count *= size;
    }
    if (param->count > SIZE_MAX / sizeof(float) - before)
        return ml_fail(error, ML_ENOMEM, "params: with \"%s\" there are more elements than memory can hold",
                       param->name);
    return ML_OK;
}

static ml_status add(ml_params *params, ml_param param, const char *name, const size_t *size, ml_error *error) {
    if (params->value != NULL)
        return ml_fail(error, ML_EINVAL, "params: \"%.63s\" comes too late; add all tensors before allocating", name);
    if (params->n_params == params->capacity)
        return ml_fail(error, ML_ENOMEM, "params: the list is full with %d tensors; make a longer one",
                       (int)params->capacity);
    ML_TRY(check_name(params, name, error));
    memcpy(param.name, name, strlen(name) + 1);
    for (int32_t i = 0; i < param.dimensions && i < ML_TENSOR_DIMENSIONS; i++)
        param.size[i] = size[i];
    size_t *total = param.role == ML_PARAM_BUFFER ? &params->n_buffers : &params->n_values;
    ML_TRY(check_sizes(&param, *total, error));
    param.offset = *total;
    *total += param.count;
    params->param[params->n_params++] = param;
    return ML_OK;
}

int32_t ml_params_add(ml_params *params, const char *name, ml_param_role role, ml_initialiser initialiser,
                      int32_t dimensions, const size_t *size) {
    if (params->status != ML_OK)
        return ML_NO_PARAM;
    const ml_param param = {.role = role, .initialiser = initialiser, .dimensions = dimensions};
    params->status = add(params, param, name, size, &params->error);
    return params->status == ML_OK ? params->n_params - 1 : ML_NO_PARAM;
}

int32_t ml_params_add_to(ml_params *params, const char *layer, const char *name, ml_param_role role,
                         ml_initialiser initialiser, int32_t dimensions, const size_t *size) {
    char whole[2 * ML_PARAM_NAME]; /* a longer one is cut, and refused like any other that is too long */
    snprintf(whole, sizeof whole, "%s.%s", layer, name);
    return ml_params_add(params, whole, role, initialiser, dimensions, size);
}

ml_status ml_params_allocate(ml_params *params, ml_arena *arena, ml_error *error) {
    if (params->status != ML_OK)
        return ml_fail(error, params->status, "%s", params->error.message);
    if (params->value != NULL)
        return ml_fail(error, ML_EINVAL, "params: they have their memory already");
    const ml_arena_mark mark = ml_arena_save(arena);
    float *value = ML_ALLOC(arena, params->n_values, float), *gradient = ML_ALLOC(arena, params->n_values, float);
    float *buffer = ML_ALLOC(arena, params->n_buffers, float);
    if (value == NULL || gradient == NULL || buffer == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "params: %zu parameters do not fit in memory; use a smaller network",
                       params->n_values);
    }
    params->value = value;
    params->gradient = gradient;
    params->buffer = buffer;
    return ML_OK;
}

/* --- Using -------------------------------------------------------------------------------------------------------- */

void ml_params_initialise(ml_params *params, uint64_t seed) {
    for (int32_t i = 0; i < params->n_params; i++) {
        const ml_tensor value = ml_params_value(params, i);
        ml_rng rng = ml_rng_seed(seed, FIRST_STREAM + (uint64_t)i);
        ml_initialise(params->param[i].initialiser, &value, &rng);
    }
    ml_params_zero_gradients(params);
}

void ml_params_zero_gradients(ml_params *params) {
    memset(params->gradient, 0, params->n_values * sizeof(float));
}

int32_t ml_params_find(const ml_params *params, const char *name) {
    for (int32_t i = 0; i < params->n_params; i++)
        if (strcmp(params->param[i].name, name) == 0)
            return i;
    return ML_NO_PARAM;
}

ml_tensor ml_params_value(const ml_params *params, int32_t index) {
    const ml_param *param = &params->param[index];
    float *data = param->role == ML_PARAM_BUFFER ? params->buffer : params->value;
    return ml_tensor_over(data + param->offset, param->dimensions, param->size);
}

ml_tensor ml_params_gradient(const ml_params *params, int32_t index) {
    const ml_param *param = &params->param[index];
    float *data = param->role == ML_PARAM_BUFFER ? NULL : params->gradient + param->offset;
    return ml_tensor_over(data, param->dimensions, param->size);
}

static int32_t leaf_over(const ml_tape *tape, const float *data) {
    for (int32_t i = 0; i < tape->n_nodes; i++)
        if (tape->node[i].operation == ML_OP_LEAF && tape->node[i].value.data == data)
            return i;
    return ML_NO_NODE;
}

int32_t ml_params_leaf(const ml_params *params, ml_tape *tape, int32_t index) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    if (params->value == NULL || index < 0 || index >= params->n_params ||
        params->param[index].role == ML_PARAM_BUFFER) {
        tape->status = ml_fail(&tape->error, ML_EINVAL, "params: %s",
                               params->value == NULL ? "they have no memory yet; allocate them before recording"
                                                     : "there is no learned tensor of that index");
        return ML_NO_NODE;
    }
    const ml_tensor value = ml_params_value(params, index), gradient = ml_params_gradient(params, index);
    const int32_t known = leaf_over(tape, value.data);
    return known != ML_NO_NODE ? known : ml_tape_leaf_over(tape, params->param[index].name, value, gradient);
}

static bool all_finite(size_t n, const float *x) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

bool ml_params_are_finite(const ml_params *params, const char **culprit) {
    for (int32_t i = 0; i < params->n_params; i++)
        if (!all_finite(params->param[i].count, ml_params_value(params, i).data)) {
            if (culprit != NULL)
                *culprit = params->param[i].name;
            return false;
        }
    return true;
}
