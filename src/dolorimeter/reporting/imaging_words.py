"""The words of an imaging report: what was asked, what a map shows, what was not done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block, counted
from .formats import is_absent, number, plain
from .learning_views import parameter_words
from .learning_words import listed, lower_first, model_name

Results = Mapping[str, Any]


def question(results: Results) -> str:
    """Say what was asked of the data.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    str
        One sentence.
    """
    subjects = block(results, "data").get("subjects") or ()
    whose = counted(len(subjects), "subject") if subjects else "the subjects"
    asked = [plain(entry.get("name") or "") for entry in results.get("contrasts") or ()]
    named = listed(name for name in asked if name)
    what = f"the contrasts {named}" if named else "what a model of learning says of every trial"
    by = f", by {learned}" if (learned := model(results)) else ""
    return f"where does the brain signal of {whose} follow {what}{by}?"


def model(results: Results) -> str:
    """Name the model of learning with its parameters.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    str
        Such as ``"temporal difference (alpha 0.3)"``; empty where there is none.
    """
    learning = block(results, "learning")
    if not (learning.get("model") or learning.get("label")):
        return ""
    name = lower_first(model_name(plain(learning.get("model") or ""), learning.get("label")))
    words = parameter_words(block(learning, "parameters"))
    return f"{name} ({words})" if words else name


def cluster_p(group: Results) -> str:
    """Write the uncorrected threshold.

    Parameters
    ----------
    group : mapping
        The results' ``group``.

    Returns
    -------
    str
        Such as ``"p < 0.001 uncorrected"``.
    """
    p = group.get("cluster_p")
    return f"p < {'0.001' if is_absent(p) else f'{p:g}'} uncorrected"


def drawn_words(group: Results, entry: Results, threshold: float | None) -> str:
    """Say what is colored and what is outlined on a map.

    Parameters
    ----------
    group, entry : mapping
        The results' ``group`` and one of its ``maps``.
    threshold : float or None
        Of t, below which voxels are not drawn; None where all are.

    Returns
    -------
    str
        Sentences for the caption.
    """
    return f"{colored_words(group, threshold)} {_outlined(entry)}"


def colored_words(group: Results, threshold: float | None) -> str:
    """Say what the colors of a map of t are: the tested direction, and the opposite one.

    Parameters
    ----------
    group : mapping
        The results' ``group``.
    threshold : float or None
        Of t, below which voxels are not drawn; None where all are.

    Returns
    -------
    str
        Sentences for the caption.
    """
    if threshold is None:
        return f"The t that stands for {cluster_p(group)} is not known: nothing is cut off."
    direction = plain(group.get("direction") or "")
    t = number(threshold, 2)
    return (
        f"Red: {cluster_p(group)} in the direction tested{f' ({direction})' if direction else ''}, "
        f"t at least {t}. Blue: the opposite direction, t at most −{t}, uncorrected "
        "and not tested in this map."
    )


def _outlined(entry: Results) -> str:
    """Say what is outlined: the corrected threshold is one-sided, and so is its line."""
    fwe, n = entry.get("threshold_fwe_t"), entry.get("n_fwe")
    if is_absent(fwe):
        few = "too few rearrangements exist for a family-wise p of 0.05"
        why = "no family-wise correction was computed" if is_absent(n) else few
        return f"Nothing is outlined: {why}."
    many = "" if n is None or is_absent(n) else f": {counted(n, 'voxel') if n else 'no voxel'}"
    return (
        "Outlined: family-wise p ≤ 0.05 over the brain in the direction tested, t above "
        f"{number(fwe, 2)}{many}."
    )


def not_done(results: Results) -> list[str]:
    """Say what the results do not hold, and what that leaves open.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of str
        One sentence each; never empty, for some things are never done.
    """
    group, design, maps = (block(results, name) for name in ("group", "design", "model_maps"))
    compared = maps.get("comparison")
    gaps = {
        "No group test was made.": not group.get("maps"),
        "Family-wise error was not controlled by permutation: peaks outside the a-priori regions "
        "are carried by nothing.": bool(group.get("maps")) and not group.get("permutations"),
        "Threshold-free cluster enhancement was not computed.": bool(group.get("maps"))
        and not group.get("tfce"),
        "Variance inflation of the design was not computed.": not design.get("variance_inflation"),
        "Overlap between contrasts was not examined.": not group.get("overlap"),
        "Time courses by trial type were not estimated.": not results.get("timecourses"),
        "The learning rate was assumed, not sought in the brain.": not maps.get("regions"),
        "Models were not compared in the brain on runs left out.": not compared,
    }
    never = (
        "The map of a model’s error shows where the signal goes with it, not that the region "
        "computes it.",
        "From activity in a region nothing is inferred about what a person felt.",
        "Peaks were not checked against each person’s own anatomy.",
    )
    return [*(sentence for sentence, missing in gaps.items() if missing), *never]
