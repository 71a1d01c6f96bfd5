"""Writes golden/clustering_golden.h: silhouettes and agreements of partitions by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/clustering.py
"""
import pathlib

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(66)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    n, d, k = 90, 3, 4
    truth = rng.integers(0, k, n)
    x = rng.normal(size=(n, d)) + 1.5 * rng.normal(size=(k, d))[truth]
    cluster = np.where(rng.random(n) < 0.7, (truth + 1) % k, rng.integers(0, k + 1, n))
    cluster[cluster == k] = 0
    cluster[0] = 5  # alone; cluster 4 is empty
    names = (metrics.rand_score, metrics.adjusted_rand_score, metrics.mutual_info_score,
             metrics.normalized_mutual_info_score, metrics.homogeneity_score, metrics.completeness_score)
    out = ["/* Written by tests/golden/clustering.py, with scikit-learn. */\n",
           "#ifndef CLUSTERING_GOLDEN_H\n#define CLUSTERING_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ CLUSTER_N = {n}, CLUSTER_D = {d}, CLUSTER_TRUTH = {k}, CLUSTER_K = 6 }};\n",
           declare("cluster_x", x), declare("cluster_truth", truth, "uint32_t"),
           declare("cluster_found", cluster, "uint32_t"),
           declare("golden_silhouettes", metrics.silhouette_samples(x, cluster)),
           declare("golden_silhouette", [metrics.silhouette_score(x, cluster)]),
           "/* Rand, adjusted Rand, mutual information, normalised, homogeneity, completeness. */\n",
           declare("golden_partitions", [f(truth, cluster) for f in names]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "clustering_golden.h").write_text("".join(out))


main()
