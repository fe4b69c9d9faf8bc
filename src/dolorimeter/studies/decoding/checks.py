"""What a decoding study may declare, and which samples can carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import InputError, Samples
from dolorimeter.decoding.refitting import estimates_classes

if TYPE_CHECKING:
    from .design import DecodingStudy

GROUPS = ("run", "subject", "family", "site")
WORDS = (
    ("group", (None, *GROUPS)),
    ("grouped_by", (None, "condition", "stimulus", "rating", "blind")),
    ("tune_on", ("training", "test")),
    ("null", ("relabelling", "nominal")),
)


def check_study(study: DecodingStudy) -> None:
    """Refuse values that no study can have.

    Parameters
    ----------
    study : DecodingStudy
        As declared.

    Raises
    ------
    InputError
        If a value is of the wrong kind, or two contradict each other.
    """
    declared: object = study.objective
    if not isinstance(declared, Signature | Prediction):
        rule = "Signature(...) or Prediction(...)"
        raise InputError("objective", repr(declared), rule, "A study declares one.")
    for name, known in WORDS:
        if getattr(study, name) not in known:
            rule = "one of " + ", ".join(str(k) for k in known if k is not None)
            raise InputError(name, repr(getattr(study, name)), rule)
    for name in ("signal", "title"):
        if not isinstance(getattr(study, name), str):
            raise InputError(name, repr(getattr(study, name)), "text")
    if not isinstance(study.unrelated, bool):
        raise InputError("unrelated", repr(study.unrelated), "true or false")
    if study.pain is not None and not isinstance(study.pain, bool):
        raise InputError("pain", repr(study.pain), "true or false")
    _check_numbers(study)
    _check_estimator_named(study)
    _check_group(study)
    _check_searchlight(study)


def _check_numbers(study: DecodingStudy) -> None:
    for name, least in (("permutations", 0), ("test_average", 1)):
        _require_whole(name, getattr(study, name), (getattr(study, name),), least)
    _require_whole("sizes", study.sizes, study.sizes, 1)
    for name in ("regularization", "searchlight", "base_rate"):
        given = getattr(study, name)
        _require_positive(name, () if given is None and name != "regularization" else (given,))
    _require_positive("tune", study.tune)
    if study.base_rate is not None and study.base_rate >= 1:
        raise InputError("base_rate", repr(study.base_rate), "a share between 0 and 1")


def _require_whole(name: str, given: Any, values: tuple[Any, ...], least: int) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InputError(name, repr(given), f"a whole number of at least {least}")


def _require_positive(name: str, values: tuple[Any, ...]) -> None:
    for value in values:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value < np.inf:
            raise InputError(name, repr(value), "positive numbers")


def _check_estimator_named(study: DecodingStudy) -> None:
    if isinstance(study.estimator, str):
        if study.estimator not in ("lda", "ridge"):
            rule = "'lda', 'ridge' or a scikit-learn estimator"
            raise InputError("estimator", repr(study.estimator), rule)
        return
    estimates_classes(study.estimator)
    if study.tune:
        rule = "none with an estimator of scikit-learn"
        raise InputError("tune", repr(study.tune), rule, "Tune inside it, by GridSearchCV.")


def _check_group(study: DecodingStudy) -> None:
    if study.scheme == "leave-one-group-out" and study.group is None:
        rule = f"one of {', '.join(GROUPS)}"
        raise InputError("group", "not given with leave-one-group-out", rule)
    if study.scheme != "leave-one-group-out" and study.group is not None:
        rule = "none, unless the scheme is leave-one-group-out"
        remedy = "Choose that scheme to keep groups whole."
        raise InputError("group", repr(study.group), rule, remedy)


def _check_searchlight(study: DecodingStudy) -> None:
    """Refuse a searchlight that would not do at each center what the study does."""
    if study.searchlight is None:
        return
    reasons = (
        ("inside", bool(study.inside)),
        ("priors", study.priors is not None),
        ("an estimator of scikit-learn", not isinstance(study.estimator, str)),
        ("leave-one-pair-out", study.scheme == "leave-one-pair-out"),
    )
    for name, given in reasons:
        if given:
            rule = "lda or ridge alone in each sphere, each sample tested once"
            remedy = f"Leave out the searchlight or {name}."
            raise InputError("searchlight", f"together with {name}", rule, remedy)


def check_samples(study: DecodingStudy, samples: Samples) -> None:
    """Refuse samples that cannot carry a study.

    Parameters
    ----------
    study : DecodingStudy
        The design.
    samples : Samples
        Those trained and tested.

    Raises
    ------
    InputError
        If a name is missing, there is one class only, the estimator is of another kind than the
        target, or a subject who is decoded alone lacks a class.
    """
    if study.groups and (getattr(samples, study.groups) == "").any():
        rule = f"a {study.groups} for every sample"
        raise InputError(study.groups, "not known", rule, "Name its column, or choose a scheme.")
    if samples.class_names:
        present = np.unique(samples.target.astype(np.int64))
        if len(present) < 2:
            found = f"one class only, {samples.class_names[present[0]]!r}"
            raise InputError("target", found, "samples of two classes or more")
    _check_estimator(study, samples)
    if study.within_subject and samples.class_names:
        _check_subjects(samples)


def _check_estimator(study: DecodingStudy, samples: Samples) -> None:
    """Refuse a classifier for numbers and a regression for classes."""
    estimator = study.estimator
    named = isinstance(estimator, str)
    classifies = estimator == "lda" if named else estimates_classes(estimator)
    said = repr(estimator) if named else type(estimator).__name__
    if classifies and not samples.class_names:
        remedy = "Set estimator: ridge, or declare classes of the target."
        raise InputError("estimator", f"{said} with a target that is a number", "classes", remedy)
    if samples.class_names and not classifies:
        remedy = "Set estimator: lda (ridge regression on coded classes)."
        raise InputError("estimator", f"{said} with a target of classes", "a number", remedy)


def _check_subjects(samples: Samples) -> None:
    n_classes = len(np.unique(samples.target))
    for subject in np.unique(samples.subject):
        own = samples.target[samples.subject == subject]
        if len(np.unique(own)) < n_classes:
            found = (
                f"subject {str(subject)!r} with {len(own)} samples of {len(np.unique(own))} of "
                f"{n_classes} classes"
            )
            remedy = "Leave the subject out, or decode between subjects."
            raise InputError("subject", found, "samples of every class in each subject", remedy)
