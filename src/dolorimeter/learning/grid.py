"""A model on the same trials under many sets of parameters: what fits are built on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError, Trials

from . import kernels
from .learned import WITH_ASSOCIABILITY, GridLearned, name_quantities
from .params import AVERAGE, HIGH, LOW, ModelForm, form_of
from .reading import EncodedTrials, encode_trials

Floats = NDArray[np.float64]


def simulate_grid(
    name: str,
    trials: Trials | pd.DataFrame | EncodedTrials,
    parameters: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    v0: Mapping[str, float] | None = None,
    reset_runs: bool = False,
    value_only: bool = False,
    n_jobs: int = 1,
) -> GridLearned:
    """Let a model learn the same trials under many sets of parameters.

    Parameters
    ----------
    name : str
        Of the model, such as ``"td"``.
    trials : Trials, DataFrame or EncodedTrials
        Whose subjects learn each for himself. Encode once where the same trials are learned often.
    parameters : array-like of shape (g, k) or (n_subjects, g, k)
        A row a set, for all subjects or for each (in the order of their first trial).
    names : sequence of str, optional
        Of the k columns; by default the model's free parameters in their order, see ``FORMS``.
    v0 : mapping of str to float, optional
        Added to the starting value of the cues named.
    reset_runs : bool, default False
        Whether subjects start anew in each run; trials encoded already keep theirs.
    value_only : bool, default False
        Whether the value alone is wanted: errors and associability are then NaN.
    n_jobs : int, default 1
        Threads over subjects; results do not depend on it.

    Returns
    -------
    GridLearned
        Arrays (g, n_trials), trials in the order given.

    Raises
    ------
    InputError
        If the model or a parameter is unknown, a value has no meaning, or trials cannot be read.
    """
    form = form_of(name)
    encoded = trials if isinstance(trials, EncodedTrials) else encode_trials(trials, reset_runs)
    settings = _settings(form, parameters, names, len(encoded.subjects))
    starts = _cue_start(form, encoded, v0)
    n_wanted = 1 if value_only else (3 if name in WITH_ASSOCIABILITY else 2)
    out = np.empty((n_wanted, settings.shape[1], len(encoded)))
    _learn(form, encoded, settings, starts, out, n_jobs)
    if not encoded.in_order:
        sorted_out, out = out, np.empty_like(out)
        out[:, :, encoded.order] = sorted_out
    return name_quantities(name, out)


def _learn(
    form: ModelForm,
    encoded: EncodedTrials,
    settings: Floats,
    starts: Floats,
    out: Floats,
    n_jobs: int,
) -> None:
    """Fill ``out``, sequences dealt to threads."""
    code = kernels.CODES[form.name]
    cues = encoded.previous if form.name == "transitions" else encoded.cues
    who = encoded.who if len(settings) > 1 else np.zeros_like(encoded.who)
    if code == kernels.COUNTS:
        require_range(encoded.utilities, "utility", settings, encoded.order)
    if n_jobs < 1:
        raise InputError("n_jobs", str(n_jobs), "at least 1 thread")
    n_blocks = min(n_jobs, len(who))
    edges = [i * len(who) // n_blocks for i in range(n_blocks + 1)]

    def learn(first: int, last: int) -> None:
        kernels.learn_sequences(
            code, cues, encoded.utilities, encoded.offsets, who, settings, starts, first, last, out
        )

    if n_blocks == 1:
        return learn(0, len(who))
    with ThreadPoolExecutor(n_blocks) as pool:
        list(pool.map(learn, edges[:-1], edges[1:]))
    return None


def _settings(
    form: ModelForm, parameters: ArrayLike, names: Sequence[str] | None, n_subjects: int
) -> Floats:
    """Return settings (1 or n_subjects, g, 8)."""
    rows = form.settings(np.asarray(parameters, dtype=np.float64), names)
    if rows.ndim == 2:
        rows = rows[None]
    if rows.ndim != 3 or rows.shape[0] not in (1, n_subjects) or rows.shape[1] == 0:
        rule = f"(g, k) or ({n_subjects} subjects, g, k), at least one set"
        raise InputError("parameters", f"shape {np.shape(parameters)}", rule)
    return np.ascontiguousarray(rows)


def _cue_start(form: ModelForm, encoded: EncodedTrials, v0: Mapping[str, float] | None) -> Floats:
    """Return what is added to the starting value of each cue, or a row an earlier outcome."""
    if form.name == "transitions":
        return np.zeros(encoded.n_outcomes + 1)
    starts = np.zeros(len(encoded.cue_names))
    for cue, value in (v0 or {}).items():
        if cue not in encoded.cue_names:
            raise InputError("v0", repr(cue), f"one of {', '.join(encoded.cue_names)}")
        if not np.isfinite(value):
            raise InputError(f"v0 of cue {cue!r}", str(value), "a finite number")
        starts[encoded.cue_names.index(cue)] = value
    return starts


def require_range(
    utilities: ArrayLike, where: str, settings: Floats, order: NDArray[np.int64] | None = None
) -> None:
    """Refuse utilities outside the worse and the better outcome of a Bayesian learner.

    Parameters
    ----------
    utilities : float or array-like of shape (n,)
        Before the average is subtracted.
    where : str
        What an error names.
    settings : ndarray of shape (..., 8)
        Which all must allow them.
    order : ndarray of shape (n,), int64, optional
        The trial of each, for the error.

    Raises
    ------
    InputError
        If low is not below high, or a utility is outside.
    """
    low, high = settings[..., LOW], settings[..., HIGH]
    if (low >= high).any():
        row = int(np.argmax(low >= high))
        found = f"{low.ravel()[row]:g} and {high.ravel()[row]:g}"
        raise InputError("low and high", found, "low below high")
    least = float((low + settings[..., AVERAGE]).max())
    greatest = float((high + settings[..., AVERAGE]).min())
    given = np.atleast_1d(np.asarray(utilities, dtype=np.float64))
    wrong = (given < least) | (given > greatest)
    if wrong.any():
        raise InputError(
            where if order is None else f"{where}, trial {order[wrong].min()}",
            f"{given[wrong][0 if order is None else order[wrong].argmin()]:g}",
            f"a utility from {least:g} (low) to {greatest:g} (high)",
            "Pass the utilities of the worse and the better outcome as low and high.",
        )
