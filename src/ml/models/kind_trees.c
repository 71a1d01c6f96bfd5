/* Trees, forests, boosted trees and isolation forests as kinds: all keep their nodes in the same fields. */
#include "models/check.h"

enum {
    ROOT, FEATURE, THRESHOLD, LEFT, RIGHT, MISSING_LEFT, VALUE, WEIGHT, GAIN, N_SAMPLES, N_TREE_FIELDS,
    IMPORTANCES = N_TREE_FIELDS, N_FOREST_FIELDS, BASE = N_FOREST_FIELDS, N_BOOSTING_FIELDS
};

#define TREE_FIELDS(value_axis)                                                                                        \
    {"root", ML_FIELD_UINT32, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                                 \
    {"feature", ML_FIELD_INT32, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                               \
    {"threshold", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                            \
    {"left", ML_FIELD_UINT32, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                                 \
    {"right", ML_FIELD_UINT32, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                                \
    {"missing_left", ML_FIELD_UINT8, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                          \
    {"value", ML_FIELD_DOUBLE, ML_AXIS_ANY, value_axis, false, false},                                                 \
    {"weight", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                               \
    {"gain", ML_FIELD_DOUBLE, ML_AXIS_ANY, ML_AXIS_ONE, false, false},                                                 \
    {"n_samples", ML_FIELD_UINT32, ML_AXIS_ANY, ML_AXIS_ONE, false, false}

#define IMPORTANCES_FIELD {"feature_importances", ML_FIELD_DOUBLE, ML_AXIS_ONE, ML_AXIS_FEATURE, true, false}

/* --- Trees in fields ---------------------------------------------------------------------------------------------- */

/* The arrays are in the arena already; ml_model_fit moves them to where they stay. */
static void put_trees(ml_model *model, const ml_trees *t) {
    void *const data[N_TREE_FIELDS] = {t->root, t->feature, t->threshold, t->left, t->right, t->missing_left,
                                       t->value, t->weight, t->gain, t->n_samples};
    for (size_t i = 0; i < N_TREE_FIELDS; i++)
        model->field[i] = (ml_model_field){t->n_nodes, 1, data[i]};
    model->field[ROOT].rows = (size_t)t->n_trees + 1;
    model->field[VALUE].columns = t->n_outputs;
}

/* What is stored, as trees. There is at least one root. */
static ml_trees get_trees(const ml_model *model) {
    const ml_model_field *const field = model->field;
    return (ml_trees){.d = (uint32_t)model->d,
                      .n_outputs = (uint32_t)field[VALUE].columns,
                      .n_trees = (uint32_t)(field[ROOT].rows - 1),
                      .n_nodes = (uint32_t)field[FEATURE].rows,
                      .root = field[ROOT].data,
                      .feature = field[FEATURE].data,
                      .threshold = field[THRESHOLD].data,
                      .left = field[LEFT].data,
                      .right = field[RIGHT].data,
                      .missing_left = field[MISSING_LEFT].data,
                      .value = field[VALUE].data,
                      .weight = field[WEIGHT].data,
                      .gain = field[GAIN].data,
                      .n_samples = field[N_SAMPLES].data};
}

static ml_status check(const ml_model *model, ml_error *error) {
    const size_t nodes = model->field[FEATURE].rows;
    if (model->field[ROOT].rows < 2 || nodes == 0)
        return ml_fail(error, ML_EPARSE, "%s: the file holds no tree", model->kind->name);
    for (size_t i = FEATURE; i < N_TREE_FIELDS; i++)
        if (model->field[i].rows != nodes)
            return ml_fail(error, ML_EPARSE, "%s: \"%s\" speaks of %zu nodes, \"feature\" of %zu", model->kind->name,
                           model->kind->field[i].name, model->field[i].rows, nodes);
    const ml_trees trees = get_trees(model);
    return ml_trees_check(&trees, error);
}

static ml_status put_with_importances(ml_model *model, const ml_trees *trees, ml_arena *arena, ml_error *error) {
    double *const importance = ml_model_make(model, IMPORTANCES, 1, model->d, arena);
    if (importance == NULL)
        return ml_models_out_of_memory(model->kind->name, trees->n_nodes, model->d, error);
    ml_trees_importance(trees, importance);
    put_trees(model, trees);
    return ML_OK;
}

static ml_tree_rows rows_of(const ml_model *model, const ml_dataset *data) {
    return (ml_tree_rows){.n = data->n, .d = data->d, .x = data->x, .classes = model->classes, .label = data->label,
                          .y = data->target};
}

static ml_status predict(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                         ml_error *error) {
    (void)arena;
    (void)error;
    const ml_trees trees = get_trees(model);
    ml_trees_predict(&trees, n, x, out);
    return ML_OK;
}

/* --- One tree ----------------------------------------------------------------------------------------------------- */

enum { MAX_DEPTH, MIN_SAMPLES_SPLIT, MIN_SAMPLES_LEAF, MAX_FEATURES, CRITERION, CCP_ALPHA, N_TREE_SETTINGS };

static const char *const criteria[] = {"gini", "entropy", NULL};

#define GROWTH_SETTINGS(features)                                                                                      \
    {"max_depth", 0, 1e6, 0, true, "Levels below the root; 0: no limit", NULL},                                        \
    {"min_samples_split", 2, 1e9, 2, true, "Fewer rows than this are not split", NULL},                                \
    {"min_samples_leaf", 1, 1e9, 1, true, "A leaf holds at least so many rows", NULL},                                 \
    {"max_features", 0, 1e6, 0, true, features, NULL},                                                                 \
    {"criterion", 0, 1, 0, true, "How mixed classes are measured; numbers take the squared error", criteria}

static const ml_model_setting tree_settings[N_TREE_SETTINGS] = {
    GROWTH_SETTINGS("Columns looked at in a node; 0: all"),
    {"ccp_alpha", 0, 1e12, 0, false, "Price of a leaf in pruning; 0: no pruning", NULL},
};

static ml_tree_settings growth_of(const ml_model *model) {
    ml_tree_settings settings = ml_tree_defaults(model->classes);
    settings.max_depth = (size_t)model->setting[MAX_DEPTH];
    settings.min_samples_split = (size_t)model->setting[MIN_SAMPLES_SPLIT];
    settings.min_samples_leaf = (size_t)model->setting[MIN_SAMPLES_LEAF];
    settings.max_features = (size_t)model->setting[MAX_FEATURES];
    if (model->task == ML_CLASSIFICATION && model->setting[CRITERION] > 0.0)
        settings.criterion = ML_TREE_ENTROPY;
    return settings;
}

static ml_status fit_tree(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    const ml_tree_rows rows = rows_of(model, data);
    ml_tree_settings settings = growth_of(model);
    ml_trees tree;
    settings.ccp_alpha = model->setting[CCP_ALPHA];
    ML_TRY(ml_tree_fit(&rows, &settings, seed, &tree, arena, error));
    return put_with_importances(model, &tree, arena, error);
}

static const ml_model_field_kind forest_fields[N_FOREST_FIELDS] = {TREE_FIELDS(ML_AXIS_CLASS), IMPORTANCES_FIELD};

const ml_model_kind ml_kind_tree = {
    .name = "tree",
    .title = "Decision tree",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .takes_missing = true,
    .n_settings = N_TREE_SETTINGS,
    .n_fields = N_FOREST_FIELDS,
    .setting = tree_settings,
    .field = forest_fields,
    .fit = fit_tree,
    .predict = predict,
    .predict_proba = predict,
    .check = check,
};

/* --- Random forest ------------------------------------------------------------------------------------------------ */

enum { FOREST_TREES = CCP_ALPHA, BOOTSTRAP, N_FOREST_SETTINGS };

static const char *const off_on[] = {"off", "on", NULL};

static const ml_model_setting forest_settings[N_FOREST_SETTINGS] = {
    GROWTH_SETTINGS("Columns looked at in a node; 0: the root of their number for classes, all for numbers"),
    {"n_trees", 1, 100000, 100, true, "How many trees", NULL},
    {"bootstrap", 0, 1, 1, true, "Whether each tree sees rows drawn with replacement, or all", off_on},
};

static ml_status fit_forest(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena, ml_error *error) {
    const ml_tree_rows rows = rows_of(model, data);
    ml_forest_settings settings = ml_forest_defaults(data->d, model->classes);
    const size_t usual = settings.tree.max_features;
    ml_trees forest;
    settings.tree = growth_of(model);
    if (settings.tree.max_features == 0)
        settings.tree.max_features = usual;
    settings.n_trees = (size_t)model->setting[FOREST_TREES];
    settings.bootstrap = model->setting[BOOTSTRAP] > 0.0;
    settings.seed = seed;
    ML_TRY(ml_forest_fit(&rows, &settings, &forest, NULL, arena, error));
    return put_with_importances(model, &forest, arena, error);
}

const ml_model_kind ml_kind_forest = {
    .name = "forest",
    .title = "Random forest",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .takes_missing = true,
    .n_settings = N_FOREST_SETTINGS,
    .n_fields = N_FOREST_FIELDS,
    .setting = forest_settings,
    .field = forest_fields,
    .fit = fit_forest,
    .predict = predict,
    .predict_proba = predict,
    .check = check,
};

/* --- Gradient boosting -------------------------------------------------------------------------------------------- */

enum { ROUNDS, RATE, DEPTH, L2, BINS, MIN_GAIN, MIN_CHILD, ROW_SHARE, COLUMN_SHARE, N_BOOSTING_SETTINGS };

static const ml_model_setting boosting_settings[N_BOOSTING_SETTINGS] = {
    {"n_trees", 1, 100000, 100, true, "How many rounds; of three classes and more each has a tree a round", NULL},
    {"learning_rate", 1e-6, 10, 0.1, false, "What share of each tree's answer is added", NULL},
    {"max_depth", 1, ML_GBT_MAX_DEPTH, 6, true, "Levels below a tree's root", NULL},
    {"l2", 0, 1e12, 1, false, "Weight of the squared answers of the leaves", NULL},
    {"max_bins", 2, ML_GBT_MAX_BINS, ML_GBT_MAX_BINS, true, "Into how many bins a column is cut", NULL},
    {"min_gain", 0, 1e12, 0, false, "A split lessens the loss by at least this", NULL},
    {"min_child_weight", 0, 1e12, 1, false, "Least sum of second derivatives in a child", NULL},
    {"row_share", 1e-6, 1, 1, false, "Share of the rows that a tree sees", NULL},
    {"column_share", 1e-6, 1, 1, false, "Share of the columns that a tree sees", NULL},
};

static ml_status fit_boosting(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena,
                              ml_error *error) {
    const ml_tree_rows rows = rows_of(model, data);
    const double *const setting = model->setting;
    const ml_gbt_settings settings = {.n_rounds = (size_t)setting[ROUNDS], .learning_rate = setting[RATE],
                                      .max_depth = (size_t)setting[DEPTH], .max_bins = (size_t)setting[BINS],
                                      .l2 = setting[L2], .min_gain = setting[MIN_GAIN],
                                      .min_child_weight = setting[MIN_CHILD], .row_share = setting[ROW_SHARE],
                                      .column_share = setting[COLUMN_SHARE], .seed = seed};
    ml_gbt gbt;
    ML_TRY(ml_gbt_fit(&rows, NULL, &settings, &gbt, arena, error));
    model->field[BASE] = (ml_model_field){gbt.n_outputs, 1, gbt.base};
    return put_with_importances(model, &gbt.trees, arena, error);
}

static ml_status predict_boosting(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                                  ml_error *error) {
    (void)arena;
    (void)error;
    const ml_gbt gbt = {get_trees(model), model->classes, model->field[BASE].rows, model->field[BASE].data};
    ml_gbt_predict(&gbt, n, x, out);
    return ML_OK;
}

static const ml_model_field_kind boosting_fields[N_BOOSTING_FIELDS] = {
    TREE_FIELDS(ML_AXIS_ONE),
    IMPORTANCES_FIELD,
    {"base", ML_FIELD_DOUBLE, ML_AXIS_SCORE, ML_AXIS_ONE, false, false},
};

const ml_model_kind ml_kind_boosting = {
    .name = "boosting",
    .title = "Gradient boosting",
    .tasks = ML_REGRESSION | ML_CLASSIFICATION,
    .takes_missing = true,
    .n_settings = N_BOOSTING_SETTINGS,
    .n_fields = N_BOOSTING_FIELDS,
    .setting = boosting_settings,
    .field = boosting_fields,
    .fit = fit_boosting,
    .predict = predict_boosting,
    .predict_proba = predict_boosting,
    .check = check,
};

/* --- Isolation forest --------------------------------------------------------------------------------------------- */

static const ml_model_setting isolation_settings[] = {
    {"n_trees", 1, 100000, 100, true, "How many trees", NULL},
    {"max_samples", 0, 1e9, 0, true, "Rows that a tree is grown on; 0: 256, or all if they are fewer", NULL},
};

static ml_status fit_isolation(ml_model *model, const ml_dataset *data, uint64_t seed, ml_arena *arena,
                               ml_error *error) {
    const ml_isolation_settings settings = {(size_t)model->setting[0], (size_t)model->setting[1], seed};
    ml_trees forest;
    ML_TRY(ml_isolation_fit(data->n, data->d, data->x, &settings, &forest, arena, error));
    put_trees(model, &forest);
    return ML_OK;
}

static ml_status predict_isolation(const ml_model *model, size_t n, const double *x, double *out, ml_arena *arena,
                                   ml_error *error) {
    (void)arena;
    (void)error;
    const ml_trees forest = get_trees(model);
    ml_isolation_score(&forest, n, x, out);
    return ML_OK;
}

static const ml_model_field_kind isolation_fields[N_TREE_FIELDS] = {TREE_FIELDS(ML_AXIS_ONE)};

const ml_model_kind ml_kind_isolation_forest = {
    .name = "isolation-forest",
    .title = "Isolation forest",
    .tasks = ML_ANOMALY,
    .n_settings = 2,
    .n_fields = N_TREE_FIELDS,
    .setting = isolation_settings,
    .field = isolation_fields,
    .fit = fit_isolation,
    .predict = predict_isolation,
    .check = check,
};
