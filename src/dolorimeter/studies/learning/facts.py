"""What a learning study did, and the sentences it asks to have judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dolorimeter.audit import Facts, Proposition, Test
from dolorimeter.studies.words import p_words

from .asked_facts import asked_propositions
from .data import PREFERENCE
from .drift import DRIFT, LEAST_KEPT

Content = Mapping[str, Any]
LEVEL = 0.05
BEFOREHAND = "with the learning rate fixed beforehand"
SEARCHED = "with the learning rate searched for, and the search repeated in the null"
TOO_FEW = "too few trials to take a drift out"
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
    made += [
        _compared(measure, block, content["design"])
        for measure, block in content["comparison"].items()
    ]
    made += [
        (_facts(label, **_clean()), (proposition,))
        for label, proposition in asked_propositions(content)
    ]
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
    """Say which null: trials of one cue count as exchangeable only where the user says so."""
    design = content["design"]
    if not design["permutations"]:
        return {"null": "none"}
    sound = True if design["exchange"] == "signs" or design["exchange_declared"] else None
    return {"null": "relabelling", "exchanged": criterion["exchanged"], "exchangeable": sound}


def _clean(outside: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "fitted_outside": outside,
        "target_in_features": (),
        "duplicates": 0,
        "folds_agree": True,
    }


def _beforehand(measure: str, criterion: Content) -> Any:
    steady = criterion["without_drift"]
    r, p = (None, None) if steady is None else (steady["default"]["r"], steady["p_holm"])
    kept = 0.0 if steady is None else steady["default"]["kept"]
    facts = _facts(
        f"{measure}, {BEFOREHAND}", **_clean(),
        result=Test(r, 0.0, p, metric="correlation within subjects"),
    )  # fmt: skip
    evidence = _evidence(r, "", f"t test over subjects {p_words(p)}", kept)
    said = f"{_follows(measure, criterion)}, {BEFOREHAND}"
    return facts, (Proposition(said, ("K5",), _shown(p, kept), evidence),)


def _searched(content: Content, measure: str, criterion: Content) -> Any:
    steady = criterion["without_drift"]
    r, p = (None, None) if steady is None else (steady["r"], steady["p_search_holm"])
    kept = 0.0 if steady is None else steady["kept"]
    facts = _facts(
        f"{measure}, {SEARCHED}", **_clean(), **_null(content, criterion),
        result=Test(r, None, p, metric="correlation within subjects"),
    )  # fmt: skip
    said = f"{_follows(measure, criterion)}, {SEARCHED}"
    at = "" if steady is None else f" at {steady['alpha']:.2f}"
    return facts, (
        Proposition(said, ("K5", "V1"), _shown(p, kept), _evidence(r, at, p_words(p), kept)),
        _near(measure, criterion, _shown(p, kept)),
    )


def _near(measure: str, criterion: Content, follows: bool | None) -> Proposition:
    """Say where the learning rate is: only if the measure follows at all, drift taken out."""
    steady = criterion["without_drift"]
    if steady is None:
        said = f"the learning rate of {measure} is known"
        return Proposition(said, ("K5", "V1"), None, TOO_FEW)
    interval = steady["ci95"]
    where = "" if interval is None else f" (95 % interval {interval[0]:.2f} to {interval[1]:.2f})"
    said = f"the learning rate of {measure} is known to be near {steady['alpha']:.2f}{where}"
    shown = None if follows is None else follows and bool(criterion["identified"])
    evidence = steady["reason"].rstrip(".")
    if not criterion["identified"]:
        reason = criterion["reason"].rstrip(".")
        drift = reason.startswith("With a drift")
        evidence = reason.lower() if drift else f"before a drift is taken out, {reason}"
    elif follows is False:
        evidence = "that the measure follows the model at all is not shown"
    return Proposition(said, ("K5", "V1"), shown, evidence)


def _reused(measure: str, criterion: Content) -> Any:
    outside = ("the learning rate, chosen by the correlation that it is then tested with",)
    facts = _facts(f"{measure}, {REUSED}", **_clean(outside))
    said = f"{_follows(measure, criterion)}, {REUSED}"
    return facts, (Proposition(said, ("K5",), True, f"naive {p_words(criterion['p'])}"),)


def _compared(measure: str, block: Content, design: Content) -> Any:
    facts = _facts(f"{measure}, comparison of models", **_clean())
    best = max(range(len(block["models"])), key=lambda i: block["protected"][i])
    probability, name = block["protected"][best], block["models"][best]
    said = (
        f"of the {len(block['models'])} candidates compared, {name} describes the {measure} of "
        "more people than any other"
    )
    evidence = f"protected exceedance probability {probability:.3f}, by {block['evidence']}"
    if measure != PREFERENCE and not set(DRIFT) <= set(design["nuisance"]):
        evidence += ", no drift over trials taken out"
    return facts, (Proposition(said, ("K5",), probability > 1 - LEVEL, evidence),)


def _follows(measure: str, criterion: Content) -> str:
    return (
        f"the measure {measure} follows the {criterion['regressor']} of {criterion['model']} "
        "within subjects"
    )


def _evidence(r: float | None, at: str, tested: str, kept: float) -> str:
    if r is None:
        return TOO_FEW
    said = f"r = {r:.3f}{at} with a drift over trials taken out, {tested} (Holm over measures)"
    if kept < LEAST_KEPT:
        said += f"; only {100 * kept:.1f} % of the values' variance is no drift, too little to tell"
    return said


def _shown(p: float | None, kept: float) -> bool | None:
    return None if p is None else p < LEVEL and kept >= LEAST_KEPT
