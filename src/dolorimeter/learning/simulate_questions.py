"""What people are asked besides the trials: choices, temperatures, ratings, awareness (2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from .calibration import BASELINE, STEP, find_temperatures
from .simulate_streams import stream

PAIR_REPEATS = 10
LOWEST, HIGHEST = 38.0, 50.0  # degrees Celsius; no stimulus beyond
RATED = {  # pain 0 to 10, pleasantness -10 to 10
    ("treated", "baseline"): (6.0, -4.0),
    ("treated", "increase"): (8.0, -7.0),
    ("treated", "decrease"): (3.0, 4.0),
    ("untreated", "baseline"): (1.5, -1.0),
    ("untreated", "increase"): (3.0, -2.0),
    ("untreated", "decrease"): (0.5, 0.5),
}
AWARE = 4 / 14
FINDS_PLEASANT = 0.9


def draw_choices(
    values: Mapping[str, float], inverse_temperature: float, seed: int, subject: str
) -> pd.DataFrame:
    """Let one person choose between the cues, each pair ten times, five on each side.

    The probability of a cue is ``1 / (1 + exp(-b (v - v of the other)))``: a softmax of two.

    Parameters
    ----------
    values : mapping of str to float
        Final value of each cue.
    inverse_temperature : float
        The b above; 0: at random.
    seed : int
        Of the study.
    subject : str
        Who chooses.

    Returns
    -------
    DataFrame
        Columns ``subject``, ``trial``, ``first`` (left), ``second`` (right), ``chosen``.
    """
    rng = stream(seed, "choices", subject)
    pairs = [
        pair[::-1] if repeat % 2 else pair
        for pair in combinations(values, 2)
        for repeat in range(PAIR_REPEATS)
    ]
    offered = [pairs[i] for i in rng.permutation(len(pairs))]
    drawn = rng.random(len(offered))
    rows = [
        (first, second, first if share < expit(inverse_temperature * gain) else second)
        for (first, second), share, gain in (
            (pair, share, values[pair[0]] - values[pair[1]])
            for pair, share in zip(offered, drawn, strict=True)
        )
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "chosen"], dtype="str")
    table.insert(0, "subject", subject)
    table.insert(1, "trial", np.arange(1, len(rows) + 1))
    return table


def draw_calibration(seed: int, subject: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Find one person's temperatures by steps of 0.5 °C.

    Parameters
    ----------
    seed : int
        Of the study.
    subject : str
        Whose.

    Returns
    -------
    table : DataFrame
        Columns ``subject``, ``step``, ``temperature`` (°C), ``rating`` (0 to 10).
    found : dict
        ``baseline_temperature``, the first rated at least 6, and ``exacerbation_temperature``, the
        first from there rated at least 8 (°C; NaN where none was within 50 °C), and the truth:
        ``true_baseline`` (°C at which 6 is expected) and ``slope`` (1/°C).
    """
    rng = stream(seed, "calibration", subject)
    center, slope = 44.0 + rng.standard_normal(), 1.1 * np.exp(0.2 * rng.standard_normal())
    temperatures = np.arange(LOWEST, HIGHEST + STEP / 2, STEP)
    noise = 0.3 * rng.standard_normal(len(temperatures))
    rating = np.clip(BASELINE + slope * (temperatures - center) + noise, 0, 10).round(1)
    found, beyond = find_temperatures(temperatures, rating)
    # The steps end where the exacerbation is found.
    n_steps = len(rating) if np.isnan(beyond) else int((temperatures <= beyond).sum())
    table = pd.DataFrame(
        {
            "subject": subject,
            "step": np.arange(1, n_steps + 1),
            "temperature": temperatures[:n_steps],
            "rating": rating[:n_steps],
        }
    )
    return table, {
        "baseline_temperature": found,
        "exacerbation_temperature": beyond,
        "true_baseline": float(center),
        "slope": float(slope),
    }


def draw_ratings(seed: int, subject: str) -> pd.DataFrame:
    """Rate each change of temperature before and after the experiment.

    Parameters
    ----------
    seed : int
        Of the study.
    subject : str
        Whose.

    Returns
    -------
    DataFrame
        Columns ``subject``, ``when`` (before, after), ``skin`` (treated, untreated), ``change``
        (baseline, increase, decrease), ``pain`` (0 to 10), ``pleasantness`` (-10 to 10).
    """
    rng = stream(seed, "ratings", subject)
    own = rng.standard_normal(2) * (0.5, 1.0)
    rows: list[dict[str, Any]] = []
    for when in ("before", "after"):
        for (skin, change), expected in RATED.items():
            pain, pleasantness = np.array(expected) + own + rng.standard_normal(2) * (0.7, 1.4)
            rows.append(
                {
                    "subject": subject,
                    "when": when,
                    "skin": skin,
                    "change": change,
                    "pain": float(np.clip(pain, 0, 10).round(1)),
                    "pleasantness": float(np.clip(pleasantness, -10, 10).round(1)),
                }
            )
    return pd.DataFrame(rows)


def draw_debrief(seed: int, subject: str) -> dict[str, Any]:
    """Ask one person what the decrease was like, and afterwards what followed which cue.

    Parameters
    ----------
    seed : int
        Of the study.
    subject : str
        Who is asked.

    Returns
    -------
    dict
        ``decrease_is`` (pleasant, unpleasant), ``decrease_pleasantness`` (0 to 10; NaN where
        unpleasant) and ``aware`` of the contingency (4 of 14 in the paper).
    """
    screening, debrief = stream(seed, "screening", subject), stream(seed, "awareness", subject)
    pleasant = bool(screening.random() < FINDS_PLEASANT)
    how = float(np.clip(6.0 + 1.5 * screening.standard_normal(), 0, 10).round(1))
    return {
        "decrease_is": "pleasant" if pleasant else "unpleasant",
        "decrease_pleasantness": how if pleasant else float("nan"),
        "aware": bool(debrief.random() < AWARE),
    }
