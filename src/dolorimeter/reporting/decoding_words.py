"""The words of a decoding report: what was asked, how it was done, what was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .formats import count, interval, is_absent, number, p_value, plain
from .words import metric

Results = Mapping[str, Any]
WHOM: Mapping[str, str] = {
    "same-subjects": "in the people the model was trained on",
    "new-stays": "in new stays of known patients",
    "new-subjects": "in people the model has not seen",
    "new-groups": "in groups of people the model has not seen",
}
TIMING: Mapping[str, str] = {"live": "live", "after-the-fact": "after the fact"}
NORMALIZATION: Mapping[str, str] = {
    "sample": "every sample standardized over its own features (mean 0, deviation 1)",
    "none": "features as they are, amplitude kept",
    "time": "features standardized over time or trials",
}
ESTIMATOR: Mapping[str, str] = {
    "lda": "linear discriminant analysis",
    "ridge": "ridge regression",
}
AT_LEAST_TWO = 2  # how samples keep "several, nobody knows how many"


def block(results: Results, name: str) -> Results:
    """Return a block of the results, empty where the run has none.

    Parameters
    ----------
    results : mapping
        The content of ``results.json`` or a block of it.
    name : str
        Key of the block.

    Returns
    -------
    mapping
        Never None.
    """
    return results.get(name) or {}


def counted(n: Any, noun: str) -> str:
    """Write a count with its noun.

    Parameters
    ----------
    n : int
        How many.
    noun : str
        Its singular.

    Returns
    -------
    str
        Such as ``"1 fold"`` or ``"90 folds"``.
    """
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count(n)} {noun if n == 1 else plural}"


def trials_words(least: Any, most: Any) -> str:
    """Write how many trials stand behind a sample.

    Parameters
    ----------
    least, most : int or None
        Of the samples; 2 stands for any number above one.

    Returns
    -------
    str
        Such as ``"1"``, ``"2 or more"`` or ``"4 to 12"``.
    """
    if most == AT_LEAST_TWO:
        return f"{'1, ' if least == 1 else ''}2 or more"
    return count(most) if least in (None, most) else f"{count(least)} to {count(most)}"


def one_trial(results: Results) -> bool:
    """Tell whether every sample is known to be a single trial.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    bool
        False where it is an average, or nobody knows.
    """
    behind = block(block(results, "data"), "trials_behind")
    return behind.get("most") == 1 and not behind.get("unknown")


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
    data, design = block(results, "data"), block(results, "design")
    target = block(data, "target")
    name = plain(target.get("name") or "")
    classes = " or ".join(plain(c) for c in target.get("class_names") or ())
    what = f"{name} ({classes})" if name and classes else name or classes or "the target"
    features = data.get("features")
    source = f"the {count(features)} features of a sample" if features else "a sample"
    whom = WHOM.get(design.get("whom") or "", "")
    when = TIMING.get(design.get("timing") or "", "")
    tail = ", ".join(part for part in (whom, when) if part)
    if design.get("objective") == "signature":
        asked = f"does the pattern of {source}, and not its amplitude, tell {what}"
    else:
        asked = f"can {what} be predicted from {source}"
    return f"{asked}{', ' if tail else ''}{tail}?"


def score_sentence(score: Results) -> str:
    """Write a score with its interval and its null.

    Parameters
    ----------
    score : mapping
        A score of the results: ``metric``, ``value``, ``ci95``, ``null_mean``, ``p``, ….

    Returns
    -------
    str
        Without a full stop; empty where there is no score.
    """
    if is_absent(score.get("value")):
        return ""
    said = f"{metric(score.get('metric') or 'score')} {number(score['value'])}"
    notes = []
    if not is_absent(score.get("n")):
        notes.append(f"{count(score['n'])} test samples")
    if score.get("ci95"):
        notes.append(f"95 % interval {interval(score['ci95'])}")
    if not is_absent(score.get("null_mean")):
        notes.append(f"mean under relabelling {number(score['null_mean'])}")
    if not is_absent(score.get("p")):
        p = p_value(score["p"]).replace(" ", "\u00a0")
        notes.append(f"p\u00a0{p}" if p.startswith("<") else f"p\u00a0=\u00a0{p}")
    return f"{said} ({', '.join(notes)})" if notes else said


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
    compared = block(results, "comparators")
    number_target = block(block(results, "data"), "target").get("kind") == "number"
    gaps = {
        "No score was computed.": is_absent(block(results, "accuracy").get("value")),
        "No null by relabelling was made: nothing tells the score from luck.": is_absent(
            block(results, "accuracy").get("null_mean")
        ),
        "Bulk amplitude alone was not tried (N5).": not compared.get("bulk_amplitude"),
        "The mass-univariate map was not made (N5).": not compared.get("univariate"),
        "Whether amplitude survives the normalization was not tested (N4).": not compared.get(
            "residual_amplitude"
        ),
        "Other equally salient sensations were not tested, so nothing here is specific to pain "
        "(S1).": not results.get("specificity"),
        "How labelling would inflate the accuracy was not shown.": not results.get("labelling")
        and not number_target,
        "No map was kept.": not results.get("maps"),
    }
    never = (
        "Calibration and clinical utility were not examined.",
        "Nothing was tested where it would be used, nor for cause, necessity or sufficiency.",
    )
    return [*(sentence for sentence, missing in gaps.items() if missing), *never]
