"""From what a user gives ``fit`` to a fitted model: checks, starting points, restarts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_sample_weight

from dolorimeter.core import InputError, Outcome

from .arguments import UNKNOWN, check_allowed, encode_labels, require_number, sequence_offsets
from .blocks import MAX_STATES, class_bits, set_bits
from .draws import generator
from .fit import Fitted, Settings, fit_em
from .initialize import from_clusters, from_labels
from .params import HMMParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LARGEST = 1e150  # beyond this a square overflows


@dataclass(frozen=True, slots=True)
class Training:
    """What EM learns from, checked.

    Attributes
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    labels : ndarray of shape (n,), int64
        Class of each step, -1 where open.
    sets : ndarray of shape (n,) or (0,), int64
        Bits of the possible classes, empty where all is open.
    weights : ndarray of shape (n_sequences,)
        How often each sequence counts.
    """

    features: Floats
    offsets: Ints
    labels: Ints
    sets: Ints
    weights: Floats

    @property
    def step_weights(self) -> Floats:
        """How often each step counts, shape (n,)."""
        return np.repeat(self.weights, np.diff(self.offsets))


def number_classes(
    y: NDArray[Any] | None, n_steps: int, n_states: int | None, init: Any
) -> tuple[Ints, NDArray[Any]]:
    """Number the classes; without labels they are the states 0 … n_states - 1.

    Parameters
    ----------
    y : ndarray of shape (n_steps,) or None
        Classes; where they are numbers, -1 means unknown.
    n_steps : int
        Number of steps.
    n_states : int or None
        Number of states where no step is labeled; None: some must be.
    init : str or HMMParameters
        Parameters bring their own number of states.

    Returns
    -------
    labels : ndarray of shape (n_steps,), int64
        Index into the classes, -1 where unknown.
    classes : ndarray of shape (K,)
        The classes, ascending.

    Raises
    ------
    InputError
        If a class has no labeled step, or there are more classes than states.
    """
    given = isinstance(init, HMMParameters)
    count = init.n_states if isinstance(init, HMMParameters) else n_states or 0
    numbers = y is not None and y.dtype.kind in "iu"
    if y is None or (numbers and (y == UNKNOWN).all()):
        if n_states is None and not given:
            raise InputError("y", "no labeled step", "at least one label of each class")
        require_number("n_states", count, 1, MAX_STATES, whole=True)
        return np.full(n_steps, UNKNOWN), np.arange(count)
    if given and numbers and y.min() >= UNKNOWN and y.max() < count:
        return y.astype(np.int64), np.arange(count)
    labels, classes = encode_labels(y)
    if given and len(classes) != count:
        raise InputError("y", f"{len(classes)} classes", f"the {count} of the starting point")
    if len(classes) > MAX_STATES:
        raise InputError("y", f"{len(classes)} classes", f"at most {MAX_STATES}")
    return labels, classes


def gather(
    features: Floats,
    labels: Ints,
    n_classes: int,
    lengths: ArrayLike | None,
    sample_weight: ArrayLike | None,
    allowed: ArrayLike | None,
) -> Training:
    """Check lengths, weights and sets of classes, and put all together.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    labels : ndarray of shape (n,)
        Class of each step, -1 where unknown.
    n_classes : int
        K.
    lengths : array-like of shape (n_sequences,) or None
        Steps of each sequence.
    sample_weight : array-like of shape (n,) or None
        How often each step counts, the same throughout a sequence.
    allowed : array-like of shape (n, K), bool, or None
        Classes each step may have.

    Returns
    -------
    Training
        For ``train``.

    Raises
    ------
    InputError
        If any of them does not fit.
    """
    offsets = sequence_offsets(lengths, len(features))
    weights = _stay_weights(sample_weight, features, offsets, labels, lengths is not None)
    labels, possible = check_allowed(allowed, labels, n_classes)
    if possible is not None:
        sets = set_bits(
            np.where((labels >= 0)[:, None], np.eye(n_classes, dtype=bool)[labels], possible)
        )
    else:
        sets = class_bits(labels) if (labels >= 0).any() else np.empty(0, np.int64)
    return Training(features, offsets, labels, sets, weights)


def _stay_weights(
    sample_weight: ArrayLike | None, features: Floats, offsets: Ints, labels: Ints, strict: bool
) -> Floats:
    """Return the weight of each sequence.

    Within one it may not vary; scikit-learn's generic callers, who know no lengths, get the mean.
    """
    n_sequences, known = len(offsets) - 1, labels >= 0
    if sample_weight is None:
        return np.ones(n_sequences)
    steps = _check_sample_weight(sample_weight, features, ensure_non_negative=True)
    counts = np.bincount(labels[known], steps[known])
    if not steps.any() or not counts.all():
        found = f"0 for all steps of class number {np.argmin(counts)}" if known.any() else "0"
        raise InputError("sample_weight", found, "a positive weight for some step of each class")
    weights = np.add.reduceat(steps, offsets[:-1]) / np.diff(offsets)
    same = steps == np.repeat(steps[offsets[:-1]], np.diff(offsets))
    if strict and not same.all():
        step = int(np.argmin(same))
        raise InputError("sample_weight", f"another weight within a stay, at step {step}", "one")
    return np.where(np.logical_and.reduceat(same, offsets[:-1]), steps[offsets[:-1]], weights)


def train(
    data: Training, settings: Settings, init: Any, n_init: int, n_states: int, random_state: Any
) -> Fitted:
    """Run EM from a starting point, or from several, and keep the best.

    Parameters
    ----------
    data : Training
        What to learn from.
    settings : Settings
        How EM runs.
    init : {"labels", "kmeans"} or HMMParameters
        Where it starts; without any label ``"labels"`` means ``"kmeans"``.
    n_init : int
        Starts from k-means, each with other centers.
    n_states : int
        K.
    random_state : None, int, RandomState or Generator
        For k-means.

    Returns
    -------
    Fitted
        The one with the highest objective.

    Raises
    ------
    InputError
        If there is no such start.
    """
    features, offsets, weights = data.features, data.offsets, data.step_weights
    floor, labeled = settings.variance_floor, bool((data.labels >= 0).any())
    shape = (n_states, features.shape[1])
    if isinstance(init, HMMParameters):
        if init.means.shape != shape:
            raise InputError("init", f"means of shape {init.means.shape}", f"shape {shape}")
        starts = iter([replace(init, variances=np.maximum(init.variances, floor))])
    elif isinstance(init, str) and init in ("labels", "kmeans"):
        if shape[1] == 0 or (init == "labels" and labeled):
            starts = iter([from_labels(features, offsets, data.labels, weights, n_states, floor)])
        else:
            rng = generator(random_state)
            starts = (
                from_clusters(features, offsets, data.labels, weights, n_states, floor, rng)
                for _ in range(n_init)
            )
    else:
        raise InputError("init", repr(init)[:60], "'labels', 'kmeans' or HMMParameters")
    fits = [fit_em(features, offsets, s, settings, data.sets, data.weights) for s in starts]
    return max(fits, key=lambda fit: fit.outcome.objective_path[-1])


def describe(
    fitted: Fitted, settings: Settings, classes: NDArray[Any], names: NDArray[Any]
) -> Outcome:
    """Name what a guard held up, and say how the fit ended.

    Parameters
    ----------
    fitted : Fitted
        Where EM ended.
    settings : Settings
        How it ran.
    classes : ndarray of shape (K,)
        Names of the states.
    names : ndarray of shape (D,)
        Names of the emissions.

    Returns
    -------
    Outcome
        A variance counts as held up where it is at its floor, a start or transition probability
        where the pseudo-count outweighs what was counted.
    """
    floored = np.argwhere(fitted.parameters.variances <= settings.variance_floor)
    bound = [f"variance[{classes[k]}, {names[d]}]" for k, d in floored]
    few = np.flatnonzero(fitted.start_counts < settings.start_prior)
    bound += [f"start[{classes[k]}]" for k in few]
    rare = np.argwhere(fitted.transition_counts < settings.transition_prior)
    bound += [f"transition[{classes[i]}, {classes[j]}]" for i, j in rare]
    outcome = fitted.outcome
    ended = "Converged" if outcome.converged else "Ran out of iterations"
    held = f"; held up by a guard: {', '.join(bound)}" if bound else ""
    message = f"{ended} after {outcome.n_iter} iterations{held}."
    return replace(outcome, floors_bound=tuple(bound), message=message)


def make_settings(
    n_states: int,
    n_iter: int,
    tol: float | None,
    start_prior: ArrayLike,
    transition_prior: ArrayLike,
    variance_floor: float,
    unlabeled_weight: float,
) -> Settings:
    """Check the settings of EM.

    Parameters
    ----------
    n_states : int
        K.
    n_iter : int
        Most iterations.
    tol : float or None
        Gain under which EM has converged.
    start_prior, transition_prior : float or array-like of shape (K,) and (K, K)
        Pseudo-counts.
    variance_floor : float
        Least variance.
    unlabeled_weight : float
        In [0, 1].

    Returns
    -------
    Settings
        With full arrays.

    Raises
    ------
    InputError
        If one is out of range.
    """
    require_number("n_iter", n_iter, 0, whole=True)
    require_number("variance_floor", variance_floor, np.finfo(float).tiny)
    require_number("unlabeled_weight", unlabeled_weight, 0.0, 1.0)
    if tol is not None:
        require_number("tol", tol, 0.0)
    start = _prior("start_prior", start_prior, (n_states,))
    transition = _prior("transition_prior", transition_prior, (n_states, n_states))
    return Settings(n_iter, tol, start, transition, variance_floor, unlabeled_weight)


def _prior(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Spread a pseudo-count over all entries."""
    try:
        prior = np.broadcast_to(np.asarray(value, dtype=np.float64), shape).copy()
    except (TypeError, ValueError) as error:
        rule = f"a number, or numbers of shape {shape}"
        raise InputError(name, repr(value)[:60], rule) from error
    if not (np.isfinite(prior).all() and (prior >= 0).all()):
        raise InputError(name, repr(value)[:60], "counts that are not negative")
    return prior


def require_finite(values: Floats, names: NDArray[Any]) -> None:
    """Refuse values that are infinite, or so large that their squares are.

    Parameters
    ----------
    values : ndarray of shape (n, D)
        NaN where missing.
    names : ndarray of shape (D,)
        What to call each column.

    Raises
    ------
    InputError
        Naming the first such column.
    """
    bad = np.abs(values) > LARGEST
    if bad.any():
        column = int(np.argmax(bad.any(axis=0)))
        kind = "an infinite value (inf)" if np.isinf(values[:, column]).any() else "a huge value"
        rule = f"numbers up to {LARGEST:g}, or NaN where nothing was observed"
        raise InputError("X", f"{kind} in column {names[column]}", rule)


def require_observed(values: Floats, names: NDArray[Any]) -> None:
    """Refuse a column without any value.

    Parameters
    ----------
    values : ndarray of shape (n, D)
        NaN where missing.
    names : ndarray of shape (D,)
        What to call each column.

    Raises
    ------
    InputError
        Naming the first such column.
    """
    few = values[:64]  # they settle it almost always
    if np.isnan(few).all(axis=0).any() and (missing := np.isnan(values).all(axis=0)).any():
        name = names[np.argmax(missing)]
        raise InputError("X", f"no value at all in column {name}", "some of each column")
