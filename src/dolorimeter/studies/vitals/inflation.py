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
from dolorimeter.studies.streams import stream
from dolorimeter.tables import label_windows

from .arm import Arm, run_arm
from .crossfit import cross_fit, prepare_folds
from .dealing import deal_folds, shared_patients
from .design import VitalsStudy

MEASURED = ("hmm", "nb")
FOLDS = "How much do folds that keep stays, not patients, lift it?"
REFERENCE = "How much does standardizing vital signs over the whole stay lift it?"
INFERENCE = "How much does smoothing, which sees the rest of the stay, lift it?"
REFERENCES = ("whole-stay standardization", "causal standardization")
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
    smoothed = (_entry(alone, arm.task, pair, seed) for pair in _inferences(arm))
    return [*_across_folds(alone, arm, seed), *_references(alone, arm, seed), *smoothed]


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
        return [_unmeasured("W3", arm.task, UNITS, f"folds of {group}s cannot be had: {error}")]
    stays, patients = (arm, refolded) if study.group == "stay" else (refolded, arm)
    if not shared_patients(arm.cohort, stays.folds):
        return [_unmeasured("W3", arm.task, UNITS, "folds of stays share no patient here")]
    pairs = (
        Pair("W3", FOLDS, name, UNITS, _headline(stays, name), _headline(patients, name))
        for name in study.models
    )
    return [_entry(study, arm.task, pair, seed) for pair in pairs]


def _headline(arm: Arm, name: str) -> Predictions:
    return arm.predictions(arm.fits[name].probabilities)


def _references(study: VitalsStudy, arm: Arm, seed: int) -> list[Entry]:
    """Whole-stay against causal standardization of the vital signs, labels and windows alike."""
    if arm.task != "median-referenced":
        return []
    labels = label_windows(arm.cohort, replace(arm.target, reference="stay"))
    try:
        whole, causal = (
            _referenced(study, arm, reference, labels, seed) for reference in ("stay", "causal")
        )
    except InputError as error:
        return [_unmeasured("K6", arm.task, REFERENCES, f"one cannot be had: {error}")]
    alike = np.where(_same_present(whole, causal), labels, -1)
    if set(alike[alike >= 0].tolist()) != set(range(len(arm.class_names))):
        note = "the windows with both references lack a class"
        return [_unmeasured("K6", arm.task, REFERENCES, note)]
    pairs = (
        Pair(
            "K6", REFERENCE, name, REFERENCES,
            *(each.predictions(each.fits[name].probabilities, alike) for each in (whole, causal)),
        )
        for name in study.models
    )  # fmt: skip
    return [_entry(study, arm.task, pair, seed) for pair in pairs]


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
        "value_a": _value(pair.looser, study.rule),
        "value_b": _value(pair.stricter, study.rule),
        **{key: answer[key] for key in ("difference", "se", "ci95", "p")},
        "p_holm": None,
        "note": "" if answer["difference"] is not None else "no fold tests every class",
    }


def _value(predictions: Predictions, rule: str) -> float | None:
    """Return the VUS, None where no fold tests every class."""
    value = point_metrics(predictions, rule)["vus"]
    return None if np.isnan(value) else value


def _unmeasured(rule: str, task: str, names: tuple[str, str], note: str) -> Entry:
    """Say that two designs could not be compared, and why."""
    fixed = {"rule": rule, "question": FOLDS if rule == "W3" else REFERENCE, "task": task}
    pair = {"model": None, "a": names[0], "b": names[1], "metric": "vus", "windows": 0}
    missing = dict.fromkeys(("value_a", "value_b", "difference", "se", "p", "p_holm"))
    return {**fixed, **pair, **missing, "ci95": [None, None], "note": note}
