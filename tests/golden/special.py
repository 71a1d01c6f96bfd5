"""Writes golden/special_golden.h: special functions and distributions by SciPy, at fixed and at random arguments;
logarithms of Gamma and Beta by mpmath, because SciPy's lose digits near their zeros.

Run with Debian's python3-scipy and python3-mpmath:  /usr/bin/python3 tests/golden/special.py
"""
import pathlib

import mpmath as mp
import numpy as np
from scipy import special, stats

mp.mp.dps = 40
rng = np.random.default_rng(31)
FEW = 40


def log_uniform(low, high, n=FEW):
    return np.exp(rng.uniform(np.log(low), np.log(high), n))


def table(name, function, *arguments):
    rows = [(*a, float(function(*a))) for a in zip(*(np.ravel(np.asarray(x, float)) for x in arguments))]
    rows = [r for r in rows if np.isfinite(r[-1]) and (r[-1] == 0 or abs(r[-1]) > 1e-290)]
    body = "".join("    {" + ", ".join(float(v).hex() for v in r) + "},\n" for r in rows)
    return f"static const double golden_{name}[][{len(arguments) + 1}] = {{\n{body}}};\n"


def main():
    shape = log_uniform(0.1, 1e4)
    near = shape + rng.normal(size=FEW) * 3 * np.sqrt(shape)
    x_gamma = np.abs(np.r_[near[:30], log_uniform(1e-3, 500, 10)])
    a, b = log_uniform(0.2, 5e3), log_uniform(0.2, 5e3)
    x_beta = np.clip(a / (a + b) + rng.normal(size=FEW) * 3 * np.sqrt(a * b / (a + b + 1)) / (a + b), 1e-6, 1 - 1e-9)
    p = np.r_[log_uniform(1e-250, 1e-3, 20), rng.uniform(0.001, 0.999, 20)]
    t = np.r_[rng.normal(size=20) * 3, rng.normal(size=20) * 30]
    df = np.r_[log_uniform(0.5, 1e5), []]
    n = np.floor(log_uniform(1, 1e5))
    chance = rng.uniform(0.001, 0.999, FEW)
    k = np.floor(np.clip(n * chance + rng.normal(size=FEW) * 4 * np.sqrt(n * chance * (1 - chance)), 0, n))
    z = np.r_[np.linspace(-37, 37, 51), 1e-9, -0.01, 0.3]
    sizes = [(1, 1, 1), (2, 3, 2 / 3), (4, 4, 0.5), (7, 5, 0.6), (30, 20, 0.4), (30, 20, 0.9), (100, 63, 0.2),
             (120, 120, 0.1), (120, 120, 0.5), (50, 51, 0.05)]
    exact = [(x, y, d, stats.ks_2samp(*two_samples(x, y, d), method="exact")) for x, y, d in sizes]
    out = ["/* Written by tests/golden/special.py, with SciPy; of each row the last figure is the value. */\n",
           "#ifndef SPECIAL_GOLDEN_H\n#define SPECIAL_GOLDEN_H\n\n",
           table("lgamma", mp.loggamma, np.r_[log_uniform(1e-8, 1e8), np.linspace(0.05, 13, 100), 1 + 1e-9, 2 - 1e-6]),
           table("log_beta", log_beta, a, b),
           table("log_choose", lambda n, k: -mp.log(n + 1) - log_beta(n + 1 - k, 1 + k), n, k),
           table("erf", special.erf, np.r_[np.linspace(-7, 7, 57), 1e-10, -1e-3]),
           table("erfc", special.erfc, np.r_[np.linspace(-7, 25.5, 66), 1e-10, 0.01]),
           table("gamma_p", special.gammainc, shape, x_gamma), table("gamma_q", special.gammaincc, shape, x_gamma),
           table("beta_i", special.betainc, a, b, x_beta),
           table("norm_cdf", special.ndtr, z), table("norm_quantile", special.ndtri, np.r_[p, 0.5 + 1e-6, 1 - 1e-10]),
           table("student_cdf", stats.t.cdf, t, df), table("student_quantile", student_quantile, chance, df),
           table("noncentral", stats.nct.cdf, t[:20], df[:20] + 2, rng.normal(size=20) * 3),
           table("chi2_sf", stats.chi2.sf, log_uniform(0.01, 500), log_uniform(0.5, 200)),
           table("chi2_quantile", stats.chi2.ppf, chance, log_uniform(0.5, 2000)),
           table("f_sf", stats.f.sf, log_uniform(0.05, 20), log_uniform(1, 300), log_uniform(1, 300)),
           table("beta_pdf", stats.beta.pdf, x_beta, a, b), table("beta_quantile", stats.beta.ppf, chance, a, b),
           table("binomial_pmf", stats.binom.pmf, k, n, chance), table("binomial_cdf", stats.binom.cdf, k, n, chance),
           table("binomial_sf", stats.binom.sf, k, n, chance),
           table("kolmogorov", special.kolmogorov, np.r_[np.linspace(0.05, 4, 80), 12]),
           table("ks_exact", lambda n, m, d, p: p, *zip(*((x, y, r.statistic, r.pvalue) for x, y, d, r in exact))),
           "\n#endif\n"]
    (pathlib.Path(__file__).parent / "special_golden.h").write_text("".join(out))


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mp.mpf(a) + b)


def student_quantile(p, df):
    """By way of the beta distribution: stats.t.ppf of SciPy 1.10 is good to 1e-9 only."""
    x = stats.beta.ppf(2 * min(p, 1 - p), df / 2, 0.5)
    return np.sign(p - 0.5) * np.sqrt(df * (stats.beta.isf(2 * min(p, 1 - p), 0.5, df / 2) / x))


def two_samples(n, m, d):
    """Two samples without ties whose distance is about d: the first one's lowest values lie below all of the other."""
    below = int(np.ceil(d * n))
    rest = np.linspace(1, 2, n - below) if n > below else np.array([])
    return np.r_[np.linspace(-1, 0, below), rest], np.linspace(1.0001, 2.0001, m)


main()
