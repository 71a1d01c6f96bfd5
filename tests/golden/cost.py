"""Writes golden/cost_golden.h: areas under ROC curves, costs of thresholds and cheapest thresholds by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/cost.py
"""
import pathlib

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(34)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def cheapest(label, score, c_fp, c_fn):
    fpr, tpr, threshold = metrics.roc_curve(label, score, drop_intermediate=False)
    fp, fn = np.rint(fpr * (label == 0).sum()), np.rint((1 - tpr) * label.sum())
    cost = c_fp * fp + c_fn * fn
    best = int(np.argmin(cost))  # the first is the highest threshold; roc_curve's own first one accepts nobody
    return (threshold[best] if best > 0 else np.inf), cost[best]


def expected(label, score, t, c_fp, c_fn):
    _, fp, fn, _ = metrics.confusion_matrix(label, score >= t).ravel()
    return (c_fp * fp + c_fn * fn) / len(label)


def main():
    n = 300
    label = (rng.random(n) < 0.3).astype(int)
    score = rng.normal(size=n) + label
    coarse = np.round(score)  # many ties
    costs = [(1.0, 1.0), (1.0, 8.0), (7.0, 0.5), (0.25, 3.0), (50.0, 0.1)]
    fine_best = [cheapest(label, score, *c) for c in costs]
    coarse_best = [cheapest(label, coarse, *c) for c in costs]
    best = np.array(fine_best + coarse_best)
    finite = np.where(np.isfinite(best[:, 0]), best[:, 0], 1e300)  # 1e300 stands for infinity
    out = ["/* Written by tests/golden/cost.py, with scikit-learn: scores, and what thresholds on them cost. */\n",
           "#ifndef COST_GOLDEN_H\n#define COST_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ COST_N = {n}, COST_CASES = {len(costs)} }};\n",
           declare("cost_label", label, "uint8_t"), declare("fine_score", score), declare("coarse_score", coarse),
           declare("golden_auc", [metrics.roc_auc_score(label, s) for s in (score, coarse)]),
           declare("cost_pair", costs),
           "/* By costs, at threshold 1: of the fine scores, then of the coarse ones. */\n",
           declare("golden_cost", [expected(label, s, 1.0, *c) for s in (score, coarse) for c in costs]),
           "/* By costs, fine and coarse: the cheapest threshold (1e300 is infinity) and its total. */\n",
           declare("golden_threshold", finite), declare("golden_total", best[:, 1]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "cost_golden.h").write_text("".join(out))


main()
