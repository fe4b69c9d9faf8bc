"""The report of a learning study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dolorimeter.core.errors import InputError

from .decoding_words import block
from .drawing import house_style
from .formats import plain
from .learning_fits import compared, fitted, rates, recovered
from .learning_parts import behaved, designed, inflated, learned_view, noticed
from .learning_views import data_counts, data_facts, design_facts
from .learning_words import not_done, question
from .render import render_page
from .tables_learning import surprise
from .tables_rules import rule_rows, status_counts

Results = Mapping[str, Any]
FORMAT = 1
UNASKED = "not-applicable"


def render_learning_report(results: Results) -> str:
    """Draw the report of a learning study.

    Nothing is computed here: every number comes out of the results. A block that is missing or
    None is said not to have been done.

    Parameters
    ----------
    results : mapping
        The content of ``results.json`` of a learning study, format 1.

    Returns
    -------
    str
        One self-contained HTML page: no script, no external request.

    Raises
    ------
    InputError
        If the results are of another study or format.
    """
    if results.get("format") != FORMAT or results.get("study") != "learning":
        found = f"format {results.get('format')!r} of study {results.get('study')!r}"
        raise InputError("results", found, f"format {FORMAT} of study 'learning'")
    with house_style():
        return render_page("learning.html", (), **_view(results))


def _view(results: Results) -> dict[str, Any]:
    claim, data, design = (block(results, name) for name in ("claim", "data", "design"))
    rules = rule_rows(claim.get("findings") or ())
    return {
        "title": results.get("title") or "Learning study",
        "version": results.get("version") or "",
        "created": results.get("created") or "",
        "summary": results.get("summary") or (),
        "question": question(results),
        "source": plain(data.get("source") or ""),
        "claim": _claim(claim),
        "rules": rules,
        "rules_asked": [row for row in rules if row.status != UNASKED],
        "rules_unasked": [row for row in rules if row.status == UNASKED],
        "rule_ids": {row.rule for row in rules if row.anchor},
        "status_counts": status_counts(rules),
        "data_counts": data_counts(data),
        "data_facts": data_facts(data) if data else [],
        "notices": noticed(data),
        "design_facts": design_facts(design) if design else [],
        **designed(design),
        "learned": learned_view(block(results, "learned")),
        "surprise": surprise(
            results.get("sequences") or (),
            "How surprising each outcome was to a learner of the sequence, mean bits a trial. "
            "1 bit is what two outcomes that are always held equally likely give.",
        ),
        "behaviour": behaved(block(results, "behaviour")),
        "rates": rates(results),
        "fits": fitted(results),
        "comparisons": compared(results),
        "recovery": recovered(results),
        "inflation": inflated(results),
        "methods": [plain(paragraph) for paragraph in results.get("methods") or ()],
        "not_done": not_done(results),
    }


def _claim(claim: Results) -> dict[str, Any]:
    said = {kind: claim.get(kind) or () for kind in ("granted", "refused", "unproven")}
    return {**said, "scope": plain(claim.get("scope") or ""), "known": bool(claim)}
