"""What a model of learning says of the trials that an imaging study takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dolorimeter.core import Trials
from dolorimeter.learning import MODELS
from dolorimeter.studies.learning import LearningData, learning_regressors

from .blocks import Learning


def learn(
    options: Learning, data: LearningData, root: Path = Path()
) -> tuple[Trials, dict[str, Any] | None]:
    """Give trials the values and errors of the model that a study declares.

    Parameters
    ----------
    options : Learning
        Model, and where its parameters come from.
    data : LearningData
        Trials.
    root : Path, default "."
        What the folder of a fit is relative to.

    Returns
    -------
    trials : Trials
        With quantities, where there is a model.
    told : dict or None
        The block ``learning`` of results.json.

    Raises
    ------
    InputError
        If the fit does not hold what is asked for, or the trials do not suit the model.
    """
    if options.model is None:
        return data.trials, None
    label = MODELS[options.model].summary
    if options.fit is not None:
        trials, told = learning_regressors(
            data, root / options.fit, options.model, "group", options.measure
        )
        return trials, {**told, "label": label}
    settings = {k: float(v) for k, v in options.parameters.items()}
    learned = (
        MODELS[options.model].build(**settings).simulate(data.trials, reset_runs=options.reset_runs)
    )
    known = MODELS[options.model].parameters
    told = {
        "model": options.model,
        "label": label,
        "parameters": {p.name: settings.get(p.name, p.default) for p in known},
        "source": "parameters fixed beforehand",
    }
    return learned.attach(data.trials), told
