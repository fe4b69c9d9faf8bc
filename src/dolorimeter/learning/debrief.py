"""How many persons: screening of pleasantness, awareness of the contingency (science 2.3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from dolorimeter.core import InputError


@dataclass(frozen=True, slots=True)
class Share:
    """A count of persons.

    Attributes
    ----------
    yes, n : int
        Persons of whom it holds, of all who were asked.
    share : float
        Their ratio.
    ci95 : tuple of float
        Exact interval (Clopper & Pearson 1934).
    """

    yes: int
    n: int
    share: float
    ci95: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)


def count_share(answers: ArrayLike) -> Share:
    """Count the persons of whom something holds, such as 4 of 14 who could report the contingency.

    Parameters
    ----------
    answers : array-like of shape (n,)
        One bool a person; who was not asked is left out beforehand.

    Returns
    -------
    Share
        With its exact interval.

    Raises
    ------
    InputError
        If nobody was asked, or an answer is not yes or no.
    """
    given: NDArray[Any] = np.asarray(answers)
    if given.ndim != 1 or len(given) == 0:
        raise InputError("answers", f"shape {given.shape}", "one answer a person")
    if not np.isin(given, [0, 1]).all():
        raise InputError("answers", "an answer that is neither yes nor no", "true or false each")
    yes, n = int(given.astype(bool).sum()), len(given)
    interval = stats.binomtest(yes, n).proportion_ci(method="exact")
    return Share(yes, n, yes / n, (float(interval.low), float(interval.high)))
