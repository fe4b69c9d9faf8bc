"""Does the study call noise a finding, and does it find what is there?

Zero signal: cohorts of the paper's shape in which vitals know nothing of pain. The relabelling test
should call the HMM better than chance in 5 % of them, the paired clustered comparison one model
better than another in as many. Strong signal: the classes' transitions are recovered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed

from dolorimeter.evaluation import compare, compare_to_chance, point_metrics
from dolorimeter.studies import VitalsStudy, fit_vitals_model
from dolorimeter.studies.vitals.arm import Arm, run_arm
from dolorimeter.studies.vitals.dealing import deal_folds
from dolorimeter.studies.vitals.relabel import relabeling_test
from dolorimeter.tables import Cohort, Target, make_windows, simulate_cohort

RUNS, PERMUTATIONS = 200, 39  # p <= 0.05 is 2 of 40 arrangements: exactly 5 %
MODELS = ("hmm", "nb")
LEVEL = 0.05


def cohort_of(seed: int, signal: float, n_patients: int = 46, n_stays: int = 105) -> Cohort:
    """Simulate a cohort of the paper's shape."""
    events = simulate_cohort(n_patients, n_stays, signal=signal, random_state=seed)
    return make_windows(events, "2h", "48h")


def null_run(seed: int, permutations: int, folds: int = 10, **shape: int) -> dict[str, float]:
    """Return the p-values of one study on a cohort without signal."""
    study = VitalsStudy(
        task="direct", models=MODELS, folds=folds, history="none",
        permutations=permutations, n_jobs=1,
    )  # fmt: skip
    cohort = cohort_of(seed, 0.0, **shape)
    arm = run_arm(study, cohort, deal_folds(study, cohort, seed), "direct", "none", seed)
    found = {n: arm.predictions(fit.probabilities) for n, fit in arm.fits.items()}
    values: dict[str, float | None] = {
        "hmm against nb": compare(found["hmm"], found["nb"], random_state=seed).p,
        "nb against hmm": compare(found["nb"], found["hmm"], random_state=seed).p,
        "hmm against chance": compare_to_chance(found["hmm"], random_state=seed).p,
    }
    return {k: float("nan") if v is None else v for k, v in values.items()} | (
        _relabeling(study, arm, found, seed) if permutations else {}
    )


def _relabeling(study: VitalsStudy, arm: Arm, found: dict[str, Any], seed: int) -> dict[str, float]:
    observed = {name: {"vus": point_metrics(each)["vus"]} for name, each in found.items()}
    p = relabeling_test(study, arm, observed, seed)
    return {f"{name} by relabelling": float(p[name]["vus"] or np.nan) for name in p}


def false_positives(
    runs: int, permutations: int, n_jobs: int = 2, **shape: int
) -> dict[str, dict[str, float]]:
    """Return for each test the share of cohorts without signal in which it finds one."""
    drawn = Parallel(n_jobs=n_jobs)(
        delayed(null_run)(seed, permutations, **shape) for seed in range(runs)
    )
    shares = {}
    for test in drawn[0]:
        p = np.array([each[test] for each in drawn])
        shares[test] = {"rejected": float(np.mean(p <= LEVEL)), "median p": float(np.median(p))}
    return shares


def strong_signal(seed: int = 0, signal: float = 20.0) -> dict[str, float]:
    """Return how far the fitted transitions and classes lie from the planted ones."""
    cohort = cohort_of(seed, signal)
    model = fit_vitals_model(cohort, Target("direct"), "hmm")
    truth = cohort.truth.window_classes(cohort)
    inferred = model.infer(cohort, mode="smooth").filter(like="p_").to_numpy().argmax(axis=1)
    counted = _transitions(truth, cohort)
    return {
        "agreement with the hidden class": float(np.mean(truth == inferred)),
        "largest error of a transition": float(np.abs(model.estimator.transmat_ - counted).max()),
    }


def _transitions(path: np.ndarray, cohort: Cohort) -> np.ndarray:
    """Count the hidden path's own transitions within stays; rows sum to one."""
    inside = np.ones(len(path), dtype=bool)
    inside[cohort.offsets[1:] - 1] = False
    at = np.flatnonzero(inside)
    counts = np.zeros((path.max() + 1,) * 2)
    np.add.at(counts, (path[at], path[at + 1]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def main(runs: int = RUNS, permutations: int = PERMUTATIONS) -> dict[str, Any]:
    """Print both."""
    found = {
        "runs": runs,
        "permutations": permutations,
        "level": LEVEL,
        "zero signal": false_positives(runs, permutations),
        "strong signal": strong_signal(),
    }
    for test, shares in found["zero signal"].items():  # type: ignore[attr-defined]
        print(f"  zero signal, {test}: rejected in {100 * shares['rejected']:.1f} % of {runs}")
    for name, value in found["strong signal"].items():  # type: ignore[attr-defined]
        print(f"  strong signal, {name}: {value:.3f}")
    return found


if __name__ == "__main__":
    main()
