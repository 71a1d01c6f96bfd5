"""Writes golden/queues_golden.h: percentiles by NumPy, Erlang's C by SciPy.

Run with Debian's python3-scipy:  /usr/bin/python3 tests/golden/queues.py
"""
import pathlib

import numpy as np
from scipy import stats

rng = np.random.default_rng(61)


def declare(name, values):
    text = ", ".join(float(v).hex() for v in np.ravel(values))
    return f"static const double {name}[] = {{{text}}};\n"


def erlang_c(servers, load):
    busy = stats.poisson.pmf(servers, load) * servers / (servers - load)
    return busy / (stats.poisson.cdf(servers - 1, load) + busy)


def main():
    values = np.exp(rng.normal(2, 1.2, 1500))
    q = np.array([0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1])
    cases = [(1, 0.7), (2, 1.5), (4, 3.2), (8, 6.4), (16, 15.9), (100, 92), (500, 480)]
    out = ["/* Written by tests/golden/queues.py, with NumPy and SciPy. */\n",
           "#ifndef QUEUES_GOLDEN_H\n#define QUEUES_GOLDEN_H\n\n",
           declare("sketched", values), declare("sketched_q", q),
           declare("golden_lower", np.quantile(values, q, method="lower")),
           declare("golden_nearest_rank", np.quantile(values, q, method="inverted_cdf")),
           "/* servers, load, the chance to wait */\n",
           declare("golden_erlang", [(c, a, erlang_c(c, a)) for c, a in cases]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "queues_golden.h").write_text("".join(out))


main()
