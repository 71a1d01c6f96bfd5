"""Writes golden/online_golden.h: stochastic gradient descent as scikit-learn has it, and FTRL-proximal in NumPy.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/online.py
"""
import pathlib
import warnings

import numpy as np
from sklearn.linear_model import SGDClassifier, SGDRegressor

rng = np.random.default_rng(74)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind in ("uint32_t", "uint8_t") else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


# Name, loss, schedule (index in ml_sgd_schedule, name in scikit-learn), rate, power, alpha, l1_ratio, epochs, averages.
# scikit-learn's average knows nothing of what the l1 penalty takes, so the two are not combined.
RUNS = [
    ("squared", "squared_error", (1, "invscaling"), 0.01, 0.25, 0.0001, 0.0, 5, False),
    ("squared_l1", "squared_error", (0, "constant"), 0.01, 0.5, 0.05, 1.0, 7, False),
    ("squared_mean", "squared_error", (1, "invscaling"), 0.05, 0.5, 0.01, 0.0, 6, True),
    ("log", "log_loss", (2, "optimal"), 1.0, 0.5, 0.01, 0.0, 5, False),
    ("log_both", "log_loss", (1, "invscaling"), 0.5, 0.5, 0.02, 0.3, 8, False),
    ("log_mean", "log_loss", (0, "constant"), 0.1, 0.5, 0.001, 0.0, 4, True),
    ("hinge", "hinge", (2, "optimal"), 1.0, 0.5, 0.01, 0.0, 5, False),
    ("hinge_l1", "hinge", (2, "optimal"), 1.0, 0.5, 0.03, 1.0, 5, False),
    ("hinge_mean", "hinge", (1, "invscaling"), 0.2, 0.5, 0.01, 0.0, 5, True),
]


def sgd(x, y, label):
    out = ["enum { SGD_RUNS = %d };\n" % len(RUNS),
           "static const struct {\n    const char *name;\n    int loss, schedule;\n"
           "    double rate, power, alpha, l1_ratio;\n    int epochs, averages;\n"
           f"    double coefficient[{x.shape[1]}], intercept;\n}} sgd_run[] = {{\n"]
    for name, loss, schedule, rate, power, alpha, l1_ratio, epochs, averages in RUNS:
        make = SGDRegressor if loss == "squared_error" else SGDClassifier
        model = make(loss=loss, penalty="elasticnet", alpha=alpha, l1_ratio=l1_ratio, max_iter=epochs, tol=None,
                     shuffle=False, learning_rate=schedule[1], eta0=rate, power_t=power, average=averages)
        model.fit(x, y if make is SGDRegressor else label)
        index = {"squared_error": 0, "log_loss": 1, "hinge": 2}[loss]
        weights = ", ".join(float(w).hex() for w in np.ravel(model.coef_))
        out.append(f'    {{"{name}", {index}, {schedule[0]}, {rate}, {power}, {alpha}, {l1_ratio}, {epochs}, '
                   f"{int(averages)}, {{{weights}}}, {float(model.intercept_[0]).hex()}}},\n")
    return "".join(out) + "};\n"


def ftrl(rows, label, weight, d, alpha, beta, l1, l2):
    """McMahan et al. 2013, algorithm 1, with dense vectors of which each row touches a few places."""
    z, n, said = np.zeros(d), np.zeros(d), []
    for (feature, value), y, by in zip(rows, label, weight):
        w = np.where(np.abs(z) <= l1, 0, -(z - np.sign(z) * l1) / ((beta + np.sqrt(n)) / alpha + l2))
        p = 1 / (1 + np.exp(-w[feature] @ value))
        g = np.zeros(d)
        g[feature] = by * (p - y) * value
        sigma = (np.sqrt(n + g * g) - np.sqrt(n)) / alpha
        z += g - sigma * w
        n += g * g
        said.append(p)
    w = np.where(np.abs(z) <= l1, 0, -(z - np.sign(z) * l1) / ((beta + np.sqrt(n)) / alpha + l2))
    return said, z, n, w


def main():
    warnings.simplefilter("ignore")
    n, d = 80, 5
    x = rng.normal(size=(n, d))
    true = np.array([1.0, -2.0, 0.0, 0.3, 0.0])
    y = x @ true + 0.5 + 0.3 * rng.normal(size=n)
    label = (x @ true + 0.5 * rng.normal(size=n) > 0.2).astype(int)
    out = ["/* Written by tests/golden/online.py, with scikit-learn and NumPy. */\n"
           "#ifndef ONLINE_GOLDEN_H\n#define ONLINE_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ ONLINE_N = {n}, ONLINE_D = {d} }};\n", declare("online_x", x), declare("online_y", y),
           declare("online_label", label, "uint32_t"), sgd(x, y, label)]
    rows_n, features = 400, 40
    counts = rng.integers(1, 7, size=rows_n)
    rows = [(rng.choice(features, size=k, replace=False), rng.choice([1.0, 0.5, -2.0], size=k)) for k in counts]
    logit = rng.normal(size=features)
    clicks = [int(rng.random() < 1 / (1 + np.exp(-logit[f] @ v))) for f, v in rows]
    weight = rng.choice([1.0, 4.0], size=rows_n)
    said, z, squares, w = ftrl(rows, clicks, weight, features, 0.1, 1.0, 0.5, 1.0)
    out += [f"enum {{ FTRL_ROWS = {rows_n}, FTRL_D = {features} }};\n", declare("ftrl_count", counts, "uint32_t"),
            declare("ftrl_feature", np.concatenate([f for f, _ in rows]), "uint32_t"),
            declare("ftrl_value", np.concatenate([v for _, v in rows])), declare("ftrl_label", clicks, "uint32_t"),
            declare("ftrl_row_weight", weight), declare("ftrl_said", said), declare("ftrl_z", z),
            declare("ftrl_squares", squares), declare("ftrl_w", w), "\n#endif\n"]
    pathlib.Path(__file__).with_name("online_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
