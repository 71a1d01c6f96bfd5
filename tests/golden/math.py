"""Writes golden/math_golden.h: the double functions of ml/base/math.h, to 40 digits and then rounded.

Run with Debian's python3-mpmath:  /usr/bin/python3 tests/golden/math.py
"""
import pathlib
import random

import mpmath as mp

mp.mp.prec = 1400  # bits: sine near large multiples of pi cancels, and exp(-745) is tiny
random.seed(20)


def spread(low, high, n):
    """n doubles from low to high, both included, jittered so that they are no round numbers."""
    step = (high - low) / (n - 1)
    inner = [low + step * (i + random.uniform(-0.4, 0.4)) for i in range(1, n - 1)]
    return [float(low)] + inner + [float(high)]


def powers(low, high, n):
    """n positive doubles with exponents of 10 from low to high."""
    return [10.0**e for e in spread(low, high, n)]


def both(xs):
    return [s * x for x in xs for s in (1, -1)]


def near_multiples_of_half_pi():
    """The doubles next to k pi/2, where reduction cancels most: the 60 hardest of the first 63,000, and some others."""
    hard = []
    for k in range(1, 63001):
        x = float(k * mp.pi / 2)
        hard.append((abs(mp.mpf(x) - k * mp.pi / 2) / k, x))
    return [x for _, x in sorted(hard)[:60]] + [x for _, x in random.sample(hard, 40)]


tiny = powers(-300, -9, 20)
angles = both(spread(0.001, 10, 120) + spread(10, 1e5, 120) + tiny) + near_multiples_of_half_pi()
around_1 = [1 + s * e for e in powers(-16, -1, 30) for s in (1, -1)]
cases = {
    "exp": (mp.exp, spread(-744.9, -700, 40) + spread(-700, 709.7, 300) + both(tiny)),
    "expm1": (mp.expm1, spread(-40, 60, 200) + spread(-1.5, 1.5, 200) + both(tiny) + spread(60, 709.7, 20)),
    "log": (mp.log, powers(-323, 308, 200) + spread(0.3, 3, 200) + around_1),
    "log1p": (mp.log1p, powers(-300, 300, 100) + spread(-0.9999, 3, 300) + [-x for x in tiny]),
    "tanh": (mp.tanh, both(spread(0.001, 2, 150) + spread(2, 25, 50) + tiny)),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), spread(-740, -40, 40) + spread(-40, 40, 200) + both(tiny)),
    "sin": (mp.sin, angles),
    "cos": (mp.cos, angles),
}
pow_cases = [(x, y) for x in spread(0.01, 12, 25) for y in spread(-60, 60, 9) + [0.5, 2.0, 3.0, -1.0]]
pow_cases += [(x, random.uniform(-700, 700) / float(mp.log(x))) for x in powers(-300, 300, 60)]
pow_cases += [(x, random.uniform(-600, 600) / float(mp.log(x))) for x in around_1 if x != 1]

sixteenths = [k / 16 + s for k in range(17) for s in (0, 1e-9, -1e-9, 1 / 32, 1 / 32 - 1e-12, 1 / 32 + 1e-12)]
angle_cases = [(x * q, x) for q in sixteenths + spread(0.001, 40, 100) + powers(-300, 5, 60) for x in (1.0, 0.37)]
angle_cases += [(y, x) for y in powers(-320, 308, 15) for x in powers(-320, 308, 15)]
angle_cases = [(random.choice((1, -1)) * y, random.choice((1, -1)) * x) for y, x in angle_cases if y != 0]

lines = [
    "/* Written by tests/golden/math.py, with mpmath: arguments, and the function's value there rounded to double. */",
    "#ifndef MATH_GOLDEN_H",
    "#define MATH_GOLDEN_H",
    "",
    "typedef struct golden_value {",
    "    double x, value;",
    "} golden_value;",
    "",
    "typedef struct golden_power {",
    "    double x, y, value;",
    "} golden_power;",
    "",
    "typedef struct golden_angle {",
    "    double y, x, value;",
    "} golden_angle;",
]
for name, (function, xs) in cases.items():
    lines += ["", f"static const golden_value golden_{name}[] = {{"]
    lines += [f"    {{{x.hex()}, {float(function(mp.mpf(x))).hex()}}}," for x in xs]
    lines += ["};"]
lines += ["", "static const golden_power golden_pow[] = {"]
for x, y in pow_cases:
    value = mp.power(mp.mpf(x), mp.mpf(y))
    if mp.mpf(2) ** -1022 <= value < mp.mpf(2) ** 1024:
        lines += [f"    {{{x.hex()}, {y.hex()}, {float(value).hex()}}},"]
lines += ["};", "", "static const golden_angle golden_atan2[] = {"]
for y, x in angle_cases:
    value = mp.atan2(mp.mpf(y), mp.mpf(x))
    if abs(value) >= mp.mpf(2) ** -1022:
        lines += [f"    {{{y.hex()}, {x.hex()}, {float(value).hex()}}},"]
lines += ["};", "", "#endif", ""]
pathlib.Path(__file__).with_name("math_golden.h").write_text("\n".join(lines))
