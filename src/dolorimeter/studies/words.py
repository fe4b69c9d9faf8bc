"""Words that every study writes alike."""

from __future__ import annotations


def p_words(value: float | None) -> str:
    """Write a p-value.

    Parameters
    ----------
    value : float or None
        None: not tested.

    Returns
    -------
    str
        ``"p = 0.012"``, ``"p < 0.001"`` or ``"p not tested"``.
    """
    if value is None:
        return "p not tested"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
