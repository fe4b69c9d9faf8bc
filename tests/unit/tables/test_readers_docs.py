"""The examples of docs/formats are read as their comments say."""

import re
import tomllib
from pathlib import Path

import pytest

from dolorimeter.tables import READERS, load_mapping, read_events

FORMATS = Path(__file__).resolve().parents[3] / "docs" / "formats"


def _example(name, language="text"):
    """Return the first block of a page."""
    return re.search(rf"```{language}\n(.*?)```", (FORMATS / name).read_text("utf-8"), re.S)[1]


def _read(tmp_path, name):
    lines = [re.sub(r"\s+#.*", "", line) for line in _example(name).splitlines()]
    path = tmp_path / "example.csv"
    path.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8")
    events = read_events(path)
    rows = events.table.select("variable", "value").to_pyarrow().to_pylist()
    return (
        [(row["variable"], pytest.approx(row["value"], abs=0.01)) for row in rows],
        {(e.variable, e.reason): e.count for e in events.ledger},
    )


def test_the_example_of_a_long_table(tmp_path):
    rows, ledger = _read(tmp_path, "long.md")
    assert rows == [
        ("pulse", 80),
        ("temperature", 37),
        ("respiratory_rate", 16),
        ("systolic", 120.01),
        ("pain_score", 7),
        ("rmssd", 31.5),
    ]
    assert ledger == {
        ("pain_score", "score out of 10"): 1,
        ("pain_score", "unable to score"): 1,
        ("systolic", "kPa to mmHg"): 1,
        ("temperature", "Fahrenheit to Celsius"): 1,
        ("rhythm", "text, not a number"): 1,
    }


def test_the_example_of_a_wide_table(tmp_path):
    rows, ledger = _read(tmp_path, "wide.md")
    assert rows == [
        ("pain_score", 3),
        ("pulse", 80),
        ("rmssd", 31.5),
        ("systolic", 118),
        ("temperature", 36.8),
        ("pulse", 82),
        ("systolic", 121),
        ("temperature", 37),
    ]
    assert ledger == {
        ("pain_score", "unable to score"): 1,
        ("temperature", "labeled Celsius, read as Fahrenheit"): 1,
        ("ward", "text, not a number"): 3,
    }


def test_the_example_of_a_map():
    own = load_mapping(tomllib.loads(_example("variable-map.md", "toml")))
    assert own.find("KH//4711").variable.name == "pulse"
    assert own.find("HR_ART").code.empty == "sensor off"
    assert own.find("TEMP_F").code.unit == "degF"
    assert own.find("LOINC//2345-7").variable.name == "glucose"
    assert own.find("LOINC//8867-4").variable.name == "pulse"


@pytest.mark.parametrize("source", READERS)
def test_every_source_has_its_page(source):
    page = "long.md" if source.startswith("long") else "wide.md"
    name = source if source in ("meds", "mimic-iv", "mimic-iv-ed") else page[:-3]
    assert f'"{source}"' in (FORMATS / f"{name}.md").read_text("utf-8")
