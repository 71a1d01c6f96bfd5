"""Writes golden/optimise_weighted_golden.h: logistic regression of rows with weights.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/optimise_weighted.py
"""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(76)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind != "double" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    n, d = 60, 4
    x = rng.normal(size=(n, d))
    label = (x @ [1, -1, 0.5, 0] + rng.normal(size=n) > 0.8).astype(int)
    weight = np.where(rng.random(n) < 0.15, 0, rng.gamma(1.0, 2.0, size=n))
    out = ["/* Written by tests/golden/optimise_weighted.py, with scikit-learn. */\n"
           "#ifndef OPTIMISE_WEIGHTED_GOLDEN_H\n#define OPTIMISE_WEIGHTED_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ WEIGHTED_N = {n}, WEIGHTED_D = {d} }};\n", declare("weighted_x", x),
           declare("weighted_label", label, "uint8_t"), declare("weighted_weight", weight)]
    model = LogisticRegression(C=1 / 0.3, tol=1e-13, max_iter=10**5, solver="newton-cg")
    model.fit(x, label, sample_weight=weight)
    out += [declare("weighted_coefficients", model.coef_), declare("weighted_intercept", model.intercept_),
            "\n#endif\n"]
    pathlib.Path(__file__).with_name("optimise_weighted_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
