"""What a learning study did, and the sentences it asks to have judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dolorimeter.audit import Facts, Proposition, Test

Content = Mapping[str, Any]
LEVEL = 0.05
BEFOREHAND = "with the learning rate fixed beforehand"
SEARCHED = "with the learning rate searched for, and the search repeated in the null"
REUSED = "with the learning rate chosen by this same correlation, tested as if it were given"


def analyses(content: Content) -> list[tuple[Facts, tuple[Proposition, ...]]]:
    """State the facts of a run and the sentences to be judged, measure by measure.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json, the claim still missing.

    Returns
    -------
    list of (Facts, tuple of Proposition)
        For :func:`dolorimeter.audit.audit_study`.
    """
    made = []
    for measure, criterion in content["criterion"].items():
        made += [
            _beforehand(measure, criterion),
            _searched(content, measure, criterion),
            _reused(measure, criterion),
        ]
    made += [_compared(measure, block) for measure, block in content["comparison"].items()]
    return made or [(_facts("the run"), ())]


def _facts(label: str, **known: Any) -> Facts:
    measured = {"fitted_outside", "null", "exchanged", "exchangeable", "result"} & set(known)
    return Facts(
        label=label,
        signal="trial-wise measures",
        pain=True,
        objective="association",
        whom="same-subjects",
        timing="after-the-fact",
        measured=frozenset(measured),
        **known,
    )


def _null(content: Content, criterion: Content) -> dict[str, Any]:
    if not content["design"]["permutations"]:
        return {"null": "none"}
    return {
        "null": "relabelling",
        "exchanged": criterion["exchanged"],
        "exchangeable": True,
    }


def _clean(outside: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "fitted_outside": outside,
        "target_in_features": (),
        "duplicates": 0,
        "folds_agree": True,
    }


def _beforehand(measure: str, criterion: Content) -> Any:
    fixed = criterion["default"]
    facts = _facts(
        f"{measure}, {BEFOREHAND}", **_clean(),
        result=Test(fixed["r"], 0.0, fixed["p"], metric="correlation within subjects"),
    )  # fmt: skip
    said = f"{measure} follows the model's values within subjects, {BEFOREHAND}"
    shown = None if fixed["p"] is None else fixed["p"] < LEVEL
    evidence = f"r = {fixed['r']:.3f}, t test over subjects {p_words(fixed['p'])}"
    return facts, (Proposition(said, ("K5",), shown, evidence),)


def _searched(content: Content, measure: str, criterion: Content) -> Any:
    p = criterion["p_search"]
    facts = _facts(
        f"{measure}, {SEARCHED}", **_clean(), **_null(content, criterion),
        result=Test(criterion["r"], None, p, metric="correlation within subjects"),
    )  # fmt: skip
    identified = bool(criterion["identified"])
    said = f"{measure} follows the model's values within subjects, {SEARCHED}"
    evidence = f"r = {criterion['r']:.3f} at {criterion['alpha']:.2f}, {p_words(p)}"
    interval = criterion["ci95"]
    where = "" if interval is None else f" (95 % interval {interval[0]:.2f} to {interval[1]:.2f})"
    known = f"the learning rate of {measure} is known to be near {criterion['alpha']:.2f}{where}"
    return facts, (
        Proposition(said, ("K5", "V1"), None if p is None else p < LEVEL, evidence),
        Proposition(known, ("K5",), identified, criterion["reason"].rstrip(".")),
    )


def _reused(measure: str, criterion: Content) -> Any:
    outside = ("the learning rate, chosen by the correlation that it is then tested with",)
    facts = _facts(f"{measure}, {REUSED}", **_clean(outside))
    said = f"{measure} follows the model's values, {REUSED}"
    evidence = f"naive {p_words(criterion['p'])}"
    return facts, (Proposition(said, ("K5",), True, evidence),)


def _compared(measure: str, block: Content) -> Any:
    facts = _facts(f"{measure}, comparison of models", **_clean())
    best = max(range(len(block["models"])), key=lambda i: block["protected"][i])
    probability = block["protected"][best]
    said = f"most people's {measure} is best described by {block['models'][best]}"
    evidence = f"protected exceedance probability {probability:.3f}, by {block['evidence']}"
    return facts, (Proposition(said, ("K5",), probability > 1 - LEVEL, evidence),)


def p_words(value: float | None) -> str:
    """Write a p-value.

    Parameters
    ----------
    value : float or None
        None: not tested.

    Returns
    -------
    str
        ``"p = 0.012"``, ``"p < 0.001"`` or ``"p not tested"``.
    """
    if value is None:
        return "p not tested"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
