"""The blocks of results.json that say what people told: temperatures, ratings, awareness (2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core.containers import Floats
from dolorimeter.evaluation import holm
from dolorimeter.learning import count_share, find_temperatures
from dolorimeter.learning.calibration import BASELINE, EXACERBATION
from dolorimeter.learning.preferences import preference_scores
from dolorimeter.learning.signed_rank import compare_paired

from .asked_checks import LEVELS, SCALES, SUBJECT
from .data import LearningData

TEMPERATURES = ("baseline", "exacerbation")
FEWEST = 2  # people behind a paired comparison


def asked_blocks(data: LearningData) -> dict[str, Any]:
    """Describe all that people were asked beside the trials.

    Parameters
    ----------
    data : LearningData
        Of whom only those with trials count.

    Returns
    -------
    dict
        Entries of the block ``"behaviour"``: ``"calibration"``, ``"screening"``, ``"ratings"``,
        ``"awareness"``, each None where it was not asked.
    """
    asked = data.asked.of(data.trials.subject.tolist())
    people = asked.participants
    return {
        "calibration": _calibration(asked.calibration, people),
        "screening": None if people is None else _screening(people),
        "ratings": None if asked.ratings is None else _ratings(asked.ratings),
        "awareness": None if people is None else _awareness(people, data),
    }


def _calibration(steps: pd.DataFrame | None, people: pd.DataFrame | None) -> dict[str, Any] | None:
    """Give the temperatures found: by the rule where the steps are there, else as they are told."""
    if steps is not None:
        found = {
            name: find_temperatures(own["temperature"], own["rating"])
            for name, own in steps.groupby(SUBJECT, sort=True)
        }
        table = pd.DataFrame.from_dict(found, orient="index", columns=list(TEMPERATURES))
    elif people is not None:
        told = people.set_index(SUBJECT)
        table = pd.DataFrame({name: told[f"{name}_temperature"] for name in TEMPERATURES})
    else:
        return None
    if table.isna().all(axis=None):
        return None
    both = table.dropna()
    return {
        "from": "steps" if steps is not None else "participants",
        "rule": {"baseline": BASELINE, "exacerbation": EXACERBATION},
        "steps": None if steps is None else len(steps),
        "subjects": [str(name) for name in table.index],
        "temperatures": {name: _described(table[name]) for name in TEMPERATURES},
        "reached": count_share(table["exacerbation"].notna()).to_dict(),
        "paired": _compared(both["exacerbation"], both["baseline"], TEMPERATURES[::-1])
        if len(both) >= FEWEST
        else None,
    }


def _screening(people: pd.DataFrame) -> dict[str, Any] | None:
    """Count who finds the decrease pleasant, and name who does not."""
    told = people.dropna(subset=["decrease_is"])
    if told.empty:
        return None
    how = people["decrease_pleasantness"]
    return {
        "pleasant": count_share(told["decrease_is"]).to_dict(),
        "unpleasant": sorted(told[SUBJECT][told["decrease_is"] == 0]),
        "not_asked": len(people) - len(told),
        "pleasantness": _described(how) if how.notna().any() else None,
    }


def _ratings(table: pd.DataFrame) -> dict[str, Any]:
    scales = [name for name in SCALES if name in table]
    wide = {name: table.pivot(index=SUBJECT, columns=list(LEVELS), values=name) for name in scales}
    means = [
        {**dict(zip(LEVELS, key, strict=True)), "scale": scale, **_described(wide[scale][key])}
        for scale in scales
        for key in _in_order(wide[scale])
    ]
    paired = [row for scale in scales for row in _questions(scale, wide[scale])]
    adjusted = holm([row["p"] for row in paired])
    return {
        "means": means,
        "paired": [row | {"p_holm": p} for row, p in zip(paired, adjusted, strict=True)],
    }


def _in_order(wide: pd.DataFrame) -> list[tuple[str, ...]]:
    order = {word: place for words in LEVELS.values() for place, word in enumerate(words)}
    keys = [key for key in wide.columns if wide[key].notna().any()]
    return sorted(keys, key=lambda key: [order[word] for word in key])


def _questions(scale: str, wide: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Compare changes with the baseline, treated with untreated skin, before with after."""
    for kind, first, second in _pairs():
        if first not in wide or second not in wide:
            continue
        both = wide[[first, second]].dropna()
        if len(both) < FEWEST:
            continue
        (a, b), shared = _names(first, second)
        where = ", ".join(f"{word} skin" if word in LEVELS["skin"] else word for word in shared)
        yield {
            "kind": kind,
            "scale": scale,
            "question": f"Does {scale} differ between {a} and {b} ({where})?",
            **_compared(both[first], both[second], (a, b)),
        }


def _pairs() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Name what is compared; the first two kinds before the experiment, nothing learned yet."""
    for change in ("increase", "decrease"):
        yield "change", ("before", "treated", change), ("before", "treated", "baseline")
    for change in LEVELS["change"]:
        yield "skin", ("before", "treated", change), ("before", "untreated", change)
    for change in LEVELS["change"]:
        yield "time", ("after", "treated", change), ("before", "treated", change)


def _names(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[tuple[str, str], list[str]]:
    """Split what differs from what both share."""
    pairs = list(zip(first, second, strict=True))
    ((a, b),) = [(a, b) for a, b in pairs if a != b]
    return (a, b), [a for a, b in pairs if a == b]


def _awareness(people: pd.DataFrame, data: LearningData) -> dict[str, Any] | None:
    """Count who could report the contingency; and what those who could not prefer."""
    told = people.dropna(subset=["aware"])
    if told.empty:
        return None
    return {
        **count_share(told["aware"]).to_dict(),
        "not_asked": len(people) - len(told),
        "unaware": _unaware(set(told[SUBJECT][told["aware"] == 0]), data.preferences),
    }


def _unaware(names: set[str], choices: pd.DataFrame | None) -> dict[str, Any] | None:
    if choices is None:
        return None
    own = choices[choices[SUBJECT].isin(names)]
    if own.empty:
        return None
    found = preference_scores(own)
    means = found.wins.mean(axis=0).tolist()
    tests = [
        {"a": t.names[0], "b": t.names[1], "statistic": t.statistic, "p": t.p_value, "n": t.n}
        for t in found.tests
    ]
    return {
        "n": len(found.subjects),
        "scores": dict(zip(found.cues, means, strict=True)),
        "tests": tests,
    }


def _described(values: pd.Series) -> dict[str, Any]:
    known: Floats = values.dropna().to_numpy(np.float64)
    return {
        "mean": float(known.mean()) if len(known) else None,
        "se": float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None,
        "n": len(known),
        "values": [None if np.isnan(v) else float(v) for v in values],
    }


def _compared(first: pd.Series, second: pd.Series, names: tuple[str, str]) -> dict[str, Any]:
    found = compare_paired(first.to_numpy(np.float64), second.to_numpy(np.float64), names)
    return {
        "a": found.names[0],
        "b": found.names[1],
        "mean_a": found.means[0],
        "mean_b": found.means[1],
        "difference": found.difference,
        "ci95": list(found.ci95),
        "p": found.p_value,
        "n": found.n,
    }
