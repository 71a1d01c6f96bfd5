"""Writes golden/models_golden.h: linear, ridge and logistic regression, fitted by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/models.py
"""
import pathlib

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

rng = np.random.default_rng(20)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind == "uint8_t" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def declare_fit(name, model):
    return declare(f"{name}_coefficient", model.coef_) + declare(f"{name}_intercept", [np.ravel(model.intercept_)[0]])


def rows(n, d):
    """Features of very different sizes that lean on each other, far from 0."""
    mix = rng.normal(size=(d, d)) + 2 * np.eye(d)
    size = 10.0 ** np.linspace(-3, 3, d)
    return (rng.normal(size=(n, d)) @ mix + 5) * size


def main():
    out = ["/* Written by tests/golden/models.py, with scikit-learn: data, and the models fitted to them. */\n",
           "#ifndef MODELS_GOLDEN_H\n#define MODELS_GOLDEN_H\n\n#include <stdint.h>\n\n"]

    n, d = 40, 5
    x = rows(n, d)
    y = (x / np.std(x, axis=0)) @ rng.normal(size=d) + rng.normal(size=n) + 3
    out += [f"enum {{ TALL_N = {n}, TALL_D = {d} }};\n", declare("tall_x", x), declare("tall_y", y)]
    out.append(declare_fit("linear", LinearRegression().fit(x, y)))
    out.append(declare_fit("linear_bare", LinearRegression(fit_intercept=False).fit(x, y)))
    out.append(declare_fit("ridge", Ridge(alpha=2.5, solver="svd").fit(x, y)))
    out.append(declare_fit("ridge_bare", Ridge(alpha=0.7, fit_intercept=False, solver="svd").fit(x, y)))

    wide_n, wide_d = 6, 10
    x = rng.normal(size=(wide_n, wide_d))
    y = rng.normal(size=wide_n)
    out += [f"enum {{ WIDE_N = {wide_n}, WIDE_D = {wide_d} }};\n", declare("wide_x", x), declare("wide_y", y)]
    out.append(declare_fit("wide_ridge", Ridge(alpha=0.3, solver="svd").fit(x, y)))
    out.append(declare_fit("wide_ridge_bare", Ridge(alpha=0.3, fit_intercept=False, solver="svd").fit(x, y)))

    n, d = 60, 4
    x = rng.normal(size=(n, d)) * [1, 10, 0.1, 3] + [0, 20, 0, -5]
    logit = x @ [1, 0.1, -8, 0.3] - 0.5
    label = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    exact = {"solver": "newton-cholesky", "tol": 1e-13, "max_iter": 1000}
    out += [f"enum {{ LOGISTIC_N = {n}, LOGISTIC_D = {d} }};\n", declare("logistic_x", x),
            declare("logistic_label", label, "uint8_t")]
    for name, c, intercept in [("logistic", 1.0, True), ("logistic_strict", 0.01, True), ("logistic_bare", 2.0, False)]:
        out.append(declare_fit(name, LogisticRegression(C=c, fit_intercept=intercept, **exact).fit(x, label)))
    free = LogisticRegression(penalty=None, **exact).fit(x, label)
    out += [declare_fit("logistic_free", free), declare("logistic_free_probability", free.predict_proba(x)[:, 1])]

    out.append("\n#endif\n")
    (pathlib.Path(__file__).parent / "models_golden.h").write_text("".join(out))


main()
