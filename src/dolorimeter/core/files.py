"""Outputs appear whole or not at all: written beside their place, then renamed into it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError

DISK_TROUBLE = frozenset(
    {
        errno.ENOSPC,
        errno.ENOENT,
        errno.EEXIST,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EFBIG,
        errno.EIO,
        errno.ENAMETOOLONG,
        errno.ENOTDIR,
    }
)


@contextmanager
def output_directory(target: str | Path, force: bool = False) -> Iterator[Path]:
    """Give a scratch directory that becomes ``target`` when the block ends without an error.

    Parameters
    ----------
    target : str or Path
        The directory to create.
    force : bool, default False
        Replace a directory that exists; without it that is refused.

    Yields
    ------
    Path
        An empty directory on the same file system, to write into.

    Raises
    ------
    InputError
        If the target exists and ``force`` is not set, is not a directory, or the disk refuses
        (full, not writable).
    """
    target = Path(target)
    refuse_existing(target, force)
    with _disk_trouble(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        scratch.chmod(0o755)
    try:
        with _disk_trouble(target):
            yield scratch
            _swap(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_file(target: str | Path, content: str | bytes) -> None:
    """Write one file by atomic rename.

    Parameters
    ----------
    target : str or Path
        The file to create or replace.
    content : str or bytes
        All of it; text is encoded as UTF-8.
    """
    target = Path(target)
    data = content.encode() if isinstance(content, str) else content
    with replacing_file(target) as scratch:
        scratch.write_bytes(data)


@contextmanager
def replacing_file(target: str | Path) -> Iterator[Path]:
    """Give a scratch path that becomes ``target`` when the block ends without an error.

    Parameters
    ----------
    target : str or Path
        The file to create or replace.

    Yields
    ------
    Path
        A path beside the target that a writer of any library may fill.
    """
    target = Path(target)
    scratch = target.with_name(f".{target.name}-{os.getpid()}{target.suffix}")
    try:
        with _disk_trouble(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield scratch
            scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _disk_trouble(target: Path) -> Iterator[None]:
    """Name the output where the disk is full or refuses: the user's to mend, not a fault here."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        found = error.strerror or str(error)
        raise InputError(str(target), found, "a place with room that can be written") from error


def refuse_existing(target: str | Path, force: bool = False) -> None:
    """Refuse an output directory that exists, before any long work starts.

    Parameters
    ----------
    target : str or Path
        The directory that is to be created.
    force : bool, default False
        Accept a directory that exists.

    Raises
    ------
    InputError
        If it is a file, or exists without ``force``.
    """
    target = Path(target)
    if target.exists() and not target.is_dir():
        raise InputError(str(target), "a file of that name exists", "a directory to write into")
    parent = next(p for p in target.absolute().parents if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        what = "not a directory" if not parent.is_dir() else "not writable"
        raise InputError(str(target), f"{parent} is {what}", "a place that can be written")
    if target.exists() and not force:
        raise InputError(
            str(target), "the output directory exists", "a new one", "Pass --force to replace it."
        )


def _swap(scratch: Path, target: Path) -> None:
    """Put scratch in target's place; the old content is removed only once the new one stands."""
    old = None
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        target.rename(old / target.name)
    scratch.rename(target)
    if old is not None:
        shutil.rmtree(old)
