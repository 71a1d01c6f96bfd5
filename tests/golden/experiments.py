"""Writes golden/experiments_golden.h: tests, power and corrections by SciPy and statsmodels.

Run with Debian's python3-scipy and python3-statsmodels:  /usr/bin/python3 tests/golden/experiments.py
"""
import pathlib

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import proportions_ztest

rng = np.random.default_rng(23)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def size(p1, p2, alpha, power):
    middle, z = (p1 + p2) / 2, stats.norm.ppf([1 - alpha / 2, power])
    root = z[0] * np.sqrt(2 * middle * (1 - middle)) + z[1] * np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return np.ceil((root / (p2 - p1)) ** 2)


def main():
    arms = [(200, 4000, 260, 4000), (5, 1000, 20, 200), (0, 10, 3, 12), (7, 9, 2, 400)]
    z = [proportions_ztest([x2, x1], [n2, n1]) for x1, n1, x2, n2 in arms]
    designs = [(0.05, 0.055, 0.05, 0.8), (0.5, 0.55, 0.05, 0.8), (0.02, 0.01, 0.01, 0.95), (0.3, 0.9, 0.1, 0.5)]
    a, b = rng.normal(10, 1, 23), rng.normal(10.8, 4, 9)
    t = stats.ttest_ind(b, a, equal_var=False)
    va, vb = a.var(ddof=1) / 23, b.var(ddof=1) / 9
    df = (va + vb) ** 2 / (va**2 / 22 + vb**2 / 8)
    powers = [(2, 1.0, 0.05), (20, 0.5, 0.05), (100, -0.3, 0.01), (1000, 0.2, 0.1)]
    p = np.r_[rng.random(12) ** 3, 0.01, 0.01, 0, 1]
    out = ["/* Written by tests/golden/experiments.py, with SciPy and statsmodels. */\n",
           "#ifndef EXPERIMENTS_GOLDEN_H\n#define EXPERIMENTS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           declare("experiment_arms", arms, "uint64_t"), declare("golden_two_prop", z),
           declare("experiment_designs", designs), declare("golden_size", [size(*d) for d in designs]),
           declare("experiment_a", a), declare("experiment_b", b),
           declare("golden_welch", [t.statistic, df, t.pvalue]), declare("experiment_powers", powers),
           declare("golden_t_power", [TTestIndPower().power(abs(e), n, alpha) for n, e, alpha in powers]),
           declare("experiment_p", p),
           "/* Bonferroni, Holm, Benjamini-Hochberg. */\n",
           declare("golden_adjusted", [multipletests(p, method=m)[1] for m in ("bonferroni", "holm", "fdr_bh")]),
           "\n#endif\n"]
    (pathlib.Path(__file__).parent / "experiments_golden.h").write_text("".join(out))


main()
