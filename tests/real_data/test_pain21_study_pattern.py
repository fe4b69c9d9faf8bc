"""The verb on the 21 published maps: all alike, and still no prediction."""

import json

import pytest

from dolorimeter.cli import main

pytestmark = pytest.mark.real_data
pytest.importorskip("nilearn")


@pytest.mark.parametrize("weighting", ["equal", "sample-size"])
def test_the_shared_pattern_of_21_studies(capsys, data_dir, weighting):
    folder = str(data_dir / "pain21-neurovault1425")
    arguments = ["decode", "study-pattern", folder, "--coarsen", "4", "--flips", "999"]
    assert main.run([*arguments, "--weighting", weighting, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert len(content["studies"]) == 21
    assert (min(content["people"]), max(content["people"])) == (9, 32)
    found = content["measures"]["correlation"]
    assert found["p"] == 0.001
    assert 0.4 < found["mean"] < 0.8
    assert sum(value > 0 for value in found["expression"]) >= 20
    assert content["claim"]["granted"] == []  # whether people took part twice is not known
    findings = {(f["rule"], f["status"]) for f in content["claim"]["findings"]}
    assert {("K2", "violated"), ("K3", "violated"), ("V1", "unknown")} <= findings
