"""The blocks of results.json that say what was read, learned and done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.bids import Notice, count_notices
from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats
from dolorimeter.learning import MODELS, Learned
from dolorimeter.learning.preferences import preference_scores
from dolorimeter.learning.signed_rank import compare_paired

from .data import PREFERENCE, LearningData
from .design import LearningStudy

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
    trials = data.trials
    first = np.flatnonzero(trials.subject == trials.subject[0])
    return {
        "task": "sequence of outcomes without cues" if data.cue_free else "cues and outcomes",
        "models": list(study.models_for(data)),
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
        "efficiency": None,
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


def behaviour_block(data: LearningData) -> dict[str, Any]:
    """Describe behaviour by cue (Seymour et al. 2005, Fig 2).

    Parameters
    ----------
    data : LearningData
        Trials and choices.

    Returns
    -------
    dict
        The block ``"behaviour"``.
    """
    trials = data.trials
    by_cue, paired = {}, []
    for name, values in trials.measures.items():
        table = pd.DataFrame({"subject": trials.subject, "cue": trials.cue, "value": values})
        means = table.dropna().groupby(["cue", "subject"])["value"].mean().unstack("cue")
        if means.empty or "" in means:
            continue
        by_cue[name] = {
            str(cue): {"mean": own.mean(), "se": _number(own.sem()), "n": int(own.count())}
            for cue, own in means.items()
        }
        paired += _paired(name, means)
    return {"preferences": _preferences(data), "by_cue": by_cue, "paired": paired}


def _paired(name: str, means: pd.DataFrame) -> list[dict[str, Any]]:
    cues = [str(c) for c in means.columns]
    rows = []
    for i, first in enumerate(cues):
        for second in cues[i + 1 :]:
            both = means[[first, second]].dropna()
            if len(both) < 2:
                continue
            found = compare_paired(both[first].to_numpy(), both[second].to_numpy(), (first, second))
            rows.append(
                {
                    "question": f"Does {name} differ between the cues {first} and {second}?",
                    "a": first,
                    "b": second,
                    "mean_a": found.means[0],
                    "mean_b": found.means[1],
                    "difference": found.difference,
                    "ci95": list(found.ci95),
                    "p": found.p_value,
                    "n": found.n,
                }
            )
    return rows


def _preferences(data: LearningData) -> dict[str, Any] | None:
    if data.preferences is None:
        return None
    found = preference_scores(data.preferences)
    scores: dict[str, Any] = {}
    for place, cue in enumerate(found.cues):
        wins: Floats = found.wins[:, place]
        scores[cue] = {
            "mean": float(wins.mean()),
            "se": float(wins.std(ddof=1) / np.sqrt(len(wins))) if len(wins) > 1 else None,
            "values": wins.tolist(),
        }
    tests = [
        {"a": t.names[0], "b": t.names[1], "statistic": t.statistic, "p": t.p_value, "n": t.n}
        for t in found.tests
    ]
    return {"scores": scores, "most": int(found.offered.max()), "tests": tests}


def _counts(names: np.ndarray) -> dict[str, int]:
    found, counts = np.unique(names, return_counts=True)
    return {str(n): int(c) for n, c in zip(found, counts, strict=True)}


def _told(notice: Notice) -> dict[str, Any]:
    return {"file": notice.file, "row": notice.row, "what": notice.what}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
