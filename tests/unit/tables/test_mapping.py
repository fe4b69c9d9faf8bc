"""The variable map: what stands in it, how it is searched, how a user's is laid over it."""

import math
import re

import pytest

from dolorimeter.core import InputError
from dolorimeter.tables.mapping import BUILT_IN, load_mapping
from dolorimeter.tables.variables import Bounds, Code, Match

# ../shared/data/README.md, by hand.
MIMIC_ITEMS = {
    "pain_score": {"223791"},
    "pulse": {"220045"},
    "respiratory_rate": {"220210", "224690"},
    "spo2": {"220277"},
    "systolic": {"220050", "225309", "220179"},
    "diastolic": {"220051", "225310", "220180"},
    "temperature": {"223762", "223761"},
}
# The list, by hand, and the standard concepts of those codes.
LOINC = {
    "pain_score": {"72514-3"},
    "pulse": {"8867-4"},
    "respiratory_rate": {"9279-1"},
    "spo2": {"59408-5", "2708-6"},
    "systolic": {"8480-6"},
    "diastolic": {"8462-4"},
    "temperature": {"8310-5"},
}
OMOP = {
    "pain_score": {"43055141"},
    "pulse": {"3027018"},
    "respiratory_rate": {"3024171"},
    "spo2": {"40762499", "3016502"},
    "systolic": {"3004249"},
    "diastolic": {"3012888"},
    "temperature": {"3020891"},
}


@pytest.fixture(scope="module")
def built_in():
    return load_mapping()


@pytest.mark.parametrize(
    ("vocabulary", "expected"), [("mimic-iv", MIMIC_ITEMS), ("LOINC", LOINC), ("OMOP", OMOP)]
)
def test_the_built_in_map_holds_exactly_the_known_codes(built_in, vocabulary, expected):
    found = {}
    for code, match in built_in.of(vocabulary).items():
        found.setdefault(match.variable.name, set()).add(code)
    assert found == expected


@pytest.mark.parametrize("item", ["224409", "223794"])
def test_scores_after_an_intervention_and_acceptable_levels_are_no_pain_scores(built_in, item):
    assert built_in.find(f"LAB//{item}//UNK") is None
    assert item not in built_in.of("mimic-iv")
    assert item in BUILT_IN.read_text(encoding="utf-8")  # and the map says why


@pytest.mark.parametrize(
    ("text", "variable", "unit"),
    [
        ("pulse", "pulse", ""),
        (" Pulse ", "pulse", ""),
        ("LOINC//8867-4", "pulse", ""),
        ("LOINC/8867-4", "pulse", ""),
        ("loinc//8867-4", "pulse", ""),
        ("OMOP//3027018", "pulse", ""),
        ("OMOP/3027018", "pulse", ""),
        ("LAB//220045//bpm", "pulse", "bpm"),
        ("LAB//220210//insp/min", "respiratory_rate", "insp/min"),
        ("LAB//223761//°F", "temperature", "°F"),
    ],
)
def test_a_code_is_found_by_name_or_with_its_vocabulary(built_in, text, variable, unit):
    match = built_in.find(text)
    assert match is not None
    assert (match.variable.name, match.unit) == (variable, unit)


@pytest.mark.parametrize(
    "text", ["8867-4", "220045", "SNOMED//8867-4", "LAB//8867-4", "", "/", "//"]
)
def test_a_code_without_its_vocabulary_is_not_guessed(built_in, text):
    assert built_in.find(text) is None


@pytest.mark.parametrize(
    ("code", "unit", "number", "value"),
    [
        ("temperature", "", 37.0, 37.0),
        ("temperature", "degF", 98.6, 37.0),
        ("temperature", "°F", 98.6, 37.0),
        ("temperature", "[degF]", 98.6, 37.0),
        ("temperature", "deg  f", 98.6, 37.0),
        ("LAB//223761//°F", "", 98.6, 37.0),
        ("LAB//223761//UNK", "", 98.6, 37.0),
        ("LAB//223762//°C", "", 37.0, 37.0),
        ("systolic", "kPa", 16.0, 120.0),
        ("systolic", "mm[Hg]", 120.0, 120.0),
        ("pulse", "{beats}/min", 80.0, 80.0),
        ("pulse", "unk", 80.0, 80.0),
        ("spo2", "%", 97.0, 97.0),
    ],
)
def test_units_convert(built_in, code, unit, number, value):
    reading, _ = built_in.reading(built_in.find(code), unit, "here")
    assert (number - reading.subtract) * reading.multiply == pytest.approx(value, abs=0.01)
    assert bool(reading.reason) == (number != value)


@pytest.mark.parametrize(
    ("unit", "found"), [("furlong", "unknown unit 'furlong'"), ("kPa", "in kPa")]
)
def test_a_unit_that_is_unknown_or_of_another_kind_is_refused(built_in, unit, found):
    with pytest.raises(InputError, match=found):
        built_in.reading(built_in.find("pulse"), unit, "here")


def test_open_ends_of_a_range_are_shut_out_and_closed_ones_are_not(built_in):
    possible = built_in.variables["spo2"].possible
    assert not possible.low <= 0.0
    assert possible.low <= 1e-9
    assert possible.high == 100.0
    assert Bounds.of({}) == Bounds(-math.inf, math.inf)
    assert Bounds.of({"at_least": 0, "at_most": 10}) == Bounds(0.0, 10.0)
    assert Bounds.of({"below": 5}).low == -math.inf
    assert Bounds.of({"below": 5}).high < 5


def test_codes_of_a_users_map_are_added_and_the_rest_stays(built_in):
    own = load_mapping({"variables": {"pulse": {"codes": {"local": ["HR", 17]}}}})
    assert own.find("HR").variable == built_in.variables["pulse"]
    assert own.find("17").variable.name == "pulse"
    assert own.find("LOINC//8867-4").variable.name == "pulse"
    assert own.find("spo2").variable == built_in.variables["spo2"]
    assert built_in.find("HR") is None


def test_a_list_of_a_users_map_replaces_the_built_in_one():
    own = load_mapping({"variables": {"spo2": {"codes": {"LOINC": ["20564-1"]}}}})
    assert own.find("LOINC//20564-1").variable.name == "spo2"
    assert own.find("LOINC//2708-6") is None


def test_a_users_map_may_stand_alone(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
        replace = true
        [vocabularies]
        hospital = ["HOSP"]
        [units]
        K = ["K", "kelvin"]
        [[conversions]]
        from = "K"
        to = "Cel"
        subtract = 273.15
        [variables.skin]
        unit = "Cel"
        possible = { at_least = 10, at_most = 50 }
        codes.hospital = [{ code = "S1", unit = "K", empty = "sensor off" }]
        """,
        encoding="utf-8",
    )
    own = load_mapping(path)
    assert list(own.variables) == ["skin"]
    match = own.find("HOSP//S1")
    assert match == Match(own.variables["skin"], Code("hospital", "S1", "K", "sensor off"), "")
    reading, instead = own.reading(match, "", "here")
    assert (300.15 - reading.subtract) * reading.multiply == pytest.approx(27)
    assert (reading.bounds, reading.reason, instead) == (Bounds(10, 50), "K to Cel", None)


@pytest.mark.parametrize(
    ("own", "where", "found"),
    [
        ({"variabels": {}}, "mapping", "unknown field 'variabels'"),
        ({"format": 2}, "format", "2"),
        ({"format": "1"}, "format", "'1'"),
        ({"variables": []}, "variables", r"\[\]"),
        ({"variables": {"pulse": 3}}, "variables.pulse", "3"),
        ({"variables": {"pulse": {"units": "1/min"}}}, "variables.pulse", "'units'"),
        ({"variables": {"pulse": {"unit": "Hz"}}}, "variables.pulse.unit", "'Hz'"),
        ({"variables": {"pulse": {"unit": 1}}}, "variables.pulse.unit", "1"),
        ({"variables": {"pulse": {"text": "yes"}}}, "variables.pulse.text", "'yes'"),
        ({"variables": {"glucose": {"codes": {}}}}, "variables.glucose.unit", "None"),
        ({"variables": {"Pulse": {"unit": "1/min"}}}, "variables.Pulse", "upper case"),
        ({"variables": {"pulse": {"possible": {"min": 0}}}}, "possible", "'min'"),
        ({"variables": {"pulse": {"possible": {"above": "0"}}}}, "above", "'0'"),
        ({"variables": {"pulse": {"possible": {"above": math.nan}}}}, "above", "nan"),
        ({"variables": {"pulse": {"possible": {"above": True}}}}, "above", "True"),
        ({"variables": {"pulse": {"codes": {"LOINC": "8867-4"}}}}, "codes.LOINC", "'8867-4'"),
        ({"variables": {"pulse": {"codes": {"LOINC": [1.5]}}}}, r"codes.LOINC\[0\]", "1.5"),
        ({"variables": {"pulse": {"codes": {"LOINC": [{"unit": "x"}]}}}}, r"LOINC\[0\]", "'code'"),
        ({"variables": {"pulse": {"codes": {"local": [{"code": "a", "unit": "x"}]}}}}, "a", "'x'"),
        ({"variables": {"pulse": {"codes": {"SNOMED": ["1"]}}}}, "pulse.codes", "'SNOMED'"),
        ({"variables": {"pulse": {"codes": {"LOINC": ["9279-1"]}}}}, "codes.LOINC", "9279-1"),
        ({"variables": {"pain_score": {"could_not_tell": "no"}}}, "could_not_tell", "'no'"),
        ({"variables": {"pain_score": {"could_not_tell": [1]}}}, "could_not_tell", "1"),
        ({"variables": {"pulse": {"mislabeled": [{}]}}}, "mislabeled", "'labeled'"),
        ({"units": {"Hz": "Hz"}}, "units.Hz", "'Hz'"),
        ({"conversions": [{"from": "Hz"}]}, r"conversions\[0\]", "'to'"),
        ({"conversions": [{"from": "Hz", "to": "1/min"}]}, "from", "'Hz'"),
        ({"conversions": ["x"]}, r"conversions\[0\]", "'x'"),
        ({"replace": True}, "variables", "none"),
        ({"replace": True, "variables": {}}, "variables", "none"),
    ],
)
def test_a_malformed_map_is_refused_naming_the_field(own, where, found):
    with pytest.raises(InputError, match=found) as caught:
        load_mapping(own)
    assert re.search(where, caught.value.where)


@pytest.mark.parametrize(
    "content", [b"[variables", b"\xff\xfe[\x00", b"variables = 1\nvariables = 2", None]
)
def test_a_map_file_that_cannot_be_read_is_refused_by_name(tmp_path, content):
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_mapping(path)
    assert caught.value.where == str(path)
