"""docs/formats/results.md describes what the report reads: no field more, no field less."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import render_vitals_report

DOCUMENT = Path(__file__).parents[3] / "docs" / "formats" / "results.md"
NAMED = {  # fields whose keys are names, not fields
    "percent_present",
    "scatter",
    "outliers",
    "vitals",
    "tasks",
    "models",
    "metrics",
    "bins",
    "means",
    "deviations",
    "learning_curve",
    "target_options",
    "model_options",
}


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """Return the commented example without its comments."""
    (block,) = re.findall(r"```jsonc\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    return json.loads(re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*', lambda m: m[1] or "", block))


def fields(value: Any, path: str = "") -> Iterator[str]:
    """Name every field, with * for names such as those of models."""
    if isinstance(value, list):
        for item in value:
            yield from fields(item, f"{path}[]")
    elif isinstance(value, dict):
        for key, item in value.items():
            named = path.rsplit(".", 1)[-1].rstrip("[]") in NAMED
            here = f"{path}.{'*' if named else key}"
            yield here
            yield from fields(item, here)


def test_the_example_is_drawn(example: dict[str, Any]) -> None:
    page = render_vitals_report(example)
    assert example["title"] in page


def test_the_example_has_every_field_and_no_other(
    example: dict[str, Any], fabricate: Callable[..., dict[str, Any]]
) -> None:
    documented, written = set(fields(example)), set(fields(fabricate()))
    # The models of the second history have the fields of those of the first.
    repeated = ".tasks.*.reports.models.*."
    missing = {f for f in written - documented if not f.startswith(repeated)}
    missing = {f for f in missing if not f.startswith(".tasks.*.reports.comparisons[]")}
    assert documented - written == set()
    assert missing == set()
