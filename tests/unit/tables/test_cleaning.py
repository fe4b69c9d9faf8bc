"""Cleaning against a reading of the same rules in plain Python, value by value."""

import math
import re

import ibis
import pandas as pd
import pytest

from dolorimeter.tables.cleaning import Rule, clean, ordered
from dolorimeter.tables.mapping import load_mapping
from dolorimeter.tables.readers.extract import rule_of
from dolorimeter.tables.schema import LedgerEntry

MAPPING = load_mapping()
KEYS = ["pain_score", "pulse", "LAB//223791//UNK", "LAB//223762//°C", "LAB//223761//°F", "systolic"]


PAIN_TEXTS = [
    ("0/10", 0.0, None),
    ("10/10", 10.0, None),
    ("7 / 10", 7.0, None),
    ("7 out of 10", 7.0, None),
    ("8.5/10", 8.5, None),
    (".5/10", 0.5, None),
    ("13/10", None, "out of range"),
    ("5/5", None, "text not understood"),
    ("3-4", None, "text not understood"),
    ("8+", None, "text not understood"),
    ("denies", None, "text not understood"),
    ("NAD", None, "text not understood"),
    ("grimace with palpation", None, "text not understood"),
    ("uncomfortable", None, "text not understood"),
    ("unable", None, "unable to score"),
    ("Unable to Score", None, "unable to score"),
    ("UTA", None, "unable to score"),
    ("ua", None, "unable to score"),
    ("asleep", None, "unable to score"),
    ("sleepin", None, "unable to score"),
    ("Critical", None, "unable to score"),
    ("pt. intubated", None, "unable to score"),
    ("sedated", None, "unable to score"),
    ("ett", None, "unable to score"),
    ("does not scale", None, "unable to score"),
]
NUMBERS = [
    ("pain_score", 0.0, (0.0, None, None, None)),
    ("pain_score", 10.0, (10.0, None, None, None)),
    ("pain_score", 13.0, (None, "out of range", None, None)),
    ("pain_score", -1.0, (None, "out of range", None, None)),
    ("pain_score", None, (None, "no value", None, None)),
    ("LAB//223791//UNK", None, (None, "unable to score", None, None)),
    ("pulse", 0.0, (None, "out of range", None, None)),
    ("pulse", 300.0, (None, "out of range", None, None)),
    ("pulse", 299.9, (299.9, None, None, None)),
    ("pulse", None, (None, "no value", None, None)),
    ("pulse", math.inf, (None, "out of range", None, "infinite")),
    ("rmssd", -math.inf, (None, None, None, "infinite")),
    ("rmssd", -5e9, (-5e9, None, None, None)),
    ("LAB//223762//°C", 37.0, (37.0, None, None, None)),
    ("LAB//223762//°C", 50.0, (None, "out of range", None, None)),
    ("LAB//223762//°C", 60.0, (None, "out of range", None, None)),
    ("LAB//223762//°C", 121.0, (None, "out of range", None, None)),
    ("LAB//223761//°F", 9.0, (None, "out of range", None, None)),
    ("LAB//223761//°F", 36.8, (36.8, None, "labeled Fahrenheit, read as Celsius", None)),
]


@pytest.fixture(scope="module")
def cleaned():
    """Return what became of every listed cell: one run of the database for all of them."""
    cells = [("pain_score", None, text) for text, *_ in PAIN_TEXTS]
    cells += [(key, number, None) for key, number, _ in NUMBERS]
    return dict(zip(cells, _run(cells), strict=True))


def _run(cells):
    """Clean (key, number, text) cells on a connection of their own."""
    rules = [rule_of(MAPPING, MAPPING.find(key), key, "", "here") for key in KEYS]
    frame = pd.DataFrame(cells, columns=["key", "number", "text"]).assign(row=range(len(cells)))
    frame = frame.astype({"number": "float64", "text": "object"})
    connection = ibis.duckdb.connect()
    table = connection.create_table(
        "cells",
        ibis.memtable(
            frame, schema={"key": "string", "number": "float64", "text": "string", "row": "int64"}
        ),
    )
    # NaN is none, as readers hand it on.
    table = table.mutate(number=ibis.ifelse(table.number.isnan(), None, table.number))
    rules.append(Rule("rmssd", "rmssd", further=True))
    done = clean(table, rules, MAPPING.variables).order_by("row").to_pyarrow().to_pandas()
    kept = ["value", "reason", "conversion", "fault"]
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in done[kept].itertuples(index=False)
    ]


@pytest.mark.parametrize(("text", "value", "reason"), PAIN_TEXTS)
def test_pain_written_as_text(cleaned, text, value, reason):
    found, why, conversion, fault = cleaned["pain_score", None, text]
    assert (found, why, fault) == (value, reason, None)
    assert conversion == (None if value is None else "score out of 10")


@pytest.mark.parametrize(("key", "number", "expected"), NUMBERS)
def test_numbers_in_and_out_of_range(cleaned, key, number, expected):
    assert cleaned[key, number, None] == expected


@pytest.mark.parametrize(
    ("key", "conversion"),
    [
        ("LAB//223761//°F", "Fahrenheit to Celsius"),
        ("LAB//223762//°C", "labeled Celsius, read as Fahrenheit"),
    ],
)
def test_fahrenheit_becomes_celsius_under_either_label(key, conversion):
    [(value, reason, how, fault)] = _run([(key, 98.6, None)])
    assert value == pytest.approx(37.0, abs=1e-9)
    assert (reason, how, fault) == (None, conversion, None)


@pytest.mark.parametrize("key", ["pulse", "systolic", "rmssd"])
def test_text_where_numbers_belong_is_a_fault(key):
    [(value, _, _, fault)] = _run([(key, None, "high")])
    assert (value, fault) == (None, "text")


def test_cleaning_agrees_with_plain_python_on_a_grid():
    cells = [
        (key, None if n is None else n / 2, text)
        for key in KEYS
        for n in [None, *range(-10, 900, 7)]
        for text in ([None, "unable", "4/10", "word"] if n is None else [None])
    ]
    assert _run(cells) == [_by_hand(*cell) for cell in cells]


def _by_hand(key, number, text):
    """The rules of the map, written again."""
    score = key in ("pain_score", "LAB//223791//UNK")
    conversion = None
    if number is None and text is not None:
        if not score:
            return None, "text not understood", None, "text"
        if re.fullmatch(r"\d+/10", text):
            return float(text.split("/")[0]), None, "score out of 10", None
        return None, "unable to score" if text == "unable" else "text not understood", None, None
    if number is None:
        return None, "unable to score" if "223791" in key else "no value", None, None
    value = number
    if key.endswith("°F"):
        celsius = (number - 32.0) * (5 / 9)
        if not 10 < celsius < 50 and 10 < number < 50:
            conversion = "labeled Fahrenheit, read as Celsius"
        else:
            value, conversion = celsius, "Fahrenheit to Celsius"
    if key.endswith("°C") and not 10 < number < 50 and 70 < number < 120:
        value, conversion = (number - 32.0) * (5 / 9), "labeled Celsius, read as Fahrenheit"
    possible = {
        "pain_score": 0 <= value <= 10,
        "LAB//223791//UNK": 0 <= value <= 10,
        "pulse": 0 < value < 300,
        "systolic": 0 < value < 400,
    }.get(key, 10 < value < 50)
    return (value, None, conversion, None) if possible else (None, "out of range", None, None)


def test_the_ledger_is_merged_and_ordered():
    entries = [
        LedgerEntry("(stay)", "x", "dropped", 1),
        LedgerEntry("rmssd", "x", "dropped", 1),
        LedgerEntry("alpha", "x", "dropped", 1),
        LedgerEntry("temperature", "b", "set missing", 2),
        LedgerEntry("temperature", "a", "set missing", 2),
        LedgerEntry("temperature", "z", "converted", 1),
        LedgerEntry("pulse", "x", "dropped", 0),
        LedgerEntry("temperature", "a", "set missing", 3),
        LedgerEntry("pain_score", "x", "dropped", 1),
    ]
    expected = [
        ("pain_score", "x", 1),
        ("temperature", "z", 1),
        ("temperature", "a", 5),
        ("temperature", "b", 2),
        ("alpha", "x", 1),
        ("rmssd", "x", 1),
        ("(stay)", "x", 1),
    ]
    for given in (entries, entries[::-1]):
        assert [(e.variable, e.reason, e.count) for e in ordered(given)] == expected
