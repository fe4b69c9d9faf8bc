"""The block of results.json that says what people did and told (Seymour et al. 2005, Fig 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats
from dolorimeter.learning.preferences import preference_scores
from dolorimeter.learning.signed_rank import compare_paired

from .asked_blocks import asked_blocks
from .data import LearningData

SAID = {"rt": "reaction time", "heart-rate": "heart rate"}


def behaviour_block(data: LearningData) -> dict[str, Any]:
    """Describe behaviour by cue (Seymour et al. 2005, Fig 2).

    Parameters
    ----------
    data : LearningData
        Trials, choices and what people were asked.

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
            str(cue): {
                "mean": own.mean(),
                "se": None if np.isnan(own.sem()) else float(own.sem()),
                "n": int(own.count()),
            }
            for cue, own in means.items()
        }
        paired += _paired(name, means)
    return {
        "preferences": _preferences(data),
        "by_cue": by_cue,
        "paired": paired,
        **asked_blocks(data),
    }


def _paired(name: str, means: pd.DataFrame) -> list[dict[str, Any]]:
    cues, said = [str(c) for c in means.columns], SAID.get(name, name)
    rows = []
    for i, first in enumerate(cues):
        for second in cues[i + 1 :]:
            both = means[[first, second]].dropna()
            if len(both) < 2:
                continue
            found = compare_paired(both[first].to_numpy(), both[second].to_numpy(), (first, second))
            rows.append(
                {
                    "question": f"Does {said} differ between the cues {first} and {second}?",
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
    return {
        "scores": scores,
        "most": int(found.offered.max()),
        "tests": tests,
        "expected": _expected(data.trials),
    }


def _expected(trials: Trials) -> list[str] | None:
    """Name the cues that the best and the worst outcomes follow, as the task made them."""
    mean = pd.Series(trials.utility).groupby(trials.cue).mean()
    return None if mean.max() == mean.min() else [str(mean.idxmax()), str(mean.idxmin())]
