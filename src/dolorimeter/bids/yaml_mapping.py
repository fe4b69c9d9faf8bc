"""YAML of a mapping from columns to trials, from a file or shipped with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from dolorimeter.core import InputError

_LARGEST = 200_000


class _PlainLoader(yaml.SafeLoader):
    """Each key once; no anchors."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: they can unfold without bound."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name)")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Refuse a key that comes twice: the earlier would be lost."""
        names = [key.value for key, _ in node.value]
        twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if twice is not None:
            raise yaml.YAMLError(f"the key {twice!r} twice")
        return super().construct_mapping(node, deep=deep)


def preset_names() -> tuple[str, ...]:
    """Name the mappings that ship with the package.

    Returns
    -------
    tuple of str
        In alphabetical order.
    """
    folder = resources.files(__package__).joinpath("presets")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_mapping(source: str | Path) -> tuple[str, dict[str, Any]]:
    """Read a mapping.

    Parameters
    ----------
    source : str or Path
        Name of a preset, or a YAML file.

    Returns
    -------
    str
        How to call it in messages.
    dict
        Plain values.

    Raises
    ------
    InputError
        If there is no such preset or file, or it is no YAML mapping with each key once.
    """
    if isinstance(source, str) and source in preset_names():
        text = resources.files(__package__).joinpath("presets", f"{source}.yaml")
        return f"preset {source}", _parse(text.read_text(encoding="utf-8"), source)
    path = Path(source)
    if not path.is_file():
        rule = f"a YAML file, or a preset: {', '.join(preset_names())}"
        raise InputError("spec", f"{str(source)!r}", rule)
    try:
        raw = path.read_bytes()
        text_of = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), "unreadable", "a YAML file in UTF-8") from error
    if len(raw) > _LARGEST:
        raise InputError(str(path), f"{len(raw):,} bytes", f"at most {_LARGEST:,}")
    return path.name, _parse(text_of, path.name)


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f", line {mark.line + 1}"
        found = str(getattr(error, "problem", None) or error).splitlines()[0][:150]
        raise InputError(where + line, found, "YAML with each key once and no aliases") from error
    if not isinstance(content, dict):
        raise InputError(where, f"{type(content).__name__}", "keys and values, one each line")
    return content
