"""The rows of the results tables: metrics, intervals and p-values of each model and null."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dolorimeter.core.containers import Floats
from dolorimeter.evaluation import (
    Evaluation,
    Predictions,
    calibration,
    evaluate,
    holm,
    holm_reachable,
    null_distribution,
    null_evaluation,
    p_paper,
)
from dolorimeter.states import MODELS
from dolorimeter.studies.streams import stream

from .arm import Arm, window_stays
from .design import VitalsStudy
from .parameters import average_parameters
from .relabel import relabeling_test

METRICS = ("vus", "accuracy", "precision", "recall", "f1", "f1_of_means")
NULLS = {"random": "Random null", "mode": "Mode null"}
NO_ORDER = "Knows no order, so earlier reports cannot reach it: the same model as without them."
LABELS = {
    "hmm": "HMM, semi-supervised",
    "hmm-labelled": "HMM, labelled emissions",
    "chain": "Markov chain, no vitals",
    "nb": "Naive Bayes",
    "boosting": "Gradient boosting",
    "boosting-reports": "Gradient boosting, reports alone",
    "linear": "Linear regression",
    "state-space": "Linear-Gaussian state space",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """The rows of one arm, and the predictions that comparisons need.

    Attributes
    ----------
    rows : dict of str to dict
        By model and null, in the shape of results.json.
    predictions : dict of str to Predictions
        By model, with the mode null.
    """

    rows: dict[str, Row]
    predictions: dict[str, Predictions]


def score(study: VitalsStudy, arm: Arm, seed: int) -> Scored:
    """Score every model and null of an arm.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    arm : Arm
        Fitted.
    seed : int
        Seed of nulls and resamples.

    Returns
    -------
    Scored
        Rows without the Holm values, which need all arms.
    """
    predictions = {name: arm.predictions(fit.probabilities) for name, fit in arm.fits.items()}
    evaluations = {
        name: evaluate(
            each,
            study.n_bootstrap,
            random_state=stream(seed, "intervals", arm.task),
            rule=study.rule,
        )
        for name, each in predictions.items()
    }
    nulls = _null_metrics(study, arm, seed)
    rows = {
        name: _model_row(arm, name, evaluation, predictions[name], nulls)
        for name, evaluation in evaluations.items()
    }
    rows["random"] = _null_row(arm, "random", seed)
    rows["mode"] = _null_row(arm, "mode", seed)
    if study.permutations and arm.history == "none":
        _add_relabeling(study, arm, rows, evaluations, seed)
    predictions["mode"] = arm.predictions(mode_probabilities(arm))
    return Scored(rows, predictions)


def mode_probabilities(arm: Arm) -> Floats:
    """Return the mode null as posteriors: all on the commonest class of the training windows.

    Parameters
    ----------
    arm : Arm
        Its folds and labels.

    Returns
    -------
    ndarray of shape (n_windows, n_classes)
        Ones and zeros.
    """
    size = len(arm.class_names)
    probabilities = np.zeros((len(arm.labels), size))
    for fold in arm.prepared:
        labels = arm.labels[fold.train.windows]
        commonest = np.bincount(labels[labels >= 0], minlength=size).argmax()
        probabilities[fold.test.windows, commonest] = 1.0
    return probabilities


def adjust(blocks: list[dict[str, Row]], null_bootstraps: int) -> None:
    """Add Holm-adjusted values over the tests of one history (science.md 1.6).

    ``p_paper`` is adjusted over models, metrics, nulls and tasks; ``p`` of the relabelling test
    over the models that see vital signs and the tasks, each metric for itself, since a claim rests
    on one metric, the VUS.

    Parameters
    ----------
    blocks : list of dict
        Rows of each task under that history; changed in place.
    null_bootstraps : int
        Replicates of the nulls, which bound how small ``p_paper`` can be.
    """
    cells = [cell for block in blocks for cell in _cells(block)]
    paper = [(cell, null) for cell in cells for null in NULLS]
    family = [cell["p_paper"][null] for cell, null in paper]
    enough = holm_reachable(null_bootstraps, sum(p is not None for p in family))
    adjusted = holm(family) if enough else [None] * len(family)
    for (cell, null), value in zip(paper, adjusted, strict=True):
        cell["p_paper_holm"][null] = value
    for metric in METRICS:
        tested = [
            row["metrics"][metric]
            for block in blocks
            for name, row in block.items()
            if name not in NULLS and MODELS[name].uses_vitals
        ]
        for cell, value in zip(tested, holm([cell["p"] for cell in tested]), strict=True):
            cell["p_holm"] = value


def _cells(block: dict[str, Row]) -> Iterator[dict[str, Any]]:
    for name, row in block.items():
        if name not in NULLS:
            yield from (row["metrics"][metric] for metric in METRICS)


def _null_metrics(study: VitalsStudy, arm: Arm, seed: int) -> dict[str, dict[str, Floats]]:
    labelled = arm.labels >= 0
    return null_distribution(
        arm.labels[labelled],
        window_stays(arm.cohort)[labelled],
        arm.cohort.patient_ids if arm.folds.unit == "patient" else arm.cohort.stay_ids,
        len(arm.folds),
        n_bootstrap=study.null_bootstraps,
        random_state=stream(seed, "nulls", arm.task, arm.history),
    )


def _model_row(
    arm: Arm,
    name: str,
    evaluation: Evaluation,
    predictions: Predictions,
    nulls: dict[str, dict[str, Floats]],
) -> Row:
    row = _row(LABELS[name], evaluation)
    for metric in METRICS:
        cell = row["metrics"][metric]
        cell["p_paper"] = {
            null: None
            if (metric, null) == ("vus", "mode")
            else p_paper(cell["mean"], nulls[null][metric])
            for null in NULLS
        }
    curve = calibration(predictions.probabilities, predictions.labels)
    row["calibration"] = curve.to_dict(arm.class_names)
    row["parameters"] = average_parameters(arm.fits[name].models, arm.cohort.vital_names)
    row["notes"] = [MODELS[name].summary]
    if arm.history == "reports" and not MODELS[name].ordered and not MODELS[name].uses_reports:
        row["notes"].append(NO_ORDER)
    return row


def _null_row(arm: Arm, kind: Literal["random", "mode"], seed: int) -> Row:
    each = arm.predictions(mode_probabilities(arm))
    evaluation = null_evaluation(
        kind, each, random_state=stream(seed, "null row", arm.task, arm.history, kind)
    )
    return {**_row(NULLS[kind], evaluation), "parameters": {}, "notes": []}


def _row(label: str, evaluation: Evaluation) -> Row:
    content = evaluation.to_dict()
    for cell in content["metrics"].values():
        cell |= {"p_paper": dict.fromkeys(NULLS), "p_paper_holm": dict.fromkeys(NULLS)}
        cell |= {"p": None, "p_holm": None, "null_mean": None}
    return {"label": label, **content}


def _add_relabeling(
    study: VitalsStudy,
    arm: Arm,
    rows: dict[str, Row],
    evaluations: dict[str, Evaluation],
    seed: int,
) -> None:
    observed = {
        name: {metric: each.metrics[metric].mean for metric in METRICS}
        for name, each in evaluations.items()
    }
    for name, values in relabeling_test(study, arm, observed, seed).items():
        for metric, (p, null_mean) in values.items():
            rows[name]["metrics"][metric] |= {"p": p, "null_mean": null_mean}
