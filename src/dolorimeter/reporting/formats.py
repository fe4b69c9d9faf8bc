"""Numbers as a reader meets them: three decimals, true minus signs, a dash for what is absent."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

DASH = "–"
REPLACEMENT = "\ufffd"


def is_absent(value: Any) -> bool:
    """Tell whether there is no number to show.

    Parameters
    ----------
    value : object
        What stands in the results.

    Returns
    -------
    bool
        True for None and for numbers that are not finite.
    """
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def number(value: float | None, decimals: int = 3) -> str:
    """Write a number with a fixed number of decimals.

    Parameters
    ----------
    value : float or None
        The number.
    decimals : int, default 3
        Digits after the point.

    Returns
    -------
    str
        Such as ``"0.312"`` or ``"−1.250"``; a dash where there is none.
    """
    if value is None or is_absent(value):
        return DASH
    text = f"{value:,.{decimals}f}"
    # What rounds to zero has no sign.
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def significant(value: float | None, digits: int = 3) -> str:
    """Write a number of unknown size, such as a slope, with a number of significant digits.

    Parameters
    ----------
    value : float or None
        The number.
    digits : int, default 3
        Significant digits.

    Returns
    -------
    str
        Such as ``"0.0123"`` or ``"−4.1e−7"``; a dash where there is none.
    """
    if value is None or is_absent(value):
        return DASH
    return f"{value:.{digits}g}".replace("-", "−").removesuffix(".0")


def count(value: float | None) -> str:
    """Write a count; an expected count keeps one decimal where it has a fraction.

    Parameters
    ----------
    value : float or None
        How many.

    Returns
    -------
    str
        Such as ``"5,320"`` or ``"12.4"``; a dash where there is none.
    """
    if value is None or is_absent(value):
        return DASH
    return number(value, 0 if float(value).is_integer() else 1)


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a percentage.

    Parameters
    ----------
    value : float or None
        In percent, 0–100.
    decimals : int, default 1
        Digits after the point.

    Returns
    -------
    str
        Such as ``"19.6 %"``, its space not breaking; a dash where there is none.
    """
    return DASH if is_absent(value) else f"{number(value, decimals)}\u00a0%"


def p_value(value: float | None) -> str:
    """Write a p-value.

    Parameters
    ----------
    value : float or None
        Between 0 and 1.

    Returns
    -------
    str
        Three decimals, ``"< 0.001"`` below that; a dash where there is none.
    """
    if value is None or is_absent(value):
        return DASH
    return "< 0.001" if value < 0.001 else number(value)


def interval(bounds: Sequence[float | None] | None, decimals: int = 3) -> str:
    """Write an interval.

    Parameters
    ----------
    bounds : sequence of two floats, or None
        Lower and upper end.
    decimals : int, default 3
        Digits after the point.

    Returns
    -------
    str
        Such as ``"0.162 to 0.251"``; a dash where either end is missing.
    """
    if bounds is None or any(is_absent(end) for end in bounds):
        return DASH
    low, high = bounds
    return f"{number(low, decimals)} to {number(high, decimals)}"


def plain(text: Any) -> str:
    """Make a user's string safe to set in type: one line, no control characters.

    Markup is not its business: templates and SVG escape everything they are given.

    Parameters
    ----------
    text : object
        An id, a name or a sentence out of the data.

    Returns
    -------
    str
        White space collapsed; control characters, lone surrogates and marks that turn the
        direction of the text around replaced by the replacement character.
    """
    collapsed = " ".join(str(text).split())
    return "".join(REPLACEMENT if _is_unsafe(c) else c for c in collapsed)


def _is_unsafe(character: str) -> bool:
    """Controls, surrogates, and the bidirectional overrides that can disguise a sentence."""
    return unicodedata.category(character) in {"Cc", "Cs"} or unicodedata.bidirectional(
        character
    ) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
