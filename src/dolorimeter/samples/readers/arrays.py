"""Samples as arrays of one .npz file; no pickle in either direction."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError, Samples, write_file

from ..arguments import hint
from ..choosing import ROLES, choose
from ..request import Request
from ..tabular import Table

NAME = "arrays"
SUMMARY = "a .npz file with an array 'features' and one value a sample in the others"
OPTIONS: tuple[str, ...] = ()

PER_SAMPLE = (*ROLES, "target", "n_averaged")
WHOLE = ("features", "feature_names", "class_names", "mask", "affine", "source")
Arrays = dict[str, NDArray[Any]]


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
    return path.is_file() and path.suffix == ".npz"


def save_samples(samples: Samples, path: str | Path) -> None:
    """Write samples to one .npz file, from which `read_samples` makes the same again.

    Parameters
    ----------
    samples : Samples
        What to write.
    path : str or Path
        The file to create or replace, by atomic rename.

    Raises
    ------
    InputError
        If the name does not end in .npz, or the disk refuses.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise InputError(str(path), f"ending {path.suffix!r}", ".npz")
    arrays: dict[str, Any] = {name: getattr(samples, name) for name in PER_SAMPLE}
    arrays |= {"features": samples.features, "source": np.array(samples.source)}
    arrays |= {
        n: np.array(getattr(samples, n), dtype=str) for n in ("feature_names", "class_names")
    }
    if samples.grid is not None:
        arrays |= {"mask": samples.grid.mask, "affine": samples.grid.affine}
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    write_file(path, content.getvalue())


def read(request: Request) -> Samples:
    """Read samples from a .npz file.

    Parameters
    ----------
    request : Request
        Columns, target and where may name any array with one value a sample; by default each
        attribute is read from the array of its name.

    Returns
    -------
    Samples
        In the order of the arrays.

    Raises
    ------
    InputError
        If the file is damaged, holds pickles, lacks an array, or shapes do not fit.
    """
    where = str(request.path)
    arrays = read_arrays(request.path)
    features = _features(arrays, where)
    single = _per_sample(arrays, request, len(features), where)
    table = Table(pd.DataFrame(single), where)
    roles = {name: name for name in ROLES if name in single}
    own = {"target": {"column": "target"}} if "target" in single else {}
    if request.averaged is None and "n_averaged" in single:
        request = replace(request, averaged="n_averaged")
    class_names = _class_names(arrays, request, table)
    chosen = choose(table, request, roles | own)
    known = dict(chosen.known)
    known["class_names"] = class_names or known["class_names"]
    if "feature_names" in arrays:
        known["feature_names"] = tuple(arrays["feature_names"].astype(str).tolist())
    return Samples.of(
        features[chosen.rows],
        known.pop("target"),
        known.pop("subject"),
        grid=_grid(arrays, features.shape[1], where),
        source="; ".join([_source(arrays, request.path), *chosen.notes]),
        **known,
    )


def read_arrays(path: Path) -> Arrays:
    """Read all arrays of a .npz file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        From names to arrays.

    Raises
    ------
    InputError
        If it is damaged, holds pickles, or a header promises more than the file holds.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            return {
                entry.filename.removesuffix(".npy"): _read_entry(packed, entry, path)
                for entry in packed.infolist()
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise InputError(str(path), f"damaged ({error})", "a whole .npz file") from error


def _read_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    name = f"{path}, array {entry.filename.removesuffix('.npy')!r}"
    try:
        with packed.open(entry) as stream:
            version = np.lib.format.read_magic(stream)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else None
            header = header or np.lib.format.read_array_header_2_0
            shape, _, kind = header(stream)
    except ValueError as error:
        raise InputError(name, f"unreadable ({error})", "an array of numpy") from error
    if kind.hasobject:
        raise InputError(name, "Python objects (a pickle)", "numbers or text", "Save it as such.")
    promised = int(np.prod(shape, dtype=object)) * kind.itemsize
    if promised > entry.file_size:
        found = f"the header promises {promised} bytes, the file holds {entry.file_size}"
        raise InputError(name, found, "a whole array")
    with packed.open(entry) as stream:
        return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))


def _features(arrays: Arrays, where: str) -> NDArray[Any]:
    if "features" not in arrays:
        found = f"arrays {', '.join(arrays)}"
        raise InputError(where, found, "an array 'features'", hint("features", arrays))
    features = arrays["features"]
    if features.ndim != 2 or features.dtype.kind not in "fiu":
        found = f"features of shape {features.shape} and kind {features.dtype}"
        raise InputError(where, found, "numbers, samples by features")
    return features


def _per_sample(arrays: Arrays, request: Request, n: int, where: str) -> dict[str, Any]:
    """Keep the arrays with one value a sample; refuse names and lengths that fit nothing."""
    named = {request.averaged, *request.where, (request.target or {}).get("column")}
    for spec in request.columns.values():
        named.add(spec.get("column") if isinstance(spec, Mapping) else spec)
    single = {}
    for name, values in arrays.items():
        if name in WHOLE:
            continue
        if name not in PER_SAMPLE and name not in named:
            rule = f"one of {', '.join((*PER_SAMPLE, *WHOLE))}, or one that the request names"
            raise InputError(where, f"array {name!r}", rule, hint(name, (*PER_SAMPLE, *WHOLE)))
        if values.shape != (n,):
            found = f"array {name!r} of shape {values.shape}"
            raise InputError(where, found, f"one value a sample, ({n},)")
        single[name] = values
    return single


def _class_names(arrays: Arrays, request: Request, table: Table) -> tuple[str, ...]:
    """Return the file's own classes, where its own target is asked for; codes are checked."""
    names = tuple(arrays.get("class_names", np.array([])).astype(str).ravel().tolist())
    if request.target is not None or not names:
        return ()
    codes = table.numbers("target", "class_names")
    stray = np.flatnonzero(~np.isin(codes, np.arange(len(names))))
    if len(stray):
        found = f"label {codes[stray[0]]:g} of sample {stray[0] + 1}, where classes are declared"
        rule = f"class codes 0 … {len(names) - 1}"
        raise InputError(f"{table.where}, array 'target'", found, rule)
    return names


def _grid(arrays: Arrays, n_features: int, where: str) -> Grid | None:
    if "mask" not in arrays and "affine" not in arrays:
        return None
    missing = [name for name in ("mask", "affine") if name not in arrays]
    if missing:
        raise InputError(where, f"no array {missing[0]!r}", "both a mask and an affine, or neither")
    mask, affine = arrays["mask"], arrays["affine"].astype(np.float64)
    if mask.ndim != 3 or int((mask != 0).sum()) != n_features:
        found = f"a mask of shape {mask.shape} with {int((mask != 0).sum())} voxels"
        raise InputError(
            where, found, f"three axes and one voxel for each of {n_features} features"
        )
    return Grid(mask != 0, affine)


def _source(arrays: Arrays, path: Path) -> str:
    return str(arrays["source"]) if "source" in arrays else path.name
