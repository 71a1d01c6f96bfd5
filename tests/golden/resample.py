"""Writes golden/resample_golden.h: intervals of the middle values, by NumPy.

Run with Debian's python3-numpy:  /usr/bin/python3 tests/golden/resample.py
"""
import pathlib

import numpy as np

value = np.random.default_rng(71).normal(size=37)
levels = [0.5, 0.9, 0.95, 0.123]
ends = [np.percentile(value, [50 * (1 - q), 50 * (1 + q)]) for q in levels]
lines = [f"static const double {name}[] = {{{', '.join(float(v).hex() for v in np.ravel(values))}}};\n"
         for name, values in [("golden_value", value), ("golden_level", levels), ("golden_ends", ends)]]
(pathlib.Path(__file__).resolve().parent / "resample_golden.h").write_text("/* Written by resample.py. */\n" +
                                                                           "".join(lines))
