"""A multivariate normal with missing values: EM over their patterns, and regression in it.

Arrays in, arrays out. Windows that miss the same variables share their matrices, so that an
iteration costs a few small solves for each pattern, however many windows there are (Little &
Rubin, Statistical Analysis with Missing Data, ch. 11).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Outcome

from .emissions import LOG_TWO_PI, column_means

Floats = NDArray[np.float64]


class Pattern(NamedTuple):
    """Windows that miss the same variables: how many, and their moments about zero."""

    observed: NDArray[np.bool_]
    n_windows: int
    first: Floats
    second: Floats


def fit_normal(
    data: Floats, ridge: float, n_iter: int, tol: float | None
) -> tuple[Floats, Floats, Outcome]:
    """Fit mean and covariance to windows with missing values by EM.

    The objective is the log-likelihood less ridge / 2 tr(Sigma^-1), the log prior under which the
    M step adds ``ridge`` to the diagonal of the expected sums of squares.

    Parameters
    ----------
    data : ndarray of shape (n, D)
        NaN where missing.
    ridge : float
        Positive, in squared units of the data.
    n_iter : int
        Most iterations.
    tol : float or None
        Stop when the objective gains less (nats); None: run all iterations.

    Returns
    -------
    mean : ndarray of shape (D,)
        mu.
    covariance : ndarray of shape (D, D)
        Sigma.
    outcome : Outcome
        What the fit did.
    """
    center = column_means(data)
    patterns = _patterns(data - center)
    n_windows = sum(pattern.n_windows for pattern in patterns)
    mean, eye = np.zeros(len(center)), np.eye(len(center))
    covariance = np.diag(column_means((data - center) ** 2) + ridge)
    path: list[float] = []
    while True:
        likelihood, first, second = _e_step(patterns, mean, covariance)
        path.append(likelihood - 0.5 * ridge * float(np.trace(np.linalg.inv(covariance))))
        converged = tol is not None and len(path) > 1 and path[-1] - path[-2] < tol
        if converged or len(path) > n_iter:
            break
        shift = first / n_windows
        mean = mean + shift
        covariance = (second + ridge * eye) / n_windows - np.outer(shift, shift)
    ended = "Converged" if converged else "Ran out of iterations"
    words = f"{ended} after {len(path) - 1} iterations."
    outcome = Outcome(bool(converged), len(path) - 1, tuple(path), likelihood, (), words)
    return mean + center, covariance, outcome


def regress_last(features: Floats, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Regress the last variable on those of the others that each window has.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    mean : ndarray of shape (D + 1,)
        Of the features and the variable to predict.
    covariance : ndarray of shape (D + 1, D + 1)
        Of the same.

    Returns
    -------
    prediction, deviation : ndarray of shape (n,)
        Mean and standard deviation of the last variable given what is observed.
    """
    patterns, member = np.unique(~np.isnan(features), axis=0, return_inverse=True)
    slopes = np.zeros((len(patterns), features.shape[1]))
    variances = np.empty(len(patterns))
    for p, seen in enumerate(patterns):
        among = covariance[:-1, :-1][np.ix_(seen, seen)]
        across = covariance[:-1, -1][seen]
        slopes[p, seen] = np.linalg.solve(among, across)
        variances[p] = covariance[-1, -1] - slopes[p, seen] @ across
    prediction = np.full(len(features), mean[-1])
    # Column by column, so that a window alone gives the same bits as among others.
    for column, center, slope in zip(features.T, mean, slopes[member].T, strict=False):
        prediction += np.where(np.isnan(column), 0.0, slope * (column - center))
    return prediction, np.sqrt(variances[member])


def check_normal(mean: Floats, covariance: Floats) -> None:
    """Refuse what is no multivariate normal of at least two variables.

    Parameters
    ----------
    mean : ndarray of shape (D,)
        mu.
    covariance : ndarray of shape (D, D)
        Sigma.

    Raises
    ------
    InputError
        If shapes disagree, or the covariance is not symmetric and positive definite.
    """
    if mean.ndim != 1 or len(mean) < 2 or covariance.shape != 2 * mean.shape:
        raise InputError("covariance", f"shape {covariance.shape}", "(D, D) beside mean (D,)")
    try:
        np.linalg.cholesky(covariance)
        positive = np.array_equal(covariance, covariance.T)
    except np.linalg.LinAlgError:
        positive = False
    if not positive:
        raise InputError("covariance", "no covariance", "symmetric and positive definite")


def _patterns(data: Floats) -> list[Pattern]:
    """Group windows by what they miss; those that miss everything tell nothing."""
    kinds, member = np.unique(~np.isnan(data), axis=0, return_inverse=True)
    found = []
    for p, seen in enumerate(kinds):
        if seen.any():
            rows = data[member == p][:, seen]
            found.append(Pattern(seen, len(rows), rows.sum(axis=0), rows.T @ rows))
    return found


def _e_step(
    patterns: list[Pattern], mean: Floats, covariance: Floats
) -> tuple[float, Floats, Floats]:
    """Log-likelihood, and expected first and second moments about the present mean."""
    likelihood, first, second = 0.0, np.zeros_like(mean), np.zeros_like(covariance)
    for seen, count, total, squares in patterns:
        among = covariance[np.ix_(seen, seen)]
        # (D, observed): the identity for what is observed, the regression for what is not.
        filling = np.linalg.solve(among, covariance[seen]).T
        shift = total - count * mean[seen]
        cross = np.outer(total, mean[seen])
        about = squares - cross - cross.T + count * np.outer(mean[seen], mean[seen])
        residual = covariance - filling @ covariance[seen]
        first += filling @ shift
        second += filling @ about @ filling.T + count * residual
        fit = np.trace(np.linalg.solve(among, about))
        volume = seen.sum() * LOG_TWO_PI + np.linalg.slogdet(among)[1]
        likelihood -= 0.5 * float(count * volume + fit)
    return likelihood, first, (second + second.T) / 2
