"""The report of a decoding study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import figures_decoding_folds
from .decoding_methods import methods
from .decoding_parts import compared, mapped, score_view, specific
from .decoding_views import data_facts, design_facts, tripod_groups
from .decoding_words import block, not_done, question
from .drawing import house_style
from .figures import Plate
from .figures_brain import BrainMap
from .formats import count, plain
from .render import render_page
from .study_views import counts, head, require

Results = Mapping[str, Any]
COUNTED = ("samples", "subjects", "runs", "families", "sites", "features")


def render_decoding_report(results: Results, images: Mapping[str, BrainMap] | None = None) -> str:
    """Draw the report of a decoding study.

    Nothing is computed here: every number comes out of the results. A block that is missing or
    None is said not to have been done.

    Parameters
    ----------
    results : mapping
        The content of ``results.json`` of a decoding study, format 1.
    images : mapping of str to BrainMap, optional
        Maps to draw, by the names they have in the results' ``maps``.

    Returns
    -------
    str
        One self-contained HTML page: no script, no external request.

    Raises
    ------
    InputError
        If the results are of another study or format.
    """
    require(results, "decoding")
    with house_style():
        return render_page("decoding.html", (2, 3), **_view(results, images or {}))


def _view(results: Results, images: Mapping[str, BrainMap]) -> dict[str, Any]:
    data, design = block(results, "data"), block(results, "design")
    tripod = results.get("tripod") or ()
    return {
        **head(results, "Decoding study"),
        "question": question(results),
        "data_counts": counts(data, COUNTED),
        "data_facts": data_facts(data) if data else [],
        "design_facts": design_facts(design) if design else [],
        "departures": design.get("departures") or (),
        "folds": _folds(design),
        **score_view(results),
        "comparators": compared(results),
        "specificity": specific(results),
        "maps": mapped(results, images),
        "tripod": tripod_groups(tripod),
        "tripod_filled": sum(bool(entry.get("filled")) for entry in tripod),
        "tripod_items": len(tripod),
        "methods": " ".join(methods(results)),
        "not_done": not_done(results),
    }


def _folds(design: Results) -> Plate | None:
    drawing = design.get("drawing") or ()
    shown = min(len(drawing), figures_decoding_folds.MOST_FOLDS)
    total = design.get("folds") or len(drawing)
    unit = design.get("unit") or "unit"
    few = "all" if shown == total else f"the first {shown} of {count(total)}"
    return figures_decoding_folds.fold_grid(
        drawing,
        unit,
        f"Who is trained and who is tested: {few} folds, one a line; a column is one {plain(unit)}."
        " At the right the samples in training and in test.",
    )
