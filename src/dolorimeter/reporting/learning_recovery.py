"""The report of a recovery: what a design would give back of what is planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block
from .drawing import house_style
from .formats import plain
from .learning_fits import recovered
from .learning_words import listed, lower_first, model_name
from .render import render_page
from .study_views import UNKNOWN, Pairs, require, said
from .words import option

Results = Mapping[str, Any]
GAPS = (
    "No person was measured: nothing here is evidence that anybody learns in any way.",
    "Measures were simulated as the model's quantity and normal noise, the same in every trial; "
    "drifts, dependent trials and other models than these make recovery worse.",
)


def render_recovery_report(results: Results) -> str:
    """Draw the report of a recovery; nothing is computed here.

    Parameters
    ----------
    results : mapping
        The content of ``results.json`` of ``learning recover``, format 1.

    Returns
    -------
    str
        One self-contained HTML page: no script, no external request.

    Raises
    ------
    InputError
        If the results are of another study or format.
    """
    require(results, "learning-recovery")
    design = block(results, "design")
    models = [model_name(plain(name)) for name in design.get("models") or ()]
    with house_style():
        return render_page(
            "learning_recovery.html",
            (),
            title=results.get("title") or "Recovery",
            version=results.get("version") or "",
            created=results.get("created") or "",
            summary=results.get("summary") or (),
            question=_question(models),
            source=plain(design.get("source") or ""),
            design_facts=_facts(design, models),
            recovery=recovered(results),
            methods=[plain(paragraph) for paragraph in results.get("methods") or ()],
            not_done=GAPS,
        )


def _question(models: list[str]) -> str:
    names = listed(lower_first(name) for name in models)
    if len(models) < 2:
        return f"would this design give back the parameters of {names or 'a model'}?"
    return f"would this design tell {names} apart, and give back their parameters?"


def _facts(design: Results, models: list[str]) -> Pairs:
    nuisance = [plain(name) for name in design.get("nuisance") or ()]
    return [
        ("Subjects", said(design, "subjects")),
        ("Trials", said(design, "trials")),
        ("Models", ", ".join(models) or UNKNOWN),
        ("Correlation planted within subjects", said(design, "correlation")),
        ("Simulated groups for each model", said(design, "simulations")),
        ("Taken out of measures and models", listed(nuisance) if nuisance else "nothing"),
        ("Values start anew in each run", option(design.get("reset_runs"))),
        ("Seed", said(design, "random_state")),
    ]
