"""Which facts of a decoding study stand in which list of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .decoding_words import (
    ESTIMATOR,
    NORMALIZATION,
    TIMING,
    WHOM,
    block,
    counted,
    trials_words,
)
from .formats import count, is_absent, number, plain
from .study_views import UNKNOWN, Pairs
from .words import option

Results = Mapping[str, Any]


def data_facts(data: Results) -> Pairs:
    """List what is known of the samples.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    list of (str, str)
        Names and values; what nobody recorded says so.
    """
    target = block(data, "target")
    counts = zip(target.get("class_names") or (), target.get("class_counts") or (), strict=False)
    classes = ", ".join(f"{plain(name)} ({count(n)})" for name, n in counts)
    spread = f"mean {number(target.get('mean'), 2)}, deviation {number(target.get('deviation'), 2)}"
    is_number = target.get("kind") == "number"
    return [
        ("Target", plain(target.get("name") or "not named")),
        ("Classes", classes or ("none: a number" if is_number else UNKNOWN)),
        *([("Spread of the target", spread)] if is_number else []),
        ("Conditions", _counts(data.get("conditions"))),
        ("Modalities", _counts(data.get("modalities"))),
        ("Trials behind a sample", _behind(block(data, "trials_behind"))),
        ("Features lie in space", _or_unknown(data, "has_space")),
    ]


def _counts(named: Results | None) -> str:
    return ", ".join(f"{plain(k)} ({count(n)})" for k, n in (named or {}).items()) or UNKNOWN


def _behind(behind: Results) -> str:
    least, most = behind.get("least"), behind.get("most")
    if behind.get("unknown") is True or is_absent(most):
        return UNKNOWN
    said = trials_words(least, most)
    unknown = behind.get("unknown")
    return f"{said}; not known for {count(unknown)}" if unknown else said


def design_facts(design: Results) -> Pairs:
    """List how the study was designed.

    Parameters
    ----------
    design : mapping
        The results' ``design``.

    Returns
    -------
    list of (str, str)
        Names and values, in the order of a study.
    """
    known = {
        "Objective": _said(design, "objective"),
        "For whom": WHOM.get(design.get("whom") or "", UNKNOWN),
        "When": TIMING.get(design.get("timing") or "", UNKNOWN),
        "Population": _said(design, "population"),
        "Normalization": NORMALIZATION.get(design.get("normalization") or "", UNKNOWN),
        "Cross-validation": _said(design, "scheme"),
        "Kept whole in a fold": _said(design, "unit"),
        "Folds": _or_unknown(design, "folds"),
        "Test samples in a fold": _sizes(design.get("fold_sizes") or ()),
        "In training and test of one fold": _shared(block(design, "shared")),
        "Test samples averaged together": _or_unknown(design, "test_average"),
        "Estimator": ESTIMATOR.get(design.get("estimator") or "", _said(design, "estimator")),
        "Regularization": _or_unknown(design, "regularization"),
        **({"Tuned": plain(design["tuned"])} if design.get("tuned") else {}),
        "Class priors": option(design.get("priors") or "not adjusted"),
        **({"Fitted inside the folds": _outside(design["inside"])} if design.get("inside") else {}),
        "Fitted outside the folds": _outside(design.get("outside")),
        "Relabellings": _or_unknown(design, "permutations"),
        "Exchanged in relabelling": _said(design, "exchanged"),
        "Seed": _said(design, "random_state"),
        "Fold fingerprint": _said(design, "fold_fingerprint"),
    }
    return list(known.items())


def _said(design: Results, key: str) -> str:
    value = design.get(key)
    return UNKNOWN if value in (None, "") else plain(value)


def _or_unknown(facts: Results, key: str) -> str:
    value = facts.get(key)
    if is_absent(value):
        return UNKNOWN
    return count(value) if isinstance(value, int) and not isinstance(value, bool) else option(value)


def _sizes(sizes: Sequence[float]) -> str:
    if not sizes:
        return UNKNOWN
    low, high = min(sizes), max(sizes)
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def _shared(shared: Results) -> str:
    known = [counted(n, plain(k)) for k, n in shared.items() if not is_absent(n)]
    return ", ".join(known) or UNKNOWN


def _outside(outside: Sequence[str] | None) -> str:
    if outside is None:
        return UNKNOWN
    return ", ".join(map(plain, outside)) or "nothing"


def tripod_groups(entries: Sequence[Results]) -> list[tuple[str, list[Results]]]:
    """Group the TRIPOD+AI checklist by its sections.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``tripod``.

    Returns
    -------
    list of (str, list of mapping)
        Sections in their order, each with its items.
    """
    groups: dict[str, list[Results]] = {}
    for entry in entries:
        groups.setdefault(plain(entry.get("section") or ""), []).append(entry)
    return list(groups.items())
