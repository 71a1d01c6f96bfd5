"""Writes golden/calibration_golden.h: errors of probabilities and their repairs by scikit-learn, SciPy and NumPy.

Run with Debian's python3-sklearn and python3-scipy:  /usr/bin/python3 tests/golden/calibration.py
"""
import pathlib

import numpy as np
from scipy import optimize
from scipy.special import expit, softmax
from sklearn import calibration, isotonic, metrics

rng = np.random.default_rng(64)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def gaps(p, y, groups):
    rows = [g for g in groups if len(g)]
    return [(len(g), p[g].mean(), y[g].mean()) for g in rows]


def errors(p, y, groups):
    n, said, was = np.array(gaps(p, y, groups)).T
    return [np.sum(n / len(p) * np.abs(said - was)), np.max(np.abs(said - was))]


def platt(z, y):
    target = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / ((1 - y).sum() + 2))
    slope = lambda ab: [np.sum((expit(ab[0] * z + ab[1]) - target) * z), np.sum(expit(ab[0] * z + ab[1]) - target)]
    found = optimize.root(slope, [1.0, 0.0], tol=1e-14)
    rough = calibration._SigmoidCalibration().fit(z, y)
    assert np.allclose(found.x, [-rough.a_, -rough.b_], atol=1e-3)
    return found.x


def temperature(slope):
    return np.exp(optimize.brentq(slope, -4, 4, xtol=1e-15))


def main():
    n, bins, k, asked = 300, 15, 3, 41
    logit = rng.normal(-0.5, 1.5, n)
    y = (rng.random(n) < expit(logit)).astype(int)
    z = 3 * logit + 0.3
    p = expit(z)
    p[:2] = [0.0, 1.0]  # the ends; on an inner border scikit-learn takes the bin below
    width = [np.flatnonzero(np.minimum(np.floor(p * bins), bins - 1) == b) for b in range(bins)]
    order = np.argsort(p, kind="stable")
    mass = [order[b * n // bins:(b + 1) * n // bins] for b in range(bins)]
    was, said = calibration.calibration_curve(y, p, n_bins=bins)
    many = rng.normal(size=(n, k)) * 2
    truth = np.array([rng.choice(k, p=q) for q in softmax(many, axis=1)])
    many *= 2.5
    step = lambda t: np.sum((softmax(many / np.exp(t), axis=1) * many).sum(1) - many[np.arange(n), truth])
    x = np.round(rng.normal(size=n), 1)
    real = x + rng.normal(size=n)
    weight = rng.random(n) + 0.1
    at = np.linspace(-3.5, 3.5, asked)
    fitted = [isotonic.IsotonicRegression(out_of_bounds="clip").fit(x, real, sample_weight=w).predict(at)
              for w in (None, weight)]
    labels = isotonic.IsotonicRegression(out_of_bounds="clip").fit(p, y).predict(np.linspace(0, 1, asked))
    out = ["/* Written by tests/golden/calibration.py, with scikit-learn, SciPy and NumPy. */\n",
           "#ifndef CALIBRATION_GOLDEN_H\n#define CALIBRATION_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ CAL_N = {n}, CAL_BINS = {bins}, CAL_FILLED = {len(was)}, CAL_K = {k}, CAL_ASKED = {asked} }};\n",
           declare("cal_logit", z), declare("cal_p", p), declare("cal_label", y, "uint8_t"),
           declare("golden_brier", [metrics.brier_score_loss(y, p)]),
           "/* Of the bins that hold something: what happened, what was said. */\n",
           declare("golden_was", was), declare("golden_said", said),
           "/* ECE and MCE by width, by mass. */\n", declare("golden_ece", errors(p, y, width) + errors(p, y, mass)),
           "/* Slope and intercept; temperature of the logits, and of those of three classes. */\n",
           declare("golden_platt", platt(z, y)),
           declare("golden_temperature", [temperature(lambda t: np.sum((expit(z / np.exp(t)) - y) * z)),
                                          temperature(step)]),
           declare("many_logit", many), declare("many_truth", truth, "uint32_t"),
           declare("iso_x", x), declare("iso_y", real), declare("iso_weight", weight), declare("iso_at", at),
           declare("golden_isotonic", fitted), declare("golden_isotonic_labels", labels), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "calibration_golden.h").write_text("".join(out))


main()
