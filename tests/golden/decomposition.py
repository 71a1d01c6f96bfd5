"""Writes golden/decomposition_golden.h: eigenvalues, singular values and principal components, by NumPy and scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/decomposition.py
"""
import pathlib

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD

rng = np.random.default_rng(32)


def declare(name, values):
    return f"static const double {name}[] = {{{', '.join(float(v).hex() for v in np.ravel(values))}}};\n"


def positive(vectors):
    """Rows, their entry of largest size positive."""
    largest = np.argmax(np.abs(vectors), axis=1)
    return vectors * np.sign(vectors[np.arange(len(vectors)), largest])[:, None]


def eigh(name, a):
    value, vector = np.linalg.eigh(a)
    return [f"enum {{ {name.upper()}_N = {len(a)} }};\n", declare(f"{name}_a", a), declare(f"{name}_value", value[::-1]),
            declare(f"{name}_vector", positive(vector.T[::-1]))]


def svd(name, a, k):
    fit = TruncatedSVD(k, algorithm="arpack", tol=1e-15)
    score = fit.fit_transform(a)
    assert np.allclose(np.linalg.svd(a)[1][:k], fit.singular_values_)
    return [f"enum {{ {name.upper()}_N = {a.shape[0]}, {name.upper()}_D = {a.shape[1]}, {name.upper()}_K = {k} }};\n",
            declare(f"{name}_a", a), declare(f"{name}_value", fit.singular_values_), declare(f"{name}_v", fit.components_),
            declare(f"{name}_score", score)]


def pca(name, x, k):
    fit = PCA(k, svd_solver="full").fit(x)
    return [f"enum {{ {name.upper()}_N = {x.shape[0]}, {name.upper()}_D = {x.shape[1]}, {name.upper()}_K = {k} }};\n",
            declare(f"{name}_x", x), declare(f"{name}_mean", fit.mean_), declare(f"{name}_component", fit.components_),
            declare(f"{name}_variance", fit.explained_variance_), declare(f"{name}_ratio", fit.explained_variance_ratio_),
            declare(f"{name}_score", fit.transform(x))]


def main():
    out = ["/* Written by tests/golden/decomposition.py, with NumPy and scikit-learn. */\n",
           "#ifndef DECOMPOSITION_GOLDEN_H\n#define DECOMPOSITION_GOLDEN_H\n\n"]
    half = rng.normal(size=(12, 12))
    out += eigh("small", (half + half.T)[:3, :3]) + eigh("large", half + half.T)
    size = 3.0 ** -np.arange(8)
    out += svd("tall_svd", rng.normal(size=(20, 8)) * size, 4) + svd("wide_svd", rng.normal(size=(7, 15)), 3)
    mix = rng.normal(size=(6, 6))
    out += pca("tall_pca", rng.normal(size=(40, 6)) @ mix * [1, 5, 0.2, 1, 1, 3] + 10, 6)
    out += pca("wide_pca", rng.normal(size=(8, 20)) * np.linspace(1, 4, 20) - 3, 5)
    out.append("\n#endif\n")
    (pathlib.Path(__file__).parent / "decomposition_golden.h").write_text("".join(out))


main()
