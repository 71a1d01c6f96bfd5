/* Decision trees, and what is made of many: forests, boosted trees, isolation forests, and exact Shapley values for all
 * of them. Part of models.h.
 *
 * A missing value (NaN) is taken everywhere but in an isolation forest's fit: a split tries all missing values on either
 * side and keeps what is better; where a node saw none in training, later ones follow the child with more rows.
 * Randomness: tree i draws from ml_rng_seed(seed, i) alone, so it does not depend on the others.
 * Ties: of equally good splits the lower column wins, then missing values on the left, then the lower threshold. */
#ifndef ML_MODELS_TREES_H
#define ML_MODELS_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* One tree or many, as flat arrays; indices of children are into the same arrays. A row goes left if its value is at
 * most the threshold. A node's left child is the next node; children come after their parents. */
typedef struct ml_trees {
    uint32_t d, n_outputs, n_trees, n_nodes;
    uint32_t *root;        /* [n_trees + 1] first node of each tree, and n_nodes */
    int32_t *feature;      /* [n_nodes] the column that is asked for; -1: a leaf */
    double *threshold;     /* [n_nodes] halfway between two values; the largest double: known left, missing right */
    uint32_t *left, *right; /* [n_nodes] 0 in leaves */
    uint8_t *missing_left; /* [n_nodes] where NaN goes */
    double *value;         /* [n_nodes x n_outputs] shares of the classes, a mean, or what boosting adds */
    double *weight;        /* [n_nodes] of the training rows here; boosting: their number */
    double *gain;          /* [n_nodes] weighted decrease of the impurity (boosting: of the loss) by the split */
    uint32_t *n_samples;   /* [n_nodes] training rows here */
} ml_trees;

/* Training rows: classes (label) or numbers (y). */
typedef struct ml_tree_rows {
    size_t n, d;           /* each below 2^31 */
    const double *x;       /* [n x d] finite, or NaN where missing */
    size_t classes;        /* 0: regression */
    const uint32_t *label; /* [n] 0 to classes - 1 */
    const double *y;       /* [n] regression */
    const double *weight;  /* [n] 0 or more; NULL: all 1. Rows of weight 0 count as absent. */
} ml_tree_rows;

/* --- One tree ----------------------------------------------------------------------------------------------------- */

typedef enum ml_tree_criterion { ML_TREE_GINI, ML_TREE_ENTROPY, ML_TREE_SQUARED_ERROR } ml_tree_criterion;

/* As in scikit-learn, but that 0 says "no limit". Entropy is in bits. */
typedef struct ml_tree_settings {
    ml_tree_criterion criterion;
    size_t max_depth;             /* 0: no limit */
    size_t min_samples_split;     /* at least 2 */
    size_t min_samples_leaf;      /* at least 1 */
    size_t max_features;          /* columns looked at in a node, drawn anew, constant ones not counted; 0: all */
    double min_impurity_decrease; /* of the whole tree's impurity */
    double ccp_alpha;             /* price of a leaf: the smallest best subtree is kept; 0: no pruning */
} ml_tree_settings;

/* Gini or squared error, all else unlimited. */
ml_tree_settings ml_tree_defaults(size_t classes);

/* Fits one tree (CART). `seed` matters only with max_features.
 *   tree  out, in the arena; values: the shares of the classes, or the mean
 * Cost:   about n d log n for each two levels of a balanced tree; scratch of 4 n d + 52 n bytes, and about 100 a node.
 * Errors: ML_EINVAL if n or d is 0, a value is infinite, a label, target, weight or setting is out of range. ML_ENOMEM.
 * Source: Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees" (1984).
 * Golden: tests/golden/trees.py, scikit-learn DecisionTreeClassifier and DecisionTreeRegressor: the same nodes. */
ml_status ml_tree_fit(const ml_tree_rows *rows, const ml_tree_settings *settings, uint64_t seed, ml_trees *tree,
                      ml_arena *arena, ml_error *error);

/* --- What can be asked of trees ----------------------------------------------------------------------------------- */

/* The mean of the trees' values: probabilities, or a number.
 *   x [n x d], prediction [n x n_outputs] out
 * Cost:   n n_trees depth comparisons. n may be 0. */
void ml_trees_predict(const ml_trees *trees, size_t n, const double *x, double *prediction);

/* The leaf (its node) in which a row [d] of values ends. */
uint32_t ml_trees_leaf(const ml_trees *trees, size_t tree, const double *row);

/* The most probable class of each row; of equals the first.
 *   probability [n x classes], label [n] out */
void ml_trees_classify(size_t n, size_t classes, const double *probability, uint32_t *label);

/* How much each column lessened the impurity: shares of a tree, averaged over the trees that split. All 0 if none did.
 *   importance [d] out
 * Golden: tests/golden/trees.py, scikit-learn feature_importances_. */
void ml_trees_importance(const ml_trees *trees, double *importance);

/* The depth of the deepest node; the root's is 0.
 *   depth [n_nodes] out: of each node */
size_t ml_trees_depth(const ml_trees *trees, uint32_t *depth);

/* Refuses arrays, such as a file's, that the other functions could not walk safely: children that do not follow their
 * parent in the same tree, columns out of range, values that are not finite, weights that are not above 0.
 * Errors: ML_EPARSE, naming the node. */
ml_status ml_trees_check(const ml_trees *trees, ml_error *error);

/* Shapley values of one row, path-dependent: what each column adds to the mean of the trees' values, where an unknown
 * column is averaged over by the weights of the children.
 *   row   [d]
 *   phi   [d x n_outputs]  out; base [n_outputs] out: the mean value without any column. base plus the sum of a
 *                          column of phi is the prediction
 * Cost:   leaves depth^2; scratch of 32 bytes times depth (least of depth and d, plus 3).
 * Errors: ML_EINVAL if a tree is deeper than ML_SHAP_MAX_DEPTH. ML_ENOMEM.
 * Source: Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm
 *         2. Checked against the definition, by enumeration. */
enum { ML_SHAP_MAX_DEPTH = 500 };
ml_status ml_trees_shap(const ml_trees *trees, const double *row, double *phi, double *base, ml_arena *arena,
                        ml_error *error);

/* --- Random forest ------------------------------------------------------------------------------------------------ */

typedef struct ml_forest_settings {
    ml_tree_settings tree;
    size_t n_trees;
    bool bootstrap; /* each tree on n rows drawn with replacement; else on all */
    uint64_t seed;
} ml_forest_settings;

/* 100 trees, bootstrap, sqrt(d) columns for classes; for numbers all, which is bagging. */
ml_forest_settings ml_forest_defaults(size_t d, size_t classes);

/* Fits a random forest.
 *   forest   out, in the arena
 *   out_of_bag  [n x n_outputs]  out, or NULL: the mean of the trees that did not see the row; NaN if all did;
 *                            spoilt on ML_ENOMEM
 * Cost:   as ml_tree_fit, n_trees times, but for the ordering of the columns, which is done once.
 * Errors: as ml_tree_fit; ML_EINVAL if n_trees is 0 or more than 100,000, or out_of_bag is wanted without bootstrap.
 * Source: Breiman 2001, "Random forests", Machine Learning 45(1).   Golden: tests/golden/trees.py, accuracy beside
 *         scikit-learn RandomForestClassifier and RandomForestRegressor. */
ml_status ml_forest_fit(const ml_tree_rows *rows, const ml_forest_settings *settings, ml_trees *forest,
                        double *out_of_bag, ml_arena *arena, ml_error *error);

/* What out-of-bag predictions are worth: accuracy, or R^2, over the rows that have one; NaN if none has. */
double ml_forest_score(const ml_tree_rows *rows, const double *out_of_bag);

/* --- Gradient boosting -------------------------------------------------------------------------------------------- */

typedef struct ml_gbt_settings {
    size_t n_rounds;         /* 1 to 100,000; a round is one tree, or one a class for three classes and more */
    double learning_rate;    /* above 0 */
    size_t max_depth;        /* 1 to ML_GBT_MAX_DEPTH */
    size_t max_bins;         /* 2 to ML_GBT_MAX_BINS */
    double l2;               /* 0 or more */
    double min_gain;         /* gamma of XGBoost, 0 or more */
    double min_child_weight; /* least sum of second derivatives in a child, 0 or more */
    double row_share, column_share; /* of rows and of columns drawn, without replacement, for a tree; above 0, to 1 */
    size_t patience;         /* with validation rows: stop after this many rounds without a better loss; 0: never */
    uint64_t seed;
} ml_gbt_settings;
enum { ML_GBT_MAX_BINS = 255, ML_GBT_MAX_DEPTH = 12 };

/* 100 rounds, learning rate 0.1, depth 6, 255 bins, l2 1, min_child_weight 1, all rows and columns, no early stop. */
ml_gbt_settings ml_gbt_defaults(void);

/* Raw scores are base plus the sum of the trees; tree i speaks for output i mod n_outputs. */
typedef struct ml_gbt {
    ml_trees trees;
    size_t classes;     /* 0: regression */
    size_t n_outputs;   /* 1, or classes from three on */
    double *base;       /* [n_outputs] a mean, a log odds, or log shares */
} ml_gbt;

/* Fits boosted trees by squared error, log loss (2 classes) or softmax.
 *   valid  rows that tell when to stop: the rounds up to the best loss on them are kept; or NULL
 *   gbt    out, in the arena
 * Cost:   a level of a tree about n d additions; scratch of n (d + 40 + 16 outputs) + 6,144 d (depth + 2) bytes.
 * Errors: as ml_tree_fit; ML_EINVAL for a setting out of range, 1 class, or validation rows of another d or classes.
 *         ML_EDIVERGED if a score overflows.
 * Source: Friedman 2001, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29(5); Chen
 *         and Guestrin 2016, "XGBoost: a scalable tree boosting system", KDD, equations 5 to 7 and algorithm 3.
 * Golden: tests/golden/trees.py, accuracy beside scikit-learn HistGradientBoostingClassifier and -Regressor. */
ml_status ml_gbt_fit(const ml_tree_rows *rows, const ml_tree_rows *valid, const ml_gbt_settings *settings, ml_gbt *gbt,
                     ml_arena *arena, ml_error *error);

/* Raw scores: the number, the log odds of class 1, or the logits.
 *   x [n x d], score [n x n_outputs] out */
void ml_gbt_score(const ml_gbt *gbt, size_t n, const double *x, double *score);

/* The number, or the probabilities of the classes.
 *   prediction [n x max(classes, 1)] out */
void ml_gbt_predict(const ml_gbt *gbt, size_t n, const double *x, double *prediction);

/* As ml_trees_shap, of raw scores.
 *   phi [d x n_outputs] out; base [n_outputs] out */
ml_status ml_gbt_shap(const ml_gbt *gbt, const double *row, double *phi, double *base, ml_arena *arena,
                      ml_error *error);

/* --- Isolation forest --------------------------------------------------------------------------------------------- */

typedef struct ml_isolation_settings {
    size_t n_trees;     /* 1 to 100,000 */
    size_t max_samples; /* rows a tree is grown on; 0: 256, or n if that is less */
    uint64_t seed;
} ml_isolation_settings;

/* The mean length of an unsuccessful search in a binary search tree of n keys: 0, 0, 1, then
 * 2 (ln(n - 1) + Euler's constant) - 2 (n - 1)/n. */
double ml_isolation_path(double n);

/* Fits an isolation forest: random columns, random thresholds, to a depth of log2 of max_samples. A leaf's value is the
 * length of the path to it, and ml_isolation_path of its rows.
 *   x [n x d], forest out, in the arena
 * Cost:   n_trees max_samples depth; scratch of about 8 n + 12 max_samples bytes.
 * Errors: ML_EINVAL if n or d is 0, a value is not finite, or a setting is out of range. ML_ENOMEM.
 * Source: Liu, Ting and Zhou 2008, "Isolation forest", ICDM. */
ml_status ml_isolation_fit(size_t n, size_t d, const double *x, const ml_isolation_settings *settings,
                           ml_trees *forest, ml_arena *arena, ml_error *error);

/* How strange each row is, in (0, 1]: 2^(-mean path / expected path); 0.5 is ordinary, near 1 is alone. scikit-learn's
 * score_samples is minus this.
 *   score [n] out
 * Golden: tests/golden/trees.py, scikit-learn IsolationForest on its own trees. */
void ml_isolation_score(const ml_trees *forest, size_t n, const double *x, double *score);

#endif
