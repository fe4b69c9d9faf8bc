"""The golden test of science.md 3.1, both ways: the criticised refused, the sound granted."""

from pathlib import Path

import pytest

from dolorimeter.audit import judge
from dolorimeter.audit.yaml_file import read_yaml

PROTOCOLS = Path(__file__).resolve().parents[3] / "examples" / "protocols"


def found(claim):
    return {f.rule: f.status for f in claim.findings}


def rules(statements):
    return {s.rules[0]: set(s.rules[1:]) for s in reversed(statements)}


def test_criticised():
    claim = judge(PROTOCOLS / "criticised.yaml")
    assert claim.granted == ()
    refused = rules(claim.refused)
    assert {"N1", "N2", "W2"} <= refused["C1"]
    assert "K2" in refused["C2"]
    assert "C3" in refused
    assert {found(claim)[r] for r in ("C1", "C2", "C3", "N1", "N2", "W2", "K2")} == {"violated"}


def test_sound_signature():
    claim = judge(PROTOCOLS / "sound-signature.yaml")
    assert list(rules(claim.granted)) == ["C1"]
    assert "violated" not in found(claim).values()


def test_sound_prediction():
    claim = judge(PROTOCOLS / "sound-prediction.yaml")
    assert set(rules(claim.granted)) == {"C2", "C5"}
    assert "violated" not in found(claim).values()


def test_panaggio():
    claim = judge(PROTOCOLS / "panaggio2021.yaml")
    assert claim.granted == ()
    assert {"W3", "V1"} <= rules(claim.refused)["C2"]
    status = found(claim)
    assert (status["W3"], status["V1"], status["K6"]) == ("violated", "violated", "warned")
    assert any("median" in s.text for s in claim.refused if s.rules[0] == "K6")


def test_panaggio_for_new_stays_is_only_warned_of_its_patients():
    content = read_yaml(PROTOCOLS / "panaggio2021.yaml") | {"whom": "new-stays"}
    claim = judge(content)
    assert found(claim)["W3"] == "warned"
    assert "W3" not in rules(claim.refused)["C2"]


@pytest.mark.parametrize("name", ["signature", "prediction"])
def test_turning_one_protocol_into_the_other_loses_the_claim(name):
    content = read_yaml(PROTOCOLS / f"sound-{name}.yaml")
    other = {"signature": "prediction", "prediction": "signature"}[name]
    claim = judge(content | {"objective": other})
    assert not set(rules(claim.granted)) & {"C1", "C2"}


def test_an_empty_protocol_grants_nothing_and_says_why():
    claim = judge({})
    assert claim.granted == ()
    assert claim.objective == "not declared"
    assert claim.unproven[0].text == "Any claim: no objective is declared."
