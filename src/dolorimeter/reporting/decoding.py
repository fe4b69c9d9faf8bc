"""The report of a decoding study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dolorimeter.core.errors import InputError

from . import figures_decoding_folds
from .decoding_methods import methods
from .decoding_parts import compared, mapped, score_view, specific
from .decoding_views import data_counts, data_facts, design_facts, tripod_groups
from .decoding_words import block, not_done, question
from .drawing import house_style
from .figures import Plate
from .figures_brain import BrainMap
from .formats import count, plain
from .render import render_page
from .tables_rules import rule_rows, status_counts

Results = Mapping[str, Any]
FORMAT = 1


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
    if results.get("format") != FORMAT or results.get("study") != "decoding":
        found = f"format {results.get('format')!r} of study {results.get('study')!r}"
        raise InputError("results", found, f"format {FORMAT} of study 'decoding'")
    with house_style():
        return render_page("decoding.html", (2, 3), **_view(results, images or {}))


def _view(results: Results, images: Mapping[str, BrainMap]) -> dict[str, Any]:
    claim, data, design = (block(results, name) for name in ("claim", "data", "design"))
    rules = rule_rows(claim.get("findings") or ())
    tripod = results.get("tripod") or ()
    return {
        "title": results.get("title") or "Decoding study",
        "version": results.get("version") or "",
        "created": results.get("created") or "",
        "summary": results.get("summary") or (),
        "question": question(results),
        "source": plain(data.get("source") or ""),
        "claim": _claim(claim),
        "rules": rules,
        "rule_ids": {row.rule for row in rules if row.anchor},
        "status_counts": status_counts(rules),
        "data_counts": data_counts(data),
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


def _claim(claim: Results) -> dict[str, Any]:
    said = {kind: claim.get(kind) or () for kind in ("granted", "refused", "unproven")}
    return {**said, "scope": plain(claim.get("scope") or ""), "known": bool(claim)}


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
