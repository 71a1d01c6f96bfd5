"""Writes golden/decomposition_least_golden.h: least squares of the shortest coefficients.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/decomposition_least.py
"""
import pathlib

import numpy as np
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(77)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind != "double" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    n, d = 12, 20
    wide = rng.normal(size=(n, d))
    tall = rng.normal(size=(d, 5)) @ rng.normal(size=(5, n))  # rank 5
    tall[:, 3] = 2.0  # and a constant column
    out = ["/* Written by tests/golden/decomposition_least.py, with NumPy and scikit-learn. */\n"
           "#ifndef DECOMPOSITION_LEAST_GOLDEN_H\n#define DECOMPOSITION_LEAST_GOLDEN_H\n\n",
           f"enum {{ LEAST_N = {n}, LEAST_D = {d} }};\n"]
    for name, x in ("wide", wide), ("tall", tall):
        y = rng.normal(size=len(x))
        free = LinearRegression().fit(x, y)
        w, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
        out += [declare(f"least_{name}_x", x), declare(f"least_{name}_y", y), declare(f"least_{name}_w", w),
                f"enum {{ LEAST_{name.upper()}_RANK = {rank} }};\n", declare(f"least_{name}_free", free.coef_),
                declare(f"least_{name}_intercept", [free.intercept_])]
    out.append("\n#endif\n")
    pathlib.Path(__file__).with_name("decomposition_least_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
