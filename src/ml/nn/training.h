/* Training a network that is recorded on a tape: batches in an order drawn by seed, a budget of work at a time.
 *
 *     const int32_t x = ml_tape_constant(&tape, "x", batch_of_inputs);            [32, 64], say
 *     ... record the layers, and at the end
 *     const int32_t loss = ml_tape_cross_entropy(&tape, logits, batch_labels);    [32]
 *     ml_params_initialise(&params, seed);
 *     ML_TRY(ml_fit_create(&fit, &params, &tape, loss, n, 32, seed, arena, error));
 *     ML_TRY(ml_fit_feed(&fit, x, inputs, error));                                [n, 64]
 *     ML_TRY(ml_fit_feed_bytes(&fit, labels, 1, batch_labels, error));            [n]
 *     while (fit.epoch < 20)
 *         ML_TRY(ml_fit_run(&fit, &settings, &budget, &epoch_done, error));
 *
 * The same seed gives the same bits however the work is cut into calls, with a plan or without. */
#ifndef ML_NN_TRAINING_H
#define ML_NN_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "autograd/autograd.h"
#include "autograd/plan.h"
#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "nn/optimiser.h"
#include "nn/params.h"
#include "nn/schedule.h"

enum { ML_FIT_COLUMNS = 8 };

/* What may change between any two calls of ml_fit_run. */
typedef struct ml_fit_settings {
    ml_optimiser_settings optimiser;
    ml_rate rate;              /* by step, counted from 0 over all epochs */
    const ml_plateau *plateau; /* its scale multiplies the rate; NULL: none. The caller lets it observe losses */
    double clip_norm;          /* the whole gradient is scaled down to this length; 0: off */
    double clip_value;         /* then each of its elements goes into [-clip_value, clip_value]; 0: off */
} ml_fit_settings;

typedef struct ml_fit ml_fit;

/* Called after each step or epoch, with what it did to be read in *fit. Returns whether to go on: false ends
 * ml_fit_run, which may be called again. Must not call ml_fit_run itself. */
typedef bool ml_fit_callback(const ml_fit *fit, void *user);

/* Rows of the caller's data, and where those of the batch are copied to. */
typedef struct ml_fit_column {
    const unsigned char *rows; /* [n x bytes] */
    unsigned char *batch;      /* [batch x bytes] */
    size_t bytes;              /* of a row */
} ml_fit_column;

struct ml_fit {
    /* The caller may set these at any time. */
    ml_plan *plan; /* compiled from the tape for the same loss: much faster, the same bits; NULL: the tape.
                      Of plain SGD it fuses the update into the products: the gradient is then not stored */
    ml_fit_callback *on_step, *on_epoch; /* or NULL */
    void *user;                          /* handed to them */

    /* To be read. */
    int64_t step, epoch;  /* complete ones */
    double loss;          /* of the last step's batch, before the update */
    double epoch_loss;    /* mean over the steps of the last complete epoch */
    double rate;          /* of the last step */
    double gradient_norm; /* of the last step before clipping, where clip_norm is on; else 0 */
    int64_t step_cost;    /* multiply-adds, about: forward and twice that for backward */
    ml_params *params;
    ml_tape *tape;
    int32_t loss_node;

    /* Private. */
    size_t n, batch, position;
    uint32_t *order; /* [n] */
    ml_rng order_rng, dropout_rng;
    ml_optimiser optimiser;
    ml_fit_column column[ML_FIT_COLUMNS];
    size_t n_columns;
    double loss_sum;
    int64_t epoch_steps;
};

/* n rows of data, batches of `batch` rows: as many as the tape was recorded with. An epoch is n / batch steps (rounded
 * down); the n % batch rows that are left over sit it out, other ones each time.
 * The fit keeps pointers to params and tape, and lets the tape draw its dropout masks from a generator inside of *fit:
 * it must stay where it is.
 * Errors: what went wrong while recording; ML_EINVAL if loss is not one number on the tape, or a batch has no row or
 * more than there are; ML_ENOMEM (n row numbers, twice the parameters). */
ml_status ml_fit_create(ml_fit *fit, ml_params *params, ml_tape *tape, int32_t loss, size_t n, size_t batch,
                        uint64_t seed, ml_arena *arena, ml_error *error);

/* Before each step the batch's rows of `rows` are copied into a constant of the tape, which has `batch` rows of the
 * same width. rows [n x width] stays the caller's and must outlive the fit. Errors: ML_EINVAL for a node that is no
 * constant, a value that is not finite (the sentence names its row), more than eight columns; ML_ESHAPE if the
 * constant's elements are no multiple of `batch`. */
ml_status ml_fit_feed(ml_fit *fit, int32_t constant, const float *rows, ml_error *error);

/* The same for anything else that the tape reads: labels (uint8_t), indices (uint32_t). rows [n x bytes], batch [batch
 * x bytes], bytes of one row above 0. Errors: ML_EINVAL. */
ml_status ml_fit_feed_bytes(ml_fit *fit, const void *rows, size_t bytes, void *batch, ml_error *error);

/* Trains until *budget multiply-adds are spent, taking off what it spends, until an epoch is complete (*epoch_done is
 * set then), or until a callback says stop. At least one step a call. A step: copy the batch, forward, backward, clip,
 * weight decay, the optimiser. The tape is in training mode from then on: set tape->training to false to evaluate.
 * Errors: ML_EINVAL for settings outside their ranges; ML_EDIVERGED when the loss, or at the end of an epoch a
 * parameter, is no longer a finite number (the sentence names the step; the parameters stay as they are); what the
 * tape's or plan's forward computation says, for instance of a label out of range. */
ml_status ml_fit_run(ml_fit *fit, const ml_fit_settings *settings, int64_t *budget, bool *epoch_done, ml_error *error);

#endif
