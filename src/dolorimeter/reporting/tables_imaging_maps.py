"""Tables over the group's maps: how far each goes, and where they overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, count, is_absent, number, plain
from .tables import Cell, Row, Table, make_rows
from .tables_imaging import place

Entry = Mapping[str, Any]
_COUNTED = {
    "n_uncorrected": "Voxels, uncorrected",
    "n_fdr": "Voxels, FDR",
    "n_fwe": "Voxels, family-wise",
    "n_tfce": "Voxels, TFCE",
}


def overlaps(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out where two maps overlap.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``group.overlap``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a peak of an overlap, and one for an overlap without any; None without overlaps.
    """
    if not entries:
        return None
    rows: list[Row] = []
    for entry in entries:
        head = (
            f"{named(entry.get('first'))} and {named(entry.get('second'))}, "
            f"{plain(entry.get('how') or 'overlap')}"
        )
        shared = count(entry.get("voxels"))
        found_here = entry.get("peaks") or ()
        if not found_here:
            empty = (shared, *[DASH] * 3, "none")
            rows.append(Row(head, tuple(map(Cell, empty)), ruled=bool(rows)))
        for i, peak in enumerate(found_here):
            cells = (
                "" if i else shared,
                place(peak),
                number(peak.get("statistic"), 2),
                count(peak.get("extent")),
                plain(peak.get("label") or "no label"),
            )
            rows.append(Row("" if i else head, tuple(map(Cell, cells)), ruled=bool(rows and not i)))
    columns = ("Maps", "Voxels in both", "x, y, z (mm)", "Statistic", "Extent", "Place")
    return Table(caption, columns, tuple(rows), kinds={0: "label", 5: "name"})


def named(contrast: Any) -> str:
    """Return the printed name of a contrast.

    Parameters
    ----------
    contrast : str
        Its name in the results.

    Returns
    -------
    str
        Such as ``"relief error"``.
    """
    return plain(contrast or "a map").replace("_", " ")


def summary(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out how many voxels of each map exceed each threshold.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``group.maps``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a map; None without any.
    """
    if not entries:
        return None
    counted = {key: word for key, word in _COUNTED.items() if key != "n_tfce"}
    if any(entry.get("n_tfce") is not None for entry in entries):
        counted = dict(_COUNTED)
    cut = any(not is_absent(entry.get("threshold_t")) for entry in entries)
    rows = make_rows(
        (
            named(entry.get("contrast")),
            (
                number(entry.get("largest_t"), 2),
                number(entry.get("smallest_t"), 2),
                count(entry.get("df")),
                *([number(entry.get("threshold_t"), 2)] if cut else []),
                number(entry.get("threshold_fwe_t"), 2),
                *(count(entry.get(key)) for key in counted),
            ),
        )
        for entry in entries
    )
    columns = (
        "Map", "Largest t", "Smallest t", "df", *(["Uncorrected t"] if cut else []),
        "Family-wise t", *counted.values(),
    )  # fmt: skip
    return Table(caption, columns, rows, kinds={0: "label"})
