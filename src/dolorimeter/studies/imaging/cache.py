"""What was computed is kept by the content it was computed from, so that a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter._version import __version__
from dolorimeter.core import InputError
from dolorimeter.core.files import replacing_file

Arrays = dict[str, NDArray[Any]]
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of arrays, one file for each computation.

    A file's name is a digest of the settings, of the content of every input file, and of the
    version of the package: what changes none of these is found again, and nothing else is.

    Attributes
    ----------
    folder : Path or None
        Where; None keeps nothing.
    """

    folder: Path | None = None

    def get(
        self,
        stage: str,
        settings: Mapping[str, Any],
        files: Sequence[Path],
        compute: Callable[[], Arrays],
    ) -> Arrays:
        """Return what was kept, or compute and keep it.

        Parameters
        ----------
        stage : str
            What is computed.
        settings : mapping
            All that it depends on beside the files: plain values and arrays.
        files : sequence of Path
            Files whose content it depends on.
        compute : callable
            Returns arrays by name.

        Returns
        -------
        dict of str to ndarray
            The arrays.

        Raises
        ------
        InputError
            If a kept file cannot be read, or the disk refuses.
        """
        if self.folder is None:
            return compute()
        path = self.folder / f"{stage}-{_digest(stage, settings, files)}.npz"
        if path.is_file():
            return _load(path)
        arrays = compute()
        with replacing_file(path) as scratch, scratch.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]
        return arrays


def _load(path: Path) -> Arrays:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        remedy = "Remove the file: what it held will be computed anew."
        raise InputError(str(path), str(error), "arrays that a run kept", remedy) from error


def _digest(stage: str, settings: Mapping[str, Any], files: Sequence[Path]) -> str:
    told = {"stage": stage, "version": __version__, "settings": settings}
    text = json.dumps(told, sort_keys=True, default=_plain)
    digest = hashlib.blake2b(text.encode(), digest_size=20)
    for path in files:
        digest.update(file_digest(path))
    return digest.hexdigest()


def file_digest(path: Path) -> bytes:
    """Digest the content of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bytes
        20 of them.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=20)
    try:
        with path.open("rb") as stream:
            while part := stream.read(_CHUNK):
                digest.update(part)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a file to read") from error
    return digest.digest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        content = np.ascontiguousarray(value)
        kind = f"{content.dtype.str} {content.shape}"
        return kind + hashlib.blake2b(content.tobytes(), digest_size=20).hexdigest()
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


def refuse_cache_inside(cache: str | Path | None, out: str | Path) -> None:
    """Refuse a cache within the output, which is replaced whole.

    Parameters
    ----------
    cache : str, Path or None
        Folder of the cache.
    out : str or Path
        Folder of the output.

    Raises
    ------
    InputError
        If the one lies in the other.
    """
    if cache is None:
        return
    inner, outer = Path(cache).resolve(), Path(out).resolve()
    if inner == outer or outer in inner.parents:
        rule = "a folder outside the output, which is replaced whole"
        raise InputError("cache", str(cache), rule)
