"""The table of contents and the numbers of figures and tables, gathered while a page is set."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .formats import plain


@dataclass(frozen=True, slots=True)
class Entry:
    """One heading.

    Attributes
    ----------
    anchor : str
        Id of the heading, unique on the page.
    title : str
        Its text.
    level : int
        2 for a section, 3 for what stands inside it.
    """

    anchor: str
    title: str
    level: int


class Contents:
    """Anchors and numbers in the order in which the page asks for them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._anchors: set[str] = set()
        self._numbers: dict[str, int] = {}

    def heading(self, title: str, level: int, listed: bool = True) -> Entry:
        """Register a heading.

        Parameters
        ----------
        title : str
            Its text.
        level : int
            2, 3 or 4.
        listed : bool, default True
            Whether the table of contents shows it.

        Returns
        -------
        Entry
            With an anchor that no other heading has.
        """
        entry = Entry(self._anchor(title), plain(title), level)
        if listed:
            self.entries.append(entry)
        return entry

    def number(self, kind: str) -> str:
        """Give the next number of a kind.

        Parameters
        ----------
        kind : str
            ``"Figure"`` or ``"Table"``.

        Returns
        -------
        str
            Such as ``"Figure 3"``.
        """
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind} {self._numbers[kind]}"

    def _anchor(self, title: str) -> str:
        """Plain letters of the title; a number where that is taken or empty."""
        bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "section"
        anchor, n = slug, 1
        while anchor in self._anchors:
            n += 1
            anchor = f"{slug}-{n}"
        self._anchors.add(anchor)
        return anchor
