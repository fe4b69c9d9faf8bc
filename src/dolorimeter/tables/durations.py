"""Durations as people write them: 2h, 30min, 1h30min, 2d."""

from __future__ import annotations

import math
import re
from datetime import timedelta

import numpy as np

from dolorimeter.core import InputError

_MICROSECONDS = {"s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(min|s|h|d)\s*")
_LONGEST = 36_525 * _MICROSECONDS["d"]
_RULE = "a positive duration such as '2h', '30min', '1h30min' or '2d'"


def parse_duration(
    value: str | timedelta | np.timedelta64, where: str = "width", allow_zero: bool = False
) -> np.timedelta64:
    """Read a duration.

    Parameters
    ----------
    value : str, timedelta or numpy.timedelta64
        Text is one or more numbers with a unit each (``s``, ``min``, ``h``, ``d``), summed.
    where : str, default "width"
        Name of the argument, for the error.
    allow_zero : bool, default False
        Whether a duration of zero is accepted.

    Returns
    -------
    numpy.timedelta64
        In microseconds.

    Raises
    ------
    InputError
        If the value cannot be read, is not positive, or exceeds a century.

    Examples
    --------
    >>> parse_duration("1h30min")
    np.timedelta64(5400000000,'us')
    """
    microseconds = _microseconds(value)
    least = 0 if allow_zero else 1
    if microseconds is None or not least <= microseconds <= _LONGEST:
        raise InputError(where, repr(value), _RULE)
    return np.timedelta64(microseconds, "us")


def format_duration(duration: np.timedelta64) -> str:
    """Write a duration in hours, or in the smaller units that it needs.

    Parameters
    ----------
    duration : numpy.timedelta64
        Not negative; fractions of a second are shown as decimals.

    Returns
    -------
    str
        What `parse_duration` reads back, such as ``"48h"`` or ``"90min"``.
    """
    microseconds = int(duration / np.timedelta64(1, "us"))
    for unit in ("h", "min"):
        if microseconds % _MICROSECONDS[unit] == 0:
            return f"{microseconds // _MICROSECONDS[unit]}{unit}"
    whole, rest = divmod(microseconds, _MICROSECONDS["s"])
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".") + "s"


def _microseconds(value: str | timedelta | np.timedelta64) -> int | None:
    """Whole microseconds of a duration; None where the value is none."""
    # A numpy duration in months or years has no fixed length, and NaT has none at all.
    if isinstance(value, np.timedelta64):
        fixed = np.datetime_data(value.dtype)[0] not in ("Y", "M", "generic")
        days = value / np.timedelta64(1, "D") if fixed and not np.isnat(value) else math.nan
        return int(value.astype("timedelta64[us]").astype(int)) if abs(days) < 1e6 else None
    if isinstance(value, timedelta):
        # pandas.NaT passes for a timedelta, and is not equal to itself.
        return value // timedelta(microseconds=1) if value == value else None
    if not isinstance(value, str) or not re.fullmatch(f"(?:{_PART.pattern})+", value.strip()):
        return None
    parts = _PART.findall(value)
    total = sum(float(number) * _MICROSECONDS[unit] for number, unit in parts)
    return round(total) if math.isfinite(total) else None
