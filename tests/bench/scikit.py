"""How fast scikit-learn fits the models of this library, natively, on 10,000 rows of 20 columns.

    python3 tests/bench/scikit.py build/bench/libours.so [--only tree,forest] [--rounds 9] [--one-thread]

Both get the same rows, and k-means and mixtures the same start. They take turns in short rounds; a ratio is the median
of the rounds. On one thread what counts is processor time, which other programs disturb little; then scikit-learn has
as many threads as it likes, and the clock on the wall counts: on a busy machine its threads wait for each other, and
--one-thread leaves that out. Both answers are judged on the same rows.
"""
import argparse
import ctypes
import os
import statistics
import sys
import time
import warnings

import numpy

try:
    import sklearn
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
    from sklearn.mixture import GaussianMixture
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier
    from threadpoolctl import threadpool_limits
except ImportError:
    print("scikit-learn is not installed (Debian: python3-sklearn), so there is nothing to compare with.")
    sys.exit()

ROWS, TEST, D, CLUSTERS, COMPONENTS = 10000, 1000, 20, 8, 5
TURN, LONGEST = 0.1, 1.5  # seconds: of a turn at least; from where on there are fewer rounds


class Ours:
    """The library: the functions of tests/bench/peers/classical.c."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.classical_quality.restype = ctypes.c_double
        for name in ("x", "y", "start"):
            getattr(self.lib, "classical_" + name).restype = ctypes.POINTER(ctypes.c_double)
        self.lib.classical_label.restype = ctypes.POINTER(ctypes.c_uint32)
        self.lib.classical_name.restype = self.lib.classical_error.restype = ctypes.c_char_p

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.lib.classical_error().decode())

    def names(self):
        names = []
        while name := self.lib.classical_name(len(names)).decode():
            names.append(name)
        return names

    def open(self, which):
        self.check(self.lib.classical_open(which, ROWS))
        array = lambda name, *shape: numpy.ctypeslib.as_array(getattr(self.lib, "classical_" + name)(), shape).copy()
        x, y = array("x", ROWS + TEST, D), array("y", ROWS + TEST)
        return x, y, array("label", ROWS + TEST).astype(numpy.int64), array("start", CLUSTERS, D)

    def run(self, times):
        self.check(self.lib.classical_fit(times))

    def quality(self):
        return self.lib.classical_quality()


def mixture(start):
    unit = numpy.repeat(numpy.eye(D)[None], CLUSTERS, axis=0)
    return GaussianMixture(CLUSTERS, weights_init=numpy.full(CLUSTERS, 1 / CLUSTERS), means_init=start,
                           precisions_init=unit)


# What each does, and scikit-learn's estimator for it: with the same meaning of the settings, else its own initial ones.
ESTIMATORS = {
    "linear": ("linear regression", lambda start: LinearRegression()),
    "ridge": ("ridge", lambda start: Ridge(alpha=1)),
    "lasso": ("lasso, alpha 0.05", lambda start: Lasso(alpha=0.05)),
    "logistic": ("logistic regression, 2 classes", lambda start: LogisticRegression()),
    "softmax": ("logistic regression, 5 classes", lambda start: LogisticRegression(max_iter=1000)),
    "knn": ("k-NN, k 5, 1,000 answers (scikit-learn by brute force)", lambda start: KNeighborsClassifier(5, algorithm="brute")),
    "naive-bayes": ("naive Bayes, 5 classes", lambda start: GaussianNB()),
    "tree": ("tree, unlimited", lambda start: DecisionTreeClassifier()),
    "forest": ("forest of 20 trees", lambda start: RandomForestClassifier(20)),
    "boosting": ("boosting, 100 trees of depth 6",
                 lambda start: HistGradientBoostingClassifier(max_depth=6, max_leaf_nodes=None, l2_regularization=1,
                                                              early_stopping=False)),
    "kmeans": ("k-means, k 8, same start, to the end", lambda start: KMeans(CLUSTERS, init=start, n_init=1, tol=0)),
    "pca": ("PCA, 5 of 20", lambda start: PCA(COMPONENTS, svd_solver="full")),
    "mixture": ("mixture of 8 normals, same start", mixture),
}


class Theirs:
    def __init__(self, name, rows):
        self.name, (self.x, self.y, self.label, self.start) = name, rows
        if name in ("linear", "ridge", "lasso"):
            self.truth = self.y
        else:
            self.truth = None if name in ("kmeans", "pca", "mixture") else self.label

    def run(self, times):
        for _ in range(times):
            self.model = ESTIMATORS[self.name][1](self.start)
            self.model.fit(self.x[:ROWS], None if self.truth is None else self.truth[:ROWS])
            if self.name == "knn":
                self.model.predict(self.x[ROWS:])

    def quality(self):
        if self.name == "kmeans":
            return self.model.inertia_
        if self.name == "pca":
            return self.model.explained_variance_ratio_.sum()
        if self.name == "mixture":
            return self.model.score(self.x[:ROWS])
        return self.model.score(self.x[ROWS:], self.truth[ROWS:])


def timed(contender, times, clock):
    begin = clock()
    contender.run(times)
    return clock() - begin


def race(ours, theirs, rounds, clock):
    """Seconds of a fit of both, round by round, taking turns at going first."""
    both, times, seconds = (ours, theirs), [], ([], [])
    for contender in both:
        timed(contender, 1, clock)
        times.append(max(1, round(TURN / max(timed(contender, 1, clock), 1e-6))))
    for turn in range(rounds):
        for i in (0, 1) if turn % 2 == 0 else (1, 0):
            seconds[i].append(timed(both[i], times[i], clock) / times[i])
        if turn >= 2 and max(seconds[0][-1], seconds[1][-1]) > LONGEST:
            break
    return seconds


def main():
    options = argparse.ArgumentParser()
    options.add_argument("library")
    options.add_argument("--only", default="")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--one-thread", action="store_true")
    options = options.parse_args()
    warnings.simplefilter("ignore")  # of convergence; the quality tells
    ours = Ours(options.library)
    cores = os.cpu_count()
    print(f"scikit-learn {sklearn.__version__}, {ROWS:,} x {D}, {cores} cores; load {os.getloadavg()[0]:.1f}\n")
    print(f"| fit | ours, ms | scikit-learn, ms | ours is | scikit-learn with its threads, ms | ours is "
          "| quality, ours | scikit-learn |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for which, name in enumerate(ours.names()):
        if options.only and name not in options.only.split(","):
            continue
        theirs = Theirs(name, ours.open(which))
        with threadpool_limits(1):
            single = race(ours, theirs, options.rounds, time.process_time)
        median = lambda seconds: statistics.median(seconds) * 1e3
        ratio = lambda pair: statistics.median(b / a for a, b in zip(*pair))
        free = "| |"
        if not options.one_thread:
            threads = race(ours, theirs, options.rounds, time.perf_counter)
            free = f"| {median(threads[1]):.3g} | {ratio(threads):.2f}x"
        print(f"| {ESTIMATORS[name][0]} | {median(single[0]):.3g} | {median(single[1]):.3g} | {ratio(single):.2f}x "
              f"{free} | {ours.quality():.6g} | {theirs.quality():.6g} |", flush=True)


if __name__ == "__main__":
    main()
