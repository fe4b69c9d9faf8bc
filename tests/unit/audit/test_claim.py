"""A claim reads back from JSON as it was written."""

import json

from dolorimeter.audit import Claim, Finding, Statement


def test_claim_is_plain_json():
    claim = Claim(
        objective="prediction",
        scope="new patients",
        granted=(Statement("It predicts.", ("C2", "V1")),),
        refused=(),
        unproven=(),
        findings=(Finding("V1", "passed", "199 relabellings"),),
    )
    content = claim.to_dict()
    assert json.loads(json.dumps(content)) == content
    assert list(content) == ["objective", "scope", "granted", "refused", "unproven", "findings"]
    assert content["granted"] == [{"text": "It predicts.", "rules": ["C2", "V1"]}]
    assert content["findings"][0]["remedy"] == ""
