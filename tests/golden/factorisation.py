"""Writes golden/factorisation_golden.h: sweeps of alternating least squares, an epoch of gradient descent and steps of a
factorisation machine, by NumPy from the definitions.

Run with Debian's python3-numpy:  /usr/bin/python3 tests/golden/factorisation.py
"""
import itertools
import pathlib

import numpy as np

rng = np.random.default_rng(33)
USERS, ITEMS, K, N = 9, 7, 3, 35


def declare(name, values, kind="double"):
    text = ", ".join(float(v).hex() if kind == "double" else str(v) for v in np.ravel(values))
    return f"static const {kind} {name}[] = {{{text}}};\n"


def explicit(user, item, value, items, l2, sweeps):
    """Ridge regressions of the ratings on (vector of the other, 1)."""
    mean = value.mean()
    vector = [np.zeros((USERS, K)), items.copy()]
    bias = [np.zeros(USERS), np.zeros(ITEMS)]
    who = [user, item]
    for _ in range(sweeps):
        for side in (0, 1):
            for o in range(len(bias[side])):
                rows = np.flatnonzero(who[side] == o)
                other = who[1 - side][rows]
                z = np.column_stack([vector[1 - side][other], np.ones(len(rows))])
                w = np.linalg.solve(z.T @ z + l2 * np.eye(K + 1), z.T @ (value[rows] - mean - bias[1 - side][other]))
                vector[side][o], bias[side][o] = w[:K], w[K]
    error = value - mean - bias[0][user] - bias[1][item] - np.sum(vector[0][user] * vector[1][item], axis=1)
    squares = sum(np.sum(a ** 2) for a in vector + bias)
    return [declare("als_user", vector[0]), declare("als_item", vector[1]), declare("als_user_bias", bias[0]),
            declare("als_item_bias", bias[1]), declare("als_objective", [np.sum(error ** 2) + l2 * squares])]


def implicit(user, item, weight, items, l2, alpha, sweeps):
    """Hu, Koren and Volinsky with full matrices: confidence 1 + alpha weight, preference 1 where there is an event."""
    extra, preference = np.zeros((USERS, ITEMS)), np.zeros((USERS, ITEMS))
    extra[user, item] = alpha * weight
    preference[user, item] = 1
    vector = [np.zeros((USERS, K)), items.copy()]
    for _ in range(sweeps):
        for side in (0, 1):
            y = vector[1 - side]
            for o in range(len(vector[side])):
                c = np.diag(1 + (extra[o] if side == 0 else extra[:, o]))
                p = preference[o] if side == 0 else preference[:, o]
                vector[side][o] = np.linalg.solve(y.T @ c @ y + l2 * np.eye(K), y.T @ c @ p)
    return [declare("implicit_user", vector[0]), declare("implicit_item", vector[1])]


def descend(user, item, value, users, items, l2, rate):
    p, q, mean = users.copy(), items.copy(), value.mean()
    bu, bi = np.zeros(USERS), np.zeros(ITEMS)
    for u, i, v in zip(user, item, value):
        e = v - (mean + bu[u] + bi[i] + p[u] @ q[i])
        bu[u], bi[i] = bu[u] + rate * (e - l2 * bu[u]), bi[i] + rate * (e - l2 * bi[i])
        p[u], q[i] = p[u] + rate * (e * q[i] - l2 * p[u]), q[i] + rate * (e * p[u] - l2 * q[i])
    return [declare("sgd_user", p), declare("sgd_item", q), declare("sgd_user_bias", bu), declare("sgd_item_bias", bi)]


def machine(d, k, n, rate, l2):
    """Log loss; the score by all pairs, the gradient of its factors from that."""
    x = rng.normal(size=(n, d)) * (rng.random((n, d)) < 0.5)
    y = rng.integers(2, size=n)
    bias, weight, factor = 0.0, np.zeros(d), rng.normal(size=(d, k)) * 0.3
    start, s0, s1, s2, scores = factor.copy(), 0.0, np.zeros(d), np.zeros((d, k)), []
    for row, label in zip(x, y):
        score = bias + weight @ row + sum(factor[i] @ factor[j] * row[i] * row[j]
                                          for i, j in itertools.combinations(range(d), 2))
        scores.append(score)
        slope = 1 / (1 + np.exp(-score)) - label
        there = row != 0
        g1 = np.where(there, slope * row + l2 * weight, 0)
        g2 = np.array([slope * row[i] * sum(factor[j] * row[j] for j in range(d) if j != i) + l2 * factor[i]
                       if there[i] else np.zeros(k) for i in range(d)])
        s0, s1, s2 = s0 + slope ** 2, s1 + g1 ** 2, s2 + g2 ** 2
        bias -= rate * slope / np.sqrt(s0 + 1e-10)
        weight = weight - rate * g1 / np.sqrt(s1 + 1e-10)
        factor = factor - rate * g2 / np.sqrt(s2 + 1e-10)
    return [f"enum {{ MACHINE_D = {d}, MACHINE_K = {k}, MACHINE_N = {n} }};\n", declare("machine_x", x),
            declare("machine_y", y, "uint8_t"), declare("machine_start", start), declare("machine_bias", [bias]),
            declare("machine_weight", weight), declare("machine_factor", factor), declare("machine_score", scores)]


def main():
    out = ["/* Written by tests/golden/factorisation.py, with NumPy. */\n",
           "#ifndef FACTORISATION_GOLDEN_H\n#define FACTORISATION_GOLDEN_H\n\n#include <stdint.h>\n\n",
           f"enum {{ USERS = {USERS}, ITEMS = {ITEMS}, FACTORS = {K}, RATINGS = {N} }};\n"]
    cell = rng.permutation(USERS * ITEMS)[:N]
    user, item = cell // ITEMS, cell % ITEMS
    value, weight = rng.integers(1, 6, size=N).astype(float), rng.exponential(size=N)
    users, items = rng.normal(size=(USERS, K)), rng.normal(size=(ITEMS, K))
    out += [declare("rating_user", user, "uint32_t"), declare("rating_item", item, "uint32_t"),
            declare("rating_value", value), declare("event_weight", weight), declare("start_user", users),
            declare("start_item", items)]
    out += explicit(user, item, value, items, 0.3, 3) + implicit(user, item, weight, items, 0.5, 4.0, 3)
    out += descend(user, item, value, users, items, 0.02, 0.05) + machine(6, 3, 25, 0.1, 0.0005)
    out.append("\n#endif\n")
    (pathlib.Path(__file__).parent / "factorisation_golden.h").write_text("".join(out))


main()
