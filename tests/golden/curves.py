"""Writes golden/curves_golden.h: ROC and precision-recall curves with ties, what is read off them, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/curves.py
"""
import pathlib

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(63)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def best_f(label, score, beta):
    levels = np.unique(score)[::-1]
    f = [metrics.fbeta_score(label, score >= t, beta=beta) for t in levels]
    return levels[int(np.argmax(f))], max(f)


def main():
    n, k, m = 150, 4, 21
    label = (rng.random(n) < 0.3).astype(int)
    score = np.round(rng.normal(size=n) + 1.2 * label, 1)
    fpr, tpr, threshold = metrics.roc_curve(label, score, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(label, score)
    x = np.linspace(0, 1, m)
    envelope = np.min((1 - tpr)[:, None] * x + fpr[:, None] * (1 - x), axis=0)
    truth = rng.integers(0, k, n)
    z = np.round(rng.normal(size=(n, k)) + 1.5 * np.eye(k)[truth], 1)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    out = ["/* Written by tests/golden/curves.py, with scikit-learn: scores with ties, and their curves. */\n",
           "#ifndef CURVES_GOLDEN_H\n#define CURVES_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ CURVE_N = {n}, CURVE_POINTS = {len(fpr)}, CURVE_K = {k}, CURVE_SITUATIONS = {m} }};\n",
           declare("curve_score", score), declare("curve_label", label, "uint8_t"),
           declare("golden_fpr", fpr), declare("golden_tpr", tpr),
           "/* Of nobody first; the threshold of nobody is left out. */\n",
           declare("golden_thresholds", threshold[1:]),
           declare("golden_precision", precision[::-1]), declare("golden_recall", recall[::-1]),
           "/* Area, average precision; threshold and value of the best F1, F2 and F0.5. */\n",
           declare("golden_areas", [metrics.roc_auc_score(label, score),
                                    metrics.average_precision_score(label, score)]),
           declare("golden_best_f", [best_f(label, score, b) for b in (1, 2, 0.5)]),
           declare("curve_situation", x), declare("golden_cost_curve", envelope),
           declare("many_probability", p), declare("many_truth", truth, "uint32_t"),
           declare("golden_auc_classes", [metrics.roc_auc_score(truth, p, multi_class="ovr", average=a)
                                          for a in ("macro", "weighted")]), "\n#endif\n"]
    assert len(precision) == len(fpr)
    (pathlib.Path(__file__).parent / "curves_golden.h").write_text("".join(out))


main()
