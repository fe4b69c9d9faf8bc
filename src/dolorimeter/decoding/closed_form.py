"""What averaging and pairing do to an accuracy, by the normal model [science 3.2].

Hu & Iannetti (2016), Fig 3: single trials called right in 72.5 % make 88.4 % when groups of four of
one condition are averaged.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from dolorimeter.core import InputError


def dprime_of_accuracy(accuracy: float) -> float:
    """Return the d' of two equally frequent normal classes from the single-trial accuracy.

    ``d' = 2 Phi^-1(accuracy)``: the criterion stands halfway between the means [science 3.2].

    Parameters
    ----------
    accuracy : float
        Share of single trials called right, in 0 … 1.

    Returns
    -------
    float
        Difference of the means in deviations; infinite at 0 and 1.

    Raises
    ------
    InputError
        If it is no share.

    Examples
    --------
    >>> round(dprime_of_accuracy(0.725), 3)
    1.196
    """
    if not 0 <= accuracy <= 1:
        raise InputError("accuracy", repr(accuracy), "a share in 0 … 1")
    return float(2 * norm.ppf(accuracy))


def labelling_accuracy(accuracy: float, m: int) -> float:
    """Return the accuracy of averages of m trials of one condition.

    ``Phi(sqrt(m) d' / 2)`` [science 3.2]: averaging divides the deviation of a linear decision by
    sqrt(m) and leaves its mean. It supposes two equally frequent classes, normal decisions of
    like deviation, and trials that are independent given their class.

    Parameters
    ----------
    accuracy : float
        Of single trials, in 0 … 1.
    m : int
        Trials averaged into one test sample.

    Returns
    -------
    float
        Expected share of averages called right.

    Raises
    ------
    InputError
        If the accuracy is no share or m is not a positive whole number.

    Examples
    --------
    >>> [round(labelling_accuracy(0.725, m), 3) for m in (1, 4, 20)]
    [0.725, 0.884, 0.996]
    """
    return float(norm.cdf(np.sqrt(group_size(m)) * dprime_of_accuracy(accuracy) / 2))


def forced_choice_accuracy(accuracy: float, m: int = 1) -> float:
    """Return the accuracy of choosing between two averages, one of each class.

    ``Phi(sqrt(m) d' / sqrt(2))``: the difference of two decisions has the mean d' and the
    deviation sqrt(2), each over sqrt(m) [science 3.1, K4; Hu & Iannetti (2016), Fig 3].

    Parameters
    ----------
    accuracy : float
        Of single trials judged one by one, in 0 … 1.
    m : int, default 1
        Trials averaged on either side.

    Returns
    -------
    float
        Expected share of pairs in the right order.

    Raises
    ------
    InputError
        If the accuracy is no share or m is not a positive whole number.

    Examples
    --------
    >>> round(forced_choice_accuracy(0.725), 3)
    0.801
    """
    return float(norm.cdf(np.sqrt(group_size(m)) * dprime_of_accuracy(accuracy) / np.sqrt(2)))


def forced_choice_from_pairs(single: float, m: int) -> float:
    """Return the accuracy of choosing between averages of m from that between single trials.

    ``Phi(sqrt(m) Phi^-1(single))``.

    Parameters
    ----------
    single : float
        Share of pairs of single trials in the right order (the area under the ROC curve).
    m : int
        Trials averaged on either side.

    Returns
    -------
    float
        Expected share of pairs in the right order.
    """
    return float(norm.cdf(np.sqrt(group_size(m)) * norm.ppf(single)))


def group_size(m: int) -> int:
    """Return a size of groups, if it is one.

    Parameters
    ----------
    m : int
        Samples averaged into one.

    Returns
    -------
    int
        The same.

    Raises
    ------
    InputError
        If it is not a positive whole number.
    """
    if isinstance(m, bool) or not isinstance(m, int | np.integer) or m < 1:
        raise InputError("m", repr(m), "a positive whole number of samples")
    return int(m)
