"""Is a rating the same for pain and for another modality? Difference and equivalence over subjects.

Two one-sided t tests (Schuirmann 1987, J Pharmacokinet Biopharm 15, 657–680): two conditions are
equivalent within a margin when the interval of their difference at confidence ``1 - 2 * alpha``
lies inside ``(-margin, margin)``. A difference that is merely not significant shows nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A difference of two means, with its intervals and tests.

    Attributes
    ----------
    difference : float
        Mean of the first less mean of the second, in units of the rating.
    ci95 : tuple of float
        95 % t interval of the difference.
    interval : tuple of float
        The interval that decides equivalence, at confidence ``1 - 2 * alpha``.
    alpha : float
        Level of each one-sided test.
    margin : float
        Largest difference that is called equivalent, in units of the rating.
    p_equivalence : float
        The larger p of the two one-sided tests; equivalent where it is below ``alpha``.
    p_difference : float
        Two-sided p of no difference.
    equivalent : bool
        Whether ``interval`` lies inside the margin.
    paired : bool
        Whether both means come from the same units.
    unit : str
        ``"subject"`` or ``"trial"``.
    n : tuple of int
        Units behind each mean.
    degrees : float
        Degrees of freedom (Welch's where not paired).
    """

    difference: float
    ci95: Interval
    interval: Interval
    alpha: float
    margin: float
    p_equivalence: float
    p_difference: float
    equivalent: bool
    paired: bool
    unit: Literal["subject", "trial"]
    n: tuple[int, int]
    degrees: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)


def equivalence(
    first: Floats,
    second: Floats,
    margin: float,
    *,
    paired: bool = True,
    alpha: float = 0.025,
    unit: Literal["subject", "trial"] = "subject",
) -> Equivalence:
    """Test whether two means differ and whether they are equivalent within a margin.

    Parameters
    ----------
    first, second : array-like of shape (n,) and (m,)
        One value a unit (a subject's mean rating); in the same order of units where paired.
    margin : float
        Largest difference that is called equivalent, positive, in units of the values. It has
        no default: it must be stated.
    paired : bool, default True
        Whether row i of both is the same unit; else Welch's test of two groups.
    alpha : float, default 0.025
        Level of each one-sided test. The interval that decides has confidence
        ``1 - 2 * alpha``: at the default it is the 95 % interval, so that one interval serves the
        difference and the equivalence and the audit's rule S1 sees the one that decided. The
        usual 0.05 decides by the 90 % interval, and is more lenient.
    unit : str, default "subject"
        What a value stands for, recorded.

    Returns
    -------
    Equivalence
        With both intervals.

    Raises
    ------
    InputError
        If the margin is not positive, ``alpha`` is outside (0, 0.5), a value is not finite, paired
        lengths differ, or there are fewer than two units.
    """
    a, b = (_checked(values, name) for values, name in ((first, "first"), (second, "second")))
    if not (np.isfinite(margin) and margin > 0):
        raise InputError("margin", f"{margin}", "a positive number in units of the rating")
    if not 0 < alpha < 0.5:
        raise InputError("alpha", f"{alpha}", "a level between 0 and 0.5")
    if paired and len(a) != len(b):
        found = f"{len(a)} and {len(b)} values"
        raise InputError("paired", found, "the same units in both", "Pass paired=False.")
    difference, error, degrees = _paired(a, b) if paired else _welch(a, b)
    interval = _interval(difference, error, degrees, 1 - 2 * alpha)
    return Equivalence(
        difference=difference,
        ci95=_interval(difference, error, degrees, 0.95),
        interval=interval,
        alpha=float(alpha),
        margin=float(margin),
        p_equivalence=_tail(margin - abs(difference), error, degrees),
        p_difference=min(1.0, 2 * _tail(abs(difference), error, degrees)),
        equivalent=bool(-margin < interval[0] and interval[1] < margin),
        paired=paired,
        unit=unit,
        n=(len(a), len(b)),
        degrees=degrees,
    )


def salience_equivalence(
    salience: Floats,
    modality: Names,
    subject: Names,
    other: str,
    margin: float,
    *,
    pain: str = "pain",
    alpha: float = 0.025,
) -> Equivalence | None:
    """Compare the rated salience of pain and of another modality over subjects.

    A subject's ratings of a modality are averaged first. Subjects who rated both are paired; where
    fewer than two did, the two groups are compared by Welch's test; with one subject in all, that
    subject's trials are, and the result holds for that subject only.

    Parameters
    ----------
    salience : ndarray of shape (n_samples,)
        Ratings, NaN where unrated.
    modality, subject : ndarray of shape (n_samples,), str
        What was felt, and by whom.
    other : str
        The modality to compare with.
    margin : float
        Largest difference that is called equivalent, in units of the rating.
    pain : str, default "pain"
        Name of the modality of pain.
    alpha : float, default 0.025
        As for :func:`equivalence`.

    Returns
    -------
    Equivalence or None
        Pain less the other; None where too few ratings exist to compare.

    Raises
    ------
    InputError
        As for :func:`equivalence`.
    """
    rated = np.isfinite(salience)
    chosen = {name: rated & (modality == name) for name in (pain, other)}
    if len(np.unique(subject[np.isin(modality, (pain, other))])) == 1:
        a, b = (salience[rows] for rows in chosen.values())
        return _compare(a, b, margin, alpha, "trial")
    means = [_subject_means(salience[rows], subject[rows]) for rows in chosen.values()]
    both = sorted(set(means[0]) & set(means[1]))
    if len(both) >= 2:
        a, b = (np.array([group[name] for name in both]) for group in means)
        return equivalence(a, b, margin, alpha=alpha)
    groups = [np.array(list(group.values())) for group in means]
    return _compare(groups[0], groups[1], margin, alpha, "subject")


def _compare(
    a: Floats, b: Floats, margin: float, alpha: float, unit: Literal["subject", "trial"]
) -> Equivalence | None:
    if min(len(a), len(b)) < 2:
        return None
    return equivalence(a, b, margin, paired=False, alpha=alpha, unit=unit)


def _subject_means(values: Floats, subject: Names) -> dict[str, float]:
    return {str(name): float(values[subject == name].mean()) for name in np.unique(subject)}


def _checked(values: Floats, name: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2:
        raise InputError(name, f"shape {array.shape}", "at least two values, one a unit")
    if not np.isfinite(array).all():
        raise InputError(name, "a value that is not finite", "finite numbers")
    return array


def _paired(a: Floats, b: Floats) -> tuple[float, float, float]:
    """Return the mean difference, its standard error and degrees of freedom."""
    differences = a - b
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return float(differences.mean()), float(error), float(len(differences) - 1)


def _welch(a: Floats, b: Floats) -> tuple[float, float, float]:
    """Return the same for two groups of unequal variance (Welch 1947, Biometrika 34, 28–35)."""
    shares = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    total = shares.sum()
    if total == 0:
        return float(a.mean() - b.mean()), 0.0, float(len(a) + len(b) - 2)
    degrees = total**2 / (shares**2 / np.array([len(a) - 1, len(b) - 1])).sum()
    return float(a.mean() - b.mean()), float(np.sqrt(total)), float(degrees)


def _interval(difference: float, error: float, degrees: float, confidence: float) -> Interval:
    half = float(stats.t.ppf(0.5 + confidence / 2, degrees)) * error
    return difference - half, difference + half


def _tail(distance: float, error: float, degrees: float) -> float:
    """Return P(T > distance / error); without any variation the distance alone decides."""
    if error == 0:
        return 0.5 if distance == 0 else float(distance < 0)
    return float(stats.t.sf(distance / error, degrees))
