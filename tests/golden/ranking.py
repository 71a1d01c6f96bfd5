"""Writes golden/ranking_golden.h: rankings of several queries by scikit-learn and NumPy.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/ranking.py
"""
import pathlib

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(65)


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def figures(score, relevance, k, gain):
    """NDCG, MAP, MRR, precision, recall, hit rate of one query."""
    hit = relevance[np.argsort(-score, kind="stable")] > 0
    worth = relevance if gain == 0 else 2.0**relevance - 1
    ndcg = metrics.ndcg_score([worth], [score], k=k, ignore_ties=True)
    places = np.flatnonzero(hit) + 1
    seen = places[places <= k]
    precision_at = [np.mean(hit[:p]) for p in seen]
    if k >= len(hit) and hit.any():
        assert np.isclose(np.sum(precision_at) / hit.sum(), metrics.average_precision_score(relevance > 0, score))
    return [ndcg, np.sum(precision_at) / max(1, min(hit.sum(), k)), 1 / seen[0] if len(seen) else 0.0, len(seen) / k,
            len(seen) / max(1, hit.sum()), float(len(seen) > 0)]


def main():
    lengths = rng.integers(2, 25, 30)
    start = np.concatenate([[0], np.cumsum(lengths)])
    score = rng.normal(size=start[-1])  # no ties: scikit-learn orders equal ones in another way
    relevance = rng.choice([0.0, 1.0, 2.0, 3.0], start[-1], p=[0.7, 0.15, 0.1, 0.05])
    relevance[start[4]:start[5]] = 0.0
    cases = [(k, gain) for k in (1, 5, 100) for gain in (0, 1)]
    means = [np.mean([figures(score[a:b], relevance[a:b], k, gain) for a, b in zip(start, start[1:])], axis=0)
             for k, gain in cases]
    shown = rng.poisson(rng.gamma(0.5, 20, 35)).astype(float)
    out = ["/* Written by tests/golden/ranking.py, with scikit-learn and NumPy. */\n",
           "#ifndef RANKING_GOLDEN_H\n#define RANKING_GOLDEN_H\n\n#include <stddef.h>\n\n",
           f"enum {{ RANK_QUERIES = {len(lengths)}, RANK_LONGEST = {max(lengths)}, RANK_CASES = {len(cases)} }};\n",
           declare("rank_start", start, "size_t"), declare("rank_score", score), declare("rank_relevance", relevance),
           "/* Places that count and gain, then the means: NDCG, MAP, MRR, precision, recall, hit rate. */\n",
           declare("rank_case", cases, "size_t"), declare("golden_ranking", means),
           declare("golden_dcg", [metrics.dcg_score([[3, 2, 3, 0, 1, 2]], [[6, 5, 4, 3, 2, 1]])]),
           "/* How often items are shown, and Gini's coefficient of it. */\n", declare("gini_shown", shown),
           declare("golden_gini", [np.abs(shown[:, None] - shown).mean() / 2 / shown.mean()]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "ranking_golden.h").write_text("".join(out))


main()
