"""All formats, one line each: how each is told from the others, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dolorimeter.core import InputError, Samples

from ..arguments import hint
from ..request import Request
from . import arrays, connectome, epochs, group_maps, images, openfmri, table


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    Attributes
    ----------
    summary : str
        What it looks like on disk.
    fits : callable
        Whether a path that exists looks like it.
    read : callable
        From a request to samples.
    options : tuple of str
        Keys that only it knows.
    features : bool
        Whether ``features`` may choose among columns.
    """

    summary: str
    fits: Callable[[Path], bool]
    read: Callable[[Request], Samples]
    options: tuple[str, ...]
    features: bool = False


READERS: Mapping[str, Reader] = {
    table.NAME: Reader(table.SUMMARY, table.fits, table.read, table.OPTIONS, features=True),
    arrays.NAME: Reader(arrays.SUMMARY, arrays.fits, arrays.read, arrays.OPTIONS),
    images.NAME: Reader(images.SUMMARY, images.fits, images.read, images.OPTIONS),
    connectome.NAME: Reader(
        connectome.SUMMARY, connectome.fits, connectome.read, connectome.OPTIONS
    ),
    openfmri.NAME: Reader(openfmri.SUMMARY, openfmri.fits, openfmri.read, openfmri.OPTIONS),
    group_maps.NAME: Reader(
        group_maps.SUMMARY, group_maps.fits, group_maps.read, group_maps.OPTIONS
    ),
    epochs.NAME: Reader(epochs.SUMMARY, epochs.fits, epochs.read, epochs.OPTIONS),
}


def choose_reader(path: Path, reader: str | None) -> str:
    """Choose the reader of a path.

    Parameters
    ----------
    path : Path
        The data.
    reader : str, optional
        Name of a reader, which is then taken as given; detected without it.

    Returns
    -------
    str
        A key of `READERS`.

    Raises
    ------
    InputError
        If the path does not exist, the name is unknown, or not exactly one format fits.
    """
    if reader is not None and reader not in tuple(READERS):
        rule = f"one of {', '.join(READERS)}"
        raise InputError("data.reader", repr(reader), rule, hint(reader, READERS))
    if not path.exists():
        raise InputError(str(path), "no such file or folder", "a path that exists")
    if reader is not None:
        return reader
    fitting = [name for name, known in READERS.items() if known.fits(path)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        found = f"it could be {' or '.join(fitting)}"
        raise InputError(str(path), found, "one format", "Choose with reader:.")
    known = "; ".join(f"{name} ({r.summary})" for name, r in READERS.items())
    remedy = "A folder of 3-D images needs reader: images." if path.is_dir() else ""
    raise InputError(str(path), "nothing that a reader knows", f"one of {known}", remedy)
