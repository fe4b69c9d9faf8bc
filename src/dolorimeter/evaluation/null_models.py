"""What guessing would score: the paper's two null models [science 1.6].

``random`` draws labels from the class frequencies of the training folds; ``mode`` always says the
most common training class (the first of equals). Neither looks at a vital sign.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .checks import check_labels, check_length
from .evaluate import Evaluation, MetricSummary, finite
from .folds import NumberOfFolds, RandomState, deal_units, number_of_folds, unit_loads
from .metrics import metrics_from_confusion
from .one_hot import one_hot_credit
from .predictions import Predictions
from .resample import BLOCK, mean_over_folds

Kind = Literal["random", "mode"]
KINDS: tuple[Kind, ...] = ("random", "mode")


def null_distribution(
    labels: ArrayLike,
    sequence: ArrayLike,
    groups: ArrayLike,
    n_folds: NumberOfFolds,
    n_bootstrap: int = 10_000,
    random_state: RandomState = None,
    n_classes: int | None = None,
) -> dict[str, dict[str, Floats]]:
    """Metrics of both null models over repeated assignments to folds [P 4.2.3].

    Each replicate deals whole groups to folds as :func:`~dolorimeter.evaluation.make_folds`
    does, balanced by class, and lets the nulls predict.

    Parameters
    ----------
    labels : array-like of shape (n,), int
        Known classes; windows of unknown class (-1) are ignored.
    sequence : array-like of shape (n,), int
        Index of each window's sequence.
    groups : array-like of shape (n_sequences,)
        What is dealt whole: the patient of each sequence, or the sequence itself.
    n_folds : int or "leave-one-out"
        Number of folds.
    n_bootstrap : int, default 10,000
        R, the number of replicates.
    random_state : None, int or numpy.random.Generator
        Draws folds and predictions.
    n_classes : int, optional
        K; by default one more than the highest label.

    Returns
    -------
    dict of dict of ndarray of shape (R,)
        By null model and metric, as :func:`~dolorimeter.evaluation.evaluate` defines them: means
        over folds, and for ``vus`` summed credit over summed triples (1/K! for the mode). NaN
        where no fold of a replicate defines the metric.

    Raises
    ------
    InputError
        If there are fewer groups than folds, or shapes disagree.
    """
    counts, load = _group_counts(labels, sequence, groups, n_classes)
    n_units, n_classes = counts.shape
    size = number_of_folds(n_folds, n_units, "group")
    rng = np.random.default_rng(random_state)
    block = max(1, BLOCK // max(n_units, 8 * size * n_classes**2))
    drawn: dict[str, list[dict[str, Floats]]] = {kind: [] for kind in KINDS}
    for start in range(0, n_bootstrap, block):
        test = _dealt_counts(counts, load, size, min(block, n_bootstrap - start), rng)
        for kind in KINDS:
            drawn[kind].append(_score(_confusions(kind, test, rng))[0])
    return {kind: _joined(blocks) for kind, blocks in drawn.items()}


def null_evaluation(
    kind: Kind,
    predictions: Predictions,
    n_draws: int = 10_000,
    random_state: RandomState = None,
) -> Evaluation:
    """Score a null model on the actual folds: its row in the table of results.

    Parameters
    ----------
    kind : {"random", "mode"}
        Which null model.
    predictions : Predictions
        Of any model; only labels, folds and classes are read.
    n_draws : int, default 10,000
        Draws of the random null's labels.
    random_state : None, int or numpy.random.Generator
        Draws them.

    Returns
    -------
    Evaluation
        Expectations over draws: means, means by fold and the confusion matrix; ``se`` and
        ``ci95`` are the deviation and the 2.5th and 97.5th percentiles over draws. The mode does
        not vary.

    Raises
    ------
    InputError
        If the kind is unknown.
    """
    if kind not in KINDS:
        raise InputError("kind", repr(kind), " or ".join(map(repr, KINDS)))
    test = predictions.confusions.by_fold.sum(axis=-1).astype(np.int64)
    n_draws = 1 if kind == "mode" else n_draws
    rng = np.random.default_rng(random_state)
    block = max(1, BLOCK // (8 * test.size * test.shape[1]))
    scores = []
    for start in range(0, n_draws, block):
        repeated = np.broadcast_to(test, (min(block, n_draws - start), *test.shape))
        scores.append(_score(_confusions(kind, repeated, rng)))
    overall, by_fold = (_joined(list(blocks)) for blocks in zip(*scores, strict=True))
    return Evaluation(
        metrics=_summaries(overall, by_fold),
        confusion=(test[:, :, None] * _frequencies(kind, test)[:, None, :]).sum(axis=0),
        undefined_folds=int((test == 0).any(axis=1).sum()),
    )


def _group_counts(
    labels: ArrayLike, sequence: ArrayLike, groups: ArrayLike, n_classes: int | None
) -> tuple[Ints, Floats]:
    """Count labels by group and class, and each group's load for dealing."""
    unknown = np.asarray(labels) == -1
    known = np.asarray(labels)[~unknown]
    group = np.asarray(groups)
    rows = check_length(sequence, len(unknown), "sequence")[~unknown]
    if group.ndim != 1 or (len(rows) and not 0 <= rows.min() <= rows.max() < len(group)):
        raise InputError("sequence", "indices outside the groups", f"0 … {len(group) - 1}")
    n_classes = n_classes or int(known.max(initial=1)) + 1
    known = check_labels(known, n_classes)
    counts = np.zeros((len(group), n_classes))
    np.add.at(counts, (rows, known), 1.0)
    ids, member = np.unique(group, return_inverse=True)
    summed = np.zeros((len(ids), n_classes), dtype=np.int64)
    np.add.at(summed, member, counts.astype(np.int64))
    return summed, unit_loads(counts, member, len(ids))


def _dealt_counts(
    counts: Ints, load: Floats, n_folds: int, n_draws: int, rng: np.random.Generator
) -> Ints:
    """Deal groups to folds and count test labels by class, shape (n_draws, n_folds, K)."""
    if n_folds == len(counts):
        return np.broadcast_to(counts, (n_draws, *counts.shape))
    fold = deal_units(load, n_folds, n_draws, rng)
    weights = counts.astype(np.float64)
    by_fold = [(fold == f).astype(np.float64) @ weights for f in range(n_folds)]
    return np.stack(by_fold, axis=1).astype(np.int64)


def _frequencies(kind: Kind, test: Ints) -> Floats:
    """Probability of each prediction in each fold, from all other folds: shape of ``test``."""
    train = test.sum(axis=-2, keepdims=True) - test
    if kind == "mode":
        return np.eye(test.shape[-1])[train.argmax(axis=-1)]
    return train / np.maximum(train.sum(axis=-1, keepdims=True), 1)


def _confusions(kind: Kind, test: Ints, rng: np.random.Generator) -> Floats:
    """Let a null model predict, shape (n_draws, n_folds, K, K)."""
    chance = _frequencies(kind, test)[..., None, :]
    if kind == "mode":
        return test[..., None] * chance
    drawn: Floats = rng.multinomial(test, chance).astype(np.float64)
    return drawn


def _score(confusions: Floats) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return metrics of each draw: overall and by fold."""
    credit, triples = one_hot_credit(confusions)
    by_fold = metrics_from_confusion(confusions)
    overall = {name: mean_over_folds(values) for name, values in by_fold.items()}
    return (
        {"vus": _ratio(credit.sum(axis=-1), triples.sum(axis=-1))} | overall,
        {"vus": _ratio(credit, triples)} | by_fold,
    )


def _ratio(credit: Floats, triples: Floats) -> Floats:
    return np.divide(credit, triples, out=np.full(triples.shape, np.nan), where=triples > 0)


def _joined(blocks: list[dict[str, Floats]]) -> dict[str, Floats]:
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _summaries(overall: dict[str, Floats], by_fold: dict[str, Floats]) -> dict[str, MetricSummary]:
    """Summarize draws by mean, deviation and percentiles."""
    summaries = {}
    for name, draws in overall.items():
        low, high = np.percentile(draws, [2.5, 97.5])
        folds = tuple(finite(value) for value in by_fold[name].mean(axis=0))
        mean, se = float(draws.mean()), float(draws.std())
        summaries[name] = MetricSummary(mean, folds, se, (float(low), float(high)))
    return summaries
