"""Filtering one step at a time: a state that comes in, a state that goes out.

The same kernel filters a batch, so that the posteriors agree to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from dolorimeter.core import InputError

from . import kernels, logspace
from .blocks import class_bits, deal, kernel_model, run
from .inference import needs_logs, require_possible, virtual_start
from .params import HMMParameters

Row = Float[np.ndarray, "emissions"]
Rows = Float[np.ndarray, "recent emissions"]
Distribution = Float[np.ndarray, "states"]


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a filter remembers between two steps; constant in size however long one watches.

    Attributes
    ----------
    carry : ndarray of shape (K,)
        The filter ``delay`` steps back, with all that is known until there; in logs where the
        model has transitions too rare to scale.
    rows : ndarray of shape (< delay, D)
        The emissions since then.
    n_steps : int
        Steps seen so far.
    delay : int
        Steps after which a class is known.
    """

    carry: Distribution
    rows: Rows
    n_steps: int
    delay: int


def start(parameters: HMMParameters, delay: int = 1) -> LiveState:
    """Return the state before the first step.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    delay : int, default 1
        Steps after which a class is known.

    Returns
    -------
    LiveState
        To be given to ``step``.
    """
    rows = np.empty((0, parameters.n_features))
    return LiveState(virtual_start(parameters.n_states), rows, 0, delay)


def step(
    parameters: HMMParameters, state: LiveState, row: Row, known: int = -1
) -> tuple[LiveState, Distribution]:
    """Take in one step.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    state : LiveState
        What ``start`` or the last step returned.
    row : ndarray of shape (D,)
        The emissions of this step, NaN where missing.
    known : int, default -1
        Class of the step ``delay - 1`` steps back (with the delay 1: of this step), which is known
        from the next step on; -1 where unknown.

    Returns
    -------
    state : LiveState
        For the next step.
    posterior : ndarray of shape (K,)
        Of this step's state, given all emissions until now and the classes known before.

    Raises
    ------
    InputError
        If a class is given for a step before the first, or has probability zero.
    """
    rows = np.concatenate([state.rows, row[None]])
    full = len(rows) == state.delay
    if known >= 0 and not full:
        raise InputError("known", f"class {known} before the first step", "-1")
    bits = np.concatenate([class_bits(np.array([known])), np.full(len(rows) - 1, kernels.ANY)])
    carry, posterior = _filter(parameters, state, rows, bits, full)
    return (
        replace(state, carry=carry, rows=rows[full:], n_steps=state.n_steps + 1),
        posterior,
    )


def _filter(
    parameters: HMMParameters,
    state: LiveState,
    rows: Rows,
    bits: np.ndarray[tuple[int], np.dtype[np.int64]],
    full: bool,
) -> tuple[Distribution, Distribution]:
    """Run the batch's kernel on the few rows that matter; return the carry and the posterior."""
    model, carry = kernel_model(parameters), state.carry.copy()
    data = deal(rows, np.array([0, len(rows)]), np.empty(0, np.int64))
    out, likelihood = np.empty((len(rows), parameters.n_states)), np.empty(1)
    started = state.n_steps >= state.delay
    rest = data, bits, state.delay, False, started, carry, model, out, likelihood
    if needs_logs(model, told=True):
        run(logspace.posteriors, *rest)
        require_possible(carry.max() if full else likelihood)
    else:
        run(kernels.posteriors, 0, 1, *rest)
    require_possible(out[-1])
    return carry, out[-1]
