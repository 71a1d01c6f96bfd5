"""Writes golden/committee_golden.h: AdaBoost of stumps, and the accuracy of a majority.

Run with Debian's python3-sklearn and python3-scipy:  /usr/bin/python3 tests/golden/committee.py
"""
import pathlib

import numpy as np
from scipy.stats import binom
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(75)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind != "double" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def majority(n, p):
    more = n // 2 + 1
    tie = binom.pmf(n // 2, n, p) / 2 if n % 2 == 0 else 0
    return binom.sf(more - 1, n, p) + tie


def main():
    n, d, stages = 120, 3, 25
    x = rng.normal(size=(n, d))
    label = ((x**2).sum(1) + 0.3 * rng.normal(size=n) > 2.4).astype(int)
    model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=stages, algorithm="SAMME").fit(x, label)
    assert len(model.estimators_) == stages
    trees = [t.tree_ for t in model.estimators_]
    sizes = [(m, p) for m in (1, 2, 3, 4, 25, 26, 1001, 10001) for p in (0.0, 0.3, 0.45, 0.5, 0.51, 0.7, 1.0)]
    out = ["/* Written by tests/golden/committee.py, with scikit-learn and SciPy. */\n"
           "#ifndef COMMITTEE_GOLDEN_H\n#define COMMITTEE_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ COMMITTEE_N = {n}, COMMITTEE_D = {d}, COMMITTEE_STAGES = {stages}, MAJORITIES = {len(sizes)} }};\n",
           declare("committee_x", x), declare("committee_label", label, "uint8_t"),
           declare("committee_feature", [t.feature[0] for t in trees], "uint32_t"),
           declare("committee_threshold", [t.threshold[0] for t in trees]),
           declare("committee_error", model.estimator_errors_),
           declare("committee_vote", model.estimator_weights_ / 2),
           declare("committee_score", model.estimator_weights_.sum() / 2 * model.decision_function(x)),
           declare("majority_n", [m for m, _ in sizes], "int"), declare("majority_p", [p for _, p in sizes]),
           declare("majority_right", [majority(m, p) for m, p in sizes]), "\n#endif\n"]
    pathlib.Path(__file__).with_name("committee_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
