"""From a study and its samples to what is trained, tested and exchanged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Samples
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.decoding import normalize_pattern
from dolorimeter.studies.streams import stream

from .checks import check_samples
from .design import DecodingStudy
from .order import follows_order
from .steps import check_steps, make_step

Names = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a relabelling exchanges.

    Attributes
    ----------
    blocks : ndarray of shape (n_samples,), str
        Block of each sample.
    how : str
        ``"within"`` blocks, or ``"whole"`` ones.
    words : str
        The same in words.
    exchangeable : bool
        Whether that is exchangeable without an effect.
    """

    blocks: Names
    how: Literal["within", "whole"]
    words: str
    exchangeable: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study does with its samples.

    Attributes
    ----------
    study : DecodingStudy
        The design.
    given : Samples
        All samples as they came.
    everything : Samples
        All samples with features as decoded: normalized, and through the steps outside the folds.
        Those of the modalities that are tested only are among them.
    rows : ndarray of int64
        Which of them are trained on and tested in turn.
    samples : Samples
        These, with features as they came.
    features : ndarray of shape (n_samples, n_features), float64
        These, as decoded.
    labels : ndarray of shape (n_samples,)
        Class codes 0 … K - 1 (int64), or numbers (float64).
    class_names : tuple of str
        Names of the classes among them; empty for numbers.
    parts : tuple of (str, ndarray of int64)
        What is cross-validated apart: each subject, or everybody.
    exchange : Exchange
        What the null exchanges.
    seed : int
        Seed of everything random.
    """

    study: DecodingStudy
    given: Samples
    everything: Samples
    rows: Ints
    samples: Samples
    features: Floats
    labels: Ints | Floats
    class_names: tuple[str, ...]
    parts: tuple[tuple[str, Ints], ...]
    exchange: Exchange
    seed: int

    @property
    def groups(self) -> Names | None:
        """What the scheme keeps whole, one name a sample; None where it leaves out trials."""
        name = self.study.groups
        return None if name is None else getattr(self.samples, name)

    @property
    def has_classes(self) -> bool:
        """Whether classes are decoded, rather than a number."""
        return bool(self.class_names)


def make_plan(study: DecodingStudy, samples: Samples, seed: int) -> Plan:
    """Lay out a study.

    Parameters
    ----------
    study : DecodingStudy
        The design.
    samples : Samples
        All samples, other modalities included.
    seed : int
        Seed of everything random.

    Returns
    -------
    Plan
        Checked against the samples.

    Raises
    ------
    InputError
        If the samples cannot carry the design: an unknown modality, no runs for
        leave-one-run-out, one class only, a subject with one trial, …
    """
    rows = _trained_on(study, samples)
    tested = samples.take(rows)
    check_samples(study, tested)
    labels, class_names = _labels(tested)
    features = _features(study, samples, rows, labels)
    everything = _with_features(study, samples, features)
    return Plan(
        study, samples, everything, rows, tested, features[rows], labels, class_names,
        _parts(study, tested), _checked_order(make_exchange(tested), tested, seed), seed,
    )  # fmt: skip


def _with_features(study: DecodingStudy, samples: Samples, features: Floats) -> Samples:
    """Return samples with other features; those of components have no place in space."""
    if not any(set(step) & {"select", "components"} for step in study.outside):
        return replace(samples, features=features)
    names = tuple(f"feature {i}" for i in range(features.shape[1]))
    return replace(samples, features=features, feature_names=names, grid=None)


def _labels(samples: Samples) -> tuple[Ints | Floats, tuple[str, ...]]:
    """Return the target, classes recoded to those that are present."""
    if not samples.class_names:
        return samples.target, ()
    present, codes = np.unique(samples.target.astype(np.int64), return_inverse=True)
    return codes.astype(np.int64), tuple(samples.class_names[k] for k in present)


def make_exchange(samples: Samples) -> Exchange:
    """Find what a relabelling may exchange [science 3.1, V1].

    Where the target varies within subjects, trials are exchanged within run and subject. Where it
    is a trait of subjects, whole families or subjects are exchanged, or, with one sample each,
    subjects within their site. Whole ones are exchanged across sites, which is no valid null and
    said to be none.

    Parameters
    ----------
    samples : Samples
        Those trained and tested.

    Returns
    -------
    Exchange
        Blocks and how they are exchanged.
    """
    subject, run = samples.subject, samples.run
    if _varies(samples.target, subject):
        pair = np.char.add(np.char.add(subject, "\x1f"), run)
        if (run != "").all() and len(set(run)) > 1:
            if _varies(samples.target, pair):
                return Exchange(pair, "within", "trials within run and subject", True)
            words = "trials within subject, though runs hold one target each"
            return Exchange(subject, "within", words, False)
        return Exchange(subject, "within", "trials within subject", True)
    sites = (samples.site != "").all() and len(set(samples.site)) > 1
    # Sites that differ in features and target make people of two sites no exchangeable ones.
    across = " across sites" if sites else ""
    related = (samples.family != "").all() and _repeats(samples.family, subject)
    if related:
        return Exchange(samples.family, "whole", f"whole families{across}", not sites)
    if len(set(subject)) < len(subject):
        return Exchange(subject, "whole", f"whole subjects{across}", not sites)
    if sites:
        return Exchange(samples.site, "within", "subjects within site", True)
    return Exchange(np.full(len(samples), "all"), "within", "subjects", True)


def _checked_order(exchange: Exchange, samples: Samples, seed: int) -> Exchange:
    """Trials whose targets follow each other in time cannot be exchanged one by one."""
    if exchange.how == "whole" or not _varies(samples.target, samples.subject):
        return exchange
    rng, drifts = stream(seed, "order"), not samples.class_names
    if not follows_order(samples.target, exchange.blocks, rng, drifts):
        return exchange
    words = f"{exchange.words}, though targets follow each other or drift in the order of samples"
    return replace(exchange, words=words, exchangeable=False)


def _varies(target: Floats, block: Names) -> bool:
    """Tell whether the target varies within at least one block."""
    return any(len(np.unique(target[block == name])) > 1 for name in np.unique(block))


def _repeats(family: Names, subject: Names) -> bool:
    pairs = {(f, s) for f, s in zip(family.tolist(), subject.tolist(), strict=True)}
    return len({f for f, _ in pairs}) < len(pairs)


def _trained_on(study: DecodingStudy, samples: Samples) -> Ints:
    """Return the samples of no modality that is only tested."""
    known = set(samples.modality.tolist()) - {""}
    for modality in study.modalities:
        if modality not in known:
            rule = f"one of {', '.join(sorted(known)) or 'none: no sample names its modality'}"
            raise InputError("modalities", f"unknown modality {modality!r}", rule)
    apart = np.isin(samples.modality, study.modalities)
    if apart.all():
        raise InputError("modalities", "every sample", "samples of pain and baseline to train on")
    return np.flatnonzero(~apart)


def _features(study: DecodingStudy, samples: Samples, rows: Ints, labels: Ints | Floats) -> Floats:
    """Return features as decoded; steps outside the folds see every sample."""
    features = normalized(study.objective.normalization, samples)
    check_steps((*study.outside, *study.inside), samples.features.shape[1])
    for step in study.outside:
        transformer = make_step(step, bool(samples.class_names)).fit(features[rows], labels)
        features = transformer.transform(features)
    return np.ascontiguousarray(features, dtype=np.float64)


def normalized(how: str, samples: Samples) -> Floats:
    """Normalize the features of samples.

    Parameters
    ----------
    how : str
        ``"sample"``: over the features of each sample; ``"time"``: each feature over the samples
        of a subject and run, which uses test samples too; ``"none"``.
    samples : Samples
        Any.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float64
        Normalized.
    """
    if how == "sample":
        return normalize_pattern(samples.features)
    if how == "none":
        return samples.features
    features = samples.features.copy()
    block = np.char.add(np.char.add(samples.subject, "\x1f"), samples.run)
    for name in np.unique(block):
        own = features[block == name]
        deviation = own.std(axis=0)
        features[block == name] = (own - own.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return features


def _parts(study: DecodingStudy, samples: Samples) -> tuple[tuple[str, Ints], ...]:
    if not study.within_subject:
        return (("everybody", np.arange(len(samples), dtype=np.int64)),)
    return tuple(
        (str(name), np.flatnonzero(samples.subject == name)) for name in np.unique(samples.subject)
    )
