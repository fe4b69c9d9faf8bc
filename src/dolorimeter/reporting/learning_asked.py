"""The parts of a learning report that hold what people told: temperatures, ratings, awareness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import figures_learning_asked, tables_learning, tables_learning_asked
from .decoding_words import block
from .formats import count, is_absent, number, percent, plain
from .learning_words import listed

Results = Mapping[str, Any]
Pairs = list[tuple[str, str]]


def told(behaviour: Results) -> dict[str, Any] | None:
    """Gather what people were asked beside the trials.

    Parameters
    ----------
    behaviour : mapping
        The results' ``behaviour``.

    Returns
    -------
    dict or None
        Figures, tables and numbers; None where nobody was asked anything.
    """
    calibration, ratings = block(behaviour, "calibration"), block(behaviour, "ratings")
    screening, awareness = block(behaviour, "screening"), block(behaviour, "awareness")
    parts = {
        "temperatures": figures_learning_asked.temperatures(calibration, _calibrated(calibration)),
        "ratings": figures_learning_asked.ratings(
            ratings.get("means") or (),
            "What each change felt like. Dots: subjects; upright: mean, over its standard error. "
            "Upper line of a row: before the experiment; lower: after. (As Fig 2 of Seymour et al. "
            "2005.)",
        ),
        "compared": tables_learning_asked.ratings(
            ratings.get("paired") or (), "Ratings compared within subjects."
        ),
        "screening": _screened(screening),
        "screened_out": listed(plain(name) for name in screening.get("unpleasant") or ()),
        "awareness": _aware(awareness),
        "unaware": tables_learning.preference_tests(
            block(awareness, "unaware").get("tests") or (),
            "Preferences of those who could not report what followed which cue: Wilcoxon "
            "signed-rank tests between their scores.",
        ),
    }
    return parts if any(parts.values()) else None


def _calibrated(calibration: Results) -> str:
    rule = block(calibration, "rule")
    if calibration.get("from") != "steps":
        return "Temperatures of every subject, as recorded. Upright: mean, over its standard error."
    return (
        "Temperatures found by steps. Baseline: the first rated at least "
        f"{number(rule.get('baseline'), 0)} of 10; exacerbation: the first from there rated at "
        f"least {number(rule.get('exacerbation'), 0)}. Dots: subjects; upright: mean, over its "
        "standard error."
    )


def _screened(screening: Results) -> Pairs:
    pairs = _share(block(screening, "pleasant"), "called the decrease pleasant")
    how = block(screening, "pleasantness").get("mean")
    if how is not None and not is_absent(how):
        pairs.append(("how pleasant, mean of 0 to 10", number(how, 1)))
    return pairs


def _aware(awareness: Results) -> Pairs:
    return _share(awareness, "could report what followed which cue")


def _share(row: Results, what: str) -> Pairs:
    if is_absent(row.get("yes")):
        return []
    pairs = [(what, f"{count(row['yes'])} of {count(row.get('n'))}")]
    ends = [end for end in row.get("ci95") or () if not is_absent(end)]
    if len(ends) == 2:
        low, high = (percent(100 * end, 0) for end in ends)
        pairs.append(("exact 95 % interval", f"{low} to {high}"))
    return pairs
