"""Does normalization leave what is on record, and does the residual-amplitude check tell it apart?

Five questions. The accuracies of science 3.2, before and after normalization. How often the check
(N4) calls a pure gain a pattern at p <= 0.05, and a pattern a pattern, by how much classes overlap,
by method, and where measured amplitude is noisy. Whether averaged test trials follow the closed
form. How often the mass-univariate map calls noise a finding. How often the interval of the
labelling curve covers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed

from dolorimeter.decoding.amplitude_demonstration import CASES, simulate_amplitude
from dolorimeter.decoding.closed_form import dprime_of_accuracy, labelling_accuracy
from dolorimeter.decoding.comparators import univariate_map
from dolorimeter.decoding.fast_cv import cross_validate
from dolorimeter.decoding.labelling import labelling_curve
from dolorimeter.decoding.normalize import normalize_pattern
from dolorimeter.decoding.residual_amplitude import residual_amplitude_check

LEVEL, PERMUTATIONS = 0.05, 99
ON_RECORD = {
    "amplitude only": (0.84, 0.50),
    "gain, profile 0.5": (0.89, 0.62),
    "gain, profile 1": (0.97, 0.81),
    "pattern only": (0.84, 0.86),
}


def decoded(case: str, seed: int) -> tuple[float, float]:
    """Accuracy before and after normalization, one pair left out."""
    X, y = simulate_amplitude(case, random_state=seed)
    pairs = np.arange(len(y)) // 2
    before, after = (
        cross_validate(data, y, "leave-one-pair-out", pairs) for data in (X, normalize_pattern(X))
    )
    return before.score, after.score


def checked(case: str, seed: int, spread: float, jitter: float = 0.0) -> list[float]:
    """Accuracy, null, p and share of samples of the check; NaN where it is not possible."""
    rng = np.random.default_rng([seed, 1])
    X, y = simulate_amplitude(case, spread=spread, random_state=rng)
    X = X + jitter * rng.normal(
        size=(len(y), 1)
    )  # an offset of the whole image: measured, not true
    found = residual_amplitude_check(X, y, permutations=PERMUTATIONS, random_state=rng)
    if not found.possible:
        return [np.nan] * 4
    return [found.score, found.null_mean, found.p_value, found.n_samples / len(y)]


def checked_by_regression(case: str, seed: int) -> float:
    """Accuracy of the check where amplitude is regressed out instead."""
    X, y = simulate_amplitude(case, n_trials=60, n_features=200, spread=0.5, random_state=seed)
    found = residual_amplitude_check(
        X, y, method="regression", scheme="leave-one-pair-out", groups=np.arange(60) // 2,
        permutations=0,
    )  # fmt: skip
    return float(found.score)


def all_checks(runs: int) -> dict[str, Any]:
    """Level and power of the check."""
    conditions = {"gain spread 0.5": (0.5, 0.0), "gain spread 0.25": (0.25, 0.0)}
    conditions |= {"gain spread 0.5, offset noise 0.5": (0.5, 0.5), "no spread": (0.0, 0.0)}
    found: dict[str, Any] = {}
    for name, (spread, jitter) in conditions.items():
        found[name] = {}
        for case in CASES:
            jobs = (delayed(checked)(case, i, spread, jitter) for i in range(runs))
            rows = np.array(Parallel(n_jobs=2)(jobs))
            possible = ~np.isnan(rows[:, 0])
            cell: dict[str, Any] = {"possible": float(possible.mean())}
            if possible.any():
                accuracy, null, _, share = rows[possible].mean(axis=0)
                passed = float((rows[possible, 2] <= LEVEL).mean())
                cell |= {"accuracy": accuracy, "null": null, "samples": share, "passed": passed}
            found[name][case] = cell
            print(f"  {name}, {case}: " + ", ".join(f"{k} {v:.3f}" for k, v in cell.items()))
    return found


def labelled(runs: int) -> dict[str, Any]:
    """Averages of m simulated normal decisions at 72.5 %, and the cover of the interval."""
    rng = np.random.default_rng(0)
    ms, accuracy = (1, 2, 4, 8, 20), 0.725
    y = np.tile([0, 1], 40)
    subject = np.repeat(np.arange(20), 80)
    labels = np.tile(y, 20)
    curve, covered = [], []
    for i in range(runs):
        decisions = rng.normal(size=1600) + (labels - 0.5) * dprime_of_accuracy(accuracy)
        points = labelling_curve(
            decisions, labels, labels, subject, ms=ms, draws=50, random_state=i
        )
        curve.append([p.accuracy for p in points])
        covered.append(
            [
                p.ci95[0] <= labelling_accuracy(accuracy, m) <= p.ci95[1]
                for p, m in zip(points, ms, strict=True)
            ]
        )
    closed = [labelling_accuracy(accuracy, m) for m in ms]
    return {
        "m": ms,
        "closed form": closed,
        "simulated": np.mean(curve, axis=0),
        "interval covers": np.mean(covered, axis=0),
    }


def noise_found(seed: int, many: bool) -> bool:
    """Whether the map calls a feature of pure noise a finding."""
    rng = np.random.default_rng([seed, 2])
    subject = np.repeat(np.arange(8), 10)
    X = rng.normal(size=(80, 100)) + 2 * rng.normal(size=(8, 100))[subject]
    y = np.tile([0, 1], 40)
    given = {"subjects": subject} if many else {"blocks": subject}
    return univariate_map(X, y, permutations=PERMUTATIONS, random_state=rng, **given).n_above > 0


def main(runs: int = 200) -> dict[str, Any]:
    """Print the accuracies, and level and power of the check."""
    found: dict[str, Any] = {"runs": runs, "normalization": {}}
    for case in CASES:
        scores = Parallel(n_jobs=2)(delayed(decoded)(case, i) for i in range(runs))
        before, after = np.mean(scores, axis=0)
        cell = {"before": before, "after": after}
        if case in ON_RECORD:
            cell["on record"] = ON_RECORD[case]
        found["normalization"][case] = cell
        print(f"{case}: {before:.3f} before, {after:.3f} after normalization")
    print("residual-amplitude check:")
    found["residual amplitude"] = all_checks(runs)
    found["by regression, 60 trials of 200 features"] = {
        case: np.mean([checked_by_regression(case, i) for i in range(max(runs // 20, 2))])
        for case in CASES
    }
    print("by regression:", found["by regression, 60 trials of 200 features"])
    found["labelling"] = labelled(runs)
    print("labelling:", found["labelling"])
    found["univariate, noise called a finding"] = {
        "one sample of trials": np.mean([noise_found(i, False) for i in range(runs)]),
        "eight subjects": np.mean([noise_found(i, True) for i in range(runs)]),
    }
    print("univariate:", found["univariate, noise called a finding"])
    return found


if __name__ == "__main__":
    main()
