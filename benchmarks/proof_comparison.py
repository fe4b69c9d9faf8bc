"""Does the paired, patient-clustered comparison keep its level?

Two kinds of pairs. *Drawn*: posteriors of equal skill whose errors resemble each other within a
patient. *Fitted*: nearest-mean classifiers cross-fitted on vitals that know nothing of the class,
one on three vitals and one on three others. Beside it, for the classwise metrics, what a bootstrap
of the mean over folds itself would reject.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from dolorimeter.evaluation import metrics_from_confusion
from dolorimeter.evaluation.comparison import compare, compare_to_chance
from dolorimeter.evaluation.predictions import Predictions
from dolorimeter.evaluation.resample import bootstrap_weights, mean_over_folds

Floats = NDArray[np.float64]
Pair = tuple[Predictions, Predictions]
METRICS = ("vus", "accuracy", "precision", "recall", "f1", "f1_of_means")
NAMES = ("low", "medium", "high")
LEVEL, DRAWS, N_FOLDS = 0.05, 1000, 10


def cohort(n_patients: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
    """Draw patients, classes and folds: frequencies as on the MIMIC demo, leaning by patient."""
    leaning = rng.dirichlet([2.0, 0.75, 0.25], n_patients)
    patient = np.repeat(np.arange(n_patients), 1 + rng.negative_binomial(1, 1 / 18, n_patients))
    above = rng.random(len(patient))[:, None] > leaning[patient].cumsum(axis=1)[:, :2]
    return patient, above.sum(axis=1), rng.permutation(np.arange(n_patients) % N_FOLDS)[patient]


def drawn(n_patients: int, rng: np.random.Generator, skill: float = 0.5) -> Pair:
    """Two sets of posteriors of equal skill."""
    patient, labels, fold = cohort(n_patients, rng)

    def one() -> Predictions:
        shared = rng.normal(size=(n_patients, 3))[patient]
        noise = 0.5 * rng.normal(size=(len(labels), 3))
        return _predictions(skill * np.eye(3)[labels] + shared + noise, patient, labels, fold)

    return one(), one()


def fitted(n_patients: int, rng: np.random.Generator) -> Pair:
    """Two classifiers, cross-fitted on different vitals that carry no signal."""
    patient, labels, fold = cohort(n_patients, rng)

    def one() -> Predictions:
        vitals = rng.normal(size=(n_patients, 3))[patient] + rng.normal(size=(len(labels), 3))
        scores = np.zeros((len(labels), 3))
        for f in range(N_FOLDS):
            train, test = fold != f, fold == f
            means = np.array([vitals[train & (labels == k)].mean(axis=0) for k in range(3)])
            scores[test] = -0.5 * ((vitals[test][:, None] - means) ** 2).sum(axis=2)
        return _predictions(scores, patient, labels, fold)

    return one(), one()


def _predictions(
    scores: Floats, patient: NDArray[np.int64], labels: NDArray[np.int64], fold: NDArray[np.int64]
) -> Predictions:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    rows = powers / powers.sum(axis=1, keepdims=True)
    return Predictions(rows, labels, fold, patient, np.arange(len(labels)), NAMES, "", N_FOLDS)


def direct_p(a: Predictions, b: Predictions, metric: str, rng: np.random.Generator) -> float:
    """P-value of the ordinary bootstrap of the mean over folds, centered on the estimate."""
    both = [p.confusions for p in (a, b)]
    values = [mean_over_folds(metrics_from_confusion(c.by_fold)[metric]) for c in both]
    weights = next(bootstrap_weights(both[0].n_groups, DRAWS, rng))
    again = [mean_over_folds(metrics_from_confusion(c.reweighted(weights))[metric]) for c in both]
    difference = float(values[0] - values[1])
    error = again[0] - again[1] - difference
    return float((1 + np.sum(error >= difference)) / (1 + DRAWS))


def run(seed: int, pair: Callable[..., Pair], n_patients: int) -> dict[str, float]:
    """Return the p-values of one pair."""
    rng = np.random.default_rng([seed, n_patients])
    a, b = pair(n_patients, rng)
    while len(np.unique(a.labels)) < 3:
        a, b = pair(n_patients, rng)
    p = {metric: compare(a, b, metric, DRAWS, rng).p for metric in METRICS}
    p |= {f"{metric}, direct": direct_p(a, b, metric, rng) for metric in METRICS[1:]}
    return {name: 1.0 if value is None else value for name, value in p.items()}


def chance(seed: int, pair: Callable[..., Pair], n_patients: int) -> dict[str, float]:
    """Return the p-value of one model without skill against chance."""
    rng = np.random.default_rng([seed, n_patients, 1])
    options = {"skill": 0.0} if pair is drawn else {}
    a, _ = pair(n_patients, rng, **options)
    while len(np.unique(a.labels)) < 3:
        a, _ = pair(n_patients, rng, **options)
    p = compare_to_chance(a, DRAWS, rng).p
    return {"vus against chance": 1.0 if p is None else p}


def main(runs: int = 500) -> dict[str, Any]:
    """Print how often equal models are called better at the nominal 5 %."""
    found: dict[str, Any] = {"runs": runs}
    for pair in (drawn, fitted):
        for n_patients in (46, 120):
            cell: dict[str, float] = {}
            for test in (run, chance):
                done = Parallel(n_jobs=-1)(delayed(test)(i, pair, n_patients) for i in range(runs))
                cell |= {n: float(np.mean([p[n] <= LEVEL for p in done])) for n in done[0]}
            found[f"{pair.__name__}, {n_patients} patients"] = cell
            print(f"{pair.__name__}, {n_patients} patients:")
            for name, share in cell.items():
                print(f"  {name}: {100 * share:.1f} %")
    return found


if __name__ == "__main__":
    main()
