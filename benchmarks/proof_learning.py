"""Are learning rates recovered, are p-values honest, and do intervals cover?

Five questions of issue 4, on the relief design (19 subjects x 60 trials with cues A and B). Does
the group's rate of 0.3 lie within 0.2 to 0.4 at the paper's r = 0.19, by each way of fitting? Are
single rates within 0.05 where measures follow values nearly without noise? How often does the p
that repeats the search reject without signal, and the naive one? How often does each bootstrap
interval cover? Which model does BIC choose where one was planted?
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed

from dolorimeter.core import Trials
from dolorimeter.learning.criterion import fit_by_correlation
from dolorimeter.learning.estimates import (
    estimate_by_subject,
    estimate_hierarchical,
    estimate_pooled,
)
from dolorimeter.learning.likelihoods import GaussianEvidence
from dolorimeter.learning.measures import neutral_trials
from dolorimeter.learning.observations import observe, sort_by_subject
from dolorimeter.learning.predictors import make_predictor
from dolorimeter.learning.recovery import plant_measure, recover_models, recover_parameters
from dolorimeter.learning.search import best_shared
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.task_trials import make_trials

SUBJECTS, ALPHA, R, LEVEL = 19, 0.3, 0.19, 0.05
NEARLY_NOISELESS = (0.95, 0.97, 0.99)
MODELS = ("td", "pearce-hall", "dual-rate")
HOW = {
    "subject": estimate_by_subject,
    "pooled": estimate_pooled,
    "hierarchical": estimate_hierarchical,
}


def design(seed: int) -> Trials:
    """Orders of trials of one group."""
    return sort_by_subject(make_trials(relief2005(random_state=seed), seed, n_subjects=SUBJECTS))


def group(seed: int, r: float) -> GaussianEvidence:
    """A group with a planted rate."""
    trials = design(seed)
    predictor, used = make_predictor("td", trials), ~neutral_trials(trials)
    # A stream of its own: the order of trials was drawn from the bare seed.
    noise = np.random.default_rng([seed, 1])
    values = plant_measure(predictor, trials, used, np.full((SUBJECTS, 1), ALPHA), r, noise)
    return GaussianEvidence(predictor, observe(trials, values, used))


def fitted(seed: int, bootstrap: int) -> dict[str, tuple[float, bool, bool]]:
    """Group rate, whether its interval covers, and whether it is called identified, by each way."""
    evidence, trials = group(seed, R), design(seed)
    found = {}
    by_r = fit_by_correlation(
        evidence, trials, permutations=99, bootstrap=bootstrap, random_state=seed
    )
    low, high = by_r.ci95[0]
    found["correlation"] = float(by_r.estimate[0]), bool(low <= ALPHA <= high), by_r.identified
    for how, estimate in HOW.items():
        one = estimate(evidence, bootstrap, np.random.default_rng(seed))
        low, high = one.ci95[0]
        found[how] = float(one.group[0]), bool(low <= ALPHA <= high), one.identified
    return found


def shared_rates(seed: int) -> tuple[float, float]:
    """Group rate by the paper's criterion and by pooled likelihood, without intervals."""
    evidence = group(seed, R)
    by_r = fit_by_correlation(evidence, design(seed), permutations=0, bootstrap=0)
    return float(by_r.estimate[0]), float(best_shared(evidence).points[0, 0])


def rejected(seed: int, exchange: str, permutations: int) -> tuple[bool, bool]:
    """Whether the p that repeats the search rejects without signal, and whether the naive does."""
    fit = fit_by_correlation(
        group(seed, 0.0), design(seed), permutations=permutations, exchange=exchange,
        bootstrap=0, random_state=seed,
    )  # fmt: skip
    return fit.p_value <= LEVEL, fit.best.p_value <= LEVEL


def groups(n: int, bootstrap: int) -> dict[str, Any]:
    """Group rates at the paper's correlation."""
    rows = Parallel(n_jobs=2)(delayed(fitted)(seed, bootstrap) for seed in range(n))
    found: dict[str, Any] = {}
    for how in rows[0]:
        rates, covered, identified = (np.array([row[how][i] for row in rows]) for i in range(3))
        found[how] = {
            "within 0.2 to 0.4": float(((rates >= 0.2) & (rates <= 0.4)).mean()),
            "median": float(np.median(rates)),
            "5 % and 95 %": np.quantile(rates, [0.05, 0.95]),
            "interval covers": float(covered.mean()),
            "called identified": float(identified.mean()),
        }
    return found


def main(
    n_groups: int = 100,
    n_many: int = 1000,
    n_null: int = 500,
    permutations: int = 199,
    n_models: int = 20,
) -> dict[str, Any]:
    """Print and return what was found."""
    results: dict[str, Any] = {
        "groups": n_groups,
        "r": R,
        "by way of fitting": groups(n_groups, 60),
    }
    many = np.array(Parallel(n_jobs=2)(delayed(shared_rates)(seed) for seed in range(n_many)))
    share = ((many >= 0.2) & (many <= 0.4)).mean(axis=0)
    results["within 0.2 to 0.4, many groups"] = {
        "groups": n_many, "correlation": float(share[0]), "pooled": float(share[1]),
    }  # fmt: skip
    single = {}
    for r in NEARLY_NOISELESS:
        for name, truth in (("0.1 to 0.9", None), ("0.3", {"alpha": ALPHA})):
            alone = recover_parameters(
                design(0), r=r, n_simulations=20, truth=truth, random_state=0
            )
            single[f"r = {r}, alpha {name}"] = {
                "within 0.05": float(alone.within(0.05)[0]), "error": alone.error[0],
            }  # fmt: skip
    results["single rates"] = single
    results["rejected without signal"] = {}
    for exchange in ("trials", "signs"):
        rows = Parallel(n_jobs=2)(
            delayed(rejected)(seed, exchange, permutations) for seed in range(n_null)
        )
        honest, naive = np.mean(rows, axis=0)
        results["rejected without signal"][exchange] = {
            "runs": n_null, "search repeated": float(honest), "naive": float(naive),
        }  # fmt: skip
    results["models"] = {
        f"r = {r}": recover_models(
            design(0), MODELS, r=r, n_simulations=n_models, random_state=0
        ).to_dict()
        for r in (R, 0.6)
    }
    for name, value in results.items():
        print(name, value)
    return results


if __name__ == "__main__":
    main()
