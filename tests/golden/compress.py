"""Writes golden/compress_golden.h: singular values by NumPy, pruning and distillation by PyTorch.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/compress.py
"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils import prune

torch.manual_seed(66)


def declare(name, values, kind="double"):
    suffix = "f" if kind == "float" else ""
    text = ", ".join(float(v).hex() + suffix if kind != "uint32_t" else str(int(v)) for v in values.flatten().tolist())
    return f"static const {kind} {name}[] = {{{text}}};\n"


def main():
    w = torch.randn(18, 10) @ torch.diag(torch.logspace(0, -3, 10)) @ torch.randn(10, 10)
    u, s, v = np.linalg.svd(w.double().numpy(), full_matrices=False)
    rank4 = torch.tensor((u[:, :4] * s[:4]) @ v[:4])
    layer = torch.nn.Linear(10, 18)
    layer.weight.data = w.clone()
    prune.l1_unstructured(layer, "weight", amount=0.7)
    outgoing = torch.randn(10, 5)
    score = w.norm(dim=0) * outgoing.norm(dim=1)
    kept = score.topk(4).indices.sort().values
    student = (3 * torch.randn(12, 5, dtype=torch.double)).requires_grad_()
    teacher, label = 4 * torch.randn(12, 5, dtype=torch.double), torch.randint(5, (12,))
    temperature, alpha = 4.0, 0.7
    soft = F.cross_entropy(student / temperature, F.softmax(teacher / temperature, 1))
    loss = alpha * temperature**2 * soft + (1 - alpha) * F.cross_entropy(student, label)
    loss.backward()
    out = ["/* Written by tests/golden/compress.py, with NumPy and PyTorch. */\n",
           "#ifndef COMPRESS_GOLDEN_H\n#define COMPRESS_GOLDEN_H\n\n#include <stdint.h>\n\n",
           declare("compressed", w, "float"), declare("golden_singular", torch.tensor(s)),
           declare("golden_rank4", rank4), declare("golden_pruned", layer.weight.detach(), "float"),
           declare("quiet_outgoing", outgoing, "float"), declare("golden_kept", kept, "uint32_t"),
           declare("distill_student", student.detach()), declare("distill_teacher", teacher),
           declare("distill_label", label, "uint32_t"), declare("golden_distill", loss.detach()),
           declare("golden_distill_gradient", student.grad), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "compress_golden.h").write_text("".join(out))


main()
