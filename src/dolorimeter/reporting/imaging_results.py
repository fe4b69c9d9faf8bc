"""The parts of an imaging report beyond maps: overlap, factors, courses, models in the brain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import (
    figures_imaging_courses,
    figures_imaging_models,
    tables_imaging_maps,
    tables_imaging_peaks,
)
from .decoding_words import block
from .figures_brain import BrainMap, Portrait, portrait
from .formats import DASH, count, is_absent, number, plain
from .imaging_parts import through
from .imaging_views import heading
from .imaging_words import cluster_p, colored_words
from .learning_words import listed
from .words import sentence_case

Results = Mapping[str, Any]
Maps = Mapping[str, BrainMap]
_NOT_ZERO = 1e-6
_AHEAD = "Dots and band: mean and standard error over subjects; dashed: what the model predicts"


def overlapped(group: Results, maps: Maps) -> dict[str, Any] | None:
    """Gather where maps overlap.

    Parameters
    ----------
    group : mapping
        The results' ``group``.
    maps : mapping of str to BrainMap
        Maps to draw, by file name.

    Returns
    -------
    dict or None
        Portraits and table; None where overlap was not examined.
    """
    entries = group.get("overlap") or ()
    if not entries:
        return None
    return {
        "portraits": [
            _shared(entry, maps[entry["file"]]) for entry in entries if entry.get("file") in maps
        ],
        "table": tables_imaging_maps.overlaps(
            entries,
            "Where two maps overlap. Inclusive: each exceeds its threshold there; exclusive: the "
            "first does and the second does not; minimum-t: the lesser of both t.",
        ),
    }


def _shared(entry: Results, brain: BrainMap) -> Portrait:
    first, second = (tables_imaging_maps.named(entry.get(key)) for key in ("first", "second"))
    p = entry.get("p")
    at = "" if is_absent(p) else f" Each of both at p < {p:g} uncorrected."
    shown = replace(
        brain,
        name=f"overlap of {first} and {second}",
        threshold=1e-6 if brain.threshold is None else brain.threshold,
        cuts=brain.cuts or through(entry.get("peaks") or ()),
        diverging=False,
    )
    return portrait(shown, f"{plain(entry.get('how') or 'overlap').capitalize()}.{at}")


def factored(group: Results, maps: Maps) -> dict[str, Any] | None:
    """Gather the tests of factors.

    Parameters
    ----------
    group : mapping
        The results' ``group``.
    maps : mapping of str to BrainMap
        Maps to draw, by file name.

    Returns
    -------
    dict or None
        A sentence, and for each effect its numbers, portrait and peaks; None without factors.
    """
    factors = block(group, "factors")
    if not factors:
        return None
    return {
        "said": f"{_crossed(factors)}. Each effect is tested on differences within people, so that "
        "people are the random factor.",
        "effects": [_effect(group, entry, maps) for entry in factors.get("effects") or ()],
    }


def _crossed(factors: Results) -> str:
    """Name the factor and its levels, or say that there are two, and what their cells are."""
    levels = [plain(level).replace("_", " ") for level in factors.get("levels") or ()]
    name = plain(factors.get("factor") or "factor").replace("_", " ")
    if name == "factors":
        cells = f", cells: {'; '.join(levels)}" if levels else ""
        return f"Two factors within subjects, crossed{cells}"
    named = "" if name == "factor" else f" {name}"
    return f"Factor{named} within subjects{f': {listed(levels)}' if levels else ''}"


def _effect(group: Results, entry: Results, maps: Maps) -> dict[str, Any]:
    name = plain(entry.get("name") or "effect").replace("_", " ")
    pairs = [
        ("largest t", number(entry.get("largest_t"), 2)),
        (f"voxels at {cluster_p(group)}", count(entry.get("n_uncorrected"))),
    ]
    file = plain(entry.get("file") or "")
    return {
        "title": sentence_case(name),
        "numbers": [pair for pair in pairs if pair[1] != DASH],
        "portrait": _drawn(group, entry, name, maps[file]) if file in maps else None,
        "peaks": tables_imaging_peaks.peaks(
            entry.get("peaks") or (), f"{sentence_case(name)}: clusters with their sub-peaks."
        ),
    }


def _drawn(group: Results, entry: Results, name: str, brain: BrainMap) -> Portrait:
    cut = brain.threshold if is_absent(entry.get("threshold_t")) else entry["threshold_t"]
    cuts = brain.cuts or through(entry.get("peaks") or ())
    shown = replace(brain, name=f"t of {name}", threshold=cut, cuts=cuts)
    # A factor has a direction of its own, whatever that of the group is.
    return portrait(shown, colored_words({**group, "direction": None}, cut))


def timed(results: Results) -> list[dict[str, Any]]:
    """Gather the time courses of each region.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of dict
        One a region that has something to draw.
    """
    parts = []
    for entry in results.get("timecourses") or ():
        region = heading(entry.get("region"), "region")
        caption = f"{region} by trial type. {_AHEAD}{_scaled(entry)}."
        plate = figures_imaging_courses.by_type(entry, figures_imaging_courses.RANDOM, caption)
        fixed = figures_imaging_courses.by_type(
            entry,
            figures_imaging_courses.FIXED,
            f"{region}: fixed effects, as in the paper’s supplement. The band is over trials of "
            "these people, and says nothing of others.",
        )
        if plate or fixed:
            chosen = plain(entry.get("selected_by") or "")
            r = number(entry.get("r_predicted"), 2)
            parts.append(
                {
                    "title": region,
                    "selected": chosen or "How its voxels were chosen is not recorded.",
                    "r": "" if r == DASH else r,
                    "plate": plate,
                    "fixed": fixed,
                }
            )
    return parts


def _scaled(entry: Results) -> str:
    scale = number(entry.get("scale"), 3)
    return "" if scale == DASH else f", times one factor for all types ({scale})"


def modeled(results: Results, maps: Maps) -> dict[str, Any] | None:
    """Gather the maps over a grid of models, and the comparison of models.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.
    maps : mapping of str to BrainMap
        Maps to draw, by file name.

    Returns
    -------
    dict or None
        Figures and sentences; None where neither was done.
    """
    found = block(results, "model_maps")
    if not found:
        return None
    comparison = block(found, "comparison")
    name = plain(found.get("parameter") or "alpha")
    files = {key: file for key, file in block(found, "files").items() if file in maps}
    return {
        "note": sentence_case(found.get("note") or ""),
        "loose": [
            {
                "region": sentence_case(entry.get("region") or "region"),
                "reason": _sentence(entry.get("reason")),
            }
            for entry in found.get("regions") or ()
            if entry.get("identified") is False
        ],
        "name": name,
        "profiles": figures_imaging_models.profiles(
            found,
            f"How much better the signal of a region is foreseen with the model than without, over "
            f"{name}. Upright: the best; gray: its 95 % interval over subjects. A flat profile "
            "cannot tell rates apart.",
        ),
        "portraits": [_model_map(key, maps[file], found, name) for key, file in files.items()],
        "how": [
            (title, plain(comparison[key]))
            for title, key in (
                ("Left out", "scheme"),
                ("Rate chosen by", "selection"),
                ("Tested on", "test"),
            )
            if comparison.get(key)
        ],
        "comparison": figures_imaging_models.comparison(
            comparison,
            "Held-out log-likelihood that each model gains over none, mean over subjects, with "
            "its 95 % interval. Blue: the best.",
        ),
    }


def _sentence(said: Any) -> str:
    text = sentence_case(said or "")
    return f"{text}." if text and not text.endswith(".") else text


def _model_map(key: str, brain: BrainMap, found: Results, name: str) -> Portrait:
    """Draw the map of rates, or that of what the model gains."""
    if key == "gain":
        told = "What the model gains over none on runs left out, in nats a person: the mean."
        return portrait(replace(brain, threshold=_NOT_ZERO), told)
    p = found.get("shown_p")
    where = "" if p is None else f", where runs left out gain by it at p < {plain(p)}, uncorrected"
    told = f"The {name} that fits each voxel best{where}."
    return portrait(replace(brain, diverging=False, threshold=_NOT_ZERO), told)
