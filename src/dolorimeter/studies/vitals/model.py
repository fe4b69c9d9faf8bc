"""A fitted model with its transform and window inside: what `fit` saves and `infer` loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.states import MODELS
from dolorimeter.tables import VITALS, Cohort, Events, Target, label_windows, make_windows

from .arm import window_stays
from .crossfit import Knowledge, StayData, build, fit, prepare_stays
from .preparation import Preparation, columns

if TYPE_CHECKING:
    import pandas as pd

Mode = Literal["filter", "smooth", "viterbi"]


@dataclass(frozen=True, slots=True)
class VitalsModel:
    """A pain-state model that takes vital signs as they were measured.

    Attributes
    ----------
    name : str
        Name of the model in the registry.
    preparation : Preparation
        Outlier rule, reference and normal scores of the training windows.
    estimator : estimator
        Fitted on all windows.
    width : numpy.timedelta64
        Window that it was fitted on.
    record : mapping
        What the fit did: its outcome, log-likelihood (nats), AIC and BIC where they are defined.
    """

    name: str
    preparation: Preparation
    estimator: Any
    width: np.timedelta64
    record: Mapping[str, Any]

    @property
    def target(self) -> Target:
        """The task it was fitted for."""
        return self.preparation.target

    @property
    def summary(self) -> str:
        """What was fitted, in one sentence."""
        return (
            f"{MODELS[self.name].summary}; task {self.target.task}, classes "
            f"{', '.join(self.target.class_names)}. {self.record.get('message', '')}".rstrip()
        )

    def describe(self) -> dict[str, Any]:
        """Return what was fitted as plain values."""
        return {
            "name": self.name,
            "task": self.target.task,
            "class_names": list(self.target.class_names),
            "vitals": list(self.preparation.vital_names),
            "record": dict(self.record),
        }

    def windows(self, events: Events) -> Cohort:
        """Cut events into windows of the width this was fitted on; stays of any length.

        Parameters
        ----------
        events : Events
            From :func:`dolorimeter.read_events`.

        Returns
        -------
        Cohort
            All stays.
        """
        return make_windows(events, width=self.width, require_pain=False)

    def infer(
        self, cohort: Cohort, mode: Mode = "filter", history: Literal["none", "reports"] = "none"
    ) -> pd.DataFrame:
        """Infer the pain class of every window.

        Parameters
        ----------
        cohort : Cohort
            Windows of the model's own width.
        mode : str, default "filter"
            ``"filter"`` uses nothing later than the window; ``"smooth"`` and ``"viterbi"`` use the
            whole stay.
        history : str, default "none"
            With ``"reports"`` (filter only) the stay's earlier pain reports are known too.

        Returns
        -------
        pandas.DataFrame
            ``patient_id``, ``stay_id``, ``window``, ``time``, a column ``p_<class>`` each (not for
            ``"viterbi"``, which is one path), and ``class``.

        Raises
        ------
        InputError
            If the mode cannot be had from the model: an order from a model without one, or
            causality from a whole-stay reference.
        """
        _require_mode(self, mode, history)
        data = self._prepare(cohort)
        table = _window_table(cohort)
        if mode == "viterbi":
            path = self.estimator.viterbi(data.features, lengths=data.lengths)
            return table.assign(**{"class": np.array(self.target.class_names)[path]})
        return _with_posterior(table, self._posterior(cohort, data, mode, history), self.target)

    def forecast(
        self, cohort: Cohort, steps: int = 3, history: Literal["none", "reports"] = "none"
    ) -> pd.DataFrame:
        """Forecast the pain class of the windows that follow each stay.

        Parameters
        ----------
        cohort : Cohort
            Windows of the model's own width.
        steps : int, default 3
            Windows ahead.
        history : str, default "none"
            With ``"reports"`` the stay's pain reports are known too.

        Returns
        -------
        pandas.DataFrame
            ``patient_id``, ``stay_id``, ``step`` (1 is the window after the last), ``time``,
            ``p_<class>`` each, and ``class``.

        Raises
        ------
        InputError
            If the model has no order, or its reference looks at the whole stay.
        """
        _require_order(self, "forecast")
        _require_mode(self, "filter", history)
        data = self._prepare(cohort)
        posterior = self.estimator.forecast(
            data.features, steps, lengths=data.lengths, **self._known(cohort, history)
        )
        return _with_posterior(
            _forecast_table(cohort, steps, self.width),
            posterior.reshape(-1, posterior.shape[-1]),
            self.target,
        )

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Save as JSON and safetensors.

        Parameters
        ----------
        directory : str or Path
            To create.
        force : bool, default False
            Replace a directory that exists.
        """
        from .model_files import save_vitals_model

        save_vitals_model(self, directory, force)

    @classmethod
    def load(cls, directory: str | Path) -> VitalsModel:
        """Load what :meth:`save` wrote.

        Parameters
        ----------
        directory : str or Path
            Where it was saved.

        Returns
        -------
        VitalsModel
            Gives the same posteriors as the one that was saved.
        """
        from .model_files import load_vitals_model

        return load_vitals_model(directory)

    def _prepare(self, cohort: Cohort) -> StayData:
        if cohort.width != self.width:
            raise InputError(
                "cohort",
                f"windows of {cohort.width}",
                f"windows of {self.width}, which the model was fitted on",
            )
        return prepare_stays(self.preparation, cohort, np.arange(cohort.n_stays))[0]

    def _posterior(self, cohort: Cohort, data: StayData, mode: Mode, history: str) -> Floats:
        if mode == "smooth":
            return self.estimator.predict_proba(data.features, lengths=data.lengths)
        known = self._known(cohort, history)
        return self.estimator.filter(data.features, lengths=data.lengths, **known)

    def _known(self, cohort: Cohort, history: str) -> dict[str, Any]:
        if history == "none":
            return {}
        delay = Knowledge.of(self.target, history).delay
        return {"known": label_windows(cohort, self.target), "delay": delay}


def fit_vitals_model(
    cohort: Cohort,
    target: Target,
    name: str = "hmm",
    vitals: tuple[str, ...] | None = None,
    options: Mapping[str, Any] | None = None,
    random_state: int = 0,
) -> VitalsModel:
    """Fit one model on all stays of a cohort.

    Parameters
    ----------
    cohort : Cohort
        Training stays.
    target : Target
        The task.
    name : str, default "hmm"
        Name from the registry; it must be one that can be saved.
    vitals : tuple of str, optional
        Which vitals to use; by default all that were observed.
    options : mapping, optional
        Options of the estimator.
    random_state : int, default 0
        Seed of restarts.

    Returns
    -------
    VitalsModel
        Fitted.

    Raises
    ------
    InputError
        If the model is unknown or cannot be saved without pickle.
    """
    if name not in MODELS or not MODELS[name].storable:
        known = ", ".join(n for n, spec in MODELS.items() if spec.storable)
        raise InputError("model", repr(name), f"one of {known}")
    cohort = use_vitals(cohort, vitals)
    preparation = Preparation.fit(cohort, target)
    data, _ = prepare_stays(preparation, cohort, np.arange(cohort.n_stays))
    estimator = build(name, "none", options or {}, random_state)
    labels = label_windows(cohort, target)
    fitted = fit(name, estimator, data, labels)
    return VitalsModel(name, preparation, fitted, cohort.width, _record(fitted, data, labels))


def _record(fitted: Any, data: StayData, labels: Ints) -> dict[str, Any]:
    """Return what a fit did as plain values; the likelihood is that of vitals and known classes."""
    record: dict[str, Any] = {"n_windows": len(data.features), "n_stays": len(data.lengths)}
    if hasattr(fitted, "outcome_"):
        outcome = fitted.outcome_.to_dict()
        record |= {k: v for k, v in outcome.items() if k != "objective_path"}
        record["floors_bound"] = list(record["floors_bound"])
    for name in ("aic", "bic"):
        if hasattr(fitted, name):
            criterion = getattr(fitted, name)
            record[name] = float(criterion(data.features, labels, lengths=data.lengths))
    return record


def use_vitals(cohort: Cohort, vitals: tuple[str, ...] | None) -> Cohort:
    """Keep some vitals of a cohort; by default the vital signs that were ever observed.

    Further numeric signals of a table are used only when they are named: a column may be the pain
    score under another name.

    Parameters
    ----------
    cohort : Cohort
        All vitals.
    vitals : tuple of str or None
        Names to keep.

    Returns
    -------
    Cohort
        With the columns asked for, in that order.
    """
    if vitals is None:
        seen = np.flatnonzero(~np.isnan(cohort.vitals).all(axis=0))
        observed = [cohort.vital_names[i] for i in seen]
        vitals = tuple(name for name in observed if name in VITALS)
    if not vitals:
        raise InputError(
            "vitals", "none observed", f"at least one of {', '.join(VITALS)}",
            "Name further signals to use them: --vitals NAME,NAME.",
        )  # fmt: skip
    return replace(cohort, vitals=columns(cohort, vitals), vital_names=vitals)


def _require_mode(model: VitalsModel, mode: str, history: str) -> None:
    if history == "reports" and mode != "filter":
        raise InputError("mode", f"{mode!r} with earlier reports", "mode 'filter'")
    if mode == "viterbi":
        _require_order(model, "viterbi")
    if mode == "filter" and not model.preparation.causal:
        raise InputError(
            "mode",
            "'filter' from a model that standardizes within the whole stay, its future included",
            "mode 'smooth' or 'viterbi'",
            "Fit with --reference causal for live use.",
        )


def _require_order(model: VitalsModel, what: str) -> None:
    if not hasattr(model.estimator, what):
        raise InputError("model", f"{model.name!r}, which knows no order", f"a model with {what}")


def _window_table(cohort: Cohort) -> pd.DataFrame:
    import pandas as pd

    stay = window_stays(cohort)
    return pd.DataFrame(
        {
            "patient_id": cohort.patient_ids[stay],
            "stay_id": cohort.stay_ids[stay],
            "window": np.arange(cohort.n_windows) - cohort.offsets[stay],
            "time": cohort.times,
        }
    )


def _forecast_table(cohort: Cohort, steps: int, width: np.timedelta64) -> pd.DataFrame:
    import pandas as pd

    ahead: Ints = np.tile(np.arange(1, steps + 1), cohort.n_stays)
    last = np.repeat(cohort.times[cohort.offsets[1:] - 1], steps)
    return pd.DataFrame(
        {
            "patient_id": np.repeat(cohort.patient_ids, steps),
            "stay_id": np.repeat(cohort.stay_ids, steps),
            "step": ahead,
            "time": last + ahead * width,
        }
    )


def _with_posterior(table: pd.DataFrame, posterior: Floats, target: Target) -> pd.DataFrame:
    for index, name in enumerate(target.class_names):
        table[f"p_{name}"] = posterior[:, index]
    table["class"] = np.array(target.class_names)[posterior.argmax(axis=1)]
    return table
