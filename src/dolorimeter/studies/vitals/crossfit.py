"""Out-of-fold posteriors: fitted on training stays, read off test stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from dolorimeter.core import Folds, InputError, progress
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.states import MODELS
from dolorimeter.tables import Cohort, Target

from .preparation import Preparation

# These hold the interpreter's lock, and two threads that fight over it take twice the time of one
# (measured): one at a time, beside the models whose kernels leave it free.
LOCKED = ("nb", "boosting", "boosting-reports")
_TURN = Lock()


@dataclass(frozen=True, slots=True)
class StayData:
    """Prepared windows of some stays, with all that a model may be given about them.

    Attributes
    ----------
    features : ndarray of shape (n_windows, n_vitals)
        Normal scores, NaN where missing.
    lengths : ndarray of shape (n_stays,)
        Windows of each stay.
    pain : ndarray of shape (n_windows,)
        Reported pain, for features of its history.
    windows : ndarray of shape (n_windows,)
        Their places in the cohort.
    """

    features: Floats
    lengths: Ints
    pain: Floats
    windows: Ints


@dataclass(frozen=True, slots=True)
class FoldData:
    """Training and test windows of one fold, prepared by what the training windows taught.

    Attributes
    ----------
    train, test : StayData
        Prepared windows.
    removed : ndarray of shape (n_vitals,)
        Values that the outlier rule set missing in the test windows.
    """

    train: StayData
    test: StayData
    removed: Ints


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known at test time.

    Attributes
    ----------
    history : str
        ``"none"`` or ``"reports"``.
    delay : int
        Windows after which a class counts as known (science.md 1.7).
    """

    history: str
    delay: int

    @classmethod
    def of(cls, target: Target, history: str) -> Knowledge:
        """Return what a task allows to be known.

        Parameters
        ----------
        target : Target
            The task.
        history : str
            ``"none"`` or ``"reports"``.

        Returns
        -------
        Knowledge
            With the task's own delay.

        Raises
        ------
        InputError
            If the labels of the task hold the future of the stay.
        """
        if history == "reports" and target.report_delay is None:
            raise InputError(
                "history",
                "'reports' with a whole-stay reference, whose median holds the stay's future",
                'the median-referenced task with reference="causal"',
            )
        return cls(history, target.report_delay or 1)


def prepare_stays(preparation: Preparation, cohort: Cohort, stays: Ints) -> tuple[StayData, Ints]:
    """Prepare some stays of a cohort.

    Parameters
    ----------
    preparation : Preparation
        Fitted on training stays.
    cohort : Cohort
        All stays.
    stays : ndarray of int64
        Which to prepare.

    Returns
    -------
    data : StayData
        Their windows.
    removed : ndarray of shape (n_vitals,)
        Values that the outlier rule set missing.
    """
    part = cohort.select(stays)
    features, removed = preparation.transform(part)
    return StayData(features, part.lengths, part.pain, cohort.windows_of(stays)), removed


def prepare_split(cohort: Cohort, target: Target, train: Ints, test: Ints) -> FoldData:
    """Fit the preparation on training stays and apply it to training and test stays.

    Parameters
    ----------
    cohort : Cohort
        All stays.
    target : Target
        The task.
    train, test : ndarray of int64
        Indices of stays.

    Returns
    -------
    FoldData
        Both parts.
    """
    preparation = Preparation.fit(cohort.select(train), target)
    fitted, _ = prepare_stays(preparation, cohort, train)
    held_out, removed = prepare_stays(preparation, cohort, test)
    return FoldData(fitted, held_out, removed)


def prepare_folds(cohort: Cohort, target: Target, folds: Folds) -> list[FoldData]:
    """Prepare every fold; nothing here depends on labels, so relabelling reuses it.

    Parameters
    ----------
    cohort : Cohort
        All stays.
    target : Target
        The task.
    folds : Folds
        Test stays of each fold.

    Returns
    -------
    list of FoldData
        One for each fold.
    """
    return [prepare_split(cohort, target, folds.train(i), t) for i, t in enumerate(folds.test)]


def build(name: str, history: str, options: Mapping[str, Any], seed: int) -> Any:
    """Build the estimator of a named model, given the knowledge of a history.

    Parameters
    ----------
    name : str
        Name from the registry.
    history : str
        With ``"reports"`` boosting is given the history of reports as well.
    options : mapping
        The user's options for it.
    seed : int
        Seed of its restarts.

    Returns
    -------
    estimator
        Not fitted.
    """
    if name == "boosting":
        options = {"reports": history == "reports", **options}
    return MODELS[name].build(random_state=seed, **options)


def fit(name: str, estimator: Any, data: StayData, labels: Ints) -> Any:
    """Fit a model on prepared windows.

    Parameters
    ----------
    name : str
        Name from the registry.
    estimator : estimator
        From :func:`build`.
    data : StayData
        Training windows.
    labels : ndarray of shape (n_cohort_windows,)
        Classes of all windows of the cohort; only those of ``data`` are looked at.

    Returns
    -------
    estimator
        Fitted.
    """
    known = {"reports": data.pain} if _takes_reports(name) else {}
    return estimator.fit(data.features, labels[data.windows], lengths=data.lengths, **known)


def posterior(name: str, model: Any, data: StayData, labels: Ints, known: Knowledge) -> Floats:
    """Return the posterior of each class in each window, given only what may be known.

    With no history it is the smoothed posterior from the vitals of the whole stay, every label
    masked; with reports it is the filtered one, and a label enters only ``delay`` windows later.

    Parameters
    ----------
    name : str
        Name from the registry.
    model : estimator
        Fitted.
    data : StayData
        Test windows.
    labels : ndarray of shape (n_cohort_windows,)
        Classes of all windows of the cohort.
    known : Knowledge
        What is known at test time.

    Returns
    -------
    ndarray of shape (n_windows, n_classes)
        Rows sum to one.
    """
    if _takes_reports(name):
        return model.predict_proba(data.features, lengths=data.lengths, reports=data.pain)
    if known.history == "none":
        return model.predict_proba(data.features, lengths=data.lengths)
    return model.filter(
        data.features, lengths=data.lengths, known=labels[data.windows], delay=known.delay
    )


@dataclass(frozen=True, slots=True)
class CrossFit:
    """One model over all folds.

    Attributes
    ----------
    probabilities : ndarray of shape (n_windows, n_classes)
        Posterior of every window, from the model that did not see its stay.
    models : tuple of estimator
        The fitted model of each fold.
    """

    probabilities: Floats
    models: tuple[Any, ...]


def cross_fit(
    names: Sequence[str],
    prepared: Sequence[FoldData],
    labels: Ints,
    known: Knowledge,
    options: Mapping[str, Mapping[str, Any]],
    seed: int,
    n_jobs: int,
    description: str = "",
) -> dict[str, CrossFit]:
    """Fit every model in every fold and collect the posteriors of the test windows.

    Parameters
    ----------
    names : sequence of str
        Models.
    prepared : sequence of FoldData
        From :func:`prepare_folds`.
    labels : ndarray of shape (n_windows,)
        Classes, -1 where unknown.
    known : Knowledge
        What is known at test time.
    options : mapping
        The user's options by model.
    seed : int
        Seed of the models' restarts.
    n_jobs : int
        Threads.
    description : str
        Shown beside the progress bar; without one there is no bar.

    Returns
    -------
    dict
        By name of model.
    """
    jobs = [(name, fold) for name in names for fold in prepared]
    bar = progress(jobs, description) if description else jobs
    done = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_fit_and_predict)(name, fold, labels, known, options.get(name, {}), seed)
        for name, fold in bar
    )
    size = len(prepared)
    return {
        name: _gather(prepared, done[i * size : (i + 1) * size], len(labels))
        for i, name in enumerate(names)
    }


def turn(name: str = LOCKED[0]) -> Any:
    """Wait for one's turn, where a model or the preparation of windows cannot share a core's time.

    Parameters
    ----------
    name : str
        Name from the registry; by default whatever holds the interpreter's lock.

    Returns
    -------
    context manager
        The turn, or nothing to wait for.
    """
    return _TURN if name in LOCKED else nullcontext()


def _takes_reports(name: str) -> bool:
    return name in ("boosting", "boosting-reports")


def _fit_and_predict(
    name: str,
    fold: FoldData,
    labels: Ints,
    known: Knowledge,
    options: Mapping[str, Any],
    seed: int,
) -> tuple[Any, Floats]:
    with turn(name):
        model = fit(name, build(name, known.history, options, seed), fold.train, labels)
        return model, posterior(name, model, fold.test, labels, known)


def _gather(
    prepared: Sequence[FoldData], done: Sequence[tuple[Any, Floats]], n_windows: int
) -> CrossFit:
    probabilities = np.full((n_windows, done[0][1].shape[1]), np.nan)
    for fold, (_, rows) in zip(prepared, done, strict=True):
        probabilities[fold.test.windows] = rows
    return CrossFit(probabilities, tuple(model for model, _ in done))
