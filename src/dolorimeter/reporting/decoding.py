"""The report of a decoding study: which parts of the results go where on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dolorimeter.core.errors import InputError

from . import (
    figures_decoding,
    figures_decoding_curves,
    figures_decoding_folds,
    figures_decoding_modalities,
    tables_decoding,
)
from .decoding_views import data_counts, data_facts, design_facts, tripod_groups
from .decoding_words import block, methods, not_done, question, score_sentence
from .drawing import house_style
from .figures import Plate
from .figures_brain import BrainMap, Portrait, portrait
from .formats import DASH, count, interval, is_absent, number, p_value, percent, plain
from .render import render_page
from .tables_rules import rule_rows, status_counts
from .words import metric

Results = Mapping[str, Any]
FORMAT = 1
STUDY = "This study"
_NOMINAL = (
    " Its mean need not be the nominal chance, which is drawn dashed only to show that it is not "
    "the null."
)
_COMPARED = {
    "bulk_amplitude": "Bulk amplitude alone",
    "other_normalization": "The other normalization",
    "residual_amplitude": "Amplitude matched across classes (N4)",
}
_MAPS = {
    "weights": "What the model multiplies each voxel with: large where a voxel helps, be it by "
    "canceling noise.",
    "pattern": "The forward (Haufe) pattern of the weights: large where the signal is.",
    "univariate": "The t of each voxel by itself.",
}


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
        "rule_ids": {row.rule for row in rules},
        "status_counts": status_counts(rules),
        "data_counts": data_counts(data),
        "data_facts": data_facts(data) if data else [],
        "design_facts": design_facts(design) if design else [],
        "departures": design.get("departures") or (),
        "folds": _folds(design),
        **_score_view(results),
        "comparators": _comparators(results),
        "specificity": _specificity(results),
        "maps": _maps(results, images),
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


def _score_view(results: Results) -> dict[str, Any]:
    """Score, null, folds, subjects, confusion, regression and labelling."""
    score, regression = block(results, "accuracy"), block(results, "regression")
    name = metric(score.get("metric") or "score")
    no_chance = is_absent(score.get("chance"))
    target = block(block(results, "data"), "target").get("name") or "target"
    return {
        "score": {"text": score_sentence(score), "numbers": _score_numbers(score)},
        "null": figures_decoding.null_histogram(
            score,
            f"{name} against the null that relabelling gives: gray, how often relabelled data "
            f"scored what. The p-value is read against this null.{'' if no_chance else _NOMINAL}",
        ),
        "fold_scores": _unit_scores(results, "folds", "name", "fold"),
        "subject_scores": _unit_scores(results, "subjects", "subject", "subject"),
        "single_folds": _single(results.get("folds") or ()),
        "confusion": tables_decoding.confusion(
            results.get("confusion"),
            "true ↓\npredicted →",
            "Confusion over the test samples; the share is that of its row.",
        ),
        "regression": regression
        and {
            "numbers": _regression_numbers(regression),
            "plate": figures_decoding_curves.prediction_scatter(
                block(regression, "scatter"),
                target,
                f"Observed {plain(target)} against what was predicted out of fold; dashed: equal. "
                "Read the fit from R² and from the correlation within subjects, never from the "
                "shape of the pooled cloud.",
            ),
        },
        "labelling": _labelling(block(results, "labelling")),
    }


def _score_numbers(score: Results) -> list[tuple[str, str]]:
    pairs = [
        (metric(score.get("metric") or "score"), number(score.get("value"))),
        ("mean of the null", number(score.get("null_mean"))),
        ("p against the null", p_value(score.get("p"))),
        ("nominal chance, not the null", number(score.get("chance"))),
    ]
    return [(name, text) for name, text in pairs if text != DASH]


def _unit_scores(results: Results, part: str, key: str, noun: str) -> Plate | None:
    entries = results.get(part) or ()
    if _single(entries):
        return None
    return figures_decoding.unit_scores(
        [(entry.get(key, ""), entry.get("score")) for entry in entries],
        block(results, "accuracy"),
        f"Score of each {noun}. Line: score of all; dotted: mean of the null.",
    )


def _single(entries: Sequence[Results]) -> bool:
    """Tell whether every fold tests one sample, so that its score is 0 or 1."""
    return bool(entries) and all(entry.get("n") == 1 for entry in entries)


def _regression_numbers(regression: Results) -> list[tuple[str, str]]:
    score, within = block(regression, "r2"), block(regression, "within_subject_r")
    pairs = [
        ("predictive R²", number(score.get("value"))),
        ("mean correlation within subjects", number(within.get("mean"))),
        ("its 95 % interval", interval(within.get("ci95"))),
        ("its p", p_value(within.get("p"))),
        ("subjects behind it", count(within.get("subjects"))),
    ]
    return [(name, text) for name, text in pairs if text != DASH]


def _labelling(labelling: Results) -> dict[str, Any] | None:
    forced = block(labelling, "forced_choice")
    if not (labelling.get("curve") or forced):
        return None
    by = plain(labelling.get("grouped_by") or "condition")
    return {
        "plate": figures_decoding_curves.labelling_curve(
            labelling,
            f"Labelling accuracy when test trials are averaged by {by} in groups of m. Diamonds: "
            "measured; dashed: closed form from the single-trial d′; circle: the single-trial "
            "accuracy, where the curve starts.",
        ),
        "dprime": number(labelling.get("dprime")),
        "forced": forced
        and f"Forced choice between two grouped samples: "
        f"{percent(100 * forced['accuracy']) if not is_absent(forced.get('accuracy')) else DASH} "
        f"of {count(forced.get('pairs'))} pairs. It is no accuracy of single predictions (K4).",
        "note": plain(labelling.get("note") or ""),
    }


def _comparators(results: Results) -> dict[str, Any]:
    compared = block(results, "comparators")
    entries = [(STUDY, block(results, "accuracy"))]
    entries += [(name, block(compared, key)) for key, name in _COMPARED.items()]
    univariate = block(compared, "univariate")
    is_number = block(block(results, "data"), "target").get("kind") == "number"
    asked = {k: name for k, name in _COMPARED.items() if k != "residual_amplitude" or not is_number}
    caption = (
        "The study against what simpler signals give. Bar: 95 % interval; upright mark: mean of "
        "each one’s own null."
    )
    return {
        "table": tables_decoding.scores(entries, "Scores of the study and of its comparators.")
        if compared
        else None,
        "plate": figures_decoding.comparators(entries, caption),
        "missing": [name for key, name in asked.items() if not compared.get(key)],
        "univariate": univariate
        and f"Mass-univariate map: largest |t| {number(univariate.get('largest_t'), 2)} against a "
        f"threshold of {number(univariate.get('threshold_t'), 2)} corrected over features; "
        f"{count(univariate.get('n_above'))} of {count(univariate.get('features'))} features "
        "exceed it.",
    }


def _specificity(results: Results) -> dict[str, Any] | None:
    found = block(results, "specificity")
    if not any(found.get(key) for key in ("modalities", "confusion", "reverse_inference")):
        return None
    reverse = block(found, "reverse_inference")
    entries = found.get("modalities") or ()
    return {
        "trained_on": plain(found.get("trained_on") or ""),
        "table": tables_decoding.modalities(
            entries,
            "What the pattern made of each modality. Under an estimate: its 95 % interval. Equally "
            "salient: the whole interval of the difference lies within the margin.",
        ),
        "plate": figures_decoding_modalities.modalities(
            entries, "Separation from pain and salience, with 95 % intervals over subjects."
        ),
        "confusion": tables_decoding.confusion(
            found.get("confusion"), "modality ↓\ncalled →", "Confusion by modality."
        ),
        "curve": figures_decoding_curves.reverse_inference(
            reverse,
            "How probable pain is when the pattern is seen, over base rates of pain, for a "
            f"sensitivity of {number(reverse.get('sensitivity'))} and a specificity of "
            f"{number(reverse.get('specificity'))} among the tested modalities. Dashed: a pattern "
            "that says nothing. The bar is a 95 % interval.",
        ),
    }


def _maps(results: Results, images: Mapping[str, BrainMap]) -> dict[str, Any]:
    maps = results.get("maps") or ()
    names = [plain(entry["name"]) for entry in maps] or list(images)
    portraits = [(_MAPS.get(name, ""), portrait(images[name])) for name in names if name in images]
    shown: list[tuple[str, Portrait]] = portraits
    top = results.get("top_features") or ()
    return {
        "portraits": shown,
        "undrawn": [
            f"{plain(entry['name'])} ({plain(entry.get('file') or 'no file')})"
            for entry in maps
            if entry["name"] not in images
        ],
        "top": tables_decoding.top_features(
            top,
            "Features with the largest weights, beside their forward (Haufe) pattern: the pattern, "
            "not the weight, tells where the signal is. Bars: size, whatever the sign.",
        ),
    }
