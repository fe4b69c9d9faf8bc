"""The parts of a learning report that hold fits: learning rate, parameters, models, recovery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import (
    figures_learning_comparison,
    figures_learning_fits,
    tables_learning_drift,
    tables_learning_fits,
)
from .decoding_words import block
from .figures_learning import by_name
from .formats import DASH, count, interval, is_absent, number, p_value, plain
from .learning_bayes import sampled
from .learning_words import listed, lower_first, measure_name, model_name
from .words import sentence_case

Results = Mapping[str, Any]


def rates(results: Results) -> list[dict[str, Any]]:
    """Gather the learning rate of each measure, with its profile and what it hangs on.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of dict
        One a measure.
    """
    return [_rate(results, name, entry) for name, entry in by_name(results.get("criterion"))]


def _rate(results: Results, measure: str, entry: Results) -> dict[str, Any]:
    model = entry.get("model") or "td"
    fit = block(block(block(results, "fits"), measure), model)
    judged = fit if entry.get("identified") is None else entry
    name = lower_first(measure_name(measure))
    label = lower_first(model_name(model, fit.get("label")))
    return {
        "title": measure_name(measure),
        "verdict": verdict(judged, name),
        "numbers": _numbers(entry),
        "steady": tables_learning_drift.steady(
            entry,
            "The tests that the claim rests on: a linear trend and the logarithm of the trial's "
            "number taken out of measure and values.",
        ),
        "profile": figures_learning_fits.alpha_profile(
            entry,
            f"How the fit to the {name} changes with the learning rate of {label}. Upright: the "
            "rate of the highest correlation; gray: its 95 % interval over subjects. A profile "
            "that is flat cannot tell rates apart.",
        ),
        "sensitivity": tables_learning_fits.sensitivity(
            entry, "The same with another value before the first trial, and without the first ten."
        ),
        "by_cue": tables_learning_fits.by_cue(
            entry.get("by_cue"), "Correlation within subjects, cue by cue."
        ),
    }


def verdict(fit: Results, measure: str) -> dict[str, str]:
    """Say whether the learning rate is identified.

    Parameters
    ----------
    fit : mapping
        Fit of one model to one measure, or its criterion; empty where there is none.
    measure : str
        As it stands in a sentence.

    Returns
    -------
    dict
        ``status`` for the sign, ``said`` and ``reason``.
    """
    known = fit.get("identified")
    status, word = {True: ("passed", "is identified"), False: ("warned", "is not identified")}.get(
        known,  # type: ignore[arg-type]
        ("unknown", "was not examined for being identified"),
    )
    return {
        "status": status,
        "said": f"{sentence_case(fit.get('parameter') or 'alpha')} {word} by the {measure}.",
        "reason": sentence_case(fit.get("reason") or ""),
    }


def _numbers(entry: Results) -> list[tuple[str, str]]:
    pairs = [
        ("alpha", number(entry.get("alpha"), 2)),
        ("its 95 % interval", interval(entry.get("ci95") or None, 2)),
        ("r, mean over subjects", number(entry.get("r"))),
        ("p, the search repeated", p_value(entry.get("p_search"))),
        ("p, as if alpha were given", p_value(entry.get("p"))),
        ("p at the rate fixed beforehand", p_value(block(entry, "default").get("p"))),
        ("r of all trials pooled", number(entry.get("pooled_r"))),
        ("subjects", count(entry.get("subjects"))),
    ]
    return [(name, text) for name, text in pairs if text != DASH]


def fitted(results: Results) -> list[dict[str, Any]]:
    """Gather fits and parameters of each measure.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of dict
        One a measure.
    """
    parts = []
    for measure, models in by_name(results.get("fits")):
        entries = [(model_name(m, fit.get("label")), fit) for m, fit in by_name(models)]
        title = measure_name(measure)
        who = figures_learning_fits.subjects_behind(entries)
        loose = [lower_first(name) for name, fit in entries if fit.get("identified") is False]
        parts.append(
            {
                "title": title,
                "loose": listed(loose) if loose else "",
                "n_loose": len(loose),
                "table": tables_learning_fits.fits(entries, f"{title}: how well each model fits."),
                "plate": figures_learning_fits.parameters(
                    entries,
                    f"{title}: parameters. Blue: the group, over its 95 % interval; gray: "
                    f"{who or 'subjects'}.",
                ),
                "parameters": tables_learning_fits.parameters(
                    entries, f"{title}: parameters of the group, and the range of the subjects."
                ),
                "bayes": sampled(entries, title),
            }
        )
    return parts


def compared(results: Results) -> list[dict[str, Any]]:
    """Gather the comparison of models for each measure.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of dict
        One a measure that has something to draw.
    """
    parts, design = [], block(results, "design")
    for measure, entry in by_name(results.get("comparison")):
        labels = block(block(results, "fits"), measure)
        names = [
            model_name(plain(m), block(labels, m).get("label")) for m in entry.get("models") or ()
        ]
        subjects = entry.get("subjects")
        of = f" {count(subjects)} subjects." if not is_absent(subjects) else ""
        if entry.get("evidence"):
            of += f" Frequencies and exceedance by {plain(entry['evidence'])}."
        title = measure_name(measure)
        plate = figures_learning_comparison.comparison(
            entry, names, f"{title}: which model the subjects follow. Blue: the best of each.{of}"
        )
        table = tables_learning_fits.comparison(
            entry, names, f"{title}: the comparison in numbers."
        )
        if plate:
            drift = _drifting(design, measure)
            parts.append({"title": title, "plate": plate, "table": table, "drift": drift})
    return parts


def _drifting(design: Results, measure: str) -> str:
    """Say where a comparison takes no drift out; choices after learning have no trials to drift."""
    taken = set(design.get("nuisance") or ())
    if measure == "preference" or "nuisance" not in design or {"trend", "practice"} <= taken:
        return ""
    return (
        "A model whose values change over trials as practice or fatigue does can win here without "
        "any learning, and a model of no learning can lose. With --nuisance trend,practice the "
        "comparison allows for that."
    )


def recovered(results: Results) -> dict[str, Any]:
    """Gather the recovery of parameters and models.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict
        Figures and tables, None for what was not done.
    """
    recovery = block(results, "recovery")
    parameters, models = block(recovery, "parameters"), block(recovery, "models")
    each = [(model_name(plain(e.get("model") or "")), e) for e in recovery.get("each") or () if e]
    name = plain(parameters.get("name") or "parameter")
    chosen = [model_name(plain(m)) for m in models.get("names") or ()]
    true = [model_name(plain(m)) for m in models.get("planted") or ()] or chosen
    drawn = figures_learning_comparison
    return {
        "numbers": [] if len(each) > 1 else _recovered(parameters),
        "plate": drawn.recovery_scatters(
            each,
            "Simulated people with known parameters, fitted as people are. Dashed: recovered "
            "without error.",
        )
        if len(each) > 1
        else drawn.recovery_scatter(
            parameters,
            f"Simulated studies with a known {name}, fitted as the data were. Dashed: recovered "
            "without error.",
        ),
        "table": tables_learning_fits.recovered(each, "What came back of each parameter."),
        "confusion": tables_learning_fits.model_confusion(
            models,
            true,
            chosen,
            "Which model was chosen when which was true, as shares of the simulated studies of "
            "a row. The diagonal is right.",
        ),
        "by_subject": tables_learning_fits.model_confusion(
            {"confusion": models.get("by_subject")},
            true,
            chosen,
            "The same, as shares of the simulated people of a row, each by the BIC of his own.",
        ),
    }


def _recovered(parameters: Results) -> list[tuple[str, str]]:
    pairs = [
        ("correlation", number(parameters.get("r"))),
        ("bias", number(parameters.get("bias"))),
        ("root mean squared error", number(parameters.get("rmse"))),
    ]
    return [pair for pair in pairs if pair[1] != DASH]
