"""Writes golden/monitor_golden.h: quantiles, counts between them and stability indices by NumPy.

Run with Debian's python3-numpy:  /usr/bin/python3 tests/golden/monitor.py
"""
import pathlib

import numpy as np

rng = np.random.default_rng(7)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def counts(edge, value):
    return np.bincount(np.searchsorted(edge, value, side="left"), minlength=len(edge) + 1)


def psi(p, q):
    return np.sum((q - p) * np.log(q / p))


def floored(count):
    return np.maximum(count / count.sum(), 1e-4)


def half_a_count(count):
    return (count + 0.5) / (count.sum() + 0.5 * len(count))


def main():
    n, m, k = 997, 143, 10
    reference = rng.normal(size=n)
    coarse = np.round(reference)  # many ties: some quantiles are equal
    live = np.concatenate([rng.normal(0.4, 1.3, m - 43), np.full(43, reference[5])])  # 43 equal ones
    live[-1] = np.quantile(reference, 0.3, method="inverted_cdf")  # and one on an edge
    narrow = rng.normal(size=m) * 0.2  # leaves bins empty
    edges = [np.quantile(x, np.arange(1, k) / k, method="inverted_cdf") for x in (reference, coarse)]
    before = counts(edges[0], reference)
    pairs = [(before, counts(edges[0], x)) for x in (live, narrow)]
    out = ["/* Written by tests/golden/monitor.py, with NumPy: deciles, counts between them and stability indices. */\n",
           "#ifndef MONITOR_GOLDEN_H\n#define MONITOR_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ MONITOR_N = {n}, MONITOR_M = {m}, MONITOR_BINS = {k} }};\n",
           declare("monitor_reference", reference), declare("monitor_coarse", coarse), declare("monitor_live", live),
           declare("monitor_narrow", narrow), declare("golden_deciles", edges[0]),
           declare("golden_coarse_deciles", edges[1]), declare("golden_reference_count", before, "uint32_t"),
           declare("golden_live_count", pairs[0][1], "uint32_t"),
           declare("golden_narrow_count", pairs[1][1], "uint32_t"),
           "/* Live, then narrow; with shares floored, then with half a count added. */\n",
           declare("golden_psi", [psi(f(p), f(q)) for f in (floored, half_a_count) for p, q in pairs]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "monitor_golden.h").write_text("".join(out))


main()
