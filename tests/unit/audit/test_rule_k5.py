"""K5: nothing fitted outside the folds, no target among features, no copies: forbidden to both."""

import pytest

from dolorimeter.audit import RULES

WRONG = {
    "fitted_outside": ("feature selection",),
    "target_in_features": ("rating",),
    "duplicates": 3,
    "folds_agree": False,
}


@pytest.mark.parametrize("fact", WRONG)
def test_each_leak_is_flagged_under_every_objective(
    status, signature, prediction, association, fact
):
    for facts in (signature, prediction, association):
        assert status("K5", facts) == "passed"
        assert status("K5", facts, **{fact: WRONG[fact]}) == "violated"
        assert status("K5", facts, **{fact: None}) == "unknown"


def test_the_reason_names_what_leaked(prediction):
    from dataclasses import replace

    reason = RULES["K5"](replace(prediction, **WRONG)).reason
    assert "feature selection" in reason
    assert "rating" in reason
    assert "both sides of a fold: 3" in reason


def test_one_leak_decides_whatever_else_is_unknown(status, prediction):
    gaps = dict.fromkeys(WRONG) | {"duplicates": 1}
    assert status("K5", prediction, **gaps) == "violated"
