"""Writes golden/splits_golden.h: folds by class, by group and by time, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/splits.py
"""
import pathlib

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedKFold, TimeSeriesSplit

rng = np.random.default_rng(67)


def declare(name, values):
    return f"static const int32_t {name}[] = {{{', '.join(str(int(v)) for v in values)}}};\n"


def folds(splitter, n, *args):
    fold = np.empty(n, int)
    for i, (_, test) in enumerate(splitter.split(np.zeros(n), *args)):
        fold[test] = i
    return fold


out = "/* Written by splits.py. */\nenum { STRATIFIED_CASES = 6, GROUPED_CASES = 4, TIME_CASES = 6 };\n"
cases, labels, expected = [], [], []
for n, classes, k in [(50, 2, 5), (37, 3, 4), (100, 5, 7), (20, 1, 3), (60, 4, 2), (99, 8, 10)]:
    label = rng.choice(classes, n, p=np.arange(1, classes + 1)[::-1] / (classes * (classes + 1) / 2))
    cases += [n, classes, k]
    labels += list(label)
    expected += list(folds(StratifiedKFold(k), n, label))
out += declare("stratified_case", cases) + declare("stratified_label", labels) + declare("stratified_fold", expected)

cases, groups, expected = [], [], []
for sizes, k in [([1, 2, 3, 4, 5, 6], 2), ([9, 4, 7, 1, 12, 3, 20], 3), (list(range(1, 16)), 5), ([5, 3, 8], 3)]:
    group = rng.permutation(np.repeat(rng.permutation(len(sizes)) * 977 - 3000, sizes))
    cases += [len(group), k]
    groups += list(group)
    expected += list(folds(GroupKFold(k), len(group), None, group))
out += declare("grouped_case", cases) + declare("grouped_group", groups) + declare("grouped_fold", expected)

cases, expected = [], []
for n, k, size, gap, most in [(10, 3, 0, 0, 0), (23, 4, 0, 2, 0), (50, 5, 3, 0, 10), (31, 2, 5, 4, 6), (7, 6, 1, 0, 0),
                              (100, 9, 0, 7, 30)]:
    cases += [n, k, size, gap, most]
    for train, test in TimeSeriesSplit(k, max_train_size=most or None, test_size=size or None, gap=gap).split(
            np.zeros(n)):
        expected += [train[0], train[-1] + 1, test[0], test[-1] + 1]
out += declare("time_case", cases) + declare("time_fold", expected)
(pathlib.Path(__file__).resolve().parent / "splits_golden.h").write_text(out)
