"""Does the interval of the VUS cover? 46 correlated patients, with and without their clusters.

Each patient has class frequencies, a shift of all scores, and a stay of sticky classes, as in the
cohorts of Panaggio et al. 2021. The truth is the same ratio of expectations over a cohort so
large that its own error is negligible.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.evaluation import vus

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])  # mean scores of labels 2 and 3 by class
SIGNAL, SHIFT, STICKY = 1.0, 1.0, 0.6

Arrays = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def simulate(n_patients: int, generator: np.random.Generator) -> Arrays:
    """Draw posteriors (n, 3), labels (n,) and patients (n,); 10 to 40 windows a patient."""
    lengths = generator.integers(10, 41, n_patients)
    patients = np.repeat(np.arange(n_patients), lengths)
    frequencies = generator.dirichlet([2.0, 2.0, 2.0], n_patients)
    edges = frequencies[patients].cumsum(axis=1)[:, :2]
    fresh = (edges < generator.random((len(patients), 1))).sum(axis=1)
    kept = np.where(generator.random(len(patients)) < STICKY, 0, np.arange(len(patients)))
    kept = np.maximum(kept, np.repeat(np.cumsum(lengths) - lengths, lengths))  # starts are fresh
    labels = fresh[np.maximum.accumulate(kept)]
    shifts = SHIFT * generator.standard_normal((n_patients, 2))
    scores = SIGNAL * CORNERS[labels] + shifts[patients]
    scores += generator.standard_normal(scores.shape)
    powers = np.exp(np.column_stack([np.zeros(len(scores)), scores]))
    return powers / powers.sum(axis=1, keepdims=True), labels, patients


def coverage(
    n_cohorts: int, n_folds: int = 1, n_patients: int = 46, random_state: int = 0
) -> dict[str, Any]:
    """Share of cohorts whose interval holds the truth, clustered by patient and ignoring that.

    Whole patients make a fold. Within folds a triple meets the same patient more often than in a
    large cohort, so that with folds the mean over cohorts stands for the truth.
    """
    generator = np.random.default_rng(random_state)
    cohorts = [simulate(n_patients, generator) for _ in range(n_cohorts)]
    clustered = [vus(p, y, groups=who, folds=who % n_folds) for p, y, who in cohorts]
    ignored = [vus(p, y, folds=who % n_folds) for p, y, who in cohorts]
    values = np.array([v.value for v in clustered])
    truth = _large_cohort(generator) if n_folds == 1 else float(values.mean())
    return {
        "cohorts": n_cohorts,
        "folds": n_folds,
        "truth": truth,
        "mean": float(values.mean()),
        "deviation": float(values.std(ddof=1)),
        "clustered": _share(clustered, truth),
        "ignored": _share(ignored, truth),
        "clustered_se": float(np.mean([v.se for v in clustered])),
        "ignored_se": float(np.mean([v.se for v in ignored])),
    }


def _large_cohort(generator: np.random.Generator) -> float:
    """VUS between patients, to within 0.001."""
    posteriors, labels, _ = simulate(100_000, generator)
    return vus(posteriors, labels, method="sampled", n_draws=1_000_000).value


def _share(results: list[Any], truth: float) -> float:
    return float(np.mean([v.ci95[0] <= truth <= v.ci95[1] for v in results]))


def main(n_cohorts: int = 1000) -> list[dict[str, Any]]:
    """Print the coverage of both intervals without folds, with ten, and with a patient a fold."""
    results = [coverage(n_cohorts, n_folds) for n_folds in (1, 10, 46)]
    for found in results:
        print(f"VUS of {n_cohorts} cohorts of 46 correlated patients, {found['folds']} fold(s):")
        print(f"  truth {found['truth']:.4f}, mean {found['mean']:.4f}", end=", ")
        print(f"standard deviation {found['deviation']:.4f}")
        for name in ("clustered", "ignored"):
            share, se = found[name], found[f"{name}_se"]
            print(f"  patients {name}: mean SE {se:.4f}, 95 % interval covers {100 * share:.1f} %")
    return results


if __name__ == "__main__":
    main()
