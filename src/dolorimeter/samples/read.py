"""read_samples and samples_from: one road for every format."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError, Samples

from .arguments import as_mapping, check_keys
from .readers import READERS, choose_reader
from .request import COMMON, Request, place
from .simulate import simulate_samples


def read_samples(
    path: str | Path,
    reader: str | None = None,
    *,
    columns: Mapping[str, Any] | None = None,
    features: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    averaged: object = None,
    root: str | Path | None = None,
    **options: Any,
) -> Samples:
    """Read samples by features: trials, averages of trials, or one scan a person.

    Parameters
    ----------
    path : str or Path
        A file or a folder.
    reader : str, optional
        Format, a key of `READERS`: ``"table"``, ``"arrays"``, ``"images"``, ``"connectome"``,
        ``"openfmri"``, ``"group-maps"`` or ``"epochs"``. Detected without it.
    columns : mapping, optional
        Which column says what of a sample: sample_ids, subject, run, condition, modality, family,
        site, salience, onset, features_until. A value is a column, ``{value: constant}``, or for
        names ``{column: …, values: {name: value}}``.
    features : mapping, optional
        Columns that are features: ``{columns: […]}``, ``{from: …, to: …}`` or ``{prefix: …}``; by
        default every numeric column that is named nowhere else. Only for tables.
    target : mapping, optional
        ``{column: …}`` for a number, ``{column: …, classes: {name: value or list}}`` for classes.
        Rows without a target are left out and counted in ``source``.
    where : mapping, optional
        Rows to keep: a value, a list, or ``{from: …, to: …}`` for each column.
    averaged : int, str or bool, optional
        Trials behind each sample: a number, a column, true for an unknown number above 1 (kept as
        2), false for single trials; unknown without it.
    root : str or Path, optional
        What relative paths are relative to.
    **options : Any
        What only the reader knows; docs/formats/samples.md lists them.

    Returns
    -------
    Samples
        With what was left out or computed told in ``source``.

    Raises
    ------
    InputError
        If the data cannot be used: the message names file, row and column, and the remedy.
    """
    base = None if root is None else Path(root)
    here = place(path, base)
    name = choose_reader(here, reader)
    check_keys(f"data (reader {name})", options, [*COMMON, *READERS[name].options])
    if features is not None and not READERS[name].features:
        rule = f"none: the reader {name} takes all features"
        raise InputError("data.features", repr(features), rule)
    request = Request(
        here,
        as_mapping("data.columns", columns),
        None if features is None else as_mapping("data.features", features),
        None if target is None else as_mapping("data.target", target),
        as_mapping("data.where", where),
        averaged,
        base,
        options,
    )
    return READERS[name].read(request)


def samples_from(data: Mapping[str, Any], root: str | Path | None = None) -> Samples:
    """Read what a `data:` block of study.yaml describes.

    Parameters
    ----------
    data : mapping
        The arguments of `read_samples`, or ``{simulate: {…}}`` with those of `simulate_samples`.
    root : str or Path, optional
        The folder of the study file, to which paths are relative.

    Returns
    -------
    Samples
        Read or simulated.

    Raises
    ------
    InputError
        For a key that nothing reads, naming the nearest right one, and as for the readers.
    """
    block = as_mapping("data", data)
    if "simulate" in block:
        check_keys("data", block, ("simulate",))
        given = as_mapping("data.simulate", block["simulate"])
        check_keys("data.simulate", given, inspect.signature(simulate_samples).parameters)
        return simulate_samples(**given)
    known = _known_keys(block, root)
    check_keys("data", block, known)
    if not isinstance(block.get("path"), (str, Path)):
        raise InputError("data.path", repr(block.get("path")), "the path of a file or folder")
    return read_samples(**block, root=root)


def _known_keys(block: Mapping[str, Any], root: str | Path | None) -> list[str]:
    """List the keys that this block may hold, as far as its reader is known."""
    path = block.get("path")
    keys = [*COMMON, "simulate"]
    if not isinstance(path, (str, Path)):
        return keys + [option for reader in READERS.values() for option in reader.options]
    here = place(path, None if root is None else Path(root))
    return keys + list(READERS[choose_reader(here, block.get("reader"))].options)
