/* The safetensors format: a header in JSON, of which only what the format uses is read, then the bare elements. */
#include "nn/saving.h"

#include "nn/stored.h"
#include "base/text.h"

enum { PREFIX = 8, WORD = 4, LARGEST_HEADER = 1 << 20 };

/* --- Writing ------------------------------------------------------------------------------------------------------ */

static void add_header(ml_text *to, const ml_params *params) {
    size_t begin = 0;
    ml_text_add(to, "{");
    for (int32_t i = 0; i < params->n_params; i++) {
        const ml_param *param = &params->param[i];
        const size_t end = begin + param->count * WORD;
        ml_text_add(to, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[", i > 0 ? "," : "", param->name);
        for (int32_t j = 0; j < param->dimensions; j++)
            ml_text_add(to, "%s%zu", j > 0 ? "," : "", param->size[j]);
        ml_text_add(to, "],\"data_offsets\":[%zu,%zu]}", begin, end);
        begin = end;
    }
    ml_text_add(to, "}");
    while (to->length % PREFIX != 0)
        ml_text_add(to, " ");
}

ml_status ml_safetensors_write(const ml_params *params, size_t capacity, uint8_t *bytes, size_t *length,
                               ml_error *error) {
    ml_text header = {0};
    add_header(&header, params);
    const size_t start = PREFIX + header.length;
    ML_TRY(ml_stored_check_writable(params, start, error));
    if (header.length > LARGEST_HEADER)
        return ml_fail(error, ML_EINVAL, "safetensors: %d tensors need a header of more than 1 MB",
                       (int)params->n_params);
    *length = start + (params->n_values + params->n_buffers) * WORD;
    if (bytes == NULL)
        return ML_OK;
    if (*length > capacity)
        return ml_fail(error, ML_ENOMEM, "safetensors: the file has %zu bytes, there is room for %zu", *length,
                       capacity);
    put_u32(bytes, (uint32_t)header.length);
    put_u32(bytes + WORD, 0);
    header = (ml_text){.at = (char *)bytes + PREFIX, .capacity = *length - PREFIX};
    add_header(&header, params); /* its closing zero falls on the first element, which is written next */
    if (params->n_params == 0)
        bytes[start - 1] = ' '; /* there is none */
    uint8_t *at = bytes + start;
    for (int32_t i = 0; i < params->n_params; at += params->param[i++].count * WORD)
        ml_stored_write(params->param[i].count, ml_params_value(params, i).data, at);
    return ML_OK;
}

/* --- Reading JSON ------------------------------------------------------------------------------------------------- */

/* What is left of the header. */
typedef struct json {
    const char *at, *end;
} json;

static void skip_spaces(json *from) {
    while (from->at < from->end && (*from->at == ' ' || *from->at == '\t' || *from->at == '\n' || *from->at == '\r'))
        from->at++;
}

/* Takes `c` if it is next. */
static bool take(json *from, char c) {
    skip_spaces(from);
    if (from->at == from->end || *from->at != c)
        return false;
    from->at++;
    return true;
}

static ml_status malformed(const json *from, const char *wanted, ml_error *error) {
    if (from->at == from->end)
        return ml_fail(error, ML_EPARSE, "safetensors: the header ends where %s should be", wanted);
    const unsigned char c = (unsigned char)*from->at;
    return ml_fail(error, ML_EPARSE, "safetensors: the header has byte 0x%02x where %s should be", (unsigned)c, wanted);
}

static ml_status expect(json *from, char c, ml_error *error) {
    const char wanted[] = {'\'', c, '\'', '\0'};
    return take(from, c) ? ML_OK : malformed(from, wanted, error);
}

/* A string into out [ML_PARAM_NAME], cut if longer: it is then no name of ours anyway, and neither is one with a
 * backslash, which stays as it is, or with a byte outside of ASCII, which becomes a question mark. */
static ml_status read_string(json *from, char *out, ml_error *error) {
    ML_TRY(expect(from, '"', error));
    const char *start = from->at;
    for (; from->at < from->end && *from->at != '"'; from->at++) {
        if ((unsigned char)*from->at < ' ')
            return malformed(from, "a character of a string", error);
        if (*from->at == '\\' && from->at + 1 < from->end)
            from->at++; /* what follows does not end the string */
    }
    ml_stored_printable((size_t)(from->at - start), (const uint8_t *)start, out);
    return take(from, '"') ? ML_OK : malformed(from, "the end of a string", error);
}

/* A whole number from 0 to 2^53, which is as far as JSON's numbers are exact everywhere. */
static ml_status read_count(json *from, uint64_t *out, ml_error *error) {
    uint64_t x = 0;
    skip_spaces(from);
    const char *start = from->at;
    for (; from->at < from->end && *from->at >= '0' && *from->at <= '9'; from->at++) {
        x = 10 * x + (uint64_t)(*from->at - '0');
        if (x > (uint64_t)1 << 53)
            return ml_fail(error, ML_EPARSE, "safetensors: the header has a number above 2^53");
    }
    if (from->at == start)
        return malformed(from, "a whole number", error);
    *out = x;
    return ML_OK;
}

/* [1, 2, 3] into out [capacity]; *n of them. */
static ml_status read_counts(json *from, size_t capacity, uint64_t *out, size_t *n, ml_error *error) {
    *n = 0;
    ML_TRY(expect(from, '[', error));
    if (take(from, ']'))
        return ML_OK;
    do {
        if (*n == capacity)
            return ml_fail(error, ML_EPARSE, "safetensors: the header has a list of more than %zu numbers", capacity);
        ML_TRY(read_count(from, &out[(*n)++], error));
    } while (take(from, ','));
    return expect(from, ']', error);
}

/* {"format": "pt", ...}: strings only, says the format. */
static ml_status skip_metadata(json *from, ml_error *error) {
    char unused[ML_PARAM_NAME];
    ML_TRY(expect(from, '{', error));
    if (take(from, '}'))
        return ML_OK;
    do {
        ML_TRY(read_string(from, unused, error));
        ML_TRY(expect(from, ':', error));
        ML_TRY(read_string(from, unused, error));
    } while (take(from, ','));
    return expect(from, '}', error);
}

/* --- Reading tensors ---------------------------------------------------------------------------------------------- */

/* What the header says of a tensor. */
typedef struct entry {
    char dtype[ML_PARAM_NAME];
    uint64_t size[ML_TENSOR_DIMENSIONS], offset[2];
    size_t dimensions, offsets;
    bool has_dtype, has_shape;
} entry;

/* Where a tensor's elements lie, counted from the first of all. */
typedef struct place {
    size_t begin, end;
    bool found;
} place;

static ml_status read_field(json *from, const char *field, const char *name, entry *out, ml_error *error) {
    if (strcmp(field, "dtype") == 0 && !out->has_dtype) {
        out->has_dtype = true;
        return read_string(from, out->dtype, error);
    }
    if (strcmp(field, "shape") == 0 && !out->has_shape) {
        out->has_shape = true;
        return read_counts(from, ML_TENSOR_DIMENSIONS, out->size, &out->dimensions, error);
    }
    if (strcmp(field, "data_offsets") == 0 && out->offsets == 0)
        return read_counts(from, 2, out->offset, &out->offsets, error);
    return ml_fail(error, ML_EPARSE, "safetensors: \"%s\" has the field \"%s\" twice, or it is none of the format's",
                   name, field);
}

static ml_status read_entry(json *from, const char *name, entry *out, ml_error *error) {
    char field[ML_PARAM_NAME];
    *out = (entry){0};
    ML_TRY(expect(from, '{', error));
    do {
        ML_TRY(read_string(from, field, error));
        ML_TRY(expect(from, ':', error));
        ML_TRY(read_field(from, field, name, out, error));
    } while (take(from, ','));
    ML_TRY(expect(from, '}', error));
    if (!out->has_dtype || !out->has_shape || out->offsets != 2)
        return ml_fail(error, ML_EPARSE, "safetensors: \"%s\" lacks dtype, shape or two data_offsets", name);
    return ML_OK;
}

static bool has_shape(const entry *of, const ml_param *param) {
    bool same = of->dimensions == (size_t)param->dimensions;
    for (size_t i = 0; same && i < of->dimensions; i++)
        same = of->size[i] == param->size[i];
    return same;
}

/* The entry must describe `param`, and its bytes must lie within the `room` there are. */
static ml_status place_entry(const entry *of, const ml_param *param, size_t room, place *out, ml_error *error) {
    if (out->found)
        return ml_fail(error, ML_EPARSE, "safetensors: the file has \"%s\" twice", param->name);
    if (strcmp(of->dtype, "F32") != 0)
        return ml_fail(error, ML_ESHAPE, "safetensors: \"%s\" has dtype %s; only F32 is read", param->name, of->dtype);
    if (!has_shape(of, param))
        return ml_fail(error, ML_ESHAPE, "safetensors: \"%s\" has another shape in the file than in the network",
                       param->name);
    if (of->offset[0] > of->offset[1] || of->offset[1] > room || of->offset[1] - of->offset[0] != param->count * WORD)
        return ml_fail(error, ML_EPARSE, "safetensors: \"%s\" needs %zu bytes, and does not have them in this file",
                       param->name, param->count * WORD);
    *out = (place){(size_t)of->offset[0], (size_t)of->offset[1], true};
    return ML_OK;
}

static ml_status read_header(json *from, const ml_params *params, size_t room, place *places, ml_error *error) {
    char name[ML_PARAM_NAME];
    entry found;
    ML_TRY(expect(from, '{', error));
    if (!take(from, '}')) {
        do {
            ML_TRY(read_string(from, name, error));
            ML_TRY(expect(from, ':', error));
            if (strcmp(name, "__metadata__") == 0) {
                ML_TRY(skip_metadata(from, error));
                continue;
            }
            const int32_t index = ml_params_find(params, name);
            if (index == ML_NO_PARAM)
                return ml_fail(error, ML_ESHAPE, "safetensors: the file has \"%s\", which the network has not", name);
            ML_TRY(read_entry(from, name, &found, error));
            ML_TRY(place_entry(&found, &params->param[index], room, &places[index], error));
        } while (take(from, ','));
        ML_TRY(expect(from, '}', error));
    }
    skip_spaces(from);
    return from->at == from->end ? ML_OK : malformed(from, "the end", error);
}

/* All are there, none shares a byte with another, and no byte is left over. */
static ml_status check_places(const ml_params *params, size_t room, const place *places, ml_error *error) {
    size_t total = 0;
    for (int32_t i = 0; i < params->n_params; i++) {
        if (!places[i].found)
            return ml_fail(error, ML_ESHAPE, "safetensors: the file lacks \"%s\"", params->param[i].name);
        for (int32_t j = 0; j < i; j++)
            if (places[i].begin < places[j].end && places[j].begin < places[i].end)
                return ml_fail(error, ML_EPARSE, "safetensors: \"%s\" and \"%s\" overlap in the file",
                               params->param[j].name, params->param[i].name);
        total += places[i].end - places[i].begin;
    }
    if (total != room)
        return ml_fail(error, ML_EPARSE, "safetensors: the tensors have %zu bytes, the file %zu", total, room);
    return ML_OK;
}

static ml_status load(ml_params *params, const uint8_t *data, const place *places, ml_error *error) {
    for (int32_t i = 0; i < params->n_params; i++)
        ML_TRY(ml_stored_check(params->param[i].count, data + places[i].begin, params->param[i].name, error));
    for (int32_t i = 0; i < params->n_params; i++)
        ml_stored_read(params->param[i].count, data + places[i].begin, ml_params_value(params, i).data);
    return ML_OK;
}

ml_status ml_safetensors_read(ml_params *params, size_t length, const uint8_t *bytes, ml_arena *scratch,
                              ml_error *error) {
    if (params->value == NULL)
        return ml_fail(error, ML_EINVAL, "safetensors: the parameters have no memory yet; allocate them first");
    if (length < PREFIX)
        return ml_fail(error, ML_EPARSE, "safetensors: the file has %zu bytes; its length alone takes 8", length);
    const uint32_t header = get_u32(bytes), high = get_u32(bytes + WORD);
    if (high != 0 || header > LARGEST_HEADER || header > length - PREFIX)
        return ml_fail(error, ML_EPARSE, "safetensors: the header is longer than the file, or than 1 MB");
    const ml_arena_mark mark = ml_arena_save(scratch);
    place *places = ML_ALLOC(scratch, (size_t)params->n_params, place);
    if (places == NULL)
        return ml_fail(error, ML_ENOMEM, "safetensors: there is no memory for a list of %d tensors",
                       (int)params->n_params);
    json from = {(const char *)bytes + PREFIX, (const char *)bytes + PREFIX + header};
    const size_t room = length - PREFIX - header;
    ml_status status = read_header(&from, params, room, places, error);
    if (status == ML_OK)
        status = check_places(params, room, places, error);
    if (status == ML_OK)
        status = load(params, bytes + PREFIX + header, places, error);
    ml_arena_release(scratch, mark);
    return status;
}
