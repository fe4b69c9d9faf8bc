"""The report of a vital-signs study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.core.errors import InputError

from . import figures_data, figures_stay, tables_claim, tables_data
from .drawing import house_style
from .figures import Plate
from .formats import plain
from .render import render_page
from .tables import Table
from .vitals_inflation import inflation
from .vitals_tasks import task_view
from .vitals_words import not_done
from .words import HISTORY, OPTIONS, option, sentence_case

Results = Mapping[str, Any]
FORMAT = 1
_REQUIRED = ("title", "summary", "data", "design", "tasks", "claim")


def render_vitals_report(results: Results) -> str:
    """Draw the report of a vital-signs study.

    Nothing is computed here: every number comes out of the results.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``, format 1 (``docs/formats/results.md``).

    Returns
    -------
    str
        One self-contained HTML page: no script, no external request.

    Raises
    ------
    InputError
        If the results are of another study or format, or a whole block is missing.
    """
    _check(results)
    classes = [len(task["class_names"]) for task in _with_class_names(results)]
    with house_style():
        return render_page("vitals.html", classes, **_view(results))


def _view(results: Results) -> dict[str, Any]:
    tasks = results["tasks"]
    reports = {name: task["reports"] for name, task in tasks.items() if task.get("reports")}
    return {
        "title": results["title"],
        "version": results.get("version", ""),
        "created": results.get("created", ""),
        "results": results,
        "data": _data_view(results["data"]),
        "findings": _findings(results["claim"]),
        "inflation": inflation(
            results.get("inflation") or (),
            tasks,
            "What looser designs would add to the VUS, measured.",
        ),
        "alone": [task_view(name, task) for name, task in tasks.items() if "models" in task],
        "reports": [task_view(name, b, " with reports") for name, b in reports.items()],
        "examples": _examples(results, "none"),
        "report_examples": _examples(results, "reports"),
        "design": _design(results),
        "not_done": not_done(results),
    }


def _check(results: Results) -> None:
    if results.get("format") != FORMAT or results.get("study") != "vitals":
        found = f"format {results.get('format')!r} of study {results.get('study')!r}"
        raise InputError("results", found, f"format {FORMAT} of study 'vitals'")
    missing = [name for name in _REQUIRED if name not in results]
    if missing:
        raise InputError("results", f"no {', '.join(missing)}", f"all of {', '.join(_REQUIRED)}")


def _with_class_names(results: Results) -> Iterator[Results]:
    for task in results["tasks"].values():
        yield from (block for block in (task, task.get("reports")) if block and "models" in block)
    yield from results.get("examples") or ()


def _data_view(data: Results) -> dict[str, Any]:
    """Figures and tables of the data; None for what the results lack."""
    return {
        "present": data.get("percent_present")
        and tables_data.percent_present(
            data["percent_present"], "How often each variable was observed (the paper’s Table 5)."
        ),
        "correlation": data.get("correlation")
        and tables_data.correlation(
            data["correlation"],
            "Pairwise correlation of the variables over windows with both (the paper’s Table 6).",
        ),
        "scatter": data.get("scatter")
        and figures_data.scatter(
            data["scatter"],
            "Each vital against the pain score of the same window, with the straight line fitted "
            "to all windows that have both (the paper’s S1 Fig). The p-value takes windows as "
            "independent, which those of one stay are not: it is descriptive. At most 500 points "
            "are drawn.",
        ),
        "ledger": data.get("ledger")
        and tables_data.ledger(
            data["ledger"],
            "Cleaning ledger: every value that was converted, set missing or dropped.",
        ),
        "outliers": data.get("outliers")
        and tables_data.outliers(
            data["outliers"],
            "Window means that the outlier rule sets missing.",
            data.get("outliers_note", ""),
        ),
    }


def _findings(claim: Results) -> Table | None:
    entries = claim.get("findings") or ()
    return tables_claim.findings(entries, "What each rule found.") if entries else None


def _examples(results: Results, history: str) -> list[Plate]:
    return [
        figures_stay.example_stay(example, _example_caption(example, results["tasks"]))
        for example in results.get("examples") or ()
        if example["history"] == history
    ]


def _example_caption(example: Results, tasks: Results) -> str:
    task = tasks.get(example["task"], {})
    block = task.get("reports", {}) if example["history"] == "reports" else task
    models = block.get("models", {})
    model = models.get(example["model"], {}).get("label", example["model"])
    stay, patient, name = (plain(example[key]) for key in ("stay", "patient", "task"))
    return (
        f"Stay {stay} of patient {patient}: reported pain, vital signs, and the posterior of "
        f"{plain(model)} for the task “{name}”, knowing {HISTORY[example['history']]}. "
        "Gaps are windows without a value."
    )


def _design(results: Results) -> list[tuple[str, str]]:
    design = results["design"]
    pairs = [(OPTIONS.get(key, sentence_case(key)), option(v)) for key, v in design.items()]
    version = option(results.get("version"))
    return [*pairs, ("Version", version), ("Created", option(results.get("created")))]
