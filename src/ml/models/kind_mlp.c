/* A multi-layer perceptron as a kind, through ml/nn: Adam on mini-batches, a softmax for classes, squares for a number.
 *
 * The network computes in float, so what it says has about seven digits. What surrounds it is in double: features and
 * target are standardised before they are rounded to float, so that neither a date in seconds nor an income in cents
 * loses what tells rows apart. Weights are stored as doubles that are floats, and come back as they were. */
#include <float.h>

#include "base/math.h"
#include "models/check.h"
#include "models/magnitude.h"
#include "nn/mlp.h"

enum { MEAN, DEVIATION, TARGET_MEAN, TARGET_DEVIATION, PARAMETERS, N_FIELDS };
enum { HIDDEN_LAYERS, HIDDEN_WIDTH, ACTIVATION, LEARNING_RATE, L2, BATCH_SIZE, EPOCHS, STANDARDISE, N_SETTINGS };
enum { STREAM_WEIGHTS = 0, PIECE = 64 };

static ml_mlp_shape shape_of(const ml_model *model) {
    return (ml_mlp_shape){.inputs = model->d,
                          .outputs = model->task == ML_CLASSIFICATION ? model->classes : 1,
                          .hidden = (size_t)model->setting[HIDDEN_LAYERS],
                          .width = (size_t)model->setting[HIDDEN_WIDTH],
                          .activation = (ml_activation)model->setting[ACTIVATION]};
}

/* --- Scaling ------------------------------------------------------------------------------------------------------ */

/* Mean and population deviation of each column, summed from the first row on, so that those of a constant column are
 * exact; its deviation is then 1. */
static void measure(size_t n, size_t d, const double *x, double *mean, double *deviation) {
    for (size_t j = 0; j < d; j++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += x[i * d + j] - x[j];
        mean[j] = x[j] + sum / (double)n;
        for (size_t i = 0; i < n; i++)
            squares += (x[i * d + j] - mean[j]) * (x[i * d + j] - mean[j]);
        deviation[j] = squares > 0.0 ? sqrt(squares / (double)n) : 1.0;
    }
}

/* Into a float, whose products with weights are still finite: what is farther away than that is just far away. */
static float scale(double value, double mean, double deviation) {
    const double farthest = 1e30, scaled = (value - mean) / deviation;
    return (float)(scaled > farthest ? farthest : scaled < -farthest ? -farthest : scaled);
}

static void scale_rows(const ml_model *model, size_t n, const double *x, float *out) {
    const double *const mean = model->field[MEAN].data, *const deviation = model->field[DEVIATION].data;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < model->d; j++)
            out[i * model->d + j] = scale(x[i * model->d + j], mean[j], deviation[j]);
}

/* Makes and fills the four fields; where nothing is to be standardised, with 0 and 1. */
static ml_status make_scales(ml_model *model, const ml_dataset *data, ml_arena *arena, ml_error *error) {
    const bool is_number = model->task == ML_REGRESSION, standardises = model->setting[STANDARDISE] > 0.0;
    double *const mean = ml_model_make(model, MEAN, 1, data->d, arena);
    double *const deviation = ml_model_make(model, DEVIATION, 1, data->d, arena);
    double *const target_mean = ml_model_make(model, TARGET_MEAN, is_number, is_number, arena);
    double *const target_deviation = ml_model_make(model, TARGET_DEVIATION, is_number, is_number, arena);
    if (mean == NULL || deviation == NULL || target_mean == NULL || target_deviation == NULL)
        return ml_models_out_of_memory("multi-layer perceptron", data->n, data->d, error);
    for (size_t j = 0; j < data->d && !standardises; j++)
        deviation[j] = 1.0;
    if (standardises)
        measure(data->n, data->d, data->x, mean, deviation);
    if (is_number)
        *target_deviation = 1.0;
    if (is_number && standardises)
        measure(data->n, 1, data->target, target_mean, target_deviation);
    return ML_OK;
}

/* --- Training ----------------------------------------------------------------------------------------------------- */

typedef struct work {
    ml_mlp net;
    ml_mlp_pass pass;
    float *x, *target; /* [n x d], [n] */
} work;

static ml_status prepare(work *f, const ml_model *model, const ml_dataset *data, uint64_t seed, size_t batch,
                         ml_arena *arena, ml_error *error) {
    const ml_mlp_shape shape = shape_of(model);
    ml_rng rng = ml_rng_seed(seed, STREAM_WEIGHTS);
    ML_TRY(ml_mlp_create(&f->net, &shape, arena, error));
    ML_TRY(ml_mlp_pass_create(&f->pass, &f->net, batch, arena, error));
    f->x = data->n > SIZE_MAX / data->d ? NULL : ML_ALLOC(arena, data->n * data->d, float);
    f->target = ML_ALLOC(arena, data->n, float);
    if (f->x == NULL || f->target == NULL)
        return ml_models_out_of_memory("multi-layer perceptron", data->n, data->d, error);
    ml_mlp_init(&f->net, ML_INIT_AUTO, &rng);
    scale_rows(model, data->n, data->x, f->x);
    if (model->task == ML_CLASSIFICATION) {
        for (size_t i = 0; i < data->n; i++)
            f->target[i] = (float)data->label[i];
        return ML_OK;
    }
    const double *const mean = model->field[TARGET_MEAN].data, *const deviation = model->field[TARGET_DEVIATION].data;
    for (size_t i = 0; i < data->n; i++)
        f->target[i] = scale(data->target[i], *mean, *deviation);
    return ML_OK;
}

/* From the setting down to 0 along half a cosine: a constant rate would leave the weights trembling about the optimum.
 * Source: Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts. */
static double rate_of(const ml_model *model, int64_t epoch) {
    const double pi = 3.14159265358979323846;
    return 0.5 * model->setting[LEARNING_RATE] * (1.0 + ml_cos(pi * (double)epoch / model->setting[EPOCHS]));
}

static ml_status train(work *f, const ml_model *model, const ml_dataset *data, uint64_t seed, size_t batch,
                       ml_arena *arena, ml_error *error) {
    const ml_loss loss = model->task == ML_CLASSIFICATION ? ML_LOSS_SOFTMAX : ML_LOSS_MSE;
    ml_training how = {.optimiser = ML_OPT_ADAM,
                       .schedule = ML_SCHEDULE_CONSTANT, /* within an epoch */
                       .batch_size = batch,
                       .l2 = model->setting[L2]};
    ml_trainer trainer;
    ML_TRY(ml_trainer_create(&trainer, &f->net, &f->pass, loss, data->n, f->x, f->target, batch, seed, arena, error));
    while (trainer.epoch < (int64_t)model->setting[EPOCHS]) {
        int64_t budget = INT64_MAX;
        bool epoch_done;
        how.learning_rate = rate_of(model, trainer.epoch);
        ML_TRY(ml_trainer_run(&trainer, &how, &budget, &epoch_done, error));
    }
    return ML_OK;
}

static ml_status fit(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    const size_t wanted = (size_t)model->setting[BATCH_SIZE], batch = wanted < data->n ? wanted : data->n;
    work f;
    ML_TRY(ml_models_check_magnitude(data->n, data->d, data->x, error));
    if (model->task == ML_REGRESSION)
        ML_TRY(ml_models_check_magnitude(data->n, 1, data->target, error));
    ML_TRY(make_scales(model, data, arena, error));
    ML_TRY(prepare(&f, model, data, seed, batch, arena, error));
    ML_TRY(train(&f, model, data, seed, batch, arena, error));
    double *const parameter = ml_model_make(model, PARAMETERS, 1, f.net.n_params, arena);
    if (parameter == NULL)
        return ml_models_out_of_memory("multi-layer perceptron", data->n, data->d, error);
    for (size_t i = 0; i < f.net.n_params; i++)
        parameter[i] = (double)f.net.param[i];
    return ML_OK;
}

/* --- Prediction --------------------------------------------------------------------------------------------------- */

static ml_status load_network(work *f, const ml_model *model, ml_arena *arena, ml_error *error) {
    const ml_mlp_shape shape = shape_of(model);
    const double *const parameter = model->field[PARAMETERS].data;
    ML_TRY(ml_mlp_create(&f->net, &shape, arena, error));
    ML_TRY(ml_mlp_pass_create(&f->pass, &f->net, PIECE, arena, error));
    f->x = ML_ALLOC(arena, PIECE * model->d, float);
    if (f->x == NULL)
        return ml_models_out_of_memory("multi-layer perceptron", PIECE, model->d, error);
    for (size_t i = 0; i < f->net.n_params; i++)
        f->net.param[i] = (float)parameter[i];
    return ML_OK;
}

static void softmax(size_t k, const float *logit, double *out) {
    double largest = (double)logit[0], sum = 0.0;
    for (size_t c = 1; c < k; c++)
        largest = (double)logit[c] > largest ? (double)logit[c] : largest;
    for (size_t c = 0; c < k; c++)
        sum += out[c] = ml_exp((double)logit[c] - largest);
    for (size_t c = 0; c < k; c++)
        out[c] /= sum;
}

static ml_status answer(const ml_model *model, const float *output, double *out, ml_error *error) {
    const size_t k = model->task == ML_CLASSIFICATION ? model->classes : 1;
    for (size_t c = 0; c < k; c++)
        if (!isfinite(output[c]))
            return ml_fail(error, ML_EINVAL, "mlp: a row lies so far out that the network's floats overflow");
    if (model->task == ML_CLASSIFICATION) {
        softmax(k, output, out);
        return ML_OK;
    }
    const double *const mean = model->field[TARGET_MEAN].data, *const deviation = model->field[TARGET_DEVIATION].data;
    *out = *mean + *deviation * (double)*output;
    return ML_OK;
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    work f;
    ML_TRY(load_network(&f, model, arena, error));
    const size_t k = f.net.shape.outputs;
    for (size_t done = 0; done < n; done += PIECE) {
        const size_t rows = n - done < PIECE ? n - done : PIECE;
        scale_rows(model, rows, x + done * model->d, f.x);
        ml_mlp_forward(&f.net, &f.pass, ML_MLP_EVALUATE, rows, f.x, NULL);
        for (size_t i = 0; i < rows; i++)
            ML_TRY(answer(model, f.pass.output + i * k, out + (done + i) * k, error));
    }
    return ML_OK;
}

/* --- The kind ----------------------------------------------------------------------------------------------------- */

/* What ml_mlp_create will lay out; its limits are checked first, so nothing overflows. */
static size_t count_parameters(const ml_mlp_shape *shape) {
    size_t count = 0, inputs = shape->inputs;
    for (size_t l = 0; l < shape->hidden; l++) {
        count += (inputs + 1) * shape->width;
        inputs = shape->width;
    }
    return count + (inputs + 1) * shape->outputs;
}

static ml_status check_scales(const ml_model *model, ml_error *error) {
    const double *const deviation = model->field[DEVIATION].data;
    const bool is_number = model->task == ML_REGRESSION;
    for (size_t j = 0; j < model->d; j++)
        if (!(deviation[j] > 0.0))
            return ml_fail(error, ML_EPARSE, "mlp: the deviation of feature %zu is %g", j, deviation[j]);
    if (is_number && (model->field[TARGET_MEAN].rows == 0 || model->field[TARGET_DEVIATION].rows == 0))
        return ml_fail(error, ML_EPARSE, "mlp: mean and deviation of the target are missing");
    return ML_OK;
}

static ml_status check(const ml_model *model, ml_error *error) {
    const ml_mlp_shape shape = shape_of(model);
    const ml_model_field *const parameters = &model->field[PARAMETERS];
    ML_TRY(check_scales(model, error));
    if (shape.inputs > ML_MLP_MAX_WIDTH || shape.outputs > ML_MLP_MAX_WIDTH ||
        parameters->columns != count_parameters(&shape))
        return ml_fail(error, ML_EPARSE, "mlp: %zu parameters do not make this network", parameters->columns);
    for (size_t i = 0; i < parameters->columns; i++)
        if (!(fabs(((const double *)parameters->data)[i]) <= (double)FLT_MAX))
            return ml_fail(error, ML_EPARSE, "mlp: parameter %zu is no float", i);
    return ML_OK;
}

static const ml_model_field_kind fields[N_FIELDS] = {
    {"mean", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_FEATURE, false, false},
    {"deviation", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_FEATURE, false, false},
    {"target_mean", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ONE, false, true},
    {"target_deviation", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ONE, false, true},
    {"parameters", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_ANY, false, false},
};

static const char *const activations[] = {"relu", "tanh", "sigmoid", "identity", NULL};
static const char *const off_on[] = {"off", "on", NULL};

static const ml_model_setting settings[N_SETTINGS] = {
    {"hidden_layers", 0, ML_MLP_MAX_HIDDEN, 1, true, "How many hidden layers; 0: a linear model", NULL},
    {"hidden_width", 1, ML_MLP_MAX_WIDTH, 64, true, "Units in each of them", NULL},
    {"activation", 0, 3, ML_ACT_RELU, true, "What a hidden unit makes of its sum", activations},
    {"learning_rate", 1e-6, 10, 0.01, false, "Adam's step at first; it falls to 0 along half a cosine", NULL},
    {"l2", 0, 1e6, 1e-4, false, "Weight of half the squared weights, beside a batch's mean loss", NULL},
    {"batch_size", 1, 65536, 32, true, "Rows in a step", NULL},
    {"epochs", 1, 1e6, 200, true, "How often each row is seen", NULL},
    {"standardise", 0, 1, 1, true, "Whether features and target are brought to mean 0 and deviation 1", off_on},
};

const ml_model_kind ml_kind_mlp = {
    .name = "mlp",
    .title = "Multi-layer perceptron",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .n_settings = N_SETTINGS,
    .n_fields = N_FIELDS,
    .setting = settings,
    .field = fields,
    .fit = fit,
    .predict = predict,
    .predict_proba = predict,
    .check = check,
};
