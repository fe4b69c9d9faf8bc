"""Penalized discriminant analysis with class priors, from the same factorization as ridge.

With Sw the scatter within the classes of the n training samples, Sigma = (Sw + alpha I) / n and
class means m_k, the discriminants are x' Sigma^-1 m_k - m_k' Sigma^-1 m_k / 2 + log prior_k
[Hastie, Buja & Tibshirani 1995, Annals of Statistics 23, section 3, where the penalty is alpha I].
For one-hot targets Y let Q = Y' (fitted - mean), h the held-out prediction less the mean, N the
diagonal matrix of the class counts: since Sw + alpha I differs from the total scatter by
G N^-1 G', G = X' Y, Woodbury's identity leaves (Sw + alpha I)^-1 only K x K matrices:
x' (.)^-1 G = h (N - Q)^-1 N. The fold's N - Q is Y' M Y over all samples, less what the held-out
samples carry, E_g' M_gg^-1 E_g with E = M Y, plus n n' / n_train.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .exact import ExactFit

Priors = str | ArrayLike | None
NAMED = ("empirical", "equal")


def read_priors(priors: Priors, n_classes: int) -> str | Floats | None:
    """Read class priors.

    Parameters
    ----------
    priors : None, "empirical", "equal" or array-like of shape (K,)
        Shares of the classes in each training fold; the same for all; or given, summing to one.
    n_classes : int
        K.

    Returns
    -------
    None, str or ndarray of shape (K,)
        ``"empirical"`` stays a word, since it depends on the fold.

    Raises
    ------
    InputError
        If they are none of these.
    """
    if priors is None or (isinstance(priors, str) and priors == "empirical"):
        return priors
    if isinstance(priors, str):
        if priors == "equal":
            return np.full(n_classes, 1.0 / n_classes)
        raise InputError("priors", repr(priors), f"one of {NAMED}, or a probability for each class")
    given = np.asarray(priors, dtype=np.float64)
    if given.shape != (n_classes,) or not (given > 0).all() or abs(given.sum() - 1.0) > 1e-6:
        raise InputError("priors", f"{given}", f"{n_classes} positive numbers that sum to one")
    return given


def discriminants(fit: ExactFit, codes: Ints, n_classes: int, priors: str | Floats) -> Floats:
    """Return held-out discriminants.

    Parameters
    ----------
    fit : ExactFit
        A factorization for a scheme that tests each sample once.
    codes : ndarray of shape (b, n), int64
        Classes of each labelling.
    n_classes : int
        K.
    priors : "empirical" or ndarray of shape (K,)
        From :func:`read_priors`.

    Returns
    -------
    ndarray of shape (b, k, n), float64
        For two classes one row, the second's less the first's (log posterior odds); otherwise
        log posterior probabilities. A class without training samples has -inf.
    """
    _refuse_without_penalty(fit)
    targets, errors, inside = _one_hot(fit, codes, n_classes)
    held_out = fit.held_out(targets.reshape(-1, codes.shape[1])).reshape(targets.shape)
    counts = targets.sum(axis=2)
    found = np.empty(targets.shape)
    for i, test in enumerate(fit.scheme.tests):
        inverse = fit.inverses[i] if fit.inverses else 1.0 / fit.residual.block(test)
        carried = errors[:, :, test]
        within = inside - (carried @ inverse) @ carried.transpose(0, 2, 1)
        trained = counts - targets[:, :, test].sum(axis=2)
        found[:, :, test] = _discriminants(
            within, trained, held_out[:, :, test], fit.residual.scale, priors
        )
    return _compare(found, axis=1)


def pair_discriminants(fit: ExactFit, codes: Ints, n_classes: int, priors: str | Floats) -> Floats:
    """Return discriminants of both samples of each pair of the scheme, held out together.

    Parameters
    ----------
    fit : ExactFit
        A factorization for a scheme of pairs.
    codes : ndarray of shape (n,), int64
        Classes.
    n_classes : int
        K.
    priors : "empirical" or ndarray of shape (K,)
        From :func:`read_priors`.

    Returns
    -------
    ndarray of shape (n_pairs, 2, k), float64
        As :func:`discriminants` gives them.
    """
    _refuse_without_penalty(fit)
    targets, errors, inside = (part[0] for part in _one_hot(fit, codes[None], n_classes))
    pairs = np.array(fit.scheme.tests)
    matrix = fit.residual.dense()
    inverse = np.linalg.inv(matrix[pairs[:, :, None], pairs[:, None, :]])
    carried = errors.T[pairs].transpose(0, 2, 1)  # (n_pairs, K, 2)
    own = targets.T[pairs].transpose(0, 2, 1)
    held_out = own - carried @ inverse
    within = inside - (carried @ inverse) @ carried.transpose(0, 2, 1)
    trained = targets.sum(axis=1) - own.sum(axis=2)
    found = _discriminants(within, trained, held_out, fit.residual.scale, priors)
    return _compare(found, axis=1).transpose(0, 2, 1)


def _one_hot(fit: ExactFit, codes: Ints, n_classes: int) -> tuple[Floats, Floats, Floats]:
    """One-hot targets (b, K, n), their residuals M Y, and Y' M Y (b, K, K)."""
    targets = (codes[:, None, :] == np.arange(n_classes)[:, None]).astype(np.float64)
    errors = fit.residual.apply(targets.reshape(-1, codes.shape[1])).reshape(targets.shape)
    return targets, errors, targets @ errors.transpose(0, 2, 1)


def _discriminants(
    within: Floats, trained: Floats, held_out: Floats, scale: float, priors: str | Floats
) -> Floats:
    """Discriminants (m, K, g) up to what all classes share.

    ``within`` (m, K, K) is the part of (N - Q) / scale without n n' / n_train. Its rows sum to
    zero, as those of h do, so that any multiple of n n' in its place leaves the differences
    between classes as they are: one of its own size keeps small penalties well-conditioned.
    """
    n_train = trained.sum(axis=1)[:, None, None]
    outer = trained[:, :, None] * trained[:, None, :]
    size = np.trace(within, axis1=1, axis2=2) / (trained**2).sum(axis=1)
    empty = trained == 0
    absent = np.eye(within.shape[1]) * empty[:, :, None]
    inverse = np.linalg.inv(within + size[:, None, None] * outer + absent) / scale
    away = held_out - trained[:, :, None] / n_train
    spread = np.diagonal(inverse, axis1=1, axis2=2) - 1.0 / np.where(empty, 1.0, trained)
    with np.errstate(divide="ignore"):
        shares = trained / n_train[:, :, 0] if isinstance(priors, str) else np.asarray(priors)
        log_prior = np.where(empty, -np.inf, np.log(shares))
    return n_train * (inverse @ away - spread[:, :, None] / 2.0) + log_prior[:, :, None]


def _compare(found: Floats, axis: int) -> Floats:
    """For two classes the difference, else log posteriors."""
    if found.shape[axis] == 2:
        return np.diff(found, axis=axis)
    shifted = found - found.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _refuse_without_penalty(fit: ExactFit) -> None:
    if fit.residual.scale == 0.0 or fit.refitted:
        raise InputError(
            "regularization",
            "a penalty so small that the scatter within classes is (nearly) singular",
            "a larger penalty where priors are given",
        )
