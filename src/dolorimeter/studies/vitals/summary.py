"""The plain-language summary: what was found, and what was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .claim import whom

Content = dict[str, Any]
BETTER, WORSE, SAME = "better", "worse", "no different"


def summarize(content: Content) -> list[str]:
    """Say in plain sentences what a run found.

    Parameters
    ----------
    content : dict
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Sentences; those about vital signs alone come before those with earlier reports.
    """
    sentences = [_who(content)]
    for task, block in content["tasks"].items():
        if "models" in block:
            sentences += [*_vitals_alone(task, block)]
    for task, block in content["tasks"].items():
        if "reports" in block:
            sentences += [*_with_reports(task, block["reports"])]
    return sentences


def direction(comparison: Content) -> str:
    """Return what a comparison's 95 % interval says of a against b.

    Parameters
    ----------
    comparison : dict
        One comparison of results.json.

    Returns
    -------
    str
        ``"better"``, ``"worse"`` or ``"no different"``.
    """
    low, high = comparison["ci95"]
    return BETTER if low > 0 else WORSE if high < 0 else SAME


def _who(content: Content) -> str:
    data = content["data"]
    share = 100 * (1 - data["windows_with_pain"] / data["windows"])
    return (
        f"{data['patients']} patients, {data['stays']} stays, {data['windows']:,} windows of "
        f"{content['design']['window']}; {share:.0f} % of the windows have no pain report, and "
        f"missing reports are not random (sleep, sedation). Tested on {whom(content['design'])}."
    )


def _vitals_alone(task: str, block: Content) -> Iterator[str]:
    models = block["models"]
    trained = [n for n in models if n not in ("random", "mode", "chain")]
    said = {name: _against_chance(models[name], block["chance"]) for name in trained}
    best = max(trained, key=lambda n: models[n]["metrics"]["vus"]["mean"])
    yield (
        f"{task.capitalize()} task, vital signs alone: {_listing(models, said, BETTER)} "
        f"{_chance_words(said, block['chance'])} The highest VUS is {_vus(models[best])} "
        f"({models[best]['label']})."
    )
    mode = models["mode"]["metrics"]["accuracy"]["mean"]
    beaten = [
        models[c["a"]]["label"]
        for c in block["comparisons"]
        if c["b"] == "mode" and direction(c) == BETTER
    ]
    answer = f"only {', '.join(beaten)} did" if beaten else "no model did"
    yield (
        f"{task.capitalize()} task, vital signs alone: always answering the commonest class is "
        f"right in {100 * mode:.0f} %; {answer} better than that beyond doubt."
    )
    yield from _drift(task, block, "vital signs alone")


def _with_reports(task: str, block: Content) -> Iterator[str]:
    where = f"{task.capitalize()} task, earlier reports known"
    models = block["models"]
    for c in block["comparisons"]:
        if c["b"] in ("chain", "boosting-reports"):
            found = {
                BETTER: "vital signs improved it",
                WORSE: "vital signs made it worse",
                SAME: "vital signs were not shown to improve it",
            }[direction(c)]
            yield (
                f"{where}: {models[c['b']]['label']} reached a VUS of {_vus(models[c['b']])}; "
                f"{found} ({models[c['a']]['label']}, {_difference(c)})."
            )
    yield from _drift(task, block, "earlier reports known")


def _drift(task: str, block: Content, where: str) -> Iterator[str]:
    """Say whether unlabelled windows pull the fit away from the labels."""
    share = 100 * block["unknown"] / (block["unknown"] + sum(block["class_counts"]))
    for c in block["comparisons"]:
        if (c["a"], c["b"]) != ("hmm", "hmm-labelled"):
            continue
        found = {
            BETTER: "the unlabelled windows help",
            WORSE: "the semi-supervised fit drifts from the labels; steer it with unlabeled_weight",
            SAME: "neither help nor drift is shown",
        }[direction(c)]
        yield (
            f"{task.capitalize()} task, {where}: {share:.0f} % of the windows are unlabelled, and "
            f"the semi-supervised HMM differs from the one with labelled emissions by "
            f"{_difference(c)} in VUS: {found}."
        )


def _against_chance(row: Content, chance: float) -> str:
    low, high = row["metrics"]["vus"]["ci95"]
    return BETTER if low > chance else WORSE if high < chance else SAME


def _chance_words(said: dict[str, str], chance: float) -> str:
    worse = sum(s == WORSE for s in said.values())
    below = f"; {worse} of them lie below it" if worse else ""
    return f"of {len(said)} models (95 % intervals of the VUS against chance, {chance:.3f}{below})."


def _listing(models: Content, said: dict[str, str], wanted: str) -> str:
    names = [models[name]["label"] for name, s in said.items() if s == wanted]
    return f"{', '.join(names)} beat chance," if names else "none beat chance,"


def _vus(row: Content) -> str:
    cell = row["metrics"]["vus"]
    return f"{cell['mean']:.3f} ({cell['ci95'][0]:.3f} to {cell['ci95'][1]:.3f})"


def _difference(c: Content) -> str:
    return f"{c['difference']:+.3f}, 95 % interval {c['ci95'][0]:+.3f} to {c['ci95'][1]:+.3f}"
