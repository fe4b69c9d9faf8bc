"""Maximum likelihood by subject, pooled over subjects, and partially pooled."""

from __future__ import annotations

import numpy as np
from scipy import stats

from dolorimeter.core.containers import Floats

from .choice_likelihood import ChoiceEvidence
from .fitted import Estimate
from .hierarchical import fit_hierarchical, replicate_means, to_parameters
from .identification import judge_group, judge_subjects, narrow
from .likelihoods import Evidence
from .profiles import ParameterGrid, Profile, draw_subjects, percentile_interval, profile_interval
from .search import best_by_subject, best_shared

MOST_REFITS = 100
_KIND = "log likelihood"


def estimate_by_subject(evidence: Evidence, bootstrap: int, rng: np.random.Generator) -> Estimate:
    """Fit each subject alone.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    bootstrap : int
        Draws of subjects for the interval of their mean.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Estimate
        The group's is the mean over subjects, which weak data draw to the middle of the range.
    """
    names, grid = _names(evidence), _grid(evidence)
    on_grid = evidence.log_likelihood(grid.points)
    found = best_by_subject(evidence, on_grid)
    drawn = _draws(evidence, bootstrap, rng)
    ci95 = percentile_interval(drawn @ found.points / len(found.points))
    profiles = [grid.profile(on_grid, i) for i in range(len(names))]
    edges = [profile_interval(grid.axis(i), p) for i, p in enumerate(profiles)]
    intervals = np.stack([np.stack(pair, axis=-1) for pair in edges], axis=1)
    verdict = judge_subjects(names, narrow(intervals, grid.low, grid.high))
    each = len(names) + evidence.n_coefficients
    return Estimate(
        how="subject",
        names=names,
        group=found.points.mean(axis=0),
        ci95=ci95,
        subjects=found.points,
        intervals=intervals,
        at_bound=found.at_bound,
        log_likelihood=found.values,
        objective=float(found.values.sum()),
        n_parameters=int(each.sum()),
        bic=float((each * np.log(evidence.counts) - 2 * found.values).sum()),
        profiles=tuple(
            Profile(name, grid.axis(i), profiles[i].sum(axis=0), _KIND)
            for i, name in enumerate(names)
        ),
        deviation=None,
        outcome=found.outcome,
        identified=verdict.identified,
        reason=verdict.reason,
    )


def estimate_pooled(evidence: Evidence, bootstrap: int, rng: np.random.Generator) -> Estimate:
    """Fit one set of parameters and one effect to all subjects.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    bootstrap : int
        Draws of subjects for the interval; at most 100 for choices.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Estimate
        Subjects share the parameters.
    """
    names, grid, n_subjects = _names(evidence), _grid(evidence), len(evidence.subjects)
    whole = np.ones((1, n_subjects))
    on_grid = evidence.common(grid.points, whole)
    found = best_shared(evidence, on_grid)
    drawn = _draws(evidence, bootstrap, rng)
    ci95 = percentile_interval(grid.summit(_common_on_grid(evidence, grid, drawn)))
    p_value = _p_of_effect(evidence, float(found.values[0]))
    verdict = judge_group(names, found.points[0], ci95, grid.low, grid.high, p_value, n_subjects)
    n_parameters = len(names) + 1 + int((evidence.n_coefficients - 1).sum())
    n = int(evidence.counts.sum())
    return Estimate(
        how="pooled",
        names=names,
        group=found.points[0],
        ci95=ci95,
        subjects=np.repeat(found.points, n_subjects, axis=0),
        intervals=None,
        at_bound=np.repeat(found.at_bound, n_subjects, axis=0),
        log_likelihood=_shared_likelihood(evidence, found.points[0]),
        objective=float(found.values[0]),
        n_parameters=n_parameters,
        bic=float(n_parameters * np.log(n) - 2 * found.values[0]),
        profiles=_profiles(names, grid, on_grid),
        deviation=None,
        outcome=found.outcome,
        identified=verdict.identified,
        reason=verdict.reason,
    )


def estimate_hierarchical(evidence: Evidence, bootstrap: int, rng: np.random.Generator) -> Estimate:
    """Fit subjects and their group together by empirical Bayes.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    bootstrap : int
        Draws of subjects for the interval, at most 100: each is a refit.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Estimate
        Subjects are drawn towards the group as far as their data are weak.
    """
    names, grid = _names(evidence), _grid(evidence)
    fit = fit_hierarchical(evidence)
    drawn = _draws(evidence, min(bootstrap, MOST_REFITS), rng)
    means = replicate_means(evidence, fit, drawn)
    ci95 = percentile_interval(to_parameters(means[:, :-1], grid.low, grid.high))
    group = to_parameters(fit.mean[:-1], grid.low, grid.high)
    subjects = to_parameters(fit.modes[:, :-1], grid.low, grid.high)
    p_value = _p_of_effect(evidence, float(best_shared(evidence).values[0]))
    verdict = judge_group(names, group, ci95, grid.low, grid.high, p_value, len(subjects))
    room = 0.01 * (grid.high - grid.low)
    on_grid = _common_on_grid(evidence, grid, np.ones((1, len(subjects))))
    return Estimate(
        how="hierarchical",
        names=names,
        group=group,
        ci95=ci95,
        subjects=subjects,
        intervals=None,
        at_bound=(subjects <= grid.low + room) | (subjects >= grid.high - room),
        log_likelihood=fit.log_evidence,
        objective=float(fit.log_evidence.sum()),
        n_parameters=2 * (len(names) + 1),
        bic=float("nan"),
        profiles=_profiles(names, grid, on_grid),
        deviation=fit.deviation[:-1],
        outcome=fit.outcome,
        identified=verdict.identified,
        reason=verdict.reason,
    )


def _p_of_effect(evidence: Evidence, shared: float) -> float:
    """Compare one shared effect with none by the likelihood ratio.

    Without an effect the parameters mean nothing, so that all of them count as searched.
    """
    gain = 2 * (shared - evidence.without().sum())
    return float(stats.chi2.sf(max(gain, 0.0), 1 + len(evidence.predictor.free)))


def _names(evidence: Evidence) -> tuple[str, ...]:
    return tuple(spec.name for spec in evidence.predictor.free)


def _grid(evidence: Evidence) -> ParameterGrid:
    return ParameterGrid.over(evidence.predictor.low, evidence.predictor.high)


def _draws(evidence: Evidence, bootstrap: int, rng: np.random.Generator) -> Floats:
    """Draw subjects; one subject says nothing of others."""
    n_subjects = len(evidence.subjects)
    return draw_subjects(n_subjects, bootstrap if n_subjects > 1 else 0, rng)


def _common_on_grid(evidence: Evidence, grid: ParameterGrid, weights: Floats) -> Floats:
    if isinstance(evidence, ChoiceEvidence):
        weights = weights[:MOST_REFITS]
    if len(weights) == 0:
        return np.empty((0, len(grid.points)))
    return evidence.common(grid.points, weights)


def _shared_likelihood(evidence: Evidence, parameters: Floats) -> Floats:
    """Each subject's log likelihood at shared parameters, coefficients its own."""
    return evidence.log_likelihood(parameters[None, :])[:, 0]


def _profiles(names: tuple[str, ...], grid: ParameterGrid, on_grid: Floats) -> tuple[Profile, ...]:
    return tuple(
        Profile(name, grid.axis(i), grid.profile(on_grid, i)[0], _KIND)
        for i, name in enumerate(names)
    )
