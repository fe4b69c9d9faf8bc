"""Tables of one map of the group: its a-priori regions, its peaks with their sub-peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, count, interval, is_absent, number, p_value, plain, significant
from .tables import Cell, Row, Table
from .tables_imaging import place

Entry = Mapping[str, Any]
CORRECTED = 0.05
_NO_REGION = "none"
_FOUND: Mapping[Any, str] = {True: "found", False: "not found"}
_NOT_GRANTED = (
    "Found is not granted: what may be claimed rests on corrected p-values, and stands at the top."
)
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
    rows = tuple(_region(entry, corrected) for entry in entries)
    columns = (
        "Region", "Uncorrected", "Peak x, y, z (mm)", "t", "Z", "p",
        *(["p, small volume"] if corrected else []), "Extent", "Mean effect, 95 % interval",
        "Voxels in it",
    )  # fmt: skip
    return Table(caption, columns, rows, (_NOT_GRANTED,), {0: "label", 1: "name"})


def _region(entry: Entry, corrected: bool) -> Row:
    adjusted = entry.get("p_svc_adjusted")
    under = "" if is_absent(adjusted) else f"{p_value(adjusted)} over contrasts"
    ends = interval(entry.get("ci95"))
    cells = (
        Cell(_FOUND.get(entry.get("found"), "not looked at")),
        Cell(place(entry)),
        Cell(number(entry.get("t"), 2)),
        Cell(number(entry.get("z_score"), 2)),
        Cell(p_value(entry.get("p"))),
        *([Cell(p_value(entry.get("p_svc")), under)] if corrected else []),
        Cell(count(entry.get("extent"))),
        Cell(significant(entry.get("mean_effect"), 2), ends if ends != DASH else ""),
        Cell(count(entry.get("voxels"))),
    )
    return Row(plain(entry.get("region") or "region"), cells)


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
    corrected = "p_fwe" in tested
    rows = tuple(_peak(entry, i, tested) for i, entry in enumerate(entries))
    columns = (
        "Place", "x, y, z (mm)", "t", "Z", *(_P[key] for key in tested), "Voxels",
        "Found in (uncorrected)", *(["Family-wise"] if corrected else []),
    )  # fmt: skip
    region = len(columns) - 1 - corrected
    kinds = {0: "label", region: "label"} | ({region + 1: "name"} if corrected else {})
    return Table(caption, columns, rows, _notes(corrected), kinds)


def _notes(corrected: bool) -> tuple[str, ...]:
    family = (
        "Family-wise: whether p over the whole brain is at most 0.05."
        if corrected
        else "No p of this table is corrected over the brain."
    )
    return (
        f"Found in: the a-priori region that the peak lies in, at the uncorrected threshold. "
        f"{family}",
        _NOT_GRANTED,
    )


def _peak(entry: Entry, row: int, tested: Sequence[str]) -> Row:
    sub = bool(entry.get("peak"))
    label = plain(entry.get("label") or "no label")
    cells = (
        place(entry),
        number(entry.get("t"), 2),
        number(entry.get("z_score"), 2),
        *(p_value(entry.get(key)) for key in tested),
    )
    volume = number(entry.get("volume"), 0)
    size = Cell("") if sub else Cell(count(entry.get("extent")), f"{volume} mm³" * (volume != DASH))
    carried = [plain(entry.get("region") or _NO_REGION)]
    if "p_fwe" in tested:
        carried.append(family_wise(entry))
    head = f"· {label}" if sub else f"{count(entry.get('cluster'))}  {label}"
    ruled = row > 0 and not sub
    return Row(head, (*map(Cell, cells), size, *map(Cell, carried)), ruled)


def family_wise(entry: Entry) -> str:
    """Say whether a peak holds over the whole brain.

    Parameters
    ----------
    entry : mapping
        One of a map's ``peaks``.

    Returns
    -------
    str
        ``"yes"``, ``"no"`` or ``"not known"``.
    """
    p = entry.get("p_fwe")
    if p is None or is_absent(p):
        return "not known"
    return "yes" if p <= CORRECTED else "no"
