"""What would be measured on each trial, with a planted correlation with the cue's value.

A measure's latent score has, within each subject, correlation r with what the measure follows,
over the trials of cues that a utility ever follows: ``r x + sqrt(1 - r²) noise``, x standardized
there. Cue C follows the same line. Reaction times are the quantiles of a gamma distribution at the
normal probability of the score: the transform of science 2.3 backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .simulate_streams import stream
from .task_parts import nearest

PAPER_R = 0.19  # science 2.3: heart rate, pooled
_FARTHEST = 6.0  # scores beyond have no quantile of their own in float64
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class SimulatedMeasure:
    """How a measure is made.

    Attributes
    ----------
    follows : {"magnitude", "value"}
        Of the cue's value.
    mean, deviation : float
        Over subjects' means, in the measure's unit.
    within : float
        Deviation within a subject; for a gamma distribution its shape.
    gamma : bool
        Whether values follow a gamma distribution, else a normal one.
    limits : tuple of float
        Scale of a rating.
    correlation : float
        Planted unless told otherwise.
    """

    follows: str
    mean: float
    deviation: float
    within: float
    gamma: bool = False
    limits: tuple[float, float] = (-np.inf, np.inf)
    correlation: float = PAPER_R


SIMULATED: Mapping[str, SimulatedMeasure] = MappingProxyType(
    {
        "rt": SimulatedMeasure("magnitude", 0.65, 0.1, 8.0, gamma=True),
        "heart-rate": SimulatedMeasure("magnitude", 70.0, 8.0, 3.0),
        "pain": SimulatedMeasure("value", 6.0, 0.4, 0.8, False, (0.0, 10.0), -PAPER_R),
        "pleasantness": SimulatedMeasure("value", 0.0, 0.8, 2.0, False, (-10.0, 10.0)),
    }
)


@dataclass(frozen=True, slots=True)
class DrawnMeasure:
    """A measure of one subject with its truth.

    Attributes
    ----------
    values : ndarray of shape (n_trials,)
        In the measure's unit: s, 1/min, 0 to 10, -10 to 10; NaN where missing.
    latent : ndarray of shape (n_trials,)
        Scores behind them.
    mean, within : float
        The subject's mean, and its deviation or shape.
    realized : float
        Correlation of the scores with what they follow, over trials of cues with a value; NaN
        where that does not vary.
    """

    values: Floats
    latent: Floats
    mean: float
    within: float
    realized: float


def read_correlations(given: Mapping[str, float] | None) -> dict[str, float]:
    """Check which measures are wanted, with which correlation.

    Parameters
    ----------
    given : mapping of str to float, or None
        None for all of ``SIMULATED`` as they stand there.

    Returns
    -------
    dict
        By measure.

    Raises
    ------
    InputError
        If a measure is unknown or a correlation outside -1 … 1.
    """
    if given is None:
        return {name: measure.correlation for name, measure in SIMULATED.items()}
    for name, r in given.items():
        if name not in SIMULATED:
            raise nearest("correlations", name, SIMULATED)
        if not isinstance(r, int | float | np.floating) or not -1 <= r <= 1:
            raise InputError(f"correlations, {name}", repr(r), "a number from -1 to 1")
    return {name: float(r) for name, r in given.items()}


def draw_measure(
    name: str,
    value: Floats,
    counted: np.ndarray,
    correlation: float,
    missing: float,
    seed: int,
    subject: str,
) -> DrawnMeasure:
    """Draw a measure of one subject.

    Parameters
    ----------
    name : str
        A key of ``SIMULATED``.
    value : ndarray of shape (n_trials,)
        Of the cue on each trial.
    counted : ndarray of shape (n_trials,), bool
        Trials over which the correlation is planted.
    correlation : float
        Planted.
    missing : float
        Share of trials without a value.
    seed : int
        Of the study.
    subject : str
        Whose it is; names the stream together with the measure.

    Returns
    -------
    DrawnMeasure
        Values and truth.
    """
    kind, rng = SIMULATED[name], stream(seed, "measure", name, subject)
    mean = kind.mean + kind.deviation * rng.standard_normal()
    noise, lost = rng.standard_normal(len(value)), rng.random(len(value)) < missing
    followed = np.abs(value) if kind.follows == "magnitude" else value
    latent = _plant(followed, counted, correlation, noise)
    if kind.gamma:
        mean = max(mean, kind.mean / 3)
        share = special.ndtr(np.clip(latent, -_FARTHEST, _FARTHEST))
        values = special.gammaincinv(kind.within, share) * mean / kind.within
    else:
        values = np.clip(mean + kind.within * latent, *kind.limits)
    values = np.where(lost, np.nan, values)
    return DrawnMeasure(
        values, latent, float(mean), kind.within, _correlation(latent, followed, counted)
    )


def _plant(followed: Floats, counted: np.ndarray, r: float, noise: Floats) -> Floats:
    """Return latent scores; noise alone where what is followed does not vary."""
    deviation = followed[counted].std() if counted.any() else 0.0
    if deviation < _FLAT:
        return noise
    standard = (followed - followed[counted].mean()) / deviation
    return r * standard + np.sqrt(1 - r**2) * noise


def _correlation(latent: Floats, followed: Floats, counted: np.ndarray) -> float:
    if counted.sum() < 3 or followed[counted].std() < _FLAT:
        return float("nan")
    return float(np.corrcoef(latent[counted], followed[counted])[0, 1])
