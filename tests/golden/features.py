"""Writes golden/features_golden.h: hashes, scalers, imputers, bins, encoders, expansions, texts and importance by
scikit-learn and NumPy.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/features.py
"""
import pathlib

import numpy as np
from sklearn import impute, preprocessing
from sklearn.utils import murmurhash3_32

rng = np.random.default_rng(4)


def declare(name, values, kind="double"):
    def text(v):
        if kind != "double":
            return str(int(v))
        return "NAN" if np.isnan(v) else float(v).hex()

    return f"static const {kind} {name}[] = {{{', '.join(text(v) for v in np.ravel(values))}}};\n"


def hashes():
    words = ["", "a", "ab", "abc", "abcd", "hello, world", "The quick brown fox jumps over the lazy dog", "é", "city=Oslo"]
    for i, (word, seed) in enumerate((w, s) for w in words for s in (0, 42)):
        if i == 0:
            yield "static const struct {\n    const char *text;\n    uint32_t seed, hash;\n} golden_murmur3[] = {\n"
        yield f'    {{"{word}", {seed}u, {murmurhash3_32(word, seed, positive=True)}u}},\n'
    yield "};\n"


def holed(n, d, share):
    x = rng.normal(size=(n, d)) * 10.0 ** np.arange(d) + 3
    x[rng.random((n, d)) < share] = np.nan
    return x


def scaling():
    x, serve = holed(40, 3, 0.15), holed(7, 3, 0.2)
    yield declare("features_x", x) + declare("features_serve", serve)
    for name, scaler in (("standard", preprocessing.StandardScaler()), ("min_max", preprocessing.MinMaxScaler()),
                         ("robust", preprocessing.RobustScaler()),
                         ("deviation", preprocessing.StandardScaler(with_mean=False))):
        yield declare(f"golden_{name}", scaler.fit(x).transform(serve))
    skewed, fresh = np.exp(rng.normal(size=(30, 2)) * 2), np.exp(rng.normal(size=(5, 2)) * 2)
    yield declare("features_skewed", skewed) + declare("features_fresh", fresh)
    yield declare("golden_log", np.log1p(fresh))
    yield declare("golden_log_standard",
                  preprocessing.StandardScaler().fit(np.log1p(skewed)).transform(np.log1p(fresh)))
    tied = np.round(rng.normal(size=(50, 2)) * 2) / 2
    tied[::7, 1] = np.nan
    probe = np.concatenate([tied[:20], rng.normal(size=(20, 2)) * 2])
    yield declare("features_tied", tied) + declare("features_probe", probe)
    for law in ("uniform", "normal"):
        yield declare(f"golden_quantile_{law}", preprocessing.QuantileTransformer(
            n_quantiles=11, output_distribution=law).fit(tied).transform(probe))


def imputing():
    x, serve = holed(40, 3, 0.3), holed(9, 3, 0.4)
    x[:, 2] = np.round(x[:, 2] / 100)
    serve[:, 2] = np.round(serve[:, 2] / 100)
    yield declare("features_holes", x) + declare("features_holes_serve", serve)
    for name in ("mean", "median", "most_frequent"):
        yield declare(f"golden_fill_{name}", impute.SimpleImputer(strategy=name).fit(x).transform(serve))
    yield declare("golden_indicator", impute.MissingIndicator(features="all").fit(x).transform(serve))
    x, serve = holed(40, 3, 0.3), holed(9, 3, 0.4)  # not rounded: scikit-learn's order of equal distances is open
    yield declare("features_far", x) + declare("features_far_serve", serve)
    for k in (1, 4):
        yield declare(f"golden_knn_impute_{k}", impute.KNNImputer(n_neighbors=k).fit(x).transform(serve))
    yield declare("golden_knn_impute_itself", impute.KNNImputer(n_neighbors=3).fit(x).transform(x))


def main():
    out = ["/* Written by tests/golden/features.py, with scikit-learn and NumPy. */\n",
           "#ifndef FEATURES_GOLDEN_H\n#define FEATURES_GOLDEN_H\n\n#include <math.h>\n#include <stdint.h>\n\n",
           *hashes(), *scaling(), *imputing(), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "features_golden.h").write_text("".join(out))


main()
