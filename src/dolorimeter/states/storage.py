"""Fitted parameters on disk: ``model.json`` and ``arrays.safetensors``, never a pickle.

``model.json`` holds ``format`` (1), ``kind`` (what was saved), ``header`` (plain JSON values) and
``arrays`` (shape and type of each array in the other file). Both files are untrusted when read:
sizes, nesting, names, shapes and types are checked from the first kilobytes, before any array is
allocated.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from dolorimeter.core import InputError, output_directory

from .strict_json import parse_json, require, require_fields

FORMAT = 1
MODEL_FILE, ARRAYS_FILE = "model.json", "arrays.safetensors"
MAX_JSON_BYTES = 1 << 20
MAX_ARRAYS_BYTES = 256 << 20
MAX_AXES = 8
_TYPES = {"F64": np.dtype(np.float64), "I64": np.dtype(np.int64), "BOOL": np.dtype(np.bool_)}
_CODES = {dtype: code for code, dtype in _TYPES.items()}
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,99}")

Arrays = dict[str, NDArray[Any]]
Shapes = dict[str, tuple[str, tuple[int, ...]]]


def save_arrays(
    directory: str | Path,
    kind: str,
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    *,
    nan_allowed: Collection[str] = (),
    force: bool = False,
) -> None:
    """Write a model: both files appear, or nothing does.

    Parameters
    ----------
    directory : str or Path
        The directory to create.
    kind : str
        What is saved, such as ``"gaussian-hmm"``.
    header : mapping
        Plain JSON values: settings, names.
    arrays : mapping of str to ndarray
        Of float64, int64 or bool.
    nan_allowed : collection of str, default ()
        Arrays that may hold NaN; infinite values never.
    force : bool, default False
        Replace a directory that exists; without it that is refused.

    Raises
    ------
    InputError
        If the directory exists, or an array, a name or the header could not be read back.
    """
    kept = {name: np.array(array, order="C") for name, array in arrays.items()}
    for name, array in kept.items():
        require(array.dtype in _CODES, name, f"type {array.dtype}", "float64, int64 or bool")
        _check_finite(name, array, nan_allowed)
    described = {n: {"dtype": _CODES[a.dtype], "shape": list(a.shape)} for n, a in kept.items()}
    document = {"format": FORMAT, "kind": kind, "header": dict(header), "arrays": described}
    try:
        text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode()
        _check_size(text, MAX_JSON_BYTES)
        _check_model(parse_json(text))
    except (TypeError, ValueError) as error:
        raise InputError("model to save", str(error), "plain JSON values within limits") from error
    with output_directory(directory, force=force) as scratch:
        (scratch / MODEL_FILE).write_bytes(text)
        (scratch / ARRAYS_FILE).write_bytes(save(kept))


def load_arrays(
    directory: str | Path, *, nan_allowed: Collection[str] = ()
) -> tuple[str, dict[str, Any], Arrays]:
    """Read a model that ``save_arrays`` wrote.

    Parameters
    ----------
    directory : str or Path
        Where it was saved.
    nan_allowed : collection of str, default ()
        Arrays that may hold NaN; infinite values never.

    Returns
    -------
    kind : str
        What was saved.
    header : dict
        Its plain values.
    arrays : dict of str to ndarray
        Writable, of float64, int64 or bool.

    Raises
    ------
    InputError
        If a file is missing, too large, malformed, of another format version, or the two files
        disagree; the error names the file and the field.
    """
    model, blob = Path(directory) / MODEL_FILE, Path(directory) / ARRAYS_FILE
    where = str(model)
    try:
        kind, header, described = _check_model(parse_json(_read(model, MAX_JSON_BYTES)))
        where = str(blob)
        arrays = _read_arrays(blob, described)
        for name, array in arrays.items():
            _check_finite(name, array, nan_allowed)
    except InputError as error:
        at = error.where if error.where.startswith(where) else f"{where}: {error.where}"
        raise InputError(at, error.found, error.rule, error.remedy) from error
    return kind, header, arrays


def _read(path: Path, limit: int) -> bytes:
    """Read a file whole, but hardly a byte past the limit."""
    require(path.is_file(), "file", "missing, or not a file", "the file that save wrote")
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a readable file") from error
    _check_size(content, limit)
    return content


def _check_size(content: bytes, limit: int) -> None:
    require(len(content) <= limit, "size", f"more than {limit} bytes", f"at most {limit} bytes")


def _check_model(document: Any) -> tuple[str, dict[str, Any], Shapes]:
    """Check the fields of ``model.json`` and return kind, header and declared arrays."""
    require(isinstance(document, dict), "content", "no object", "an object")
    version = document.get("format")
    require(
        type(version) is int and version == FORMAT,
        "format",
        repr(version)[:40],
        f"{FORMAT}, the version this release reads",
    )
    require_fields("content", document, {"format", "kind", "header", "arrays"})
    kind, header, arrays = document["kind"], document["header"], document["arrays"]
    _check_name("kind", kind)
    require(isinstance(header, dict), "header", type(header).__name__, "an object")
    require(isinstance(arrays, dict), "arrays", type(arrays).__name__, "an object")
    described = {}
    for name, entry in arrays.items():
        _check_name("arrays", name)
        require_fields(f"arrays.{name}", entry, {"dtype", "shape"})
        described[name] = _declared(f"arrays.{name}", entry)
    total = sum(_n_bytes(*declared) for declared in described.values())
    require(total <= MAX_ARRAYS_BYTES, "arrays", f"{total} bytes", f"at most {MAX_ARRAYS_BYTES}")
    return kind, header, described


def _declared(where: str, entry: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    """Return type and shape of one array as a file declares them."""
    dtype, shape = entry["dtype"], entry["shape"]
    known = isinstance(dtype, str) and dtype in _TYPES
    require(known, f"{where}.dtype", repr(dtype)[:40], " or ".join(_TYPES))
    right = isinstance(shape, list) and len(shape) <= MAX_AXES
    right = right and all(type(n) is int and 0 <= n <= MAX_ARRAYS_BYTES for n in shape)
    require(right, f"{where}.shape", repr(shape)[:80], f"up to {MAX_AXES} sizes")
    return dtype, tuple(shape)


def _read_arrays(path: Path, described: Shapes) -> Arrays:
    """Read the arrays once their own header agrees with what ``model.json`` declares."""
    expected = sum(_n_bytes(*declared) for declared in described.values())
    content = _read(path, 8 + MAX_JSON_BYTES + expected)
    require(len(content) >= 8, "size", f"{len(content)} bytes", "a header")
    (size,) = struct.unpack("<Q", content[:8])
    require(size <= MAX_JSON_BYTES, "header size", f"{size} bytes", f"at most {MAX_JSON_BYTES}")
    data_bytes = len(content) - 8 - size
    require(
        data_bytes == expected, "size", f"{data_bytes} bytes of data", f"{expected} bytes of data"
    )
    _check_blob_header(parse_json(content[8 : 8 + size]), described, expected)
    try:
        arrays = load(content)
    except (SafetensorError, ValueError) as error:
        raise InputError("content", str(error)[:200], "safetensors") from error
    for name, array in arrays.items():
        truth = array.dtype != np.bool_ or bool((array.view(np.uint8) <= 1).all())
        require(truth, name, "a byte that is neither 0 nor 1", "true or false")
    return {name: np.array(arrays[name]) for name in described}


def _check_blob_header(header: Any, described: Shapes, expected: int) -> None:
    """Refuse a safetensors header that is not exactly the declared arrays, end to end."""
    require(isinstance(header, dict), "header", type(header).__name__, "an object")
    require_fields("header", header, set(described))
    spans = []
    for name, entry in header.items():
        require_fields(name, entry, {"dtype", "shape", "data_offsets"})
        found = _declared(name, entry)
        require(found == described[name], name, f"{found}", f"{described[name]} as in model.json")
        span = entry["data_offsets"]
        right = isinstance(span, list) and len(span) == 2 and all(type(n) is int for n in span)
        right = right and span[0] >= 0 and span[1] - span[0] == _n_bytes(*found)
        require(right, f"{name}.data_offsets", repr(span)[:80], "start and end of its bytes")
        spans.append((span[0], span[1]))
    starts = [0, *(end for _, end in sorted(spans))]
    touching = starts == [*(start for start, _ in sorted(spans)), expected]
    require(touching, "data_offsets", "gaps or overlaps", "arrays that follow one another")


def _n_bytes(dtype: str, shape: tuple[int, ...]) -> int:
    return math.prod(shape) * _TYPES[dtype].itemsize


def _check_name(where: str, name: Any) -> None:
    right = isinstance(name, str) and _NAME.fullmatch(name) is not None
    require(right, where, repr(name)[:40], "a short name of a-z, 0-9, '_', '.' and '-'")


def _check_finite(name: str, array: NDArray[Any], nan_allowed: Collection[str]) -> None:
    bad = np.isinf(array) if name in nan_allowed else ~np.isfinite(array)
    require(not bad.any(), name, "a value that is not finite", "finite numbers")
