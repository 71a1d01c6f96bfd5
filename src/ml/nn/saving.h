/* Parameters to bytes and back: a binary form of our own, safetensors, JSON, and a network as a C header.
 *
 * Everything goes into and comes from the caller's memory. The writers report the length; with `bytes` (or `text`) NULL
 * they do nothing else, so that the caller can make room:
 *     ML_TRY(ml_save(&params, 0, NULL, &length, error));
 *     ... reserve length bytes ...
 *     ML_TRY(ml_save(&params, length, bytes, &length, error));
 * The readers trust nothing: whatever the bytes are, they give a status and a sentence, read nothing outside, and leave
 * the parameters as they were unless everything is right. */
#ifndef ML_NN_SAVING_H
#define ML_NN_SAVING_H

#include <stddef.h>
#include <stdint.h>

#include "autograd/autograd.h"
#include "base/arena.h"
#include "base/crc32.h"
#include "base/status.h"
#include "nn/params.h"

/* --- The binary form ----------------------------------------------------------------------------------------------- *
 * All numbers little-endian, u32 unless said otherwise:
 *     8 bytes  "laymanz" and a zero        the magic
 *     version  1
 *     count    of tensors
 *     for each tensor, in order of registration:
 *         length of its name, the name without a zero, its role (ml_param_role), its dimensions (0 to 4), their sizes
 *     for each tensor: its elements, IEEE 754 single precision, row by row
 *     CRC-32 of all bytes before it
 * Errors of writing: ML_EINVAL if a value is not finite (the sentence names the tensor) or a size does not fit 32 bits;
 * ML_ENOMEM if `capacity` is too small. length is set in all cases but the first two. */
ml_status ml_save(const ml_params *params, size_t capacity, uint8_t *bytes, size_t *length, ml_error *error);

/* Fills params, whose tensors must be those of the file, in name, role, shape and order.
 * Errors: ML_EPARSE if the bytes are no such file, are damaged, or hold a value that is not finite; ML_ESHAPE if they
 * hold other tensors than params. */
ml_status ml_load(ml_params *params, size_t length, const uint8_t *bytes, ml_error *error);

/* --- safetensors --------------------------------------------------------------------------------------------------- *
 * u64 length of the header, the header (JSON: of each tensor its name, dtype, shape, and where its bytes lie), the
 * elements; little-endian. All tensors are F32. Source: the format's description in github.com/huggingface/safetensors.
 * Written in order of registration, the header padded with spaces so that the elements are aligned to 8 bytes.
 * Mind that PyTorch keeps a dense layer's weight as [outputs, inputs] and a convolution's as [filters, channels,
 * height, width]; here they are [inputs, outputs] and [height, width, channels, filters].
 * Errors as of ml_save and ml_load. Reading: the tensors may come in any order; each of params must be there once, and
 * no other; __metadata__ is passed over. scratch: room for three words for each tensor, given back. */
ml_status ml_safetensors_write(const ml_params *params, size_t capacity, uint8_t *bytes, size_t *length,
                               ml_error *error);
ml_status ml_safetensors_read(ml_params *params, size_t length, const uint8_t *bytes, ml_arena *scratch,
                              ml_error *error);

/* --- JSON --------------------------------------------------------------------------------------------------------- */

/* {"format":"laymanz","version":1,"tensors":[{"name":"w","role":"weight","shape":[2,3],"values":[...]}, ...]} and a
 * newline. Each value has up to nine digits, which give the same float when read back. `text` gets a zero at its end,
 * which `length` does not count: capacity must be length + 1. Errors as of ml_save. */
ml_status ml_export_json(const ml_params *params, size_t capacity, char *text, size_t *length, ml_error *error);

/* --- A network as a C header -------------------------------------------------------------------------------------- */

/* Writes a header that computes `output` from the constant `input` of a tape, with all parameters in it, for use
 * without this library or any other: static void NAME(const float *x, float *y); x and y have as many floats as the two
 * nodes: record the network on a tape of one row to predict row by row. The arithmetic is the library's, operation by
 * operation in the same order, so the bits are the same (as long as the compiler does not fuse multiplications with
 * additions: -ffp-contract=off). Dropout is left out, batch norm uses its running averages. Other constants that output
 * depends on are written down as they are. Of operations it knows: add, subtract, multiply, divide, maximum, scale,
 * absolute, relu, tanh, sigmoid, gelu, exp, softmax, matmul, conv2d, max_pool, average_pool, batch_norm (with
 * averages), layer_norm, dropout, reshape, transpose, permute, slice, concatenate. The others, gather, sums and losses
 * among them, are refused. name     a C identifier of up to 63 characters; everything in the header begins with it text
 * [capacity] as in ml_export_json; about 13 characters a parameter scratch  room for one byte a node, given back
 * Errors: what went wrong while recording; ML_EINVAL for a name that is none, a node that is not on the tape, an input
 * that is no constant or that output does not depend on, an operation that is not known, a value that is not finite;
 * ML_ENOMEM. */
ml_status ml_export_c(const ml_tape *tape, int32_t input, int32_t output, const char *name, size_t capacity, char *text,
                      size_t *length, ml_arena *scratch, ml_error *error);

#endif
