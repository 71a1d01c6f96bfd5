"""Writes golden/classification_golden.h: figures of classes, labels and probabilities by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/classification.py
"""
import pathlib
import warnings

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(61)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def figures(truth, predicted, beta, average, **more):
    p, r, f, _ = metrics.precision_recall_fscore_support(truth, predicted, beta=beta, average=average,
                                                         zero_division=0, **more)
    return [p, r, f, metrics.jaccard_score(truth, predicted, average=average, zero_division=0, **more)]


def main():
    warnings.simplefilter("ignore")
    n, k, labels = 240, 6, 5
    truth = rng.choice(k, n, p=[0.4, 0.25, 0.15, 0.1, 0.1, 0.0])  # the last class never occurs, but is predicted
    predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(0, k, n))
    some = (rng.random((n, labels)) < [0.5, 0.3, 0.2, 0.05, 0.0]).astype(int)
    said = np.where(rng.random((n, labels)) < 0.75, some, 1 - some)
    said[:, 4] = 0  # never there, never said
    said[:20] = some[:20]
    score = rng.normal(size=n)
    label = (rng.random(n) < 0.4).astype(int)
    score = np.round(score + label, 1)
    z = rng.normal(size=(n, k)) * 3
    probability = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    probability[0] = np.eye(k)[(truth[0] + 1) % k]  # as wrong as can be
    every = list(range(k))
    betas = [1.0, 2.0, 0.5]
    out = ["/* Written by tests/golden/classification.py, with scikit-learn: data, and figures of them. */\n",
           "#ifndef CLASSIFICATION_GOLDEN_H\n#define CLASSIFICATION_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ CLASS_N = {n}, CLASS_K = {k}, CLASS_LABELS = {labels} }};\n",
           declare("class_truth", truth, "uint32_t"), declare("class_predicted", predicted, "uint32_t"),
           declare("labels_truth", some, "uint8_t"), declare("labels_predicted", said, "uint8_t"),
           declare("binary_score", score), declare("binary_label", label, "uint8_t"),
           declare("class_probability", probability), declare("class_beta", betas),
           declare("golden_class_confusion", metrics.confusion_matrix(truth, predicted, labels=every), "uint32_t"),
           "/* Precision, recall, F and Jaccard, for each beta: micro, macro, weighted. */\n",
           declare("golden_class_figures", [figures(truth, predicted, b, a, labels=every)
                                            for b in betas for a in ("micro", "macro", "weighted")]),
           "/* Of the labels: micro, macro, weighted, samples. */\n",
           declare("golden_labels_figures", [figures(some, said, b, a)
                                             for b in betas for a in ("micro", "macro", "weighted", "samples")]),
           "/* Of the scores, positive from 0.5 on, for each beta. */\n",
           declare("golden_binary_figures", [figures(label, score >= 0.5, b, "binary") for b in betas]),
           "/* Balanced accuracy, MCC, kappa (plain, linear, quadratic). */\n",
           declare("golden_agreement", [metrics.balanced_accuracy_score(truth, predicted),
                                        metrics.matthews_corrcoef(truth, predicted)]
                   + [metrics.cohen_kappa_score(truth, predicted, weights=w, labels=every)
                      for w in (None, "linear", "quadratic")]),
           "/* Hamming loss, share of rows that are all right, log loss. */\n",
           declare("golden_labels", [metrics.hamming_loss(some, said), metrics.accuracy_score(some, said),
                                     metrics.log_loss(truth, probability, labels=every)]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "classification_golden.h").write_text("".join(out))


main()
