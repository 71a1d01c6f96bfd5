"""Writes golden/clusters_golden.h: k-means, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/clusters.py
"""
import pathlib

import numpy as np
from sklearn.cluster import KMeans

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


def main():
    out = ["/* Written by tests/golden/clusters.py, with scikit-learn: data, and what groups were found. */\n",
           "#ifndef CLUSTERS_GOLDEN_H\n#define CLUSTERS_GOLDEN_H\n\n#include <stdint.h>\n\n"]
    out += kmeans("few", 60, 2, 3, 3, 0.0)
    out += kmeans("many", 200, 5, 11, 1.5, 0.0)
    out += kmeans("early", 150, 3, 6, 1, 1e-2)
    out.append("\n#endif\n")
    (pathlib.Path(__file__).parent / "clusters_golden.h").write_text("".join(out))


main()
