"""What a study of vital signs knows of the TRIPOD+AI checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .tripod_words import Results, block, counted, listed, said


def _source(results: Results) -> str:
    return said(block(results, "data").get("source"))


def _flow(results: Results) -> str:
    data = block(results, "data")
    names = ("patients", "stays", "windows", "windows_with_pain")
    known = {name.replace("_", " "): data.get(name) for name in names if data.get(name)}
    return said(counted(known)) if known else ""


def _outcome(results: Results) -> str:
    tasks = block(results, "tasks")
    return said(f"pain reported by patients, in the tasks {listed(tasks)}") if tasks else ""


def _predictors(results: Results) -> str:
    vitals = block(results, "design").get("vitals")
    return said(f"window means of {listed(vitals)}") if vitals else ""


def _missing(results: Results) -> str:
    known = block(results, "data").get("percent_present")
    return "Missing values are integrated out; none was imputed." if known else ""


def _parted(results: Results) -> str:
    design = block(results, "design")
    n, group = design.get("folds"), design.get("group")
    return f"Cross-validation: {n} folds, each {group} whole in one of them." if n else ""


def _measures(results: Results) -> str:
    if not block(results, "tasks"):
        return ""
    return "VUS, accuracy, precision, recall, F1 and calibration; the models compared in pairs."


VITALS_ANSWERS: Mapping[str, Callable[[Results], str]] = {
    "5a": _source,
    "8a": _outcome,
    "9b": _predictors,
    "11": _missing,
    "12a": _parted,
    "12e": _measures,
    "20a": _flow,
}
