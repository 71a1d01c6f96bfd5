"""Writes golden/intervals_golden.h: intervals and tests by SciPy, statsmodels and NumPy. The bootstraps see the very
samples that the library draws: its generator is here again, in a few lines.

Run with Debian's python3-scipy, python3-sklearn and python3-statsmodels:  /usr/bin/python3 tests/golden/intervals.py
"""
import pathlib
from types import SimpleNamespace

import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(67)
MASK = 2**64 - 1


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


class Rng:
    """ml_rng_seed, ml_rng_next and ml_rng_below of base/rng.c."""

    def __init__(self, seed, stream):
        def splitmix(counter):
            counter = (counter + 0x9E3779B97F4A7C15) & MASK
            z = ((counter ^ counter >> 30) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
            return counter, z ^ z >> 31
        counter = splitmix(splitmix(seed)[1] ^ stream)[1]
        self.s = []
        for _ in range(4):
            counter, word = splitmix(counter)
            self.s.append(word)

    def next(self):
        s, left = self.s, lambda x, by: (x << by | x >> (64 - by)) & MASK
        result, shifted = left(s[1] * 5 & MASK, 7) * 9 & MASK, s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = left(s[3], 45)
        return result

    def below(self, n):
        product = self.next() * n
        while (product & MASK) < 2**64 % n:
            product = self.next() * n
        return product >> 64


def bootstrap(units, figure, rounds, level, seed):
    """Value, standard error, and the ends by three methods; figure of an array of units."""
    draws = Rng(seed, 0)
    samples = np.array([figure(np.array([draws.below(units) for _ in range(units)])) for _ in range(rounds)])
    out = [figure(np.arange(units)), samples.std(ddof=1)]
    for method in ("percentile", "basic", "BCa"):
        drawn = SimpleNamespace(bootstrap_distribution=samples)
        got = stats.bootstrap((np.arange(units),), figure, n_resamples=0, vectorized=False, confidence_level=level,
                              method=method, bootstrap_result=drawn)
        out += got.confidence_interval
    return out


def places(score, label):
    """DeLong's components by all pairs."""
    pairs = np.sign(score[label == 1][:, None] - score[label == 0]) / 2 + 0.5
    return pairs.mean(axis=1), pairs.mean(axis=0)


def delong(a, b, label, level):
    """AUC of a, its standard error and interval; b less a, standard error, interval, z and p."""
    z = stats.norm.ppf(0.5 + level / 2)
    one, other = np.stack([places(s, label)[0] for s in (a, b)]), np.stack([places(s, label)[1] for s in (a, b)])
    cov = np.cov(one) / one.shape[1] + np.cov(other) / other.shape[1]
    auc, s = one.mean(axis=1), np.sqrt(cov[0, 0])
    d, t = auc[1] - auc[0], np.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    return [auc[0], s, max(auc[0] - z * s, 0), min(auc[0] + z * s, 1),
            d, t, d - z * t, d + z * t, d / t, 2 * stats.norm.sf(abs(d / t))]


def auc(score, label):
    """From whole numbers, so that equal figures of two samples are equal to the bit, as in the library."""
    wins = np.sign(score[label == 1][:, None] - score[label == 0]) + 1
    value = 0.5 * wins.sum() / wins.size
    assert abs(value - metrics.roc_auc_score(label, score)) < 1e-14
    return value


def main():
    shares = [(81, 263, 0.95), (0, 20, 0.95), (20, 20, 0.9), (1, 1, 0.99), (900, 1000, 0.95), (3, 1000000, 0.999),
              (999999, 1000000, 0.5), (7, 13, 0.8)]
    ends = [proportion_confint(k, n, 1 - level, method) for k, n, level in shares
            for method in ("wilson", "normal", "beta")]
    values = rng.normal(3, 2, 17)
    mean = [values.mean(), stats.sem(values), *stats.t.interval(0.9, 16, values.mean(), stats.sem(values))]
    tables = [(3, 10, 8, 12), (0, 5, 5, 5), (7, 7, 7, 7), (81, 87, 234, 270), (12, 400, 3, 2000),
              (300, 1000, 500, 1000), (1, 2, 0, 100000), (0, 0, 3, 9), (50, 100, 50, 100), (2, 3, 60, 64),
              (5, 200, 0, 11)]
    fisher = [stats.fisher_exact([[a, n - a], [b, m - b]])[1] for a, n, b, m in tables]
    discordant = [(20, 50), (0, 6), (1, 0), (59, 6), (300, 250), (3, 4)]
    tests = [(e.pvalue, c.statistic, c.pvalue) for a, b in discordant
             for e, c in [(mcnemar([[9, a], [b, 9]], exact=True), mcnemar([[9, a], [b, 9]], exact=False))]]
    n = 60
    label = (rng.random(n) < 0.4).astype(int)
    a = np.round(rng.normal(size=n) + label, 1)
    b = np.round(a + rng.normal(size=n) * 0.8 + 0.5 * label, 1)
    p = 1 / (1 + np.exp(-a))
    group = rng.integers(0, 15, n)
    group[group == 4] = 5
    members = [np.flatnonzero(group == g) for g in np.unique(group)]
    loss = lambda i: metrics.log_loss(label[i], p[i], labels=[0, 1])
    rounds, level, small = 300, 0.9, 37
    by_group = lambda units: loss(np.concatenate([members[u] for u in units]))
    ok_a, ok_b = (rng.random(small) < 0.7).astype(int), (rng.random(small) < 0.75).astype(int)
    long_a, long_b = (rng.random(700) < 0.8).astype(int), (rng.random(700) < 0.81).astype(int)
    draws = [[ok_a, ok_b, 41], [long_a, long_b, 40]]
    gains = []
    for x, y, times in draws:
        seeded, size = Rng(9, 0), len(x)
        rows = np.array([[seeded.below(size) for _ in range(size)] for _ in range(times)])
        gains += list(np.percentile((y - x)[rows].mean(axis=1), [10, 90]))
    out = ["/* Written by tests/golden/intervals.py, with SciPy, statsmodels and NumPy. */\n",
           "#ifndef INTERVALS_GOLDEN_H\n#define INTERVALS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ INTERVAL_N = {n}, INTERVAL_GROUPS = 15, INTERVAL_ROUNDS = {rounds}, "
           f"INTERVAL_SMALL = {small} }};\n",
           "/* Hits, rows, level; the ends by Wilson, Wald and Clopper-Pearson. */\n",
           declare("interval_shares", shares), declare("golden_shares", ends),
           declare("interval_values", values), declare("golden_mean", mean),
           declare("interval_tables", tables, "size_t"), declare("golden_fisher", fisher),
           "/* Exact p; chi-squared and its p. */\n",
           declare("interval_discordant", discordant, "size_t"), declare("golden_mcnemar", tests),
           declare("interval_label", label, "uint8_t"), declare("interval_a", a), declare("interval_b", b),
           declare("interval_probability", p), declare("interval_group", group, "uint32_t"),
           "/* Of a: AUC, standard error, ends; of b less a: difference, standard error, ends, z, p. */\n",
           declare("golden_delong", delong(a, b, label, 0.95)),
           "/* Value, standard error; ends by percentile, basic, BCa: log loss by rows, groups; AUC of b less a. */\n",
           declare("golden_loss", bootstrap(n, loss, rounds, level, 5)),
           declare("golden_grouped", bootstrap(len(members), by_group, rounds, level, 5)),
           declare("golden_gain", bootstrap(n, lambda i: auc(b[i], label[i]) - auc(a[i], label[i]), rounds, level, 5)),
           declare("interval_ok_a", ok_a, "uint8_t"), declare("interval_ok_b", ok_b, "uint8_t"),
           declare("interval_long_a", long_a, "uint8_t"), declare("interval_long_b", long_b, "uint8_t"),
           "/* 80 % of 41 samples of the first, 40 of the second, by seed 9. */\n",
           declare("golden_diff", gains), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "intervals_golden.h").write_text("".join(out))


main()
