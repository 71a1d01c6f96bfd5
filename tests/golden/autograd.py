"""Writes golden/autograd_golden.h: values and gradients of one expression for each operation of the tape, by PyTorch.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/autograd.py
"""
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def leaf(*shape, positive=False):
    x = torch.randn(*shape).float().double()  # figures that float holds exactly
    return (x.abs() + 0.5 if positive else x).float().double().requires_grad_()


labels = torch.tensor([2, 0, 1, 2])
targets = torch.tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 1.0]])

# name, leaves, expression. Weighted sums make every element's gradient different.
a, b = leaf(3, 4), leaf(4)
c, d = leaf(3, 4), leaf(3, 1)
e, f = leaf(3, 4), leaf(4, 2)
g, h, i = leaf(2, 3), leaf(2, 3), leaf(2, 3, positive=True)
j, k = leaf(4, 3), leaf(2, 3)
l, m = leaf(2, 3), leaf(2, 3)
n, o, p, q = leaf(4, 2), leaf(2, 5), leaf(5), leaf(5, 3)
cases = {
    "add": ([a, b], lambda: ((a + b) * (a + b)).sum()),
    "subtract": ([c, d], lambda: ((c - d) * (d - c)).mean()),
    "multiply": ([c, d], lambda: (c * d * c).sum()),
    "matmul": ([e, f], lambda: ((e @ f) * (e @ f)).sum()),
    "relu": ([g, h], lambda: (g.relu() * h).sum()),
    "tanh": ([g, h], lambda: (g.tanh() * h).mean()),
    "sigmoid": ([g, h], lambda: (g.sigmoid() * h).sum()),
    "exp": ([g, h], lambda: (g.exp() * h).sum()),
    "log": ([i, h], lambda: (i.log() * h).mean()),
    "cross_entropy": ([j], lambda: F.cross_entropy(j, labels)),
    "binary_cross_entropy": ([k], lambda: F.binary_cross_entropy_with_logits(k, targets)),
    "mse": ([l, m], lambda: F.mse_loss(l, m)),
    "network": ([n, o, p, q], lambda: F.cross_entropy((n @ o + p).tanh() @ q, labels)),
}

lines = [
    "/* Written by tests/golden/autograd.py, with PyTorch in double precision. For each case: the output, then",
    " * each leaf's values and gradients. The expressions are in test_autograd.c, under the same names. */",
    "#ifndef AUTOGRAD_GOLDEN_H",
    "#define AUTOGRAD_GOLDEN_H",
    "",
    "typedef struct golden_leaf {",
    "    int dimensions;",
    "    size_t size[2];",
    "    float value[20];",
    "    float gradient[20];",
    "} golden_leaf;",
    "",
    "typedef struct golden_case {",
    "    const char *name;",
    "    double output;",
    "    int n_leaves;",
    "    golden_leaf leaf[4];",
    "} golden_case;",
    "",
    "static const golden_case golden_cases[] = {",
]


def figures(t):
    texts = [f"{v:.9g}" for v in t.flatten().tolist()]
    texts = [text if "." in text or "e" in text else text + ".0" for text in texts]
    rows = [", ".join(f"{text}f" for text in texts[at : at + 6]) for at in range(0, len(texts), 6)]
    return "{" + ",\n          ".join(rows) + "}"


for name, (leaves, expression) in cases.items():
    for x in leaves:
        x.grad = None
    output = expression()
    output.backward()
    lines += [f'    {{"{name}", {output.item():.17g}, {len(leaves)}, {{']
    for x in leaves:
        size = ", ".join(str(s) for s in x.shape)
        lines += [f"        {{{x.dim()}, {{{size}}},", f"         {figures(x.detach())},"]
        lines += [f"         {figures(x.grad)}}},"]
    lines += ["    }},"]
lines += ["};", "", "#endif", ""]
pathlib.Path(__file__).with_name("autograd_golden.h").write_text("\n".join(lines))
