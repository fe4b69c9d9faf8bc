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


def set_p(content, value, null_mean=0.0):
    """Give every model that sees vital signs the same relabelling test."""
    for task in content["tasks"].values():
        for row in (r for n, r in task["models"].items() if n not in ("random", "mode", "chain")):
            row["metrics"]["vus"] |= {"p": value, "p_holm": value, "null_mean": null_mean}


def analyses(claim, rule, state):
    return " ".join(f.analysis for f in claim.findings if (f.rule, f.status) == (rule, state))


def reason(claim, rule):
    return " ".join(f.reason for f in claim.findings if f.rule == rule)


def test_without_relabelling_predicts_is_unproven(content):
    set_p(content, None, None)
    content["design"]["permutations"] = 0
    claim = make_claim(content)
    assert "predicts" not in texts(claim.granted)
    assert texts(claim.unproven).count("predicts pain from vital signs alone: null not known") == 3
    assert status(claim, "V1") == {"unknown"}
    assert "--permutations 199" in next(f.remedy for f in claim.findings if f.rule == "V1")


def test_a_small_p_grants_and_a_large_one_does_not(content):
    set_p(content, 0.01)
    content["design"]["permutations"] = 400
    claim = make_claim(content)
    granted = [s for s in claim.granted if "predicts" in s.text]
    assert len(granted) == 3 * 4  # each of four models on each task
    assert all({"C2", "V1", "W3", "K5"} <= set(s.rules) for s in granted)
    assert all("after the fact, in people not seen in training" in s.text for s in granted)
    assert all("Holm-adjusted" in s.text and "95 % interval" in s.text for s in granted)
    set_p(content, 0.051)
    claim = make_claim(content)
    assert "predicts" not in texts(claim.granted)
    assert texts(claim.unproven).count("does not beat its null") == 3


def test_a_figure_below_its_null_is_not_granted_by_a_small_p(content):
    set_p(content, 0.01, null_mean=0.99)
    assert "predicts" not in texts(make_claim(content).granted)


def test_too_few_relabellings_are_named(content):
    set_p(content, 0.2)
    content["design"]["permutations"] = 2
    assert "over 12 tests takes 239" in reason(make_claim(content), "V1")


def test_shared_patients_warn_of_new_stays_and_refuse_new_patients(content):
    assert status(make_claim(content), "W3") == {"passed"}
    content["design"] |= {"shared_patients": 5, "group": "stay"}
    set_p(content, 0.01)
    claim = make_claim(content)
    assert status(claim, "W3") == {"warned"}
    assert "new patients: patients in training and test of one fold: 5" in texts(claim.refused)
    assert "not seen in training" not in texts(claim.granted)
    assert "in new stays of known patients" in texts(claim.granted)
    assert not any("W3" in s.rules for s in claim.granted)
    assert claim.scope.startswith("New stays of patients who may have been seen")


@pytest.mark.parametrize(
    ("fact", "value", "rule"),
    [
        ("shared_patients", 5, "W3"),  # though the folds are said to keep patients whole
        ("duplicate_stays", 1, "K5"),
        ("folds_kept_whole", False, "K5"),
    ],
)
def test_a_leak_in_the_folds_refuses_every_prediction(content, fact, value, rule):
    set_p(content, 0.01)
    content["design"][fact] = value
    claim = make_claim(content)
    assert status(claim, rule) == {"violated"}
    assert "predicts" not in texts(claim.granted)
    assert "add to" not in texts(claim.granted)


def test_a_vital_that_holds_the_class_refuses_its_task_alone(content):
    set_p(content, 0.01)
    content["tasks"]["direct"]["target_in_features"] = ["pulse"]
    claim = make_claim(content)
    assert "on the direct task predicts" not in texts(claim.granted)
    assert "on the difference task predicts" in texts(claim.granted)
    assert "target stands among the features: pulse" in texts(claim.refused)


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


def test_what_looks_ahead_is_named_and_refused_for_live_use(content):
    claim = make_claim(content)
    live = [s.text for s in claim.refused if s.text.startswith("Live use")]
    assert len(live) == 4  # three tasks that are smoothed, and the difference with reports
    whole = next(text for text in live if "median-referenced" in text)
    assert "smoothing" in whole
    assert "the median and the standardization over the whole stay" in whole
    assert sum("holds the report of the next one" in text for text in live) == 2
    assert "look ahead: the median-referenced task" in claim.scope
    assert "the direct task" not in claim.scope.split("look ahead:")[1]


def test_a_causal_run_passes_k6(content):
    claim = make_claim(content)
    passed = analyses(claim, "K6", "passed")
    assert "the direct task knowing earlier reports" in passed
    assert "the median-referenced task knowing earlier reports" in passed
    assert "difference" not in passed
    assert "difference task knowing earlier reports" in analyses(claim, "K6", "warned")


def test_without_an_order_nothing_is_smoothed(content):
    for task in content["tasks"].values():
        task["models"] = {n: r for n, r in task["models"].items() if n in ("nb", "random", "mode")}
    claim = make_claim(content)
    assert "a model of the direct task" in analyses(claim, "K6", "passed").split("; ")
    assert "smoothing" not in texts(claim.refused)


def test_measured_inflation_stands_in_the_reasons(content):
    claim = make_claim(content)
    entries = {(e["task"], e["model"], e["a"]): e for e in content["inflation"]}
    folds = entries["direct", "hmm", "folds of stays"]
    said = f"changed the VUS by {folds['difference']:+.3f} ({folds['ci95'][0]:.3f} to "
    assert said in reason(claim, "W3")
    smoothed = next(
        f for f in claim.findings if (f.rule, f.status) == ("K6", "warned")
        and f.analysis == "a model of the direct task"
    )  # fmt: skip
    entry = entries["direct", "hmm", "smoothing"]
    assert f"smoothing against filtering changed the VUS by {entry['difference']:+.3f}" in (
        smoothed.reason
    )
    assert "whole-stay standardization" not in smoothed.reason  # that is another task's
    assert "changed the VUS" not in " ".join(
        f.reason for f in claim.findings if f.rule == "K6" and f.status == "passed"
    )


def test_what_no_observational_study_may_say_is_always_refused(content):
    refused = {rule for s in make_claim(content).refused for rule in s.rules}
    assert {"C1", "C4", "C6", "V1"} <= refused
