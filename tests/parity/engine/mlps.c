/* The multi-layer perceptron that is written out by hand: each activation, normalisation and loss, ten steps. */
#include <cmocka.h>
#include <stdio.h>

#include "nn/mlp.h"
#include "report.h"

enum { ROWS = 23, BATCH = 7, INPUTS = 5, OUTPUTS = 3, STEPS = 10 };

static _Alignas(64) unsigned char memory[1 << 20];
static float x[ROWS * INPUTS], value[ROWS * OUTPUTS];

static void make_data(ml_loss loss) {
    ml_rng rng = ml_rng_seed(8, 0);
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        x[i] = (float)ml_rng_normal(&rng);
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        value[i] = loss == ML_LOSS_MSE ? (float)ml_rng_normal(&rng)
                                       : (float)ml_rng_below(&rng, loss == ML_LOSS_BCE ? 2 : OUTPUTS);
}

static void report_mlp(ml_activation activation, ml_normalisation normalisation, ml_loss loss) {
    const ml_mlp_shape shape = {.inputs = INPUTS, .outputs = OUTPUTS, .hidden = 2, .width = 9,
                                .activation = activation, .normalisation = normalisation};
    const ml_training how = {.optimiser = (ml_optimiser_kind)((activation + loss) % (ML_OPT_ADAM + 1)),
                             .learning_rate = 0.02, .schedule = ML_SCHEDULE_COSINE, .batch_size = BATCH, .l1 = 0.001,
                             .l2 = 0.01, .dropout = 0.2, .clip_norm = 1};
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(5, 0);
    ml_error error;
    ml_mlp net;
    ml_mlp_pass pass;
    ml_trainer trainer;
    float output[ROWS * OUTPUTS];
    make_data(loss);
    assert_int_equal(ml_mlp_create(&net, &shape, &arena, &error), ML_OK);
    ml_mlp_init(&net, ML_INIT_AUTO, &rng);
    assert_int_equal(ml_mlp_pass_create(&pass, &net, BATCH, &arena, &error), ML_OK);
    assert_int_equal(ml_trainer_create(&trainer, &net, &pass, loss, ROWS, x, value, BATCH, 3, &arena, &error), ML_OK);
    while (trainer.step < STEPS) {
        int64_t budget = 1;
        bool epoch_done;
        assert_int_equal(ml_trainer_run(&trainer, &how, &budget, &epoch_done, &error), ML_OK);
    }
    ml_mlp_predict(&net, &pass, ROWS, x, output);
    const double told = ml_loss_value(loss, ROWS, OUTPUTS, output, value);
    uint32_t hash = hash_floats(HASH_START, net.n_params, net.param);
    hash = hash_floats(hash_floats(hash, net.n_running, net.running), ROWS * OUTPUTS, output);
    printf("mlp, activation %d, normalisation %d, loss %d: %08x\n", (int)activation, (int)normalisation, (int)loss,
           (unsigned)hash_doubles(hash, 1, &told));
}

void report_mlps(void) {
    for (int activation = ML_ACT_RELU; activation <= ML_ACT_IDENTITY; activation++)
        for (int normalisation = ML_NORM_NONE; normalisation <= ML_NORM_LAYER; normalisation++)
            for (int loss = ML_LOSS_BCE; loss <= ML_LOSS_SOFTMAX; loss++)
                report_mlp((ml_activation)activation, (ml_normalisation)normalisation, (ml_loss)loss);
}
