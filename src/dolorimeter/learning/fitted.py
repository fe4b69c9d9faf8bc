"""What fits of learning models found, as plain containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError, Outcome
from dolorimeter.core.containers import Floats

from .criterion import Correlation, CorrelationFit
from .profiles import Profile


@dataclass(frozen=True, slots=True)
class Estimate:
    """Parameters by likelihood: each subject's own, one set for all, or partially pooled.

    Attributes
    ----------
    how : str
        ``"subject"``, ``"pooled"`` or ``"hierarchical"``.
    names : tuple of str
        The k parameters.
    group : ndarray of shape (k,)
        Mean over subjects, the shared value, or the value at the group's mean logit.
    ci95 : ndarray of shape (k, 2)
        Bootstrap over subjects; NaN without.
    subjects : ndarray of shape (n_subjects, k)
        Each subject's.
    intervals : ndarray of shape (n_subjects, k, 2) or None
        Profile intervals of single subjects (``"subject"`` only).
    at_bound : ndarray of shape (n_subjects, k), bool
        Whether a limit of the search holds the parameter.
    log_likelihood : ndarray of shape (n_subjects,)
        In nats; for ``"hierarchical"`` Laplace's log evidence given the group.
    objective : float
        What was maximized over all subjects, in nats.
    n_parameters : int
        Estimated in all, coefficients included.
    bic : float
        ``n_parameters * log(n) - 2 * objective``, by subject for ``"subject"``; lower is better.
        NaN for ``"hierarchical"``, whose objective is an evidence already.
    profiles : tuple of Profile
        Over each parameter; for ``"subject"`` the sum of the subjects' own profiles.
    deviation : ndarray of shape (k,) or None
        Of the logit over subjects (``"hierarchical"`` only).
    outcome : Outcome
        What the fit did.
    identified : bool
        Whether the data tell where the parameters are.
    reason : str
        Why, or why not.
    """

    how: str
    names: tuple[str, ...]
    group: Floats
    ci95: Floats
    subjects: Floats
    intervals: Floats | None
    at_bound: NDArray[np.bool_]
    log_likelihood: Floats
    objective: float
    n_parameters: int
    bic: float
    profiles: tuple[Profile, ...]
    deviation: Floats | None
    outcome: Outcome
    identified: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        plain: dict[str, Any] = {"how": self.how, "names": list(self.names)}
        for name in ("group", "ci95", "subjects", "intervals", "at_bound", "log_likelihood",
                     "objective", "n_parameters", "bic", "deviation"):  # fmt: skip
            plain[name] = without_nan(getattr(self, name))
        plain["profiles"] = [profile.to_dict() for profile in self.profiles]
        plain["outcome"] = self.outcome.to_dict()
        return plain | {"identified": self.identified, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The correlation criterion again under another assumption.

    Attributes
    ----------
    what : str
        What was changed.
    estimate : tuple of float
        Parameters that correlate best then.
    best : Correlation
        At the estimate; its p is naive.
    default : Correlation
        At the defaults of the model.
    """

    what: str
    estimate: tuple[float, ...]
    best: Correlation
    default: Correlation

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        return without_nan(asdict(self))


@dataclass(frozen=True, slots=True)
class ModelFit:
    """One model fitted to one measure.

    Attributes
    ----------
    model, measure : str
        Names.
    regressor : str
        Quantity of the model that the measure should follow.
    names : tuple of str
        The k parameters that were estimated.
    subjects : tuple of str
        In the order of the trials.
    counts : tuple of int
        Observations of each subject.
    without : tuple of float
        Log likelihood of each subject without learning, in nats.
    estimates : mapping of str to Estimate
        By ``"subject"``, ``"pooled"``, ``"hierarchical"``.
    correlation : CorrelationFit or None
        By the paper's criterion; None for choices.
    sensitivity : tuple of Sensitivity
        The criterion again under other assumptions.
    """

    model: str
    measure: str
    regressor: str
    names: tuple[str, ...]
    subjects: tuple[str, ...]
    counts: tuple[int, ...]
    without: tuple[float, ...]
    estimates: Mapping[str, Estimate]
    correlation: CorrelationFit | None
    sensitivity: tuple[Sensitivity, ...]

    def parameters(self, how: str) -> pd.DataFrame:
        """Return each subject's parameters.

        Parameters
        ----------
        how : str
            One of ``estimates``.

        Returns
        -------
        pandas.DataFrame
            A row a subject, a column a parameter.
        """
        if how not in self.estimates:
            raise InputError("how", repr(how), f"one of {', '.join(self.estimates)}")
        estimate = self.estimates[how]
        index = pd.Index(self.subjects, name="subject")
        return pd.DataFrame(estimate.subjects, index=index, columns=list(self.names))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        correlation = self.correlation.to_dict() if self.correlation else None
        return {
            "model": self.model,
            "measure": self.measure,
            "regressor": self.regressor,
            "names": list(self.names),
            "subjects": list(self.subjects),
            "counts": list(self.counts),
            "without": list(self.without),
            "estimates": {how: estimate.to_dict() for how, estimate in self.estimates.items()},
            "correlation": without_nan(correlation),
            "sensitivity": [case.to_dict() for case in self.sensitivity],
        }


@dataclass(frozen=True, slots=True)
class LearningFit:
    """All models fitted to all measures.

    Attributes
    ----------
    models, measures : tuple of str
        Names, in the order given.
    fits : mapping of (str, str) to ModelFit
        By model and measure.
    """

    models: tuple[str, ...]
    measures: tuple[str, ...]
    fits: Mapping[tuple[str, str], ModelFit]

    def of(self, model: str, measure: str) -> ModelFit:
        """Return the fit of a model to a measure.

        Parameters
        ----------
        model, measure : str
            Names.

        Returns
        -------
        ModelFit
            That one.
        """
        if (model, measure) not in self.fits:
            known = ", ".join(f"{a} and {b}" for a, b in self.fits)
            raise InputError("fit", f"{model!r} and {measure!r}", f"one of {known}")
        return self.fits[model, measure]

    @property
    def table(self) -> pd.DataFrame:
        """One row a model, measure, criterion and parameter, for printing."""
        rows = []
        for (model, measure), fit in self.fits.items():
            found: list[tuple[str, Any]] = list(fit.estimates.items())
            found += [("correlation", fit.correlation)] if fit.correlation else []
            for how, estimate in found:
                group = estimate.estimate if how == "correlation" else estimate.group
                for i, name in enumerate(fit.names):
                    rows.append(
                        {
                            "model": model, "measure": measure, "how": how, "parameter": name,
                            "estimate": group[i], "low": estimate.ci95[i, 0],
                            "high": estimate.ci95[i, 1], "identified": estimate.identified,
                            "reason": estimate.reason,
                        }
                    )  # fmt: skip
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        return {
            "models": list(self.models),
            "measures": list(self.measures),
            "fits": [fit.to_dict() for fit in self.fits.values()],
        }


def without_nan(value: Any) -> Any:
    """Return the same as plain values, None in place of what is not a finite number.

    Parameters
    ----------
    value : object
        Numbers, arrays, mappings and sequences of them.

    Returns
    -------
    object
        Fit for JSON.
    """
    if isinstance(value, np.ndarray | np.generic):
        return without_nan(value.tolist())
    if isinstance(value, Mapping):
        return {name: without_nan(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
