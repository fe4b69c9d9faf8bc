"""Which learning model the brain follows: held-out likelihoods of models, compared over people.

Gains are of runs that no coefficient, variance, autocorrelation or learning rate was fitted to, so
that models of any number of parameters and columns stand on one scale (nats), without a penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .mean_tests import mean_test


@dataclass(frozen=True, slots=True)
class ModelComparisonMaps:
    """Models compared at each voxel (or region); NaN where someone's data are constant.

    Attributes
    ----------
    models : tuple of str
        In the order given.
    reference : str
        What ``difference`` is against: declared in advance, not chosen by the data.
    gain : ndarray of shape (n_models, v)
        Mean over people of the held-out log likelihood over that without a model (nats).
    gain_p : ndarray of shape (n_models, v)
        One-sided p of that mean against 0; on the safe side, since a model that says nothing
        has an expected gain below 0.
    difference, difference_t, difference_p : ndarray of shape (n_models, v)
        Mean over people of the gain less the reference's, its t and two-sided p; 0, NaN and NaN
        for the reference itself.
    winner : ndarray of shape (v,), int64
        The model of the greatest mean gain; -1 where none is above 0, or unknown. It describes:
        which two models to compare was not asked in advance there.
    lead : ndarray of shape (v,)
        Its mean gain less that of the second (nats); with one model, less 0.
    summed : ndarray of shape (n_models, v)
        Gains added up over people: the log Bayes factor of a fixed-effects comparison, which one
        person may carry alone.
    """

    models: tuple[str, ...]
    reference: str
    gain: Floats
    gain_p: Floats
    difference: Floats
    difference_t: Floats
    difference_p: Floats
    winner: Ints
    lead: Floats
    summed: Floats


def compare_models(
    gains: Mapping[str, NDArray[np.float64]], reference: str | None = None
) -> ModelComparisonMaps:
    """Compare models over people.

    Parameters
    ----------
    gains : mapping of str to ndarray of shape (n_subjects, v)
        For each model the held-out gain of each person: ``RateMaps.gain`` of voxels, or
        ``RegionRates.gain``. The same people and runs, in the same order, for all.
    reference : str, optional
        Model that the others are compared with; default the first.

    Returns
    -------
    ModelComparisonMaps
        Uncorrected for the number of voxels.

    Raises
    ------
    InputError
        If there is no model, shapes disagree, there are fewer than two people, or the reference
        is no model.
    """
    if not gains:
        raise InputError("gains", "no model", "held-out gains of at least one model")
    models = tuple(gains)
    against = models[0] if reference is None else reference
    if against not in gains:
        near = get_close_matches(against, models, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else ""
        raise InputError("reference", repr(against), f"one of {', '.join(models)}", remedy)
    shape = gains[against].shape
    for name, block in gains.items():
        if block.ndim != 2 or block.shape != shape:
            rule = f"{shape}: the people and voxels of the reference"
            raise InputError(f"gains of {name}", f"shape {block.shape}", rule)
    if shape[0] < 2:
        raise InputError("gains", f"{shape[0]} people", "at least two people")
    return _compare(np.stack([gains[name] for name in models]), models, against)


def _compare(
    gains: NDArray[np.float64], models: tuple[str, ...], against: str
) -> ModelComparisonMaps:
    """Compare gains (n_models, n_subjects, v)."""
    difference = gains - gains[models.index(against)]
    t, p = mean_test(difference, axis=1)
    mean = gains.mean(axis=1)
    known = np.isfinite(mean).all(axis=0)
    filled = np.where(known, mean, 0.0)
    ranked = np.sort(filled, axis=0)
    second = ranked[-2] if len(models) > 1 else np.zeros(mean.shape[1])
    return ModelComparisonMaps(
        models,
        against,
        mean,
        mean_test(gains, axis=1, one_sided=True)[1],
        difference.mean(axis=1),
        t,
        p,
        np.where(known & (ranked[-1] > 0), filled.argmax(axis=0), -1),
        np.where(known, ranked[-1] - second, np.nan),
        gains.sum(axis=1),
    )
