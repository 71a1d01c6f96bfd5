"""Writes golden/quantise_golden.h: quantisation by PyTorch.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/quantise.py
"""
import pathlib

import torch
from torch.ao.quantization import MinMaxObserver, MovingAverageMinMaxObserver

torch.manual_seed(6)


def declare(name, values, kind="float"):
    text = ", ".join(float(v).hex() + "f" if kind == "float" else str(int(v)) for v in values.flatten().tolist())
    return f"static const {kind} {name}[] = {{{text}}};\n"


def symmetric(w, bits, axis):
    """The definition of quantise.h, by PyTorch's fake quantisation."""
    most = 2 ** (bits - 1) - 1
    if axis is None:
        scale = (w.abs().max() / most).item()
        return torch.fake_quantize_per_tensor_affine(w, scale, 0, -most, most), torch.tensor([scale])
    scale = w.abs().amax(1 - axis) / most
    zero = torch.zeros(len(scale), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(w, scale, zero, axis, -most, most), scale


def main():
    x = torch.randn(300) * 2 + 0.7
    observer = MinMaxObserver(dtype=torch.qint8, qscheme=torch.per_tensor_affine)
    observer(x)
    scale, zero = observer.calculate_qparams()
    codes = torch.quantize_per_tensor(x, scale.item(), zero.item(), torch.qint8)
    moving = MovingAverageMinMaxObserver(averaging_constant=0.1, dtype=torch.qint8, qscheme=torch.per_tensor_affine)
    for batch in x.reshape(6, 50):
        moving(batch)
    w = torch.randn(12, 20) * torch.logspace(-1, 1, 12)[:, None]
    out = ["/* Written by tests/golden/quantise.py, with PyTorch. */\n",
           "#ifndef QUANTISE_GOLDEN_H\n#define QUANTISE_GOLDEN_H\n\n#include <stdint.h>\n\n",
           declare("quant_x", x), declare("golden_x_scale", scale), declare("golden_x_zero", zero, "int32_t"),
           declare("golden_x_code", codes.int_repr(), "int8_t"), declare("golden_x_back", codes.dequantize()),
           declare("golden_moving", torch.stack([moving.min_val, moving.max_val])),
           declare("golden_moving_scale", moving.calculate_qparams()[0]),
           declare("golden_moving_zero", moving.calculate_qparams()[1], "int32_t"), declare("quant_w", w)]
    for bits in (8, 4, 2):
        for name, axis in (("tensor", None), ("row", 0), ("column", 1)):
            fake, scale = symmetric(w, bits, axis)
            out += [declare(f"golden_{name}_{bits}", fake), declare(f"golden_{name}_{bits}_scale", scale)]
    scale = symmetric(w, 8, 0)[1]
    channels = torch.quantize_per_channel(w, scale, torch.zeros(12), 0, torch.qint8)
    grouped, _ = symmetric(w.reshape(48, 5), 4, 0)
    bias, inputs = torch.randn(12), codes.dequantize().reshape(15, 20)
    linear = torch.nn.functional.linear(inputs.double(), channels.dequantize().double(), bias.double())
    out += [declare("golden_w_code", channels.int_repr(), "int8_t"), declare("golden_grouped", grouped),
            declare("quant_bias", bias), declare("golden_linear", linear.float()), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "quantise_golden.h").write_text("".join(out))


main()
