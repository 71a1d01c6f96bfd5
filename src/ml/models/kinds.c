/* Every kind of model that there is. A new one is a line in each of the two lists. */
#include "models/model.h"

extern const ml_model_kind ml_kind_linear;
extern const ml_model_kind ml_kind_ridge;
extern const ml_model_kind ml_kind_lasso;
extern const ml_model_kind ml_kind_elastic_net;
extern const ml_model_kind ml_kind_logistic;
extern const ml_model_kind ml_kind_knn;
extern const ml_model_kind ml_kind_naive_bayes;
extern const ml_model_kind ml_kind_tree;
extern const ml_model_kind ml_kind_forest;
extern const ml_model_kind ml_kind_boosting;
extern const ml_model_kind ml_kind_isolation_forest;
extern const ml_model_kind ml_kind_kmeans;
extern const ml_model_kind ml_kind_pca;
extern const ml_model_kind ml_kind_mlp;
extern const ml_model_kind ml_kind_sgd;

const ml_model_kind *const ml_model_kinds[] = {
    &ml_kind_linear,
    &ml_kind_ridge,
    &ml_kind_lasso,
    &ml_kind_elastic_net,
    &ml_kind_logistic,
    &ml_kind_knn,
    &ml_kind_naive_bayes,
    &ml_kind_tree,
    &ml_kind_forest,
    &ml_kind_boosting,
    &ml_kind_isolation_forest,
    &ml_kind_kmeans,
    &ml_kind_pca,
    &ml_kind_mlp,
    &ml_kind_sgd,
};

const size_t ml_model_kinds_length = sizeof ml_model_kinds / sizeof *ml_model_kinds;
