/* What exactly is this network doing? A multi-layer perceptron learns two classes of points in the plane; everything in
 * it can be turned, broken and looked into.
 * Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), chapters 6 to 8 and 11.5. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

enum {
    INPUTS = 2,
    MAX_ROWS = 1000,
    TEST_ROWS = 500,
    MAX_LAYERS = 6,
    MAX_WIDTH = 32,
    MAX_BATCH = 256,
    ONE_BATCH_ROWS = 16, /* of the toggle one_batch */
    CHECKED_ROWS = 16,   /* of the gradient check */
    SURFACE = 64,        /* points along a side of the decision surface */
    MAP = 24,            /* points along a side of a hidden unit's map */
    BINS = 24,           /* of a histogram */
    CURVE_POINTS = 2048, /* before a curve keeps every second point only */
    GHOSTS = 4,          /* curves kept to compare with */
};

enum { STREAM_ROWS = 1, STREAM_TEST, STREAM_FLIPS, STREAM_SHUFFLE, STREAM_PICK, STREAM_WEIGHTS, STREAM_SPLIT }; /* of the seed */

/* --- 1. What the reader can turn ---------------------------------------------------------------------------------- */

static const char *const data_names[] = {"circles", "moons", "xor", "spiral", "csv", NULL};
static const char *const data_labels[] = {"circles", "moons", "xor", "spiral", "your CSV", NULL};
static const char *const activation_names[] = {"relu", "tanh", "sigmoid", "identity", NULL};
static const char *const activation_labels[] = {"ReLU", "tanh", "sigmoid", "identity (none)", NULL};
static const char *const init_names[] = {"auto", "he", "xavier", "small", "equal", "zeros", NULL};
static const char *const init_labels[] = {"auto", "He", "Xavier", "small: N(0, 0.01)", "equal: all 0.1", "zeros", NULL};
static const char *const normalisation_names[] = {"none", "batch", "layer", NULL};
static const char *const optimiser_names[] = {"sgd", "momentum", "rmsprop", "adam", NULL};
static const char *const optimiser_labels[] = {"SGD", "momentum", "RMSProp", "Adam", NULL};
static const char *const schedule_names[] = {"constant", "cosine", "step", NULL};
static const char *const schedule_labels[] = {"constant", "cosine over 200 epochs", "a tenth every 50 epochs", NULL};
static const char *const bug_names[] = {"none", "sign", "no_slope", "stale_labels", "never_zeroed", NULL};
static const char *const bug_labels[] = {"none", "sign flipped in layer 1", "slope of the activation forgotten",
                                         "labels one row late", "gradient never zeroed", NULL};

enum {
    DATA, ROWS, NOISE, FLIPPED_LABELS, SHUFFLE_LABELS, FEATURE_SCALE, STANDARDISE,
    LAYERS, WIDTH, ACTIVATION, INIT, NORMALISATION,
    OPTIMISER, LEARNING_RATE, SCHEDULE, BATCH_SIZE, L2, L1, DROPOUT, CLIP_NORM, ONE_BATCH, BUG, N_PARAMS
};

enum { CIRCLES, MOONS, XOR, SPIRAL, CSV };

static const lab_param params[] = {
    [DATA] = {"data", "Data", "", LAB_CHOICE, .initial = SPIRAL, .choices = data_names, .choice_labels = data_labels,
              .group = "Data", .help = "The shape of the two classes; 500 more rows of it are kept for the test."},
    [ROWS] = {"rows", "Training rows", "", LAB_INTEGER, 20, MAX_ROWS, 300, .step = 10, .group = "Data"},
    [NOISE] = {"noise", "Noise", "", LAB_NUMBER, 0, 0.5, 0.02, .step = 0.005, .group = "Data",
               .help = "Standard deviation of what is added to both coordinates."},
    [FLIPPED_LABELS] = {"flipped_labels", "Flipped labels", "", LAB_NUMBER, 0, 0.5, 0, .step = 0.01, .group = "Data",
                        .help = "The chance that a training label is wrong. Test labels are always right."},
    [SHUFFLE_LABELS] = {"shuffle_labels", "Shuffle labels", "", LAB_TOGGLE, .group = "Data", .advanced = true,
                        .help = "Deals the training labels out at random: nothing is left to learn, only to memorise."},
    [FEATURE_SCALE] = {"feature_scale", "Feature scale", "", LAB_NUMBER, 0.01, 100, 1, .log = true, .group = "Data",
                       .advanced = true, .help = "Both coordinates times this: the same points in other units."},
    [STANDARDISE] = {"standardise", "Standardise", "", LAB_TOGGLE, .initial = 1, .group = "Data", .advanced = true,
                     .help = "Takes off the training mean and divides by the training deviation."},
    [LAYERS] = {"layers", "Hidden layers", "", LAB_INTEGER, 0, MAX_LAYERS, 2, .group = "Network"},
    [WIDTH] = {"width", "Units a layer", "", LAB_INTEGER, 1, MAX_WIDTH, 24, .group = "Network"},
    [ACTIVATION] = {"activation", "Activation", "", LAB_CHOICE, .initial = ML_ACT_RELU, .choices = activation_names,
                    .choice_labels = activation_labels, .group = "Network"},
    [INIT] = {"init", "Initial weights", "", LAB_CHOICE, .initial = ML_INIT_AUTO, .choices = init_names,
              .choice_labels = init_labels, .group = "Network", .help = "Auto: He for ReLU, Xavier for the others."},
    [NORMALISATION] = {"normalisation", "Normalisation", "", LAB_CHOICE, .initial = ML_NORM_NONE,
                       .choices = normalisation_names, .group = "Network", .help = "Stands before the activation."},
    [OPTIMISER] = {"optimiser", "Optimiser", "", LAB_CHOICE, .initial = ML_OPT_ADAM, .choices = optimiser_names,
                   .choice_labels = optimiser_labels, .group = "Training", .live = true},
    [LEARNING_RATE] = {"learning_rate", "Learning rate", "", LAB_NUMBER, 1e-4, 10, 0.01, .log = true,
                       .group = "Training", .live = true},
    [SCHEDULE] = {"schedule", "Schedule", "", LAB_CHOICE, .initial = ML_SCHEDULE_CONSTANT, .choices = schedule_names,
                  .choice_labels = schedule_labels, .group = "Training", .live = true, .advanced = true},
    [BATCH_SIZE] = {"batch_size", "Batch size", "rows", LAB_INTEGER, 1, MAX_BATCH, 16, .group = "Training",
                    .live = true},
    [L2] = {"l2", "L2 penalty", "", LAB_NUMBER, 0, 0.1, 0, .log = true, .group = "Training", .live = true,
            .help = "Adds this times w to the gradient of each weight: all shrink."},
    [L1] = {"l1", "L1 penalty", "", LAB_NUMBER, 0, 0.1, 0, .log = true, .group = "Training", .live = true,
            .advanced = true, .help = "Adds this times the sign of w: small weights go to zero."},
    [DROPOUT] = {"dropout", "Dropout", "", LAB_NUMBER, 0, 0.8, 0, .step = 0.05, .group = "Training", .live = true,
                 .help = "The chance that a hidden unit sits out a training step."},
    [CLIP_NORM] = {"clip_norm", "Clip the gradient to", "", LAB_NUMBER, 0, 10, 0, .log = true, .group = "Training",
                   .live = true, .advanced = true, .help = "A longer gradient is shortened to this length; 0 is off."},
    [ONE_BATCH] = {"one_batch", "One batch only", "", LAB_TOGGLE, .group = "Training", .advanced = true,
                   .help = "Trains on 16 rows. A right network learns them by heart; if it cannot, look for the bug."},
    [BUG] = {"bug", "Plant a bug", "", LAB_CHOICE, .initial = ML_BUG_NONE, .choices = bug_names,
             .choice_labels = bug_labels, .group = "Training", .live = true, .advanced = true,
             .help = "Each is one line of wrong code that still learns something."},
};

enum { COLUMN_X1, COLUMN_X2, COLUMN_CLASS };
static const lab_column csv_columns[] = {
    [COLUMN_X1] = {"x1", "x₁", LAB_COLUMN_NUMBER},
    [COLUMN_X2] = {"x2", "x₂", LAB_COLUMN_NUMBER},
    [COLUMN_CLASS] = {"class", "class", LAB_COLUMN_TWO_CLASSES},
};
static const lab_csv csv = {
    .param = DATA,
    .choice = CSV,
    .columns = csv_columns,
    .n_columns = LAB_COUNT(csv_columns),
    .min_rows = 30,
    .max_rows = MAX_ROWS + TEST_ROWS,
    .help = "Two thirds train, or as many as “Training rows” says; a third tests, each class in its share. “Noise” "
            "leaves your rows alone; “Standardise” scales them by the training rows.",
};

/* --- 2. What the reader sees -------------------------------------------------------------------------------------- */

enum { PROBABILITY, TRAINING_ROWS, TEST_ROWS_SEEN };
static const lab_series surface_series[] = {
    [PROBABILITY] = {"probability", "chance of class 1", LAB_ACCENT, LAB_MARK_DEFAULT},
    [TRAINING_ROWS] = {"training", "training rows", LAB_BLUE, LAB_MARK_POINTS},
    [TEST_ROWS_SEEN] = {"test", "test rows", LAB_ACCENT, LAB_MARK_POINTS},
};
static const lab_series unit_series[] = {{"activation", "activation", LAB_ACCENT, LAB_MARK_DEFAULT}};
enum { TRAINING, TEST, BEST, TRAINING_GHOST, TEST_GHOST };
static const lab_series curve_series[] = {
    [TRAINING] = {"training", "training", LAB_BLUE, LAB_MARK_LINE},
    [TEST] = {"test", "test", LAB_ACCENT, LAB_MARK_LINE},
    [BEST] = {"best", "best test loss", LAB_OK, LAB_MARK_POINTS},
    [TRAINING_GHOST] = {"training_kept", "training, kept", LAB_BLUE, LAB_MARK_GHOST},
    [TEST_GHOST] = {"test_kept", "test, kept", LAB_ACCENT, LAB_MARK_GHOST},
};
static const lab_series gradient_series[] = {{"gradient", "gradient", LAB_TEAL, LAB_MARK_DEFAULT}};
enum { UPDATE, USUAL_UPDATE };
static const lab_series update_series[] = {
    [UPDATE] = {"update", "update / weight", LAB_TEAL, LAB_MARK_BARS},
    [USUAL_UPDATE] = {"usual", "a healthy 0.001", LAB_MUTED, LAB_MARK_HORIZONTAL},
};
static const lab_series count_series[] = {{"count", "count", LAB_TEAL, LAB_MARK_DEFAULT}};
enum { COLUMN_LAYER, COLUMN_UNIT, COLUMN_INPUT, COLUMN_WEIGHT, COLUMN_GRADIENT, N_COLUMNS };
static const lab_series weight_series[] = {
    [COLUMN_LAYER] = {"layer", "layer", LAB_MUTED, LAB_MARK_DEFAULT},
    [COLUMN_UNIT] = {"unit", "unit", LAB_MUTED, LAB_MARK_DEFAULT},
    [COLUMN_INPUT] = {"input", "input (0: bias)", LAB_MUTED, LAB_MARK_DEFAULT},
    [COLUMN_WEIGHT] = {"weight", "weight", LAB_MUTED, LAB_MARK_DEFAULT},
    [COLUMN_GRADIENT] = {"gradient", "gradient", LAB_MUTED, LAB_MARK_DEFAULT},
};

enum {
    DECISION_SURFACE, HIDDEN_UNITS, LOSS_BY_EPOCH, ACCURACY_BY_EPOCH, GRADIENT_BY_LAYER, UPDATE_BY_LAYER,
    WEIGHT_HISTOGRAM, GRADIENT_HISTOGRAM, ACTIVATION_HISTOGRAM, WEIGHTS
};
static const lab_view views[] = {
    [DECISION_SURFACE] = {"decision_surface", "What it answers, everywhere", LAB_SURFACE, {.title = "x₁"},
                          {.title = "x₂"}, LAB_SERIES(surface_series), .code = "ml_mlp_predict",
                          .formula = "p(x)=\\sigma(z(x)),\\quad \\sigma(z)=\\frac{1}{1+e^{-z}}",
                          .help = "Large points were trained on, small ones are the test; a ring marks a wrong label."},
    [HIDDEN_UNITS] = {"hidden_units", "What each hidden unit sees", LAB_MAPS, {.title = "x₁"}, {.title = "x₂"},
                      LAB_SERIES(unit_series), .code = "ml_mlp_forward",
                      .formula = "h_l=\\phi(W_l^\\top h_{l-1}+b_l),\\quad h_0=x", .pick = true, .wide = true,
                      .help = "The unit's activation over the plane. Pick one to see its layer below and its weights."},
    [LOSS_BY_EPOCH] = {"loss_by_epoch", "Loss", LAB_LINE, {.title = "epoch"},
                       {"mean cross-entropy (nats)", .log = true}, LAB_SERIES(curve_series), .code = "ml_bce_logits",
                       .formula = "L=\\frac1n\\sum_i\\max(z_i,0)-z_iy_i+\\log(1+e^{-|z_i|})",
                       .help = "Training falls while test rises: it has begun to memorise."},
    [ACCURACY_BY_EPOCH] = {"accuracy_by_epoch", "Accuracy", LAB_LINE, {.title = "epoch"},
                           {"share of right answers", .min = 0, .max = 1}, LAB_SERIES(curve_series),
                           .code = "evaluate", .formula = "\\frac1n\\sum_i[\\,(z_i>0)=y_i\\,]"},
    [GRADIENT_BY_LAYER] = {"gradient_by_layer", "Gradient by layer", LAB_BARS, {.title = "layer"},
                           {"root mean square", .log = true}, LAB_SERIES(gradient_series), .code = "ml_mlp_backward",
                           .formula = "\\sqrt{\\frac1m\\sum_k\\left(\\frac{\\partial L}{\\partial w_k}\\right)^2}",
                           .help = "Of the loss on all training rows, over a layer's weights. Bars that shrink to the "
                                   "left: the gradient vanishes."},
    [UPDATE_BY_LAYER] = {"update_by_layer", "Update / weight by layer", LAB_BARS, {.title = "layer"},
                         {"ratio of root mean squares", .log = true}, LAB_SERIES(update_series),
                         .code = "put_updates", .formula = "\\frac{\\|\\Delta w\\|}{\\|w\\|}",
                         .help = "Of the last step. Far above 0.001 it jumps about, far below it sleeps."},
    [WEIGHT_HISTOGRAM] = {"weight_histogram", "Weights of the layer", LAB_HISTOGRAM, {.title = "weight"},
                          {.title = "count"}, LAB_SERIES(count_series), .code = "put_histogram",
                          .help = "Of the layer whose unit is picked, at first layer 1."},
    [GRADIENT_HISTOGRAM] = {"gradient_histogram", "Gradients of the layer", LAB_HISTOGRAM, {.title = "∂L/∂w"},
                            {.title = "count"}, LAB_SERIES(count_series), .code = "ml_mlp_backward",
                            .formula = "\\frac{\\partial L}{\\partial W_l}=h_{l-1}^\\top\\,"
                                       "\\frac{\\partial L}{\\partial z_l}"},
    [ACTIVATION_HISTOGRAM] = {"activation_histogram", "Activations of the layer", LAB_HISTOGRAM,
                              {.title = "activation"}, {.title = "count"}, LAB_SERIES(count_series),
                              .code = "ml_activation_forward", .formula = "h=\\phi(z)",
                              .help = "Over all training rows; all in one bin: nobody is home."},
    [WEIGHTS] = {"weights", "Weights", LAB_TABLE, .series = weight_series, .n_series = N_COLUMNS,
                 .code = "weight_cell", .formula = "z_j=b_j+\\sum_i w_{ij}h_i",
                 .help = "All of them, or those that lead into the picked unit."},
};

enum {
    EPOCH, TRAINING_LOSS, TEST_LOSS, TRAINING_ACCURACY, TEST_ACCURACY, BEST_TEST_LOSS, BEST_TEST_LOSS_EPOCH,
    GRADIENT_NORM, GRADIENT_RATIO, GRADIENT_ERROR, KINKS_LEFT_OUT, DEAD_UNITS, DISTINCT_UNITS, SMALL_WEIGHTS,
    PARAMETERS, STEPS_PER_SECOND
};
#define BCE_FORMULA "L=\\frac1n\\sum_i\\max(z_i,0)-z_iy_i+\\log(1+e^{-|z_i|})"
static const lab_readout readouts[] = {
    [EPOCH] = {"epoch", "epoch", .code = "ml_trainer_run"},
    [TRAINING_LOSS] = {"training_loss", "training loss", "nats", .code = "ml_bce_logits", .formula = BCE_FORMULA},
    [TEST_LOSS] = {"test_loss", "test loss", "nats", .code = "ml_bce_logits", .formula = BCE_FORMULA},
    [TRAINING_ACCURACY] = {"training_accuracy", "training accuracy", .code = "evaluate"},
    [TEST_ACCURACY] = {"test_accuracy", "test accuracy", .code = "evaluate"},
    [BEST_TEST_LOSS] = {"best_test_loss", "best test loss", "nats", .absent = "not yet", .code = "keep_best",
                        .help = "Where early stopping would have stopped."},
    [BEST_TEST_LOSS_EPOCH] = {"best_test_loss_epoch", "at epoch", .absent = "not yet", .code = "keep_best"},
    [GRADIENT_NORM] = {"gradient_norm", "gradient norm", .absent = "overflow", .code = "ml_norm2",
                       .formula = "\\|\\nabla L\\|", .help = "Of the loss on all training rows."},
    [GRADIENT_RATIO] = {"gradient_ratio", "gradient, first / last layer", .absent = "none", .code = "gradient_ratio",
                        .formula = "\\mathrm{rms}(\\partial L/\\partial W_1)\\,/\\,\\mathrm{rms}(\\partial L/\\partial "
                                   "W_{last})",
                        .help = "Far below 1, the first layer hardly learns."},
    [GRADIENT_ERROR] = {"gradient_error", "gradient check", .absent = "not checked", .code = "ml_grad_check",
                        .formula = "\\frac{\\|a-n\\|}{\\|a\\|+\\|n\\|}",
                        .help = "Backpropagation against central differences; above 1e-4 there is a bug."},
    [KINKS_LEFT_OUT] = {"kinks_left_out", "kinks left out", .absent = "not checked", .code = "ml_grad_check",
                        .minor = true, .help = "Weights whose nudge moved a ReLU across its bend."},
    [DEAD_UNITS] = {"dead_units", "dead units", .code = "count_dead_units", .minor = true,
                    .help = "Hidden units that are 0 on every training row."},
    [DISTINCT_UNITS] = {"distinct_units", "distinct first-layer units", .code = "count_distinct_units", .minor = true,
                        .help = "Units whose incoming weights differ after rounding to 0.00001."},
    [SMALL_WEIGHTS] = {"small_weights", "weights below 0.001", .code = "share_of_small_weights", .minor = true,
                       .help = "Share of all weights, biases not counted."},
    [PARAMETERS] = {"parameters", "parameters", .code = "ml_mlp_create", .minor = true},
    [STEPS_PER_SECOND] = {"steps_per_second", "training steps per second", "1/s", .absent = "not yet",
                          .code = "ml_trainer_run", .measured = true, .minor = true,
                          .help = "While it trains; drawing is not counted."},
};

enum { CHECK_GRADIENT, KEEP_CURVE, FORGET_BEST };
static const lab_action actions[] = {
    [CHECK_GRADIENT] = {"check_gradient", "Check the gradient",
                        "Compares backpropagation with central differences in double on 16 rows."},
    [KEEP_CURVE] = {"keep_curve", "Keep this run's curve", "Leaves it behind the next runs, to compare with."},
    [FORGET_BEST] = {"forget_best", "Forget the best checkpoint", "Starts the search for the lowest test loss anew."},
};

/* --- 3. What it keeps --------------------------------------------------------------------------------------------- */

/* Losses and accuracies by epoch. When it is full, every second point goes, and so on. */
typedef struct curve {
    int32_t n, stride; /* points, epochs between two */
    float epoch[CURVE_POINTS], loss[2][CURVE_POINTS], accuracy[2][CURVE_POINTS]; /* [0] training, [1] test */
} curve;

/* Survives a restart. */
typedef struct kept {
    int32_t n, next;
    curve ghost[GHOSTS];
} kept;

typedef struct rows {
    size_t n;
    float *raw;         /* [n x 2] as they are drawn */
    float *x;           /* [n x 2] as the network sees them */
    float *label;       /* [n] 0 or 1, as trained or tested on */
    float *wrong;       /* [n] 1 where the label was turned over */
    float *logit;       /* [n] scratch */
    double loss, accuracy;
} rows;

typedef struct playground {
    rows training, test;
    float mean[INPUTS], deviation[INPUTS], low[INPUTS], high[INPUTS]; /* of the scaling; of the box that is drawn */
    ml_mlp net;
    ml_mlp_pass pass;
    ml_trainer trainer;
    int32_t epoch;                  /* complete ones, all finite */
    float *good_param, *good_running; /* the network at that epoch */
    const lab_rows *own;            /* the reader's; NULL: the rows are made */
    curve *curve;
    kept *kept;
    double best_loss, best_accuracy; /* on the test rows, where their loss was lowest; -1: none */
    int32_t best_epoch;
    double lowest_loss, highest_accuracy, first_ratio; /* of the whole run, on the test rows; at epoch 0 */
    bool always_copies;             /* the first layer's units were all the same at every epoch */
    double gradient_error, kinks;   /* -1: not checked */
    double *check_scratch;
    float *gradient;                /* of the loss on all training rows */
    int64_t gradient_step;          /* the training step it belongs to, -1: none; and the bug it was computed with */
    ml_bug gradient_bug;
    int32_t picked;                 /* hidden unit, counted through all layers; -1: none */
    float *surface_x, *surface, *map_x, *map, *column; /* for drawing */
    double (*now)(void);
    double seconds;                 /* spent training */
} playground;

/* --- 4. The data -------------------------------------------------------------------------------------------------- */

static ml_status make_rows(rows *r, const double *param, uint64_t stream, uint64_t seed, ml_error *error) {
    ml_rng rng = ml_rng_seed(seed, stream);
    uint8_t label[MAX_ROWS];
    switch ((int)param[DATA]) {
    case CIRCLES:
        ML_TRY(ml_data_make_circles(r->n, param[NOISE], &rng, r->raw, label, error));
        break;
    case MOONS:
        ML_TRY(ml_data_make_moons(r->n, param[NOISE], &rng, r->raw, label, error));
        break;
    case XOR:
        ML_TRY(ml_data_make_xor(r->n, param[NOISE], &rng, r->raw, label, error));
        break;
    default:
        ML_TRY(ml_data_make_spiral(r->n, param[NOISE], &rng, r->raw, label, error));
        break;
    }
    for (size_t i = 0; i < r->n; i++)
        r->label[i] = (float)label[i];
    return ML_OK;
}

/* Of n rows, how many are the training part: two thirds. */
static size_t training_part(size_t n) {
    return n - (n + 2) / 3;
}

static void take_rows(rows *r, const lab_rows *own, const uint32_t *row) {
    for (size_t i = 0; i < r->n; i++) {
        r->raw[i * INPUTS] = own->column[COLUMN_X1][row[i]];
        r->raw[i * INPUTS + 1] = own->column[COLUMN_X2][row[i]];
        r->label[i] = own->column[COLUMN_CLASS][row[i]];
    }
}

/* The reader's rows, split at random, each class in its share. */
static ml_status split_own_rows(playground *s, uint64_t seed, ml_error *error) {
    const lab_rows *own = s->own;
    uint32_t order[MAX_ROWS + TEST_ROWS];
    uint8_t label[MAX_ROWS + TEST_ROWS];
    size_t n_train;
    ml_rng rng = ml_rng_seed(seed, STREAM_SPLIT);
    for (size_t i = 0; i < own->n; i++)
        label[i] = own->column[COLUMN_CLASS][i] > 0;
    ML_TRY(ml_data_split(own->n, 1.0 / 3.0, label, &rng, order, &n_train, error));
    take_rows(&s->training, own, order);
    take_rows(&s->test, own, order + n_train);
    return ML_OK;
}

/* Turns training labels over, then deals them out anew, as the params ask; r->wrong: which are not the true ones. */
static void spoil_labels(rows *r, const double *param, uint64_t seed) {
    ml_rng flips = ml_rng_seed(seed, STREAM_FLIPS), shuffle = ml_rng_seed(seed, STREAM_SHUFFLE);
    uint32_t order[MAX_ROWS];
    float truth[MAX_ROWS], flipped[MAX_ROWS];
    memcpy(truth, r->label, r->n * sizeof *truth);
    for (size_t i = 0; i < r->n; i++)
        flipped[i] = ml_rng_bernoulli(&flips, param[FLIPPED_LABELS]) ? 1.0f - truth[i] : truth[i];
    ml_rng_permutation(&shuffle, r->n, order);
    for (size_t i = 0; i < r->n; i++) {
        r->label[i] = flipped[param[SHUFFLE_LABELS] != 0 ? order[i] : i];
        r->wrong[i] = r->label[i] != truth[i] ? 1.0f : 0.0f;
    }
}

/* Keeps the first few rows of a permutation only. */
static void keep_one_batch(rows *r, uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, STREAM_PICK);
    uint32_t order[MAX_ROWS];
    rows all = *r;
    float raw[MAX_ROWS * INPUTS], label[MAX_ROWS], wrong[MAX_ROWS];
    memcpy(raw, all.raw, r->n * INPUTS * sizeof *raw);
    memcpy(label, all.label, r->n * sizeof *label);
    memcpy(wrong, all.wrong, r->n * sizeof *wrong);
    ml_rng_permutation(&rng, r->n, order);
    r->n = ONE_BATCH_ROWS;
    for (size_t i = 0; i < r->n; i++) {
        memcpy(r->raw + i * INPUTS, raw + order[i] * INPUTS, INPUTS * sizeof *raw);
        r->label[i] = label[order[i]];
        r->wrong[i] = wrong[order[i]];
    }
}

static void grow_box(playground *s, const rows *r) {
    for (size_t i = 0; i < r->n; i++) {
        for (size_t j = 0; j < INPUTS; j++) {
            const float v = r->raw[i * INPUTS + j];
            s->low[j] = v < s->low[j] ? v : s->low[j];
            s->high[j] = v > s->high[j] ? v : s->high[j];
        }
    }
}

/* The box of all points, and a tenth more on each side. */
static void find_box(playground *s) {
    for (size_t j = 0; j < INPUTS; j++)
        s->low[j] = s->high[j] = s->training.raw[j];
    grow_box(s, &s->training);
    grow_box(s, &s->test);
    for (size_t j = 0; j < INPUTS; j++) {
        const float margin = 0.1f * (s->high[j] - s->low[j]);
        s->low[j] -= margin;
        s->high[j] += margin;
    }
}

static void to_inputs(const playground *s, size_t n, const float *raw, float *x) {
    ml_standardise(n, INPUTS, raw, s->mean, s->deviation, x);
}

/* side x side points over the box, as the network sees them, row by row from the lowest x2. */
static void make_grid(const playground *s, size_t side, float *x) {
    for (size_t i = 0; i < side * side; i++) {
        const size_t at[INPUTS] = {i % side, i / side};
        for (size_t j = 0; j < INPUTS; j++) /* a cell's value is that of its centre */
            x[i * INPUTS + j] = s->low[j] + (s->high[j] - s->low[j]) * ((float)at[j] + 0.5f) / (float)side;
    }
    to_inputs(s, side * side, x, x);
}

static ml_status make_data(playground *s, const double *param, uint64_t seed, ml_error *error) {
    if (s->own != NULL) {
        ML_TRY(split_own_rows(s, seed, error));
    } else {
        ML_TRY(make_rows(&s->training, param, STREAM_ROWS, seed, error));
        ML_TRY(make_rows(&s->test, param, STREAM_TEST, seed, error));
    }
    ml_kernel_scale(s->training.n * INPUTS, (float)param[FEATURE_SCALE], s->training.raw, s->training.raw);
    ml_kernel_scale(s->test.n * INPUTS, (float)param[FEATURE_SCALE], s->test.raw, s->test.raw);
    find_box(s);
    spoil_labels(&s->training, param, seed);
    for (size_t j = 0; j < INPUTS; j++)
        s->deviation[j] = 1;
    if (param[STANDARDISE] != 0)
        ml_standardise_fit(s->training.n, INPUTS, s->training.raw, s->mean, s->deviation);
    if (param[ONE_BATCH] != 0)
        keep_one_batch(&s->training, seed);
    to_inputs(s, s->training.n, s->training.raw, s->training.x);
    to_inputs(s, s->test.n, s->test.raw, s->test.x);
    make_grid(s, SURFACE, s->surface_x);
    make_grid(s, MAP, s->map_x);
    return ML_OK;
}

/* --- 5. Looking at the network ------------------------------------------------------------------------------------ */

/* Loss and accuracy on rows; a logit above 0 says class 1. */
static void evaluate(playground *s, rows *r) {
    ml_mlp_predict(&s->net, &s->pass, r->n, r->x, r->logit);
    size_t right = 0;
    for (size_t i = 0; i < r->n; i++)
        right += (r->logit[i] > 0) == (r->label[i] > 0);
    r->accuracy = (double)right / (double)r->n;
    r->loss = ml_bce_logits(r->n, r->logit, r->label);
}

/* The gradient of the loss on all training rows, once for each state of the network. */
static const float *full_gradient(playground *s, const double *param) {
    const ml_bug bug = (ml_bug)param[BUG];
    if (s->gradient_step != s->trainer.step || s->gradient_bug != bug) {
        ml_mlp_gradient(&s->net, &s->pass, ML_LOSS_BCE, bug, s->training.n, s->training.x, s->training.label,
                        s->gradient);
        s->gradient_step = s->trainer.step;
        s->gradient_bug = bug;
    }
    return s->gradient;
}

static size_t weights_of(const ml_mlp_layer *layer) {
    return layer->inputs * layer->outputs;
}

static double layer_rms(const ml_mlp_layer *layer, const float *vector) {
    return ml_rms(weights_of(layer), vector + layer->weight);
}

static double gradient_ratio(const playground *s, const float *gradient) {
    const double last = layer_rms(&s->net.layer[s->net.n_layers - 1], gradient);
    const double ratio = layer_rms(&s->net.layer[0], gradient) / last;
    return last > 0 && isfinite(ratio) ? ratio : -1;
}

static int32_t count_dead_units(playground *s) {
    const size_t width = s->net.shape.width;
    int32_t dead = 0;
    ml_mlp_forward(&s->net, &s->pass, ML_MLP_EVALUATE, s->training.n, s->training.x, NULL);
    for (size_t l = 0; l < s->net.shape.hidden; l++) {
        for (size_t j = 0; j < width; j++) {
            size_t i = 0;
            while (i < s->training.n && s->pass.trace[l].active[i * width + j] == 0)
                i++;
            dead += i == s->training.n;
        }
    }
    return dead;
}

static double rounded(float v) {
    return floor((double)v * 1e5 + 0.5);
}

/* Whether two units of the first layer have the same weights and bias, to five decimals. */
static bool same_unit(const playground *s, size_t a, size_t b) {
    const ml_mlp_layer *layer = &s->net.layer[0];
    const float *weight = s->net.param + layer->weight, *bias = s->net.param + layer->bias;
    for (size_t i = 0; i < layer->inputs; i++)
        if (rounded(weight[i * layer->outputs + a]) != rounded(weight[i * layer->outputs + b]))
            return false;
    return rounded(bias[a]) == rounded(bias[b]);
}

static int32_t count_distinct_units(const playground *s) {
    int32_t distinct = 0;
    for (size_t a = 0; a < s->net.layer[0].outputs; a++) {
        size_t b = 0;
        while (b < a && !same_unit(s, a, b))
            b++;
        distinct += b == a;
    }
    return distinct;
}

static double share_of_small_weights(const playground *s) {
    size_t small = 0, all = 0;
    for (size_t l = 0; l < s->net.n_layers; l++) {
        const float *weight = s->net.param + s->net.layer[l].weight;
        for (size_t i = 0; i < weights_of(&s->net.layer[l]); i++)
            small += fabsf(weight[i]) < 1e-3f;
        all += weights_of(&s->net.layer[l]);
    }
    return (double)small / (double)all;
}

/* --- 6. A run ----------------------------------------------------------------------------------------------------- */

static void halve(curve *c) {
    for (int32_t i = 0; 2 * i < c->n; i++) {
        c->epoch[i] = c->epoch[2 * i];
        for (int set = 0; set < 2; set++) {
            c->loss[set][i] = c->loss[set][2 * i];
            c->accuracy[set][i] = c->accuracy[set][2 * i];
        }
    }
    c->n = (c->n + 1) / 2;
    c->stride *= 2;
}

static void append(curve *c, int32_t epoch, const rows *training, const rows *test) {
    if (c->n == CURVE_POINTS)
        halve(c);
    if (epoch % c->stride != 0)
        return;
    const rows *set[2] = {training, test};
    c->epoch[c->n] = (float)epoch;
    for (int i = 0; i < 2; i++) {
        c->loss[i][c->n] = (float)set[i]->loss;
        c->accuracy[i][c->n] = (float)set[i]->accuracy;
    }
    c->n++;
}

static void keep_best(playground *s) {
    if (s->best_loss < 0 || s->test.loss < s->best_loss) {
        s->best_loss = s->test.loss;
        s->best_accuracy = s->test.accuracy;
        s->best_epoch = s->epoch;
    }
}

static void copy_floats(float *to, const float *from, size_t n) {
    if (n > 0)
        memcpy(to, from, n * sizeof *to);
}

/* After an epoch, and before the first: how good is the network now? Returns false if that is no number. */
static bool take_stock(playground *s) {
    evaluate(s, &s->training);
    evaluate(s, &s->test);
    if (!isfinite(s->training.loss) || !isfinite(s->test.loss))
        return false;
    s->epoch = (int32_t)s->trainer.epoch;
    copy_floats(s->good_param, s->net.param, s->net.n_params);
    copy_floats(s->good_running, s->net.running, s->net.n_running);
    append(s->curve, s->epoch, &s->training, &s->test);
    keep_best(s);
    s->lowest_loss = s->epoch == 0 || s->test.loss < s->lowest_loss ? s->test.loss : s->lowest_loss;
    s->highest_accuracy = s->test.accuracy > s->highest_accuracy ? s->test.accuracy : s->highest_accuracy;
    s->always_copies = (s->epoch == 0 || s->always_copies) && count_distinct_units(s) == 1;
    return true;
}

/* Back to the last epoch at which everything was a number, so that there is something to look at. */
static void restore(playground *s) {
    copy_floats(s->net.param, s->good_param, s->net.n_params);
    copy_floats(s->net.running, s->good_running, s->net.n_running);
    copy_floats(s->trainer.before, s->good_param, s->net.n_params);
    s->gradient_step = -1;
    evaluate(s, &s->training);
    evaluate(s, &s->test);
}

static bool allocate_rows(rows *r, size_t n, ml_arena *arena) {
    r->n = n;
    r->raw = ML_ALLOC(arena, n * INPUTS, float);
    r->x = ML_ALLOC(arena, n * INPUTS, float);
    r->label = ML_ALLOC(arena, n, float);
    r->wrong = ML_ALLOC(arena, n, float);
    r->logit = ML_ALLOC(arena, n, float);
    return r->raw && r->x && r->label && r->wrong && r->logit;
}

static bool allocate_drawing(playground *s, ml_arena *arena) {
    const size_t n = s->net.n_params;
    const size_t numbers = s->training.n * (s->net.shape.width > N_COLUMNS ? s->net.shape.width : N_COLUMNS);
    s->curve = ML_ALLOC(arena, 1, curve);
    s->good_param = ML_ALLOC(arena, n, float);
    s->good_running = ML_ALLOC(arena, s->net.n_running, float);
    s->gradient = ML_ALLOC(arena, n, float);
    s->check_scratch = ML_ALLOC(arena, ml_grad_check_scratch(&s->net, CHECKED_ROWS), double);
    s->surface_x = ML_ALLOC(arena, SURFACE * SURFACE * INPUTS, float);
    s->surface = ML_ALLOC(arena, SURFACE * SURFACE, float);
    s->map_x = ML_ALLOC(arena, MAP * MAP * INPUTS, float);
    s->map = ML_ALLOC(arena, MAP * MAP, float);
    s->column = ML_ALLOC(arena, numbers > n ? numbers : n, float);
    return s->curve && s->good_param && s->good_running && s->gradient && s->check_scratch && s->surface_x &&
           s->surface && s->map_x && s->map && s->column;
}

static ml_status make_network(playground *s, const double *param, const lab_setup *setup, ml_error *error) {
    const ml_mlp_shape shape = {
        .inputs = INPUTS,
        .outputs = 1,
        .hidden = (size_t)param[LAYERS],
        .width = (size_t)param[WIDTH],
        .activation = (ml_activation)param[ACTIVATION],
        .normalisation = (ml_normalisation)param[NORMALISATION],
    };
    const size_t capacity = s->training.n > MAP * MAP ? s->training.n : MAP * MAP;
    ml_rng rng = ml_rng_seed(setup->seed, STREAM_WEIGHTS);
    ML_TRY(ml_mlp_create(&s->net, &shape, setup->arena, error));
    ml_mlp_init(&s->net, (ml_init)param[INIT], &rng);
    return ml_mlp_pass_create(&s->pass, &s->net, capacity, setup->arena, error);
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    playground *s = state;
    ml_arena *arena = setup->arena;
    s->own = param[DATA] == CSV ? setup->rows : NULL;
    const size_t n_own = s->own != NULL ? s->own->n : 0, most = (size_t)param[ROWS];
    const size_t n_train = s->own != NULL && training_part(n_own) < most ? training_part(n_own) : most;
    bool fits = allocate_rows(&s->training, n_train, arena) &&
                allocate_rows(&s->test, s->own != NULL ? n_own - training_part(n_own) : TEST_ROWS, arena);
    if (fits)
        ML_TRY(make_network(s, param, setup, error));
    if (!fits || !allocate_drawing(s, arena))
        return ml_fail(error, ML_ENOMEM, "this network does not fit in the lab's memory; use fewer rows or layers");
    ML_TRY(make_data(s, param, setup->seed, error));
    ML_TRY(ml_trainer_create(&s->trainer, &s->net, &s->pass, ML_LOSS_BCE, s->training.n, s->training.x,
                             s->training.label, MAX_BATCH, setup->seed, arena, error));
    s->kept = setup->keep;
    s->now = setup->now;
    s->curve->stride = 1;
    s->best_loss = s->gradient_error = s->kinks = -1;
    s->gradient_step = -1;
    s->picked = -1;
    s->first_ratio = gradient_ratio(s, full_gradient(s, param));
    take_stock(s);
    return ML_OK;
}

static ml_training training_of(const double *param) {
    return (ml_training){
        .optimiser = (ml_optimiser_kind)param[OPTIMISER],
        .learning_rate = param[LEARNING_RATE],
        .schedule = (ml_schedule)param[SCHEDULE],
        .batch_size = (size_t)param[BATCH_SIZE],
        .l1 = param[L1],
        .l2 = param[L2],
        .dropout = param[DROPOUT],
        .clip_norm = param[CLIP_NORM],
        .bug = (ml_bug)param[BUG],
    };
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    playground *s = state;
    const ml_training how = training_of(param);
    const double start = s->now();
    bool epoch_done;
    const ml_status status = ml_trainer_run(&s->trainer, &how, budget, &epoch_done, error);
    s->seconds += s->now() - start;
    if (status == ML_OK && !epoch_done)
        return ML_OK;
    if (status == ML_OK && take_stock(s)) {
        *budget -= ml_mlp_cost(&s->net) * (int64_t)(s->training.n + s->test.n);
        progress->step++;
        return ML_OK;
    }
    restore(s);
    return status != ML_OK ? status
                           : ml_fail(error, ML_EDIVERGED,
                                     "diverged at step %lld: the loss is no longer a number; "
                                     "try a smaller learning rate", (long long)s->trainer.step);
}

static void check_gradient(playground *s, const double *param) {
    const size_t n = s->training.n < CHECKED_ROWS ? s->training.n : CHECKED_ROWS;
    ml_mlp_gradient(&s->net, &s->pass, ML_LOSS_BCE, (ml_bug)param[BUG], n, s->training.x, s->training.label,
                    s->gradient);
    s->gradient_step = -1; /* that was not of all rows */
    const ml_grad_check_result result = ml_grad_check(&s->net, ML_LOSS_BCE, n, s->training.x, s->training.label,
                                                      s->gradient, s->check_scratch);
    s->gradient_error = result.error;
    s->kinks = (double)result.kinks;
}

static ml_status act(void *state, const double *param, int32_t action, ml_error *error) {
    playground *s = state;
    (void)error;
    if (action == CHECK_GRADIENT)
        check_gradient(s, param);
    if (action == KEEP_CURVE) {
        s->kept->ghost[s->kept->next] = *s->curve;
        s->kept->next = (s->kept->next + 1) % GHOSTS;
        s->kept->n += s->kept->n < GHOSTS;
    }
    if (action == FORGET_BEST)
        s->best_loss = -1;
    return ML_OK;
}

/* Anything that is no unit lets the picked one go. */
static void pick(void *state, int32_t view, int32_t item) {
    playground *s = state;
    const int32_t units = (int32_t)(s->net.shape.hidden * s->net.shape.width);
    if (view == HIDDEN_UNITS)
        s->picked = item >= 0 && item < units ? item : -1;
}

/* --- 7. Drawing it ------------------------------------------------------------------------------------------------ */

static lab_grid grid_over(const playground *s, int32_t side, float low, float high) {
    return (lab_grid){side, side, s->low[0], s->high[0], s->low[1], s->high[1], low, high};
}

static void put_rows(lab_frame *frame, int32_t series, const rows *r, float size, bool ring) {
    float x[MAX_ROWS], y[MAX_ROWS], sizes[MAX_ROWS];
    for (size_t i = 0; i < r->n; i++) {
        x[i] = r->raw[i * INPUTS];
        y[i] = r->raw[i * INPUTS + 1];
        sizes[i] = size;
    }
    lab_put_points(frame, series, r->n, x, y);
    lab_put_classes(frame, r->label, sizes, ring ? r->wrong : NULL);
}

static void put_surface(playground *s, lab_frame *frame) {
    ml_mlp_predict(&s->net, &s->pass, SURFACE * SURFACE, s->surface_x, s->surface);
    ml_kernel_sigmoid(SURFACE * SURFACE, s->surface, s->surface);
    lab_put_grid(frame, PROBABILITY, grid_over(s, SURFACE, 0, 1), s->surface);
    put_rows(frame, TEST_ROWS_SEEN, &s->test, 0.5f, false);
    put_rows(frame, TRAINING_ROWS, &s->training, 1.0f, true);
}

/* The ends of a map's colours: the activation's own range where it has one, else what the values reach. */
static lab_grid map_grid(const playground *s, const float *map) {
    float top = 0;
    for (size_t i = 0; i < MAP * MAP; i++)
        top = fabsf(map[i]) > top ? fabsf(map[i]) : top;
    if (!(top > 0))
        top = 1;
    switch (s->net.shape.activation) {
    case ML_ACT_RELU:
        return grid_over(s, MAP, 0, top);
    case ML_ACT_TANH:
        return grid_over(s, MAP, -1, 1);
    case ML_ACT_SIGMOID:
        return grid_over(s, MAP, 0, 1);
    case ML_ACT_IDENTITY:
        break;
    }
    return grid_over(s, MAP, -top, top);
}

static void put_units(playground *s, lab_frame *frame) {
    const size_t width = s->net.shape.width;
    ml_mlp_forward(&s->net, &s->pass, ML_MLP_EVALUATE, MAP * MAP, s->map_x, NULL);
    for (size_t l = 0; l < s->net.shape.hidden; l++) {
        for (size_t j = 0; j < width; j++) {
            for (size_t i = 0; i < MAP * MAP; i++)
                s->map[i] = s->pass.trace[l].active[i * width + j];
            lab_put_grid(frame, 0, map_grid(s, s->map), s->map);
            lab_put_label(frame, "layer %zu · unit %zu", l + 1, j + 1);
        }
    }
}

static void put_curves(const playground *s, lab_frame *frame, bool loss) {
    for (int32_t g = 0; g < s->kept->n; g++) {
        const curve *c = &s->kept->ghost[g];
        lab_put_points(frame, TRAINING_GHOST, (size_t)c->n, c->epoch, loss ? c->loss[0] : c->accuracy[0]);
        lab_put_points(frame, TEST_GHOST, (size_t)c->n, c->epoch, loss ? c->loss[1] : c->accuracy[1]);
    }
    const curve *c = s->curve;
    lab_put_points(frame, TRAINING, (size_t)c->n, c->epoch, loss ? c->loss[0] : c->accuracy[0]);
    lab_put_points(frame, TEST, (size_t)c->n, c->epoch, loss ? c->loss[1] : c->accuracy[1]);
    if (s->best_loss >= 0)
        lab_put_point(frame, BEST, (float)s->best_epoch, (float)(loss ? s->best_loss : s->best_accuracy));
}

static void put_layer_bars(const playground *s, lab_frame *frame, int32_t series, const double *value) {
    float height[MAX_LAYERS + 1];
    for (size_t l = 0; l < s->net.n_layers; l++)
        height[l] = (float)value[l];
    lab_put_points(frame, series, s->net.n_layers, NULL, height);
    for (size_t l = 0; l < s->net.shape.hidden; l++)
        lab_put_label(frame, "layer %zu", l + 1);
    lab_put_label(frame, "output");
}

static void put_gradients(playground *s, const double *param, lab_frame *frame) {
    const float *gradient = full_gradient(s, param);
    double rms[MAX_LAYERS + 1];
    for (size_t l = 0; l < s->net.n_layers; l++)
        rms[l] = layer_rms(&s->net.layer[l], gradient);
    put_layer_bars(s, frame, 0, rms);
}

static void put_updates(playground *s, lab_frame *frame) {
    double ratio[MAX_LAYERS + 1];
    ml_kernel_subtract(s->net.n_params, s->net.param, s->trainer.before, s->column);
    for (size_t l = 0; l < s->net.n_layers; l++) {
        const double weight = layer_rms(&s->net.layer[l], s->net.param);
        ratio[l] = weight > 0 ? layer_rms(&s->net.layer[l], s->column) / weight : 0;
    }
    put_layer_bars(s, frame, UPDATE, ratio);
    lab_put_point(frame, USUAL_UPDATE, 0, 0.001f);
}

/* Counts in bins of equal width; values that are all the same stand in the middle of a bin-wide range of their own. */
static void put_histogram(lab_frame *frame, size_t n, const float *value) {
    float low = n > 0 ? value[0] : 0, high = low, edge[BINS + 1], count[BINS + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
    }
    if (!(high > low)) {
        const float half = low != 0 ? 0.5f * fabsf(low) : 0.5f;
        low -= half;
        high += half;
    }
    for (int b = 0; b <= BINS; b++)
        edge[b] = low + (high - low) * (float)b / BINS;
    for (size_t i = 0; i < n; i++) {
        const int b = (int)((value[i] - low) / (high - low) * BINS);
        count[b < BINS ? b : BINS - 1]++;
    }
    lab_put_points(frame, 0, BINS + 1, edge, count);
}

static size_t picked_layer(const playground *s) {
    return s->picked < 0 ? 0 : (size_t)s->picked / s->net.shape.width;
}

static void put_weight_histogram(playground *s, const float *vector, lab_frame *frame) {
    const ml_mlp_layer *layer = &s->net.layer[picked_layer(s)];
    put_histogram(frame, weights_of(layer), vector + layer->weight);
}

static void put_activation_histogram(playground *s, lab_frame *frame) {
    const size_t l = picked_layer(s), n = s->training.n;
    ml_mlp_forward(&s->net, &s->pass, ML_MLP_EVALUATE, n, s->training.x, NULL);
    if (s->net.shape.hidden == 0)
        put_histogram(frame, n, s->pass.output);
    else
        put_histogram(frame, n * s->net.shape.width, s->pass.trace[l].active);
}

/* One cell of the table: of unit j of layer l, input i, where 0 stands for the bias. */
static float weight_cell(const playground *s, const float *gradient, int column, size_t l, size_t j, size_t i) {
    const ml_mlp_layer *layer = &s->net.layer[l];
    const size_t at = i == 0 ? layer->bias + j : layer->weight + (i - 1) * layer->outputs + j;
    switch (column) {
    case COLUMN_LAYER:
        return (float)(l + 1);
    case COLUMN_UNIT:
        return (float)(j + 1);
    case COLUMN_INPUT:
        return (float)i;
    case COLUMN_WEIGHT:
        return s->net.param[at];
    default:
        return gradient[at];
    }
}

static void put_weights(playground *s, const double *param, lab_frame *frame) {
    const float *gradient = full_gradient(s, param);
    const size_t width = s->net.shape.width;
    for (int column = 0; column < N_COLUMNS; column++) {
        size_t n = 0;
        for (size_t l = 0; l < s->net.n_layers; l++)
            for (size_t j = 0; j < s->net.layer[l].outputs; j++)
                for (size_t i = 0; i <= s->net.layer[l].inputs; i++)
                    if (s->picked < 0 || (size_t)s->picked == l * width + j)
                        s->column[n++] = weight_cell(s, gradient, column, l, j, i);
        lab_put_column(frame, column, n, s->column);
    }
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    playground *s = state;
    if (s->trainer.n == 0)
        return; /* the reader's file could not be used */
    switch (view) {
    case DECISION_SURFACE:
        put_surface(s, frame);
        break;
    case HIDDEN_UNITS:
        put_units(s, frame);
        break;
    case LOSS_BY_EPOCH:
    case ACCURACY_BY_EPOCH:
        put_curves(s, frame, view == LOSS_BY_EPOCH);
        break;
    case GRADIENT_BY_LAYER:
        put_gradients(s, param, frame);
        break;
    case UPDATE_BY_LAYER:
        put_updates(s, frame);
        break;
    case WEIGHT_HISTOGRAM:
        put_weight_histogram(s, s->net.param, frame);
        break;
    case GRADIENT_HISTOGRAM:
        put_weight_histogram(s, full_gradient(s, param), frame);
        break;
    case ACTIVATION_HISTOGRAM:
        put_activation_histogram(s, frame);
        break;
    case WEIGHTS:
        put_weights(s, param, frame);
        break;
    }
}

static void figures(void *state, const double *param, double *readout) {
    playground *s = state;
    if (s->trainer.n == 0)
        return;
    const float *gradient = full_gradient(s, param);
    const double norm = ml_norm2(s->net.n_params, gradient);
    readout[EPOCH] = s->epoch;
    readout[TRAINING_LOSS] = s->training.loss;
    readout[TEST_LOSS] = s->test.loss;
    readout[TRAINING_ACCURACY] = s->training.accuracy;
    readout[TEST_ACCURACY] = s->test.accuracy;
    readout[BEST_TEST_LOSS] = s->best_loss;
    readout[BEST_TEST_LOSS_EPOCH] = s->best_loss < 0 ? -1 : s->best_epoch;
    readout[GRADIENT_NORM] = isfinite(norm) ? norm : -1;
    readout[GRADIENT_RATIO] = gradient_ratio(s, gradient);
    readout[GRADIENT_ERROR] = s->gradient_error;
    readout[KINKS_LEFT_OUT] = s->kinks;
    readout[DEAD_UNITS] = count_dead_units(s);
    readout[DISTINCT_UNITS] = count_distinct_units(s);
    readout[SMALL_WEIGHTS] = share_of_small_weights(s);
    readout[PARAMETERS] = (double)s->net.n_params;
    readout[STEPS_PER_SECOND] = s->seconds > 0 ? (double)s->trainer.step / s->seconds : -1;
}

/* --- 8. Taking it away ---------------------------------------------------------------------------------------------- */

static void describe(const playground *s, char *about, size_t room) {
    const lab_rows *own = s->own;
    if (own != NULL)
        snprintf(about, room, "x[0] is the column %.60s, x[1] the column %.60s, as your file has them: they are scaled "
                 "inside. y[0] is the chance that %.60s is %.60s, and not %.60s.", own->name[COLUMN_X1],
                 own->name[COLUMN_X2], own->name[COLUMN_CLASS], own->classes[1], own->classes[0]);
    else
        snprintf(about, room, "x[0] and x[1] are the coordinates before “Feature scale”: they are scaled inside. y[0] is "
                 "the chance of class 1.");
}

static ml_status model(void *state, const double *param, ml_arena *arena, lab_model *out, ml_error *error) {
    const playground *s = state;
    const lab_mlp_inputs inputs = {(float)param[FEATURE_SCALE], s->mean, s->deviation};
    describe(s, out->about, sizeof out->about);
    return lab_model_of_mlp(&s->net, &inputs, arena, out, error);
}

/* --- 9. What to try ----------------------------------------------------------------------------------------------- */

static bool units(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[DATA] == SPIRAL && param[FEATURE_SCALE] >= 99 && param[STANDARDISE] == 0 && param[LAYERS] >= 2 &&
           readout[EPOCH] >= 120 && readout[TEST_ACCURACY] < 0.90;
}

static bool depth_without_bends(const void *state, const double *param, const double *readout) {
    const playground *s = state;
    return param[DATA] == CIRCLES && param[ACTIVATION] == ML_ACT_IDENTITY && param[LAYERS] >= 4 &&
           readout[EPOCH] >= 100 && s->highest_accuracy < 0.75;
}

static bool symmetry(const void *state, const double *param, const double *readout) {
    const playground *s = state;
    return param[INIT] >= ML_INIT_EQUAL && param[LAYERS] >= 1 && param[WIDTH] >= 2 && readout[EPOCH] >= 60 &&
           s->always_copies && s->highest_accuracy < 0.75;
}

static bool vanishing(const void *state, const double *param, const double *readout) {
    const playground *s = state;
    return param[LAYERS] >= 6 && param[ACTIVATION] == ML_ACT_SIGMOID && param[NORMALISATION] == ML_NORM_NONE &&
           readout[EPOCH] >= 60 && readout[TEST_ACCURACY] <= 0.55 && s->first_ratio < 0.2;
}

static bool rate_and_clipping(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[OPTIMISER] == ML_OPT_SGD && param[LEARNING_RATE] >= 3 && param[CLIP_NORM] > 0 &&
           readout[EPOCH] >= 60 && readout[TEST_ACCURACY] >= 0.97;
}

static bool memory(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[SHUFFLE_LABELS] != 0 && readout[TRAINING_ACCURACY] >= 0.9 && readout[TEST_ACCURACY] < 0.7;
}

static bool regularise(const void *state, const double *param, const double *readout) {
    const playground *s = state;
    return param[ROWS] <= 100 && param[FLIPPED_LABELS] >= 0.2 && param[WIDTH] >= 32 && param[LAYERS] >= 2 &&
           (param[L2] > 0 || param[DROPOUT] > 0) && readout[EPOCH] >= 400 && readout[TEST_LOSS] < 1.5 * s->lowest_loss;
}

/* The gradient check finds the two bugs that are in the gradient, one batch the two that are around it. */
static bool bug_hunt(const void *state, const double *param, const double *readout) {
    (void)state;
    const bool in_gradient = param[BUG] == ML_BUG_SIGN || param[BUG] == ML_BUG_NO_SLOPE;
    const bool around = param[BUG] == ML_BUG_STALE_LABELS || param[BUG] == ML_BUG_NEVER_ZEROED;
    return (in_gradient && readout[GRADIENT_ERROR] > 0.03) ||
           (around && param[ONE_BATCH] != 0 && readout[EPOCH] >= 200 && readout[TRAINING_LOSS] > 0.02);
}

static bool sparsity(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[L1] > 0 && readout[EPOCH] >= 100 && readout[SMALL_WEIGHTS] >= 0.4 &&
           readout[TRAINING_ACCURACY] >= 0.9;
}

static const lab_goal goals[] = {
    {"units", "Measure both coordinates in units a hundred times smaller (feature scale 100, standardise off) and "
              "watch the spiral stay below 0.90 for 120 epochs: same points, same network, wrong units",
     units, "feature_scale=100 standardise=off"},
    {"depth_without_bends", "Stack four layers without an activation on the circles: 100 epochs, and never above 0.75, "
                            "because a straight line of a straight line is a straight line",
     depth_without_bends, "data=circles noise=0.05 activation=identity layers=4"},
    {"symmetry", "Start all weights equal on the circles: after 60 epochs the whole first layer is still one unit in "
                 "many copies", symmetry, "data=circles init=equal"},
    {"vanishing", "Six sigmoid layers with plain SGD: at epoch 60 still a coin toss, and the first layer's gradient "
                  "was below a fifth of the last's from the start (then rescue it with ReLU or batch norm)",
     vanishing, "data=moons noise=0.07 layers=6 activation=sigmoid optimiser=sgd learning_rate=0.1"},
    {"rate_and_clipping", "SGD at a rate of 3 flies off the road. Clip the gradient and get 0.97 on the test at epoch "
                          "60 with the same rate",
     rate_and_clipping, "data=moons noise=0.07 optimiser=sgd learning_rate=3 clip_norm=0.5"},
    {"memory", "Shuffle the labels of 30 rows and let it learn 90 % of them by heart, while the test stays a coin toss",
     memory, "data=moons noise=0.07 rows=30 shuffle_labels=on width=32"},
    {"regularise", "100 rows, a fifth of the labels wrong, 32 units: left alone, the test loss ends at twice its best. "
                   "Tame it with L2 or dropout, to within 1.5 times its best after 400 epochs",
     regularise, "data=moons noise=0.105 rows=100 flipped_labels=0.2 width=32 l2=0.01"},
    {"bug_hunt", "Plant a bug and catch it: the gradient check for a wrong gradient, one batch (200 epochs, and the "
                 "loss will not go below 0.02) for a right gradient that is used wrongly",
     bug_hunt, "one_batch=on bug=stale_labels"},
    {"sparsity", "With L1 get 40 % of the weights below 0.001 after 100 epochs, and still 0.9 right",
     sparsity, "data=moons noise=0.07 l1=0.01"},
};

/* --- 10. The whole ------------------------------------------------------------------------------------------------- */

/* The largest setting: 1000 rows through 6 layers of 32 units. */
enum {
    FLOATS_A_PASS = MAX_ROWS * MAX_WIDTH * (4 * MAX_LAYERS + 2),
    MOST_PARAMS = MAX_LAYERS * MAX_WIDTH * (MAX_WIDTH + 4),
    ARENA_BYTES = 4 * (FLOATS_A_PASS + 16 * MOST_PARAMS + MAX_ROWS * MAX_WIDTH + 32 * MAX_ROWS +
                       4 * SURFACE * SURFACE) +
                  8 * (MOST_PARAMS + CHECKED_ROWS * MAX_WIDTH * (2 * MAX_LAYERS + 3)) + (int)sizeof(curve) + (1 << 16),
};

const lab lab_mlp_playground = {
    .name = "mlp-playground",
    .title = "The network playground",
    .question = "What exactly is this network doing? Which of your settings helps, which hurts, how would you know?",
    .params = params,
    .views = views,
    .readouts = readouts,
    .actions = actions,
    .goals = goals,
    .n_params = LAB_COUNT(params),
    .n_views = LAB_COUNT(views),
    .n_readouts = LAB_COUNT(readouts),
    .n_actions = LAB_COUNT(actions),
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(playground),
    .arena_bytes = ARENA_BYTES,
    .keep_bytes = sizeof(kept),
    .steps = 120,
    .steps_per_second = 240,
    .step_label = "one epoch",
    .csv = &csv,
    .init = init,
    .step = step,
    .act = act,
    .pick = pick,
    .read = read,
    .figures = figures,
    .model = model,
};
