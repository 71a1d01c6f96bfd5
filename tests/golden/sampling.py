"""Writes golden/sampling_golden.h: estimates from samples, by NumPy.

Run with Debian's python3-numpy:  /usr/bin/python3 tests/golden/sampling.py
"""
import pathlib

import numpy as np

rng = np.random.default_rng(61)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if "size" in kind else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


out = "/* Written by sampling.py. */\n"

f, log_w = rng.normal(size=40) * 3 + 1, rng.normal(size=40) * 2 - 700
w = np.exp(log_w - log_w.max())
out += declare("golden_f", f) + declare("golden_log_w", log_w)
out += declare("golden_importance", [np.average(f, weights=w), w.sum() ** 2 / (w ** 2).sum()])

population = rng.lognormal(2, 1, 500)
q = population ** 0.7 / (population ** 0.7).sum()
drawn = rng.choice(500, 30, p=q)
each = population[drawn] / q[drawn] / 500
out += declare("golden_y", population[drawn]) + declare("golden_q", q[drawn])
out += declare("golden_hansen_hurwitz", [each.mean(), each.std(ddof=1) / np.sqrt(30)])

size, sampled = np.array([700, 200, 80, 20, 0]), np.array([40, 30, 20, 20, 0])
mean, variance = rng.normal(50, 20, 5), rng.uniform(1, 400, 5)
share = size[:4] / size.sum()
error = np.sqrt((share ** 2 * variance[:4] / sampled[:4] * (1 - sampled[:4] / size[:4])).sum())
out += declare("golden_size", size, "size_t") + declare("golden_sampled", sampled, "size_t")
out += declare("golden_mean", mean) + declare("golden_variance", variance)
out += declare("golden_stratified", [(share * mean[:4]).sum(), error])

rows = rng.integers(1, 30, 12).astype(float)
total = rows * rng.normal(10, 2, 12)
ratio = total.sum() / rows.sum()
error = np.sqrt((1 - 12 / 50) / 12) * np.std(np.r_[total - ratio * rows], ddof=0) * np.sqrt(12 / 11) / rows.mean()
out += declare("golden_cluster_size", rows) + declare("golden_cluster_total", total)
out += declare("golden_cluster", [ratio, error])
(pathlib.Path(__file__).resolve().parent / "sampling_golden.h").write_text(out)
