"""Does the paired comparison across folds keep its level, and cover what a leak adds?

Cohorts of patients with several stays, cross-fitted twice: folds of stays and folds of patients.
*Independent*: stays of one patient have nothing in common, so that neither kind of folds is better
and 0 is true. *Leaking*: a patient's stays share a baseline of the vitals and a leaning of the
classes, independent of each other, so that a model that remembers patients gains where it meets
them again; the truth is the mean difference over many further cohorts. Two classifiers: class
means, which learn little of a patient, and a kernel average over the training windows, which
remembers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from dolorimeter.evaluation import Predictions, compare, make_folds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAMES = ("low", "medium", "high")
SHARES = np.array([2.0, 0.75, 0.25])  # leanings of the classes, as on the MIMIC demo
N_PATIENTS, N_FOLDS, N_VITALS, LEVEL, DRAWS = 46, 10, 4, 0.05, 1000
KINDS = ("independent", "leaking")
CLASSIFIERS = ("class means", "kernel")


def cohort(kind: str, n_patients: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Floats]:
    """Draw patient of each stay, stay and class of each window, and vitals."""
    owner = np.repeat(np.arange(n_patients), 1 + rng.binomial(4, 0.35, n_patients))
    stay = np.repeat(np.arange(len(owner)), 1 + rng.poisson(8, len(owner)))
    source = np.arange(len(owner)) if kind == "independent" else owner
    n_sources = source.max() + 1
    leaning = rng.dirichlet(SHARES, n_sources)[source][stay].cumsum(axis=1)
    labels = (rng.random(len(stay))[:, None] > leaning[:, :2]).sum(axis=1)
    baseline = rng.normal(size=(n_sources, N_VITALS))[source][stay]
    vitals = baseline + rng.normal(size=(len(stay), N_VITALS))
    vitals[:, 0] += 0.5 * labels
    return owner, stay, labels, vitals


def cross_fit(classifier: str, vitals: Floats, labels: Ints, fold: Ints) -> Floats:
    """Return posteriors of all windows, each from a model without its fold."""
    scores = np.zeros((len(labels), 3))
    for f in np.unique(fold):
        train, test = fold != f, fold == f
        if classifier == "class means":
            means = np.array([vitals[train & (labels == k)].mean(axis=0) for k in range(3)])
            scores[test] = -0.5 * ((vitals[test][:, None] - means) ** 2).sum(axis=2)
        else:
            apart = ((vitals[test][:, None] - vitals[train]) ** 2).sum(axis=2)
            near = np.exp(-apart / 0.5)
            votes = np.array([near[:, labels[train] == k].mean(axis=1) for k in range(3)]).T
            scores[test] = np.log(votes + 1e-9)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def run(seed: int, kind: str, classifier: str, n_patients: int) -> dict[str, float]:
    """Compare both kinds of folds on one cohort."""
    rng = np.random.default_rng([seed, n_patients, KINDS.index(kind)])
    owner, stay, labels, vitals = cohort(kind, n_patients, rng)
    while np.bincount(labels, minlength=3).min() < N_FOLDS:
        owner, stay, labels, vitals = cohort(kind, n_patients, rng)
    names = np.arange(len(owner)).astype(str)
    counts = np.zeros((len(owner), 3))
    np.add.at(counts, (stay, labels), 1.0)
    sides = []
    for unit in ("stay", "patient"):
        folds = make_folds(owner, names, N_FOLDS, unit, counts, rng)
        of_stay = np.empty(len(owner), dtype=np.int64)
        for f, test in enumerate(folds.test):
            of_stay[test] = f
        fold = of_stay[stay]
        sides.append(
            Predictions(
                cross_fit(classifier, vitals, labels, fold), labels, fold, owner[stay],
                np.arange(len(labels)), NAMES, folds.fingerprint, N_FOLDS,
            )
        )  # fmt: skip
    found = compare(*sides, "vus", DRAWS, rng, across_folds=True)
    low, high = found.ci95
    p = 1.0 if found.p is None else found.p
    return {"difference": found.difference, "se": found.se, "low": low, "high": high, "p": p}


def cell(kind: str, classifier: str, n_patients: int, runs: int) -> dict[str, float]:
    """Return how often it errs: half of the leaking cohorts say what is true of the others."""
    done = Parallel(n_jobs=-1)(delayed(run)(i, kind, classifier, n_patients) for i in range(runs))
    values = {name: np.array([each[name] for each in done]) for name in done[0]}
    tested = np.arange(runs) < (runs if kind == "independent" else runs // 2)
    truth = 0.0 if kind == "independent" else float(values["difference"][~tested].mean())
    covered = (values["low"] <= truth) & (truth <= values["high"])
    return {
        "truth": truth,
        "mean difference": float(values["difference"][tested].mean()),
        "deviation": float(values["difference"][tested].std(ddof=1)),
        "mean standard error": float(values["se"][tested].mean()),
        "interval covers the truth": float(covered[tested].mean()),
        "stays called better": float((values["p"][tested] <= LEVEL).mean()),
    }


def main(runs: int = 200) -> dict[str, Any]:
    """Print coverage and false positives."""
    found: dict[str, Any] = {"runs": runs, "patients": N_PATIENTS}
    for kind in KINDS:
        for classifier in CLASSIFIERS:
            name = f"{kind}, {classifier}"
            found[name] = cell(kind, classifier, N_PATIENTS, runs)
            print(f"{name}:")
            for what, value in found[name].items():
                print(f"  {what}: {value:.3f}")
    return found


if __name__ == "__main__":
    main()
