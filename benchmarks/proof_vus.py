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


def coverage(n_cohorts: int, n_patients: int = 46, random_state: int = 0) -> dict[str, Any]:
    """Share of cohorts whose interval holds the truth, clustered by patient and ignoring that."""
    generator = np.random.default_rng(random_state)
    truth = float(np.mean([_value(simulate(1200, generator)) for _ in range(3)]))
    cohorts = [simulate(n_patients, generator) for _ in range(n_cohorts)]
    clustered = [vus(p, y, groups=who) for p, y, who in cohorts]
    ignored = [vus(p, y) for p, y, _ in cohorts]
    values = np.array([v.value for v in clustered])
    return {
        "cohorts": n_cohorts,
        "truth": truth,
        "mean": values.mean(),
        "deviation": values.std(ddof=1),
        "clustered": _share(clustered, truth),
        "ignored": _share(ignored, truth),
        "clustered_se": np.mean([v.se for v in clustered]),
        "ignored_se": np.mean([v.se for v in ignored]),
    }


def _value(cohort: Arrays) -> float:
    return vus(cohort[0], cohort[1]).value


def _share(results: list[Any], truth: float) -> float:
    return float(np.mean([v.ci95[0] <= truth <= v.ci95[1] for v in results]))


def main(n_cohorts: int = 2000) -> dict[str, Any]:
    """Print the coverage of both intervals."""
    found = coverage(n_cohorts)
    print(f"VUS of {found['cohorts']} cohorts of 46 correlated patients; truth {found['truth']:.4f},")
    print(f"mean {found['mean']:.4f}, standard deviation {found['deviation']:.4f}")
    for name in ("clustered", "ignored"):
        share, se = found[name], found[f"{name}_se"]
        print(f"  patients {name}: mean SE {se:.4f}, 95 % interval covers {100 * share:.1f} %")
    return found


if __name__ == "__main__":
    main()
