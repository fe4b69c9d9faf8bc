"""Tasks as YAML: plain mappings in, parts out, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from dolorimeter.audit.yaml_file import read_yaml
from dolorimeter.core import InputError

from .intervals import KINDS, Interval
from .task_parts import Cue, OrderRules, TaskOutcome, Timing, nearest

FORMAT = 1
KEYS = (
    "format",
    "name",
    "cues",
    "outcomes",
    "timing",
    "interval",
    "runs",
    "order",
    "stimuli",
    "counterbalance",
)
_CUE = ("count", "probability", "reinforced", "otherwise")
_OUTCOME = ("utility", "duration")
_TIMING = ("cue", "outcome_onset", "outcome", "lead_in", "lead_out")
_ORDER = ("balance", "cue_repeats", "outcome_repeats")
_INTERVAL = ("kind", "value", "low", "high", "mean", "draws")


def read_task_file(path: str | Path) -> dict[str, Any]:
    """Read the parts of a task from a YAML file, see ``docs/formats/task.md``.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    dict
        Arguments of ``PavlovianTask``.

    Raises
    ------
    InputError
        If the file cannot be read, a key is unknown or missing, or a value cannot be used.
    """
    content = read_yaml(path)
    try:
        return read_task(content)
    except InputError as error:
        where = f"{Path(path).name}, {error.where}"
        raise InputError(where, error.found, error.rule, error.remedy) from error


def read_task(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Read the parts of a task from a mapping.

    Parameters
    ----------
    content : mapping
        As the YAML file holds it.

    Returns
    -------
    dict
        Arguments of ``PavlovianTask``.

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value cannot be used.
    """
    given = _keys("task", content, KEYS)
    if given.pop("format", FORMAT) != FORMAT:
        raise InputError("format", repr(content["format"]), f"{FORMAT}")
    if "cues" not in given:
        raise InputError("cues", "no such key", "a mapping of names to cues")
    parts: dict[str, Any] = {k: given[k] for k in ("name", "runs", "counterbalance") if k in given}
    parts["cues"] = tuple(_cue(str(name), item) for name, item in _items("cues", given["cues"]))
    parts["outcomes"] = tuple(
        _outcome(str(name), item) for name, item in _items("outcomes", given.get("outcomes", {}))
    )
    if "timing" in given:
        parts["timing"] = _timing(given["timing"])
    if "interval" in given:
        parts["interval"] = _interval("interval", given["interval"])
    if "order" in given:
        parts["order"] = OrderRules(**_keys("order", given["order"], _ORDER))
    if "stimuli" in given:
        parts["stimuli"] = _stimuli(given["stimuli"])
    return parts


def write_task(parts: Mapping[str, Any]) -> str:
    """Write the parts of a task as YAML.

    Parameters
    ----------
    parts : mapping
        Arguments of ``PavlovianTask``, all of them.

    Returns
    -------
    str
        What ``read_task_file`` reads back to the same.
    """
    timing = {name: _plain(getattr(parts["timing"], name)) for name in _TIMING}
    order = {name: _plain(getattr(parts["order"], name)) for name in _ORDER}
    content: dict[str, Any] = {
        "format": FORMAT,
        "name": parts["name"],
        "cues": {cue.name: _written(cue, _CUE) for cue in parts["cues"]},
        "outcomes": {o.name: _written(o, _OUTCOME) for o in parts["outcomes"]},
        "timing": timing,
        "interval": _plain(parts["interval"]),
        "runs": int(parts["runs"]),
        "order": {name: value for name, value in order.items() if value is not None},
    }
    if parts["stimuli"]:
        content["stimuli"] = list(parts["stimuli"])
        content["counterbalance"] = parts["counterbalance"]
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, default_flow_style=None)


def _cue(name: str, item: Any) -> Cue:
    given = _keys(f"cues, {name}", item, _CUE)
    if "count" not in given:
        raise InputError(f"cues, {name}, count", "no such key", "how often the cue is shown")
    for key in ("probability", "reinforced"):
        items = dict(_items(f"cues, {name}, {key}", given.get(key, {})))
        given[key] = {str(outcome): value for outcome, value in items.items()}
    given["otherwise"] = str(given.get("otherwise", "none"))
    return Cue(name, **given)


def _outcome(name: str, item: Any) -> TaskOutcome:
    given = _keys(f"outcomes, {name}", {} if item is None else item, _OUTCOME)
    return TaskOutcome(name, given.get("utility"), given.get("duration"))  # type: ignore[arg-type]


def _timing(item: Any) -> Timing:
    given = _keys("timing", item, _TIMING)
    if isinstance(given.get("outcome_onset"), Mapping):
        given["outcome_onset"] = _interval("timing, outcome_onset", given["outcome_onset"])
    return Timing(**given)


def _interval(where: str, item: Any) -> Interval:
    """Read an interval; a number is a fixed one."""
    if not isinstance(item, Mapping):
        return Interval.fixed(item)
    given = _keys(where, item, _INTERVAL)
    if "kind" in given and given["kind"] not in KINDS:
        raise nearest(f"{where}, kind", given["kind"], KINDS)
    return Interval(**given)


def _stimuli(item: Any) -> tuple[str, ...]:
    if not isinstance(item, list):
        raise InputError("stimuli", repr(item)[:80], "a list of names, one a cue")
    return tuple(str(name) for name in item)


def _keys(where: str, item: Any, known: Collection[str]) -> dict[str, Any]:
    given = dict(_items(where, item))
    for key in given:
        if key not in known:
            raise nearest(f"{where}, key", key, known)
    return given


def _items(where: str, item: Any) -> list[tuple[Any, Any]]:
    if not isinstance(item, Mapping):
        raise InputError(where, repr(item)[:80], "keys and values")
    return list(item.items())


def _written(part: Any, names: Collection[str]) -> dict[str, Any]:
    """Fields of a part, without those that are empty."""
    values = {name: _plain(getattr(part, name)) for name in names}
    values = {name: value for name, value in values.items() if value not in (None, {})}
    if values.get("otherwise") == "none":
        del values["otherwise"]
    return values


def _plain(value: Any) -> Any:
    """As YAML has it."""
    if isinstance(value, Interval):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value.item() if hasattr(value, "item") else value
