/* What can this network learn, and how fast? One hidden layer of tanh units meets two classes of points in the plane.
 *
 * The network playground has every knob; this lab has the few that show what capacity is: with no hidden unit the
 * boundary is a straight line, with three it can close a ring, with many it can learn noise by heart.
 * Sources: Goodfellow, Bengio and Courville, "Deep Learning" (2016), chapter 6; Zhang et al. 2017, "Understanding deep
 * learning requires rethinking generalization", ICLR (random labels). */
#include "lab.h"

#include <stdio.h>
#include <string.h>

enum {
    INPUTS = 2,
    MAX_ROWS = 400,
    TEST_ROWS = 1000,
    MAX_UNITS = 64,
    MAX_BATCH = 200,
    SIDE = 48,           /* points along a side of the decision surface */
    CURVE_POINTS = 2048, /* before the curves keep every second point only */
};

enum { STREAM_ROWS = 1, STREAM_TEST, STREAM_WEIGHTS, STREAM_SPLIT }; /* of the seed */

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { CIRCLES, MOONS, XOR, SPIRAL, RANDOM_LABELS, CSV };
static const char *const data_names[] = {"circles", "moons", "xor", "spiral", "random_labels", "csv", NULL};
static const char *const data_labels[] = {"circles", "moons", "xor", "spiral", "random labels", "your CSV", NULL};

enum { DATA, ROWS, NOISE, HIDDEN_UNITS, LEARNING_RATE, BATCH_SIZE, INIT_SCALE, L2 };
static const lab_param params[] = {
    [DATA] = {"data", "Data", "", LAB_CHOICE, .initial = CIRCLES, .choices = data_names, .choice_labels = data_labels,
              .group = "Data",
              .help = "Random labels have no pattern at all: what is learned there is memory."},
    [ROWS] = {"rows", "Training rows", "", LAB_INTEGER, 40, MAX_ROWS, 200, .step = 10, .group = "Data"},
    [NOISE] = {"noise", "Noise", "", LAB_NUMBER, 0, 0.5, 0.08, .step = 0.01, .group = "Data",
               .help = "Standard deviation of what is added to both coordinates."},
    [HIDDEN_UNITS] = {"hidden_units", "Hidden units", "", LAB_INTEGER, 0, MAX_UNITS, 8, .group = "Network",
                      .help = "Each can bend the boundary once. With none it is a straight line."},
    [INIT_SCALE] = {"init_scale", "Size of the initial weights", "", LAB_NUMBER, 0, 6, 1, .step = 0.1,
                    .group = "Network", .help = "Times a normal number over the root of the unit's inputs."},
    [LEARNING_RATE] = {"learning_rate", "Learning rate", "", LAB_NUMBER, 0.001, 100, 0.5, .log = true, .live = true,
                       .group = "Training"},
    [BATCH_SIZE] = {"batch_size", "Batch size", "rows", LAB_INTEGER, 1, MAX_BATCH, 16, .live = true,
                    .group = "Training"},
    [L2] = {"l2", "L2 penalty", "", LAB_NUMBER, 0, 0.1, 0, .log = true, .live = true, .group = "Training",
            .help = "Adds this times w to the gradient of each weight: all shrink."},
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
    .help = "Two thirds train, or as many as “Training rows” says; a third tests, each class in its share. Both columns "
            "are standardised by the training rows, and the plots show them so; “Noise” leaves your rows alone.",
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { PROBABILITY, POINTS };
static const lab_series surface_series[] = {
    [PROBABILITY] = {"probability", "chance of class 1", LAB_ACCENT, LAB_MARK_DEFAULT},
    [POINTS] = {"training", "training rows", LAB_BLUE, LAB_MARK_POINTS},
};
enum { TRAINING, TEST };
static const lab_series curve_series[] = {
    [TRAINING] = {"training", "training", LAB_BLUE, LAB_MARK_LINE},
    [TEST] = {"test", "test", LAB_ACCENT, LAB_MARK_LINE},
};
enum { FROM_X1, FROM_X2, TO_OUTPUT };
static const lab_series weight_series[] = {
    [FROM_X1] = {"from_x1", "from x₁", LAB_BLUE, LAB_MARK_BARS},
    [FROM_X2] = {"from_x2", "from x₂", LAB_TEAL, LAB_MARK_BARS},
    [TO_OUTPUT] = {"to_output", "to the output", LAB_AMBER, LAB_MARK_BARS},
};

#define LOSS_FORMULA "L=\\frac1n\\sum_i\\max(z_i,0)-z_iy_i+\\log(1+e^{-|z_i|})"
#define ACCURACY_FORMULA "\\frac1n\\sum_i[\\,(z_i>0)=y_i\\,]"
enum { DECISION_SURFACE, LOSS_BY_EPOCH, ACCURACY_BY_EPOCH, WEIGHT_SIZES };
static const lab_view views[] = {
    [DECISION_SURFACE] = {"decision_surface", "What it answers, everywhere", LAB_SURFACE, {.title = "x₁"},
                          {.title = "x₂"}, LAB_SERIES(surface_series), .code = "ml_mlp_predict",
                          .formula = "p(x)=\\sigma\\!\\left(b+\\sum_j v_j\\tanh(w_j^\\top x+c_j)\\right)",
                          .help = "The points are the training rows; where the colour turns is the boundary."},
    [LOSS_BY_EPOCH] = {"loss_by_epoch", "Loss", LAB_LINE, {.title = "epoch"},
                       {"mean cross-entropy (nats)", .log = true}, LAB_SERIES(curve_series), .code = "ml_bce_logits",
                       .formula = LOSS_FORMULA, .help = "A coin toss costs ln 2 = 0.693 nats."},
    [ACCURACY_BY_EPOCH] = {"accuracy_by_epoch", "Accuracy", LAB_LINE, {.title = "epoch"},
                           {"share of right answers", .min = 0, .max = 1}, LAB_SERIES(curve_series),
                           .code = "evaluate", .formula = ACCURACY_FORMULA},
    [WEIGHT_SIZES] = {"weight_sizes", "Sizes of the weights", LAB_BARS, {.title = "hidden unit"},
                      {.title = "|weight|"}, LAB_SERIES(weight_series), .code = "put_weights",
                      .help = "A unit whose three bars are small has nothing to say."},
};

enum { EPOCH, TRAINING_LOSS, TEST_LOSS, TRAINING_ACCURACY, TEST_ACCURACY, PARAMETERS };
static const lab_readout readouts[] = {
    [EPOCH] = {"epoch", "epoch", .code = "ml_trainer_run"},
    [TRAINING_LOSS] = {"training_loss", "training loss", "nats", .code = "ml_bce_logits", .formula = LOSS_FORMULA},
    [TEST_LOSS] = {"test_loss", "test loss", "nats", .code = "ml_bce_logits", .formula = LOSS_FORMULA},
    [TRAINING_ACCURACY] = {"training_accuracy", "training accuracy", .code = "evaluate", .formula = ACCURACY_FORMULA},
    [TEST_ACCURACY] = {"test_accuracy", "test accuracy", .code = "evaluate", .formula = ACCURACY_FORMULA,
                       .help = "On 1000 new rows from the same source; of your CSV, on the third that was kept back."},
    [PARAMETERS] = {"parameters", "parameters", .code = "ml_mlp_create", .formula = "4h+1",
                    .help = "Two weights in, one out and a bias for each hidden unit, and the output's bias; 3 "
                            "without hidden units."},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct rows {
    size_t n;
    float *x;     /* [n x 2] */
    float *label; /* [n] 0 or 1 */
    float *logit; /* [n] scratch */
    double loss, accuracy;
} rows;

/* Losses and accuracies by epoch. When it is full, every second point goes. */
typedef struct curve {
    int32_t n, stride;                                                       /* points; epochs between two */
    float epoch[CURVE_POINTS], loss[2][CURVE_POINTS], accuracy[2][CURVE_POINTS]; /* by TRAINING, TEST */
} curve;

typedef struct mlp_live {
    rows set[2]; /* TRAINING, TEST */
    const lab_rows *own;                    /* the reader's; NULL: the rows are made */
    float mean[INPUTS], deviation[INPUTS];  /* of the reader's training rows */
    float reach; /* the surface is drawn over [-reach, reach] in both directions */
    ml_mlp net;
    ml_mlp_pass pass;
    ml_trainer trainer;
    int32_t epoch;     /* complete ones, all finite */
    float *good_param; /* the network at that epoch */
    curve *curve;
    float *surface_x, *surface; /* for drawing */
} mlp_live;

/* --- The data and the network ------------------------------------------------------------------------------------- */

static ml_status make_rows(rows *r, const double *param, uint64_t seed, uint64_t stream, ml_error *error) {
    ml_rng rng = ml_rng_seed(seed, stream);
    uint8_t label[TEST_ROWS];
    switch ((int)param[DATA]) {
    case CIRCLES:
        ML_TRY(ml_data_make_circles(r->n, param[NOISE], &rng, r->x, label, error));
        break;
    case MOONS:
        ML_TRY(ml_data_make_moons(r->n, param[NOISE], &rng, r->x, label, error));
        break;
    case XOR:
        ML_TRY(ml_data_make_xor(r->n, param[NOISE], &rng, r->x, label, error));
        break;
    case SPIRAL:
        ML_TRY(ml_data_make_spiral(r->n, param[NOISE], &rng, r->x, label, error));
        break;
    default:
        ML_TRY(ml_data_make_random_labels(r->n, param[NOISE], &rng, r->x, label, error));
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
        r->x[i * INPUTS] = own->column[COLUMN_X1][row[i]];
        r->x[i * INPUTS + 1] = own->column[COLUMN_X2][row[i]];
        r->label[i] = own->column[COLUMN_CLASS][row[i]];
    }
}

/* The reader's rows, split at random, each class in its share; in standard deviations from the training rows' mean:
 * tanh units that start small would all be stuck at ±1 on heights in centimetres. */
static ml_status split_own_rows(mlp_live *s, uint64_t seed, ml_error *error) {
    const lab_rows *own = s->own;
    uint32_t order[MAX_ROWS + TEST_ROWS];
    uint8_t label[MAX_ROWS + TEST_ROWS];
    size_t n_train;
    ml_rng rng = ml_rng_seed(seed, STREAM_SPLIT);
    for (size_t i = 0; i < own->n; i++)
        label[i] = own->column[COLUMN_CLASS][i] > 0;
    ML_TRY(ml_data_split(own->n, 1.0 / 3.0, label, &rng, order, &n_train, error));
    take_rows(&s->set[TRAINING], own, order);
    take_rows(&s->set[TEST], own, order + n_train);
    ml_standardise_fit(s->set[TRAINING].n, INPUTS, s->set[TRAINING].x, s->mean, s->deviation);
    for (int k = 0; k < 2; k++)
        ml_standardise(s->set[k].n, INPUTS, s->set[k].x, s->mean, s->deviation, s->set[k].x);
    return ML_OK;
}

static ml_status make_data(mlp_live *s, const double *param, uint64_t seed, ml_error *error) {
    if (s->own != NULL)
        return split_own_rows(s, seed, error);
    ML_TRY(make_rows(&s->set[TRAINING], param, seed, STREAM_ROWS, error));
    return make_rows(&s->set[TEST], param, seed, STREAM_TEST, error);
}

/* Weights scale * N(0, 1) / sqrt(inputs); biases stay 0. */
static void draw_weights(ml_mlp *net, double scale, uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, STREAM_WEIGHTS);
    for (size_t l = 0; l < net->n_layers; l++) {
        const ml_mlp_layer *layer = &net->layer[l];
        const double deviation = scale / sqrt((double)layer->inputs);
        for (size_t i = 0; i < layer->inputs * layer->outputs; i++)
            net->param[layer->weight + i] = (float)(deviation * ml_rng_normal(&rng));
    }
}

/* SIDE x SIDE centres of cells over a square that holds all training rows and a tenth more, the lowest x2 first. */
static void make_grid(mlp_live *s) {
    float furthest = 0.0f;
    for (size_t i = 0; i < s->set[TRAINING].n * INPUTS; i++) {
        const float away = fabsf(s->set[TRAINING].x[i]);
        furthest = away > furthest ? away : furthest;
    }
    s->reach = 1.1f * furthest;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        s->surface_x[i * INPUTS] = s->reach * ((2.0f * (float)(i % SIDE) + 1.0f) / SIDE - 1.0f);
        s->surface_x[i * INPUTS + 1] = s->reach * ((2.0f * (float)(i / SIDE) + 1.0f) / SIDE - 1.0f);
    }
}

/* --- A run -------------------------------------------------------------------------------------------------------- */

/* Loss and accuracy on rows; a logit above 0 says class 1. */
static void evaluate(mlp_live *s, rows *r) {
    ml_mlp_predict(&s->net, &s->pass, r->n, r->x, r->logit);
    size_t right = 0;
    for (size_t i = 0; i < r->n; i++)
        right += (r->logit[i] > 0.0f) == (r->label[i] > 0.0f);
    r->accuracy = (double)right / (double)r->n;
    r->loss = ml_bce_logits(r->n, r->logit, r->label);
}

static void halve(curve *c) {
    for (int32_t i = 0; 2 * i < c->n; i++) {
        c->epoch[i] = c->epoch[2 * i];
        for (int k = 0; k < 2; k++) {
            c->loss[k][i] = c->loss[k][2 * i];
            c->accuracy[k][i] = c->accuracy[k][2 * i];
        }
    }
    c->n = (c->n + 1) / 2;
    c->stride *= 2;
}

static void append(curve *c, int32_t epoch, const rows *set) {
    if (c->n == CURVE_POINTS)
        halve(c);
    if (epoch % c->stride != 0)
        return;
    c->epoch[c->n] = (float)epoch;
    for (int k = 0; k < 2; k++) {
        c->loss[k][c->n] = (float)set[k].loss;
        c->accuracy[k][c->n] = (float)set[k].accuracy;
    }
    c->n++;
}

/* After an epoch, and before the first: how good is the network now? Returns false if that is no number. */
static bool take_stock(mlp_live *s) {
    evaluate(s, &s->set[TRAINING]);
    evaluate(s, &s->set[TEST]);
    if (!isfinite(s->set[TRAINING].loss) || !isfinite(s->set[TEST].loss))
        return false;
    s->epoch = (int32_t)s->trainer.epoch;
    memcpy(s->good_param, s->net.param, s->net.n_params * sizeof *s->good_param);
    append(s->curve, s->epoch, s->set);
    return true;
}

/* Back to the last epoch at which everything was a number, so that there is something to look at. */
static void restore(mlp_live *s) {
    memcpy(s->net.param, s->good_param, s->net.n_params * sizeof *s->good_param);
    evaluate(s, &s->set[TRAINING]);
    evaluate(s, &s->set[TEST]);
}

static bool allocate_rows(rows *r, size_t n, ml_arena *arena) {
    r->n = n;
    r->x = ML_ALLOC(arena, n * INPUTS, float);
    r->label = ML_ALLOC(arena, n, float);
    r->logit = ML_ALLOC(arena, n, float);
    return r->x && r->label && r->logit;
}

static bool allocate_drawing(mlp_live *s, ml_arena *arena) {
    s->good_param = ML_ALLOC(arena, s->net.n_params, float);
    s->curve = ML_ALLOC(arena, 1, curve);
    s->surface_x = ML_ALLOC(arena, SIDE * SIDE * INPUTS, float);
    s->surface = ML_ALLOC(arena, SIDE * SIDE, float);
    return s->good_param && s->curve && s->surface_x && s->surface;
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    mlp_live *s = state;
    ml_arena *arena = setup->arena;
    const size_t units = (size_t)param[HIDDEN_UNITS];
    const ml_mlp_shape shape = {
        .inputs = INPUTS,
        .outputs = 1,
        .hidden = units > 0,
        .width = units > 0 ? units : 1,
        .activation = ML_ACT_TANH,
    };
    const size_t asked = (size_t)param[ROWS];
    s->own = param[DATA] == CSV ? setup->rows : NULL;
    const size_t given = s->own != NULL ? training_part(s->own->n) : asked;
    const size_t n_test = s->own != NULL ? s->own->n - given : TEST_ROWS;
    ML_TRY(ml_mlp_create(&s->net, &shape, arena, error));
    ML_TRY(ml_mlp_pass_create(&s->pass, &s->net, MAX_BATCH, arena, error));
    if (!allocate_rows(&s->set[TRAINING], given < asked ? given : asked, arena) ||
        !allocate_rows(&s->set[TEST], n_test, arena) || !allocate_drawing(s, arena))
        return ml_fail(error, ML_ENOMEM, "this network does not fit in the lab's memory; use fewer hidden units");
    ML_TRY(make_data(s, param, setup->seed, error));
    draw_weights(&s->net, param[INIT_SCALE], setup->seed);
    make_grid(s);
    ML_TRY(ml_trainer_create(&s->trainer, &s->net, &s->pass, ML_LOSS_BCE, s->set[TRAINING].n, s->set[TRAINING].x,
                             s->set[TRAINING].label, MAX_BATCH, setup->seed, arena, error));
    s->curve->stride = 1;
    take_stock(s);
    return ML_OK;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    mlp_live *s = state;
    const ml_training how = {
        .optimiser = ML_OPT_SGD,
        .learning_rate = param[LEARNING_RATE],
        .schedule = ML_SCHEDULE_CONSTANT,
        .batch_size = (size_t)param[BATCH_SIZE],
        .l2 = param[L2],
    };
    bool epoch_done;
    const ml_status status = ml_trainer_run(&s->trainer, &how, budget, &epoch_done, error);
    if (status == ML_OK && !epoch_done)
        return ML_OK;
    if (status == ML_OK && take_stock(s)) {
        *budget -= ml_mlp_cost(&s->net) * (int64_t)(s->set[TRAINING].n + s->set[TEST].n);
        progress->step++;
        return ML_OK;
    }
    restore(s);
    return status != ML_OK ? status
                           : ml_fail(error, ML_EDIVERGED,
                                     "diverged after epoch %d: the loss is no longer a number; try a smaller learning "
                                     "rate", s->epoch);
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_surface(mlp_live *s, lab_frame *frame) {
    const rows *r = &s->set[TRAINING];
    float x[MAX_ROWS], y[MAX_ROWS];
    ml_mlp_predict(&s->net, &s->pass, SIDE * SIDE, s->surface_x, s->surface);
    ml_kernel_sigmoid(SIDE * SIDE, s->surface, s->surface);
    lab_put_grid(frame, PROBABILITY, (lab_grid){SIDE, SIDE, -s->reach, s->reach, -s->reach, s->reach, 0, 1},
                 s->surface);
    for (size_t i = 0; i < r->n; i++) {
        x[i] = r->x[i * INPUTS];
        y[i] = r->x[i * INPUTS + 1];
    }
    lab_put_points(frame, POINTS, r->n, x, y);
    lab_put_classes(frame, r->label, NULL, NULL);
}

static void put_curves(const curve *c, const float *training, const float *test, lab_frame *frame) {
    lab_put_points(frame, TRAINING, (size_t)c->n, c->epoch, training);
    lab_put_points(frame, TEST, (size_t)c->n, c->epoch, test);
}

/* One bar for each unit, or for the output itself when there is none; a row of the weights holds one input's. */
static void put_row(const ml_mlp *net, const ml_mlp_layer *layer, size_t row, size_t n, int32_t series,
                    lab_frame *frame) {
    float size[MAX_UNITS] = {0};
    for (size_t j = 0; j < n; j++)
        size[j] = fabsf(net->param[layer->weight + row * n + j]);
    lab_put_points(frame, series, n, NULL, size);
    if (net->n_layers == 1)
        lab_put_label(frame, "output");
    for (size_t j = 0; j < n && net->n_layers > 1; j++)
        lab_put_label(frame, "%zu", j + 1);
}

static void put_weights(const ml_mlp *net, lab_frame *frame) {
    const ml_mlp_layer *first = &net->layer[0];
    put_row(net, first, 0, first->outputs, FROM_X1, frame);
    put_row(net, first, 1, first->outputs, FROM_X2, frame);
    if (net->n_layers > 1) /* weights [units x 1]: one row of as many */
        put_row(net, &net->layer[1], 0, first->outputs, TO_OUTPUT, frame);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    (void)param;
    mlp_live *s = state;
    if (s->trainer.n == 0)
        return; /* the reader's file could not be used */
    switch (view) {
    case DECISION_SURFACE:
        put_surface(s, frame);
        break;
    case LOSS_BY_EPOCH:
        put_curves(s->curve, s->curve->loss[TRAINING], s->curve->loss[TEST], frame);
        break;
    case ACCURACY_BY_EPOCH:
        put_curves(s->curve, s->curve->accuracy[TRAINING], s->curve->accuracy[TEST], frame);
        break;
    default:
        put_weights(&s->net, frame);
        break;
    }
}

static void figures(void *state, const double *param, double *readout) {
    (void)param;
    const mlp_live *s = state;
    if (s->trainer.n == 0)
        return;
    readout[EPOCH] = s->epoch;
    readout[TRAINING_LOSS] = s->set[TRAINING].loss;
    readout[TEST_LOSS] = s->set[TEST].loss;
    readout[TRAINING_ACCURACY] = s->set[TRAINING].accuracy;
    readout[TEST_ACCURACY] = s->set[TEST].accuracy;
    readout[PARAMETERS] = (double)s->net.n_params;
}

/* --- Taking it away ----------------------------------------------------------------------------------------------- */

static ml_status model(void *state, const double *param, ml_arena *arena, lab_model *out, ml_error *error) {
    (void)param;
    const mlp_live *s = state;
    const lab_rows *own = s->own;
    const lab_mlp_inputs inputs = {1, s->mean, s->deviation};
    if (own == NULL)
        snprintf(out->about, sizeof out->about, "x[0] and x[1] are the coordinates. y[0] is the chance of class 1.");
    else
        snprintf(out->about, sizeof out->about, "x[0] is the column %.60s, x[1] the column %.60s, as your file has them: "
                 "they are scaled inside. y[0] is the chance that %.60s is %.60s, and not %.60s.", own->name[COLUMN_X1],
                 own->name[COLUMN_X2], own->name[COLUMN_CLASS], own->classes[1], own->classes[0]);
    return lab_model_of_mlp(&s->net, own != NULL ? &inputs : NULL, arena, out, error);
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

static bool three_lines_close_a_ring(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[DATA] == CIRCLES && param[HIDDEN_UNITS] == 3.0 && readout[EPOCH] >= 1.0 &&
           readout[TRAINING_ACCURACY] >= 0.98;
}

static bool symmetry(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[INIT_SCALE] == 0.0 && param[HIDDEN_UNITS] >= 1.0 && readout[EPOCH] >= 50.0 &&
           readout[TRAINING_ACCURACY] == 0.5 && fabs(readout[TRAINING_LOSS] - ml_log(2.0)) < 0.01;
}

static bool faster_and_too_fast(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[DATA] == CIRCLES && param[HIDDEN_UNITS] >= 3.0 && param[LEARNING_RATE] > 5.0 &&
           readout[EPOCH] >= 50.0 && readout[TRAINING_LOSS] > 1.0 && readout[TRAINING_ACCURACY] < 0.75;
}

static bool memory_is_not_learning(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[DATA] == RANDOM_LABELS && readout[EPOCH] >= 1.0 && readout[TRAINING_ACCURACY] >= 0.7 &&
           readout[TEST_ACCURACY] < 0.6;
}

static const lab_goal goals[] = {
    {"three_lines_close_a_ring",
     "Close a ring with three hidden units, the fewest that can: 98 % of the training rows right. With two it stays "
     "below 0.90. Now and then three get stuck as well: try another seed.",
     three_lines_close_a_ring, "hidden_units=3"},
    {"symmetry",
     "Start with all weights zero: after 50 epochs it is exactly as good as a coin, and it will be for ever. No "
     "gradient tells one unit from another.",
     symmetry, "init_scale=0"},
    {"faster_and_too_fast",
     "Ten times the learning rate (5) is better still. Go on until it breaks: after 50 epochs a loss above 1, which a "
     "coin would be ashamed of, and fewer than three answers in four right.",
     faster_and_too_fast, "learning_rate=20"},
    {"memory_is_not_learning",
     "Let it learn labels that were dealt at random: 70 % of them by heart (give it few rows, many units and a "
     "thousand epochs), while the test stays below 0.60.",
     memory_is_not_learning, "data=random_labels rows=40 hidden_units=32"},
};

/* The largest setting: a batch through MAX_UNITS units, their parameters, the rows and the drawing. */
enum {
    MOST_PARAMS = 4 * MAX_UNITS + 1,
    FLOATS_A_PASS = MAX_BATCH * (7 * MAX_UNITS + 4),
    ARENA_BYTES = 4 * (FLOATS_A_PASS + 16 * MOST_PARAMS + 6 * (MAX_ROWS + TEST_ROWS) + 4 * MAX_BATCH +
                       3 * SIDE * SIDE) + (int)sizeof(curve) + (1 << 13),
};

const lab lab_mlp_live = {
    .name = "mlp-live",
    .title = "Watch a network learn",
    .question = "What can this network learn, and how fast?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(mlp_live),
    .arena_bytes = ARENA_BYTES,
    .steps = 100,
    .steps_per_second = 100,
    .step_label = "one epoch",
    .csv = &csv,
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
    .model = model,
};
