"""The parts of a decoding report that hold its results: figures, tables and their captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import (
    figures_decoding,
    figures_decoding_curves,
    figures_decoding_modalities,
    tables_decoding,
)
from .decoding_inflation import inflation, questions
from .decoding_labelling import labelled
from .decoding_words import block, score_sentence
from .figures import Plate
from .figures_brain import BrainMap, Portrait, portrait
from .formats import DASH, count, interval, is_absent, number, p_value, plain
from .words import metric

Results = Mapping[str, Any]
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


def score_view(results: Results) -> dict[str, Any]:
    """Gather the score, its null, folds, subjects, confusion, regression and labelling.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict
        Figures, tables and texts, None for what was not done.
    """
    score, regression = block(results, "accuracy"), block(results, "regression")
    same = _same_units(results)
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
        "fold_scores": None if same else _unit_scores(results, "folds", "name", "fold"),
        "folds_are_subjects": same,
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
        "labelling": labelled(results),
        "inflation": inflation(
            results.get("inflation") or (),
            "What looser protocols add to the score, measured on the samples of this study.",
        ),
        "inflation_questions": questions(results.get("inflation") or ()),
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


def _same_units(results: Results) -> bool:
    """Tell whether each fold tests one subject, so that their scores are the same."""
    folds, subjects = (
        [(entry.get("n"), entry.get("score")) for entry in results.get(part) or ()]
        for part in ("folds", "subjects")
    )
    return bool(folds) and folds == subjects


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


def compared(results: Results) -> dict[str, Any]:
    """Gather what the score was compared with.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict
        Figure, table, texts, and the names of what was not done.
    """
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


def specific(results: Results) -> dict[str, Any] | None:
    """Gather what was found of other sensations.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict or None
        Figures and tables; None where none was tested.
    """
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


def mapped(results: Results, images: Mapping[str, BrainMap]) -> dict[str, Any]:
    """Gather maps and features.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.
    images : mapping of str to BrainMap
        Maps to draw, by their names in the results.

    Returns
    -------
    dict
        Portraits, the names of maps that were not drawn, and the table of features.
    """
    maps = results.get("maps") or ()
    names = [plain(entry["name"]) for entry in maps] or list(images)
    portraits = [(_MAPS.get(name, ""), portrait(images[name])) for name in names if name in images]
    shown: list[tuple[str, Portrait]] = portraits
    top = results.get("top_features") or ()
    in_space = block(results, "data").get("has_space") is True
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
            "Voxel i j k" if in_space else "Feature",
        ),
    }
