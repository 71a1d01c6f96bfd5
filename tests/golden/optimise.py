"""Writes golden/optimise_golden.h: logistic and softmax regression of many features and of badly scaled ones.

scikit-learn's own solvers stop short where features are badly scaled. There the reference is Newton's method in
standardised coordinates, which main() holds against scikit-learn where both are at home.
Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/optimise.py
"""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(73)


def declare(name, values, kind="double", decimal=False):
    text = ", ".join(str(v) if kind == "uint32_t" else f"{v:g}" if decimal else float(v).hex()
                     for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def newton(x, y, l2):
    """Softmax regression: coefficients [k, d] and intercepts whose sum is 0."""
    n, d = x.shape
    k, mean, scale = y.max() + 1, x.mean(0), x.std(0)
    z, hot = np.c_[(x - mean) / scale, np.ones(n)], np.eye(k)[y]
    penalty = np.tile(np.r_[l2 / scale**2, 0], (k, 1))
    u = np.zeros((k, d + 1))
    for _ in range(50):
        s = z @ u.T
        p = np.exp(s - s.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        gradient = ((p - hot).T @ z + penalty * u).ravel()
        blocks = np.einsum("ia,ab,ij,il->ajbl", p, np.eye(k), z, z) - np.einsum("ia,ib,ij,il->ajbl", p, p, z, z)
        hessian = blocks.reshape(k * (d + 1), -1) + np.diag(penalty.ravel())
        u -= np.linalg.lstsq(hessian, gradient, rcond=1e-15)[0].reshape(u.shape)
    u[:, -1] -= u[:, -1].mean()
    w = u[:, :-1] / scale
    return w, u[:, -1] - w @ mean


def fit(name, x, y, l2):
    if y.max() == 1:  # of two classes one score
        w, c = newton(x, y, 2 * l2)
        w, c = w[1:] - w[:1], c[1:] - c[:1]
    else:
        w, c = newton(x, y, l2)
    return w, c, declare(f"{name}_coefficients", w) + declare(f"{name}_intercept", c)


def main():
    n, d, k = 120, 60, 5
    x = np.round(rng.normal(size=(n, d)), 1)
    many = np.argmax(x @ rng.normal(size=(d, k)) + 4 * rng.normal(size=(n, k)), axis=1)
    two = (many > 1).astype(int)
    wide = np.round(rng.normal(size=(60, 260)), 1)
    wide_two = (wide @ rng.normal(size=260) + 8 * rng.normal(size=60) > 0).astype(int)
    few = x[:, :4] * 2.0 ** np.array([-10, 10, 0, 3]) + np.array([0, 2000, -1, 50])
    bad = x * 2.0 ** (np.arange(d) % 21 - 10) + 3.0 * 2.0 ** (np.arange(d) % 21 - 10)
    out = ["/* Written by tests/golden/optimise.py, with scikit-learn and NumPy. */\n"
           "#ifndef OPTIMISE_GOLDEN_H\n#define OPTIMISE_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ OPTIMISE_N = {n}, OPTIMISE_D = {d}, OPTIMISE_CLASSES = {k}, WIDE_N = 60, WIDE_D = 260 }};\n",
           declare("optimise_x", x, decimal=True), declare("optimise_many", many, "uint32_t"),
           declare("optimise_two", two, "uint32_t"), declare("wide_x", wide, decimal=True), declare("wide_two", wide_two, "uint32_t")]
    for name, rows, label, l2 in (("flat_many", x, many, 0.5), ("bad_many", bad, many, 0.5), ("few_two", few, two, 0.5),
                                  ("few_many", few, many, 0.5), ("wide", wide, wide_two, 0.5)):
        w, c, text = fit(name, rows, label, l2)
        out.append(text)
        if name in ("flat_many", "wide"):
            by_cg = LogisticRegression(C=1 / l2, tol=1e-13, max_iter=10**5, solver="newton-cg").fit(rows, label)
            difference = max(np.abs(by_cg.coef_ - w).max(), np.abs(by_cg.intercept_ - c).max())
            print(name, "against scikit-learn, newton-cg:", difference)
            assert difference < 1e-6
    out.append("\n#endif\n")
    pathlib.Path(__file__).with_name("optimise_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
