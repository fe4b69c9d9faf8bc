"""Tables of scores: metrics by model as in the paper's Tables 2–4, p-values, comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, count, interval, is_absent, number, p_value, plain
from .tables import Cell, Row, Table
from .words import NULL_MODELS, metric

MAIN_METRICS = ("vus", "accuracy", "precision", "recall", "f1", "f1_of_means")
LEVEL = 0.05
LABELS = {0: "label"}


def results(models: Mapping[str, Any], caption: str) -> Table:
    """Lay out metrics by model as the paper's Tables 2–4 do.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    caption : str
        Plain text.

    Returns
    -------
    Table
        A row a model, a column a metric, and one for the relabelling test where it was run.
    """
    relabelled = any(_score(model, "vus").get("p") is not None for model in models.values())
    columns = ["Model", *map(metric, MAIN_METRICS), *(["Relabelling p (VUS)"] * relabelled)]
    rows: list[Row] = []
    for name, model in models.items():
        cells = [_metric_cell(_score(model, column)) for column in MAIN_METRICS]
        if relabelled:
            cells.append(_relabelling_cell(_score(model, "vus")))
        ruled = name in NULL_MODELS and not any(r.ruled for r in rows)
        rows.append(Row(plain(model["label"]), tuple(cells), ruled))
    return Table(caption, tuple(columns), tuple(rows), _result_notes(models, relabelled), LABELS)


def _score(model: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return model["metrics"].get(name) or {}


def _scores(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [_score(model, name) for name in MAIN_METRICS]


def _metric_cell(score: Mapping[str, Any]) -> Cell:
    ends = interval(score.get("ci95"))
    under = "" if ends == DASH else f"[{ends.replace(' to ', ', ')}]"
    return Cell(number(score.get("mean")), under, _marks(score))


def _marks(score: Mapping[str, Any]) -> str:
    """r and m where the Holm-adjusted p against the random and the mode null is under .05."""
    adjusted = score.get("p_paper_holm") or {}
    below = [
        null[0] for null in NULL_MODELS if adjusted.get(null) is not None and adjusted[null] < LEVEL
    ]
    return " ".join(below)


def _result_notes(models: Mapping[str, Any], relabelled: bool) -> tuple[str, ...]:
    notes = [
        "Mean with its 95 % interval in brackets, clustered by patient, given the fitted models.",
        "r, m: p < 0.05 (Holm) against the random and the mode null by the paper’s bootstrap. "
        "These marks are descriptive and support no claim: on cohorts without any signal they "
        "appear far too often.",
    ]
    if relabelled:
        notes.append(
            "Relabelling p: refitted after exchanging whole label sequences between stays of like "
            "length, on the same folds; under it Holm’s adjustment."
        )
    if _lacks_holm(models):
        notes.append("No r or m: too few bootstraps of the nulls for Holm’s adjustment.")
    undefined = {plain(m["label"]): m.get("undefined_folds") for m in models.values()}
    counts = sorted({n for n in undefined.values() if n})
    if counts:
        said = " or ".join(count(n) for n in counts)
        notes.append(
            f"In {said} of the folds a class had no window: VUS is undefined there and those "
            "folds add nothing to it."
        )
    return tuple(notes)


def _lacks_holm(models: Mapping[str, Any]) -> bool:
    scores = [score for model in models.values() for score in _scores(model)]
    return any(_any_p(s.get("p_paper")) for s in scores) and not any(
        _any_p(s.get("p_paper_holm")) for s in scores
    )


def _any_p(by_null: Mapping[str, float | None] | None) -> bool:
    return any(p is not None for p in (by_null or {}).values())


def null_p_values(models: Mapping[str, Any], caption: str) -> Table | None:
    """Lay out the paper's p-values against both nulls, with Holm's beside them.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        None where there are none.
    """
    rows = []
    for model in models.values():
        for null in NULL_MODELS:
            cells = tuple(_null_cell(_score(model, column), null) for column in MAIN_METRICS)
            if any(cell.text != DASH for cell in cells):
                rows.append(Row(f"{plain(model['label'])}, against {null}", cells))
    if not rows:
        return None
    notes = (
        "Upper line: share of null replicates at least as good. Lower line: the same after Holm’s "
        "adjustment over all tests of the run.",
        "Against the mode null VUS has no p: a constant prediction scores exactly 1/K!.",
    )
    return Table(caption, ("Model", *map(metric, MAIN_METRICS)), tuple(rows), notes, LABELS)


def _null_cell(score: Mapping[str, Any], null: str) -> Cell:
    p = (score.get("p_paper") or {}).get(null)
    holm = (score.get("p_paper_holm") or {}).get(null)
    return Cell(p_value(p), "" if is_absent(p) else p_value(holm))


def relabelling(models: Mapping[str, Any], caption: str) -> Table | None:
    """Lay out the p-values of the relabelling test, with Holm's beside them.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        None where it was not run.
    """
    tested = [m for m in models.values() if any(s.get("p") is not None for s in _scores(m))]
    rows = tuple(
        Row(
            plain(model["label"]),
            tuple(_relabelling_cell(_score(model, column)) for column in MAIN_METRICS),
        )
        for model in tested
    )
    notes = ("Upper line: p. Lower line: the same after Holm’s adjustment over the run’s tests.",)
    columns = ("Model", *map(metric, MAIN_METRICS))
    return Table(caption, columns, rows, notes, LABELS) if rows else None


def _relabelling_cell(score: Mapping[str, Any]) -> Cell:
    p, holm = score.get("p"), score.get("p_holm")
    return Cell(p_value(p), "" if holm is None else p_value(holm))


def further_metrics(models: Mapping[str, Any], caption: str) -> Table | None:
    """Lay out the metrics that have no column in the main table.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        None where there are none.
    """
    names = [n for m in models.values() for n in m["metrics"] if n not in MAIN_METRICS]
    columns = tuple(dict.fromkeys(names))
    rows = tuple(
        Row(plain(m["label"]), tuple(_metric_cell(_score(m, column)) for column in columns))
        for m in models.values()
    )
    headers = ("Model", *map(metric, columns))
    return Table(caption, headers, rows, kinds=LABELS) if columns else None


def comparisons(
    entries: Sequence[Mapping[str, Any]], models: Mapping[str, Any], caption: str
) -> Table | None:
    """Lay out paired comparisons under the plain questions they answer.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``comparisons`` of one task and one history.
    models : mapping
        The ``models`` beside them, for their labels.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        None where there are none.
    """
    if not entries:
        return None
    columns = ("Question", "Compared", "Difference", "95 % interval", "p", "Holm p")
    rows = tuple(Row(plain(entry["question"]), _comparison(entry, models)) for entry in entries)
    notes = (
        "Difference: first less second, on the same windows and folds; interval and one-sided p "
        "(first better than second) from resampling whole patients, given the fitted models.",
    )
    return Table(caption, columns, rows, notes, {0: "prose", 1: "prose"})


def _comparison(entry: Mapping[str, Any], models: Mapping[str, Any]) -> tuple[Cell, ...]:
    a, b = (plain(models.get(entry[side], {}).get("label", entry[side])) for side in "ab")
    texts = (
        number(entry["difference"]),
        interval(entry["ci95"]),
        p_value(entry["p"]),
        p_value(entry.get("p_holm")),
    )
    return Cell(f"{a} − {b}", metric(entry["metric"])), *(Cell(text) for text in texts)
