"""YAML from a file that nobody vouches for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dolorimeter.core import InputError

MAX_BYTES = 1_000_000


class _Loader(yaml.SafeLoader):
    """Plain values only: each key once, and no aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "an alias (*name)", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for i, key in enumerate(keys):
            if key in keys[:i]:
                mark = node.value[i][0].start_mark
                raise yaml.constructor.ConstructorError(None, None, f"the key {key} twice", mark)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: str | Path) -> dict[Any, Any]:
    """Read a YAML file that holds one mapping.

    Parameters
    ----------
    path : str or path
        The file, UTF-8, at most 1 MB.

    Returns
    -------
    dict
        Plain values.

    Raises
    ------
    InputError
        If it cannot be read, is no YAML or no mapping, repeats a key or uses an alias.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), error.strerror or "unreadable", "a YAML file") from error
    if len(raw) > MAX_BYTES:
        raise InputError(path.name, f"{len(raw):,} bytes", "at most 1 MB")
    try:
        content = yaml.load(raw.decode("utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        rule = "YAML with each key once and no aliases"
        raise InputError(f"{path.name}{mark}", str(error.problem)[:200], rule) from error
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        found = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputError(path.name, found, "YAML in UTF-8") from error
    if not isinstance(content, dict):
        raise InputError(path.name, f"{type(content).__name__}", "keys and values, one each line")
    return content
