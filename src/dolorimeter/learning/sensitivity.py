"""Does the correlation survive other starting values and fewer trials (science 2.3)?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats

from .criterion import correlate, fit_by_correlation
from .fitted import Sensitivity
from .likelihoods import GaussianEvidence
from .measures import Bools, neutral_trials, subject_index
from .observations import observe

_START = 0.5
DROPPED = 10


def sensitivity_cases(
    evidence: GaussianEvidence,
    trials: Trials,
    values: Floats,
    used: Bools,
    nuisance: tuple[str, ...] = (),
) -> tuple[Sensitivity, ...]:
    """Repeat the correlation criterion under other assumptions.

    Starting values: 0.5 towards what follows the cue (its expectation there, so that nothing is
    left to acquire) and 0.5 away from it. The first ten trials of each subject left out; values
    are learned on them all the same. Each cue alone.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    trials : Trials
        Sorted by subject.
    values : ndarray of shape (n_trials,)
        The transformed measure.
    used : ndarray of shape (n_trials,), bool
        Trials of the evidence.
    nuisance : tuple of str, default ()
        As for ``observe``.

    Returns
    -------
    tuple of Sensitivity
        In that order; cases that do not apply, or leave too few trials, are left out.
    """
    cases = []
    for what, sign in (("towards", 1.0), ("away from", -1.0)):
        starts = _starts(evidence, trials, sign)
        if starts:
            predictor = replace(evidence.predictor, v0=starts)
            name = f"starting values {_START:g} {what} what follows"
            cases.append(_case(name, replace(evidence, predictor=predictor), trials))
    later = {f"first {DROPPED} trials left out": used & (_place(trials) >= DROPPED)}
    cues = np.unique(trials.cue[used])
    if len(cues) > 1:
        later |= {f"cue {cue} alone": used & (trials.cue == cue) for cue in cues}
    for name, rows in later.items():
        if _enough(evidence, trials, values, rows):
            seen = observe(trials, values, rows, nuisance)
            cases.append(_case(name, replace(evidence, observations=seen), trials))
    return tuple(cases)


def _case(what: str, evidence: GaussianEvidence, trials: Trials) -> Sensitivity:
    fit = fit_by_correlation(evidence, trials, permutations=0, bootstrap=0)
    default = np.array([spec.default for spec in evidence.predictor.free])
    return Sensitivity(what, tuple(fit.estimate.tolist()), fit.best, correlate(evidence, default))


def _starts(evidence: GaussianEvidence, trials: Trials, sign: float) -> dict[str, float]:
    """Return starting values of the cues that something follows, by its sign."""
    form = evidence.predictor.form
    if "v0" not in form.names or evidence.predictor.v0:
        return {}
    followed = ~neutral_trials(trials)
    starts = {}
    for cue in np.unique(trials.cue[followed]):
        mean = trials.utility[followed & (trials.cue == cue)].mean()
        towards = abs(mean) if form.name == "valence-independent" else mean
        starts[str(cue)] = float(sign * _START * np.sign(towards))
    return starts


def _place(trials: Trials) -> np.ndarray:
    """Return how many trials of the subject came before, (n_trials,)."""
    _, index = subject_index(trials)
    starts = np.searchsorted(index, np.arange(index.max() + 1))
    return np.asarray(np.arange(len(trials)) - starts[index])


def _enough(evidence: GaussianEvidence, trials: Trials, values: Floats, rows: Bools) -> bool:
    _, index = subject_index(trials)
    seen = rows & np.isfinite(values)
    counts = np.bincount(index[seen], minlength=len(evidence.subjects))
    varied = all(np.ptp(values[seen & (index == u)]) > 0 for u in range(len(counts)) if counts[u])
    return bool(varied and (counts >= evidence.observations.n_nuisance + 3).all())
