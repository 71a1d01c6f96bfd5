"""Writes golden/knn_golden.h: nearest neighbours and their votes, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/knn.py
"""
import pathlib

import numpy as np
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

rng = np.random.default_rng(21)
n, d, queries, most, classes = 90, 3, 40, 7, 4


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


x = rng.normal(size=(n, d)) * [1, 5, 0.2] + [0, 100, 0]
query = rng.normal(size=(queries, d)) * [1, 5, 0.2] + [0, 100, 0]
label = rng.integers(classes, size=n)
distance, nearest = NearestNeighbors(n_neighbors=most, algorithm="brute").fit(x).kneighbors(query)

out = ["/* Written by tests/golden/knn.py, with scikit-learn: rows, queries, neighbours, and what these vote for. */\n",
       "#ifndef KNN_GOLDEN_H\n#define KNN_GOLDEN_H\n\n#include <stdint.h>\n\n",
       f"enum {{ KNN_N = {n}, KNN_D = {d}, KNN_QUERIES = {queries}, KNN_K = {most} }};\n",
       declare("knn_x", x), declare("knn_label", label, "uint8_t"), declare("knn_query", query),
       declare("knn_nearest", nearest, "uint32_t"), declare("knn_distance", distance)]
votes = [KNeighborsClassifier(k, algorithm="brute").fit(x, label).predict(query) for k in range(1, most + 1)]
out += ["/* [k - 1][query] */\n", declare("knn_predicted", votes, "uint8_t"), "\n#endif\n"]
(pathlib.Path(__file__).parent / "knn_golden.h").write_text("".join(out))
