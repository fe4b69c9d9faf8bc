"""Parameters of the state models: frozen and checked once; ``init`` takes them, ``save`` too."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
SUM_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class HMMParameters:
    """A hidden Markov model with Gaussian emissions, independent given the state.

    Attributes
    ----------
    startprob : ndarray of shape (K,)
        Probability of each state at the first step.
    transmat : ndarray of shape (K, K)
        Transition probabilities; the row is the state one comes from.
    means, variances : ndarray of shape (K, D)
        Of each emission in each state, in its own unit and that unit squared.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, probabilities do not add up to 1, or a variance
        is not positive.
    """

    startprob: Floats
    transmat: Floats
    means: Floats
    variances: Floats

    def __post_init__(self) -> None:
        _freeze(self)
        _check_distribution("startprob", self.startprob, 1)
        _check_distribution("transmat", self.transmat, 2)
        n_states = len(self.startprob)
        _require_shape("transmat", self.transmat, (n_states, n_states))
        _check_moments(self.means, self.variances, n_states)

    @property
    def n_states(self) -> int:
        """Number of states K."""
        return len(self.startprob)

    @property
    def n_features(self) -> int:
        """Number of emissions D."""
        return self.means.shape[1]

    @property
    def n_free(self) -> int:
        """Number of free parameters: 44 for K = 3 and D = 6."""
        n_states, n_features = self.means.shape
        return (n_states - 1) * (n_states + 1) + 2 * n_states * n_features

    def to_arrays(self) -> dict[str, Floats]:
        """Return the arrays by name, as they are saved."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class NaiveBayesParameters:
    """A mixture of classes with the same emissions and no order.

    Attributes
    ----------
    class_prior : ndarray of shape (K,)
        Probability of each class.
    means, variances : ndarray of shape (K, D)
        Of each emission in each class, in its own unit and that unit squared.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, probabilities do not add up to 1, or a variance
        is not positive.
    """

    class_prior: Floats
    means: Floats
    variances: Floats

    def __post_init__(self) -> None:
        _freeze(self)
        _check_distribution("class_prior", self.class_prior, 1)
        _check_moments(self.means, self.variances, len(self.class_prior))

    def to_arrays(self) -> dict[str, Floats]:
        """Return the arrays by name, as they are saved."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _freeze(parameters: HMMParameters | NaiveBayesParameters) -> None:
    """Replace each field by a read-only copy in float64, row-major as the kernels want it."""
    for field in fields(parameters):
        array = np.array(getattr(parameters, field.name), dtype=np.float64, order="C")
        array.setflags(write=False)
        object.__setattr__(parameters, field.name, array)


def _check_distribution(name: str, array: Floats, n_axes: int) -> None:
    if array.ndim != n_axes or array.size == 0:
        raise InputError(name, f"shape {array.shape}", f"{n_axes} axes and at least one state")
    if not (np.isfinite(array).all() and (array >= 0).all()):
        raise InputError(name, "a probability that is negative or not finite", "numbers in 0 … 1")
    sums = np.atleast_1d(array.sum(axis=-1))
    worst = sums[np.argmax(np.abs(sums - 1))]
    if abs(worst - 1) > SUM_TOLERANCE:
        raise InputError(name, f"probabilities that add up to {worst:.6g}", "a sum of 1")


def _check_moments(means: Floats, variances: Floats, n_states: int) -> None:
    if means.ndim != 2:
        raise InputError("means", f"shape {means.shape}", "one row a state, one column an emission")
    _require_shape("means", means, (n_states, means.shape[1]))
    _require_shape("variances", variances, means.shape)
    if not np.isfinite(means).all():
        raise InputError("means", "a value that is not finite", "finite numbers")
    if not (np.isfinite(variances).all() and (variances > 0).all()):
        raise InputError("variances", "a value that is not positive and finite", "positive numbers")


def _require_shape(name: str, array: Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(name, f"shape {array.shape}", f"shape {shape}")
