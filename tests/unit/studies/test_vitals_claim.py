"""Nothing is granted for lack of evidence, and each refusal has its fact."""

import copy

import pytest

from dolorimeter.studies.vitals.claim import make_claim


def texts(statements):
    return " ".join(s.text for s in statements)


def status(claim, rule):
    return {f.status for f in claim.findings if f.rule == rule}


@pytest.fixture
def content(result):
    return copy.deepcopy(result.to_dict())


def set_p(content, value):
    for task in content["tasks"].values():
        for row in (r for n, r in task["models"].items() if n not in ("random", "mode", "chain")):
            row["metrics"]["vus"]["p"] = row["metrics"]["vus"]["p_holm"] = value


def test_without_relabelling_predicts_is_unproven(content):
    set_p(content, None)
    content["design"]["permutations"] = 0
    claim = make_claim(content)
    assert "predicts" not in texts(claim.granted)
    assert texts(claim.unproven).count("--permutations 199") == 3
    assert status(claim, "V1") == {"unknown"}


def test_a_small_p_grants_and_a_large_one_does_not(content):
    set_p(content, 0.01)
    claim = make_claim(content)
    assert texts(claim.granted).count("predicts") >= 3
    assert all("V1" in s.rules for s in claim.granted if "predicts" in s.text)
    set_p(content, 0.051)
    claim = make_claim(content)
    assert "predicts" not in texts(claim.granted)
    assert texts(claim.unproven).count("not shown for any model") == 3


def test_shared_patients_refuse_new_patients(content):
    assert status(make_claim(content), "W3") == {"passed"}
    content["design"]["shared_patients"] = 5
    claim = make_claim(content)
    assert status(claim, "W3") == {"violated"}
    assert "new patients: 5 patients" in texts(claim.refused)
    set_p(content, 0.01)
    granted = make_claim(content).granted
    assert "not seen in training" not in texts(granted)
    assert not any("W3" in s.rules for s in granted)


def test_vitals_add_only_where_the_comparison_shows_it(content):
    for task in content["tasks"].values():
        for c in task["reports"]["comparisons"]:
            c["p_holm"], c["difference"], c["ci95"] = 0.5, 0.1, [-0.1, 0.3]
    assert "add to" not in texts(make_claim(content).granted)
    c = content["tasks"]["direct"]["reports"]["comparisons"][0]
    c["p_holm"] = 0.01
    assert "add to" not in texts(make_claim(content).granted)  # its interval reaches below zero
    c["ci95"] = [0.02, 0.3]
    assert texts(make_claim(content).granted).count("add to") == 1


def test_look_ahead_is_refused_for_live_use(content):
    claim = make_claim(content)
    assert "the median-referenced task as run" in texts(claim.refused)
    assert "the difference task as run" in texts(claim.refused)
    assert status(claim, "K6") == {"warned"}
    content["tasks"]["median-referenced"]["looks_ahead"] = False
    assert "the median-referenced task as run" not in texts(make_claim(content).refused)


def test_what_no_observational_study_may_say_is_always_refused(content):
    refused = {rule for s in make_claim(content).refused for rule in s.rules}
    assert {"C1", "C4", "C6", "V1"} <= refused
