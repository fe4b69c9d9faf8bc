"""A progress bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def progress(items: Iterable[Item], description: str, total: int | None = None) -> Iterable[Item]:
    """Iterate over items, showing a bar on standard error where that is a terminal.

    Parameters
    ----------
    items : iterable
        What to iterate over.
    description : str
        What is being done, shown before the bar.
    total : int, optional
        Number of items, where ``len(items)`` is unknown.

    Returns
    -------
    iterable
        The same items in the same order.
    """
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=description, total=total, leave=False)
