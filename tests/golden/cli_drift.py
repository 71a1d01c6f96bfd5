"""Writes golden/cli_drift.json: how far the first 100 rows of Iris are from the last 100, by SciPy and NumPy.

Run with Debian's python3-scipy:  /usr/bin/python3 tests/golden/cli_drift.py
"""
import csv
import json
import pathlib

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

here = pathlib.Path(__file__)


def compare(a, b, numbers):
    if numbers:
        a, b = np.array(a, float), np.array(b, float)
        edge = np.quantile(a, np.arange(1, 10) / 10, method="inverted_cdf")
        in_a, in_b = (np.bincount(np.searchsorted(edge, x), minlength=10) for x in (a, b))
        out = {"ks": stats.ks_2samp(a, b).statistic, "wasserstein": stats.wasserstein_distance(a, b)}
    else:
        words = sorted(set(a) | set(b))
        in_a, in_b = (np.array([x.count(w) for w in words]) for x in (a, b))
        chi2, p = stats.chi2_contingency([in_a, in_b], correction=False)[:2]
        out = {"chi2": chi2, "chi2_p": p}
    p, q = (np.maximum(x / x.sum(), 1e-4) for x in (in_a, in_b))
    return out | {"psi": ((q - p) * np.log(q / p)).sum(), "js": jensenshannon(in_a, in_b) ** 2}


def main():
    rows = list(csv.DictReader(open(here.parents[2] / "lessons/data/iris.csv")))
    out = {c: compare([r[c] for r in rows[:100]], [r[c] for r in rows[50:]], c != "species") for c in rows[0]}
    here.with_name("cli_drift.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
