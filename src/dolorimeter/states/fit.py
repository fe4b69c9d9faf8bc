"""Expectation–maximization from a starting point to an outcome (science 1.4, points 2 to 5)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Outcome

from . import kernels, logspace
from .blocks import deal, kernel_model, n_threads_for, over_blocks, run
from .emissions import column_means
from .inference import needs_logs
from .kernels import CONVERGED, IMPOSSIBLE, MEAN, RUNNING, SPARSE, VARIANCE, Blocks, Model, Rules
from .params import HMMParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CENTER_FROM = 10_000  # steps
_NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Settings:
    """How EM runs.

    Attributes
    ----------
    n_iter : int
        Most iterations.
    tol : float or None
        Gain in the objective, in nats, under which EM has converged; None: run all iterations.
    start_prior : ndarray of shape (K,)
        Pseudo-counts: a count of c stands for a Dirichlet parameter of 1 + c.
    transition_prior : ndarray of shape (K, K)
        Likewise, for each row.
    variance_floor : float
        Least variance, in the units of the emissions squared.
    unlabeled_weight : float
        Power on the emission densities of steps whose class is open, and weight of their moments.
    """

    n_iter: int
    tol: float | None
    start_prior: Floats
    transition_prior: Floats
    variance_floor: float
    unlabeled_weight: float = 1.0

    def rules(self) -> Rules:
        """Return the same for the kernels."""
        prior = np.concatenate([self.start_prior[None], self.transition_prior])
        tol = -np.inf if self.tol is None else float(self.tol)
        weight, floor = float(self.unlabeled_weight), float(self.variance_floor)
        return Rules(prior, floor, weight, int(self.n_iter), tol)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Where EM ended.

    Attributes
    ----------
    parameters : HMMParameters
        The model.
    outcome : Outcome
        What the fit did; ``floors_bound`` is for the caller, who knows the names.
    start_counts : ndarray of shape (K,)
        Expected number of sequences that start in each state.
    transition_counts : ndarray of shape (K, K)
        Expected number of transitions.
    """

    parameters: HMMParameters
    outcome: Outcome
    start_counts: Floats = field(repr=False)
    transition_counts: Floats = field(repr=False)


def fit_em(
    features: Floats,
    offsets: Ints,
    initial: HMMParameters,
    settings: Settings,
    sets: Ints = _NOTHING,
    weights: Floats | None = None,
    n_threads: int | None = None,
) -> Fitted:
    """Maximize log p(x, what is known of the states) plus the log prior of the pseudo-counts.

    With ``unlabeled_weight`` w the emission densities of open steps enter as their power w; their
    moments get the same weight in the M step, so that the objective still never falls.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    initial : HMMParameters
        Where to start.
    settings : Settings
        How to run.
    sets : ndarray of shape (n,) or (0,), int64
        Bits of the states possible at each step (``blocks.class_bits``, ``blocks.set_bits``). A
        step with a single possible state is labeled, every other one is open.
    weights : ndarray of shape (n_sequences,), optional
        How often each sequence counts.
    n_threads : int, optional
        By default as many as the work is worth; the result is the same to the last bit.

    Returns
    -------
    Fitted
        The model and what the fit did.

    Raises
    ------
    InputError
        If what is known has probability zero under the starting point.
    """
    # Any point among the data will do to keep squares small: a sample's mean costs less.
    center = column_means(features[:: 1 + len(features) // CENTER_FROM])
    data = deal(features, offsets, sets, weights, center, keep=True)
    model, rules = kernel_model(initial, center), settings.rules()
    n_threads = n_threads or n_threads_for(len(features), *initial.means.shape)
    counts = np.ones(len(offsets) - 1) if weights is None else weights
    total, path, status = _iterate(data, model, rules, counts, n_threads)
    parameters = _parameters(model, center)
    start, transition = split_counts(total, *initial.means.shape)
    if settings.unlabeled_weight != 1.0:
        once = rules._replace(unlabeled_weight=1.0, n_iter=0)
        total = _iterate(data, model, once, counts, n_threads)[0]
    outcome = Outcome(status == CONVERGED, len(path) - 1, tuple(path.tolist()), float(total[0]))
    return Fitted(parameters, outcome, start, transition)


def _iterate(
    data: Blocks, model: Model, rules: Rules, counts: Floats, n_threads: int
) -> tuple[Floats, Floats, int]:
    """Run EM to its end; return the last statistics, the objective's path and the status."""
    n_blocks, (_, n_states, n_features) = len(data.lanes), model.gauss.shape
    statistics = np.empty((n_blocks, 1 + n_states * (1 + n_states + 3 * n_features)))
    total, path = np.empty(statistics.shape[1]), np.empty(rules.n_iter + 1)
    iteration, status = 0, RUNNING
    with over_blocks(n_blocks, n_threads) as run_all:
        run_all(lambda first, last: run(kernels.pack, first, last, data))

        def e_step(first: int, last: int, alone: bool = False) -> tuple[int, int]:
            rest = data, model, rules, statistics, total, path
            return run(kernels.run_em, first, last, iteration, alone, *rest)

        if n_threads == 1 and not needs_logs(model):
            iteration, status = e_step(0, n_blocks, alone=True)
        while status in (RUNNING, SPARSE):
            if needs_logs(model):
                weight = rules.unlabeled_weight
                run(logspace.e_step, data, counts, model, weight, statistics)
            else:
                run_all(e_step)
            status = run(kernels.conclude, iteration, statistics, total, model, rules, path)
            iteration += status == RUNNING
    if status == IMPOSSIBLE:
        raise InputError(
            "labels or allowed classes",
            "probability zero under the starting point",
            "classes that its start and transition probabilities permit",
            "Start from probabilities above zero, or from labels.",
        )
    return total, path[: iteration + 1], status


def _parameters(model: Model, center: Floats) -> HMMParameters:
    """Take the parameters back from the kernels."""
    return HMMParameters(
        model.chain[0], model.chain[1:], model.gauss[MEAN] + center, model.gauss[VARIANCE]
    )


def split_counts(total: Floats, n_states: int, n_features: int) -> tuple[Floats, Floats]:
    """Take the expected starts and transitions out of the statistics.

    Parameters
    ----------
    total : ndarray
        Statistics as the kernels lay them out.
    n_states, n_features : int
        K and D.

    Returns
    -------
    start : ndarray of shape (K,)
        Expected starts.
    transition : ndarray of shape (K, K)
        Expected transitions.
    """
    table = total[1:].reshape(n_states, 1 + n_states + 3 * n_features)
    return table[:, 0].copy(), table[:, 1 : 1 + n_states].copy()
