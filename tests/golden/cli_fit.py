"""Writes golden/cli_fit.json: what scikit-learn makes of the files in lessons/data, and of a small one with gaps and
words, for `laymanz fit` and `laymanz metrics`.

Of each file every fourth row is tested, the others are learned from. Forests and their like differ from run to run:
theirs is the mean score of five seeds.

Run with Debian's python3-sklearn:  /usr/bin/python3 tests/golden/cli_fit.py
"""
import csv
import io
import json
import os
import pathlib

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads wait for each other on a busy machine

import numpy as np
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (HistGradientBoostingClassifier,
                              HistGradientBoostingRegressor, IsolationForest, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

here = pathlib.Path(__file__)
TARGETS = {"iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "digits": "class",
           "diabetes": "progression"}


class File:
    """A file of lessons/data, split."""

    def __init__(self, name):
        with open(here.parents[2] / f"lessons/data/{name}.csv") as file:
            rows = list(csv.DictReader(file))
        self.name, self.target = name, TARGETS[name]
        self.columns = [c for c in rows[0] if c != self.target]
        x = np.array([[float(r[c]) for c in self.columns] for r in rows])
        y = np.array([r[self.target] for r in rows])
        if name in ("diabetes", "digits"):
            y = y.astype(float)
        test = np.arange(len(rows)) % 4 == 3
        self.x, self.y, self.test_x, self.test_y = x[~test], y[~test], x[test], y[test]
        self.numbers = name == "diabetes"


def number_figures(truth, said):
    return {"rmse": metrics.mean_squared_error(truth, said, squared=False),
            "mae": metrics.mean_absolute_error(truth, said), "r2": metrics.r2_score(truth, said),
            "explained_variance": metrics.explained_variance_score(truth, said),
            "max_error": metrics.max_error(truth, said),
            "mape": metrics.mean_absolute_percentage_error(truth, said),
            "median_absolute_error": metrics.median_absolute_error(truth, said)}


def label_figures(truth, said):
    return {"accuracy": metrics.accuracy_score(truth, said),
            "balanced_accuracy": metrics.balanced_accuracy_score(truth, said),
            "f1_macro": metrics.f1_score(truth, said, average="macro"),
            "mcc": metrics.matthews_corrcoef(truth, said), "cohen_kappa": metrics.cohen_kappa_score(truth, said)}


def score_figures(truth, score, called):
    """truth and called are 0 or 1."""
    tn, fp, fn, tp = metrics.confusion_matrix(truth, called).ravel()
    fpr, tpr, _ = metrics.roc_curve(truth, score)
    return {"roc_auc": metrics.roc_auc_score(truth, score),
            "average_precision": metrics.average_precision_score(truth, score),
            "log_loss": metrics.log_loss(truth, score), "brier": metrics.brier_score_loss(truth, score),
            "precision": metrics.precision_score(truth, called), "recall": metrics.recall_score(truth, called),
            "f1": metrics.f1_score(truth, called), "specificity": tn / (tn + fp), "ks": max(tpr - fpr),
            "true_positives": tp, "false_positives": fp, "false_negatives": fn, "true_negatives": tn}


def class_figures(classes, truth, said, probability):
    out = label_figures(truth, said)
    if len(classes) == 2:
        return out | score_figures((truth == classes[1]) * 1, probability[:, 1], (said == classes[1]) * 1)
    return out | {"log_loss": metrics.log_loss(truth, probability),
                  "roc_auc_ovr": metrics.roc_auc_score(truth, probability, multi_class="ovr")}


def coefficients_of(model, columns, classes):
    """By column; of more than two classes by class and column."""
    def named(row):
        return dict(zip(columns, row))

    coefficients = np.atleast_2d(model.coef_)
    if len(coefficients) == 1:
        return {"intercept": float(np.ravel(model.intercept_)[0]), "coefficients": named(coefficients[0])}
    return {"intercept": dict(zip(classes, model.intercept_)),
            "coefficients": {c: named(row) for c, row in zip(classes, coefficients)}}


def text(value):
    return str(int(value)) if isinstance(value, float) else str(value)


def ties(model, x, rows):
    """Whether the last neighbour that is asked is as near as the first one that is not."""
    steps = list(model) if hasattr(model, "steps") else [model]
    for step in steps[:-1]:
        x, rows = step.transform(x), step.transform(rows)
    k = steps[-1].n_neighbors
    squares = np.sort(((rows[:, None, :] - x[None]) ** 2).sum(axis=2), axis=1)
    return squares[:, k] - squares[:, k - 1] < 1e-9


def exact_case(file, kind, model, settings=(), tolerance=1e-5):
    """One whose answer does not depend on chance."""
    model.fit(file.x, file.y)
    last = model[-1] if hasattr(model, "steps") else model
    said = model.predict(file.test_x)
    case = {"file": file.name, "model": kind, "settings": list(settings), "tolerance": tolerance,
            "predictions": said.tolist()}
    if file.numbers:
        case["metrics"] = number_figures(file.test_y, said)
    else:
        probability = model.predict_proba(file.test_x)
        classes = [text(c) for c in model.classes_]
        case["metrics"] = class_figures(list(model.classes_), file.test_y, said, probability)
        if kind == "knn" and ties(model, file.x, file.test_x).any():  # which neighbour is the last one is then open
            probability[ties(model, file.x, file.test_x)] = np.nan
            case["metrics"] = label_figures(file.test_y, said)
        shown = np.round(probability[:25].T, 12).tolist()
        case["probabilities"] = dict(zip(classes, [[None if np.isnan(p) else p for p in row] for row in shown]))
    if hasattr(last, "coef_"):
        case["parameters"] = coefficients_of(last, file.columns, [] if file.numbers else classes)
    return case


def exact_cases(files):
    scaled = ["scale=standard"]
    diabetes, cancer = files["diabetes"], files["breast_cancer"]
    exact = {"tol": 1e-13, "max_iter": 10**6}
    yield exact_case(diabetes, "linear", LinearRegression())
    yield exact_case(diabetes, "ridge", Ridge(alpha=1))
    yield exact_case(diabetes, "ridge", make_pipeline(StandardScaler(), Ridge(alpha=20)), ["l2=20"] + scaled)
    yield exact_case(diabetes, "lasso", Lasso(alpha=1, **exact), tolerance=1e-4)
    yield exact_case(diabetes, "lasso", make_pipeline(StandardScaler(), Lasso(alpha=2, **exact)), ["l1=2"] + scaled, 1e-4)
    net = ElasticNet(alpha=0.5, l1_ratio=0.3, **exact)
    yield exact_case(diabetes, "elastic-net", make_pipeline(StandardScaler(), net),
                     ["alpha=0.5", "l1_ratio=0.3"] + scaled, 1e-4)
    newton = {"solver": "newton-cholesky", "tol": 1e-12, "max_iter": 1000}
    yield exact_case(cancer, "logistic", LogisticRegression(**newton), tolerance=1e-4)
    yield exact_case(cancer, "logistic", make_pipeline(StandardScaler(), LogisticRegression(C=4, **newton)),
                     ["l2=0.25"] + scaled, 1e-4)
    for name in "iris", "wine", "digits":
        many = LogisticRegression(solver="newton-cg", multi_class="multinomial", tol=1e-10, max_iter=10**4)
        yield exact_case(files[name], "logistic", make_pipeline(StandardScaler(), many), scaled, 1e-4)
    for name, file in files.items():
        if not file.numbers:
            yield exact_case(file, "naive-bayes", GaussianNB())
            yield exact_case(file, "knn", KNeighborsClassifier(5, algorithm="brute"))
        scaler = make_pipeline(StandardScaler(), KNeighborsClassifier(7, weights="distance", algorithm="brute"))
        if name == "wine":
            yield exact_case(file, "knn", scaler, ["k=7", "weights=distance"] + scaled)
    yield exact_case(diabetes, "knn", KNeighborsRegressor(5, algorithm="brute"))


def chance_case(file, kind, make, settings, figure, points):
    """points: how far ours may be away; a test file of few rows moves by 1/rows at a time."""
    scores = []
    for seed in range(5):
        said = make(seed).fit(file.x, file.y).predict(file.test_x)
        scores.append(metrics.r2_score(file.test_y, said) if figure == "r2" else np.mean(said == file.test_y))
    return {"file": file.name, "model": kind, "settings": settings, "figure": figure, "value": np.mean(scores),
            "within": points}


def chance_cases(files):
    for file in files.values():
        figure = "r2" if file.numbers else "accuracy"
        pick = (lambda a, b: b) if file.numbers else (lambda a, b: a)
        points = max(0.02, 1.001 / len(file.test_y))
        tree = pick(DecisionTreeClassifier, DecisionTreeRegressor)
        forest = pick(RandomForestClassifier, RandomForestRegressor)
        boosting = pick(HistGradientBoostingClassifier, HistGradientBoostingRegressor)
        mlp = pick(MLPClassifier, MLPRegressor)
        yield chance_case(file, "tree", lambda s: tree(max_depth=4, random_state=s), ["max_depth=4"], figure, points)
        yield chance_case(file, "forest", lambda s: forest(random_state=s), [], figure, points)
        hist = {"max_depth": 3, "l2_regularization": 1, "max_leaf_nodes": None, "min_samples_leaf": 1}
        yield chance_case(file, "boosting", lambda s: boosting(random_state=s, early_stopping=False, **hist),
                          ["max_depth=3"], figure, points)
        yield chance_case(file, "mlp", lambda s: make_pipeline(
            StandardScaler(), mlp((32,), max_iter=400, learning_rate_init=0.01, random_state=s)),
                          ["hidden_width=32", "epochs=40"], figure, 0.03 if figure == "accuracy" else 0.1)


def unguided(files):
    iris, cancer = files["iris"], files["breast_cancer"]
    means = KMeans(3, n_init=20, tol=0, random_state=0).fit(iris.x)
    pca = PCA(2).fit(StandardScaler().fit_transform(iris.x))
    strange = [metrics.roc_auc_score(cancer.test_y == "malignant", -IsolationForest(random_state=s).fit(cancer.x)
                                     .score_samples(cancer.test_x)) for s in range(5)]
    return {"kmeans": {"inertia": means.inertia_, "centres": means.cluster_centers_.tolist(),
                       "predictions": means.predict(iris.test_x).tolist(),
                       "adjusted_rand": metrics.adjusted_rand_score(iris.test_y, means.predict(iris.test_x)),
                       "completeness": metrics.completeness_score(iris.test_y, means.predict(iris.test_x))},
            "pca": {"explained_variance": pca.explained_variance_.tolist(),
                    "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
                    "components": pca.components_.tolist(), "noise_variance": pca.noise_variance_,
                    "predictions": pca.transform(StandardScaler().fit(iris.x).transform(iris.test_x)).tolist()},
            "isolation-forest": {"roc_auc": np.mean(strange)}}


def mixed_lines(rng, n, cities, unknown):
    """A file with words, gaps, a constant column and one that tells nothing."""
    lines = ["name,age,city,income,plan,one,left"]
    for i in range(n):
        age, income = rng.integers(18, 80), np.round(rng.lognormal(3, 0.5), 2)
        city = "lima" if unknown and i % 7 == 0 else str(rng.choice(cities))
        plan = str(rng.choice(["basic", "full, yearly"]))
        odds = 0.05 * (age - 50) + (city == "oslo") - (plan == "basic") + rng.normal()
        gap = rng.random(3) < 0.1
        cells = [f"person {i}", "" if gap[0] else age, "" if gap[1] else city, "NA" if gap[2] else income,
                 plan, 5, "yes" if odds > 0 else "no"]
        text_ = io.StringIO()
        csv.writer(text_, lineterminator="").writerow(cells)
        lines.append(text_.getvalue())
    return "\n".join(lines) + "\n"


def mixed():
    rng = np.random.default_rng(5)
    out = {"train": mixed_lines(rng, 120, ["oslo", "rome", "quito"], False),
           "test": mixed_lines(rng, 30, ["oslo", "rome", "quito"], True)}
    tables = {}
    for part in "train", "test":
        rows = list(csv.DictReader(io.StringIO(out[part])))
        numbers = [[float(r[c]) if r[c] not in ("", "NA") else np.nan for c in ("age", "income", "one")] for r in rows]
        words = [[r["city"] or "(missing)", r["plan"]] for r in rows]
        tables[part] = np.array([a + b for a, b in zip(numbers, words)], object), np.array([r["left"] for r in rows])
    (x, y), (test_x, test_y) = tables["train"], tables["test"]
    fill = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(with_mean=False, with_std=False))
    prepare = ColumnTransformer([("numbers", fill, [0, 1, 2]), ("words", OneHotEncoder(handle_unknown="ignore"), [3, 4])])
    model = make_pipeline(prepare, LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)).fit(x, y)
    names = ["age", "income", "one"] + [f"{c}={v}" for c, vs in zip(("city", "plan"), prepare.transformers_[1][1].categories_)
                                        for v in vs]
    out["logistic"] = coefficients_of(model[-1], names, []) | {"probability": model.predict_proba(test_x)[:, 1].tolist()}
    ages = make_pipeline(prepare, LinearRegression())
    has_age = np.array([not np.isnan(v) for v in x[:, 0]])
    x_age, test_age = np.copy(x), np.copy(test_x)
    x_age[:, 0] = test_age[:, 0] = 0.0  # the target plays no part
    out["linear"] = ages.fit(x_age[has_age], x[has_age, 0].astype(float)).predict(test_age).tolist()
    bayes = make_pipeline(prepare, GaussianNB()).fit(x, y)
    out["naive-bayes"] = bayes.predict_proba(test_x)[:, 1].tolist()
    return out


def judged(files):
    """Scores with ties, for `laymanz metrics`."""
    file = files["breast_cancer"]
    model = LogisticRegression(solver="newton-cholesky").fit(file.x[:, :6], file.y)
    score = np.round(model.predict_proba(file.test_x[:, :6])[:, 1], 2)
    truth = (file.test_y == "malignant") * 1
    called = (score >= 0.5) * 1
    edge = np.minimum((score * 10).astype(int), 9)
    ece = sum(abs(score[edge == b].sum() - truth[edge == b].sum()) for b in range(10)) / len(score)
    diabetes = files["diabetes"]
    numbers = np.round(Ridge(1).fit(diabetes.x, diabetes.y).predict(diabetes.test_x), 1)
    return {"truth": file.test_y.tolist(), "score": score.tolist(),
            "figures": label_figures(truth, called) | score_figures(truth, score, called) | {"ece": ece},
            "at_0.2": label_figures(truth, (score >= 0.2) * 1) | score_figures(truth, score, (score >= 0.2) * 1),
            "number_truth": diabetes.test_y.tolist(), "number_score": numbers.tolist(),
            "number_figures": number_figures(diabetes.test_y, numbers)}


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def main():
    files = {name: File(name) for name in TARGETS}
    out = {"exact": list(exact_cases(files)), "chance": list(chance_cases(files)), "unguided": unguided(files),
           "mixed": mixed(), "judged": judged(files)}
    lines = [f'"{key}": ' + (json.dumps(value, default=plain) if not isinstance(value, list) else
                             "[\n " + ",\n ".join(json.dumps(v, default=plain) for v in value) + "\n]")
             for key, value in out.items()]
    here.with_name("cli_fit.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    for case in out["chance"]:
        print(case["model"], case["file"], case["figure"], round(float(case["value"]), 4))


if __name__ == "__main__":
    main()
