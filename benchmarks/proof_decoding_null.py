"""Where does noise score, and does the relabelling test keep its level? [science 3.2]

Noise sets with balanced classes, in which trials know nothing of their labels. For each scheme and
shape: the mean accuracy (which is not 50 % for leave-one-trial-out), how often the relabelling
test calls noise a finding at the nominal 5 %, and how often a binomial test against a nominal 50 %
would. Runs lean: the noise of a run has an offset of its own, and labels are exchanged within it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import binom

from dolorimeter.decoding import cross_validate, cross_validate_regions, group_cross_validate

N_TRIALS, N_RUNS, LEVEL = 90, 9, 0.05
LEANING = 1.0  # deviation of a run's offset, in deviations of a trial


@dataclass(frozen=True)
class Condition:
    """One row of the result."""

    scheme: str
    n_features: int
    alpha: float = 1.0
    estimator: str = "lda"
    priors: str | None = None
    leaning: float = 0.0


CONDITIONS = {
    "trial out, 5 features": Condition("leave-one-trial-out", 5),
    "trial out, 60 features": Condition("leave-one-trial-out", 60),
    "trial out, 200 features": Condition("leave-one-trial-out", 200),
    "trial out, 30,000 features": Condition("leave-one-trial-out", 30_000),
    "trial out, 30,000 features, alpha 3e4": Condition("leave-one-trial-out", 30_000, 3e4),
    "trial out, 30,000 features, alpha 1e6": Condition("leave-one-trial-out", 30_000, 1e6),
    "trial out, 200 features, equal priors": Condition("leave-one-trial-out", 200, priors="equal"),
    "pair out, 5 features": Condition("leave-one-pair-out", 5),
    "pair out, 30,000 features": Condition("leave-one-pair-out", 30_000),
    "run out, 200 features, runs lean": Condition("leave-one-run-out", 200, leaning=LEANING),
    "ridge R2, trial out, 200 features": Condition("leave-one-trial-out", 200, 100.0, "ridge"),
}


def draw(condition: Condition, rng: np.random.Generator) -> Any:
    """Draw noise and labels, as many of each class in every run."""
    runs = np.repeat(np.arange(N_RUNS), N_TRIALS // N_RUNS)
    features = rng.normal(size=(N_TRIALS, condition.n_features))
    features += condition.leaning * rng.normal(size=(N_RUNS, condition.n_features))[runs]
    if condition.estimator == "ridge":
        return features, rng.normal(size=N_TRIALS), runs
    halves = np.tile([0, 1], N_TRIALS // N_RUNS // 2)
    return features, np.concatenate([rng.permutation(halves) for _ in range(N_RUNS)]), runs


def run(seed: int, name: str, permutations: int) -> tuple[float, float, float]:
    """Return score, p-value and the p-value of a binomial test against one half."""
    condition = CONDITIONS[name]
    rng = np.random.default_rng([seed, list(CONDITIONS).index(name)])
    features, y, runs = draw(condition, rng)
    found = cross_validate(
        features,
        y,
        condition.scheme,
        runs if condition.scheme == "leave-one-run-out" else None,
        condition.estimator,
        condition.alpha,
        permutations,
        rng,
        priors=condition.priors,
    )
    nominal = binom.sf(round(found.score * N_TRIALS) - 1, N_TRIALS, 0.5)
    return found.score, found.p_value or np.nan, float(nominal)


def run_regions(seed: int, permutations: int) -> float:
    """Return the smallest p-value over twenty regions, corrected by the maximum."""
    rng = np.random.default_rng([seed, 77])
    features, y, _ = draw(Condition("leave-one-trial-out", 400), rng)
    regions = np.arange(400) // 20
    found = cross_validate_regions(
        features, y, regions, permutations=permutations, random_state=rng
    )
    return float(np.min(found.p_max))


def run_subjects(seed: int, permutations: int) -> float:
    """Return the p-value of the mean over six subjects of 15 trials."""
    rng = np.random.default_rng([seed, 78])
    features, _, _ = draw(Condition("leave-one-trial-out", 200), rng)
    subjects = np.repeat(np.arange(6), N_TRIALS // 6)
    y = np.concatenate([rng.permutation(np.arange(N_TRIALS // 6) % 2) for _ in range(6)])
    found = group_cross_validate(features, y, subjects, permutations=permutations, random_state=rng)
    return found.p_value or np.nan


def main(runs: int = 240, permutations: int = 199) -> dict[str, Any]:
    """Print mean scores and how often each test calls noise a finding."""
    found: dict[str, Any] = {"runs": runs, "permutations": permutations, "trials": N_TRIALS}
    print(f"{runs} sets of noise, {N_TRIALS} trials, {permutations} relabellings each")
    with Parallel(n_jobs=-1) as pool:
        for name, condition in CONDITIONS.items():
            rows = np.array(pool(delayed(run)(i, name, permutations) for i in range(runs)))
            score, p, nominal = rows.T
            found[name] = {
                "runs": runs,
                "mean_score": score.mean(),
                "rejected": np.mean(p <= LEVEL),
                "rejected_se": np.sqrt(LEVEL * (1 - LEVEL) / runs),
            }
            if condition.estimator == "lda":
                found[name]["rejected_by_nominal_half"] = np.mean(nominal <= LEVEL)
            print(f"  {name:42} mean {score.mean():6.3f}, rejected {np.mean(p <= LEVEL):.3f}")
        for name, task in (("20 regions, p_max", run_regions), ("6 subjects", run_subjects)):
            p = np.array(pool(delayed(task)(i, permutations) for i in range(runs)))
            found[name] = {"runs": runs, "rejected": np.mean(p <= LEVEL)}
            print(f"  {name:42} rejected {np.mean(p <= LEVEL):.3f}")
    return found


if __name__ == "__main__":
    main()
