"""What an imaging study may claim: nothing about pain without pain, nothing without a null."""

import copy

import pytest

from dolorimeter.audit import audit_study
from dolorimeter.studies.imaging.facts import analyses


@pytest.fixture
def content(imaging_run):
    """Return results that may be changed."""
    return copy.deepcopy(imaging_run[0].content)


def judged(content):
    return audit_study(analyses(content))


def texts(statements):
    return [statement.text for statement in statements]


def granted_of(content, words):
    return [text for text in texts(judged(content).granted) if words in text]


def untested(content):
    """Blank what permutations give, as a run without them does."""
    content["group"]["permutations"] = 0
    for found in content["group"]["maps"]:
        found |= {"p_brain": None, "p_brain_adjusted": None}
        for row in found["regions"]:
            row |= {"p_svc": None, "p_svc_adjusted": None}
    for pair in content["group"]["overlap"]:
        pair["p_conjunction"] = None
    for row in content["model_maps"]["regions"]:
        row["p_gain_fwe"] = None
    return content


def test_the_run_was_judged_by_these_facts(content):
    assert judged(content).granted
    again = judged(content).to_dict()
    for kind in ("granted", "refused", "unproven"):
        assert again[kind] == content["claim"][kind]


@pytest.mark.parametrize("pain", [None, False])
def test_nothing_is_granted_where_it_is_not_said_to_be_pain(content, pain):
    content["design"]["pain"] = pain
    assert judged(content).granted == ()


def test_nothing_is_granted_without_permutations(content):
    claim = judged(untested(content))
    assert claim.granted == ()
    rules = {f.rule: f.status for f in claim.findings if "whole brain" in f.analysis}
    assert rules["V1"] == "violated"


def test_a_run_without_permutations_leaves_those_blanks(imaging_tree, imaging_run):
    from dataclasses import replace

    from dolorimeter.studies.imaging import read_imaging, read_study

    study, block, _ = read_study(imaging_tree / "study.yaml")
    study = replace(study, group=replace(study.group, permutations=0))
    result = study.run(read_imaging(block, imaging_tree), 0, cache=imaging_run[1])
    assert result.claim.granted == ()
    expected = untested(copy.deepcopy(imaging_run[0].content))
    for found, own in zip(expected["group"]["maps"], result.content["group"]["maps"], strict=True):
        assert {k: own[k] for k in ("p_brain", "p_brain_adjusted", "n_fwe")} == {
            "p_brain": None, "p_brain_adjusted": None, "n_fwe": None,
        }  # fmt: skip
        assert [row["p_svc_adjusted"] for row in own["regions"]] == [None] * len(found["regions"])
    assert [p["p_conjunction"] for p in result.content["group"]["overlap"]] == [None]
    assert {row["p_gain_fwe"] for row in result.content["model_maps"]["regions"]} == {None}
    assert not any("fwe" in name for name in result.maps)


@pytest.mark.parametrize(("adjusted", "granted"), [(0.05, True), (0.0501, False)])
def test_the_brain_needs_the_p_adjusted_for_contrasts(content, adjusted, granted):
    relief = content["group"]["maps"][0]
    assert relief["contrast"] == "relief"
    relief |= {"p_brain": 0.001, "p_brain_adjusted": adjusted}
    found = granted_of(content, "Somewhere in the brain BOLD followed the contrast 'relief'")
    assert bool(found) == granted
    assert all("2 contrasts" in text for text in found)


def test_p_pays_for_the_contrasts_of_the_run(content):
    """Two searches: no less than a p alone, no more than Bonferroni's over all of them."""
    for found in content["group"]["maps"]:
        assert found["p_brain"] <= found["p_brain_adjusted"] <= min(1.0, 4 * found["p_brain"])
    both = [found["p_brain_adjusted"] for found in content["group"]["maps"]]
    assert both != [found["p_brain"] for found in content["group"]["maps"]]


def test_only_regions_that_survive_are_named(content):
    content["group"]["smallest_p"]["regions"] = 0.01  # as with more people than these six
    relief = content["group"]["maps"][0]
    by_t = sorted(relief["regions"], key=lambda row: -row["t"])
    for row, p in zip(by_t, (0.04, 0.06, 0.2), strict=True):
        row["p_svc_adjusted"] = p
    names = [row["region"] for row in by_t]
    (said,) = granted_of(content, f"In {names[0]} BOLD followed the contrast 'relief' (1 error_A)")
    assert not any(name in said for name in names[1:])
    for row in by_t:
        row["p_svc_adjusted"] = 0.2
    (said,) = [t for t in texts(judged(content).unproven) if "in any of 3 regions" in t][:1]
    assert "'relief'" in said
    assert "smallest p = 0.200" in said


def test_an_overlap_needs_both(content):
    (pair,) = content["group"]["overlap"]
    pair["p_conjunction"] = 0.04
    assert granted_of(content, "same voxels followed")
    pair["p_conjunction"] = 0.06
    assert not granted_of(content, "same voxels followed")
    # Excluding is not showing that the other is absent: there is no p, and nothing is granted.
    pair |= {"how": "exclusive", "p_conjunction": None}
    assert not granted_of(content, "same voxels followed")


def test_the_p_of_an_overlap_is_the_worse_of_the_two(imaging_run):
    result = imaging_run[0]
    (pair,) = result.content["group"]["overlap"]
    best = [
        min(row["p_svc"] for row in found["regions"]) for found in result.content["group"]["maps"]
    ]
    assert pair["p_conjunction"] >= min(1.0, 2 * max(best)) - 1e-12
    assert pair["p_conjunction"] * 64 / 2 == pytest.approx(round(pair["p_conjunction"] * 64 / 2))


def test_rates_need_runs_that_did_not_choose_them(content):
    claim = judged(content)
    (refused,) = [s for s in claim.refused if "the alpha that fitted it best" in s.text]
    assert refused.rules == ("K5",)
    rates = content["model_maps"]["regions"]
    for row in rates:
        row |= {"identified": True, "p_gain_fwe": 0.2}
    rates[1]["p_gain_fwe"] = 0.05
    (said,) = granted_of(content, "The brain followed errors of these learning rates best")
    assert "midbrain" in said
    assert "amygdala" not in said
    rates[1]["p_gain_fwe"] = 0.06
    assert not granted_of(content, "learning rates")
    rates[1] |= {"p_gain_fwe": 0.01, "identified": False}
    assert not granted_of(content, "learning rates")


def test_cause_and_use_are_always_refused_and_reverse_inference_never_granted(content):
    claim = judged(content)
    refused = " ".join(texts(claim.refused))
    assert "cause, necessity or sufficiency" in refused
    assert "real-life use" in refused
    (reverse,) = [s for s in claim.unproven if "inferred from the pattern" in s.text]
    assert "C5" in reverse.rules
    assert not any("inferred" in text or "cause" in text for text in texts(claim.granted))


def test_every_granted_sentence_names_its_contrast_and_where_its_parameters_come_from(content):
    for text in granted_of(content, "BOLD followed"):
        assert "of the model 'td', parameters fixed beforehand" in text
        assert "(1 error_A)" in text or "(- 1 error_B)" in text


def test_what_events_without_a_column_would_look_like_is_not_granted(content):
    assert content["design"]["uncovered"] == {"error_A": [], "error_B": []}
    before = texts(judged(content).granted)
    content["design"]["uncovered"]["error_A"] = ["outcome none"]
    claim = judged(content)
    # 'exacerbation' alone rests on error_B only.
    left = [text for text in before if "'exacerbation'" in text and "'relief'" not in text]
    assert len(before) > len(left) > 0
    assert texts(claim.granted) == left
    said = [text for text in texts(claim.unproven) if "'relief'" in text]
    assert said
    assert all("no column holds (outcome none) would look the same" in text for text in said)
