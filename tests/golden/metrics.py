"""Writes golden/metrics_golden.h: classification and regression metrics by scikit-learn, medians by NumPy.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/metrics.py
"""
import pathlib

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(21)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    n, k = 200, 5
    truth = rng.integers(0, k, n)
    predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(0, k, n))
    logit = np.concatenate([rng.normal(size=n - 4) * 4, [40.0, -40.0, 800.0, -800.0]])
    label = (rng.random(n) < 1 / (1 + np.exp(-np.clip(logit, -500, 500)))).astype(int)
    label[-4:] = [1, 0, 1, 0]
    probability = 1 / (1 + np.exp(-logit[: n - 4]))
    probability[:2] = [0.0, 1.0]
    label[:2] = [1, 0]  # as wrong as can be
    real, guess = rng.normal(size=n), rng.normal(size=n)
    out = ["/* Written by tests/golden/metrics.py, with scikit-learn and NumPy: data, and metrics of them. */\n",
           "#ifndef METRICS_GOLDEN_H\n#define METRICS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ METRICS_N = {n}, METRICS_K = {k}, PROBABILITIES_N = {n - 4} }};\n",
           declare("truth", truth, "uint8_t"), declare("predicted", predicted, "uint8_t"),
           declare("confusion", metrics.confusion_matrix(truth, predicted), "uint32_t"),
           declare("accuracy", [metrics.accuracy_score(truth, predicted)]),
           declare("logit", logit), declare("label", label, "uint8_t"), declare("probability", probability),
           declare("log_loss", [metrics.log_loss(label[: n - 4], probability)]),
           declare("log_loss_of_logits", [np.mean(np.logaddexp(0, logit) - label * logit)]),
           declare("real", real), declare("guess", guess),
           declare("mse", [metrics.mean_squared_error(real, guess)]),
           declare("median_of_even", [np.median(real)]), declare("median_of_odd", [np.median(real[:-1])]),
           "\n#endif\n"]
    (pathlib.Path(__file__).parent / "metrics_golden.h").write_text("".join(out))


main()
