"""From a fit to BIDS derivatives that an analysis of images takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dolorimeter.bids import write_derivatives
from dolorimeter.core import InputError, Trials
from dolorimeter.learning import MODELS

from .data import LearningData

SOURCES = ("default", "group")


def learning_regressors(
    data: LearningData,
    fit: str | Path,
    model: str | None = None,
    parameters: str = "default",
    measure: str | None = None,
) -> tuple[Trials, dict[str, Any]]:
    """Give trials what a model says of them, as the core container that imaging takes.

    Parameters
    ----------
    data : LearningData
        Trials of the data set.
    fit : str or Path
        Folder that ``learning fit`` wrote.
    model : str, optional
        One of the fit's models; by default its first.
    parameters : str, default "default"
        ``"default"``: the model's own, fixed beforehand; ``"group"``: the group's estimate from
        ``measure``.
    measure : str, optional
        Which measure's estimate to take; needed where the fit has several.

    Returns
    -------
    trials : Trials
        With quantities.
    told : dict
        Model, parameters and where they come from, for the description of the derivatives.

    Raises
    ------
    InputError
        If the folder holds no fit, or not that model or measure.
    """
    content = _read(Path(fit))
    models = content["design"]["models"]
    name = models[0] if model is None else model
    if name not in models:
        raise InputError("model", repr(name), f"one of the fit's: {', '.join(models)}")
    if parameters not in SOURCES:
        raise InputError("parameters", repr(parameters), " or ".join(SOURCES))
    settings: dict[str, float] = {}
    source = "the model's defaults, fixed beforehand"
    if parameters == "group":
        chosen = _measure(content, measure)
        found = content["fits"][chosen][name]
        settings = {key: row["group"] for key, row in found["parameters"].items()}
        known = "identified" if found["identified"] else "NOT identified"
        source = f"the group's estimate from {chosen} ({found['how']}; {known}: {found['reason']})"
    built = MODELS[name].build(**settings)
    learned = built.simulate(data.trials, reset_runs=bool(content["design"]["reset_runs"]))
    values = {spec.name: settings.get(spec.name, spec.default) for spec in MODELS[name].parameters}
    told = {"model": name, "parameters": values, "source": source, "fit": str(fit)}
    return learned.attach(data.trials), told


def recorded_spec(fit: str | Path) -> str | None:
    """Return the mapping from events to trials that a fit was made with.

    Parameters
    ----------
    fit : str or Path
        Folder that ``learning fit`` wrote.

    Returns
    -------
    str or None
        A preset or a file; None where none was recorded.

    Raises
    ------
    InputError
        If the folder holds no fit.
    """
    return _read(Path(fit))["data"].get("spec") or None


def write_regressors(
    data: LearningData, trials: Trials, told: dict[str, Any], out: str | Path, force: bool = False
) -> Path:
    """Write them as BIDS derivatives.

    Parameters
    ----------
    data : LearningData
        With the data set they come from.
    trials : Trials
        With quantities.
    told : dict
        The model, for the description.
    out : str or Path
        Folder of derivatives.
    force : bool, default False
        Replace the pipeline's folder if it exists.

    Returns
    -------
    Path
        The pipeline's folder.
    """
    return write_derivatives(trials, out, model=told, dataset=data.dataset, force=force)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "results.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(path), found, "results of `dolorimeter learning fit`") from error
    except ValueError as error:
        raise InputError(str(path), str(error), "results of `dolorimeter learning fit`") from error
    if not isinstance(content, dict) or content.get("study") != "learning":
        raise InputError(str(path), "no learning study", "results of `dolorimeter learning fit`")
    return content


def _measure(content: dict[str, Any], measure: str | None) -> str:
    known = list(content["fits"])
    if measure is None and len(known) == 1:
        return known[0]
    if measure not in known:
        found = "none named" if measure is None else repr(measure)
        raise InputError(
            "measure", found, f"one of {', '.join(known) or 'none: nothing was fitted'}"
        )
    return str(measure)
