"""Does a decoder of pain answer to pain, or to whatever is as salient (Hu & Iannetti 2016)?

Train pain against baseline, test on touch, sound, vision: a decoder of salience calls them pain
too. Separation without matched salience shows nothing, hence the equivalence beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dolorimeter.core import InputError, Samples

from .equivalence import Equivalence, salience_equivalence
from .pairwise import exchange_blocks, pairwise_separation
from .rates import called_by_modality, infer_pain
from .separation import RandomState, Separation, separation
from .specificity_result import ModalityResult, Specificity
from .transfer import OTHER, Floats, Names, Scheme, plan_transfer, transfer_decisions

Training = Literal["baseline", "modality"]
Found = tuple[Floats, dict[str, Separation]]


def specificity(
    samples: Samples,
    *,
    pain: str = "pain",
    baseline: str = "baseline",
    modalities: Sequence[str] | None = None,
    training: Training = "baseline",
    scheme: Scheme = "leave-one-trial-out",
    groups: Names | None = None,
    estimator: Any = "lda",
    regularization: float = 1.0,
    margin: float | None = None,
    alpha: float = 0.025,
    base_rate: float | None = None,
    permutations: int = 0,
    random_state: RandomState = None,
) -> Specificity:
    """Train on pain and test on other modalities, with the folds of the decoding study.

    Which model is asked about which sample is laid down in :mod:`dolorimeter.decoding.transfer`: a
    model never meets a unit (run, subject, group) that it was trained on. The rates called pain
    depend on the decoder's threshold; the separation does not.

    The p of the separation exchanges the labels pain and modality within runs that hold both, else
    within subjects. With ``training="baseline"`` the models are taken as given: exact between
    subjects, where a subject's samples are all new to one model, and close to it within them. With
    ``training="modality"`` every relabelling is trained anew.

    Parameters
    ----------
    samples : Samples
        With ``modality``, and ``salience`` where it is to be compared. Normalized already, if at
        all.
    pain, baseline : str, default "pain" and "baseline"
        Names of the two modalities trained on; the baseline is not used by
        ``training="modality"``.
    modalities : sequence of str, optional
        Those to test; without it all others present.
    training : str, default "baseline"
        ``"baseline"``: one decoder of pain against baseline, tested on the others.
        ``"modality"``: one decoder of pain against each, which asks whether they differ at all.
        Prefer leave-one-pair-out (here in matched pairs) or -run-out for it:
        leave-one-trial-out is biased against separation (science.md, 3.2).
    scheme : str, default "leave-one-trial-out"
        As in :func:`plan_transfer`.
    groups : ndarray of shape (n_samples,), str, optional
        What leave-one-group-out leaves out; without it families.
    estimator : "lda", "ridge" or scikit-learn classifier, default "lda"
        As in :func:`transfer_decisions`.
    regularization : float, default 1.0
        Ridge penalty.
    margin : float, optional
        Largest difference of salience called equivalent, in units of the rating. Without it
        salience is not judged.
    alpha : float, default 0.025
        Level of each one-sided test of equivalence: by default the 95 % interval decides.
    base_rate : float, optional
        Probability of pain where the decoder is to be used, for P(pain | pattern). "No pain" is
        then the tested modalities together, weighted by their samples, the baseline left out.
    permutations : int, default 0
        Relabellings for the p of each separation.
    random_state : int, Generator or None
        For relabelling, and for the bootstrap where there is one subject.

    Returns
    -------
    Specificity
        Rates, separations with intervals, equivalence of salience, confusion.

    Raises
    ------
    InputError
        If a modality is absent, a training set lacks a class, no subject felt both pain and a
        modality, or a base rate is asked for without a decoder of pain against baseline.
    """
    if training not in ("baseline", "modality"):
        raise InputError("training", repr(training), "'baseline' or 'modality'")
    if base_rate is not None and training == "modality":
        rule = "one decoder, of pain against baseline"
        raise InputError("base_rate", "training='modality'", rule)
    tested = _tested(samples, pain, baseline, modalities, training)
    model = _Model(scheme, _unit(samples, scheme, groups), estimator, regularization)
    rng = np.random.default_rng(random_state)
    decoders = (baseline,) if training == "baseline" else tested
    if training == "baseline":
        decisions, found = _against_baseline(
            samples, pain, baseline, tested, model, permutations, rng
        )
    else:
        decisions, found = _against_each(samples, pain, tested, model, permutations, rng)
    rows, counts = called_by_modality(samples.modality, decisions, pain, decoders, tested)
    results = []
    for name, separated in found.items():
        called, not_called = counts[rows.index(name)].tolist()
        salience = None if margin is None else _salience(samples, pain, name, margin, alpha)
        results.append(ModalityResult(name, called + not_called, called, separated, salience))
    inferred = None
    if base_rate is not None:
        called_pain = decisions[:, 0] > 0
        inferred = infer_pain(
            called_pain, samples.modality, samples.subject, pain, tested, base_rate
        )
    against = baseline if training == "baseline" else "each modality"
    return Specificity(
        trained_on=f"{pain} against {against}",
        scheme=scheme,
        exchanged=_exchanged(samples, pain, tested, model, training) if permutations else "",
        decoders=decoders,
        decisions=decisions,
        modalities=tuple(results),
        rows=rows,
        counts=counts,
        reverse_inference=inferred,
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """How a decoder is trained and kept from its test samples."""

    scheme: Scheme
    unit: Names
    estimator: Any
    regularization: float


def _against_baseline(
    samples: Samples,
    pain: str,
    baseline: str,
    tested: tuple[str, ...],
    model: _Model,
    permutations: int,
    rng: np.random.Generator,
) -> Found:
    """Train once, ask about all."""
    rows = np.flatnonzero(np.isin(samples.modality, (pain, baseline, *tested)))
    modality, subject = samples.modality[rows], samples.subject[rows]
    codes = np.full(len(rows), OTHER, dtype=np.int64)
    codes[modality == pain], codes[modality == baseline] = 1, 0
    folds = plan_transfer(codes, subject, model.unit[rows], model.scheme)
    targets = np.where(codes == 1, 1.0, -1.0)[:, None]
    values = transfer_decisions(
        samples.features[rows], targets, folds, model.estimator, model.regularization
    )
    decisions = np.full((len(samples), 1), np.nan)
    decisions[rows] = values
    found = {}
    for name in tested:
        both = np.flatnonzero(np.isin(samples.modality, (pain, name)))
        first, who = samples.modality[both] == pain, samples.subject[both]
        block = exchange_blocks(first, who, samples.run[both])
        found[name] = separation(decisions[both, 0], first, who, block, permutations, rng)
    return decisions, found


def _against_each(
    samples: Samples,
    pain: str,
    tested: tuple[str, ...],
    model: _Model,
    permutations: int,
    rng: np.random.Generator,
) -> Found:
    """Train against each modality."""
    decisions, found = np.full((len(samples), len(tested)), np.nan), {}
    for column, name in enumerate(tested):
        rows = np.flatnonzero(np.isin(samples.modality, (pain, name)))
        first, who = samples.modality[rows] == pain, samples.subject[rows]
        decisions[rows, column], found[name] = pairwise_separation(
            samples.features[rows],
            first,
            who,
            model.unit[rows],
            model.scheme,
            exchange_blocks(first, who, samples.run[rows]),
            model.estimator,
            model.regularization,
            permutations,
            rng,
        )
    return decisions, found


def _tested(
    samples: Samples,
    pain: str,
    baseline: str,
    modalities: Sequence[str] | None,
    training: Training,
) -> tuple[str, ...]:
    """Return the modalities to test, each present."""
    present = [str(name) for name in np.unique(samples.modality) if name != ""]
    used = (pain, baseline) if training == "baseline" else (pain,)
    chosen = tuple(n for n in present if n not in (pain, baseline))
    if modalities is not None:
        chosen = tuple(dict.fromkeys(modalities))
    for name in (*used, *chosen):
        if name not in present:
            rule = f"one of {', '.join(present) or 'the modalities, but no sample names one'}"
            raise InputError("modality", repr(name), rule)
    if not chosen or pain in chosen or (training == "baseline" and baseline in chosen):
        raise InputError(
            "modalities",
            f"{', '.join(chosen) or 'none'} to test",
            f"modalities other than {' and '.join(used)}",
        )
    return chosen


def _unit(samples: Samples, scheme: Scheme, groups: Names | None) -> Names:
    if groups is not None:
        if np.shape(groups) != (len(samples),):
            raise InputError("groups", f"shape {np.shape(groups)}", "one name a sample")
        return np.asarray(groups).astype(str)
    return samples.family if scheme == "leave-one-group-out" else samples.run


def _exchanged(
    samples: Samples, pain: str, tested: tuple[str, ...], model: _Model, training: Training
) -> str:
    """Say what the relabelling exchanged."""
    if training == "modality" and model.scheme == "leave-one-pair-out":
        return f"labels of {pain} and each modality within matched pairs of a subject"
    within = set()
    for name in tested:
        rows = np.isin(samples.modality, (pain, name))
        first, run = samples.modality[rows] == pain, samples.run[rows]
        block = exchange_blocks(first, samples.subject[rows], run)
        within.add("subject" if block is None or (run == "").all() else "run and subject")
    return f"labels of {pain} and each modality within {' or '.join(sorted(within))}"


def _salience(
    samples: Samples, pain: str, other: str, margin: float, alpha: float
) -> Equivalence | None:
    return salience_equivalence(
        samples.salience, samples.modality, samples.subject, other, margin, pain=pain, alpha=alpha
    )
