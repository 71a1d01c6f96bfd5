"""Writes golden/regression_golden.h: errors of predicted numbers by scikit-learn, SciPy and NumPy.

Run with Debian's python3-sklearn and python3-scipy:  /usr/bin/python3 tests/golden/regression.py
"""
import pathlib

import numpy as np
from scipy import stats
from scipy.special import huber
from sklearn import metrics

rng = np.random.default_rng(62)


def declare(name, values):
    return f"static const double {name}[] = {{{', '.join(float(v).hex() for v in np.ravel(values))}}};\n"


def main():
    n = 151
    truth = rng.normal(size=n) * 10 + 3
    predicted = truth + rng.standard_t(3, size=n) + 0.4
    off = np.abs(truth - predicted)
    coarse = np.round([truth, predicted], -1)
    out = ["/* Written by tests/golden/regression.py, with scikit-learn, SciPy and NumPy. */\n",
           "#ifndef REGRESSION_GOLDEN_H\n#define REGRESSION_GOLDEN_H\n\n", f"enum {{ REGRESSION_N = {n} }};\n",
           declare("regression_truth", truth), declare("regression_predicted", predicted),
           "/* rmse, mae, max error, median absolute error, R2, explained variance, mape, smape, pinball 0.9, 0.2, Huber"
           " at 1.35 */\n",
           declare("golden_regression", [
               metrics.mean_squared_error(truth, predicted, squared=False),
               metrics.mean_absolute_error(truth, predicted), metrics.max_error(truth, predicted),
               metrics.median_absolute_error(truth, predicted), metrics.r2_score(truth, predicted),
               metrics.explained_variance_score(truth, predicted),
               metrics.mean_absolute_percentage_error(truth, predicted),
               np.mean(2 * off / (np.abs(truth) + np.abs(predicted))),
               metrics.mean_pinball_loss(truth, predicted, alpha=0.9),
               metrics.mean_pinball_loss(truth, predicted, alpha=0.2), np.mean(huber(1.35, off))]),
           "/* Rounded to tens, so that there are ties: Pearson's and Spearman's correlation. */\n",
           declare("correlated_truth", coarse[0]), declare("correlated_predicted", coarse[1]),
           declare("golden_correlation", [stats.pearsonr(*coarse)[0], stats.spearmanr(*coarse)[0]]), "\n#endif\n"]
    (pathlib.Path(__file__).parent / "regression_golden.h").write_text("".join(out))


main()
