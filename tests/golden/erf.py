"""Writes golden/erf_golden.h: erf, GELU and its slope at floats, to 40 digits and then rounded to double.

Run with Debian's python3-mpmath:  /usr/bin/python3 tests/golden/erf.py
With --fit (needs python3-scipy), prints instead the coefficients of ml/base/math.c: minimax fits of the relative error,
by Lawson's method (each point's weight is multiplied by its error, again and again).
"""
import pathlib
import random
import struct
import sys

import mpmath as mp

mp.mp.prec = 400
random.seed(21)


def to_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def fit():
    import numpy as np
    from scipy.special import erf, erfc, erfcx

    def show(name, error, coefficients):
        print(f"{name}: relative error {error:.1e}\n    " + ", ".join(to_float(c).hex() for c in coefficients))

    def chebyshev(low, high, n):
        return (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)

    def lawson(basis, target, weight, rounds=60):
        share, best = np.ones(len(target)), None
        for _ in range(rounds):
            w = np.sqrt(share / share.sum()) * weight
            coefficients = np.linalg.lstsq(basis * w[:, None], target * w, rcond=None)[0]
            error = np.abs((basis @ coefficients - target) * weight)
            best = min(best or (np.inf, None), (error.max(), list(coefficients)), key=lambda b: b[0])
            share = share * error / (share * error).sum()
        return best

    x = np.sqrt(chebyshev(0, 1, 400))
    show("P", *lawson(np.vander(x**2, 7, increasing=True), erf(x) / x - 1, x / erf(x)))
    x = chebyshev(1, 4, 400)
    show("Q", *lawson(np.vander(x, 7, increasing=True), np.log(erfc(x)), erfc(x) / erf(x)))

    # The tail's ratio N / D: linear in the coefficients once multiplied by D, whose values are those of the round before.
    x = chebyshev(0, 1, 600) ** 2 * 14.5
    ratio, below, share, best = 0.5 * erfcx(x / np.sqrt(2)), np.ones(600), np.ones(600), (np.inf, None)
    for turn in range(200):
        basis = np.hstack([np.vander(x, 5, increasing=True), -ratio[:, None] * np.vander(x, 6, increasing=True)[:, 1:]])
        w = np.sqrt(share / share.sum()) / (ratio * below)
        scale = np.abs(basis * w[:, None]).max(0)
        c = np.linalg.lstsq(basis * w[:, None] / scale, ratio * w, rcond=None)[0] / scale
        below = np.vander(x, 6, increasing=True) @ np.r_[1, c[5:]]
        error = np.abs(np.vander(x, 5, increasing=True) @ c[:5] / below / ratio - 1)
        best = min(best, (error.max(), list(c)), key=lambda b: b[0])
        share = share * error / (share * error).sum() if turn > 10 else share
    show("tail, above and below without its 1", *best)


def golden():
    spread = [to_float(random.uniform(-1, 1) * 10 ** random.uniform(-4, 0.8)) for _ in range(600)]
    around = [to_float(s * b + e) for b in (1, 4) for e in (0, 1e-7, -1e-7, 1e-3, -1e-3) for s in (1, -1)]
    tiny = [to_float(s * 10**e) for e in range(-45, -4, 5) for s in (1, -1)]
    far = [to_float(s * x / 8) for x in range(40, 116) for s in (1, -1)]

    def normal(x):
        return mp.erfc(-x / mp.sqrt(2)) / 2

    def density(x):
        return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)

    cases = {
        "erf": (mp.erf, spread + around + tiny),
        "gelu": (lambda x: x * normal(x), spread + around + tiny + far),
        "gelu_slope": (lambda x: normal(x) + x * density(x), spread + around + tiny + far),
    }
    lines = [
        "/* Written by tests/golden/erf.py, with mpmath: floats, and the function's value there rounded to double. */",
        "#ifndef ERF_GOLDEN_H",
        "#define ERF_GOLDEN_H",
        "",
        "typedef struct golden_erf_value {",
        "    float x;",
        "    double value;",
        "} golden_erf_value;",
    ]
    for name, (function, xs) in cases.items():
        lines += ["", f"static const golden_erf_value golden_{name}[] = {{"]
        lines += [f"    {{{x.hex()}f, {float(function(mp.mpf(x))).hex()}}}," for x in xs]
        lines += ["};"]
    lines += ["", "#endif", ""]
    pathlib.Path(__file__).with_name("erf_golden.h").write_text("\n".join(lines))


fit() if "--fit" in sys.argv else golden()
