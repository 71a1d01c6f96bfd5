"""Writes golden/drift_golden.h: two-sample tests and distances by SciPy and NumPy.

Run with Debian's python3-scipy:  /usr/bin/python3 tests/golden/drift.py
"""
import pathlib

import numpy as np
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(17)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def stephens(a, b):
    d, root = stats.ks_2samp(a, b).statistic, np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    return special.kolmogorov((root + 0.12 + 0.11 / root) * d)


def mmd2(a, b, gamma):
    def kernel(x, y):
        return np.exp(-gamma * ((x[:, None] - y[None]) ** 2).sum(2))

    n, m = len(a), len(b)
    aa, bb = kernel(a, a), kernel(b, b)
    return ((aa.sum() - n) / (n * (n - 1)) + (bb.sum() - m) / (m * (m - 1)) - 2 * kernel(a, b).mean())


def main():
    a, b, coarse = rng.normal(size=90), rng.normal(0.4, 1.3, 60), np.round(rng.normal(0.3, 1, 60) * 2) / 2
    both = np.round(a * 2) / 2
    counts = rng.multinomial(300, [0.2, 0.3, 0.1, 0.0, 0.4]), rng.multinomial(170, [0.25, 0.2, 0.15, 0.0, 0.4])
    seen = np.array(counts)[:, np.array(counts).sum(0) > 0]
    chi2 = stats.chi2_contingency(seen, correction=False)
    p, q = rng.random(6), rng.random(6)
    p[2] = 0
    one, two = a.reshape(30, 3), b.reshape(20, 3)
    exact = stats.ks_2samp(a, b, method="exact")
    out = ["/* Written by tests/golden/drift.py, with SciPy and NumPy. */\n",
           "#ifndef DRIFT_GOLDEN_H\n#define DRIFT_GOLDEN_H\n\n#include <stdint.h>\n\n",
           declare("drift_a", a), declare("drift_b", b), declare("drift_tied_a", both), declare("drift_tied_b", coarse),
           declare("drift_count_a", counts[0], "uint32_t"), declare("drift_count_b", counts[1], "uint32_t"),
           declare("drift_p", p), declare("drift_q", q),
           "/* D, exact p, asymptotic p; then D and asymptotic p of the tied ones. */\n",
           declare("golden_ks", [exact.statistic, exact.pvalue, stephens(a, b), stats.ks_2samp(both, coarse).statistic,
                                 stephens(both, coarse)]),
           declare("golden_chi2", chi2[:2]),
           declare("golden_divergence", [stats.entropy(p, q), jensenshannon(p, q) ** 2]),
           declare("golden_wasserstein", [stats.wasserstein_distance(a, b), stats.wasserstein_distance(both, coarse)]),
           declare("golden_mmd2", mmd2(one, two, 0.3)), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "drift_golden.h").write_text("".join(out))


main()
