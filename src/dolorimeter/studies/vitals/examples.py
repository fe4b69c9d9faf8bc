"""Example stays: reported pain, vitals, and the out-of-fold posterior under them (S2 Fig)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .arm import Arm

N_EXAMPLES = 3
HOUR = np.timedelta64(3600, "s")
PREFERRED = ("hmm", "hmm-labelled", "nb")


def choose_stays(arm: Arm) -> Ints:
    """Choose the stays that show the most: all classes seen, many reports, of different patients.

    Parameters
    ----------
    arm : Arm
        Whose labels count.

    Returns
    -------
    ndarray of int64
        At most three stays; the same for the same data. No posterior enters the choice.
    """
    cohort = arm.cohort
    seen = [arm.labels[a:b] for a, b in zip(cohort.offsets, cohort.offsets[1:], strict=False)]
    classes = [len(np.unique(labels[labels >= 0])) for labels in seen]
    reports = [int((labels >= 0).sum()) for labels in seen]
    order = sorted(range(cohort.n_stays), key=lambda s: (-classes[s], -reports[s], s))
    chosen: list[int] = []
    for stay in order:
        taken = {cohort.patient_ids[s] for s in chosen}
        if cohort.patient_ids[stay] not in taken and len(chosen) < N_EXAMPLES:
            chosen.append(stay)
    return np.array(chosen, dtype=np.int64)


def example_stays(arm: Arm) -> list[dict[str, Any]]:
    """Return the chosen stays of an arm as plain values.

    Parameters
    ----------
    arm : Arm
        Fitted.

    Returns
    -------
    list of dict
        In the shape of results.json; empty where no model with a posterior to show was run.
    """
    shown = [name for name in PREFERRED if name in arm.fits]
    if not shown:
        return []
    return [_example(arm, shown[0], int(stay)) for stay in choose_stays(arm)]


def _example(arm: Arm, model: str, stay: int) -> dict[str, Any]:
    cohort = arm.cohort
    part = slice(cohort.offsets[stay], cohort.offsets[stay + 1])
    times = cohort.times[part]
    return {
        "stay": str(cohort.stay_ids[stay]),
        "patient": str(cohort.patient_ids[stay]),
        "task": arm.task,
        "model": model,
        "history": arm.history,
        "class_names": list(arm.class_names),
        "hours": ((times - times[0]) / HOUR).tolist(),
        "pain": _nullable(cohort.pain[part]),
        "vitals": {
            name: _nullable(cohort.vitals[part, i]) for i, name in enumerate(cohort.vital_names)
        },
        "posterior": arm.fits[model].probabilities[part].round(4).tolist(),
    }


def _nullable(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 3) for v in values]
