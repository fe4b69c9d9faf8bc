"""The report of an imaging study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import tables_imaging_maps
from .decoding_words import block
from .drawing import house_style
from .figures_brain import BrainMap
from .formats import plain
from .imaging_parts import designed, mapped, moved, planted
from .imaging_results import factored, modeled, overlapped, timed
from .imaging_views import data_facts, design_facts, group_facts, software
from .imaging_words import not_done, question
from .render import render_page
from .study_views import counts, head, noticed, require
from .words import sentence_case

Results = Mapping[str, Any]


def render_imaging_report(results: Results, maps: Mapping[str, BrainMap] | None = None) -> str:
    """Draw the report of an imaging study.

    Nothing is computed here: every number comes out of the results. A block that is missing or
    None is said not to have been done.

    Parameters
    ----------
    results : mapping
        The content of ``results.json`` of an imaging study, format 1.
    maps : mapping of str to BrainMap, optional
        Maps to draw, by the file names that they have in the results. A map of t is cut off at
        its entry's ``threshold_t`` or else at its own ``threshold``.

    Returns
    -------
    str
        One self-contained HTML page: no script, no external request.

    Raises
    ------
    InputError
        If the results are of another study or format.
    """
    require(results, "imaging")
    with house_style():
        return render_page("imaging.html", (), **_view(results, maps or {}))


def _view(results: Results, maps: Mapping[str, BrainMap]) -> dict[str, Any]:
    data, group = block(results, "data"), block(results, "group")
    return {
        **head(results, "Imaging study"),
        "question": question(results),
        "truth": planted(results),
        "data_counts": counts(data, ("subjects", "runs")),
        "data_facts": data_facts(data) if data else [],
        "motion": moved(data),
        "notices": noticed(data),
        "design_facts": design_facts(results),
        "design": designed(results),
        "group_facts": group_facts(group) if group else [],
        "group_notes": [sentence_case(note) for note in group.get("notes") or ()],
        "map_counts": tables_imaging_maps.summary(
            group.get("maps") or (),
            "How far each map goes, and how many voxels exceed each threshold.",
        ),
        "maps": mapped(group, maps),
        "overlap": overlapped(group, maps),
        "factors": factored(group, maps),
        "courses": timed(results),
        "models": modeled(results, maps),
        "methods": [plain(paragraph) for paragraph in results.get("methods") or ()],
        "software": software(results),
        "not_done": not_done(results),
    }
