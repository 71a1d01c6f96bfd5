"""Writes golden/trees_golden.h: trees, node by node, and scores of isolation forests, by scikit-learn; and the
accuracy of its forests and boosted trees on one split of its small data sets.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/trees.py
"""
import pathlib

import numpy as np
from sklearn import datasets
from sklearn.ensemble import (HistGradientBoostingClassifier, HistGradientBoostingRegressor, IsolationForest,
                              RandomForestClassifier, RandomForestRegressor)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

rng = np.random.default_rng(5)
out = ["/* Written by tests/golden/trees.py, with scikit-learn. */\n",
       "#ifndef TREES_GOLDEN_H\n#define TREES_GOLDEN_H\n\n#include <stdint.h>\n\n"]


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    out.append(f"static const {kind} {name}[] = {{{text}}};\n")


# scikit-learn keeps rows in float32, so the rows here are such numbers. Continuous: no two are equal.
n, d, classes = 120, 4, 3
x = rng.normal(size=(n, d)).astype(np.float32).astype(float)
label = np.digitize(x[:, 0] + x[:, 1] * x[:, 2] + 0.7 * rng.normal(size=n), [-0.5, 0.6])
y = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rng.normal(size=n)
weight = rng.integers(1, 5, size=n) / 2
out.append(f"enum {{ TREES_N = {n}, TREES_D = {d}, TREES_CLASSES = {classes} }};\n")
declare("trees_x", x)
declare("trees_label", label, "uint32_t")
declare("trees_y", y)
declare("trees_weight", weight)

# Leaves of several rows: small nodes have ties, which scikit-learn settles at random.
cases = [("gini", dict(max_depth=4, min_samples_leaf=6)), ("entropy", dict(min_samples_leaf=8)),
         ("gini", dict(min_samples_split=40, min_samples_leaf=6)),
         ("entropy", dict(min_impurity_decrease=0.02, min_samples_leaf=6)),
         ("gini", dict(min_impurity_decrease=0.01, min_samples_leaf=6)),
         ("gini", dict(ccp_alpha=0.012, min_samples_leaf=6)), ("entropy", dict(ccp_alpha=0.02, min_samples_leaf=6)),
         ("squared_error", dict(max_depth=5, min_samples_leaf=2)), ("squared_error", dict(min_samples_leaf=5)),
         ("squared_error", dict(min_impurity_decrease=0.02, min_samples_leaf=2)),
         ("squared_error", dict(ccp_alpha=0.02, min_samples_leaf=2))]
rows, feature, threshold, samples, value, importance, first = [], [], [], [], [], [], [0]
for weighted in (0, 1):
    for criterion, settings in cases:
        kind = DecisionTreeRegressor if criterion == "squared_error" else DecisionTreeClassifier
        # a seed is an order in which the columns are looked at: trees with ties differ by it, and are left out
        fits = [kind(criterion=criterion, random_state=s, **settings).fit(
            x, y if kind is DecisionTreeRegressor else label, weight if weighted else None) for s in range(8)]
        same = all(np.array_equal(f.tree_.feature, fits[0].tree_.feature) for f in fits)
        t = fits[0].tree_
        code = ["gini", "entropy", "squared_error"].index(criterion)
        if not same:
            print("left out, for it has ties:", weighted, criterion, settings)
            continue
        s = dict(max_depth=0, min_samples_split=2, min_samples_leaf=1, min_impurity_decrease=0.0, ccp_alpha=0.0)
        s.update(settings)
        rows.append(f"{{{weighted}, {code}, {s['max_depth']}, {s['min_samples_split']}, {s['min_samples_leaf']}, "
                    f"{float(s['min_impurity_decrease']).hex()}, {float(s['ccp_alpha']).hex()}}}")
        feature += [f if f >= 0 else -1 for f in t.feature]
        threshold += [v if f >= 0 else 0.0 for f, v in zip(t.feature, t.threshold)]
        samples += list(t.n_node_samples)
        v = t.value[:, 0, :]
        v = v if code == 2 else v / v.sum(axis=1, keepdims=True)
        value += list(v.ravel())
        importance += list(fits[0].feature_importances_)
        first.append(first[-1] + t.node_count)
out.append("/* Cases: settings, and where their nodes begin. */\n"
           "static const struct {\n    int weighted, criterion, max_depth, min_samples_split, min_samples_leaf;\n"
           "    double min_impurity_decrease, ccp_alpha;\n} trees_case[] = {\n    " + ",\n    ".join(rows) + "};\n")
out.append(f"enum {{ TREES_CASES = {len(rows)} }};\n")
declare("trees_first", first, "uint32_t")
declare("trees_feature", feature, "int32_t")
declare("trees_threshold", threshold)
declare("trees_samples", samples, "uint32_t")
declare("trees_value", value)
declare("trees_importance", importance)

# An isolation forest's nodes, and the scores it gives its rows.
forest = IsolationForest(n_estimators=8, max_samples=64, random_state=1).fit(x)
node, root = 0, [0]
parts = dict(feature=[], threshold=[], left=[], right=[], samples=[])
for e in forest.estimators_:
    t = e.tree_
    leaf = t.feature < 0
    parts["feature"] += list(np.where(leaf, -1, t.feature))
    parts["threshold"] += list(np.where(leaf, 0, t.threshold))
    parts["left"] += list(np.where(leaf, 0, t.children_left + root[-1]))
    parts["right"] += list(np.where(leaf, 0, t.children_right + root[-1]))
    parts["samples"] += list(t.n_node_samples)
    root.append(root[-1] + t.node_count)
out.append(f"enum {{ ISOLATION_TREES = 8, ISOLATION_SAMPLES = 64, ISOLATION_NODES = {root[-1]} }};\n")
declare("isolation_root", root, "uint32_t")
for name, kind in (("feature", "int32_t"), ("threshold", "double"), ("left", "uint32_t"), ("right", "uint32_t"),
                   ("samples", "uint32_t")):
    declare(f"isolation_{name}", parts[name], kind)
declare("isolation_score", -forest.score_samples(x))

# Five data sets, every other row of the larger ones, 4 rows of 5 to fit and the fifth to test: the C test does the same.
sets = []
for name, load in (("iris", datasets.load_iris), ("wine", datasets.load_wine),
                   ("breast_cancer", datasets.load_breast_cancer), ("digits", datasets.load_digits),
                   ("diabetes", datasets.load_diabetes)):
    a, b = load(return_X_y=True)
    order = np.random.default_rng(3).permutation(len(a))[:400]
    a, b = a[order].astype(np.float32), b[order]
    test = np.arange(len(a)) % 5 == 4
    k = 0 if name == "diabetes" else int(b.max()) + 1
    scores = []
    for classifier, regressor, more in ((RandomForestClassifier, RandomForestRegressor, dict(n_estimators=100)),
                                        (HistGradientBoostingClassifier, HistGradientBoostingRegressor,
                                         dict(max_depth=4, max_leaf_nodes=None, min_samples_leaf=1,
                                              l2_regularization=1.0, early_stopping=False))):
        kind = classifier if k else regressor
        scores.append(np.mean([kind(random_state=s, **more).fit(a[~test], b[~test]).score(a[test], b[test])
                               for s in range(10 if more.get("n_estimators") else 1)]))
    print(name, len(a), a.shape[1], k, "forest %.4f boosting %.4f" % tuple(scores))
    # float32 with few digits: short decimals that are exact enough to be the same numbers
    whole = np.array_equal(a, np.round(a)) and a.min() >= 0 and a.max() < 256
    text = ",".join(str(int(v)) if whole else f"{v:.7g}" for v in a.ravel())
    out.append(f"static const {'uint8_t' if whole else 'float'} set_{name}_x[] = {{{text if whole else text}}};\n")
    out.append(f"static const float set_{name}_y[] = {{{','.join('%g' % v for v in b)}}};\n")
    sets.append((name, len(a), a.shape[1], k, *scores))
out.append("/* Accuracy, or R^2, of scikit-learn's random forest (a mean of ten) and histogram boosting. */\n")
for name, rows_, columns, k, forest_score, boosting_score in sets:
    u = name.upper()
    out.append(f"enum {{ {u}_N = {rows_}, {u}_D = {columns}, {u}_CLASSES = {k} }};\n"
               f"static const double set_{name}_forest = {forest_score!r}, set_{name}_boosting = {boosting_score!r};\n")
out.append("\n#endif\n")
path = pathlib.Path(__file__).parent / "trees_golden.h"
path.write_text("".join(out).replace(", ", ","))
print(path.stat().st_size)
