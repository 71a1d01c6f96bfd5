"""Writes golden/multiclass_golden.h: class means, their scores, top-k accuracies and folds, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/multiclass.py
"""
import pathlib

import numpy as np
from sklearn.metrics import top_k_accuracy_score
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import NearestCentroid

rng = np.random.default_rng(47)
n, d, classes, queries = 80, 3, 6, 60
folds = [(10, 2), (11, 4), (7, 7), (23, 5)]


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if "int" in kind else float(v).hex() + ("f" if kind == "float" else "")
                     for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def fold_of(rows, k):
    fold = np.empty(rows, int)
    for i, (_, test) in enumerate(KFold(k).split(np.zeros(rows))):
        fold[test] = i
    return fold


label = np.concatenate([np.arange(classes), rng.choice(classes, n - classes, p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.05])])
centre = rng.normal(size=(classes, d)) * 1.5
x = centre[label] + rng.normal(size=(n, d))
truth = np.concatenate([np.arange(classes), rng.integers(classes, size=queries - classes)])
query = centre[truth] + rng.normal(size=(queries, d))

nearest = NearestCentroid().fit(x, label)
bayes = GaussianNB().fit(x, label)
bayes.var_[:] = 1.0  # the model: every class scatters with variance 1 in each direction
log_probability = bayes.predict_log_proba(query)
scores = rng.normal(size=(queries, classes)).astype(np.float32)

out = ["/* Written by tests/golden/multiclass.py, with scikit-learn. */\n",
       "#ifndef MULTICLASS_GOLDEN_H\n#define MULTICLASS_GOLDEN_H\n\n#include <stdint.h>\n\n",
       f"enum {{ MULTI_N = {n}, MULTI_D = {d}, MULTI_CLASSES = {classes}, MULTI_QUERIES = {queries} }};\n",
       declare("multi_x", x), declare("multi_label", label, "int32_t"), declare("multi_query", query),
       declare("multi_truth", truth, "int32_t"), "/* [class][feature], and per class */\n",
       declare("golden_centroid", nearest.centroids_), declare("golden_log_prior", np.log(bayes.class_prior_)),
       "/* without priors */\n", declare("golden_nearest", nearest.predict(query), "int32_t"),
       "/* with priors: [query][class] */\n", declare("golden_log_probability", log_probability),
       "/* scores that have nothing to do with the classes, and their accuracies for k = 1 to 6 */\n",
       declare("multi_score", scores, "float"),
       declare("golden_topk", [top_k_accuracy_score(truth, scores, k=k) if k < classes else 1.0
                               for k in range(1, classes + 1)]),
       "/* rows and folds of each case, then the folds of all cases, one after the other */\n",
       f"enum {{ FOLD_CASES = {len(folds)} }};\n", declare("fold_case", folds, "uint32_t"),
       declare("golden_fold", np.concatenate([fold_of(*case) for case in folds]), "uint32_t"), "\n#endif\n"]
(pathlib.Path(__file__).parent / "multiclass_golden.h").write_text("".join(out))
