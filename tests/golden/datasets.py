"""Writes lessons/data/{wine,breast_cancer,diabetes}.csv and golden/datasets_golden.h: what is in them, by scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/datasets.py
"""
import csv
import pathlib

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

here = pathlib.Path(__file__).resolve().parent
data = here.parent.parent / "lessons" / "data"


def short(x):
    """The shortest decimal that gives the same double."""
    return str(int(x)) if x == int(x) else repr(float(x))


def write(name, columns, x, target):
    with open(data / name, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        for row, t in zip(x, target):
            rows.writerow([short(v) for v in row] + [t])


wine, cancer, diabetes = load_wine(), load_breast_cancer(), load_diabetes(scaled=False)
wine_names = [n.replace("od280/od315_of_diluted_wines", "od280_od315") for n in wine.feature_names]
write("wine.csv", wine_names + ["cultivar"], wine.data, wine.target_names[wine.target])
write("breast_cancer.csv", [n.replace(" ", "_") for n in cancer.feature_names] + ["diagnosis"], cancer.data,
      cancer.target_names[cancer.target])
write("diabetes.csv", list(diabetes.feature_names) + ["progression"], diabetes.data,
      [short(t) for t in diabetes.target])

sets = [("iris.csv", load_iris().data, 3), ("wine.csv", wine.data, 3), ("breast_cancer.csv", cancer.data, 2),
        ("diabetes.csv", np.column_stack([diabetes.data, diabetes.target]), 0),
        ("digits.csv", np.column_stack([load_digits().data, load_digits().target]), 0)]
with open(here / "datasets_golden.h", "w") as out:
    out.write("/* Written by datasets.py: of each file its rows, its columns of numbers, the classes of its last column\n"
              " * (0: that is one of the numbers), and the columns' sums and sums of squares. */\n")
    out.write("static const struct {\n    const char *name;\n    size_t rows, numbers, classes;\n} golden_file[] = {\n")
    for name, x, classes in sets:
        out.write(f'    {{"{name}", {x.shape[0]}, {x.shape[1]}, {classes}}},\n')
    out.write("};\nstatic const double golden_sum[] = {\n")
    for _, x, _ in sets:
        for column in x.T:
            out.write(f"    {float(np.sum(column)).hex()}, {float(np.sum(column**2)).hex()},\n")
    out.write("};\n")
