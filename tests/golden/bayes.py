"""Writes golden/bayes_golden.h: multinomial and Bernoulli naive Bayes.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/bayes.py
"""
import pathlib

import numpy as np
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

rng = np.random.default_rng(72)


def declare(name, values, kind="double"):
    text = ", ".join(str(v) if kind == "uint32_t" else float(v).hex() for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    n, d, k = 80, 6, 3
    label = rng.integers(0, k, size=n)
    rates = rng.gamma(1.0, 1.5, size=(k, d))
    x = rng.poisson(rates[label]).astype(float)
    query = rng.poisson(rates[rng.integers(0, k, size=20)]) * rng.choice([1.0, 0.5], size=(20, 1))
    out = ["/* Written by tests/golden/bayes.py, with scikit-learn. */\n"
           "#ifndef BAYES_GOLDEN_H\n#define BAYES_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ BAYES_N = {n}, BAYES_D = {d}, BAYES_CLASSES = {k}, BAYES_QUERIES = {len(query)} }};\n",
           declare("bayes_x", x), declare("bayes_label", label, "uint32_t"), declare("bayes_query", query)]
    for name, alpha in ("one", 1.0), ("tenth", 0.1):
        counts = MultinomialNB(alpha=alpha).fit(x, label)
        out.append(declare(f"multinomial_{name}_log_probability", counts.feature_log_prob_))
        out.append(declare(f"multinomial_{name}_probabilities", counts.predict_proba(query)))
        present = BernoulliNB(alpha=alpha, binarize=0.5).fit(x, label)
        out.append(declare(f"bernoulli_{name}_log_present", present.feature_log_prob_))
        out.append(declare(f"bernoulli_{name}_probabilities", present.predict_proba(query)))
    out.append(declare("bayes_prior", np.bincount(label) / n))
    out.append("\n#endif\n")
    pathlib.Path(__file__).with_name("bayes_golden.h").write_text("".join(out))


if __name__ == "__main__":
    main()
