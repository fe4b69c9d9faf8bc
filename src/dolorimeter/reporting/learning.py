"""The report of a learning study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block
from .drawing import house_style
from .formats import plain
from .learning_asked import told
from .learning_fits import compared, fitted, rates, recovered
from .learning_parts import behaved, designed, inflated, learned_view
from .learning_views import data_facts, design_facts
from .learning_words import not_done, question
from .render import render_page
from .study_views import counts, head, noticed, require
from .tables_learning import surprise

Results = Mapping[str, Any]


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
    require(results, "learning")
    with house_style():
        return render_page("learning.html", (), **_view(results))


def _view(results: Results) -> dict[str, Any]:
    data, design = block(results, "data"), block(results, "design")
    return {
        **head(results, "Learning study"),
        "question": question(results),
        "data_counts": counts(data, ("subjects", "runs", "trials")),
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
        "told": told(block(results, "behaviour")),
        "rates": rates(results),
        "fits": fitted(results),
        "comparisons": compared(results),
        "recovery": recovered(results),
        "inflation": inflated(results),
        "methods": [plain(paragraph) for paragraph in results.get("methods") or ()],
        "not_done": not_done(results),
    }
