"""How well a planned task can tell its regressors apart, and a search for an order that does so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, progress
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.hemodynamics import correlations, variance_inflation

from .planned_regressors import Scanner, Timeline, planned_amplitudes
from .task_order import TrialTypes, breaks_limit
from .task_parts import check_whole
from .task_table import trial_types
from .tasks import PavlovianTask, RandomState

CRITERIA = ("inflation", "variance")
SWAPPED = ("cue", "outcome", "utility", "stimulus")


@dataclass(frozen=True, slots=True)
class DesignEfficiency:
    """What planned regressors share after convolution.

    Attributes
    ----------
    names : tuple of str
        Of the k regressors.
    variance_inflation : ndarray of shape (k,)
        Each explained by all others, the means of the runs and drifts; a concern above 5.
    variance : ndarray of shape (k,)
        Of the estimate, for noise of variance 1 without autocorrelation: the inflation over the
        regressor's sum of squares.
    correlation : ndarray of shape (k, k)
        Of the regressors.
    n_frames : int
        Frames of all runs.
    """

    names: tuple[str, ...]
    variance_inflation: Floats
    variance: Floats
    correlation: Floats
    n_frames: int

    @property
    def worst(self) -> float:
        """Largest inflation among the prediction errors."""
        return float(self.variance_inflation[self._errors].max())

    @property
    def mean_variance(self) -> float:
        """Mean variance of the estimates of the prediction errors."""
        return float(self.variance[self._errors].mean())

    @property
    def _errors(self) -> Ints:
        return np.array([i for i, name in enumerate(self.names) if "error" in name])

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {
            "regressors": [
                {"name": name, "variance_inflation": float(v), "variance": float(s)}
                for name, v, s in zip(
                    self.names, self.variance_inflation, self.variance, strict=True
                )
            ],
            "correlation": self.correlation.tolist(),
            "n_frames": self.n_frames,
            "worst": self.worst,
        }


@dataclass(frozen=True, slots=True)
class ImprovedOrder:
    """What a search over orders found.

    Attributes
    ----------
    task : PavlovianTask
        The same task with the best order as its ``trials``.
    efficiency : DesignEfficiency
        Of that order.
    criterion : str
        What was made small.
    drawn : ndarray of shape (n_draws,)
        The criterion of orders drawn at random: what one would get without a search.
    before, after : float
        Median of ``drawn``, and the criterion of the best order.
    n_evaluated : int
        Orders looked at.
    """

    task: PavlovianTask
    efficiency: DesignEfficiency
    criterion: str
    drawn: Floats
    before: float
    after: float
    n_evaluated: int


def design_efficiency(
    task: PavlovianTask | pd.DataFrame, scanner: Scanner | None = None
) -> DesignEfficiency:
    """Measure what the planned regressors of a task share.

    Parameters
    ----------
    task : PavlovianTask or DataFrame
        A task, of which ``trials`` are taken, or such a table.
    scanner : Scanner, optional
        Frames, response, drifts and learning rate; default ``Scanner()``: a frame every 2 s,
        temporal difference with a learning rate of 0.3.

    Returns
    -------
    DesignEfficiency
        Variance inflation, variance and correlation by regressor.

    Raises
    ------
    InputError
        If no prediction error varies.

    Examples
    --------
    >>> from dolorimeter.learning import relief2005
    >>> found = design_efficiency(relief2005(random_state=0))
    >>> found.names[:4]
    ('cue', 'exacerbation', 'relief', 'cue error A')
    """
    table = task.trials if isinstance(task, PavlovianTask) else task
    chosen = scanner or Scanner()
    return _measure(table, Timeline.of(table, chosen), chosen)


def improve_order(
    task: PavlovianTask,
    scanner: Scanner | None = None,
    n_draws: int = 100,
    n_swaps: int = 1000,
    criterion: str = "inflation",
    random_state: RandomState = None,
) -> ImprovedOrder:
    """Search orders of a task for one whose regressors share less.

    Orders are drawn as the task draws them; from the best, pairs of trials within a run are
    swapped where that lowers the criterion and keeps all limits on repeats. Counts, balance and
    times stay. The order is made for the learning rate that is assumed: look at others as well.

    Parameters
    ----------
    task : PavlovianTask
        What has to be kept.
    scanner : Scanner, optional
        As in :func:`design_efficiency`.
    n_draws : int, default 100
        Orders drawn.
    n_swaps : int, default 1000
        Swaps tried.
    criterion : {"inflation", "variance"}, default "inflation"
        Largest variance inflation among the prediction errors, or the mean variance of their
        estimates, which also counts how much they vary.
    random_state : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    ImprovedOrder
        The order, with what random ones reach beside it.

    Raises
    ------
    InputError
        If a number or name cannot be used.
    """
    check_whole("n_draws", n_draws, least=1)
    check_whole("n_swaps", n_swaps, least=0)
    if criterion not in CRITERIA:
        raise InputError("criterion", repr(criterion), f"one of {', '.join(CRITERIA)}")
    rng, chosen = np.random.default_rng(random_state), scanner or Scanner()
    tables = [task.draw(rng) for _ in range(n_draws)]
    drawn = np.array(
        [
            _score(_measure(table, Timeline.of(table, chosen), chosen), criterion)
            for table in progress(tables, "orders")
        ]
    )
    best = tables[int(drawn.argmin())]
    table, n_tried = _swapped(task, best, chosen, criterion, n_swaps, rng)
    efficiency = design_efficiency(table, chosen)
    return ImprovedOrder(
        task.with_trials(table),
        efficiency,
        criterion,
        drawn,
        float(np.median(drawn)),
        _score(efficiency, criterion),
        n_draws + n_tried,
    )


def _measure(table: pd.DataFrame, timeline: Timeline, scanner: Scanner) -> DesignEfficiency:
    names, amplitudes = planned_amplitudes(table, scanner)
    if not any("error" in name for name in names):
        remedy = "Let an outcome with a utility follow some presentations of a cue."
        raise InputError("task", "no prediction error that varies", "at least one", remedy)
    regressors = timeline.responses @ amplitudes
    inflation = variance_inflation(regressors, timeline.confounds)
    squares = ((regressors - regressors.mean(axis=0)) ** 2).sum(axis=0)
    return DesignEfficiency(
        names, inflation, inflation / squares, correlations(regressors), len(regressors)
    )


def _score(found: DesignEfficiency, criterion: str) -> float:
    return found.worst if criterion == "inflation" else found.mean_variance


def _swapped(
    task: PavlovianTask,
    table: pd.DataFrame,
    scanner: Scanner,
    criterion: str,
    n_swaps: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, int]:
    """Climb from a table by swaps of two trials of a run; times stay where they are."""
    types = trial_types(task.cues, task.outcomes, task.order)
    timeline, best, n_tried = Timeline.of(table, scanner), table, 0
    lowest = _score(_measure(table, timeline, scanner), criterion)
    for _ in progress(range(n_swaps), "swaps", n_swaps):
        tried = _swap(best, types, rng)
        if tried is None:
            continue
        n_tried += 1
        score = _score(_measure(tried, timeline, scanner), criterion)
        if score < lowest:
            best, lowest = tried, score
    return best, n_tried


def _swap(table: pd.DataFrame, types: TrialTypes, rng: np.random.Generator) -> pd.DataFrame | None:
    """Exchange what two trials of a run show; None where that changes nothing or breaks a rule."""
    one = int(rng.integers(len(table)))
    run = (table["run"] == table["run"].iloc[one]).to_numpy()
    other = int(rng.choice(np.flatnonzero(run)))
    pair = table.iloc[[one, other]]
    same = (pair["cue"].nunique(), pair["outcome"].nunique()) == (1, 1)
    if same or pair["outcome_duration"].nunique() > 1:
        return None
    order = np.arange(len(table))
    order[[one, other]] = order[[other, one]]
    shown = [name for name in SWAPPED if name in table]
    tried = table.assign(**{name: table[name].to_numpy()[order] for name in shown})
    return None if breaks_limit(_codes(tried[run], types)[None], types)[0] else tried


def _codes(run: pd.DataFrame, types: TrialTypes) -> Ints:
    """Code of the type of each trial."""
    cues, outcomes = types.names
    known = {
        (cues[cue], outcomes[outcome]): code for code, (cue, outcome) in enumerate(types.labels.T)
    }
    pairs = zip(run["cue"], run["outcome"], strict=True)
    return np.array([known[pair] for pair in pairs], dtype=np.int64)
