"""MIMIC-IV-ED as released: ed/vitalsign.csv.gz with ed/edstays.csv.gz.

The triage table is not read: it has no time.
"""

from __future__ import annotations

from pathlib import Path

from .columns import as_id, as_time, unpivot
from .extract import Extract, Request, refuse_unmapped, rule_of
from .files import open_csv
from .paths import csv_file, packed_or_not
from .stays import stays_of_table

NAME = "mimic-iv-ed"
SUMMARY = "MIMIC-IV-ED: ed/vitalsign.csv[.gz] and ed/edstays.csv[.gz]"


def fits(path: Path) -> bool:
    """Tell whether a path looks like MIMIC-IV-ED.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    if path.is_file():
        return path.name.removesuffix(".gz") == "vitalsign.csv"
    return packed_or_not(_folder(path), "vitalsign.csv") is not None


def read(request: Request) -> Extract:
    """Read the vital signs of MIMIC-IV-ED.

    Parameters
    ----------
    request : Request
        What is asked for; there is one kind of stay, that in the emergency department.

    Returns
    -------
    Extract
        Values of the mapped columns; stays from their own table.

    Raises
    ------
    InputError
        If a file or column is missing.
    """
    folder, work = _folder(request.path), request.workspace
    ids = ("subject_id", "stay_id")
    source = open_csv(work, csv_file(folder, "vitalsign.csv"), (*ids, "charttime"))
    of_stays = (*ids, "intime", "outtime")
    stays, ledger = stays_of_table(
        open_csv(work, csv_file(folder, "edstays.csv"), of_stays), *of_stays
    )
    known = request.mapping.of("mimic-iv-ed")
    rules = [
        rule_of(request.mapping, known[name], name, "", f"{source.name}, {name}")
        for name in source.columns
        if name in known
    ]
    refuse_unmapped(rules, source.columns, source.name)
    t = source.table
    time, unread = as_time(t.charttime, f"{source.name}, charttime")
    names = [rule.key for rule in rules]
    beside = {
        "patient_id": as_id(t.subject_id),
        "stay_id": as_id(t.stay_id),
        "time": time,
        "unread": unread,
    }
    rows = unpivot(t, names, source.name, beside)

    def locate(key: str | None, text: str) -> str:
        return source.locate(key or "charttime", text)

    return Extract(rows, rules, stays, False, ledger, locate)


def _folder(path: Path) -> Path:
    """Folder of the tables, from the release, from itself or from a file in it."""
    if path.is_file():
        return path.parent
    return path / "ed" if (path / "ed").is_dir() else path
