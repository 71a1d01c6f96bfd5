/* The binary form of parameters, and their JSON. */
#include "nn/saving.h"

#include "base/math.h"
#include "nn/stored.h"
#include "base/text.h"

static const uint8_t magic[8] = "laymanz";

enum { VERSION = 1, WORD = 4, FIRST_TENSOR = sizeof magic + 2 * WORD };

/* --- Both ways: what stands where --------------------------------------------------------------------------------- */

/* The bytes that describe a tensor. */
static size_t head_length(const ml_param *param) {
    return (3 + (size_t)param->dimensions) * WORD + strlen(param->name);
}

static size_t heads_length(const ml_params *params) {
    size_t length = 0;
    for (int32_t i = 0; i < params->n_params; i++)
        length += head_length(&params->param[i]);
    return length;
}

ml_status ml_stored_check_writable(const ml_params *params, size_t others, ml_error *error) {
    const char *culprit;
    if (params->value == NULL)
        return ml_fail(error, ML_EINVAL, "saving: the parameters have no memory yet; there is nothing to save");
    for (int32_t i = 0; i < params->n_params; i++)
        for (int32_t j = 0; j < params->param[i].dimensions; j++)
            if (params->param[i].size[j] > UINT32_MAX)
                return ml_fail(error, ML_EINVAL, "saving: \"%s\" is too large for the file", params->param[i].name);
    if (params->n_values + params->n_buffers > (SIZE_MAX - others) / WORD)
        return ml_fail(error, ML_EINVAL, "saving: the parameters are too many for memory to hold them twice");
    if (!ml_params_are_finite(params, &culprit))
        return ml_fail(error, ML_EINVAL, "saving: \"%s\" holds NaN or infinity; a diverged network is not saved",
                       culprit);
    return ML_OK;
}

/* --- Writing ------------------------------------------------------------------------------------------------------ */

static uint8_t *write_u32(uint8_t *at, size_t x) {
    put_u32(at, (uint32_t)x);
    return at + WORD;
}

static uint8_t *write_head(uint8_t *at, const ml_param *param) {
    const size_t length = strlen(param->name);
    at = write_u32(at, length);
    memcpy(at, param->name, length);
    at = write_u32(at + length, (size_t)param->role);
    at = write_u32(at, (size_t)param->dimensions);
    for (int32_t i = 0; i < param->dimensions; i++)
        at = write_u32(at, param->size[i]);
    return at;
}

ml_status ml_save(const ml_params *params, size_t capacity, uint8_t *bytes, size_t *length, ml_error *error) {
    const size_t around = FIRST_TENSOR + heads_length(params) + WORD;
    ML_TRY(ml_stored_check_writable(params, around, error));
    *length = around + (params->n_values + params->n_buffers) * WORD;
    if (bytes == NULL)
        return ML_OK;
    if (*length > capacity)
        return ml_fail(error, ML_ENOMEM, "saving: the file has %zu bytes, there is room for %zu", *length, capacity);
    uint8_t *at = bytes + sizeof magic;
    memcpy(bytes, magic, sizeof magic);
    at = write_u32(at, VERSION);
    at = write_u32(at, (size_t)params->n_params);
    for (int32_t i = 0; i < params->n_params; i++)
        at = write_head(at, &params->param[i]);
    for (int32_t i = 0; i < params->n_params; at += params->param[i++].count * WORD)
        ml_stored_write(params->param[i].count, ml_params_value(params, i).data, at);
    put_u32(at, ml_crc32((size_t)(at - bytes), bytes));
    return ML_OK;
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

/* What is left of the file. */
typedef struct source {
    const uint8_t *at;
    size_t left;
} source;

static ml_status read_u32(source *from, uint32_t *x, ml_error *error) {
    if (from->left < WORD)
        return ml_fail(error, ML_EPARSE, "loading: the file ends too early; it has been cut");
    *x = get_u32(from->at);
    from->at += WORD;
    from->left -= WORD;
    return ML_OK;
}

/* A tensor's description must be that of `param`. */
static ml_status read_head(source *from, const ml_param *param, ml_error *error) {
    uint32_t length = 0, role = 0, dimensions = 0, size = 0;
    ML_TRY(read_u32(from, &length, error));
    if (length > from->left)
        return ml_fail(error, ML_EPARSE, "loading: a name of %u bytes in a file that has %zu left", (unsigned)length,
                       from->left);
    if (length != strlen(param->name) || memcmp(from->at, param->name, length) != 0) {
        char name[ML_PARAM_NAME];
        ml_stored_printable(length, from->at, name);
        return ml_fail(error, ML_ESHAPE, "loading: the file has \"%s\" where the network has \"%s\"", name,
                       param->name);
    }
    from->at += length;
    from->left -= length;
    ML_TRY(read_u32(from, &role, error));
    ML_TRY(read_u32(from, &dimensions, error));
    bool same = role == (uint32_t)param->role && dimensions == (uint32_t)param->dimensions;
    for (int32_t i = 0; same && i < param->dimensions; i++) {
        ML_TRY(read_u32(from, &size, error));
        same = size == param->size[i];
    }
    if (!same)
        return ml_fail(error, ML_ESHAPE, "loading: \"%s\" has another shape or role in the file than in the network",
                       param->name);
    return ML_OK;
}

/* Magic, version, checksum, number of tensors; leaves the descriptions and the elements in *from. */
static ml_status open_file(const ml_params *params, size_t length, const uint8_t *bytes, source *from,
                           ml_error *error) {
    uint32_t version = 0, count = 0;
    if (length < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return ml_fail(error, ML_EPARSE, "loading: this is no file of parameters; such a file begins with \"laymanz\"");
    *from = (source){bytes + sizeof magic, length - sizeof magic};
    ML_TRY(read_u32(from, &version, error));
    if (version != VERSION)
        return ml_fail(error, ML_EPARSE, "loading: the file has version %u; only %d is known", (unsigned)version,
                       VERSION);
    ML_TRY(read_u32(from, &count, error));
    if (from->left < WORD)
        return ml_fail(error, ML_EPARSE, "loading: the file ends too early; it has been cut");
    from->left -= WORD;
    if (get_u32(from->at + from->left) != ml_crc32(length - WORD, bytes))
        return ml_fail(error, ML_EPARSE, "loading: the checksum is wrong; the file is damaged or has been cut");
    if (count != (uint32_t)params->n_params)
        return ml_fail(error, ML_ESHAPE, "loading: the file has %u tensors, the network %d", (unsigned)count,
                       (int)params->n_params);
    return ML_OK;
}

void ml_stored_printable(size_t length, const uint8_t *bytes, char *out) {
    size_t i = 0;
    for (; i < length && i + 1 < ML_PARAM_NAME; i++)
        out[i] = (char)(bytes[i] > ' ' && bytes[i] < 0x7f ? bytes[i] : '?');
    out[i] = '\0';
}

ml_status ml_stored_check(size_t count, const uint8_t *bytes, const char *name, ml_error *error) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(get_float(bytes + i * WORD)))
            return ml_fail(error, ML_EPARSE, "loading: element %zu of \"%s\" is NaN or infinite", i, name);
    return ML_OK;
}

void ml_stored_write(size_t count, const float *value, uint8_t *bytes) {
    for (size_t i = 0; i < count; i++)
        put_float(bytes + i * WORD, value[i]);
}

void ml_stored_read(size_t count, const uint8_t *bytes, float *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = get_float(bytes + i * WORD);
}

ml_status ml_load(ml_params *params, size_t length, const uint8_t *bytes, ml_error *error) {
    source from = {0};
    if (params->value == NULL)
        return ml_fail(error, ML_EINVAL, "loading: the parameters have no memory yet; allocate them first");
    ML_TRY(open_file(params, length, bytes, &from, error));
    for (int32_t i = 0; i < params->n_params; i++)
        ML_TRY(read_head(&from, &params->param[i], error));
    if (from.left / WORD != params->n_values + params->n_buffers || from.left % WORD != 0)
        return ml_fail(error, ML_EPARSE, "loading: %zu bytes of values, where the network has %zu floats", from.left,
                       params->n_values + params->n_buffers);
    const uint8_t *at = from.at;
    for (int32_t i = 0; i < params->n_params; at += params->param[i++].count * WORD)
        ML_TRY(ml_stored_check(params->param[i].count, at, params->param[i].name, error));
    for (int32_t i = 0; i < params->n_params; i++) {
        ml_stored_read(params->param[i].count, from.at, ml_params_value(params, i).data);
        from.at += params->param[i].count * WORD;
    }
    return ML_OK;
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static void add_tensor(ml_text *to, const ml_params *params, int32_t index) {
    static const char *const role[] = {"weight", "bias", "buffer"};
    const ml_param *param = &params->param[index];
    const float *value = ml_params_value(params, index).data;
    ml_text_add(to, "%s{\"name\":\"%s\",\"role\":\"%s\",\"shape\":[", index > 0 ? ",\n" : "\n", param->name,
                role[param->role]);
    for (int32_t i = 0; i < param->dimensions; i++)
        ml_text_add(to, "%s%zu", i > 0 ? "," : "", param->size[i]);
    ml_text_add(to, "],\"values\":[");
    for (size_t i = 0; i < param->count; i++) {
        ml_text_add(to, "%s", i > 0 ? "," : "");
        ml_text_add_float(to, value[i]);
    }
    ml_text_add(to, "]}");
}

ml_status ml_export_json(const ml_params *params, size_t capacity, char *at, size_t *length, ml_error *error) {
    ml_text to = {at, capacity, 0};
    ML_TRY(ml_stored_check_writable(params, 0, error));
    ml_text_add(&to, "{\"format\":\"laymanz\",\"version\":%d,\"tensors\":[", VERSION);
    for (int32_t i = 0; i < params->n_params; i++)
        add_tensor(&to, params, i);
    ml_text_add(&to, "\n]}\n");
    return ml_text_end(&to, "JSON", length, error);
}
