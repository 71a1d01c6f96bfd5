"""Writes golden/fairness_golden.h: figures by group with scikit-learn and statsmodels, gaps by Fairlearn's definitions.

Run with Debian's python3-sklearn and python3-statsmodels:  /usr/bin/python3 tests/golden/fairness.py
"""
import pathlib

import numpy as np
from sklearn.metrics import accuracy_score, precision_score, recall_score
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(71)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(int(v)) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def rates(truth, said):
    """Selection rate, true and false positive rate, precision, accuracy."""
    return [said.mean(), recall_score(truth, said), 1 - recall_score(truth, said, pos_label=0),
            precision_score(truth, said), accuracy_score(truth, said)]


def intervals(truth, said, level):
    rows = [(said, said >= 0), (said, truth == 1), (said, truth == 0), (truth, said == 1), (said == truth, said >= 0)]
    return [proportion_confint(x[of].sum(), of.sum(), 1 - level, "wilson") for x, of in rows]


def ece(p, y, bins):
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum((at == b).mean() * abs(p[at == b].mean() - y[at == b].mean()) for b in np.unique(at))


def main():
    n, groups, bins, level = 400, 4, 10, 0.9
    group = rng.choice(groups, n, p=[0.4, 0.3, 0.2, 0.1])
    p = np.round(rng.beta(1 + group, 3, n), 3)
    truth = (rng.random(n) < p).astype(int)
    said = (p >= 0.4).astype(int)
    members = [group == g for g in range(groups)]
    each = np.array([rates(truth[m], said[m]) for m in members])
    low, high = each.min(axis=0), each.max(axis=0)
    odds = [(high - low)[1:3].max(), (low / high)[1:3].min()]
    calibration = [(p[m].mean(), truth[m].mean(), *proportion_confint(truth[m].sum(), m.sum(), 1 - level, "wilson"),
                    ece(p[m], truth[m], bins)) for m in members]
    out = ["/* Written by tests/golden/fairness.py, with scikit-learn, statsmodels and NumPy. */\n",
           "#ifndef FAIRNESS_GOLDEN_H\n#define FAIRNESS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ FAIR_N = {n}, FAIR_GROUPS = {groups}, FAIR_BINS = {bins} }};\n",
           declare("fair_group", group, "uint32_t"), declare("fair_truth", truth, "uint8_t"),
           declare("fair_said", said, "uint8_t"), declare("fair_probability", p),
           "/* By group: selection, true and false positive rate, precision, accuracy; and the ends of each. */\n",
           declare("golden_rates", each),
           declare("golden_rate_ends", [intervals(truth[m], said[m], level) for m in members]),
           "/* Differences, ratios, and of the odds both. */\n",
           declare("golden_gaps", np.r_[high - low, low / high, odds]),
           "/* By group: mean probability, share of positives and its ends, calibration error. */\n",
           declare("golden_group_calibration", calibration), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "fairness_golden.h").write_text("".join(out))


main()
