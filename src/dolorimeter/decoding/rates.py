"""How often each modality is called pain; trials of one subject are not independent tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError

from .reverse_inference import ReverseInference, reverse_inference

Names = NDArray[np.str_]


def effective_counts(successes: ArrayLike, trials: ArrayLike) -> tuple[float, float]:
    """Shrink clustered counts to the independent tests that they are worth.

    Rao & Scott (1992, Biometrics 48, 577–585, section 2): pooled counts are divided by the
    design effect, the variance of the pooled rate between clusters over its binomial variance
    (never taken below 1). Where all tests came out alike no variance can be seen, and each
    cluster counts as one test.

    Parameters
    ----------
    successes : array-like of shape (n_clusters,)
        Tests of each cluster (subject) in which the pattern appeared.
    trials : array-like of shape (n_clusters,)
        Tests of each cluster, at least one.

    Returns
    -------
    rate : float
        Pooled rate.
    n : float
        Effective number of tests; with one cluster its trials, which then hold for it alone.

    Raises
    ------
    InputError
        If shapes differ, a cluster has no test, or more successes than tests.
    """
    k, n = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (successes, trials))
    if k.shape != n.shape or k.ndim != 1 or not ((k >= 0) & (k <= n) & (n >= 1)).all():
        raise InputError("successes", f"{k} of {n}", "between 0 and at least one test a cluster")
    total, clusters = n.sum(), len(n)
    rate = float(k.sum() / total)
    if clusters == 1:
        return rate, float(total)
    if rate in (0.0, 1.0):
        return rate, float(clusters)
    between = clusters / (clusters - 1) * ((k - n * rate) ** 2).sum() / total
    return rate, float(total / max(1.0, between / (rate * (1 - rate))))


def called_by_modality(
    modality: Names,
    decisions: NDArray[np.float64],
    pain: str,
    decoders: tuple[str, ...],
    tested: tuple[str, ...],
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Count the samples of each modality that are called pain.

    Parameters
    ----------
    modality : ndarray of shape (n_samples,), str
        What was felt.
    decisions : ndarray of shape (n_samples, n_decoders)
        Above 0: called pain.
    pain : str
        Name of the modality of pain.
    decoders : tuple of str
        What each decoder set pain against: the baseline, or each tested modality.
    tested : tuple of str
        The modalities tested.

    Returns
    -------
    rows : tuple of str
        Pain, the baseline, the tested; or pain as each of several decoders calls it, the tested.
    counts : ndarray of shape (n_rows, 2), int64
        Called pain, and not.
    """
    if decoders == tested:
        named = [(f"{pain} (against {name})", pain, i) for i, name in enumerate(tested)]
        named += [(name, name, i) for i, name in enumerate(tested)]
    else:
        named = [(name, name, 0) for name in (pain, *decoders, *tested)]
    counts = []
    for _, name, column in named:
        called = decisions[modality == name, column] > 0
        counts.append([int(called.sum()), int((~called).sum())])
    return tuple(row for row, _, _ in named), np.array(counts, dtype=np.int64)


def infer_pain(
    called: NDArray[np.bool_],
    modality: Names,
    subject: Names,
    pain: str,
    tested: tuple[str, ...],
    base_rate: float,
) -> ReverseInference:
    """Return P(pain | called pain), with each subject's trials taken as a cluster.

    Parameters
    ----------
    called : ndarray of shape (n_samples,), bool
        Whether a sample was called pain.
    modality, subject : ndarray of shape (n_samples,), str
        What was felt, and by whom.
    pain : str
        Name of the modality of pain.
    tested : tuple of str
        Modalities that stand for "no pain", weighted by their samples.
    base_rate : float
        Probability of pain where the decoder is to be used.

    Returns
    -------
    ReverseInference
        With an interval.
    """
    rates = []
    for names in ((pain,), tested):
        rows = np.isin(modality, names)
        _, who = np.unique(subject[rows], return_inverse=True)
        rates.append(effective_counts(np.bincount(who, called[rows]), np.bincount(who)))
    (sensitivity, n_pain), (alarms, n_other) = rates
    return reverse_inference(base_rate, sensitivity, 1 - alarms, n_pain, n_other)
