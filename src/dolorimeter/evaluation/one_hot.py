"""VUS of class decisions without probabilities, in closed form from confusion matrices.

Whether a triple of one-hot scores is told apart depends on the three predicted classes alone, by
every assignment rule: each predicted class can satisfy one of the examples that it was predicted
for, so the best assignments satisfy as many examples as there are distinct predictions. The right
one is among them exactly when every class that was predicted at all was predicted for its own
example too.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from math import factorial, prod

import numpy as np

from dolorimeter.core.containers import Floats


@cache
def credit_table(n_classes: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    """List the predictions of a triple that earn credit.

    Parameters
    ----------
    n_classes : int
        K, at least 2.

    Returns
    -------
    tuple of (predicted, credit)
        ``predicted[k]`` is the class predicted for the example of class k; the credit is one over
        the number of best assignments. All other predictions earn nothing.
    """
    classes = range(n_classes)
    table = []
    for predicted in product(classes, repeat=n_classes):
        if all(predicted[k] == k for k in set(predicted)):
            ways = prod(predicted.count(k) for k in set(predicted))
            ways *= factorial(n_classes - len(set(predicted)))
            table.append((predicted, 1.0 / ways))
    return tuple(table)


def one_hot_credit(confusion: Floats) -> tuple[Floats, Floats]:
    """Sum credit and triples over one-hot predictions, any number of matrices at once.

    Parameters
    ----------
    confusion : ndarray of shape (..., K, K)
        Rows true classes, columns predicted ones; counts, or expected counts of independent
        predictions, whose credit is then expected.

    Returns
    -------
    credit, triples : ndarray of shape (...,)
        Their ratio is the VUS; both are 0 where a class is missing.
    """
    n_classes = confusion.shape[-1]
    credit = np.zeros(confusion.shape[:-2])
    for predicted, worth in credit_table(n_classes):
        counts = [confusion[..., k, predicted[k]] for k in range(n_classes)]
        credit += worth * prod(counts[1:], start=counts[0])
    return credit, confusion.sum(axis=-1, dtype=np.float64).prod(axis=-1)
