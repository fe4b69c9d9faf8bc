"""The parts of an imaging report up to the group's maps: truth, motion, design, maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import (
    figures_imaging_design,
    figures_imaging_inflation,
    tables_imaging,
    tables_imaging_design,
    tables_imaging_peaks,
)
from .decoding_words import block
from .figures_brain import BrainMap, Portrait, portrait
from .formats import count, is_absent, plain
from .imaging_views import heading, motion_numbers, truth_numbers
from .imaging_words import cluster_p, drawn_words
from .tables_imaging_maps import named

Results = Mapping[str, Any]
Maps = Mapping[str, BrainMap]
MOST_PEAKS, MOST_MATRICES, _SLICES, _APART = 24, 2, 6, 8.0


def planted(results: Results) -> dict[str, Any] | None:
    """Gather what was planted and found.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict or None
        Numbers and table; None for data that nobody simulated.
    """
    truth = block(results, "truth")
    if not truth:
        return None
    sites = truth.get("sites") or ()
    return {
        "source": plain(truth.get("source") or ""),
        "numbers": truth_numbers(truth) if sites else [],
        "missed": [plain(s.get("name") or "a site") for s in sites if s.get("found") is False],
        "table": tables_imaging.sites(
            sites, "What was planted, and what the analysis found without knowing of it."
        ),
    }


def moved(data: Results) -> dict[str, Any]:
    """Gather motion and who was left out.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    dict
        Numbers and tables, None for what was not done.
    """
    return {
        "numbers": motion_numbers(data),
        "table": tables_imaging.motion(
            data.get("motion") or (),
            "Framewise displacement of each run: how far the head moved from one volume to the "
            "next.",
        ),
        "left_out": tables_imaging.left_out(data.get("left_out") or (), "Who was left out."),
        "none_left_out": data.get("left_out") is not None and not data["left_out"],
    }


def designed(results: Results) -> dict[str, Any]:
    """Gather regressors, matrices, overlap of columns and efficiency.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict
        Figures and tables, None for what was not done.
    """
    design = block(results, "design")
    matrices = (design.get("matrices") or ())[:MOST_MATRICES]
    entries = design.get("variance_inflation") or ()
    return {
        "regressors": tables_imaging_design.regressors(
            design.get("regressors") or (), "What was modeled at which events."
        ),
        "courses": figures_imaging_design.courses(
            matrices[0] if matrices else {},
            "Regressors of the first run over time, each scaled to its own height. Blue: "
            "modulated by a quantity of the model; gray: events alike.",
        ),
        "matrices": figures_imaging_design.matrices(
            matrices,
            "The whole design matrix, a row a column of it; columns that only clean the signal "
            "share a band. Gray is 0, white above, black below, each column scaled by itself.",
        ),
        "correlations": tables_imaging_design.correlations(
            block(design, "correlations"),
            "Correlations of the regressors, mean over runs. Shaded by size.",
        ),
        "inflation": figures_imaging_inflation.inflation(
            entries,
            "How far each column can be told from all the others. Filled: median over runs; "
            "hollow and in numbers: the worst run. 1 is alone; above 5 its estimate is poor.",
        ),
        "inflation_table": tables_imaging_design.inflation(
            entries, "Variance inflation in numbers."
        ),
        "contrasts": tables_imaging_design.contrasts(
            results.get("contrasts") or (),
            design.get("efficiency") or (),
            "What each contrast asks. Efficiency has no unit: compare designs by it, not studies.",
        ),
        "warnings": [plain(sentence) for sentence in design.get("warnings") or ()],
    }


def mapped(group: Results, maps: Maps) -> list[dict[str, Any]]:
    """Gather the group's maps with their regions and peaks.

    Parameters
    ----------
    group : mapping
        The results' ``group``.
    maps : mapping of str to BrainMap
        Maps to draw, by file name.

    Returns
    -------
    list of dict
        One a contrast.
    """
    return [_mapped(group, entry, maps) for entry in group.get("maps") or ()]


def _mapped(group: Results, entry: Results, maps: Maps) -> dict[str, Any]:
    name = named(entry.get("contrast"))
    peaks = entry.get("peaks") or ()
    first, rest = peaks[:MOST_PEAKS], peaks[MOST_PEAKS:]
    few = f" The first {MOST_PEAKS} of {count(len(peaks))}." if rest else ""
    file = plain(block(entry, "files").get("t") or "")
    return {
        "title": heading(name, "map"),
        "portrait": _portrait(group, entry, maps[file]) if file in maps else None,
        "file": file,
        "regions": tables_imaging_peaks.regions(
            entry.get("regions") or (),
            f"{heading(name, 'map')}: the a-priori regions. Found: {cluster_p(group)}"
            f"{_cluster(group)}. Mean effect: over the whole region, of all subjects.",
        ),
        "searched": entry.get("peaks") is not None,
        "peaks": tables_imaging_peaks.peaks(
            first, f"{heading(name, 'map')}: clusters with their sub-peaks.{few}"
        ),
        "rest": tables_imaging_peaks.peaks(rest, f"{heading(name, 'map')}: the further peaks."),
        "n_rest": len(rest),
    }


def _cluster(group: Results) -> str:
    extent = group.get("extent")
    return "" if is_absent(extent) else f", at least {count(extent)} contiguous voxels"


def _portrait(group: Results, entry: Results, brain: BrainMap) -> Portrait:
    """Draw a map of t above its thresholds, on slices through its peaks."""
    stated = entry.get("threshold_t")
    threshold = brain.threshold if is_absent(stated) else stated
    fwe = entry.get("threshold_fwe_t")
    shown = replace(
        brain,
        name=f"t of {named(entry.get('contrast'))}",
        threshold=threshold,
        outline=brain.outline if is_absent(fwe) else fwe,
        cuts=brain.cuts or through(entry.get("peaks") or ()),
    )
    return portrait(shown, drawn_words(group, entry, threshold))


def through(peaks: Sequence[Results]) -> tuple[float, ...]:
    """Choose slices through the strongest peaks.

    Parameters
    ----------
    peaks : sequence of mapping
        A map's ``peaks``.

    Returns
    -------
    tuple of float
        Up to six heights in mm, no two closer than 8 mm.
    """
    known = [p for p in peaks if not is_absent(p.get("z"))]
    strength = "t" if any(not is_absent(p.get("t")) for p in known) else "statistic"
    known.sort(key=lambda p: -abs(0.0 if is_absent(p.get(strength)) else p[strength]))
    chosen: list[float] = []
    for peak in known:
        if all(abs(peak["z"] - height) >= _APART for height in chosen) and len(chosen) < _SLICES:
            chosen.append(float(peak["z"]))
    return tuple(chosen)
