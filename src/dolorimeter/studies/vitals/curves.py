"""Learning curves of the paper's two models (Fig 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dolorimeter.core.containers import Floats, Ints
from dolorimeter.evaluation import learning_curve
from dolorimeter.studies.streams import stream

from .arm import Arm, window_stays
from .crossfit import build, fit, posterior, prepare_split, turn
from .design import VitalsStudy

CURVE_MODELS = ("hmm", "nb")


def learning_curves(study: VitalsStudy, arm: Arm, seed: int) -> dict[str, dict[str, Any]]:
    """Return how the VUS grows with the share of patients trained on.

    Parameters
    ----------
    study : VitalsStudy
        ``learning_splits`` says how many splits; with 0 there is no curve.
    arm : Arm
        Whose task is learnt.
    seed : int
        Seed of the splits.

    Returns
    -------
    dict
        By model, in the shape of results.json.
    """
    if study.learning_splits == 0:
        return {}
    return {
        name: learning_curve(
            _fit_predict(study, arm, name, seed),
            labels=arm.labels,
            sequences=window_stays(arm.cohort),
            groups=arm.cohort.patient_ids,
            n_splits=study.learning_splits,
            n_bootstrap=study.n_bootstrap,
            n_jobs=study.n_jobs,
            random_state=stream(seed, "learning curve", arm.task),
        ).to_dict()
        for name in CURVE_MODELS
        if name in arm.fits
    }


def _fit_predict(
    study: VitalsStudy, arm: Arm, name: str, seed: int
) -> Callable[[Ints, Ints], Floats]:
    options = study.model_options.get(name, {})

    def fit_predict(train: Ints, test: Ints) -> Floats:
        with turn():
            split = prepare_split(arm.cohort, arm.target, train, test)
        with turn(name):
            model = fit(name, build(name, arm.history, options, seed), split.train, arm.labels)
            return posterior(name, model, split.test, arm.labels, arm.known)

    return fit_predict
