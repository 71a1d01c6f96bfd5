"""Writes golden/features_golden.h: hashes, scalers, imputers, bins, encoders, expansions, texts and importance by
scikit-learn and NumPy.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/features.py
"""
import itertools
import pathlib

import numpy as np
from sklearn import feature_extraction, impute, preprocessing, tree
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.utils import murmurhash3_32

rng = np.random.default_rng(4)


def declare(name, values, kind="double"):
    def text(v):
        if kind != "double":
            return str(int(v))
        return "NAN" if np.isnan(v) else float(v).hex()

    return f"static const {kind} {name}[] = {{{', '.join(text(v) for v in np.ravel(values))}}};\n"


def hashes():
    words = ["", "a", "ab", "abc", "abcd", "hello, world", "The quick brown fox jumps over the lazy dog", "é",
             "city=Oslo"]
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


def binning():
    x, y = np.round(rng.exponential(3, 60) * 4) / 4, np.repeat([1.0, 4.0, 2.0], 20) + rng.normal(size=60) * 0.3
    x[:15] = 2.0  # a frequent value: quantiles coincide
    probe = np.concatenate([x, rng.exponential(4, 20) - 1])
    yield declare("features_binned", x) + declare("features_binned_probe", probe)
    for name, strategy in (("width", "uniform"), ("frequency", "quantile")):
        binner = preprocessing.KBinsDiscretizer(n_bins=7, encode="ordinal", strategy=strategy).fit(x[:, None])
        yield declare(f"golden_equal_{name}_cuts", binner.bin_edges_[0][1:-1])
        yield declare(f"golden_equal_{name}", binner.transform(probe[:, None]), "uint32_t")
    column = rng.permutation(60) + rng.integers(0, 4, 60) / 4  # exact as float32, which trees use
    target = np.sin(column / 10) + rng.normal(size=60) * 0.1
    yield declare("features_column", column) + declare("features_target", target)
    fitted = tree.DecisionTreeRegressor(max_leaf_nodes=6, min_samples_leaf=4).fit(column[:, None], target)
    yield declare("golden_target_cuts", np.sort(fitted.tree_.threshold[fitted.tree_.children_left >= 0]))


def categories():
    x = rng.choice([-7, 0, 3, 12, 40, 99], 60, p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05])
    x[:6] = [-7, 0, 3, 12, 40, 99]
    serve = np.array([3, -7, 5, 99, 12, 0, 40, -100, 41])
    yield declare("features_category", x, "int32_t") + declare("features_category_serve", serve, "int32_t")
    encoder = preprocessing.OneHotEncoder(min_frequency=8, handle_unknown="infrequent_if_exist", sparse_output=False)
    yield declare("golden_one_hot", encoder.fit(x[:, None]).transform(serve[:, None]))
    encoder = preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=6)
    yield declare("golden_ordinal", encoder.fit(x[:, None]).transform(serve[:, None]), "uint32_t")
    n, n_cat, n_fold, m = 58, 7, 5, 1.5
    cat, y = rng.integers(0, n_cat - 1, n), rng.normal(size=n) + 2
    fold = np.where(np.arange(n) < n // 2, 0, rng.integers(1, n_fold, n))
    yield declare("features_cat", cat, "uint32_t") + declare("features_y", y)
    yield declare("features_fold", fold, "uint32_t")

    def encode(mask, c):
        prior = y[mask].mean()
        return (y[mask & (cat == c)].sum() + m * prior) / ((mask & (cat == c)).sum() + m)

    yield declare("golden_target_train", [encode(fold != fold[i], cat[i]) for i in range(n)])
    yield declare("golden_target_table", [encode(fold >= 0, c) for c in range(n_cat)])
    tokens = [f"word{i}" for i in range(40)] + ["word3", "word3", "x=1"]
    values = np.round(rng.normal(size=len(tokens)), 3)
    yield declare("features_token_value", values)
    for sign in (True, False):
        hasher = feature_extraction.FeatureHasher(n_features=16, input_type="pair", alternate_sign=sign)
        yield declare(f"golden_hashed_{'signed' if sign else 'plain'}",
                      hasher.transform([list(zip(tokens, values))]).toarray())


def expansions():
    x = rng.normal(size=(4, 3))
    yield declare("features_rows", x)
    for name, degree, interactions, bias in (("cubic", 3, False, True), ("pairs", 2, True, False)):
        expansion = preprocessing.PolynomialFeatures(degree, interaction_only=interactions, include_bias=bias)
        yield declare(f"golden_{name}", expansion.fit_transform(x))
    frequency = rng.normal(size=(5, 3)) * 3
    angle = 2 * np.pi * x @ frequency.T
    yield declare("features_frequency", frequency)
    yield declare("golden_fourier", np.stack([np.sin(angle), np.cos(angle)], axis=2))
    position, d = np.array([0, 1, 7, 250.0]), 7
    angle = position[:, None] / 10000 ** (np.arange(d) // 2 * 2 / d)
    yield declare("golden_position", np.where(np.arange(d) % 2 == 0, np.sin(angle), np.cos(angle)))


def importance():
    d, row, background = 4, rng.normal(size=4), rng.normal(size=(6, 4))

    def model(x):  # the test has the same
        return x[:, 0] * x[:, 1] + 2 * x[:, 2] + x[:, 0] * x[:, 2] * x[:, 3]

    def worth(columns):
        mixed = background.copy()
        mixed[:, columns] = row[list(columns)]
        return model(mixed).mean()

    phi, orders = np.zeros(d), list(itertools.permutations(range(d)))
    for order in orders:
        for i, j in enumerate(order):
            phi[j] += worth(order[:i + 1]) - worth(order[:i])
    yield declare("features_explained", row) + declare("features_background", background)
    yield declare("golden_shapley", phi / len(orders))


def texts():
    corpus = ["The quick brown fox, the lazy dog.", "A dog's life: dog eat dog!", "quick_fix 42 x FOX café Café",
              "", "No known words -- the end of_the line", "fox fox FOX 4 42"]
    serve = ["The DOG and the fox", "zebra", "café 42 quick_fix fox the the the"]
    for name, lines in (("text", corpus), ("text_serve", serve)):
        yield f"static const char *const features_{name}[] = {{{', '.join(chr(34) + t + chr(34) for t in lines)}}};\n"
    for min_df in (1, 2):
        counts = CountVectorizer(min_df=min_df).fit(corpus)
        tfidf = TfidfVectorizer(min_df=min_df).fit(corpus)
        words = ", ".join(f'"{w}"' for w in tfidf.get_feature_names_out())
        yield f"static const char *const golden_words_{min_df}[] = {{{words}}};\n"
        yield declare(f"golden_counts_{min_df}", counts.transform(serve).toarray())
        yield declare(f"golden_tfidf_{min_df}", tfidf.transform(serve).toarray())


def main():
    out = ["/* Written by tests/golden/features.py, with scikit-learn and NumPy. */\n",
           "#ifndef FEATURES_GOLDEN_H\n#define FEATURES_GOLDEN_H\n\n#include <math.h>\n#include <stdint.h>\n\n",
           *hashes(), *scaling(), *imputing(), *binning(), *categories(), *expansions(),
           *importance(), *texts(), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "features_golden.h").write_text("".join(out))


main()
