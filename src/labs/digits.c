/* What does a convolutional network see? A small one learns handwritten digits; the reader draws another.
 *
 * Two convolutions with a pooling after each, and a layer that decides. The same question is put to a network without
 * convolutions of about as many parameters, so that what the convolutions buy can be measured.
 * Sources: LeCun et al. 1998, "Gradient-based learning applied to document recognition", Proceedings of the IEEE
 * 86(11); Goodfellow, Bengio and Courville, "Deep Learning" (2016), chapter 9. Data: Alpaydin and Kaynak 1998,
 * "Cascading Classifiers", Kybernetika 34(4); lessons/data/README.md has its licence. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

enum {
    SIDE = ML_DIGIT_SIDE,
    PIXELS = SIDE * SIDE,
    DARKEST = 16,        /* of a pixel in the file */
    CLASSES = 10,
    MAX_ROWS = 1200,
    MAX_FILE_ROWS = 6000,
    MAX_FILTERS = 16,
    UNITS_A_FILTER = 3,  /* of the dense network: about as many parameters */
    MAX_BATCH = 128,
    EVALUATED = 64,      /* images at a time where nothing is learned */
    CURVE_POINTS = 1024, /* before the curves keep every second point only */
    EXAMPLES_SHOWN = 48,
    INK = 32,            /* cells along a side of the pad */
    NODES = 24,          /* of a tape, at most */
    TENSORS = 6,
};

enum { STREAM_SPLIT = 1, STREAM_MOVES, STREAM_ORDER, STREAM_SHIFTS, STREAM_DROPOUT }; /* of the seed */

/* --- 1. What the reader can turn ---------------------------------------------------------------------------------- */

enum { CONVOLUTIONAL, DENSE };
static const char *const network_names[] = {"convolutional", "dense", NULL};
static const char *const optimiser_names[] = {"sgd", "momentum", "rmsprop", "adam", NULL};
static const char *const optimiser_labels[] = {"SGD", "momentum", "RMSProp", "Adam", NULL};

enum { NETWORK, FILTERS, ROWS, SHIFTS, OPTIMISER, LEARNING_RATE, BATCH_SIZE, DROPOUT };
static const lab_param params[] = {
    [NETWORK] = {"network", "Network", "", LAB_CHOICE, .initial = CONVOLUTIONAL, .choices = network_names,
                 .group = "Network", .help = "Dense: one hidden layer over all pixels, as many parameters."},
    [FILTERS] = {"filters", "Filters", "", LAB_INTEGER, 1, MAX_FILTERS, 8, .group = "Network",
                 .help = "Of the first layer; the second has twice as many. The dense network: three units for each."},
    [ROWS] = {"rows", "Training digits", "", LAB_INTEGER, 10, MAX_ROWS, MAX_ROWS, .step = 10, .group = "Data"},
    [SHIFTS] = {"shifts", "Shift by up to", "pixels", LAB_INTEGER, 0, 2, 0, .group = "Data", .live = true,
                .help = "Moves each training digit at random, anew in each epoch, sideways and up or down."},
    [OPTIMISER] = {"optimiser", "Optimiser", "", LAB_CHOICE, .initial = ML_OPT_ADAM, .choices = optimiser_names,
                   .choice_labels = optimiser_labels, .group = "Training", .live = true},
    [LEARNING_RATE] = {"learning_rate", "Learning rate", "", LAB_NUMBER, 1e-4, 10, 0.01, .log = true,
                       .group = "Training", .live = true},
    [BATCH_SIZE] = {"batch_size", "Batch size", "digits", LAB_INTEGER, 1, MAX_BATCH, 32, .group = "Training"},
    [DROPOUT] = {"dropout", "Dropout", "", LAB_NUMBER, 0, 0.8, 0, .step = 0.05, .group = "Training", .advanced = true,
                 .help = "The chance that an input of the last layer sits out a training step."},
};

/* --- 2. What the reader sees -------------------------------------------------------------------------------------- */

enum { ON_PAD, SEEN };
static const lab_series pad_series[] = {
    [ON_PAD] = {"ink", "ink", LAB_MUTED, LAB_MARK_DEFAULT},
    [SEEN] = {"seen", "as the network sees it", LAB_MUTED, LAB_MARK_DEFAULT},
};
static const lab_series probability_series[] = {{"probability", "probability", LAB_ACCENT, LAB_MARK_BARS}};
enum { TRAINING, TEST, MOVED, SETS };
static const lab_series curve_series[] = {
    [TRAINING] = {"training", "training", LAB_BLUE, LAB_MARK_LINE},
    [TEST] = {"test", "test", LAB_ACCENT, LAB_MARK_LINE},
    [MOVED] = {"moved", "moved test", LAB_TEAL, LAB_MARK_DASHED},
};
static const lab_series activation_series[] = {{"activation", "activation", LAB_ACCENT, LAB_MARK_DEFAULT}};
static const lab_series weight_series[] = {{"weight", "weight", LAB_ACCENT, LAB_MARK_DEFAULT}};
static const lab_series count_series[] = {{"count", "test digits", LAB_BLUE, LAB_MARK_DEFAULT}};
static const lab_series image_series[] = {{"pixel", "ink", LAB_MUTED, LAB_MARK_DEFAULT}};

#define ACCURACY_FORMULA "\\frac1n\\sum_i[\\,\\arg\\max_k z_{ik}=y_i\\,]"
#define LOSS_FORMULA "L=\\frac1n\\sum_i\\Bigl(\\log\\sum_k e^{z_{ik}}-z_{iy_i}\\Bigr)"
enum {
    PAD, PROBABILITIES, ACCURACY_BY_EPOCH, ACTIVATIONS, CONFUSION, LOSS_BY_EPOCH, EXAMPLES, FILTERS_1, FILTERS_2
};
static const lab_view views[] = {
    [PAD] = {"pad", "Draw a digit", LAB_PAD, .series = pad_series, .n_series = 2, .ink_width = INK, .ink_height = INK,
             .code = "ml_data_digit_from_ink",
             .help = "A drawing is brought to the size and thickness of the digits it learns from: 8 by 8 pixels."},
    [PROBABILITIES] = {"probabilities", "What it takes it for", LAB_BARS, {.title = "digit"},
                       {.title = "probability", .min = 0, .max = 1}, LAB_SERIES(probability_series),
                       .code = "read_pad", .formula = "p_k=\\frac{e^{z_k}}{\\sum_j e^{z_j}}"},
    [ACCURACY_BY_EPOCH] = {"accuracy_by_epoch", "Accuracy", LAB_LINE, {.title = "epoch"},
                           {"share of right answers", .min = 0, .max = 1}, LAB_SERIES(curve_series),
                           .code = "evaluate", .formula = ACCURACY_FORMULA,
                           .help = "Moved: the same test digits, each shifted by one pixel in some direction."},
    [ACTIVATIONS] = {"activations", "The digit on its way through the layers", LAB_MAPS, .series = activation_series,
                     .n_series = 1, .code = "record_convolutional", .wide = true,
                     .formula = "h_{ijf}=\\max\\Bigl(0,\\;b_f+\\sum_{a,b,c}w_{abcf}\\,x_{i+a,\\,j+b,\\,c}\\Bigr)",
                     .help = "Each map shows where one filter answers. Pooling keeps the strongest of four."},
    [CONFUSION] = {"confusion", "What is read as what", LAB_MATRIX, {.title = "read as"},
                   {.title = "written"}, LAB_SERIES(count_series), .code = "ml_metric_confusion", .pick = true,
                   .help = "All test digits. Pick a cell to see those in it."},
    [LOSS_BY_EPOCH] = {"loss_by_epoch", "Loss", LAB_LINE, {.title = "epoch"},
                       {"mean cross-entropy (nats)", .log = true}, LAB_SERIES(curve_series),
                       .code = "ml_softmax_cross_entropy", .formula = LOSS_FORMULA,
                       .help = "A guess costs ln 10 = 2.303 nats."},
    [EXAMPLES] = {"examples", "What it gets wrong", LAB_MAPS,
                  .series = image_series, .n_series = 1, .code = "list_examples", .pick = true, .wide = true,
                  .help = "Test digits that it misreads, or those of the picked cell. Pick one to put it on the pad."},
    [FILTERS_1] = {"filters_1", "What the first layer looks for", LAB_MAPS, .series = weight_series, .n_series = 1,
                   .code = "put_filters", .wide = true,
                   .help = "The weights of each filter: ink where they are amber excites it, where they are blue it "
                           "holds it back."},
    [FILTERS_2] = {"filters_2", "What the second layer makes of that", LAB_MAPS, .series = weight_series,
                   .n_series = 1, .code = "put_filters", .wide = true,
                   .help = "A row for each map of the first layer, a column for each filter of the second."},
};

enum {
    TEST_ACCURACY, PAD_DIGIT, PAD_PROBABILITY, MOVED_ACCURACY, TRAINING_ACCURACY, EPOCH, TRAINING_LOSS, TEST_LOSS,
    PARAMETERS, STEPS_PER_SECOND
};
static const lab_readout readouts[] = {
    [TEST_ACCURACY] = {"test_accuracy", "test accuracy", .code = "evaluate", .formula = ACCURACY_FORMULA,
                       .help = "On digits by people whose others it has learned from."},
    [PAD_DIGIT] = {"pad_digit", "the pad reads", .absent = "nothing", .code = "read_pad",
                   .formula = "\\arg\\max_k p_k"},
    [PAD_PROBABILITY] = {"pad_probability", "how sure it is", .absent = "–", .code = "read_pad",
                         .formula = "\\max_k p_k", .help = "Its own opinion, which is not a measured accuracy."},
    [MOVED_ACCURACY] = {"moved_accuracy", "moved by a pixel", .code = "evaluate", .formula = ACCURACY_FORMULA},
    [TRAINING_ACCURACY] = {"training_accuracy", "training accuracy", .code = "evaluate", .formula = ACCURACY_FORMULA},
    [EPOCH] = {"epoch", "epoch", .code = "take_stock"},
    [TRAINING_LOSS] = {"training_loss", "training loss", "nats", .code = "ml_softmax_cross_entropy",
                       .formula = LOSS_FORMULA, .minor = true},
    [TEST_LOSS] = {"test_loss", "test loss", "nats", .code = "ml_softmax_cross_entropy", .formula = LOSS_FORMULA,
                   .minor = true},
    [PARAMETERS] = {"parameters", "parameters", .code = "add_parameters"},
    [STEPS_PER_SECOND] = {"steps_per_second", "training steps per second", "1/s", .absent = "not yet",
                          .code = "train_batch", .measured = true, .minor = true,
                          .help = "While it trains; looking and drawing are not counted."},
};

enum { NEXT_DIGIT, NEXT_MISTAKE };
static const lab_action actions[] = {
    [NEXT_DIGIT] = {"next_digit", "A test digit", "Puts the next digit of the test set on the pad."},
    [NEXT_MISTAKE] = {"next_mistake", "One it gets wrong", "Puts the next test digit on the pad that it misreads."},
};

/* --- 3. What it keeps --------------------------------------------------------------------------------------------- */

typedef struct images {
    size_t n;
    float *pixel;       /* [n][SIDE][SIDE], 0 to 1, row by row from the top */
    uint8_t *label;     /* [n] 0 to 9 */
    float *target;      /* [n] the same */
    uint8_t *predicted; /* [n] as the network stands */
    double loss, accuracy;
} images;

/* The network, recorded for so many images at a time. */
enum { SHOWN = 4 };
typedef struct pass {
    size_t n;
    float *pixel;   /* [n][SIDE][SIDE][1]: write them, then run */
    uint8_t *label; /* [n] */
    ml_tape tape;
    ml_plan plan;   /* the tape, compiled: of the loss where it learns, else of the logits */
    int32_t logits;
    int32_t shown[SHOWN]; /* nodes whose values are worth looking at, ML_NO_NODE where there are fewer */
} pass;

/* Losses and accuracies by epoch. When it is full, every second point goes. */
typedef struct curve {
    int32_t n, stride; /* points; epochs between two */
    float epoch[CURVE_POINTS], loss[SETS][CURVE_POINTS], accuracy[SETS][CURVE_POINTS];
} curve;

/* What lies on the pad; survives a restart. */
typedef struct pad {
    bool drawn;     /* by the reader; otherwise a test digit */
    int32_t digit;  /* which */
    float ink[INK * INK];
} pad;

typedef struct digits {
    images set[SETS];
    ml_params param;
    int32_t weight[2];          /* of the first two layers that have some, in param */
    ml_optimiser optimiser;
    pass training, evaluation, single;
    uint32_t *order;            /* of the training digits in this epoch */
    size_t at;                  /* how many of them are done */
    int32_t epoch;              /* complete ones, all finite */
    int64_t steps, cost;        /* training steps done; multiply-adds of one image, forward */
    float *good_value;          /* the parameters at that epoch */
    bool diverged;
    ml_rng order_rng, shift_rng, dropout_rng;
    curve *curve;
    pad *pad;
    float pad_pixel[PIXELS], pad_probability[CLASSES];
    bool pad_is_blank;
    int32_t cell;               /* picked in the confusion matrix, -1: none */
    double (*now)(void);
    double seconds;             /* spent training */
} digits;

/* --- 4. The data -------------------------------------------------------------------------------------------------- */

static ml_status allocate_images(images *set, size_t n, ml_arena *arena, ml_error *error) {
    set->n = n;
    set->pixel = ML_ALLOC(arena, n * PIXELS, float);
    set->label = ML_ALLOC(arena, n, uint8_t);
    set->target = ML_ALLOC(arena, n, float);
    set->predicted = ML_ALLOC(arena, n, uint8_t);
    if (set->pixel && set->label && set->target && set->predicted)
        return ML_OK;
    return ml_fail(error, ML_ENOMEM, "%zu digits do not fit in the lab's memory; use fewer", n);
}

static ml_status check_columns(const ml_table *table, ml_error *error) {
    if (table->n_columns != PIXELS + 1)
        return ml_fail(error, ML_EINVAL, "the file has %zu columns; a digit is %d pixels and its class, %d in all",
                       table->n_columns, PIXELS, PIXELS + 1);
    if (table->n_rows > MAX_FILE_ROWS)
        return ml_fail(error, ML_EINVAL, "the file has %zu rows; the lab takes at most %d", table->n_rows,
                       MAX_FILE_ROWS);
    for (size_t j = 0; j <= PIXELS; j++) {
        const double most = j < PIXELS ? DARKEST : CLASSES - 1;
        const ml_column *column = &table->column[j];
        if (column->number == NULL)
            return ml_fail(error, ML_EINVAL, "the column %.60s holds no numbers", column->name);
        for (size_t i = 0; i < table->n_rows; i++)
            if (!(column->number[i] >= 0 && column->number[i] <= most && floor(column->number[i]) == column->number[i]))
                return ml_fail(error, ML_EINVAL, "row %zu of the column %.60s is not a whole number from 0 to %g",
                               i + 1, column->name, most);
    }
    return ML_OK;
}

static void copy_row(const ml_table *table, size_t row, images *set, size_t i) {
    for (size_t j = 0; j < PIXELS; j++)
        set->pixel[i * PIXELS + j] = (float)(table->column[j].number[row] / DARKEST);
    set->label[i] = (uint8_t)table->column[PIXELS].number[row];
    set->target[i] = set->label[i];
}

/* Moves an image by (right, down) pixels; what comes in at the edges is empty. */
static void shift_image(const float *from, int right, int down, float *to) {
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            const int u = x - right, v = y - down;
            to[y * SIDE + x] = u >= 0 && v >= 0 && u < SIDE && v < SIDE ? from[v * SIDE + u] : 0.0f;
        }
    }
}

/* The test digits once more, each moved by one pixel in one of the eight directions. */
static ml_status make_moved(digits *s, uint64_t seed, ml_arena *arena, ml_error *error) {
    const images *test = &s->set[TEST];
    images *moved = &s->set[MOVED];
    ml_rng rng = ml_rng_seed(seed, STREAM_MOVES);
    ML_TRY(allocate_images(moved, test->n, arena, error));
    memcpy(moved->label, test->label, test->n * sizeof *moved->label);
    memcpy(moved->target, test->target, test->n * sizeof *moved->target);
    for (size_t i = 0; i < test->n; i++) {
        int direction = (int)ml_rng_below(&rng, 8);
        direction += direction >= 4; /* of nine, the middle is to stay */
        shift_image(test->pixel + i * PIXELS, direction % 3 - 1, direction / 3 - 1, moved->pixel + i * PIXELS);
    }
    return ML_OK;
}

/* Two thirds to learn from, a third to test, each class in its share. `scratch` holds the table meanwhile. */
static ml_status read_digits(digits *s, const double *param, const lab_setup *setup, ml_arena scratch,
                             ml_error *error) {
    ml_table table;
    size_t n_train;
    ML_TRY(ml_csv_read(setup->data, setup->data_bytes, &scratch, &table, error));
    ML_TRY(check_columns(&table, error));
    uint32_t *order = ML_ALLOC(&scratch, table.n_rows, uint32_t);
    uint8_t *label = ML_ALLOC(&scratch, table.n_rows, uint8_t);
    if (order == NULL || label == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu digits do not fit in the lab's memory; use fewer", table.n_rows);
    for (size_t i = 0; i < table.n_rows; i++)
        label[i] = (uint8_t)table.column[PIXELS].number[i];
    ml_rng rng = ml_rng_seed(setup->seed, STREAM_SPLIT);
    ML_TRY(ml_data_split(table.n_rows, 0.332, label, &rng, order, &n_train, error)); /* 1200 and 597 of 1797 */
    const size_t rows = (size_t)param[ROWS] < n_train ? (size_t)param[ROWS] : n_train;
    ML_TRY(allocate_images(&s->set[TRAINING], rows, setup->arena, error));
    ML_TRY(allocate_images(&s->set[TEST], table.n_rows - n_train, setup->arena, error));
    for (size_t i = 0; i < rows; i++)
        copy_row(&table, order[i], &s->set[TRAINING], i);
    for (size_t i = n_train; i < table.n_rows; i++)
        copy_row(&table, order[i], &s->set[TEST], i - n_train);
    return make_moved(s, setup->seed, setup->arena, error);
}

/* --- 5. The network ----------------------------------------------------------------------------------------------- */

static int32_t add_weight(digits *s, const char *layer, int32_t dimensions, const size_t *size) {
    const int32_t weight = ml_params_add_to(&s->param, layer, "weight", ML_PARAM_WEIGHT, ML_HE, dimensions, size);
    ml_params_add_to(&s->param, layer, "bias", ML_PARAM_BIAS, ML_ZEROS, 1, size + dimensions - 1);
    return weight;
}

/* The tensors of the network, and what one image costs. */
static ml_status add_parameters(digits *s, const double *param, uint64_t seed, ml_arena *arena, ml_error *error) {
    const size_t f = (size_t)param[FILTERS], units = UNITS_A_FILTER * f, pooled = PIXELS / 4;
    ML_TRY(ml_params_init(&s->param, TENSORS, arena, error));
    if (param[NETWORK] == CONVOLUTIONAL) {
        s->weight[0] = add_weight(s, "conv1", ML_SHAPE(3, 3, 1, f));
        s->weight[1] = add_weight(s, "conv2", ML_SHAPE(3, 3, f, 2 * f));
        add_weight(s, "decide", ML_SHAPE(pooled / 4 * 2 * f, CLASSES));
        s->cost = (int64_t)(PIXELS * 9 * f + pooled * 9 * f * 2 * f + pooled / 4 * 2 * f * CLASSES);
    } else {
        s->weight[0] = add_weight(s, "hidden", ML_SHAPE(PIXELS, units));
        s->weight[1] = add_weight(s, "decide", ML_SHAPE(units, CLASSES));
        s->cost = (int64_t)(units * (PIXELS + CLASSES));
    }
    ML_TRY(ml_params_allocate(&s->param, arena, error));
    ml_params_initialise(&s->param, seed);
    return ML_OK;
}

/* A tensor of the network as a leaf that learns, or as a constant where nothing is learned. */
static int32_t tensor_of(digits *s, pass *p, bool learns, int32_t index) {
    return learns ? ml_params_leaf(&s->param, &p->tape, index)
                  : ml_tape_constant(&p->tape, s->param.param[index].name, ml_params_value(&s->param, index));
}

/* Weight and bias of a layer stand one behind the other. */
static int32_t record_dense(digits *s, pass *p, bool learns, int32_t x, int32_t weight) {
    const int32_t product = ml_tape_matmul(&p->tape, x, tensor_of(s, p, learns, weight));
    return ml_tape_add(&p->tape, product, tensor_of(s, p, learns, weight + 1));
}

static int32_t record_conv(digits *s, pass *p, bool learns, int32_t x, int32_t weight) {
    const int32_t w = tensor_of(s, p, learns, weight), b = tensor_of(s, p, learns, weight + 1);
    return ml_tape_relu(&p->tape, ml_tape_conv2d(&p->tape, x, w, b, 1, 1));
}

/* 8x8 -> conv, relu -> 8x8xf -> pool -> 4x4xf -> conv, relu -> 4x4x2f -> pool -> 2x2x2f. Returns it as rows. */
static int32_t record_convolutional(digits *s, pass *p, bool learns, int32_t image) {
    p->shown[0] = record_conv(s, p, learns, image, s->weight[0]);
    p->shown[1] = ml_tape_max_pool(&p->tape, p->shown[0], 2, 2);
    p->shown[2] = record_conv(s, p, learns, p->shown[1], s->weight[1]);
    p->shown[3] = ml_tape_max_pool(&p->tape, p->shown[2], 2, 2);
    const size_t inputs = s->param.param[s->weight[1] + 2].size[0];
    return ml_tape_reshape(&p->tape, p->shown[3], ML_SHAPE(p->n, inputs));
}

/* 64 -> hidden units, relu. */
static int32_t record_hidden(digits *s, pass *p, bool learns, int32_t image) {
    const int32_t flat = ml_tape_reshape(&p->tape, image, ML_SHAPE(p->n, PIXELS));
    return p->shown[0] = ml_tape_relu(&p->tape, record_dense(s, p, learns, flat, s->weight[0]));
}

/* All layers, from images on the tape to the logits. Learning, it has leaves and dropout; otherwise all is constant. */
static int32_t record_network(digits *s, pass *p, const double *param, bool learns, int32_t image) {
    const bool dense = param[NETWORK] == DENSE;
    int32_t last = dense ? record_hidden(s, p, learns, image) : record_convolutional(s, p, learns, image);
    if (learns && param[DROPOUT] > 0)
        last = ml_tape_dropout(&p->tape, last, (float)param[DROPOUT]);
    return record_dense(s, p, learns, last, dense ? s->weight[1] : s->weight[1] + 2);
}

/* The network for n images at a time. */
static ml_status record(digits *s, pass *p, const double *param, size_t n, bool learns, ml_arena *arena,
                        ml_error *error) {
    p->n = n;
    p->pixel = ML_ALLOC(arena, n * PIXELS, float);
    p->label = ML_ALLOC(arena, n, uint8_t);
    if (p->pixel == NULL || p->label == NULL)
        return ml_fail(error, ML_ENOMEM, "a batch of %zu does not fit in the lab's memory; use a smaller one", n);
    ML_TRY(ml_tape_init(&p->tape, NODES, arena, error));
    p->tape.rng = &s->dropout_rng;
    for (int i = 0; i < SHOWN; i++)
        p->shown[i] = ML_NO_NODE;
    const int32_t image = ml_tape_constant(&p->tape, "images", ml_tensor_over(p->pixel, ML_SHAPE(n, SIDE, SIDE, 1)));
    p->logits = record_network(s, p, param, learns, image);
    if (learns)
        return ml_plan_compile(&p->plan, &p->tape, ml_tape_cross_entropy(&p->tape, p->logits, p->label), arena, error);
    size_t n_shown = 0;
    while (n_shown < SHOWN && p->shown[n_shown] != ML_NO_NODE)
        n_shown++;
    return ml_plan_compile_keep(&p->plan, &p->tape, p->logits, n == 1 ? n_shown : 0, p->shown, arena, error);
}

static const float *logits_of(const pass *p) {
    return p->tape.node[p->logits].value.data;
}

/* --- 6. Training it ----------------------------------------------------------------------------------------------- */

/* Loss and accuracy on a set, and what each image is read as. False if the loss is no number. */
static bool evaluate(digits *s, images *set) {
    pass *p = &s->evaluation;
    double loss = 0;
    size_t right = 0;
    for (size_t from = 0; from < set->n; from += p->n) {
        const size_t n = set->n - from < p->n ? set->n - from : p->n;
        memcpy(p->pixel, set->pixel + from * PIXELS, n * PIXELS * sizeof *p->pixel);
        if (ml_plan_forward(&p->plan, NULL) != ML_OK)
            return false;
        loss += (double)n * ml_softmax_cross_entropy(n, CLASSES, logits_of(p), set->target + from);
        for (size_t i = 0; i < n; i++) {
            set->predicted[from + i] = (uint8_t)ml_argmax(CLASSES, logits_of(p) + i * CLASSES);
            right += set->predicted[from + i] == set->label[from + i];
        }
    }
    set->loss = loss / (double)set->n;
    set->accuracy = (double)right / (double)set->n;
    return isfinite(set->loss);
}

static void halve(curve *c) {
    for (int32_t i = 0; 2 * i < c->n; i++) {
        c->epoch[i] = c->epoch[2 * i];
        for (int k = 0; k < SETS; k++) {
            c->loss[k][i] = c->loss[k][2 * i];
            c->accuracy[k][i] = c->accuracy[k][2 * i];
        }
    }
    c->n = (c->n + 1) / 2;
    c->stride *= 2;
}

static void append(curve *c, int32_t epoch, const images *set) {
    if (c->n == CURVE_POINTS)
        halve(c);
    if (epoch % c->stride != 0)
        return;
    c->epoch[c->n] = (float)epoch;
    for (int k = 0; k < SETS; k++) {
        c->loss[k][c->n] = (float)set[k].loss;
        c->accuracy[k][c->n] = (float)set[k].accuracy;
    }
    c->n++;
}

/* After an epoch, and before the first: how good is the network now? Returns false if that is no number. */
static bool take_stock(digits *s, int32_t epoch) {
    for (int k = 0; k < SETS; k++)
        if (!evaluate(s, &s->set[k]))
            return false;
    s->epoch = epoch;
    memcpy(s->good_value, s->param.value, s->param.n_values * sizeof *s->good_value);
    append(s->curve, epoch, s->set);
    return true;
}

/* Back to the last epoch at which everything was a number, so that there is something to look at. */
static ml_status give_up(digits *s, ml_error *error) {
    memcpy(s->param.value, s->good_value, s->param.n_values * sizeof *s->good_value);
    for (int k = 0; k < SETS; k++)
        evaluate(s, &s->set[k]);
    s->diverged = true;
    return ml_fail(error, ML_EDIVERGED,
                   "diverged after epoch %d: the loss is no longer a number; try a smaller learning rate", s->epoch);
}

static void fill_batch(digits *s, int reach) {
    const images *from = &s->set[TRAINING];
    pass *p = &s->training;
    for (size_t i = 0; i < p->n; i++) {
        const size_t row = s->order[s->at + i];
        int right = 0, down = 0;
        if (reach > 0) {
            right = (int)ml_rng_below(&s->shift_rng, (uint64_t)(2 * reach + 1)) - reach;
            down = (int)ml_rng_below(&s->shift_rng, (uint64_t)(2 * reach + 1)) - reach;
        }
        shift_image(from->pixel + row * PIXELS, right, down, p->pixel + i * PIXELS);
        p->label[i] = from->label[row];
    }
    s->at += p->n;
}

static ml_status train_batch(digits *s, const double *param, ml_error *error) {
    const ml_optimiser_kind kind = (ml_optimiser_kind)param[OPTIMISER];
    if (kind != s->optimiser.kind)
        ml_optimiser_reset(&s->optimiser, kind);
    fill_batch(s, (int)param[SHIFTS]);
    ML_TRY(ml_plan_forward(&s->training.plan, error));
    ML_TRY(ml_plan_backward(&s->training.plan, error));
    ml_optimiser_step(&s->optimiser, (float)param[LEARNING_RATE], s->param.gradient, s->param.value);
    s->steps++;
    return ML_OK;
}

/* A new order for each epoch; what fills no batch is left out of this one. */
static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    digits *s = state;
    const size_t rows = s->set[TRAINING].n, batch = s->training.n;
    const int64_t cost = 3 * s->cost * (int64_t)batch;
    const double start = s->now();
    ml_status status = ML_OK;
    do {
        if (s->at == 0)
            ml_rng_permutation(&s->order_rng, rows, s->order);
        status = train_batch(s, param, error);
        *budget -= cost;
    } while (status == ML_OK && *budget > 0 && s->at + batch <= rows);
    s->seconds += s->now() - start;
    if (status == ML_OK && s->at + batch <= rows)
        return ML_OK;
    s->at = 0;
    if (status != ML_OK || !take_stock(s, s->epoch + 1))
        return give_up(s, error);
    *budget -= s->cost * (int64_t)(rows + s->set[TEST].n + s->set[MOVED].n);
    progress->step++;
    return ML_OK;
}

static ml_status record_all(digits *s, const double *param, ml_arena *arena, ml_error *error) {
    const size_t wanted = (size_t)param[BATCH_SIZE], rows = s->set[TRAINING].n;
    ML_TRY(record(s, &s->training, param, wanted < rows ? wanted : rows, true, arena, error));
    ML_TRY(record(s, &s->evaluation, param, EVALUATED, false, arena, error));
    return record(s, &s->single, param, 1, false, arena, error);
}

enum { SCRATCH_BYTES = 10 << 20 }; /* the table at first, then the tapes and plans of the largest setting */

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    digits *s = state;
    ml_arena *arena = setup->arena;
    void *room = ml_arena_alloc(arena, SCRATCH_BYTES, 1);
    if (room == NULL)
        return ml_fail(error, ML_ENOMEM, "the lab's memory is too small");
    ML_TRY(read_digits(s, param, setup, ml_arena_over(room, SCRATCH_BYTES), error));
    s->dropout_rng = ml_rng_seed(setup->seed, STREAM_DROPOUT);
    s->order_rng = ml_rng_seed(setup->seed, STREAM_ORDER);
    s->shift_rng = ml_rng_seed(setup->seed, STREAM_SHIFTS);
    ML_TRY(add_parameters(s, param, setup->seed, arena, error));
    ML_TRY(ml_optimiser_init(&s->optimiser, (ml_optimiser_kind)param[OPTIMISER], s->param.n_values, arena, error));
    s->order = ML_ALLOC(arena, s->set[TRAINING].n, uint32_t);
    s->good_value = ML_ALLOC(arena, s->param.n_values, float);
    s->curve = ML_ALLOC(arena, 1, curve);
    if (s->order == NULL || s->good_value == NULL || s->curve == NULL)
        return ml_fail(error, ML_ENOMEM, "this network does not fit in the lab's memory; use fewer filters");
    ml_arena rest = ml_arena_over(room, SCRATCH_BYTES);
    ML_TRY(record_all(s, param, &rest, error));
    s->now = setup->now;
    s->pad = setup->keep;
    s->cell = -1;
    s->curve->stride = 1;
    take_stock(s, 0);
    return ML_OK;
}

/* --- 7. The pad --------------------------------------------------------------------------------------------------- */

static size_t digit_on_pad(const digits *s) {
    return (size_t)s->pad->digit % s->set[TEST].n;
}

/* What the network makes of what lies on the pad, as it stands now; its activations are then in the pass. */
static void read_pad(digits *s) {
    pass *p = &s->single;
    if (s->pad->drawn)
        ml_data_digit_from_ink(INK, INK, s->pad->ink, s->pad_pixel);
    else
        for (size_t i = 0; i < PIXELS; i++)
            s->pad_pixel[i] = DARKEST * s->set[TEST].pixel[digit_on_pad(s) * PIXELS + i];
    s->pad_is_blank = !(ml_kernel_max(PIXELS, s->pad_pixel) > 0.0f);
    for (size_t i = 0; i < PIXELS; i++)
        p->pixel[i] = s->pad_pixel[i] / DARKEST;
    ml_plan_forward(&p->plan, NULL);
    ml_kernel_softmax_rows(1, CLASSES, logits_of(p), CLASSES, s->pad_probability, CLASSES);
}

static void draw(void *state, const double *param, int32_t view, const float *ink) {
    digits *s = state;
    (void)param, (void)view;
    s->pad->drawn = true;
    memcpy(s->pad->ink, ink, sizeof s->pad->ink);
}

static void put_on_pad(digits *s, size_t test_digit) {
    s->pad->drawn = false;
    s->pad->digit = (int32_t)test_digit;
}

static ml_status act(void *state, const double *param, int32_t action, ml_error *error) {
    digits *s = state;
    const images *test = &s->set[TEST];
    size_t next = (digit_on_pad(s) + 1) % test->n;
    (void)param, (void)error;
    for (size_t tried = 0; action == NEXT_MISTAKE && test->predicted[next] == test->label[next]; tried++) {
        if (tried == test->n)
            return ML_OK; /* there is none: the pad stays as it is */
        next = (next + 1) % test->n;
    }
    put_on_pad(s, next);
    return ML_OK;
}

/* --- 8. Looking at it --------------------------------------------------------------------------------------------- */

/* The test digits of the picked cell of the confusion matrix; without one, or where it is empty, all that are misread.
 * Returns how many, at most EXAMPLES_SHOWN. */
static size_t list_examples(const digits *s, uint32_t *example) {
    const images *test = &s->set[TEST];
    size_t n = 0;
    for (size_t i = 0; i < test->n && n < EXAMPLES_SHOWN && s->cell >= 0; i++)
        if (test->label[i] == s->cell / CLASSES && test->predicted[i] == s->cell % CLASSES)
            example[n++] = (uint32_t)i;
    if (n > 0)
        return n;
    for (size_t i = 0; i < test->n && n < EXAMPLES_SHOWN; i++)
        if (test->label[i] != test->predicted[i])
            example[n++] = (uint32_t)i;
    return n;
}

static void pick(void *state, int32_t view, int32_t item) {
    digits *s = state;
    uint32_t example[EXAMPLES_SHOWN];
    if (view == CONFUSION)
        s->cell = item >= 0 && item < CLASSES * CLASSES ? item : -1;
    else if (view == EXAMPLES && item >= 0 && (size_t)item < list_examples(s, example))
        put_on_pad(s, example[item]);
}

/* A picture of so many cells, whose values are `stride` apart and whose rows come from the top. */
static void put_picture(lab_frame *frame, int32_t series, int32_t width, int32_t height, size_t stride, float low,
                        float high, const float *value) {
    float cell[INK * INK];
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            cell[(height - 1 - y) * width + x] = value[(size_t)(y * width + x) * stride];
    lab_put_grid(frame, series, (lab_grid){width, height, 0, (float)width, 0, (float)height, low, high}, cell);
}

static void put_pad(digits *s, lab_frame *frame) {
    const size_t best = ml_argmax(CLASSES, s->pad_probability);
    const double sure = (double)s->pad_probability[best];
    float ink[INK * INK];
    for (size_t i = 0; i < INK * INK; i++)
        ink[i] = s->pad->drawn ? s->pad->ink[i] : s->pad_pixel[i / INK / 4 * SIDE + i % INK / 4] / DARKEST;
    put_picture(frame, ON_PAD, INK, INK, 1, 0, 1, ink);
    if (!s->pad->drawn)
        lab_put_label(frame, "A %d from the test set. Draw over it.", s->set[TEST].label[digit_on_pad(s)]);
    else
        lab_put_label(frame, s->pad_is_blank ? "Empty." : "Your drawing, and what the network gets of it.");
    put_picture(frame, SEEN, SIDE, SIDE, 1, 0, DARKEST, s->pad_pixel);
    if (s->pad_is_blank)
        lab_put_label(frame, "Nothing to read");
    else
        lab_put_label(frame, "%s %zu, %s%.0f %% sure", sure >= 0.5 ? "Reads" : "Perhaps", best,
                      sure > 0.99 ? "over " : "", sure > 0.99 ? 99 : floor(100 * sure));
}

static void put_probabilities(const digits *s, lab_frame *frame) {
    lab_put_points(frame, 0, CLASSES, NULL, s->pad_probability);
    for (int k = 0; k < CLASSES; k++)
        lab_put_label(frame, "%d", k);
}

static void put_curves(const curve *c, const float value[SETS][CURVE_POINTS], lab_frame *frame) {
    for (int k = 0; k < SETS; k++)
        lab_put_points(frame, k, (size_t)c->n, c->epoch, value[k]);
}

static void put_activations(const digits *s, lab_frame *frame) {
    static const char *const layer[SHOWN] = {"layer 1", "pooled 1", "layer 2", "pooled 2"};
    put_picture(frame, 0, SIDE, SIDE, 1, 0, 1, s->single.pixel);
    lab_put_label(frame, "digit · what it sees");
    for (int l = 0; l < SHOWN && s->single.shown[l] != ML_NO_NODE; l++) {
        const ml_tensor *value = &s->single.tape.node[s->single.shown[l]].value; /* [1, h, w, c], or [1, units] */
        const bool image = value->dimensions == 4;
        const int32_t height = image ? (int32_t)value->size[1] : 1, width = image ? (int32_t)value->size[2] : 1;
        const size_t channels = value->size[value->dimensions - 1];
        const float most = ml_kernel_max(ml_tensor_count(value), value->data);
        for (size_t c = 0; c < channels; c++) {
            put_picture(frame, 0, width, height, channels, 0, most > 0.0f ? most : 1.0f, value->data + c);
            lab_put_label(frame, "%s · %s %zu", layer[l], image ? "filter" : "unit", c + 1);
        }
    }
}

static float furthest_from_zero(size_t n, const float *value) {
    float most = 1e-6f;
    for (size_t i = 0; i < n; i++)
        most = fabsf(value[i]) > most ? fabsf(value[i]) : most;
    return most;
}

/* The weights of a layer as pictures: [height, width, channels, filters] of a convolution, [inputs, units] of a dense
 * layer, whose inputs are the image's pixels or the units below. */
static void put_filters(const digits *s, int layer, lab_frame *frame) {
    const ml_tensor w = ml_params_value(&s->param, s->weight[layer]);
    const bool conv = w.dimensions == 4, image = !conv && w.size[0] == PIXELS;
    const size_t channels = conv ? w.size[2] : 1, filters = w.size[w.dimensions - 1];
    const int32_t width = conv ? (int32_t)w.size[1] : image ? SIDE : (int32_t)w.size[0];
    const int32_t height = conv ? (int32_t)w.size[0] : image ? SIDE : 1;
    const float most = furthest_from_zero(ml_tensor_count(&w), w.data);
    for (size_t c = 0; c < channels; c++) {
        for (size_t f = 0; f < filters; f++) {
            put_picture(frame, 0, width, height, channels * filters, -most, most, w.data + c * filters + f);
            if (channels > 1)
                lab_put_label(frame, "from %zu · filter %zu from map %zu", c + 1, f + 1, c + 1);
            else
                lab_put_label(frame, conv ? "filter %zu" : layer == 0 ? "unit %zu" : "for digit %zu",
                              layer == 0 || conv ? f + 1 : f);
        }
    }
}

static void put_confusion(const digits *s, lab_frame *frame) {
    const images *test = &s->set[TEST];
    uint32_t count[CLASSES * CLASSES];
    float value[CLASSES * CLASSES];
    if (ml_metric_confusion(test->n, CLASSES, test->label, test->predicted, count, NULL) != ML_OK)
        return;
    for (size_t i = 0; i < CLASSES * CLASSES; i++)
        value[i] = (float)count[i];
    lab_put_grid(frame, 0, (lab_grid){CLASSES, CLASSES, 0, CLASSES, 0, CLASSES, 0, 0}, value);
    for (int k = 0; k < CLASSES; k++)
        lab_put_label(frame, "%d", k);
}

static void put_examples(const digits *s, lab_frame *frame) {
    const images *test = &s->set[TEST];
    uint32_t example[EXAMPLES_SHOWN];
    const size_t n = list_examples(s, example);
    for (size_t i = 0; i < n; i++) {
        put_picture(frame, 0, SIDE, SIDE, 1, 0, 1, test->pixel + example[i] * PIXELS);
        lab_put_label(frame, "%d read as %d, no. %u", test->label[example[i]], test->predicted[example[i]],
                      (unsigned)example[i] + 1);
    }
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    digits *s = state;
    (void)param;
    if (s->curve == NULL)
        return; /* there was no data to begin with */
    switch (view) {
    case PAD:
        read_pad(s);
        put_pad(s, frame);
        break;
    case PROBABILITIES:
        read_pad(s);
        put_probabilities(s, frame);
        break;
    case ACCURACY_BY_EPOCH:
        put_curves(s->curve, (const float(*)[CURVE_POINTS])s->curve->accuracy, frame);
        break;
    case LOSS_BY_EPOCH:
        put_curves(s->curve, (const float(*)[CURVE_POINTS])s->curve->loss, frame);
        break;
    case ACTIVATIONS:
        read_pad(s);
        put_activations(s, frame);
        break;
    case CONFUSION:
        put_confusion(s, frame);
        break;
    case EXAMPLES:
        put_examples(s, frame);
        break;
    default:
        put_filters(s, view == FILTERS_1 ? 0 : 1, frame);
        break;
    }
}

static void figures(void *state, const double *param, double *readout) {
    digits *s = state;
    (void)param;
    if (s->curve == NULL)
        return;
    read_pad(s);
    const size_t best = ml_argmax(CLASSES, s->pad_probability);
    readout[TEST_ACCURACY] = s->set[TEST].accuracy;
    readout[PAD_DIGIT] = s->pad_is_blank ? -1 : (double)best;
    readout[PAD_PROBABILITY] = s->pad_is_blank ? -1 : (double)s->pad_probability[best];
    readout[MOVED_ACCURACY] = s->set[MOVED].accuracy;
    readout[TRAINING_ACCURACY] = s->set[TRAINING].accuracy;
    readout[EPOCH] = s->epoch;
    readout[TRAINING_LOSS] = s->set[TRAINING].loss;
    readout[TEST_LOSS] = s->set[TEST].loss;
    readout[PARAMETERS] = (double)s->param.n_values;
    readout[STEPS_PER_SECOND] = s->seconds > 0 ? (double)s->steps / s->seconds : -1;
}

/* --- 9. Taking it away -------------------------------------------------------------------------------------------- */

static ml_status model(void *state, const double *param, ml_arena *arena, lab_model *out, ml_error *error) {
    digits *s = state;
    pass *p = ML_ALLOC(arena, 1, pass);
    float *blank = ML_ALLOC(arena, PIXELS, float);
    if (p == NULL || blank == NULL)
        return ml_fail(error, ML_ENOMEM, "there is no memory to write the network down");
    p->n = 1;
    ML_TRY(ml_tape_init(&p->tape, NODES, arena, error));
    out->input = ml_tape_constant(&p->tape, "x", ml_tensor_over(blank, ML_SHAPE(1, SIDE, SIDE, 1)));
    const int32_t image = ml_tape_scale(&p->tape, out->input, 1.0f / DARKEST);
    out->output = ml_tape_softmax(&p->tape, record_network(s, p, param, false, image));
    out->params = &s->param;
    out->tape = &p->tape;
    snprintf(out->about, sizeof out->about, "x[0] to x[%d] are the pixels, row by row from the top, from 0 (empty) to "
             "%d (darkest), as the file has them: they are scaled inside. y[k] is the chance of the digit k.",
             PIXELS - 1, DARKEST);
    return ML_OK;
}

/* --- 10. What to try ---------------------------------------------------------------------------------------------- */

static bool your_hand(const void *state, const double *param, const double *readout) {
    const digits *s = state;
    (void)param;
    return s->pad->drawn && readout[TEST_ACCURACY] >= 0.9 && readout[PAD_PROBABILITY] >= 0.99;
}

static bool moved(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[NETWORK] == CONVOLUTIONAL && param[SHIFTS] >= 1 && readout[MOVED_ACCURACY] >= 0.93;
}

static bool without_convolution(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[NETWORK] == DENSE && param[SHIFTS] == 0 && readout[TEST_ACCURACY] >= 0.95 &&
           readout[MOVED_ACCURACY] < 0.4;
}

static bool small(const void *state, const double *param, const double *readout) {
    (void)state, (void)param;
    return readout[PARAMETERS] < 800 && readout[TEST_ACCURACY] >= 0.95;
}

static bool by_heart(const void *state, const double *param, const double *readout) {
    (void)state;
    return param[ROWS] <= 50 && readout[TRAINING_ACCURACY] >= 1 && readout[TEST_ACCURACY] < 0.85;
}

static bool too_fast(const void *state, const double *param, const double *readout) {
    const digits *s = state;
    (void)param;
    return s->diverged || (readout[EPOCH] >= 5 && readout[TRAINING_LOSS] > 2);
}

static const lab_goal goals[] = {
    {"your_hand", "Draw a digit that it is at least 99 % sure of, once it has learned enough to know", your_hand, NULL},
    {"moved", "Move the test digits by one pixel and half the answers are wrong. Shift the training digits too, and "
              "read 93 % of the moved ones", moved, "shifts=1"},
    {"without_convolution", "Take the convolutions out: with as many parameters the dense network is as good on the "
                            "test, and reads fewer than 0.4 of the moved digits",
     without_convolution, "network=dense"},
    {"small", "Get 0.95 on the test with fewer than 800 parameters", small, "filters=4"},
    {"by_heart", "Let it learn 50 digits or fewer by heart: every one right in training, and the test stays below 0.85",
     by_heart, "rows=50 batch_size=10"},
    {"too_fast", "Turn the learning rate up until every ReLU is dead: after 5 epochs it is as bad as guessing, the "
                 "maps below the pad are blank, and no smaller rate brings them back",
     too_fast, "optimiser=sgd learning_rate=3"},
};

/* --- 11. The whole ------------------------------------------------------------------------------------------------ */

/* The largest setting: a full file, and the optimiser's memory for 16 filters. */
enum {
    MOST_PARAMS = 10 * MAX_FILTERS + 9 * MAX_FILTERS * 2 * MAX_FILTERS + 2 * MAX_FILTERS + 80 * MAX_FILTERS + 10,
    ARENA_BYTES = SCRATCH_BYTES + (MAX_FILE_ROWS + MAX_ROWS) * (4 * PIXELS + 6) + 4 * 8 * MOST_PARAMS +
                  (int)sizeof(curve) + (1 << 16),
};

const lab lab_digits = {
    .name = "digits",
    .title = "A network that reads digits",
    .question = "What does a convolutional network see in a digit, and does it read yours?",
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
    .state_bytes = sizeof(digits),
    .arena_bytes = ARENA_BYTES,
    .keep_bytes = sizeof(pad),
    .steps = 30,
    .steps_per_second = 12,
    .step_label = "one epoch",
    .data = "digits.csv",
    .main_views = 8,
    .init = init,
    .step = step,
    .act = act,
    .pick = pick,
    .draw = draw,
    .read = read,
    .figures = figures,
    .model = model,
};
