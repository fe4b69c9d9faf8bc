"""The plain-language summary: what was found, and what was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dolorimeter.states import MODELS

from .words import interval, whom

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
    alone = {task: block for task, block in content["tasks"].items() if "models" in block}
    told = {task: b["reports"] for task, b in content["tasks"].items() if "reports" in b}
    return [
        _who(content),
        *(s for task, block in alone.items() for s in _against_nulls(task, block)),
        *_drift("Vital signs alone", alone),
        *(s for task, block in told.items() for s in _what_vitals_add(task, block)),
        *_drift("Earlier reports known", told),
    ]


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
    if low is None or high is None:
        return SAME
    return BETTER if low > 0 else WORSE if high < 0 else SAME


def _who(content: Content) -> str:
    data = content["data"]
    share = 100 * (1 - data["windows_with_pain"] / data["windows"])
    return (
        f"{data['patients']} patients, {data['stays']} stays, {data['windows']:,} windows of "
        f"{content['design']['window']}; {share:.0f} % of the windows have no pain report, and "
        f"missing reports are not random (sleep, sedation). Tested on {whom(content['design'])}."
    )


def _against_nulls(task: str, block: Content) -> Iterator[str]:
    """Say which models lie above chance and the commonest class, and when none does."""
    models, chance = block["models"], block["chance"]
    trained = [n for n in models if n in MODELS and MODELS[n].uses_vitals]
    if not trained:
        return
    best = max(trained, key=lambda n: models[n]["metrics"]["vus"]["mean"])
    lows = {n: models[n]["metrics"]["vus"]["ci95"][0] for n in trained}
    above = [n for n, low in lows.items() if low is not None and low > chance]
    right = [c["a"] for c in block["comparisons"] if c["b"] == "mode" and direction(c) == BETTER]
    mode = models["mode"]["metrics"]["accuracy"]["mean"]
    yield (
        f"{task.capitalize()} task, vital signs alone: the VUS of "
        f"{_named(models, above, len(trained))} above chance ({chance:.3f}) by its 95 % interval, "
        f"which is not adjusted and supports no claim; the highest is {_vus(models[best])}, "
        f"{models[best]['label']}. The accuracy of {_named(models, right, len(trained))} above "
        f"that of always answering the commonest class, {100 * mode:.0f} %.{_time_alone(models)}"
    )


def _time_alone(models: Content) -> str:
    """Say what the chain reaches: without reports it sees only the time since admission."""
    if "chain" not in models:
        return ""
    return f" The time since admission alone (Markov chain) reaches {_vus(models['chain'])}."


def _named(models: Content, names: list[str], n_tried: int) -> str:
    if not names:
        return f"none of {n_tried} models lies"
    said = ", ".join(models[name]["label"] for name in names)
    return f"{said} {'lies' if len(names) == 1 else 'lie'}"


def _what_vitals_add(task: str, block: Content) -> Iterator[str]:
    """Say what reports alone reach, and what vital signs do to it."""
    models = block["models"]
    said = {BETTER: "better", WORSE: "worse", SAME: "no difference shown"}
    asked = [c for c in block["comparisons"] if c["b"] in ("chain", "boosting-reports")]
    if asked:
        alone = dict.fromkeys(c["b"] for c in asked)
        reached = ", ".join(f"{models[n]['label']} {_vus(models[n])}" for n in alone)
        changes = "; ".join(
            f"{models[c['a']]['label']} {c['difference']:+.3f} ({said[direction(c)]})"
            for c in asked
        )
        yield (
            f"{task.capitalize()} task, earlier reports known: without vital signs the VUS is "
            f"{reached}. With them it changes by: {changes}."
        )


def _drift(where: str, blocks: Content) -> Iterator[str]:
    """Say whether unlabelled windows pull the fit away from the labels."""
    said = {BETTER: "they help", WORSE: "the fit drifts from the labels", SAME: "neither is shown"}
    found = [
        f"{task} {c['difference']:+.3f} ({said[direction(c)]})"
        for task, block in blocks.items()
        for c in block["comparisons"]
        if (c["a"], c["b"]) == ("hmm", "hmm-labelled")
    ]
    if found:
        unknown = sum(block["unknown"] for block in blocks.values())
        share = unknown / (unknown + sum(sum(block["class_counts"]) for block in blocks.values()))
        yield (
            f"{where}: {100 * share:.0f} % of the windows have no class. Letting them shape the "
            f"emissions (semi-supervised against labelled HMM) changes the VUS by: "
            f"{'; '.join(found)}. The option unlabeled_weight steers this."
        )


def _vus(row: Content) -> str:
    cell = row["metrics"]["vus"]
    return f"{cell['mean']:.3f} ({interval(cell)})"
