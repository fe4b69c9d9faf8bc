"""What an imaging study did, and the sentences it asks to have judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dolorimeter.audit import Facts, Proposition, Test
from dolorimeter.studies.words import p_words

from .words import at_words, contrast_words, listed

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
    facts = _facts(content, "the study", claims=("cause", "reverse-inference"), fitted_outside=())
    return facts, ()


def _null(content: Content) -> dict[str, Any]:
    group = content["group"]
    if not group["permutations"]:
        return {"null": "none"}
    return {"null": "relabelling", "exchanged": group["exchanged"], "exchangeable": True}


def _brain(content: Content, found: Content) -> Analysis:
    p = found["p_brain_adjusted"]
    facts = _facts(
        content, f"{found['contrast']}, whole brain", **_null(content), fitted_outside=(),
        result=Test(found["largest_t"], None, p, metric="largest t over voxels"),
    )  # fmt: skip
    where = f", largest {at_words(found['peaks'][0])}" if found["peaks"] else ""
    evidence = f"family-wise {p_words(p)}, adjusted for {_families(content)}{where}"
    said = f"somewhere in the brain BOLD followed {contrast_words(content, found['contrast'])}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(p), evidence),)


def _regions(content: Content, found: Content) -> Analysis:
    tested = [row for row in found["regions"] if row["p_svc_adjusted"] is not None]
    shown = [row for row in tested if row["p_svc_adjusted"] <= LEVEL]
    best = min(tested, key=lambda row: row["p_svc_adjusted"], default=None)
    p = None if best is None else best["p_svc_adjusted"]
    facts = _facts(
        content, f"{found['contrast']}, a-priori regions", **_null(content), fitted_outside=(),
        result=Test(None if best is None else best["t"], None, p, metric="largest t in regions"),
    )  # fmt: skip
    names = listed([row["region"] for row in shown])
    where = f"in {names}" if shown else f"in any of {len(found['regions'])} regions named before"
    each = "; ".join(f"{row['region']} {p_words(row['p_svc_adjusted'])}" for row in shown)
    words = f"family-wise over all {len(found['regions'])} regions, for {_families(content)}"
    evidence = f"{words}: {each}" if shown else f"{words}, smallest {p_words(p)}"
    said = f"{where} BOLD followed {contrast_words(content, found['contrast'])}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(p), evidence),)


def _overlap(content: Content, pair: Content) -> Analysis:
    p = pair["p_conjunction"]
    facts = _facts(
        content, f"{pair['first']} and {pair['second']}", **_null(content), fitted_outside=(),
        result=Test(pair["largest_minimum"], None, p, metric="largest minimum of two t"),
    )  # fmt: skip
    both = f"{contrast_words(content, pair['first'])} and {contrast_words(content, pair['second'])}"
    where = f", at {at_words(pair['peaks'][0])}" if pair["peaks"] else ""
    evidence = f"conjunction null, family-wise over {pair['searched']}, {p_words(p)}{where}"
    said = f"the same voxels followed {both}"
    return facts, (Proposition(said, ("K5", "V1"), _shown(p), evidence),)


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
        made.append(_rates(content, known))
    return made


def _rates(content: Content, known: Sequence[Content]) -> Analysis:
    """Ask for the learning rates of regions whose held-out gain stands beside all others'."""
    tested = [row for row in known if row["p_gain_fwe"] is not None]
    shown = [row for row in tested if row["p_gain_fwe"] <= LEVEL]
    p = min((row["p_gain_fwe"] for row in tested), default=None)
    null = _null(content)
    if tested:
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


def _shown(p: float | None) -> bool | None:
    return None if p is None else p <= LEVEL
