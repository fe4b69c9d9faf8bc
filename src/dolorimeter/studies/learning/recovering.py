"""Would this design tell? Parameters and models planted on its trials, and recovered (2.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dolorimeter._version import __version__
from dolorimeter.core import InputError, Trials, output_directory, progress
from dolorimeter.learning import MODELS
from dolorimeter.learning.fit import FitOptions
from dolorimeter.learning.fitted import without_nan
from dolorimeter.learning.recovery import (
    ModelRecovery,
    ParameterRecovery,
    recover_models,
    recover_parameters,
)
from dolorimeter.studies.saving import write_page
from dolorimeter.studies.streams import stream

from .recovery_words import recovery_methods, recovery_summary

CORRELATION = 0.19  # the paper's, of heart rate


@dataclass(frozen=True, slots=True)
class LearningRecovery:
    """What was recovered of what was planted.

    Attributes
    ----------
    content : mapping
        What results.json holds (docs/formats/results-learning.md).
    """

    content: Mapping[str, Any]

    @property
    def summary(self) -> list[str]:
        """What was found, in plain sentences."""
        return list(self.content["summary"])

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds."""
        return dict(self.content)

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Write results.json and report.html, both or neither.

        Parameters
        ----------
        directory : str or Path
            To create.
        force : bool, default False
            Replace a directory that exists.

        Raises
        ------
        InputError
            If the directory exists without ``force``, or the disk refuses.
        """
        from dolorimeter.reporting import render_recovery_report

        report = render_recovery_report(self.to_dict())
        with output_directory(directory, force) as scratch:
            write_page(scratch, self.content, report)


def recover_learning(
    trials: Trials,
    models: tuple[str, ...] = ("td", "rw", "pearce-hall", "hybrid", "dual-rate"),
    n_simulations: int = 10,
    correlation: float = CORRELATION,
    *,
    options: FitOptions | None = None,
    source: str = "",
    random_state: int = 0,
) -> LearningRecovery:
    """Plant models in a measure on these trials, and look what comes back.

    Parameters
    ----------
    trials : Trials
        The design: subjects, cues, outcomes. What was measured on them is not looked at.
    models : tuple of str
        Planted and fitted, each.
    n_simulations : int, default 10
        Simulated groups for each model.
    correlation : float, default 0.19
        Of the measure with the magnitude of the value, within subjects.
    options : FitOptions, optional
        How models are held against the measure.
    source : str
        Where the trials come from.
    random_state : int, default 0
        Seed.

    Returns
    -------
    LearningRecovery
        Parameters of each model, and the confusion of models.

    Raises
    ------
    InputError
        If a model is unknown or named twice, or a number cannot be used.
    """
    for model in models:
        if model not in MODELS:
            raise InputError("models", repr(model), f"one or more of {', '.join(MODELS)}")
    if not models or len(set(models)) < len(models):
        raise InputError("models", ", ".join(models) or "none", "one or more, each once")
    if n_simulations < 1:
        raise InputError("simulations", str(n_simulations), "at least 1")
    chosen = options or FitOptions()
    content: dict[str, Any] = {
        "format": 1,
        "study": "learning-recovery",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": "What this design would recover of learning",
        "design": {
            "source": source,
            "subjects": len(set(trials.subject.tolist())),
            "trials": len(trials),
            "models": list(models),
            "correlation": correlation,
            "simulations": n_simulations,
            "nuisance": list(chosen.nuisance),
            "reset_runs": chosen.reset_runs,
            "random_state": random_state,
        },
        "recovery": recovery_block(
            trials, models, n_simulations, correlation, chosen, random_state
        ),
    }
    content["summary"] = recovery_summary(content)
    content["methods"] = recovery_methods(content)
    return LearningRecovery(json.loads(json.dumps(content, allow_nan=False)))


def recovery_block(
    trials: Trials,
    models: tuple[str, ...],
    n_simulations: int,
    correlation: float,
    options: FitOptions,
    seed: int,
) -> dict[str, Any]:
    """Recover the parameters of every model, and the models themselves.

    Parameters
    ----------
    trials : Trials
        The design.
    models : tuple of str
        Names in ``MODELS``.
    n_simulations : int
        Simulated groups for each.
    correlation : float
        Planted, within subjects.
    options : FitOptions
        How models are held against the measure.
    seed : int
        Of the study.

    Returns
    -------
    dict
        The block ``"recovery"``.
    """
    each = [
        row
        for model in progress(models, "Parameters of each model")
        for row in _parameters(
            recover_parameters(
                trials, model, r=correlation, n_simulations=n_simulations, options=options,
                random_state=stream(seed, "recovery", model),
            )
        )
    ]  # fmt: skip
    confused = recover_models(
        trials, models, r=correlation, n_simulations=n_simulations, options=options,
        random_state=stream(seed, "recovery", "models"),
    )  # fmt: skip
    first = [row for row in each if row["model"] == models[0]]
    return {
        "correlation": correlation,
        "simulations": n_simulations,
        "parameters": first[0] if first else None,
        "each": each,
        "models": _models(confused),
    }


def _parameters(found: ParameterRecovery) -> list[dict[str, Any]]:
    return [
        {
            "model": found.model,
            "name": name,
            "true": found.true[:, i].tolist(),
            "recovered": found.estimated[:, i].tolist(),
            "r": without_nan(found.correlation[i]),
            "bias": found.bias[i],
            "rmse": found.error[i],
        }
        for i, name in enumerate(found.names)
    ]


def _models(found: ModelRecovery) -> dict[str, Any]:
    return {
        "names": list(found.chosen),
        "planted": list(found.planted),
        "confusion": found.by_group.tolist(),
        "by_subject": found.by_subject.tolist(),
    }
