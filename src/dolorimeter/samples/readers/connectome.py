"""Region-by-time series and a table of people for each site (Spisak et al. 2020)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError, Samples

from ..arguments import as_choice, as_flag, as_list, hint
from ..choosing import choose
from ..connectivity import KINDS, connectivity_samples
from ..request import Request
from ..tabular import Table, read_table
from .arrays import read_arrays
from .people import included, site_target

NAME = "connectome"
SUMMARY = "a folder with <site>_timeseries.npz and <site>_sample.csv"
OPTIONS = ("kind", "covariance", "fisher", "sites", "leave_out", "flat", "include_excluded")
GLOBAL = "GlobSig"
FLAT = ("leave-out", "refuse")
TARGET = "target of this study"


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its people, the scan of each, and how many were excluded."""

    name: str
    table: Table
    scans: Mapping[int, NDArray[Any]]
    regions: list[str]
    excluded: int


def fits(path: Path) -> bool:
    """Tell whether a path looks like this format.

    Parameters
    ----------
    path : Path
        It exists.

    Returns
    -------
    bool
        Whether it does.
    """
    return any(path.glob("*_timeseries.npz")) and any(path.glob("*_sample.csv"))


def read(request: Request) -> Samples:
    """Read connectivity of one scan a person.

    Parameters
    ----------
    request : Request
        Options: ``kind`` ("correlation", default, or "partial correlation"), ``covariance``
        ("shrunk" or "empirical"), ``fisher`` (default true), ``sites`` (default all),
        ``leave_out`` (regions; default the global signal), ``flat`` ("leave-out", default: a
        region without signal in the scan of any sample is left out of all and named; "refuse")
        and ``include_excluded`` (default false: people with Excluded = 1 are left out and
        counted). The target may be
        ``{composite: pain-sensitivity, reference: bochum, trials: 5}``, the default; a column; or
        a column for each site, ``{column: {site: name}}``.

    Returns
    -------
    Samples
        One a person; subjects are named by site and ID.

    Raises
    ------
    InputError
        If a person has no scan, a scan no person, or a target cannot be computed.
    """
    sites = [_site(request, name) for name in _site_names(request)]
    target, spec, note = site_target(request, {site.name: site.table for site in sites})
    frame = pd.concat([site.table.frame for site in sites], ignore_index=True)
    frame = pd.concat([frame, pd.Series(target, name=TARGET)], axis=1)
    defaults = {"subject": "subject", "site": "site", "sample_ids": "subject"}
    asked = replace(request, target=spec or {"column": TARGET})
    chosen = choose(Table(frame, str(request.path)), asked, defaults)
    regions = sites[0].regions
    every = [site.scans[i] for site in sites for i in site.table.frame["ID"]]
    scans = [every[row] for row in chosen.rows]
    keep, flat = _kept_regions(request, regions, scans)
    known = dict(chosen.known)
    if request.averaged is None:
        known["n_averaged"] = np.ones(len(chosen.rows), dtype=np.int64)
    options = {k: v for k, v in request.options.items() if k in ("kind", "covariance")}
    kind = as_choice("data.kind", options.get("kind", KINDS[0]), (*KINDS, "tangent"))
    counted = ", ".join(f"{s.excluded} of {s.name}" for s in sites)
    return connectivity_samples(
        [scan[:, keep].astype(np.float64) for scan in scans],
        known.pop("target"),
        known.pop("subject"),
        [regions[i] for i in keep],
        fisher=as_flag("data.fisher", request.options.get("fisher", True)),
        source="; ".join(
            [
                f"{request.path.name}, {kind} of each scan",
                f"excluded people left out: {counted}",
                *chosen.notes,
                *note,
                *flat,
            ]
        ),
        **options,
        **known,
    )


def _site_names(request: Request) -> list[str]:
    found = sorted(p.name.removesuffix("_sample.csv") for p in request.path.glob("*_sample.csv"))
    wanted = [str(name) for name in as_list(request.options.get("sites", found))]
    for name in wanted:
        if name not in found:
            raise InputError(
                "data.sites", repr(name), f"one of {', '.join(found)}", hint(name, found)
            )
    return wanted


def _site(request: Request, name: str) -> Site:
    """Match the people of a site with its scans by the number after the site's name."""
    table = read_table(request.path / f"{name}_sample.csv")
    ids = table.numbers("ID", "the format").astype(np.int64)
    path = request.path / f"{name}_timeseries.npz"
    if not path.is_file():
        raise InputError(str(path), "no such file", "the time series of the site")
    arrays = read_arrays(path)
    if "regions" not in arrays:
        raise InputError(str(path), "no array 'regions'", "names of the columns of each scan")
    regions = arrays.pop("regions").astype(str).tolist()
    scans = _scans(arrays, name, path)
    if len(set(ids.tolist())) < len(ids):
        again = next(i for i in ids.tolist() if ids.tolist().count(i) > 1)
        raise InputError(table.where, f"ID {again} twice", "one row a person")
    missing = sorted(set(ids.tolist()) - set(scans))
    if missing:
        raise InputError(str(path), f"no scan of ID {missing[0]} of {table.where}", "one a person")
    stray = sorted(set(scans) - set(ids.tolist()))
    if stray:
        raise InputError(table.where, f"no row for scan {stray[0]} of {path.name}", "one a scan")
    people = included(request, table, name)
    return Site(name, people, scans, regions, len(table) - len(people))


def _scans(arrays: Mapping[str, NDArray[Any]], site: str, path: Path) -> dict[int, NDArray[Any]]:
    scans: dict[int, NDArray[Any]] = {}
    for key, values in arrays.items():
        found = re.match(rf"{re.escape(site)}-(\d+)(?!\d)", key)
        if found is None or int(found.group(1)) in scans:
            rule = f"one name {site}-<ID>… a person"
            raise InputError(str(path), f"array {key!r}", rule)
        scans[int(found.group(1))] = values
    return scans


def _kept_regions(
    request: Request, regions: list[str], scans: list[NDArray[Any]]
) -> tuple[list[int], list[str]]:
    """Return the places of the regions to use, and in words which had no signal."""
    given = request.options.get("leave_out")
    out = [GLOBAL] if given is None else as_list(given)
    for name in out:
        if name not in regions and given is not None:
            rule = "names of regions"
            raise InputError("data.leave_out", repr(name), rule, hint(name, regions))
    keep = [i for i, name in enumerate(regions) if name not in out]
    if as_choice("data.flat", request.options.get("flat", FLAT[0]), FLAT) == "refuse":
        return keep, []
    fits = [scan for scan in scans if scan.ndim == 2 and scan.shape[1] == len(regions)]
    flat = np.any([np.ptp(scan, axis=0) == 0 for scan in fits], axis=0)
    gone = [regions[i] for i in keep if flat[i]]
    note = [f"regions without signal in some scan left out: {', '.join(gone)}"] * bool(gone)
    return [i for i in keep if not flat[i]], note
