"""A table as data: what the template sets in type, whatever study it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .formats import DASH, plain

ABSENT = f"{DASH} not defined, not applicable or not computed."


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : str
        Its content.
    under : str
        A second, smaller line, such as an interval.
    marks : str
        Superscripts.
    share : float or None
        0–1: how strongly the cell is shaded, or how long its bar is; None for neither.
    """

    text: str
    under: str = ""
    marks: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes
    ----------
    head : str
        Its header, in the first column.
    cells : tuple of Cell
        One for each further column.
    ruled : bool
        Whether a rule sets it off from the row above.
    """

    head: str
    cells: tuple[Cell, ...]
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption and footnotes.

    Attributes
    ----------
    caption : str
        Plain text; a numbered table's number goes before it.
    columns : tuple of str
        Headers, the first one that of the row headers.
    rows : tuple of Row
        At least one.
    notes : tuple of str
        Footnotes; that on the dash is added wherever a cell has one.
    kinds : mapping of int to str
        ``"name"``, ``"label"`` or ``"prose"`` for the columns (counted from 0, row headers
        included) that hold a word, a few words or sentences; the others hold numbers.
    compact : bool
        As wide as its content, rather than as the page.
    bars : bool
        Whether shares are drawn as bars, rather than as shades.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    kinds: Mapping[int, str] = field(default_factory=dict)
    compact: bool = False
    bars: bool = False

    @property
    def footnotes(self) -> tuple[str, ...]:
        """Notes, with the one on the dash where a cell of numbers holds one."""
        words = (
            word
            for row in self.rows
            for column, cell in enumerate(row.cells, start=1)
            if column not in self.kinds
            for word in (*cell.text.split(), cell.under)
        )
        return (*self.notes, ABSENT) if DASH in words else self.notes


def group_footnotes(tables: Iterable[Table]) -> tuple[str, ...]:
    """Gather the footnotes of tables that stand under one number.

    Parameters
    ----------
    tables : iterable of Table
        The members of the group.

    Returns
    -------
    tuple of str
        Each note once.
    """
    return tuple(dict.fromkeys(note for table in tables for note in table.footnotes))


def make_rows(rows: Iterable[tuple[str, Sequence[str]]]) -> tuple[Row, ...]:
    """Build plain rows.

    Parameters
    ----------
    rows : iterable of (str, sequence of str)
        Header and cells of each.

    Returns
    -------
    tuple of Row
        The same as rows of cells.
    """
    return tuple(Row(plain(head), tuple(Cell(text) for text in cells)) for head, cells in rows)
