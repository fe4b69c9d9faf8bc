"""What a data set does that a reader should know of: said as data, nothing mended in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know about one file.

    Attributes
    ----------
    file : str
        The file or folder, from the root of the data set.
    row : int or None
        The data row, from 1 (the header is not counted); None where it concerns the whole file.
    what : str
        What was found, and what was done about it if anything.
    kind : str
        A word to count and choose by, such as ``"onset-goes-back"``.
    """

    file: str
    row: int | None
    what: str
    kind: str = ""

    def __str__(self) -> str:
        """Return one line."""
        row = "" if self.row is None else f", data row {self.row}"
        return f"{self.file}{row}: {self.what}"


def count_notices(notices: Iterable[Notice]) -> dict[str, int]:
    """Count notices by kind.

    Parameters
    ----------
    notices : iterable of Notice
        Any.

    Returns
    -------
    dict of str to int
        By kind, in alphabetical order.
    """
    return dict(sorted(Counter(notice.kind for notice in notices).items()))


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return names for a sentence.

    Parameters
    ----------
    names : iterable of str
        What to name.
    most : int, default 5
        How many to name; the rest is counted.

    Returns
    -------
    str
        Separated by commas.
    """
    every = list(names)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
