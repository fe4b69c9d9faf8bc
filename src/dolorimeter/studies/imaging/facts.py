"""What an imaging study did, and the sentences it asks to have judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dolorimeter.audit import Facts, Proposition, Test
from dolorimeter.studies.words import p_words

from .words import at_words, contrast_words, listed, more_words

Content = Mapping[str, Any]
Analysis = tuple[Facts, tuple[Proposition, ...]]
LEVEL = 0.05
SAME_RUNS = "the learning rate, by the same runs that then tell how well it fits"


def analyses(content: Content) -> list[Analysis]:
    """State the facts of a run and the sentences to be judged.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json, the claim still missing.

    Returns
    -------
    list of (Facts, tuple of Proposition)
        For :func:`dolorimeter.audit.audit_study`.
    """
    group = content["group"]
    made: list[Analysis] = [_limits(content)]
    for found in group["maps"]:
        name = found["contrast"]
        made.append(_unless_uncovered(content, _brain(content, found), name))
        if found["regions"]:
            made.append(_unless_uncovered(content, _regions(content, found), name))
    made += [
        _unless_uncovered(content, _overlap(content, pair), pair["first"], pair["second"])
        for pair in group["overlap"]
    ]
    return made + _model_maps(content)


def _facts(content: Content, label: str, **known: Any) -> Facts:
    measured = {"null", "exchanged", "result", "fitted_outside"} & set(known)
    clean: dict[str, Any] = {"target_in_features": (), "duplicates": 0, "folds_agree": True}
    return Facts(
        label=label,
        signal="BOLD",
        pain=content["design"]["pain"],
        objective="association",
        whom="same-subjects",
        timing="after-the-fact",
        intervention=False,
        tested_in_use=False,
        measured=frozenset(measured),
        **clean,
        **known,
    )  # fmt: skip


def _limits(content: Content) -> Analysis:
    """Ask for what a correlation is often taken for, so that the answer stands in the claim."""
    maps = content["group"]["maps"]
    best = max(maps, key=lambda found: found["largest_t"])
    facts = _facts(
        content, "the study", claims=("cause", "reverse-inference"), fitted_outside=(),
        **_null(content, *(found["contrast"] for found in maps)),
        result=_result(content, "brain", best["largest_t"], best["p_brain_adjusted"]),
    )  # fmt: skip
    return facts, ()


def _null(content: Content, *contrasts: str) -> dict[str, Any]:
    """Say what was exchanged; nothing is known of maps that speak against exchanging them."""
    group = content["group"]
    if not group["permutations"]:
        return {"null": "none"}
    own = [found["exchangeable"] for found in group["maps"] if found["contrast"] in contrasts]
    sound = True if all(own) else None
    return {"null": "relabelling", "exchanged": group["exchanged"], "exchangeable": sound}


def _result(content: Content, search: str, t: float | None, p: float | None) -> Test:
    """Give a height with the mean of the largest t under flips."""
    where = {"brain": "voxels", "regions": "regions"}[search]
    return Test(t, content["group"]["null_mean"][search], p, metric=f"largest t over {where}")


def _could(content: Content, search: str) -> str:
    """Say so where no effect could have been shown; empty where one could."""
    least = content["group"]["smallest_p"][search]
    if least is None or least <= LEVEL:
        return ""
    n = content["group"]["subjects"]
    few = "exchanges of" if content["group"]["exact"] else "exchanges drawn for"
    return f"could not have been shown, with the {few} {n} people the smallest p is {least:.3g}; "


def _brain(content: Content, found: Content) -> Analysis:
    p = found["p_brain_adjusted"]
    facts = _facts(
        content, f"{found['contrast']}, whole brain", fitted_outside=(),
        **_null(content, found["contrast"]),
        result=_result(content, "brain", found["largest_t"], p),
    )  # fmt: skip
    over = f"family-wise over voxels and {_families(content)}"
    evidence = (
        f"{_could(content, 'brain')}{over} {p_words(p)}, largest {at_words(found['highest'])}"
    )
    said = f"somewhere in the brain BOLD followed {_what(content, found['contrast'])}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(content, "brain", p), evidence),)


def _what(content: Content, contrast: str) -> str:
    return contrast_words(content, contrast) + more_words(content)


def _regions(content: Content, found: Content) -> Analysis:
    tested = [row for row in found["regions"] if row["p_svc_adjusted"] is not None]
    shown = [row for row in tested if row["p_svc_adjusted"] <= LEVEL]
    best = max(tested, key=lambda row: row["t"], default=None)
    p = min((row["p_svc_adjusted"] for row in tested), default=None)
    facts = _facts(
        content, f"{found['contrast']}, a-priori regions", fitted_outside=(),
        **_null(content, found["contrast"]),
        result=_result(content, "regions", None if best is None else best["t"], p),
    )  # fmt: skip
    names = listed([row["region"] for row in shown])
    n = len(found["regions"])
    any_of = f"any of {n} regions" if n > 1 else f"{found['regions'][0]['region']}, the one region"
    where = f"in {names}" if shown else f"in {any_of} named before"
    each = "; ".join(
        f"{row['region']} {p_words(row['p_svc_adjusted'])}, {at_words(row)}" for row in shown
    )
    voxels = f"voxels of all {n} regions" if n > 1 else "voxels of the region"
    words = f"{_could(content, 'regions')}family-wise over {voxels} and {_families(content)}"
    highest = "" if best is None else f", largest {best['region']} {at_words(best)}"
    evidence = f"{words}: {each}" if shown else f"{words}, smallest {p_words(p)}{highest}"
    said = f"{where} BOLD followed {_what(content, found['contrast'])}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(content, "regions", p), evidence),)


def _overlap(content: Content, pair: Content) -> Analysis:
    p = pair["p_conjunction"]
    search = "brain" if pair["searched"] == "the whole brain" else "regions"
    value, mean = pair["best"]["t"], content["group"]["null_mean"][search]
    facts = _facts(
        content, f"{pair['first']} and {pair['second']}", fitted_outside=(),
        **_null(content, pair["first"], pair["second"]),
        result=Test(value, mean, p, metric="largest minimum of two t"),
    )  # fmt: skip
    both = f"{contrast_words(content, pair['first'])} and {_what(content, pair['second'])}"
    over = f"family-wise over the voxels of {pair['searched']} and {_families(content)}"
    where = f"smaller {at_words(pair['best'])}"
    evidence = f"{_could(content, search)}conjunction null, {over}, {p_words(p)}, {where}"
    said = f"the same voxels followed {both}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(content, search, p), evidence),)


def _unless_uncovered(content: Content, analysis: Analysis, *contrasts: str) -> Analysis:
    """Leave unproven what a response to events without a column could look like."""
    weights = {row["name"]: row["weights"] for row in content["contrasts"]}
    columns = {column for name in contrasts for column in weights[name]}
    missing = content["design"]["uncovered"]
    kinds = dict.fromkeys(kind for column in columns for kind in missing.get(column, ()))
    if not kinds:
        return analysis
    facts, propositions = analysis
    alike = f"a response to events that no column holds ({listed(list(kinds))}) would look the same"
    return facts, tuple(
        replace(each, shown=None, evidence=f"{each.evidence}; {alike}") for each in propositions
    )


def _model_maps(content: Content) -> list[Analysis]:
    block = content["model_maps"]
    if block is None:
        return []
    made = [_reused(content, block)] if block["regions"] else []
    known = [row for row in block["regions"] if row["identified"]]
    if known:
        made.append(_unless_uncovered(content, _rates(content, known), block["contrast"]))
    return made


def _rates(content: Content, known: Sequence[Content]) -> Analysis:
    """Ask for the learning rates of regions whose held-out gain stands beside all others'."""
    tested = [row for row in known if row["p_gain_fwe"] is not None]
    shown = [row for row in tested if row["p_gain_fwe"] <= LEVEL]
    p = min((row["p_gain_fwe"] for row in tested), default=None)
    null: dict[str, Any] = {"null": "none"}
    if content["group"]["permutations"]:
        null = {"null": "relabelling", "exchangeable": True}
        null["exchanged"] = "signs of people's gains on the runs left out"
    facts = _facts(
        content, "learning rates of regions", **null, fitted_outside=(),
        result=Test(None, None, p, metric="held-out gain over regions"),
    )  # fmt: skip
    said = "; ".join(
        f"{row['region']} {row['best']:g} ({row['ci95'][0]:g} to {row['ci95'][1]:g}), family-wise "
        f"over the regions {p_words(row['p_gain_fwe'])}"
        for row in shown or known
    )
    text = "the brain followed errors of these learning rates best"
    return facts, (Proposition(text, ("K5", "V1"), bool(shown) if tested else None, said),)


def _reused(content: Content, block: Content) -> Analysis:
    """Refuse the fit at the best learning rate as evidence for the model that gave it."""
    facts = _facts(content, "fit at the best learning rate", fitted_outside=(SAME_RUNS,))
    said = f"BOLD followed the errors of the {block['parameter']} that fitted it best"
    return facts, (Proposition(said, ("K5",), None),)


def _families(content: Content) -> str:
    n = len(content["group"]["maps"])
    return f"{n} contrasts" if n > 1 else "one contrast"


def _shown(content: Content, search: str, p: float | None) -> bool | None:
    return None if p is None or _could(content, search) else p <= LEVEL
