"""Figures against their null, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts import Test
from .verdict import Condition

ALPHA = 0.05
R2 = "predictive R²"


def beats_null(name: str, test: Test | None, what: str) -> Condition:
    """Ask whether a figure beats its null: p below .05, and above the null's mean.

    The mean is asked for because it need not be the nominal level (science.md, 3.2), and because
    a small two-sided p may also belong to a figure below it. A predictive R² must exceed 0 too:
    below, the mean of the training targets predicts better, however bad the null is.

    Parameters
    ----------
    name : str
        The fact.
    test : Test or None
        The figure.
    what : str
        Name of the figure in words.

    Returns
    -------
    Condition
        Unknown where value, p or mean of the null is.
    """
    parts = ("value", "p", "null_mean")
    gaps = [part for part in parts if test is None or getattr(test, part) is None]
    if test is None or gaps:
        missing = f"whether {what} beats its null is not known: no {', '.join(gaps)}"
        return Condition(name, None, "", missing)
    if _is_r2(test.metric) and test.value <= 0:  # type: ignore[operator]
        wrong = f"{what} is no better than the mean of the training targets ({in_words(test)})"
        return Condition(name, False, wrong)
    beaten = bool(test.p < ALPHA and test.value > test.null_mean)  # type: ignore[operator]
    return Condition(name, beaten, f"{what} does not beat its null ({in_words(test)})")


def _is_r2(metric: str) -> bool:
    """Tell a coefficient of determination by any of its names."""
    plain = metric.lower().replace("²", "2").replace("^", "").replace(" ", "")
    return plain.startswith(R2.lower().replace("²", "2").replace(" ", "")) or "r2" in plain


def in_words(test: Test) -> str:
    """Write a figure with all that is known of it.

    Parameters
    ----------
    test : Test
        The figure.

    Returns
    -------
    str
        ``accuracy 0.725 (95 % interval 0.68 to 0.77; mean under the null 0.49; p = 0.001)``.
    """
    known = []
    if test.ci95 is not None:
        known.append(f"95 % interval {number(test.ci95[0])} to {number(test.ci95[1])}")
    if test.null_mean is not None:
        known.append(f"mean under the null {number(test.null_mean)}")
    if test.p is not None:
        known.append("p < 0.001" if test.p < 0.001 else f"p = {test.p:.3f}")
    said = f"{test.metric} {'unknown' if test.value is None else number(test.value)}"
    return f"{said} ({'; '.join(known)})" if known else said


def number(value: float) -> str:
    """Write a figure to three decimals.

    Parameters
    ----------
    value : float
        The figure.

    Returns
    -------
    str
        Digits.
    """
    return f"{value:.3f}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Parameters
    ----------
    words : sequence of str
        At least one.

    Returns
    -------
    str
        ``touch, sound and vision``.
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
