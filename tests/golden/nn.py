"""Writes golden/nn_golden.h: ten training steps of small networks by PyTorch, in double.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/nn.py
"""
import pathlib

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

ROWS, INPUTS, WIDTH, HIDDEN, STEPS = 8, 3, 5, 2, 10
ACTIVATION = {"RELU": torch.relu, "TANH": torch.tanh, "SIGMOID": torch.sigmoid, "IDENTITY": lambda z: z}


def single(x):
    """The doubles that float can hold, so that both sides start from the same numbers."""
    return x.float().double()


class Net(torch.nn.Module):
    def __init__(self, activation, norm, outputs):
        super().__init__()
        sizes = [INPUTS] + [WIDTH] * HIDDEN + [outputs]
        self.linear = torch.nn.ModuleList([torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        make = {"NONE": lambda: None, "BATCH": lambda: torch.nn.BatchNorm1d(WIDTH),
                "LAYER": lambda: torch.nn.LayerNorm(WIDTH)}[norm]
        self.norm = torch.nn.ModuleList([make() for _ in range(HIDDEN)]) if norm != "NONE" else None
        self.activation = ACTIVATION[activation]
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(single(p + 0.1 * torch.randn_like(p)))

    def forward(self, x):
        for i in range(HIDDEN):
            z = self.linear[i](x)
            x = self.activation(self.norm[i](z) if self.norm else z)
        return self.linear[HIDDEN](x)

    def in_order(self, of):
        """All parameters, or their gradients, in the order of ml_mlp: weights by input, bias, scale, shift."""
        parts = []
        for i, linear in enumerate(self.linear):
            parts += [of(linear.weight).t().reshape(-1), of(linear.bias)]
            if self.norm and i < HIDDEN:
                parts += [of(self.norm[i].weight), of(self.norm[i].bias)]
        return torch.cat([p.detach() for p in parts]).tolist()

    def running(self):
        if not self.norm or not isinstance(self.norm[0], torch.nn.BatchNorm1d):
            return []
        return torch.cat([torch.cat([n.running_mean, n.running_var]) for n in self.norm]).tolist()


def optimiser(name, params, rate):
    return {
        "SGD": lambda: torch.optim.SGD(params, rate),
        "MOMENTUM": lambda: torch.optim.SGD(params, rate, momentum=0.9),
        "RMSPROP": lambda: torch.optim.RMSprop(params, rate),
        "ADAM": lambda: torch.optim.Adam(params, rate),
    }[name]()


def loss_of(name, output, target):
    if name == "BCE":
        return torch.nn.functional.binary_cross_entropy_with_logits(output, target)
    if name == "MSE":
        return torch.nn.functional.mse_loss(output, target)
    return torch.nn.functional.cross_entropy(output, target.long())


def train(name, activation, norm, loss, outputs, opt, rate, l1=0.0, l2=0.0, clip=0.0):
    net = Net(activation, norm, outputs)
    x = single(torch.randn(ROWS, INPUTS))
    target = {
        "BCE": lambda: (torch.rand(ROWS, outputs) < 0.5).double(),
        "MSE": lambda: single(torch.randn(ROWS, outputs)),
        "SOFTMAX": lambda: torch.randint(outputs, (ROWS,)).double(),
    }[loss]()
    case = {"start": net.in_order(lambda p: p), "x": x.reshape(-1).tolist(), "target": target.reshape(-1).tolist()}
    step = optimiser(opt, net.parameters(), rate)
    losses = []
    for i in range(STEPS):
        step.zero_grad()
        value = loss_of(loss, net(x), target)
        value.backward()
        losses.append(value.item())
        if i == 0:
            case["gradient"] = net.in_order(lambda p: p.grad)
        if clip:
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
        with torch.no_grad():
            for linear in net.linear:
                linear.weight.grad += l2 * linear.weight + l1 * torch.sign(linear.weight)
        step.step()
    net.eval()
    case.update(loss_by_step=losses, end=net.in_order(lambda p: p), running=net.running(),
                output=net(x).detach().reshape(-1).tolist())
    case["head"] = (f'"{name}", ML_ACT_{activation}, ML_NORM_{norm}, ML_LOSS_{loss}, {outputs}, ML_OPT_{opt}, '
                    f"{rate}, {l1}, {l2}, {clip}")
    return case


CASES = [
    train("sgd", "RELU", "NONE", "BCE", 1, "SGD", 0.5),
    train("momentum", "TANH", "NONE", "BCE", 1, "MOMENTUM", 0.1),
    train("rmsprop", "SIGMOID", "NONE", "MSE", 2, "RMSPROP", 0.01),
    train("adam", "TANH", "NONE", "SOFTMAX", 4, "ADAM", 0.02),
    train("identity", "IDENTITY", "NONE", "MSE", 1, "SGD", 0.05),
    # No Adam here: a bias before a batch norm has gradient 0, and Adam turns its rounding error into full steps.
    train("batch norm", "TANH", "BATCH", "BCE", 1, "MOMENTUM", 0.05),
    train("batch norm, relu", "RELU", "BATCH", "SOFTMAX", 3, "MOMENTUM", 0.05),
    train("layer norm", "SIGMOID", "LAYER", "BCE", 1, "ADAM", 0.02),
    train("clipped", "TANH", "NONE", "MSE", 2, "SGD", 0.5, clip=0.2),
    train("l1 and l2", "TANH", "NONE", "BCE", 1, "ADAM", 0.02, l1=0.01, l2=0.03),
]
FIELDS = ["start", "x", "target", "gradient", "loss_by_step", "end", "running", "output"]


def array(values):
    lines, line = [], ""
    for v in values:
        text = repr(v)
        if len(line) + len(text) > 112:
            lines, line = lines + [line], ""
        line += text + ", "
    return "{" + "\n     ".join(x.rstrip() for x in lines + [line]).rstrip(",") + "}"


def main():
    longest = {f: max(len(c[f]) for c in CASES) for f in FIELDS}
    out = ["/* Written by golden/nn.py with PyTorch; do not edit. */", "#ifndef GOLDEN_NN_H", "#define GOLDEN_NN_H", "",
           '#include "nn/nn.h"', "",
           f"enum {{ GOLDEN_ROWS = {ROWS}, GOLDEN_INPUTS = {INPUTS}, GOLDEN_WIDTH = {WIDTH}, GOLDEN_HIDDEN = {HIDDEN}, "
           f"GOLDEN_STEPS = {STEPS} }};", "",
           "typedef struct golden_run {", "    const char *name;", "    ml_activation activation;",
           "    ml_normalisation normalisation;", "    ml_loss loss;", "    size_t outputs;",
           "    ml_optimiser_kind optimiser;", "    double rate, l1, l2, clip;"]
    out += [f"    double {f}[{longest[f]}];" for f in FIELDS]
    out += ["} golden_run;", "", "static const golden_run golden_runs[] = {"]
    for c in CASES:
        out.append("    {" + c["head"] + ",")
        for f in FIELDS:
            out.append("     " + (array(c[f]) if c[f] else "{0}") + ",")
        out[-1] = out[-1].rstrip(",") + "},"
    out += ["};", "", "#endif"]
    (pathlib.Path(__file__).parent / "nn_golden.h").write_text("\n".join(out) + "\n")


main()
