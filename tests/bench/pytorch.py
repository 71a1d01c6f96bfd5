"""How fast PyTorch is at the steps of tests/bench/peers, against this library, natively, both on one thread.

    python3 tests/bench/pytorch.py build/bench/libours.so

Both start from the same batch and weights, which the library makes; their losses are compared before and after. The
two take turns in short rounds: a ratio is the median of the rounds, a rate their 90th percentile. PyTorch runs as it is
installed, with whatever vector width it finds; the library keeps to 128 bits, without fused multiply-add, so that its
results are those of the browser.
"""
import ctypes
import os
import re
import statistics
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # in case PyTorch takes its products from there; read when it is loaded
try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("PyTorch is not installed (Debian: python3-torch), so there is nothing to compare with.")
    sys.exit()

ROUNDS, TURN, WARM, CHECKED = 24, 0.04, 0.4, 10


class Ours:
    """The library: the functions of tests/bench/peers/ours.c."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.loss.restype = ctypes.c_double
        self.lib.learning_rate.restype = ctypes.c_double
        self.lib.tensor_data.restype = ctypes.POINTER(ctypes.c_float)
        self.lib.last_error.restype = ctypes.c_char_p

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.lib.last_error().decode())

    def open(self, name, *size):
        self.check(getattr(self.lib, "open_" + name)(*size))

    def tensors(self):
        return [self.tensor(i) for i in range(self.lib.tensor_count())]

    def tensor(self, i):
        size = [self.lib.tensor_size(i, d) for d in range(self.lib.tensor_rank(i))]
        count = 1
        for s in size:
            count *= s
        array = ctypes.cast(self.lib.tensor_data(i), ctypes.POINTER(ctypes.c_float * count)).contents
        return torch.frombuffer(bytearray(array), dtype=torch.float32).reshape(size)

    def reset(self):
        self.lib.reset()

    def run(self, steps):
        self.check(self.lib.steps(steps))

    def loss(self):
        return self.lib.loss()


class Torch:
    """A training loop as its tutorials write it; the gradients are set to None, which is the faster way."""

    def __init__(self, tensors, rate, loss_of, optimizer=torch.optim.SGD):
        self.x, self.target, *self.initial = tensors
        self.rate, self.loss_of, self.optimizer_class = rate, loss_of, optimizer
        self.weights = [w.clone().requires_grad_() for w in self.initial]
        self.reset()

    def reset(self):
        with torch.no_grad():
            for weight, initial in zip(self.weights, self.initial):
                weight.copy_(initial)
        self.optimizer = self.optimizer_class(self.weights, lr=self.rate)

    def run(self, steps):
        for _ in range(steps):
            self.optimizer.zero_grad(set_to_none=True)
            self.loss_of(self.x, self.target, self.weights).backward()
            self.optimizer.step()

    def loss(self):
        with torch.no_grad():
            return self.loss_of(self.x, self.target, self.weights).item()


class Product:
    def __init__(self, a, b):
        self.a, self.b, self.c = a, b, torch.empty_like(a)

    def reset(self):
        pass

    def run(self, steps):
        for _ in range(steps):
            torch.mm(self.a, self.b, out=self.c)


def small(x, target, w):
    hidden = torch.tanh(torch.addmm(w[1], x, w[0]))
    hidden = torch.tanh(torch.addmm(w[3], hidden, w[2]))
    return F.mse_loss(torch.tanh(torch.addmm(w[5], hidden, w[4])), target)


def mlp(x, target, w):
    return F.cross_entropy(torch.addmm(w[3], torch.relu(torch.addmm(w[1], x, w[0])), w[2]), target)


def cnn(x, target, w):
    first = F.max_pool2d(torch.relu(F.conv2d(x, w[0], w[1])), 2)
    second = F.max_pool2d(torch.relu(F.conv2d(first, w[2], w[3])), 2)
    return F.cross_entropy(torch.addmm(w[5], second.flatten(1), w[4]), target)


def logistic(x, target, w):
    return F.binary_cross_entropy_with_logits(torch.addmm(w[1], x, w[0]), target)


def with_classes(tensors):
    """One-hot rows become class numbers, as PyTorch wants them."""
    x, target, *weights = tensors
    return [x, target.argmax(1), *weights]


def channels_first(tensors):
    """[n, h, w, c] and [h, w, c, filters] become [n, c, h, w] and [filters, c, h, w]; the last layer follows."""
    x, target, w1, b1, w2, b2, w3, b3 = with_classes(tensors)
    turn = lambda w: w.permute(3, 2, 0, 1).contiguous()
    last = w3.reshape(5, 5, 16, 10).permute(2, 0, 1, 3).reshape(400, 10).contiguous()
    return [x.permute(0, 3, 1, 2).contiguous(), target, turn(w1), b1, turn(w2), b2, last, b3]


def timed(contender, steps):
    contender.reset()
    begin = time.perf_counter()
    contender.run(steps)
    return time.perf_counter() - begin


def calibrated(contender):
    """Steps that fill a turn, found while warming up."""
    steps, spent = 1, 0.0
    while True:
        seconds = timed(contender, steps)
        spent += seconds
        if spent >= WARM and seconds >= TURN / 2:
            return steps
        steps = max(1, round(steps * min(16.0, TURN / max(seconds, TURN / 64))))


def race(a, b):
    """Rates of both, round by round, taking turns at going first."""
    steps, rates = [calibrated(a), calibrated(b)], ([], [])
    for turn in range(ROUNDS):
        for i in (0, 1) if turn % 2 == 0 else (1, 0):
            rates[i].append(steps[i] / timed((a, b)[i], steps[i]))
    return rates


def near(a, b, share):
    return abs(a - b) <= share * abs(b)


def report(title, ours, theirs, unit=1.0):
    a, b = race(ours, theirs)
    p90 = lambda rates: statistics.quantiles(rates, n=10)[-1] * unit
    ratio = statistics.median(x / y for x, y in zip(a, b))
    print(f"| {title} | {p90(a):,.4g} | {p90(b):,.4g} | {ratio:.2f}x |", flush=True)


def compare_products(ours):
    for n in (64, 128, 256, 512, 1024):
        ours.open("matmul", n)
        a, b, _ = ours.tensors()
        theirs = Product(a, b)
        ours.run(1)
        theirs.run(1)
        off = ((ours.tensor(2) - theirs.c).abs().max() / theirs.c.abs().max()).item()
        if not off <= 1e-4:
            sys.exit(f"matmul {n}: the products differ by {off}")
        report(f"matmul {n}, GFLOP/s", ours, theirs, 2e-9 * n ** 3)


def compare_training(ours):
    for name, title, loss_of, arranged, optimizer in (
        ("small", "MLP 2-8-8-1, batch 10, SGD, steps/s", small, list, torch.optim.SGD),
        ("mlp_sgd", "MLP 784-128-10, batch 64, SGD, steps/s", mlp, with_classes, torch.optim.SGD),
        ("mlp_adam", "MLP 784-128-10, batch 64, Adam, steps/s", mlp, with_classes, torch.optim.Adam),
        ("cnn", "CNN, batch 32, SGD, steps/s", cnn, channels_first, torch.optim.SGD),
        ("logistic", "logistic regression 10,000 x 20, iterations/s", logistic, list, torch.optim.SGD),
    ):
        ours.open(name)
        theirs = Torch(arranged(ours.tensors()), ours.lib.learning_rate(), loss_of, optimizer)
        before = ours.loss(), theirs.loss()
        timed(ours, CHECKED), timed(theirs, CHECKED)
        after = ours.loss(), theirs.loss()
        if not (near(*before, 1e-4) and near(*after, 1e-3) and after[0] < before[0]):
            sys.exit(f"{name}: not the same training: losses {before} before, {after} after {CHECKED} steps")
        report(title, ours, theirs)


def blas():
    """PyTorch's products are only as fast as the BLAS that it was linked with or finds."""
    with open("/proc/self/maps") as maps:
        found = set(re.findall(r"[^/ ]*/[^/ ]*(?:blas|mkl_rt)[^/ ]*$", maps.read(), re.MULTILINE))
    return ", ".join(sorted(found)) or "itself"


def main():
    torch.set_num_threads(1)
    ours = Ours(sys.argv[1])
    print(f"PyTorch {torch.__version__}, its matrix products by {blas()}; both on one thread\n")
    print("| workload | ours | PyTorch | ours is |\n|---|---:|---:|---:|")
    compare_products(ours)
    compare_training(ours)


if __name__ == "__main__":
    main()
