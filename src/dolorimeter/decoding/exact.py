"""Held-out decisions of ridge regression and linear discriminant analysis for many labellings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .fold_weights import coordinates, refitted_weights
from .kernels import pair_hits, pair_hits_of_two
from .residuals import Residual, fit_residual
from .schemes import Scheme

# Least eigenvalue of a held-out block of the residual matrix, whose own largest is 1: below,
# rounding shows in the predictions of the fold, and it is refitted. Too many pairs for that.
DETERMINED, DETERMINED_PAIR = 1e-3, 1e-6
CHUNK = 2**19  # numbers in the coded targets of relabellings taken at a time (4 MB)


@dataclass(frozen=True, slots=True)
class ExactFit:
    """One factorization, from which every fold's predictions follow.

    Attributes
    ----------
    residual : Residual
        What the fit to all samples leaves of a target.
    scheme : Scheme
        The folds.
    inverses : tuple of ndarray
        For each test set the inverse of its block; empty for single samples and all pairs.
    refitted : dict of int to ndarray of shape (n_test, n)
        Weights of the targets in the predictions of the folds that had to be refitted.
    """

    residual: Residual
    scheme: Scheme
    inverses: tuple[Floats, ...]
    refitted: dict[int, Floats]

    def held_out(self, targets: Floats) -> Floats:
        """Predict each sample from the training samples of its fold.

        Parameters
        ----------
        targets : ndarray of shape (m, n), float64
            Targets in rows, each of its own.

        Returns
        -------
        ndarray of shape (m, n), float64
            Predictions.
        """
        errors = self.residual.apply(targets)
        if not self.inverses:
            predicted = targets - errors / self.residual.diagonal()
        else:
            predicted = np.empty_like(targets)
            for test, inverse in zip(self.scheme.tests, self.inverses, strict=True):
                predicted[:, test] = targets[:, test] - errors[:, test] @ inverse
        for fold, weights in self.refitted.items():
            predicted[:, self.scheme.tests[fold]] = targets @ weights.T
        return predicted

    def pair_decisions(self, targets: Floats) -> Floats:
        """Predict both samples of each pair of the scheme.

        Parameters
        ----------
        targets : ndarray of shape (k, n), float64
            Coded targets.

        Returns
        -------
        ndarray of shape (n_pairs, 2, k), float64
            Predictions.
        """
        matrix, errors = self.residual.dense(), self.residual.apply(targets).T
        pairs = np.array(self.scheme.tests)
        first, second = pairs.T
        own, cross = np.diagonal(matrix), matrix[first, second][:, None]
        det = own[first, None] * own[second, None] - cross**2
        left = (own[second, None] * errors[first] - cross * errors[second]) / det
        right = (own[first, None] * errors[second] - cross * errors[first]) / det
        return targets.T[pairs] - np.stack([left, right], axis=1)

    def pair_scores(self, codes: Ints, n_classes: int) -> Floats:
        """Return the accuracy over all pairs of each labelling.

        Parameters
        ----------
        codes : ndarray of shape (b, n), int64
            Classes of each labelling.
        n_classes : int
            K.

        Returns
        -------
        ndarray of shape (b,), float64
            Share of right predictions.
        """
        matrix, scores = np.ascontiguousarray(self.residual.dense()), []
        for piece in chunks(len(codes), n_classes * codes.shape[1]):
            targets = code_classes(codes[piece], n_classes)
            flat = targets.reshape(-1, codes.shape[1])
            errors = self.residual.apply(flat).reshape(targets.shape)
            if n_classes == 2:
                hits = pair_hits_of_two(matrix, errors[:, 0], codes[piece])
            else:
                hits = pair_hits(matrix, targets, errors, codes[piece])
            scores.append(hits / (2.0 * self._n_pairs(codes[piece], n_classes)))
        return np.concatenate(scores) if scores else np.empty(0)

    @staticmethod
    def _n_pairs(codes: Ints, n_classes: int) -> Ints:
        """Number of pairs of samples of different classes in each labelling."""
        counts = [(codes == k).sum(axis=1) for k in range(n_classes)]
        return (codes.shape[1] ** 2 - sum(count**2 for count in counts)) // 2


def fit_exact(features: Floats, alpha: float, scheme: Scheme) -> ExactFit:
    """Factor features for the folds of a scheme.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features.
    alpha : float
        Penalty, at least 0.
    scheme : Scheme
        The folds.

    Returns
    -------
    ExactFit
        Ready for any number of labellings.

    Raises
    ------
    InputError
        If a feature is not finite, or all pairs are tested and the penalty is too small for it.
    """
    residual = fit_residual(features, alpha)
    if scheme.all_pairs:
        _check_pairs(residual.dense(), alpha)
        return ExactFit(residual, scheme, (), {})
    inverses, least = _invert_blocks(residual, scheme)
    bad = np.flatnonzero(least < DETERMINED).tolist()
    reduced = coordinates(features) if bad else features
    refitted = {
        fold: refitted_weights(reduced, alpha, scheme.train(fold), scheme.tests[fold])
        for fold in bad
    }
    return ExactFit(residual, scheme, inverses, refitted)


def code_classes(codes: Ints, n_classes: int) -> Floats:
    """Code classes as scikit-learn's RidgeClassifier does.

    Parameters
    ----------
    codes : ndarray of shape (b, n), int64
        Classes of each labelling.
    n_classes : int
        K.

    Returns
    -------
    ndarray of shape (b, k, n), float64
        -1 and +1: for two classes one row, k = 1, with +1 for the second; otherwise a row for each
        class, k = K.
    """
    if n_classes == 2:
        return np.where(codes == 1, 1.0, -1.0)[:, None, :]
    return np.where(codes[:, None, :] == np.arange(n_classes)[:, None], 1.0, -1.0)


def choose(decisions: Floats) -> Ints:
    """Return the class that decisions speak for, the first where they tie.

    Parameters
    ----------
    decisions : ndarray of shape (b, k, n), float64
        One row for two classes, else one for each.

    Returns
    -------
    ndarray of shape (b, n), int64
        Classes.
    """
    if decisions.shape[1] == 1:
        return (decisions[:, 0] > 0.0).astype(np.int64)
    return decisions.argmax(axis=1).astype(np.int64)


def chunks(n_labellings: int, n_numbers: int) -> Iterator[slice]:
    """Cut labellings into pieces whose coded targets fit into the cache.

    Parameters
    ----------
    n_labellings : int
        How many there are.
    n_numbers : int
        Numbers in the coded targets of each.

    Yields
    ------
    slice
        Some of them, in order.
    """
    size = max(1, CHUNK // n_numbers)
    for start in range(0, n_labellings, size):
        yield slice(start, start + size)


def _invert_blocks(residual: Residual, scheme: Scheme) -> tuple[tuple[Floats, ...], Floats]:
    """Return the inverse of each fold's block (single samples need none), its least eigenvalue."""
    if len(scheme) == scheme.n_samples:
        return (), residual.diagonal()
    inverses, least = [], np.empty(len(scheme))
    for i, test in enumerate(scheme.tests):
        roots, vectors = np.linalg.eigh(residual.block(test))
        least[i] = roots[0]
        inverses.append((vectors / np.maximum(roots, DETERMINED)) @ vectors.T)
    return tuple(inverses), least


def _check_pairs(matrix: Floats, alpha: float) -> None:
    """Refuse where the block of some pair is singular; its lesser eigenvalue is closed-form."""
    own = np.diagonal(matrix)
    half_sum, half_gap = (own[:, None] + own) / 2, (own[:, None] - own) / 2
    least = half_sum - np.hypot(half_gap, matrix)
    np.fill_diagonal(least, np.inf)
    if least.min() < DETERMINED_PAIR:
        first, second = np.unravel_index(least.argmin(), least.shape)
        raise InputError(
            "regularization",
            f"{alpha:g}, too small to predict trials {first} and {second} from the others",
            "a larger penalty",
            "All pairs are held out by a formula that needs it; pairs by name are refitted.",
        )
