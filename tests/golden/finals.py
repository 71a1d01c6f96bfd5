"""Writes golden/finals_golden.h: the verdict on three pilots and the loop that has labels mended, by NumPy and
scikit-learn.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/finals.py
"""
import pathlib

import numpy as np
from sklearn.metrics import confusion_matrix
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(41)


def written(v, kind):
    return str(int(v)) if kind != "double" else "(double)INFINITY" if np.isinf(v) else float(v).hex()


def declare(name, values, kind="double"):
    text = ", ".join(written(v, kind) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def descend(x, y, l2, rate, steps):
    """Logistic regression by full-batch gradient steps from 0: weights and intercept."""
    w, c = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        residual = sigmoid(x @ w + c) - y
        w, c = w - rate * (x.T @ residual / len(y) + l2 * w), c - rate * residual.mean()
    return w, c


# --- Should this be ML? ---------------------------------------------------------------------------------------------


def cost(y, acts, c_fp, c_fn):
    (_, fp), (fn, _) = confusion_matrix(y, acts, labels=[0, 1])
    return (c_fp * fp + c_fn * fn) / len(y)


def verdict(train, valid, test, c_fp, c_fn, decisions, build_cost):
    """By trying every threshold, the highest first."""
    scale = StandardScaler().fit(train["x"])
    w, c = descend(scale.transform(train["x"]), train["y"], 1e-3, 0.5, 300)
    p_valid, p_test = (sigmoid(scale.transform(s["x"]) @ w + c) for s in (valid, test))
    candidates = [np.inf, *sorted(set(p_valid), reverse=True)]
    threshold = candidates[np.argmin([cost(valid["y"], p_valid >= t, c_fp, c_fn) for t in candidates])]

    def baselines(s):
        return [np.zeros_like(s["y"]), np.ones_like(s["y"]), s["rule"]]

    base = np.argmin([cost(valid["y"], acts, c_fp, c_fn) for acts in baselines(valid)])
    ways = [*baselines(test), (p_test >= threshold).astype(int)]
    rows = [np.where(acts > test["y"], c_fp, 0) + np.where(acts < test["y"], c_fn, 0) for acts in ways]
    saved = rows[base] - rows[3]
    error = np.std(saved) / np.sqrt(len(saved))
    return [threshold, *(cost(test["y"], acts, c_fp, c_fn) for acts in ways), saved.mean(), error,
            decisions * saved.mean() - build_cost, float(decisions * (saved.mean() - 2 * error) > build_cost)]


def draw(n, strength):
    x = rng.normal(size=(n, 3)) * [1, 1000, 0.01] + [0, 5e4, 3]
    x[:, 2] = 7 if strength == 1 else x[:, 2]
    z = strength * ((x[:, 0] + (x[:, 1] - 5e4) / 1000)) - 1
    return {"x": x, "y": (rng.random(n) < sigmoid(z)).astype(int), "rule": (x[:, 0] > 0.5).astype(int)}


def pilots():
    out = ["enum { PILOT_TRAIN = 60, PILOT_VALID = 40, PILOT_TEST = 50, PILOT_D = 3, PILOTS = 3 };\n"]
    terms = [(1.0, 5.0, 1e4, 1000.0), (2.5, 4.0, 500.0, 400.0), (1.0, 1.0, 1e6, 0.0)]
    sets, verdicts = [], []
    for strength, t in zip((2, 1, 0), terms):
        parts = [draw(n, strength) for n in (60, 40, 50)]
        sets += parts
        verdicts.append(verdict(*parts, *t))
    out.append(declare("pilot_x", np.concatenate([s["x"] for s in sets])))
    out += [declare(f"pilot_{k}", np.concatenate([s[f] for s in sets]), "uint8_t")
            for k, f in (("label", "y"), ("rule", "rule"))]
    out += ["/* cost of a false positive and negative, decisions, cost to build */\n", declare("pilot_terms", terms)]
    out += ["/* threshold; cost of never, always, rule, model; saving, its error; net; build or not */\n",
            declare("pilot_verdict", verdicts)]
    return out


# --- Train, doubt, ask, train again ---------------------------------------------------------------------------------


def loop(x, given, truth, xv, yv, budget, batch, target):
    n, y = len(given), given.copy()
    order, rounds = [], 0

    def accuracy(model):
        return np.mean((xv @ model[0] + model[1] > 0) == (yv == 1))

    model = best = descend(x, y, 1e-3, 1, 100)
    before = after = now = accuracy(model)
    while len(order) < budget and now < target:
        belief = np.empty(n)
        for fold in range(5):
            held = np.arange(n) % 5 == fold
            w, c = descend(x[~held], y[~held], 1e-3, 1, 100)
            belief[held] = (x[held] @ w + c) * (2 * y[held] - 1)
        rows = [i for i in np.argsort(belief, kind="stable") if i not in order][: min(batch, budget - len(order))]
        if not rows:
            break
        order += rows
        rounds += 1
        if np.all(y[rows] == truth[rows]):
            break
        y[rows] = truth[rows]
        model = descend(x, y, 1e-3, 1, 100)
        now = accuracy(model)
        if now >= after:
            best, after = model, now
    return [*best[0], best[1], before, after], [rounds, len(order), np.sum(given[order] != truth[order])], order


def relabel():
    n, nv, d = 60, 30, 4
    truth, yv = np.arange(n) % 2, np.arange(nv) % 2
    x, xv = (rng.normal(size=(len(t), d)) + np.outer(2 * t - 1, np.full(d, 0.8)) for t in (truth, yv))
    given = np.where((truth == 1) & (rng.random(n) < 0.4), 0, truth)
    out = [f"enum {{ LOOP_N = {n}, LOOP_VALID = {nv}, LOOP_D = {d}, LOOPS = 4 }};\n", declare("loop_x", x),
           declare("loop_given", given, "uint8_t"), declare("loop_truth", truth, "uint8_t"),
           declare("loop_valid_x", xv), declare("loop_valid_label", yv, "uint8_t")]
    plans = [(0, 5, 2.0), (25, 7, 2.0), (60, 9, 0.95), (1000, 60, 2.0)]
    results = [loop(x, given, truth, xv, yv, *plan) for plan in plans]
    out += ["/* budget, batch, target */\n", declare("loop_plan", plans)]
    out += ["/* coefficients, intercept, validation accuracy before and after */\n",
            declare("loop_model", [r[0] for r in results])]
    out += ["/* rounds, asked, fixed */\n", declare("loop_report", [r[1] for r in results], "size_t")]
    out += ["/* the rows in the order in which they are asked for, plan after plan */\n",
            declare("loop_order", sum((r[2] for r in results), []), "size_t")]
    return out


def main():
    head = ["/* Written by tests/golden/finals.py, with NumPy and scikit-learn. */\n",
            "#ifndef FINALS_GOLDEN_H\n#define FINALS_GOLDEN_H\n\n",
            "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n\n"]
    text = "".join(head + pilots() + relabel() + ["\n#endif\n"])
    (pathlib.Path(__file__).parent / "finals_golden.h").write_text(text)


main()
