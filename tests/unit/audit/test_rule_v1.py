"""V1: a null by relabelling what is exchangeable; never a nominal level. Required by both."""

import pytest


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "passed"),
        ({"null": "nominal"}, "violated"),
        ({"null": "none"}, "violated"),
        ({"exchangeable": False}, "violated"),
        ({"null": None}, "unknown"),
        ({"exchanged": None}, "unknown"),
        ({"exchanged": ""}, "unknown"),
        ({"exchangeable": None}, "unknown"),
        ({"null": "nominal", "exchanged": None, "exchangeable": None}, "violated"),
    ],
)
def test_every_objective_requires_it(status, signature, prediction, association, changes, expected):
    for facts in (signature, prediction, association):
        assert status("V1", facts, **changes) == expected
