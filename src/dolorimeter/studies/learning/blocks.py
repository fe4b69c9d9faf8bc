"""The blocks of results.json that say what was read, learned and done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.bids import Notice, count_notices
from dolorimeter.core import Trials
from dolorimeter.learning import MODELS, Learned

from .data import PREFERENCE, LearningData
from .design import LearningStudy
from .efficiency import efficiency_block

MOST_NOTICES = 30
MOST_PRESENTATIONS = 300


def data_block(data: LearningData) -> dict[str, Any]:
    """Describe what was read.

    Parameters
    ----------
    data : LearningData
        Trials.

    Returns
    -------
    dict
        The block ``"data"``.
    """
    trials = data.trials
    runs = set(zip(trials.subject.tolist(), trials.run.tolist(), strict=True))
    measures = {
        name: {"present": int(np.isfinite(v).sum()), "missing": int(np.isnan(v).sum())}
        for name, v in trials.measures.items()
    }
    if data.preferences is not None:
        made = data.preferences.get("chosen", pd.Series(dtype=str)).notna().to_numpy(dtype=bool)
        measures[PREFERENCE] = {"present": int(made.sum()), "missing": int((~made).sum())}
    return {
        "source": data.source,
        "spec": data.spec,
        "subjects": len(set(trials.subject.tolist())),
        "runs": len(runs),
        "trials": len(trials),
        "cues": _counts(trials.cue),
        "outcomes": _counts(trials.outcome),
        "measures": measures,
        "notices": [_told(notice) for notice in data.notices[:MOST_NOTICES]],
        "notice_counts": count_notices(data.notices),
    }


def design_block(
    study: LearningStudy,
    data: LearningData,
    measures: tuple[str, ...],
    exchange: str,
    seed: int,
) -> dict[str, Any]:
    """Describe the design.

    Parameters
    ----------
    study : LearningStudy
        As declared.
    data : LearningData
        Trials.
    measures : tuple of str
        Those used.
    exchange : str
        What is exchanged.
    seed : int
        Seed of everything random.

    Returns
    -------
    dict
        The block ``"design"``.
    """
    trials, models = data.trials, study.models_for(data)
    first = np.flatnonzero(trials.subject == trials.subject[0])
    efficiency, reason = efficiency_block(trials, models[0], study.reset_runs)
    return {
        "task": "sequence of outcomes without cues" if data.cue_free else "cues and outcomes",
        "models": list(models),
        "measures": list(measures),
        "v0": 0.0,
        "average": 0.0,
        "bootstraps": study.n_bootstrap,
        "permutations": study.permutations,
        "exchange": exchange,
        "exchange_declared": study.exchange is not None,
        "nuisance": list(study.nuisance),
        "reset_runs": study.reset_runs,
        "random_state": seed,
        "timeline": [
            {
                "trial": place + 1,
                "run": str(trials.run[row]),
                "cue": str(trials.cue[row]),
                "outcome": str(trials.outcome[row]),
                "onset": _number(trials.onset[row]),
                "outcome_onset": _number(trials.outcome_onset[row]),
            }
            for place, row in enumerate(first)
        ],
        "efficiency": efficiency,
        "efficiency_reason": reason,
    }


def learned_block(name: str, parameters: dict[str, float], trials: Trials, learned: Learned) -> Any:
    """Show what a model says by trial type and over presentations (Seymour et al. 2005, Fig 1).

    Parameters
    ----------
    name : str
        The model.
    parameters : dict
        Its parameters.
    trials : Trials
        What was learned from.
    learned : Learned
        What the model says.

    Returns
    -------
    dict
        The block ``"learned"``; means over trials and subjects.
    """
    table = pd.DataFrame(
        {
            "subject": trials.subject,
            "cue": trials.cue,
            "outcome": trials.outcome,
            "value": learned.value,
            "cue_error": learned.cue_error,
            "outcome_error": learned.outcome_error,
        }
    )
    told = ["value", "cue_error", "outcome_error"]
    types = table.groupby(["cue", "outcome"], sort=True)
    rows = [
        {"cue": cue, "outcome": outcome, "n": len(own), **own[told].mean().to_dict()}
        for (cue, outcome), own in types
    ]
    table["presentation"] = table.groupby(["subject", "cue"]).cumcount() + 1
    course = {}
    for cue, own in table[table["presentation"] <= MOST_PRESENTATIONS].groupby("cue"):
        means = own.groupby("presentation")[told].mean()
        course[str(cue)] = {"presentation": means.index.tolist()} | {
            column: means[column].tolist() for column in told
        }
    return {
        "model": name,
        "label": MODELS[name].summary,
        "parameters": parameters,
        "trial_types": rows,
        "course": course,
    }


def _counts(names: np.ndarray) -> dict[str, int]:
    found, counts = np.unique(names, return_counts=True)
    return {str(n): int(c) for n, c in zip(found, counts, strict=True)}


def _told(notice: Notice) -> dict[str, Any]:
    return {"file": notice.file, "row": notice.row, "what": notice.what}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
