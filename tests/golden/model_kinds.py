"""Writes golden/model_kinds_golden.h: elastic net, softmax regression, naive Bayes, nearest neighbours, clusters,
principal components, and networks without hidden layers, which have a closed form or a convex loss.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/model_kinds.py
"""
import pathlib

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

rng = np.random.default_rng(71)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind == "uint32_t" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def fit(name, model, x, y):
    model.fit(x, y)
    return declare(f"{name}_coefficients", model.coef_) + declare(f"{name}_intercept", model.intercept_)


def main():
    n, d, k = 90, 4, 3
    label = rng.integers(0, k, size=n)
    x = rng.normal(size=(n, d)) @ (np.eye(d) + 0.3) + rng.normal(size=(k, d))[label]
    y = x @ [2, 0, -1, 0.05] + rng.normal(size=n) + 3
    query = rng.normal(size=(20, d))
    out = ["/* Written by tests/golden/model_kinds.py, with scikit-learn. */\n"
           "#ifndef MODEL_KINDS_GOLDEN_H\n#define MODEL_KINDS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ KINDS_N = {n}, KINDS_D = {d}, KINDS_CLASSES = {k}, KINDS_QUERIES = {len(query)} }};\n",
           declare("kinds_x", x), declare("kinds_y", y), declare("kinds_label", label, "uint32_t"),
           declare("kinds_query", query)]
    out.append(fit("lasso", ElasticNet(alpha=0.2, l1_ratio=1, tol=1e-14, max_iter=10**6), x, y))
    out.append(fit("elastic_net", ElasticNet(alpha=0.4, l1_ratio=0.3, tol=1e-14, max_iter=10**6), x, y))
    softmax = LogisticRegression(C=1 / 0.7, tol=1e-12, max_iter=10**5, multi_class="multinomial", solver="newton-cg")
    out.append(fit("softmax", softmax, x, label))
    out.append(declare("softmax_probabilities", softmax.predict_proba(query)))
    out.append(declare("bayes_probabilities", GaussianNB().fit(x, label).predict_proba(query)))
    for weights in "uniform", "distance":
        out.append(declare(f"knn_{weights}_probabilities",
                           KNeighborsClassifier(5, weights=weights).fit(x, label).predict_proba(query)))
        out.append(declare(f"knn_{weights}_prediction",
                           KNeighborsRegressor(5, weights=weights).fit(x, y).predict(query)))
    clusters = KMeans(3, n_init=50, tol=1e-4, random_state=0).fit(x)
    order = np.lexsort(clusters.cluster_centers_.T[::-1])
    out.append(declare("kmeans_centres", clusters.cluster_centers_[order]))
    out.append(declare("kmeans_inertia", [clusters.inertia_]))
    out.append(declare("kmeans_prediction", np.argsort(order)[clusters.predict(query)], "uint32_t"))
    parts = PCA(2, svd_solver="full").fit(x)
    for name in "mean", "components", "explained_variance", "explained_variance_ratio":
        out.append(declare(f"pca_{name}", getattr(parts, name + "_")))
    out.append(declare("pca_noise_variance", [parts.noise_variance_]))
    out.append(declare("pca_scores", parts.transform(query)))
    # Without hidden layers: mean loss + l2/2 w.w on standardised columns is logistic and ridge regression.
    mean, deviation, l2 = x.mean(0), x.std(0), 0.02
    z, q = (x - mean) / deviation, (query - mean) / deviation
    flat = LogisticRegression(C=1 / (n * l2), tol=1e-12, max_iter=10**5, solver="newton-cg").fit(z, label)
    out.append(declare("mlp_flat_probabilities", flat.predict_proba(q)))
    ridge = Ridge(alpha=n * l2 / 2, fit_intercept=False).fit(z, (y - y.mean()) / y.std())
    out.append(declare("mlp_flat_prediction", y.mean() + y.std() * ridge.predict(q)))
    out.append("\n#endif\n")
    pathlib.Path(__file__).with_name("model_kinds_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
