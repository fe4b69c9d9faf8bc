"""The relabelling test: refitted on exchanged label sequences, on the same folds."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed

from dolorimeter.core import InputError, progress
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.evaluation import exchange_labels, point_metrics, relabeling_p
from dolorimeter.studies.streams import stream

from .arm import Arm
from .crossfit import cross_fit
from .design import VitalsStudy

ATTEMPTS = 50
Point = dict[str, float]


def relabeling_test(
    study: VitalsStudy, arm: Arm, observed: dict[str, Point], seed: int
) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """Return the p-value of each model and metric against exchanged label sequences.

    Whole label sequences, gaps included, are exchanged between stays of like length, those of one
    patient together (docs/decisions/0006); every model is refitted and scored on the folds it had
    (science.md 1.6). The prepared windows are reused, since nothing in them depends on labels.

    Parameters
    ----------
    study : VitalsStudy
        ``permutations`` says how often; boosting is left out for its cost.
    arm : Arm
        Fitted on the labels as they are.
    observed : dict of str to dict
        Metrics of each model on the labels as they are.
    seed : int
        Seed of the exchanges.

    Returns
    -------
    dict
        By model and metric: the p-value, and the mean over the exchanges.
    """
    names = [name for name in observed if not name.startswith("boosting")]
    bar = progress(range(study.permutations), f"{arm.task}: relabelling")
    drawn = Parallel(n_jobs=study.n_jobs, prefer="threads")(
        delayed(_draw)(study, arm, names, seed, index) for index in bar
    )
    return {
        name: {
            metric: _against(value, np.array([draw[name][metric] for draw in drawn]))
            for metric, value in observed[name].items()
        }
        for name in names
    }


def _against(observed: float, drawn: Floats) -> tuple[float | None, float | None]:
    known = drawn[~np.isnan(drawn)]
    return relabeling_p(observed, drawn), float(known.mean()) if len(known) else None


def _draw(
    study: VitalsStudy, arm: Arm, names: list[str], seed: int, index: int
) -> dict[str, Point]:
    """Refit on one exchange; one that leaves a fold without a class is drawn anew.

    What can be fitted is a property of the arrangement, and the observed one has it too, so the
    test stays exact among the arrangements that have it.
    """
    rng = stream(seed, "relabel", arm.task, str(index))
    for _ in range(ATTEMPTS):
        labels = exchange_labels(
            arm.labels, arm.cohort.offsets, random_state=rng, groups=arm.cohort.patient_ids
        )
        try:
            return _refit(study, arm, names, labels, seed)
        except InputError as error:
            refused = error
    raise InputError(
        "permutations",
        f"{ATTEMPTS} exchanges in a row that cannot be fitted ({refused})",
        "folds that can spare the labels of some stays",
        "Use fewer folds, or more stays.",
    )


def _refit(
    study: VitalsStudy, arm: Arm, names: list[str], labels: Ints, seed: int
) -> dict[str, Point]:
    fits = cross_fit(names, arm.prepared, labels, arm.known, study.model_options, seed, n_jobs=1)
    return {
        name: point_metrics(arm.predictions(fit.probabilities, labels), rule=study.rule)
        for name, fit in fits.items()
    }
