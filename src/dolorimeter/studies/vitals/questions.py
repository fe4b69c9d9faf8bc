"""The questions each arm answers by a paired, patient-clustered comparison."""

from __future__ import annotations

from typing import Any

from dolorimeter.evaluation import Predictions, compare, compare_to_chance
from dolorimeter.studies.streams import stream

from .arm import Arm
from .design import VitalsStudy

# (a, b, metric, question); asked where both stand in the arm.
NONE = (
    ("hmm", "chance", "vus", "Do the vital signs tell the classes apart at all (semi-supervised)?"),
    ("hmm-labelled", "chance", "vus", "And with emissions from labelled windows only?"),
    ("nb", "chance", "vus", "And window by window, without order (naive Bayes)?"),
    ("boosting", "chance", "vus", "And by gradient boosting?"),
    ("hmm", "mode", "accuracy", "Is the HMM right more often than always the commonest class?"),
    ("nb", "mode", "accuracy", "Is naive Bayes right more often than always the commonest class?"),
    ("boosting", "mode", "accuracy", "Is boosting right more often than the commonest class?"),
    ("hmm", "chain", "vus", "Do the vital signs tell more than the time since admission?"),
    ("hmm", "nb", "vus", "Does the order of the windows help (HMM against naive Bayes)?"),
    ("hmm", "hmm-labelled", "vus", "Do unlabelled windows help the fit, or does it drift?"),
    ("hmm", "boosting", "vus", "Does the HMM beat an ordinary strong classifier?"),
)
REPORTS = (
    ("hmm", "chain", "vus", "Do vital signs add to earlier reports (semi-supervised HMM)?"),
    ("hmm-labelled", "chain", "vus", "Do vital signs add to earlier reports (labelled HMM)?"),
    (
        "boosting",
        "boosting-reports",
        "vus",
        "Do vital signs add to earlier reports (gradient boosting)?",
    ),
    ("hmm", "hmm-labelled", "vus", "Do unlabelled windows help the fit, or does it drift?"),
    ("hmm", "boosting", "vus", "Does the HMM beat an ordinary strong classifier?"),
)
QUESTIONS = {"none": NONE, "reports": REPORTS}


def ask(
    study: VitalsStudy, arm: Arm, predictions: dict[str, Predictions], seed: int
) -> list[dict[str, Any]]:
    """Answer the arm's questions.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    arm : Arm
        Fitted.
    predictions : dict of str to Predictions
        By model, the mode null included.
    seed : int
        Seed of the resamples.

    Returns
    -------
    list of dict
        Comparisons in the shape of results.json, without the Holm values, which need all arms.
    """
    asked = []
    for a, b, metric, question in QUESTIONS[arm.history]:
        if a in predictions and (b == "chance" or b in predictions):
            rng = stream(seed, "compare", arm.task, arm.history, a, b, metric)
            options: dict[str, Any] = {
                "n_bootstrap": study.n_bootstrap,
                "random_state": rng,
                "rule": study.rule,
                "question": question,
            }
            answer = (
                compare_to_chance(predictions[a], name=a, **options)
                if b == "chance"
                else compare(predictions[a], predictions[b], metric, names=(a, b), **options)
            )
            asked.append(answer.to_dict())
    return asked
