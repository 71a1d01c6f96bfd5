"""Writes golden/clusters_golden.h: k-means, DBSCAN and Gaussian mixtures, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/clusters.py
"""
import pathlib

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.mixture import GaussianMixture

rng = np.random.default_rng(31)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def kmeans(name, n, d, k, spread, tolerance):
    """Overlapping groups, so that rows change sides for a while; the start is the first k rows."""
    middle = rng.normal(size=(k, d)) * spread
    x = middle[rng.integers(k, size=n)] + rng.normal(size=(n, d)) + 7
    fit = KMeans(k, init=x[:k], n_init=1, max_iter=300, tol=tolerance, algorithm="lloyd").fit(x)
    return [f"enum {{ {name.upper()}_N = {n}, {name.upper()}_D = {d}, {name.upper()}_K = {k}, "
            f"{name.upper()}_ITERATIONS = {fit.n_iter_} }};\n",
            declare(f"{name}_x", x), declare(f"{name}_tolerance", [tolerance]),
            declare(f"{name}_centre", fit.cluster_centers_), declare(f"{name}_label", fit.labels_, "uint32_t"),
            declare(f"{name}_inertia", [fit.inertia_])]


def dbscan(name, n, d, radius, min_rows):
    x = np.vstack([rng.normal(size=(n // 2, d)), rng.normal(size=(n - n // 2, d)) * 0.7 + 3])
    rng.shuffle(x)
    label = DBSCAN(eps=radius, min_samples=min_rows).fit(x).labels_
    return [f"enum {{ {name.upper()}_N = {n}, {name.upper()}_D = {d}, {name.upper()}_MIN = {min_rows}, "
            f"{name.upper()}_CLUSTERS = {label.max() + 1} }};\n",
            declare(f"{name}_x", x), declare(f"{name}_radius", [radius]), declare(f"{name}_label", label, "int32_t")]


def mixture(name, shape, n, d, k, tolerance):
    """Starts from equal weights, the first k rows and the identity."""
    x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=(k, d))[rng.integers(k, size=n)] * 4
    precision = np.stack([np.eye(d)] * k) if shape == "full" else np.ones((k, d))
    fit = GaussianMixture(k, covariance_type=shape, tol=tolerance, reg_covar=1e-4, max_iter=500, random_state=0,
                          weights_init=np.full(k, 1 / k), means_init=x[:k], precisions_init=precision).fit(x)
    return [f"enum {{ {name.upper()}_N = {n}, {name.upper()}_D = {d}, {name.upper()}_K = {k}, "
            f"{name.upper()}_ITERATIONS = {fit.n_iter_} }};\n",
            declare(f"{name}_x", x), declare(f"{name}_tolerance", [tolerance]),
            declare(f"{name}_weight", fit.weights_), declare(f"{name}_mean", fit.means_),
            declare(f"{name}_covariance", fit.covariances_), declare(f"{name}_log_density", fit.score_samples(x)),
            declare(f"{name}_responsibility", fit.predict_proba(x))]


def main():
    out = ["/* Written by tests/golden/clusters.py, with scikit-learn: data, and what groups were found. */\n",
           "#ifndef CLUSTERS_GOLDEN_H\n#define CLUSTERS_GOLDEN_H\n\n#include <stdint.h>\n\n"]
    out += kmeans("few", 60, 2, 3, 3, 0.0)
    out += kmeans("many", 200, 5, 11, 1.5, 0.0)
    out += kmeans("early", 150, 3, 6, 1, 1e-2)
    out += dbscan("dense", 120, 2, 0.45, 4) + dbscan("sparse", 80, 4, 1.2, 3)
    out += mixture("full", "full", 90, 3, 3, 1e-5) + mixture("diagonal", "diag", 90, 3, 3, 1e-5)
    out.append("\n#endif\n")
    (pathlib.Path(__file__).parent / "clusters_golden.h").write_text("".join(out))


main()
