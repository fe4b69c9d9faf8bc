"""The paper's criterion: the parameters whose values correlate best with a measure (science 2.3).

Correlations are taken within subjects, turned into Fisher's z and averaged; a one-sample t test
over subjects goes with them. Its p at the best parameters is naive, since they were chosen for
it: the honest one repeats the search after each exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats

from .exchange import WORDS, Exchange, fisher_z, null_profiles
from .identification import judge_group
from .likelihoods import GaussianEvidence
from .optimize import choose_starts, maximize
from .profiles import ParameterGrid, Profile, draw_subjects, percentile_interval


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlations within subjects at given parameters.

    Attributes
    ----------
    subject_r : tuple of float
        Of each subject; nuisance taken out of both sides.
    r : float
        Hyperbolic tangent of the mean Fisher z.
    t, p_value : float
        One-sample t test of Fisher's z over subjects, two-sided; NaN with one subject. The p is
        honest only where the parameters were not chosen on these data.
    pooled_r : float
        Over all trials of all subjects at once, each subject's nuisance taken out: descriptive.
    n_subjects, n_trials : int
        Behind it.
    """

    subject_r: tuple[float, ...]
    r: float
    t: float
    p_value: float
    pooled_r: float
    n_subjects: int
    n_trials: int


@dataclass(frozen=True, slots=True)
class CorrelationFit:
    """Parameters chosen by correlation.

    Attributes
    ----------
    names : tuple of str
        The k parameters.
    estimate : ndarray of shape (k,)
        For the group.
    ci95 : ndarray of shape (k, 2)
        Bootstrap over subjects, search repeated; NaN without.
    best : Correlation
        At the estimate; its p is naive.
    default : Correlation
        At the defaults of the model (alpha 0.3), chosen beforehand; its p is honest.
    p_value : float or None
        By exchange with the search repeated; None without.
    permutations : int
        Exchanges.
    exchanged : str
        What was exchanged, in words.
    profiles : tuple of Profile
        Mean Fisher z over each parameter, in the direction of the best.
    identified : bool
        Whether the data tell where the parameters are.
    reason : str
        Why, or why not.
    """

    names: tuple[str, ...]
    estimate: Floats
    ci95: Floats
    best: Correlation
    default: Correlation
    p_value: float | None
    permutations: int
    exchanged: str
    profiles: tuple[Profile, ...]
    identified: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        from dataclasses import asdict

        plain = {"names": list(self.names), "estimate": self.estimate.tolist()}
        return plain | {
            "ci95": self.ci95.tolist(),
            "best": asdict(self.best),
            "default": asdict(self.default),
            "p_value": self.p_value,
            "permutations": self.permutations,
            "exchanged": self.exchanged,
            "profiles": [profile.to_dict() for profile in self.profiles],
            "identified": self.identified,
            "reason": self.reason,
        }


def correlate(evidence: GaussianEvidence, parameters: Floats) -> Correlation:
    """Correlate a measure with a model at given parameters.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    parameters : ndarray of shape (k,)
        Shared by all subjects.

    Returns
    -------
    Correlation
        Within subjects, with the t test over them.
    """
    seen = evidence.observations
    within = evidence.correlations(parameters[None, :])[:, 0]
    z = fisher_z(within)
    t, p = (np.nan, np.nan) if len(z) < 2 or np.ptp(z) == 0 else stats.ttest_1samp(z, 0.0)
    x = evidence.predictor.quantity(parameters[None, :])[0, seen.rows]
    for start, stop in zip(seen.offsets[:-1], seen.offsets[1:], strict=True):
        basis = seen.basis[start:stop]
        x[start:stop] -= basis @ (basis.T @ x[start:stop])
    scale = np.sqrt((x @ x) * (seen.y @ seen.y))
    pooled = float(x @ seen.y / scale) if scale > 0 else 0.0
    return Correlation(
        tuple(within.tolist()), float(np.tanh(z.mean())), float(t), float(p), pooled, len(z),
        len(seen.rows),
    )  # fmt: skip


def fit_by_correlation(
    evidence: GaussianEvidence,
    trials: Trials,
    *,
    permutations: int = 999,
    exchange: Exchange = "trials",
    bootstrap: int = 1000,
    random_state: int | np.random.Generator | None = None,
) -> CorrelationFit:
    """Find the parameters whose values correlate best with a measure over the group.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    trials : Trials
        Sorted by subject, those of the evidence.
    permutations : int, default 999
        Exchanges for the p-value; 0 for none.
    exchange : str, default "trials"
        What is exchanged, see ``exchange``: ``"trials"`` or ``"signs"``.
    bootstrap : int, default 1000
        Draws of subjects for the interval; 0 for none.
    random_state : int or Generator, optional
        Of exchanges and draws.

    Returns
    -------
    CorrelationFit
        In either direction: the size of the mean Fisher z is what is maximized.
    """
    rng = np.random.default_rng(random_state)
    predictor = evidence.predictor
    grid = ParameterGrid.over(predictor.low, predictor.high)
    z = fisher_z(evidence.correlations(grid.points))
    mean = z.mean(axis=0)[None, :]
    estimate = _refine(evidence, grid, np.abs(mean))
    p_value = None
    if permutations:
        null = null_profiles(evidence, trials, grid.points, permutations, exchange, rng)
        reached = int((np.abs(null).max(axis=1) >= np.abs(mean).max() - 1e-12).sum())
        p_value = (1 + reached) / (1 + permutations)
    drawn = draw_subjects(len(z), bootstrap, rng) if len(z) > 1 else np.empty((0, len(z)))
    ci95 = percentile_interval(grid.summit(np.abs(drawn @ z) / len(z)))
    names = tuple(spec.name for spec in predictor.free)
    verdict = judge_group(names, estimate, ci95, grid.low, grid.high, p_value, len(z))
    direction = np.sign(mean[0, np.abs(mean[0]).argmax()]) or 1.0
    profiles = tuple(
        Profile(
            name, grid.axis(i), direction * grid.profile(direction * mean, i)[0], "mean Fisher z"
        )
        for i, name in enumerate(names)
    )
    return CorrelationFit(
        names=names,
        estimate=estimate,
        ci95=ci95,
        best=correlate(evidence, estimate),
        default=correlate(evidence, np.array([spec.default for spec in predictor.free])),
        p_value=p_value,
        permutations=permutations,
        exchanged=WORDS[exchange] if permutations else "",
        profiles=profiles,
        identified=verdict.identified,
        reason=verdict.reason,
    )


def _refine(evidence: GaussianEvidence, grid: ParameterGrid, on_grid: Floats) -> Floats:
    def objective(points: Floats) -> Floats:
        return np.abs(fisher_z(evidence.correlations(points[0])).mean(axis=0))[None, :]

    starts = choose_starts(grid.points, on_grid, grid.low, grid.high)
    return maximize(objective, starts, grid.low, grid.high).points[0]
