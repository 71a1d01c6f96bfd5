/* What changes while a network is trained: the learning rate by plan or by progress, and when to stop. */
#ifndef ML_NN_SCHEDULE_H
#define ML_NN_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "nn/params.h"

/* --- The learning rate by step ------------------------------------------------------------------------------------ */

typedef enum ml_rate_kind {
    ML_RATE_CONSTANT,
    ML_RATE_STEP,   /* times `factor` after every `every` steps */
    ML_RATE_COSINE, /* from `peak` down to `lowest` along half a cosine, over `length` steps; `lowest` from then on */
} ml_rate_kind;

/* Each kind reads its own fields. {.peak = 0.1} is a constant rate of 0.1. */
typedef struct ml_rate {
    ml_rate_kind kind;
    double peak, lowest;
    int64_t warm_up; /* first this many steps of linear increase, then the kind begins with its step 0; 0: none */
    int64_t length, every;
    double factor;
} ml_rate;

/* Errors: ML_EINVAL for a kind that does not exist; a rate or a count that is negative or not finite; a length or
 * `every` of 0 where it is used; a factor outside (0, 1]; lowest above peak. */
ml_status ml_rate_check(const ml_rate *rate, ml_error *error);

/* The rate of step 0, 1, ... During the warm-up of w steps: peak (step + 1) / (w + 1), so that no step is wasted at 0.
 * Sources: warm-up: Goyal et al. 2017, "Accurate, Large Minibatch SGD", 2.2; cosine: Loshchilov and Hutter 2017,
 * "SGDR", equation 5 without restarts. */
double ml_rate_at(const ml_rate *rate, int64_t step);

/* --- The learning rate by progress -------------------------------------------------------------------------------- */

/* Reduces the rate when a loss has stopped falling. Set `factor`, `patience`, `threshold`, `lowest`, leave the rest to
 * ml_plateau_start. */
typedef struct ml_plateau {
    double factor;    /* each reduction multiplies by it, in (0, 1) */
    int64_t patience; /* this many observations without progress are put up with, the next one reduces */
    double threshold; /* progress is a loss below best - threshold |best| */
    double lowest;    /* `scale` does not fall below it */
    double scale;     /* what the rate is to be multiplied with; 1 at first */
    double best;
    int64_t waited;
} ml_plateau;

/* Errors: ML_EINVAL for a setting outside its range. */
ml_status ml_plateau_start(ml_plateau *plateau, ml_error *error);

/* Takes note of a loss, of an epoch say, and returns the scale from now on. NaN is no progress. */
double ml_plateau_observe(ml_plateau *plateau, double loss);

/* --- When to stop ------------------------------------------------------------------------------------------------- */

/* Stops when a loss on held-out data has not fallen for a while, and gives back the parameters that were best.
 * Source: Prechelt 1998, "Early Stopping - But When?"; Goodfellow et al., "Deep Learning", algorithm 7.1. */
typedef struct ml_early_stopping {
    int64_t patience;      /* stop after this many observations in a row without progress */
    double least;          /* progress is a loss below best - least */
    double best;           /* the lowest loss so far; infinite before the first */
    int64_t best_at;       /* its number, counted from 0; -1 before the first */
    int64_t observations;  /* so far */
    float *value, *buffer; /* the parameters and buffers then; the arena's */
} ml_early_stopping;

/* Errors: ML_EINVAL for a patience below 1 or a `least` that is negative or not finite; ML_ENOMEM. */
ml_status ml_early_stopping_create(ml_early_stopping *stopping, const ml_params *params, int64_t patience, double least,
                                   ml_arena *arena, ml_error *error);

/* Takes note of a loss, and of the parameters if it is the best so far. Returns whether to stop. NaN is no progress. */
bool ml_early_stopping_observe(ml_early_stopping *stopping, const ml_params *params, double loss);

/* Puts the best parameters and buffers back; before the first progress there are none, and nothing happens. */
void ml_early_stopping_restore(const ml_early_stopping *stopping, ml_params *params);

#endif
