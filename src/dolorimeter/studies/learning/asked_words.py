"""Sentences of the summary and the methods about what people were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.studies.words import p_words

Content = Mapping[str, Any]


def asked_sentences(behaviour: Content) -> Iterator[str]:
    """Say what people told beside the trials.

    Parameters
    ----------
    behaviour : mapping
        The block ``"behaviour"``.

    Yields
    ------
    str
        Plain sentences; none of what was not asked.
    """
    for name, say in (
        ("calibration", _calibrated),
        ("screening", _screened),
        ("ratings", _rated),
        ("awareness", _aware),
    ):
        if behaviour[name] is not None:
            yield from say(behaviour[name])


def share_words(row: Content) -> str:
    """Write a share of people with its interval.

    Parameters
    ----------
    row : mapping
        ``yes``, ``n``, ``ci95``.

    Returns
    -------
    str
        Such as ``"4 of 14 people (exact 95 % interval 8 to 58 %)"``.
    """
    low, high = (100 * end for end in row["ci95"])
    return f"{row['yes']} of {row['n']} people (exact 95 % interval {low:.0f} to {high:.0f} %)"


def _calibrated(row: Content) -> Iterator[str]:
    found = row["temperatures"]
    told = ", ".join(
        f"{name} {found[name]['mean']:.1f} °C ({found[name]['n']} people)"
        for name in found
        if found[name]["n"]
    )
    how = "found by steps" if row["from"] == "steps" else "as recorded"
    yield f"Temperatures {how}, mean: {told}."


def _screened(row: Content) -> Iterator[str]:
    yield f"Screening: {share_words(row['pleasant'])} called the decrease of pain pleasant."
    if row["unpleasant"]:
        names = ",".join(row["unpleasant"])
        yield (
            f"The decrease was unpleasant to {', '.join(row['unpleasant'])}, for whom models still "
            f"count it as relief: look at the results with --leave-out {names} as well."
        )


def _rated(block: Content) -> Iterator[str]:
    rows = [row for row in block["paired"] if row["kind"] == "change"]
    if rows:
        told = "; ".join(
            f"{row['scale']} {row['a']} {row['mean_a']:.1f} against {row['b']} {row['mean_b']:.1f} "
            f"({p_words(row['p_holm'])})"
            for row in rows
        )
        yield (
            f"Ratings on treated skin before the experiment: {told}; signed-rank tests, adjusted "
            f"over all {len(block['paired'])} comparisons of ratings."
        )


def _aware(row: Content) -> Iterator[str]:
    yield f"Awareness: {share_words(row)} could report what followed which cue."


def asked_methods(behaviour: Content) -> list[str]:
    """Write the methods of what people were asked.

    Parameters
    ----------
    behaviour : mapping
        The block ``"behaviour"``.

    Returns
    -------
    list of str
        One paragraph, or none.
    """
    said = []
    calibration, ratings = behaviour["calibration"], behaviour["ratings"]
    if calibration is not None and calibration["from"] == "steps":
        rule = calibration["rule"]
        said.append(
            f"Temperatures were those of the first step rated at least {rule['baseline']:g} of 10 "
            f"(baseline) and, from there, at least {rule['exacerbation']:g} (exacerbation)."
        )
    if ratings is not None and ratings["paired"]:
        said.append(
            "Ratings were compared within people by Wilcoxon's signed-rank test, exact, adjusted "
            f"over {len(ratings['paired'])} comparisons (Holm)."
        )
    if behaviour["screening"] is not None or behaviour["awareness"] is not None:
        said.append("Shares of people carry exact intervals (Clopper and Pearson).")
    return [" ".join(said)] if said else []
