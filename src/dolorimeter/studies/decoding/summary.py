"""What was found, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.studies.words import p_words

Content = Mapping[str, Any]


def summarize(content: Content) -> list[str]:
    """Say what a run found.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Plain sentences, the honest ones first.
    """
    return [
        *_score(content),
        *_bulk(content),
        *_residual(content),
        *_labelling(content),
        *_specificity(content),
        *(inflation_sentence(row) for row in content["inflation"]),
    ]


def _score(content: Content) -> Iterator[str]:
    score, design, data = content["accuracy"], content["design"], content["data"]
    what = "accuracy" if score["metric"] == "accuracy" else "predictive R²"
    said = (
        f"Single test samples, {design['scheme']}: {what} {_figure(score)} over "
        f"{score['n']:,} samples of {data['subjects']} subjects."
    )
    yield said
    if score["p"] is None:
        yield "No null was made by relabelling, so that nothing is known of chance."
    elif score["p"] < 0.05 and score["value"] > score["null_mean"]:
        yield (
            f"That is beyond its null by relabelling (mean {score['null_mean']:.3f}, "
            f"{p_words(score['p'])})."
        )
    else:
        yield (
            f"That is not beyond its null by relabelling (mean {score['null_mean']:.3f}, "
            f"{p_words(score['p'])})."
        )


def _bulk(content: Content) -> Iterator[str]:
    bulk = content["comparators"]["bulk_amplitude"]
    if bulk is not None:
        yield f"Bulk amplitude alone reaches {_figure(bulk)} on the same folds."


def _residual(content: Content) -> Iterator[str]:
    residual = content["comparators"]["residual_amplitude"]
    if residual is None or content["design"]["objective"] != "signature":
        return
    if residual["value"] is None:
        yield f"With amplitude matched across classes nothing can be said. {residual['note']}."
    else:
        p = "" if residual["p"] is None else f" ({p_words(residual['p'])})"
        yield f"With amplitude matched across classes accuracy is {residual['value']:.3f}{p}."


def _labelling(content: Content) -> Iterator[str]:
    labelling = content["labelling"]
    if labelling is None or len(labelling["curve"]) < 2:
        return
    last = labelling["curve"][-1]
    yield (
        f"Averaging {last['m']} test samples of one {labelling['grouped_by']} takes accuracy to "
        f"{last['accuracy']:.3f}: that is labelling, and no prediction."
    )


def _specificity(content: Content) -> Iterator[str]:
    specificity = content["specificity"]
    if specificity is None:
        return
    for row in specificity["modalities"]:
        low, high = row["separation_ci95"]
        matched = {True: "as salient", False: "not shown as salient", None: "salience not judged"}
        yield (
            f"Separation of pain from {row['modality']} ({matched[row['equivalent']]}): "
            f"{row['separation']:.3f} (95 % interval {low:.3f} to {high:.3f}; 0 is none); "
            f"{100 * row['rate']:.0f} % of its samples were called pain."
        )


def inflation_sentence(row: Content) -> str:
    """Say what a looser protocol added.

    Parameters
    ----------
    row : mapping
        One row of ``"inflation"``.

    Returns
    -------
    str
        A sentence.
    """
    interval = ""
    if row["ci95"] is not None:
        interval = f" (95 % interval {row['ci95'][0]:+.3f} to {row['ci95'][1]:+.3f})"
    return (
        f"{row['a'][0].upper()}{row['a'][1:]} against {row['b']}: {row['value_a']:.3f} against "
        f"{row['value_b']:.3f}, a difference of {row['difference']:+.3f}{interval}."
    )


def _figure(score: Content) -> str:
    if score["ci95"] is None:
        return f"{score['value']:.3f}"
    low, high = score["ci95"]
    return f"{score['value']:.3f} (95 % interval {low:.3f} to {high:.3f})"
