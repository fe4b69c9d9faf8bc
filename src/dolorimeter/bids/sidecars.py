"""JSON beside the data, and which of it applies to a file: the inheritance principle of BIDS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .names import WITHIN_RUN, Name
from .notices import Notice


class Sidecars:
    """The JSON files of a data set, each read once and only if it applies to something.

    Parameters
    ----------
    root : Path
        Of the data set.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notices: list[Notice] = []
        self._content: dict[Path, dict[str, Any]] = {}

    def read(self, path: Path) -> dict[str, Any]:
        """Return what a file says.

        Parameters
        ----------
        path : Path
            A JSON file.

        Returns
        -------
        dict
            Empty, with a notice, where it cannot be read or is no mapping.
        """
        if path not in self._content:
            self._content[path] = self._parse(path)
        return self._content[path]

    def merge(self, chain: Iterable[Path]) -> dict[str, Any]:
        """Return what several files say together.

        Parameters
        ----------
        chain : iterable of Path
            From the root down: the nearer overrules the farther, key by key.

        Returns
        -------
        dict
            Their keys.
        """
        merged: dict[str, Any] = {}
        for path in chain:
            merged.update(self.read(path))
        return merged

    def _parse(self, path: Path) -> dict[str, Any]:
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            words = getattr(error, "strerror", None) or str(error).splitlines()[0]
            return self._without(path, f"no JSON that can be read ({words})")
        if not isinstance(content, dict):
            return self._without(path, "no mapping of keys to values")
        return content

    def _without(self, path: Path, what: str) -> dict[str, Any]:
        file = path.relative_to(self.root).as_posix()
        self.notices.append(Notice(file, None, f"{what}: passed over", "broken-json"))
        return {}


def applicable(
    entities: Mapping[str, str], suffix: str, shelves: Iterable[Iterable[tuple[Name, Path]]]
) -> tuple[Path, ...]:
    """Return the sidecars that apply to a file.

    Parameters
    ----------
    entities : mapping of str to str
        Of the file.
    suffix : str
        Of the file, such as ``"events"``.
    shelves : iterable
        The JSON files of each folder from the root down to that of the file.

    Returns
    -------
    tuple of Path
        Those whose entities the file has too, from the root down; within a folder those that say
        less of the file first.
    """
    chain: list[Path] = []
    for shelf in shelves:
        fitting = [
            (len(name.entities), path)
            for name, path in shelf
            if name.suffix == suffix and name.entities.items() <= entities.items()
        ]
        chain += [path for _, path in sorted(fitting)]
    return tuple(chain)


def of_one_run(entities: Mapping[str, str], name: Name) -> bool:
    """Tell whether a file belongs to a run.

    Parameters
    ----------
    entities : mapping of str to str
        Of the run.
    name : Name
        Of an image or recording.

    Returns
    -------
    bool
        Whether it says all that the run says, and beyond it only what tells files of one run apart.
    """
    beyond = name.entities.keys() - entities.keys()
    return entities.items() <= name.entities.items() and beyond <= WITHIN_RUN
