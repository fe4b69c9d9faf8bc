"""Whether chains of draws have mixed: R-hat and bulk effective sample size.

Both on split chains of normal scores of ranks (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021,
Bayesian Analysis 16, 667–718): R-hat by their Eqs 1–4 and 14, the larger of location and spread;
the effective sample size by Eqs 7 and 10–11 with Geyer's initial monotone sequence.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from dolorimeter.core.containers import Floats

_FEWEST = 4  # draws of half a chain


def r_hat(draws: Floats) -> float:
    """Return the rank-normalized split R-hat.

    Parameters
    ----------
    draws : ndarray of shape (n_chains, n_draws)
        Of one parameter, at least eight of each chain.

    Returns
    -------
    float
        Near 1 where chains agree; NaN where draws do not vary or are not finite.
    """
    halves = _split(draws)
    if not _vary(halves):
        return float("nan")
    folded = np.abs(halves - np.median(halves))
    return max(_between(_normal_scores(halves)), _between(_normal_scores(folded)))


def bulk_ess(draws: Floats) -> float:
    """Return the effective sample size of the bulk of the distribution.

    Parameters
    ----------
    draws : ndarray of shape (n_chains, n_draws)
        Of one parameter, at least eight of each chain.

    Returns
    -------
    float
        Independent draws that would tell the mean as well; NaN where draws do not vary.
    """
    halves = _split(draws)
    return effective_size(_normal_scores(halves)) if _vary(halves) else float("nan")


def effective_size(draws: Floats) -> float:
    """Return the effective sample size of draws as they are, neither ranked nor split.

    Parameters
    ----------
    draws : ndarray of shape (n_chains, n_draws)
        Of one parameter.

    Returns
    -------
    float
        At most ``n log10(n)`` for n draws in all.
    """
    n_chains, n = draws.shape
    covariance = _autocovariance(draws).mean(axis=0)
    within = covariance[0] * n / (n - 1)
    total = within * (n - 1) / n
    if n_chains > 1:
        total += draws.mean(axis=1).var(ddof=1)
    if not total > 0:
        return float("nan")
    rho = 1 - (within - covariance) / total
    rho[0] = 1.0
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0)
    last = int(negative[0]) if len(negative) else len(pairs)
    kept = np.minimum.accumulate(pairs[:last])
    size = n_chains * n
    time = max(-1 + 2 * float(kept.sum()), 1 / np.log10(size))
    return float(size / time)


def _split(draws: Floats) -> Floats:
    """Halve each chain, the middle draw of an odd number left out."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, draws.shape[1] - half :]])


def _vary(halves: Floats) -> bool:
    enough = halves.shape[1] >= _FEWEST
    return bool(enough and np.isfinite(halves).all() and (np.ptp(halves, axis=1) > 0).any())


def _normal_scores(draws: Floats) -> Floats:
    ranks = stats.rankdata(draws).reshape(draws.shape)
    return np.asarray(special.ndtri((ranks - 3 / 8) / (draws.size + 1 / 4)))


def _between(scores: Floats) -> float:
    """Root of the variance over all chains to that within them."""
    n = scores.shape[1]
    within = float(scores.var(axis=1, ddof=1).mean())
    between = float(scores.mean(axis=1).var(ddof=1))
    if within == 0:
        return float("inf")
    return float(np.sqrt((n - 1) / n + between / within))


def _autocovariance(draws: Floats) -> Floats:
    """Autocovariance of each chain at all lags, divided by the number of draws."""
    n = draws.shape[1]
    centered = draws - draws.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centered, 2 * n, axis=1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n] / n)
