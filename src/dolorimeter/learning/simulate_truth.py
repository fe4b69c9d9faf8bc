"""What is planted in a simulated study of learning: parameters, and the values they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats

from .grid import simulate_grid
from .params import ModelForm, ParameterSpec
from .simulate_streams import stream
from .task_parts import nearest


def draw_parameters(
    form: ModelForm, given: Mapping[str, float], spread: float, seed: int, subjects: Sequence[str]
) -> dict[str, Floats]:
    """Draw each subject's parameters: the model's free ones, and others that were given.

    Parameters
    ----------
    form : ModelForm
        The model.
    given : mapping of str to float
        Centers over subjects; free parameters that are not named have their default.
    spread : float
        Deviation of the free ones on the logit scale between their limits.
    seed : int
        Of the study.
    subjects : sequence of str
        Names, which name the streams.

    Returns
    -------
    dict
        By parameter, ndarray of shape (n_subjects,).

    Raises
    ------
    InputError
        If the model has no such parameter or the value has no meaning.
    """
    specs = {spec.name: spec for spec in form.parameters}
    for name, value in given.items():
        if name not in specs:
            raise nearest(f"parameters of {form.name}", name, specs)
        specs[name].check(value)
    chosen = [spec for spec in form.parameters if spec.free or spec.name in given]
    return {
        spec.name: _vary(spec, float(given.get(spec.name, spec.default)), spread, seed, subjects)
        for spec in chosen
    }


def _vary(
    spec: ParameterSpec, center: float, spread: float, seed: int, subjects: Sequence[str]
) -> Floats:
    if not spec.free or spread == 0 or not spec.low < center < spec.high:
        return np.full(len(subjects), center)
    noise = [stream(seed, "parameter", spec.name, s).standard_normal() for s in subjects]
    share = (center - spec.low) / (spec.high - spec.low)
    logit = np.log(share / (1 - share)) + spread * np.array(noise)
    return spec.low + (spec.high - spec.low) / (1 + np.exp(-logit))


def final_values(
    form: ModelForm, trials: Trials, parameters: Mapping[str, Floats]
) -> dict[str, dict[str, float]]:
    """Value of each cue after the last trial: what one more trial would start from.

    Parameters
    ----------
    form : ModelForm
        The model.
    trials : Trials
        Of all subjects.
    parameters : mapping of str to ndarray of shape (n_subjects,)
        By name.

    Returns
    -------
    dict
        By subject, then by cue.
    """
    names, rows = stack_parameters(parameters)
    cues = sorted(set(trials.cue.tolist()))
    table = pd.DataFrame({n: getattr(trials, n) for n in ("subject", "run", "cue", "utility")})
    last = table.drop_duplicates("subject", keep="last")
    final: dict[str, dict[str, float]] = {subject: {} for subject in last["subject"]}
    for cue in cues:
        longer = pd.concat([table, last.assign(cue=cue)], ignore_index=True)
        value = simulate_grid(form.name, longer, rows, names, value_only=True).value[0]
        for subject, found in zip(last["subject"], value[len(table) :], strict=True):
            final[subject][cue] = float(found)
    return final


def stack_parameters(parameters: Mapping[str, Floats]) -> tuple[list[str], Floats]:
    """Arrange parameters as `simulate_grid` takes them.

    Parameters
    ----------
    parameters : mapping of str to ndarray of shape (n_subjects,)
        By name.

    Returns
    -------
    names : list of str
        Of the k parameters.
    rows : ndarray of shape (n_subjects, 1, k)
        A set for each subject.
    """
    return list(parameters), np.column_stack(list(parameters.values()))[:, None]
