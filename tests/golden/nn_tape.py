"""Writes golden/nn_tape_golden.h: layers, losses, optimisers and schedules of nn on the tape, by PyTorch in double.

Each case trains a small network for ten steps: its output and gradient at the start, the loss of each step, and the
parameters and buffers at the end. Parameters are kept in the layout of ml/nn (dense [inputs, outputs], convolution
[height, width, channels, filters], images NHWC) and turned for PyTorch inside of the forward computation, so that
gradients and steps come out in that layout too.
Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/nn_tape.py
"""
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)

STEPS = 10
CASES, TABLES = [], []


def single(x):
    """The doubles that float can hold, so that both sides start from the same numbers."""
    return x.float().double()


def normal(*size, scale=1.0):
    return single(scale * torch.randn(*size))


class Net:
    """Named parameters in order; `decay` marks those that weight decay applies to."""

    def __init__(self):
        self.param, self.decay, self.buffer = [], [], []

    def add(self, *size, decay=True, scale=0.5, offset=0.0):
        p = single(normal(*size, scale=scale) + offset).requires_grad_()
        self.param.append(p)
        self.decay.append(decay)
        return p

    def dense(self, inputs, outputs, bias=True):
        w = self.add(inputs, outputs)
        b = self.add(outputs, decay=False) if bias else 0.0
        return lambda x: x @ w + b

    def conv(self, channels, filters, size, stride=1, padding=0):
        w, b = self.add(size, size, channels, filters), self.add(filters, decay=False)

        def forward(x):
            y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), b, stride=stride, padding=padding)
            return y.permute(0, 2, 3, 1)
        return forward

    def batch_norm(self, width):
        scale, shift = self.add(width, decay=False, offset=1.0), self.add(width, decay=False)
        mean, variance = torch.zeros(width), torch.ones(width)
        self.buffer += [mean, variance]

        def forward(x):
            y = F.batch_norm(x.reshape(-1, width), mean, variance, scale, shift, training=True)
            return y.reshape(x.shape)
        return forward

    def layer_norm(self, width):
        scale, shift = self.add(width, decay=False, offset=1.0), self.add(width, decay=False)
        return lambda x: F.layer_norm(x, (width,), scale, shift)

    def attention(self, width, heads, causal):
        parts = [(self.add(width, width), self.add(width, decay=False)) for _ in range(4)]

        def forward(x):
            given = x
            x = x.unsqueeze(0) if x.dim() == 2 else x
            x = x.transpose(0, 1)  # positions first
            t = x.shape[0]
            mask = torch.full((t, t), float("-inf")).triu(1) if causal else None
            y, _ = F.multi_head_attention_forward(
                x, x, x, width, heads, torch.cat([w.t() for w, _ in parts[:3]]), torch.cat([b for _, b in parts[:3]]),
                None, None, False, 0.0, parts[3][0].t(), parts[3][1], attn_mask=mask)
            return y.transpose(0, 1).reshape(given.shape)
        return forward


def pool(kind, x, size, stride):
    of = F.max_pool2d if kind == "max" else F.avg_pool2d
    return of(x.permute(0, 3, 1, 2), size, stride).permute(0, 2, 3, 1)


def optimiser(kind, net, rate, **more):
    decay = more.pop("weight_decay", 0.0)
    groups = [{"params": [p for p, d in zip(net.param, net.decay) if d], "weight_decay": decay},
              {"params": [p for p, d in zip(net.param, net.decay) if not d], "weight_decay": 0.0}]
    groups = [g for g in groups if g["params"]]
    make = {"SGD": torch.optim.SGD, "MOMENTUM": torch.optim.SGD, "NESTEROV": torch.optim.SGD,
            "ADAGRAD": torch.optim.Adagrad, "RMSPROP": torch.optim.RMSprop, "ADAM": torch.optim.Adam,
            "ADAMW": torch.optim.AdamW}[kind]
    if kind in ("MOMENTUM", "NESTEROV"):
        more = dict({"momentum": 0.9}, nesterov=kind == "NESTEROV", **more)
    return make(groups, lr=rate, **more)


def case(name, net, forward, x, target, loss, opt="SGD", rate=0.1, clip_norm=0.0, clip_value=0.0, settings="", **more):
    step = optimiser(opt, net, rate, **more)
    start = [p.detach().clone() for p in net.param]
    losses = []
    for i in range(STEPS):
        step.zero_grad()
        y = forward(x)
        value = loss(y, target)
        value.backward()
        losses.append(value.item())
        if i == 0:
            output, gradient = y.detach().clone(), [p.grad.clone() for p in net.param]
        if clip_norm:
            torch.nn.utils.clip_grad_norm_(net.param, clip_norm)
        if clip_value:
            torch.nn.utils.clip_grad_value_(net.param, clip_value)
        step.step()
    arrays = {"start": start, "x": [x.double()], "target": [target.double()], "output": [output],
              "gradient": gradient, "losses": [torch.tensor(losses)], "end": net.param, "buffer": net.buffer}
    settings = f'.optimiser.kind = ML_OPT_{opt}, .rate.peak = {rate}, .clip_norm = {clip_norm}, ' \
               f'.clip_value = {clip_value}, {settings}'
    CASES.append((name, {k: torch.cat([t.detach().reshape(-1) for t in v]).tolist() if v else []
                         for k, v in arrays.items()}, settings))


def layers():
    net = Net()
    case("dense", net, net.dense(4, 3), normal(6, 4), normal(6, 3), F.mse_loss)
    net = Net()
    case("dense without bias", net, net.dense(4, 3, bias=False), normal(6, 4), normal(6, 3), F.mse_loss)
    net = Net()
    case("dense over three dimensions", net, net.dense(4, 3), normal(2, 3, 4), normal(2, 3, 3), F.mse_loss)
    net = Net()
    case("conv2d", net, net.conv(2, 3, 3, stride=2, padding=1), normal(2, 5, 6, 2), normal(2, 3, 3, 3), F.mse_loss)
    net = Net()
    conv, last = net.conv(1, 3, 3), net.dense(12, 2)
    case("conv2d, max pool", net,
         lambda x: last(pool("max", torch.relu(conv(x)), 2, 2).reshape(x.shape[0], -1)),
         normal(4, 6, 7, 1), normal(4, 2), F.mse_loss, rate=0.05)
    net = Net()
    conv2 = net.conv(2, 2, 2)
    case("conv2d, average pool", net, lambda x: pool("average", torch.tanh(conv2(x)), 3, 1),
         normal(2, 5, 5, 2), normal(2, 2, 2, 2), F.mse_loss)
    net = Net()
    table = net.add(5, 3)
    case("embedding", net, lambda i: F.embedding(i, table), torch.tensor([4, 0, 4, 2, 4, 1]), normal(6, 3), F.mse_loss)
    net = Net()
    first, norm = net.dense(3, 4), net.batch_norm(4)
    case("batch norm", net, lambda x: torch.tanh(norm(first(x))), normal(6, 3), normal(6, 4), F.mse_loss)
    net = Net()
    norm4 = net.batch_norm(3)
    case("batch norm of images", net, norm4, normal(2, 3, 2, 3), normal(2, 3, 2, 3), F.mse_loss)
    net = Net()
    first2, norm2 = net.dense(3, 4), net.layer_norm(4)
    case("layer norm", net, lambda x: norm2(first2(x)), normal(6, 3), normal(6, 4), F.mse_loss)
    for name, heads, causal in [("attention", 1, False), ("attention, heads", 4, False),
                                ("attention, heads, causal", 2, True)]:
        net = Net()
        case(name, net, net.attention(8, heads, causal), normal(2, 5, 8), normal(2, 5, 8), F.mse_loss)
    net = Net()
    case("attention of one sequence", net, net.attention(4, 2, True), normal(3, 4), normal(3, 4), F.mse_loss)
    net = Net()
    inner, outer = net.dense(4, 6), net.dense(6, 4)
    case("residual", net, lambda x: x + outer(torch.relu(inner(x))), normal(5, 4), normal(5, 4), F.mse_loss)
    net = Net()
    inner2, outer2 = net.dense(4, 6), net.dense(6, 2)
    case("gelu", net, lambda x: outer2(F.gelu(inner2(x))), normal(5, 4), normal(5, 2), F.mse_loss)


def focal(z, y):
    p = torch.sigmoid(z)
    right = torch.where(y > 0.5, p, 1 - p)
    return ((1 - right) ** 2 * F.binary_cross_entropy_with_logits(z, y, reduction="none")).mean()


def pinball(a, b):
    return torch.maximum(0.8 * (b - a), -0.2 * (b - a)).mean()


def triplet(z, _):
    a, p, n = z[:, 0], z[:, 1], z[:, 2]
    return F.relu(0.7 + ((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1)).mean()


def sampled_softmax(z, log_q):
    user, item = z[:, 0], z[:, 1]
    return F.cross_entropy(user @ item.t() - log_q, torch.arange(len(z)))


def losses():
    labels = torch.tensor([2, 0, 1, 1, 2, 0])
    soft = single(torch.softmax(normal(6, 3), 1))
    signs = torch.where(normal(6, 3) > 0, 1.0, -1.0)
    yes = (normal(6, 3) > 0).double()
    for name, target, loss in [
            ("mse", normal(6, 3), F.mse_loss),
            ("mae", normal(6, 3), F.l1_loss),
            ("huber", normal(6, 3), lambda a, b: F.huber_loss(a, b, delta=0.5)),
            ("pinball", normal(6, 3), pinball),
            ("binary cross-entropy", yes, F.binary_cross_entropy_with_logits),
            ("cross-entropy", labels, F.cross_entropy),
            ("cross-entropy, smooth", labels, lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1)),
            ("focal", yes, focal),
            ("hinge", signs, lambda z, y: F.relu(1 - y * z).mean()),
            ("kl", soft, lambda z, t: F.kl_div(F.log_softmax(z, 1), t, reduction="batchmean"))]:
        net = Net()
        case(name, net, net.dense(4, 3), normal(6, 4), target, loss)
    net = Net()
    dense = net.dense(4, 3)
    case("triplet", net, dense, normal(6, 3, 4), torch.zeros(1), triplet, rate=0.05)
    net = Net()
    dense2 = net.dense(4, 3)
    case("sampled softmax", net, dense2, normal(6, 2, 4), single(torch.log_softmax(normal(6), 0)), sampled_softmax)


def optimisers():
    for name, opt, rate, more, settings in [
            ("sgd, decay", "SGD", 0.1, {"weight_decay": 0.1}, ".optimiser.weight_decay = 0.1"),
            ("momentum", "MOMENTUM", 0.05, {}, ""),
            ("momentum, decay", "MOMENTUM", 0.05, {"momentum": 0.8, "weight_decay": 0.1},
             ".optimiser.momentum = 0.8, .optimiser.weight_decay = 0.1"),
            ("nesterov", "NESTEROV", 0.05, {}, ""),
            ("nesterov, decay", "NESTEROV", 0.05, {"weight_decay": 0.1}, ".optimiser.weight_decay = 0.1"),
            ("adagrad", "ADAGRAD", 0.1, {}, ""),
            ("adagrad, decay", "ADAGRAD", 0.1, {"weight_decay": 0.1}, ".optimiser.weight_decay = 0.1"),
            ("rmsprop", "RMSPROP", 0.02, {}, ""),
            ("rmsprop, decay", "RMSPROP", 0.02, {"alpha": 0.9, "weight_decay": 0.1},
             ".optimiser.alpha = 0.9, .optimiser.weight_decay = 0.1"),
            ("adam", "ADAM", 0.02, {}, ""),
            ("adam, decay", "ADAM", 0.02, {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1},
             ".optimiser.beta1 = 0.8, .optimiser.beta2 = 0.95, .optimiser.epsilon = 1e-6, .optimiser.weight_decay = 0.1"),
            ("adamw", "ADAMW", 0.02, {"weight_decay": 0.01}, ""),
            ("adamw, decay", "ADAMW", 0.02, {"weight_decay": 0.3}, ".optimiser.weight_decay = 0.3")]:
        net = Net()
        first, last = net.dense(4, 5), net.dense(5, 2)
        case(name, net, lambda x, first=first, last=last: last(torch.tanh(first(x))), normal(6, 4), normal(6, 2),
             F.mse_loss, opt=opt, rate=rate, settings=settings, **more)
    for name, clip in [("clipped by norm", {"clip_norm": 0.3}), ("clipped by value", {"clip_value": 0.05}),
                       ("clipped by both", {"clip_norm": 0.5, "clip_value": 0.1})]:
        net = Net()
        first, last = net.dense(4, 5), net.dense(5, 2)
        case(name, net, lambda x, first=first, last=last: last(torch.tanh(first(x))), normal(6, 4), normal(6, 2),
             F.mse_loss, rate=0.5, **clip)


def rates():
    """The learning rate of steps 0, 1, ..., of the optimiser that a schedule of PyTorch's drives."""
    def follow(name, make, steps, settings, observe=None):
        opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        schedule = make(opt)
        rate = []
        for i in range(steps):
            rate.append(opt.param_groups[0]["lr"])
            opt.step()
            if observe:
                schedule.step(observe[i])
            else:
                schedule.step()
        TABLES.append((name, rate, settings))

    lr = torch.optim.lr_scheduler
    follow("step", lambda o: lr.StepLR(o, 4, 0.5), 30, ".kind = ML_RATE_STEP, .peak = 0.3, .every = 4, .factor = 0.5")
    follow("cosine", lambda o: lr.CosineAnnealingLR(o, 25, 0.01), 26,
           ".kind = ML_RATE_COSINE, .peak = 0.3, .lowest = 0.01, .length = 25")
    follow("warm-up, then cosine", lambda o: lr.SequentialLR(o, [
        lr.LinearLR(o, 1 / 6, 1.0, 5), lr.CosineAnnealingLR(o, 20)], [5]), 25,
        ".kind = ML_RATE_COSINE, .peak = 0.3, .warm_up = 5, .length = 20")
    seen = [5, 4, 3, 3, 3, 2.9999, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    follow("plateau", lambda o: lr.ReduceLROnPlateau(o, factor=0.2, patience=2, min_lr=0.001), len(seen), "", seen)
    TABLES.append(("plateau's losses", [float(x) for x in seen], ""))


def array(name, values):
    lines, line = [], ""
    for v in values or [0.0]:
        text = f"{v:.9g}" if v % 1 else f"{v:.1f}"
        if len(line) + len(text) > 112:
            lines, line = lines + [line], ""
        line += text + ", "
    body = "\n    ".join(x.rstrip() for x in lines + [line])
    return f"static const double {name}[] = {{\n    {body}\n}};"


def main():
    layers()
    losses()
    optimisers()
    rates()
    fields = ["start", "x", "target", "output", "gradient", "losses", "end", "buffer"]
    out = ["/* Written by golden/nn_tape.py with PyTorch; do not edit. */", "#ifndef GOLDEN_NN_TAPE_H",
           "#define GOLDEN_NN_TAPE_H", "", '#include "nn/nn.h"', "",
           "typedef struct golden_array {", "    size_t n;", "    const double *at;", "} golden_array;", "",
           "typedef struct golden_net {", "    const char *name;", "    ml_fit_settings settings; /* what is 0 is default */",
           "    golden_array " + ", ".join(fields) + ";", "} golden_net;", "",
           "typedef struct golden_rate {", "    const char *name;", "    ml_rate rate;", "    golden_array by_step;",
           "} golden_rate;", ""]
    for i, (_, arrays, _) in enumerate(CASES):
        out += [array(f"net_{i}_{f}", arrays[f]) for f in fields]
    for i, (_, values, _) in enumerate(TABLES):
        out.append(array(f"rate_{i}", values))
    out += ["", f"enum {{ GOLDEN_NET_STEPS = {STEPS} }};", "", "static const golden_net golden_nets[] = {"]
    for i, (name, arrays, settings) in enumerate(CASES):
        out.append(f'    {{"{name}", {{{settings.rstrip(", ")}}},')
        pairs = [f"{{{len(arrays[f])}, net_{i}_{f}}}" for f in fields]
        out.append("     " + ", ".join(pairs[:4]) + ",")
        out.append("     " + ", ".join(pairs[4:]) + "},")
    out += ["};", "", "static const golden_rate golden_rates[] = {"]
    for i, (name, values, settings) in enumerate(TABLES):
        out.append(f'    {{"{name}", {{{settings or "0"}}}, {{{len(values)}, rate_{i}}}}},')
    out += ["};", "", "#endif"]
    (pathlib.Path(__file__).parent / "nn_tape_golden.h").write_text("\n".join(out) + "\n")


main()
