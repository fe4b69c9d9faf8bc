"""How far a looser design lifts the VUS, measured: paired differences clustered by patient.

Three designs stand against three stricter ones (rules W3 and K6 of science.md, part 3), each pair
alike in all else: model, task, windows and labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.evaluation import Predictions, compare, holm, point_metrics
from dolorimeter.states import MODELS
from dolorimeter.tables import label_windows

from .arm import Arm, run_arm
from .crossfit import cross_fit, prepare_folds
from .dealing import deal_folds, shared_patients
from .design import VitalsStudy, stream

MEASURED = ("hmm", "nb")
FOLDS = "How much do folds that keep stays, not patients, lift it?"
REFERENCE = "How much does standardizing vital signs over the whole stay lift it?"
INFERENCE = "How much does smoothing, which sees the rest of the stay, lift it?"
UNITS = ("folds of stays", "folds of patients")
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two designs that differ in one thing.

    Attributes
    ----------
    rule : str
        Of the audit: ``"W3"`` or ``"K6"``.
    question : str
        What the difference answers.
    model : str
        Name in the registry.
    names : tuple of str
        The looser design, and the stricter.
    looser, stricter : Predictions
        At the same windows.
    """

    rule: str
    question: str
    model: str
    names: tuple[str, str]
    looser: Predictions
    stricter: Predictions


def measure_inflation(study: VitalsStudy, arm: Arm, seed: int) -> list[Entry]:
    """Measure what a looser design adds to the VUS of one task, vital signs alone.

    Stay-grouped against patient-grouped folds; vital signs standardized over the whole stay against
    over the windows before (median-referenced task, its labels from the whole stay in both);
    smoothed against filtered posteriors of the same fitted models.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    arm : Arm
        Fitted, with history ``"none"``.
    seed : int
        Seed of the study.

    Returns
    -------
    list of dict
        In the shape of results.json; empty where neither the HMM nor naive Bayes was run.
    """
    models = tuple(name for name in MEASURED if name in arm.fits)
    if not models:
        return []
    alone = replace(study, models=models, history="none", permutations=0)
    rest = (*_references(alone, arm, seed), *_inferences(arm))
    return [*_across_folds(alone, arm, seed), *(_entry(alone, arm.task, p, seed) for p in rest)]


def adjust_inflation(entries: list[Entry]) -> None:
    """Add the Holm values over all that was measured.

    Parameters
    ----------
    entries : list of dict
        Of all tasks; changed in place.
    """
    for entry, p in zip(entries, holm([entry["p"] for entry in entries]), strict=True):
        entry["p_holm"] = p


def _across_folds(study: VitalsStudy, arm: Arm, seed: int) -> list[Entry]:
    """Stay-grouped against patient-grouped folds; an entry that says why, where that cannot be."""
    group: Literal["stay", "patient"] = "patient" if study.group == "stay" else "stay"
    other = replace(study, group=group)
    try:
        folds = deal_folds(other, arm.cohort, seed)
        refolded = run_arm(other, arm.cohort, folds, arm.task, arm.history, seed)
    except InputError as error:
        return [_unmeasured(arm.task, f"the folds of {group}s cannot be had: {error}")]
    stays, patients = (arm, refolded) if study.group == "stay" else (refolded, arm)
    if not shared_patients(arm.cohort, stays.folds):
        return [_unmeasured(arm.task, "folds of stays share no patient here")]
    pairs = (
        Pair("W3", FOLDS, name, UNITS, _headline(stays, name), _headline(patients, name))
        for name in study.models
    )
    return [_entry(study, arm.task, pair, seed) for pair in pairs]


def _headline(arm: Arm, name: str) -> Predictions:
    return arm.predictions(arm.fits[name].probabilities)


def _references(study: VitalsStudy, arm: Arm, seed: int) -> Iterator[Pair]:
    """Whole-stay against causal standardization of the vital signs, labels and windows alike."""
    if arm.task != "median-referenced":
        return
    labels = label_windows(arm.cohort, replace(arm.target, reference="stay"))
    whole, causal = (
        _referenced(study, arm, reference, labels, seed) for reference in ("stay", "causal")
    )
    alike = np.where(_same_present(whole, causal), labels, -1)
    names = ("whole-stay standardization", "causal standardization")
    for name in study.models:
        pair = (each.predictions(each.fits[name].probabilities, alike) for each in (whole, causal))
        yield Pair("K6", REFERENCE, name, names, *pair)


def _referenced(study: VitalsStudy, arm: Arm, reference: Any, labels: Ints, seed: int) -> Arm:
    """Refit an arm with another reference of its features; the labels stay those of the stay."""
    target = replace(arm.target, reference=reference)
    if reference == arm.target.reference == "stay":
        return arm
    prepared = tuple(prepare_folds(arm.cohort, target, arm.folds))
    fits = cross_fit(
        study.models, prepared, labels, arm.known, study.model_options, seed, study.n_jobs
    )
    return replace(arm, target=target, labels=labels, prepared=prepared, fits=fits)


def _same_present(a: Arm, b: Arm) -> Any:
    """Windows that lack no vital in the one arm which they have in the other, and have some."""
    present = [~np.isnan(_features(arm)) for arm in (a, b)]
    return (present[0] == present[1]).all(axis=1) & present[0].any(axis=1)


def _features(arm: Arm) -> Floats:
    """Prepared test windows of all folds, in the order of the cohort."""
    features = np.empty(arm.cohort.vitals.shape)
    for fold in arm.prepared:
        features[fold.test.windows] = fold.test.features
    return features


def _inferences(arm: Arm) -> Iterator[Pair]:
    """Smoothed against filtered posteriors; without an order there is nothing to smooth."""
    for name in MEASURED:
        if name in arm.fits and MODELS[name].ordered:
            filtered = arm.predictions(_filtered(arm, name))
            names = ("smoothing", "filtering")
            yield Pair("K6", INFERENCE, name, names, _headline(arm, name), filtered)


def _filtered(arm: Arm, name: str) -> Floats:
    """Filter the test stays with the models that smoothed them, no report known."""
    probabilities = np.empty_like(arm.fits[name].probabilities)
    for fold, model in zip(arm.prepared, arm.fits[name].models, strict=True):
        data = fold.test
        probabilities[data.windows] = model.filter(data.features, lengths=data.lengths)
    return probabilities


def _entry(study: VitalsStudy, task: str, pair: Pair, seed: int) -> Entry:
    """Compare a pair."""
    answer = compare(
        pair.looser,
        pair.stricter,
        n_bootstrap=study.n_bootstrap,
        random_state=stream(seed, "inflation", task, pair.model, *pair.names),
        rule=study.rule,
        across_folds=pair.rule == "W3",
    ).to_dict()
    return {
        "rule": pair.rule,
        "question": pair.question,
        "task": task,
        "model": pair.model,
        "a": pair.names[0],
        "b": pair.names[1],
        "metric": "vus",
        "windows": len(pair.looser.window),
        "value_a": point_metrics(pair.looser, study.rule)["vus"],
        "value_b": point_metrics(pair.stricter, study.rule)["vus"],
        **{key: answer[key] for key in ("difference", "se", "ci95", "p")},
        "p_holm": None,
        "note": "",
    }


def _unmeasured(task: str, note: str) -> Entry:
    """Say that the folds could not be compared, and why."""
    fixed = {"rule": "W3", "question": FOLDS, "task": task, "model": None}
    names = {"a": UNITS[0], "b": UNITS[1], "metric": "vus", "windows": 0}
    missing = dict.fromkeys(("value_a", "value_b", "difference", "se", "p", "p_holm"))
    return {**fixed, **names, **missing, "ci95": [None, None], "note": note}
