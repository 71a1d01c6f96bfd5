"""Writes golden/autograd_golden.h: values and gradients of an expression for each operation of the tape, by PyTorch.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/autograd.py
"""
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def rounded(x):
    return x.float().double()  # figures that float holds exactly


def leaf(*shape, positive=False):
    x = rounded(torch.randn(shape))
    return rounded(x.abs() + 0.5 if positive else x).requires_grad_()


labels = torch.tensor([2, 0, 1, 2])
soft = torch.tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 1.0]])
hard = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
signs = 2 * hard - 1
shares = torch.tensor([[0.5, 0.25, 0.25], [0.0, 0.125, 0.875]])
rows = torch.tensor([3, 0, 3, 1, 3])
log_q = torch.tensor([-1.5, -0.25, -3.0, -2.0])

cases = {}


def scalar(name, leaves, f):
    """A case whose expression is a single number."""
    cases[name] = (leaves, lambda: f(*leaves))


def weighted(name, leaves, f):
    """The sum of the operation's elements, each times its own weight: the weights are the last leaf, and their gradient
    is the operation's value."""
    with torch.no_grad():
        shape = f(*leaves).shape
    weights = leaf(*shape)
    cases[name] = ([*leaves, weights], lambda: (f(*leaves) * weights).sum())


def images(x):
    return x.permute(0, 3, 1, 2)


def back(x):
    return x.permute(0, 2, 3, 1)


def convolve(x, w, bias=None, **how):
    return back(F.conv2d(images(x), w.permute(3, 2, 0, 1), bias, **how))


def pinball(a, b, quantile):
    d = b - a
    return torch.where(d > 0, quantile * d, (quantile - 1) * d).mean()


def focal(z, y, gamma):
    p = z.sigmoid()
    right = torch.where(y == 1, p, 1 - p)
    return (F.binary_cross_entropy_with_logits(z, y, reduction="none") * (1 - right) ** gamma).mean()


def triplet(a, p, n, margin):
    return (margin + ((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1)).clamp(min=0).mean()


running_mean, running_variance = rounded(torch.randn(5)), rounded(torch.rand(5) + 0.5)
after_mean, after_variance = running_mean.clone(), running_variance.clone()


def batch_norm(x, scale, shift, mean, variance, training):
    return F.batch_norm(x.reshape(-1, 5), mean, variance, scale, shift, training).reshape(x.shape)


weighted("add", [leaf(3, 4), leaf(4)], lambda a, b: a + b)
weighted("subtract", [leaf(3, 4), leaf(3, 1)], lambda a, b: a - b)
weighted("multiply", [leaf(3, 4), leaf(3, 1)], lambda a, b: a * b)
weighted("divide", [leaf(2, 3, 4), leaf(3, 1, positive=True)], lambda a, b: a / b)
weighted("maximum", [leaf(3, 4), leaf(4)], torch.maximum)
weighted("scale", [leaf(2, 3)], lambda a: -1.75 * a)
weighted("absolute", [leaf(2, 3)], torch.abs)
weighted("sqrt", [leaf(2, 3, positive=True)], torch.sqrt)
weighted("relu", [leaf(2, 3)], torch.relu)
weighted("tanh", [leaf(2, 3)], torch.tanh)
weighted("sigmoid", [leaf(2, 3)], torch.sigmoid)
weighted("gelu", [leaf(3, 5)], F.gelu)
weighted("exp", [leaf(2, 3)], torch.exp)
weighted("log", [leaf(2, 3, positive=True)], torch.log)
weighted("transpose", [leaf(2, 3, 4)], lambda a: a.transpose(1, 2))
weighted("permute", [leaf(2, 3, 1, 4)], lambda a: a.permute(3, 0, 2, 1))
weighted("reshape", [leaf(2, 6)], lambda a: a.reshape(3, 4))
weighted("slice", [leaf(2, 5, 3)], lambda a: a[:, 1:4])
weighted("concatenate", [leaf(2, 1, 3), leaf(2, 4, 3)], lambda a, b: torch.cat([a, b], 1))
weighted("sum", [leaf(2, 3)], torch.sum)
weighted("mean", [leaf(2, 3)], torch.mean)
weighted("sum_to", [leaf(2, 3, 4)], lambda a: a.sum((0, 2)).reshape(3, 1))
weighted("matmul", [leaf(3, 4), leaf(4, 2)], torch.matmul)
weighted("batched_matmul", [leaf(2, 2, 3, 4), leaf(2, 2, 4, 2)], torch.matmul)
weighted("gather", [leaf(4, 3)], lambda table: table[rows])
weighted("conv2d", [leaf(2, 5, 4, 3), leaf(3, 2, 3, 4), leaf(4)], lambda x, w, b: convolve(x, w, b, padding=1))
weighted("conv2d_stride", [leaf(1, 7, 6, 2), leaf(3, 3, 2, 3)], lambda x, w: convolve(x, w, stride=2))
weighted("max_pool", [leaf(2, 5, 5, 3)], lambda x: back(F.max_pool2d(images(x), 2, 2)))
weighted("max_pool_overlap", [leaf(1, 5, 6, 2)], lambda x: back(F.max_pool2d(images(x), 3, 1)))
weighted("average_pool", [leaf(2, 5, 4, 3)], lambda x: back(F.avg_pool2d(images(x), 2, 1)))
weighted("softmax", [leaf(3, 5)], lambda a: a.softmax(-1))
weighted("log_softmax", [leaf(2, 2, 5)], lambda a: a.log_softmax(-1))
weighted("batch_norm", [leaf(2, 3, 5), leaf(5), leaf(5)],
         lambda x, s, t: batch_norm(x, s, t, running_mean.clone(), running_variance.clone(), True))
weighted("batch_norm_evaluate", [leaf(4, 5), leaf(5), leaf(5)],
         lambda x, s, t: batch_norm(x, s, t, running_mean, running_variance, False))
weighted("layer_norm", [leaf(2, 3, 5), leaf(5), leaf(5)], lambda x, s, t: F.layer_norm(x, (5,), s, t))
scalar("cross_entropy", [leaf(4, 3)], lambda z: F.cross_entropy(z, labels))
scalar("cross_entropy_smooth", [leaf(4, 3)], lambda z: F.cross_entropy(z, labels, label_smoothing=0.1))
scalar("sampled_softmax", [leaf(4, 3), leaf(4, 3)], lambda u, v: F.cross_entropy(u @ v.T - log_q, torch.arange(4)))
scalar("binary_cross_entropy", [leaf(2, 3)], lambda z: F.binary_cross_entropy_with_logits(z, soft))
scalar("focal", [leaf(2, 3)], lambda z: focal(z, hard, 2.0))
scalar("hinge", [leaf(2, 3)], lambda z: (1 - signs * z).clamp(min=0).mean())
scalar("kl", [leaf(2, 3)], lambda l: F.kl_div(l, shares, reduction="batchmean"))
scalar("mse", [leaf(2, 3), leaf(2, 3)], F.mse_loss)
scalar("mae", [leaf(2, 3), leaf(2, 3)], F.l1_loss)
scalar("huber", [leaf(3, 4), leaf(3, 4)], lambda a, b: F.huber_loss(a, b, delta=0.75))
scalar("pinball", [leaf(2, 3), leaf(2, 3)], lambda a, b: pinball(a, b, 0.9))
scalar("triplet", [leaf(5, 3), leaf(5, 3), leaf(5, 3)], lambda a, p, n: triplet(a, p, n, 1.0))
scalar("network", [leaf(4, 2), leaf(2, 5), leaf(5), leaf(5, 3)],
       lambda x, v, b, w: F.cross_entropy((x @ v + b).tanh() @ w, labels))

x = cases["batch_norm"][0][0]
batch_norm(x.detach(), torch.ones(5), torch.zeros(5), after_mean, after_variance, True)

lines = [
    "/* Written by tests/golden/autograd.py, with PyTorch in double precision. For each case: the output, then",
    " * each leaf's values and gradients. The expressions are in test_operations.c, under the same names. */",
    "#ifndef AUTOGRAD_GOLDEN_H",
    "#define AUTOGRAD_GOLDEN_H",
    "",
    "#include <stddef.h>",
    "#include <stdint.h>",
    "",
    "typedef struct golden_leaf {",
    "    int32_t dimensions;",
    "    size_t size[4];",
    "    const float *value, *gradient;",
    "} golden_leaf;",
    "",
    "typedef struct golden_case {",
    "    const char *name;",
    "    double output;",
    "    int32_t n_leaves;",
    "    golden_leaf leaf[4];",
    "} golden_case;",
    "",
]


def array(name, t):
    texts = [f"{v:.9g}" for v in t.flatten().tolist()]
    texts = [f"{text}f" if "." in text or "e" in text else f"{text}.0f" for text in texts]
    text_rows = [", ".join(texts[at : at + 7]) for at in range(0, len(texts), 7)]
    return f"static const float {name}[] = {{\n    " + ",\n    ".join(text_rows) + "};"


lines += [array("golden_running_mean", running_mean), array("golden_running_variance", running_variance)]
lines += ["/* The same after the batch of the case batch_norm. */"]
lines += [array("golden_moved_mean", after_mean), array("golden_moved_variance", after_variance), ""]
table = []
for name, (leaves, expression) in cases.items():
    for x in leaves:
        x.grad = None
    output = expression()
    output.backward()
    table += [f'    {{"{name}", {output.item():.17g}, {len(leaves)}, {{']
    for i, x in enumerate(leaves):
        size = ", ".join(str(s) for s in x.shape) or "0"
        lines += [array(f"{name}_{i}", x.detach()), array(f"{name}_{i}_gradient", x.grad)]
        table += [f"        {{{x.dim()}, {{{size}}}, {name}_{i}, {name}_{i}_gradient}},"]
    table += ["    }},"]
lines += ["", "static const golden_case golden_cases[] = {", *table, "};", "", "#endif", ""]
pathlib.Path(__file__).with_name("autograd_golden.h").write_text("\n".join(lines))
