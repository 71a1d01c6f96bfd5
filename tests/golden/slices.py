"""Writes golden/slices_golden.h: slices by one feature and by two, tested and corrected by SciPy and statsmodels.

Run with Debian's python3-scipy and python3-statsmodels:  /usr/bin/python3 tests/golden/slices.py
"""
import itertools
import pathlib

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(73)
N, LEVELS, MINIMUM, LEVEL = 240, (3, 2, 5), 15, 0.9
NONE = 2**32 - 1


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def slices(features):
    """Names and rows: single features first, then pairs."""
    for f, levels in enumerate(LEVELS):
        for a in range(levels):
            yield (f, a, NONE, 0), features[f] == a
    for f, g in itertools.combinations(range(len(LEVELS)), 2):
        for a, b in itertools.product(range(LEVELS[f]), range(LEVELS[g])):
            yield (f, a, g, b), (features[f] == a) & (features[g] == b)


def quantile(p, df):
    """Of Student's t, with a step of Newton: SciPy's is off by up to 5e-9."""
    t = stats.t.ppf(p, df)
    return t - (stats.t.cdf(t, df) - p) / stats.t.pdf(t, df)


def measure(value, rows):
    """Value, ends of the interval, p against all other rows."""
    x, rest, n = value[rows], value[~rows], rows.sum()
    if set(value) == {0, 1}:
        p = stats.fisher_exact([[x.sum(), n - x.sum()], [rest.sum(), len(rest) - rest.sum()]])[1]
        return (x.mean(), *proportion_confint(x.sum(), n, 1 - LEVEL, "wilson"), p)
    half = stats.sem(x) * quantile((1 + LEVEL) / 2, n - 1)
    return (x.mean(), x.mean() - half, x.mean() + half,
            stats.ttest_ind(x, rest, equal_var=False).pvalue)


def report(value, features, correction, worst_is_low):
    named = [(name, rows) for name, rows in slices(features) if rows.sum() >= MINIMUM]
    figures = np.array([measure(value, rows) for _, rows in named])
    adjusted = multipletests(figures[:, 3], method=correction)[1]
    order = np.argsort(figures[:, 0] if worst_is_low else -figures[:, 0], kind="stable")
    return ([[*named[i][0], named[i][1].sum()] for i in order],
            [[*figures[i, :3], figures[i, 0] - value.mean(), figures[i, 3], adjusted[i]] for i in order])


def main():
    features = [rng.choice(k, N, p=np.arange(k, 0, -1) / (k * (k + 1) / 2)) for k in LEVELS]
    bad = (features[0] == 1) & (features[1] == 0)
    right = (rng.random(N) < np.where(bad, 0.5, 0.85)).astype(float)
    loss = rng.gamma(2, 1, N) * np.where(bad, 1.8, 1)
    small = sum(0 < rows.sum() < MINIMUM for _, rows in slices(features))
    first, second = report(right, features, "holm", True), report(loss, features, "fdr_bh", False)
    out = ["/* Written by tests/golden/slices.py, with SciPy and statsmodels. */\n",
           "#ifndef SLICES_GOLDEN_H\n#define SLICES_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ SLICE_N = {N}, SLICE_COUNT = {len(first[0])}, SLICE_SMALL = {small}, "
           f"SLICE_MINIMUM = {MINIMUM} }};\n",
           *[declare(f"slice_level_{f}", features[f], "uint32_t") for f in range(3)],
           declare("slice_right", right), declare("slice_loss", loss),
           "/* By slice: feature, level, second feature and its level, rows. */\n",
           declare("golden_right_slices", first[0], "uint32_t"), declare("golden_loss_slices", second[0], "uint32_t"),
           "/* By slice: value, ends, difference, p, corrected p. */\n",
           declare("golden_right_figures", first[1]), declare("golden_loss_figures", second[1]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "slices_golden.h").write_text("".join(out))


main()
