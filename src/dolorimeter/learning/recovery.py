"""Would this design tell? Parameters and models planted in a measure, and recovered.

The trials are the user's own design; the measure is simulated: in each subject it correlates with
the model's quantity at a given r (in expectation), and the rest is normal noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core import InputError, Trials, progress
from dolorimeter.core.containers import Floats

from .compare import NO_LEARNING, bic_by_subject, merge_same
from .estimates import estimate_by_subject, estimate_hierarchical, estimate_pooled
from .fit import FitOptions, used_trials
from .likelihoods import GaussianEvidence
from .measures import Bools, Regressor, subject_index
from .observations import observe, sort_by_subject
from .predictors import Predictor, make_predictor

_HOW = {
    "subject": estimate_by_subject,
    "pooled": estimate_pooled,
    "hierarchical": estimate_hierarchical,
}


@dataclass(frozen=True, slots=True)
class ParameterRecovery:
    """Planted and recovered parameters.

    Attributes
    ----------
    model, how : str
        What was fitted, and how.
    names : tuple of str
        The k parameters.
    r : float
        Correlation that was planted.
    true, estimated : ndarray of shape (n, k)
        One row a subject and simulation.
    correlation : tuple of float
        Between both; NaN where one does not vary.
    bias, error : tuple of float
        Mean difference, and root mean squared difference.
    """

    model: str
    how: str
    names: tuple[str, ...]
    r: float
    true: Floats
    estimated: Floats
    correlation: tuple[float, ...]
    bias: tuple[float, ...]
    error: tuple[float, ...]

    def within(self, tolerance: float) -> Floats:
        """Return the share of estimates close to the truth.

        Parameters
        ----------
        tolerance : float
            In units of the parameter.

        Returns
        -------
        ndarray of shape (k,)
            From 0 to 1.
        """
        return np.asarray((np.abs(self.estimated - self.true) <= tolerance).mean(axis=0))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        from .fitted import without_nan

        fields = ("model", "how", "names", "r", "true", "estimated", "correlation", "bias", "error")
        return {name: without_nan(getattr(self, name)) for name in fields}


@dataclass(frozen=True, slots=True)
class ModelRecovery:
    """Which model is chosen where which one was planted.

    Attributes
    ----------
    planted : tuple of str
        Rows.
    chosen : tuple of str
        Columns; models that cannot be told apart stand together, the last is ``"no-learning"``.
    by_subject, by_group : ndarray of shape (n_planted, n_chosen)
        Share of subjects by their own BIC, and of simulations by the BIC over all subjects; rows
        add up to 1.
    r : float
        Correlation that was planted.
    n_simulations : int
        Of each model.
    """

    planted: tuple[str, ...]
    chosen: tuple[str, ...]
    by_subject: Floats
    by_group: Floats
    r: float
    n_simulations: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {
            "planted": list(self.planted),
            "chosen": list(self.chosen),
            "by_subject": self.by_subject.tolist(),
            "by_group": self.by_group.tolist(),
            "r": self.r,
            "n_simulations": self.n_simulations,
        }


def recover_parameters(
    trials: Trials,
    model: str = "td",
    *,
    r: float = 0.19,
    how: str = "subject",
    n_simulations: int = 10,
    truth: Mapping[str, float] | None = None,
    regressor: Regressor = "magnitude",
    options: FitOptions | None = None,
    random_state: int | np.random.Generator | None = None,
) -> ParameterRecovery:
    """Plant parameters in a measure on these trials, and fit them.

    Parameters
    ----------
    trials : Trials
        The design: subjects, cues, outcomes.
    model : str, default "td"
        Planted and fitted.
    r : float, default 0.19
        Correlation of measure and quantity within subject, the paper's for heart rate.
    how : str, default "subject"
        ``"subject"``, ``"pooled"`` or ``"hierarchical"``.
    n_simulations : int, default 10
        Of the whole group.
    truth : mapping of str to float, optional
        The same parameters for all subjects; by default each subject's are drawn evenly from the
        middle four fifths of their range.
    regressor : str, default "magnitude"
        Quantity that the measure follows.
    options : FitOptions, optional
        How the model is held against the measure.
    random_state : int or Generator, optional
        Of draws and noise.

    Returns
    -------
    ParameterRecovery
        One row a subject and simulation.

    Raises
    ------
    InputError
        If r is not between -1 and 1, ``how`` or a parameter is unknown.
    """
    if how not in _HOW:
        raise InputError("how", repr(how), f"one of {', '.join(_HOW)}")
    _check_r(r)
    chosen, rng = options or FitOptions(), np.random.default_rng(random_state)
    ordered = sort_by_subject(trials)
    used = used_trials(ordered, chosen)
    predictor = _predictor(model, ordered, regressor, chosen)
    true, estimated = [], []
    for _ in progress(range(n_simulations), "Recovering parameters"):
        planted = _draw(predictor, truth, len(predictor.encoded.subjects), rng)
        values = plant_measure(predictor, ordered, used, planted, r, rng)
        evidence = GaussianEvidence(predictor, observe(ordered, values, used, chosen.nuisance))
        true.append(planted)
        estimated.append(_HOW[how](evidence, 0, rng).subjects)
    return _recovery(model, how, predictor, r, np.concatenate(true), np.concatenate(estimated))


def recover_models(
    trials: Trials,
    models: Sequence[str],
    *,
    r: float = 0.19,
    n_simulations: int = 10,
    regressor: Regressor = "magnitude",
    options: FitOptions | None = None,
    random_state: int | np.random.Generator | None = None,
) -> ModelRecovery:
    """Plant each model in turn, and see which one BIC chooses.

    Parameters
    ----------
    trials : Trials
        The design.
    models : sequence of str
        Planted and fitted.
    r : float, default 0.19
        Correlation of measure and quantity within subject.
    n_simulations : int, default 10
        Of the whole group, for each model; parameters are drawn for each subject.
    regressor : str, default "magnitude"
        Quantity that the measure follows.
    options : FitOptions, optional
        How models are held against the measure.
    random_state : int or Generator, optional
        Of draws and noise.

    Returns
    -------
    ModelRecovery
        The confusion of models.

    Raises
    ------
    InputError
        If r is not between -1 and 1, or a model is unknown.
    """
    _check_r(r)
    chosen, rng = options or FitOptions(), np.random.default_rng(random_state)
    ordered = sort_by_subject(trials)
    used = used_trials(ordered, chosen)
    predictors = [_predictor(model, ordered, regressor, chosen) for model in models]
    n_subjects = len(predictors[0].encoded.subjects)
    scores = np.empty((len(models), n_simulations, n_subjects, len(models) + 1))
    tasks = [(i, j) for i in range(len(models)) for j in range(n_simulations)]
    for i, j in progress(tasks, "Recovering models"):
        planted = _draw(predictors[i], None, n_subjects, rng)
        values = plant_measure(predictors[i], ordered, used, planted, r, rng)
        seen = observe(ordered, values, used, chosen.nuisance)
        scores[i, j] = bic_by_subject([GaussianEvidence(p, seen) for p in predictors])
    flat = scores.reshape(-1, len(models) + 1)
    names, columns = merge_same((*models, NO_LEARNING), flat)
    scores = scores[..., columns]
    return ModelRecovery(
        planted=tuple(models),
        chosen=names,
        by_subject=_shares(scores.reshape(len(models), -1, len(columns))),
        by_group=_shares(scores.sum(axis=2)),
        r=r,
        n_simulations=n_simulations,
    )


def plant_measure(
    predictor: Predictor,
    trials: Trials,
    used: Bools,
    parameters: Floats,
    r: float,
    random_state: int | np.random.Generator | None = None,
) -> Floats:
    """Simulate a measure that follows a model.

    Parameters
    ----------
    predictor : Predictor
        The model on these trials.
    trials : Trials
        Sorted by subject.
    used : ndarray of shape (n_trials,), bool
        Trials that get a value.
    parameters : ndarray of shape (n_subjects, k)
        Each subject's.
    r : float
        Correlation within subject, in expectation.
    random_state : int or Generator, optional
        Of the noise.

    Returns
    -------
    ndarray of shape (n_trials,)
        Of mean 0 and variance 1 within subject, in expectation; NaN on trials that are not used.
    """
    rng = np.random.default_rng(random_state)
    quantity = predictor.quantity(parameters[:, None, :])[0]
    _, index = subject_index(trials)
    noise = rng.normal(size=len(trials))
    values = np.full(len(trials), np.nan)
    for u in range(len(parameters)):
        own = used & (index == u)
        x = quantity[own] - quantity[own].mean()
        scale = x.std()
        signal = x / scale if scale > 0 else x
        values[own] = r * signal + np.sqrt(1 - r**2) * noise[own]
    return values


def _predictor(model: str, trials: Trials, regressor: Regressor, options: FitOptions) -> Predictor:
    return make_predictor(
        model, trials, regressor, fixed=options.fixed, v0=options.v0,
        reset_runs=options.reset_runs, n_jobs=options.n_jobs,
    )  # fmt: skip


def _draw(
    predictor: Predictor, truth: Mapping[str, float] | None, n: int, rng: np.random.Generator
) -> Floats:
    low, high = predictor.low, predictor.high
    if truth is None:
        return np.asarray(
            rng.uniform(low + 0.1 * (high - low), high - 0.1 * (high - low), (n, len(low)))
        )
    names = [spec.name for spec in predictor.free]
    if set(truth) != set(names):
        raise InputError("truth", ", ".join(truth), f"a value for each of {', '.join(names)}")
    planted = np.array([truth[name] for name in names])
    return np.tile(planted, (n, 1))


def _recovery(
    model: str, how: str, predictor: Predictor, r: float, true: Floats, estimated: Floats
) -> ParameterRecovery:
    away = estimated - true
    correlation = [
        float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) > 0 and np.ptp(b) > 0 else float("nan")
        for a, b in zip(true.T, estimated.T, strict=True)
    ]
    return ParameterRecovery(
        model=model,
        how=how,
        names=tuple(spec.name for spec in predictor.free),
        r=r,
        true=true,
        estimated=estimated,
        correlation=tuple(correlation),
        bias=tuple(away.mean(axis=0).tolist()),
        error=tuple(np.sqrt((away**2).mean(axis=0)).tolist()),
    )


def _shares(scores: Floats) -> Floats:
    """Share of cases (planted, cases, chosen) in which each model is best."""
    best = scores.argmin(axis=2)
    return np.stack([np.bincount(row, minlength=scores.shape[2]) / len(row) for row in best])


def _check_r(r: float) -> None:
    if not -1 <= r <= 1:
        raise InputError("r", f"{r}", "a correlation from -1 to 1")
