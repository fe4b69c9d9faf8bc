"""What a `data:` block asks of a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

COMMON = ("path", "reader", "columns", "features", "target", "where", "averaged")


@dataclass(frozen=True, slots=True)
class Request:
    """One `data:` block.

    Attributes
    ----------
    path : Path
        The file or folder, which exists.
    columns : mapping
        Which column says what of a sample.
    features : mapping or None
        Which columns are features; None leaves it to the reader.
    target : mapping or None
        What to predict; None leaves it to the reader.
    where : mapping
        Which rows to keep.
    averaged : object
        Trials behind each sample.
    root : Path or None
        What relative paths are relative to.
    options : mapping
        What only this reader knows.
    """

    path: Path
    columns: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, Any] | None = None
    target: Mapping[str, Any] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    averaged: object = None
    root: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def file(self, option: str) -> Path | None:
        """Return the file that an option names, or None without the option.

        Parameters
        ----------
        option : str
            Name of the option.

        Returns
        -------
        Path or None
            Relative ones lie below the root.

        Raises
        ------
        InputError
            If there is no such file.
        """
        given = self.options.get(option)
        if given is None:
            return None
        if not isinstance(given, (str, Path)):
            raise InputError(option, repr(given), "the path of a file")
        path = place(given, self.root)
        if not path.is_file():
            raise InputError(str(path), "no such file", f"the file of the option {option!r}")
        return path

    def needed_file(self, option: str, what: str) -> Path:
        """Return the file that an option names and that the reader cannot do without.

        Parameters
        ----------
        option : str
            Name of the option.
        what : str
            What the file holds, for the message.

        Returns
        -------
        Path
            It exists.

        Raises
        ------
        InputError
            If the option or the file is missing.
        """
        path = self.file(option)
        if path is None:
            raise InputError(f"data.{option}", "missing", what)
        return path


def place(path: str | Path, root: Path | None) -> Path:
    """Return where a path of a study file lies.

    Parameters
    ----------
    path : str or Path
        As it is written; ``~`` is the home folder.
    root : Path or None
        What relative paths are relative to; the working folder without it.

    Returns
    -------
    Path
        Not looked up.
    """
    here = Path(path).expanduser()
    return here if root is None or here.is_absolute() else root / here
