"""The scores that label assignment adds up, by rule, on a grid that makes ties exact."""

from __future__ import annotations

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

GRID = 2.0**40  # steps in one; coarser than rounding errors, finer than any posterior that matters
SMALLEST = 1e-300  # stands for a posterior of zero, whose logarithm is not finite


def assignment_scores(probabilities: Floats, rule: str) -> Ints:
    """Return the score of giving each label to each example, in grid steps of 2^-40.

    Each row is taken less its first column, which shifts the total of every assignment alike and
    makes posteriors that agree up to a factor tie exactly.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K), float64
        Posteriors.
    rule : str
        ``"product"``: log p; ``"sum"``: p; ``"distance"``: minus the Euclidean distance to the
        label's corner of the simplex.

    Returns
    -------
    ndarray of shape (n, K), int64
        Zero in the first column, below 2^50 in magnitude: sums of scores are exact.

    Raises
    ------
    InputError
        If there is no such rule.
    """
    if rule == "product":
        scores = np.log(np.maximum(probabilities, SMALLEST))
    elif rule == "sum":
        scores = probabilities
    elif rule == "distance":
        # Not |p|² - 2 p + 1, which would lose half the digits at a corner.
        corners = np.eye(probabilities.shape[1])
        scores = -np.linalg.norm(probabilities[:, None, :] - corners, axis=2)
    else:
        raise InputError("rule", repr(rule), "'product', 'sum' or 'distance'")
    return np.rint((scores - scores[:, :1]) * GRID).astype(np.int64)
