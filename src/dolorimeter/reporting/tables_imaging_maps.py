"""Tables of the group's maps: regions, peaks with sub-peaks, overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, count, interval, is_absent, number, p_value, plain, significant
from .tables import Cell, Row, Table, make_rows
from .tables_imaging import place

Entry = Mapping[str, Any]
CORRECTED = 0.05
_FOUND: Mapping[Any, str] = {True: "found", False: "not found"}
_COUNTED = {
    "n_uncorrected": "Voxels, uncorrected",
    "n_fdr": "Voxels, FDR",
    "n_fwe": "Voxels, family-wise",
    "n_tfce": "Voxels, TFCE",
}
_P = {
    "p": "p",
    "p_fwe": "p, family-wise",
    "p_fdr": "q, FDR",
    "p_tfce": "p, TFCE",
    "p_cluster": "p, cluster",
}


def regions(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out what was found in each a-priori region.

    Parameters
    ----------
    entries : sequence of mapping
        A map's ``regions``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a region; None without any.
    """
    if not entries:
        return None
    corrected = any(not is_absent(entry.get("p_svc")) for entry in entries)
    rows = make_rows(
        (
            entry.get("region") or "region",
            (
                _FOUND.get(entry.get("found"), "not looked at"),
                place(entry),
                number(entry.get("t"), 2),
                number(entry.get("z_score"), 2),
                p_value(entry.get("p")),
                *([p_value(entry.get("p_svc"))] if corrected else []),
                count(entry.get("extent")),
                significant(entry.get("mean_effect"), 2),
                interval(entry.get("ci95")),
                count(entry.get("voxels")),
            ),
        )
        for entry in entries
    )
    columns = (
        "Region", "Verdict", "Peak x, y, z (mm)", "t", "Z", "p",
        *(["p, small volume"] if corrected else []), "Extent", "Mean effect", "95 % interval",
        "Voxels in it",
    )  # fmt: skip
    return Table(caption, columns, rows, kinds={0: "label", 1: "name"})


def peaks(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out peaks, each cluster with its sub-peaks.

    Parameters
    ----------
    entries : sequence of mapping
        A map's ``peaks``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a peak, a rule above each cluster; columns that nobody computed are left out.
    """
    if not entries:
        return None
    tested = [key for key in _P if any(not is_absent(entry.get(key)) for entry in entries)]
    rows = tuple(_peak(entry, i, tested) for i, entry in enumerate(entries))
    columns = (
        "Place", "x, y, z (mm)", "t", "Z", *(_P[key] for key in tested), "Voxels", "mm³",
        "Stands by",
    )  # fmt: skip
    return Table(caption, columns, rows, _notes(), {0: "label", len(columns) - 1: "name"})


def _notes() -> tuple[str, ...]:
    return (
        "Stands by: an a-priori region carries a peak at the uncorrected threshold; elsewhere only "
        "a family-wise p below 0.05 does. The others are listed, and carry nothing.",
    )


def _peak(entry: Entry, row: int, tested: Sequence[str]) -> Row:
    sub = bool(entry.get("peak"))
    label = plain(entry.get("label") or "no label")
    cells = (
        place(entry),
        number(entry.get("t"), 2),
        number(entry.get("z_score"), 2),
        *(p_value(entry.get(key)) for key in tested),
        "" if sub else count(entry.get("extent")),
        "" if sub else number(entry.get("volume"), 0),
        stands_by(entry),
    )
    head = f"· {label}" if sub else f"{count(entry.get('cluster'))}  {label}"
    return Row(head, tuple(map(Cell, cells)), ruled=row > 0 and not sub)


def stands_by(entry: Entry) -> str:
    """Say what carries a peak.

    Parameters
    ----------
    entry : mapping
        One of a map's ``peaks``.

    Returns
    -------
    str
        Its a-priori region, the family-wise correction, or nothing.
    """
    p = entry.get("p_fwe")
    corrected = p is not None and not is_absent(p) and p < CORRECTED
    said = [plain(entry["region"])] if entry.get("region") else []
    return "; ".join([*said, *(["family-wise"] if corrected else [])]) or "nothing"


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
