"""Labelling in a decoding report: its curve and forced choice, apart from the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block, one_trial
from .figures_decoding_curves import labelling_curve
from .formats import DASH, count, is_absent, number, percent, plain

Results = Mapping[str, Any]


def labelled(results: Results) -> dict[str, Any] | None:
    """Gather what was labelled, which is not prediction.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict or None
        Figure and texts; None where nothing was labelled.
    """
    labelling = block(results, "labelling")
    forced = block(labelling, "forced_choice")
    if not (labelling.get("curve") or forced):
        return None
    by = plain(labelling.get("grouped_by") or "condition")
    noun = "trial" if one_trial(results) else "sample"
    return {
        "plate": labelling_curve(
            labelling,
            f"Labelling accuracy when test {noun}s are averaged by {by} in groups of m. Diamonds: "
            f"measured, with 95 % intervals; dashed: closed form from the d′ of single {noun}s; "
            f"circle: the accuracy on single {noun}s, where the curve starts.",
            noun,
        ),
        "noun": noun,
        "dprime": number(labelling.get("dprime")),
        "forced": forced
        and f"Forced choice between two {_forced_samples(forced, noun)}: "
        f"{percent(100 * forced['accuracy']) if not is_absent(forced.get('accuracy')) else DASH} "
        f"of {count(forced.get('pairs'))} pairs. It is no accuracy of single predictions (K4).",
        "note": plain(labelling.get("note") or ""),
    }


def _forced_samples(forced: Results, noun: str) -> str:
    return f"single {noun}s, one of each class" if forced.get("m") == 1 else "grouped samples"
