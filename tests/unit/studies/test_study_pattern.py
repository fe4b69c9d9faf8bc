"""The pattern that studies share: facts told honestly, and never a grant of a prediction."""

import numpy as np
import pytest

from dolorimeter.core import InputError, Samples
from dolorimeter.studies.study_pattern import study_pattern, study_pattern_facts

N, VOXELS = 9, 150


def maps(shared=1.0, modality="pain", seed=0, **changes):
    rng = np.random.default_rng(seed)
    features = shared * rng.standard_normal(VOXELS) + rng.standard_normal((N, VOXELS))
    known = {
        "modality": np.full(N, modality),
        "n_averaged": np.arange(10, 10 + N),
        "class_names": (modality,),
    }
    names = np.array([f"study {i}" for i in range(N)])
    names = changes.pop("subject", names)
    return Samples.of(features, np.zeros(N), names, **{**known, **changes})


def statuses(result):
    return {(f.rule, f.status) for f in result.claim.findings}


@pytest.fixture(scope="module")
def declared():
    return study_pattern(maps(), n_flips=499, separate_people=True, random_state=1)


def test_expression_is_that_of_the_mean_of_the_others(declared):
    features = maps().features
    for i in range(N):
        others = np.delete(features, i, axis=0).mean(axis=0)
        assert declared.patterns.expression["correlation"][i] == pytest.approx(
            np.corrcoef(features[i], others)[0, 1], abs=1e-12
        )


def test_only_the_likeness_of_these_maps_is_granted(declared):
    assert declared.claim.objective == "association"
    (granted,) = declared.claim.granted
    assert granted.text.startswith("The group maps of these 9 studies of pain share a pattern")
    assert granted.rules == ("V1", "K5")
    assert f"{declared.patterns.mean['correlation']:.3f} on average" in granted.text
    assert {("K2", "violated"), ("K3", "violated"), ("S1", "violated")} <= statuses(declared)
    refused = " ".join(statement.text for statement in declared.claim.refused)
    for said in ("predicts pain", "signature of pain", "unique to pain", "cause", "real-life use"):
        assert said in refused


def test_people_seen_twice_are_not_ruled_out_by_maps():
    result = study_pattern(maps(), n_flips=499, random_state=1)
    assert not result.claim.granted
    assert any("share a pattern" in statement.text for statement in result.claim.unproven)
    assert ("V1", "unknown") in statuses(result)


def test_nothing_shared_nothing_granted():
    result = study_pattern(maps(shared=0.0), n_flips=499, separate_people=True, random_state=1)
    assert result.patterns.p_value["correlation"] > 0.05
    assert not result.claim.granted
    assert any("tested and not shown" in statement.text for statement in result.claim.unproven)


def test_maps_that_are_not_of_pain_carry_nothing():
    result = study_pattern(maps(modality="touch"), n_flips=99, separate_people=True, random_state=1)
    assert not result.claim.granted


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("separate", [True, False])
def test_no_strength_of_pattern_grants_prediction_or_signature(seed, separate):
    result = study_pattern(maps(50.0, seed=seed), "sample-size", 99, separate, 0)
    assert result.patterns.mean["correlation"] > 0.99
    said = " ".join(statement.text for statement in result.claim.granted)
    assert "predict" not in said
    assert "signature" not in said
    assert "labels" not in said


def test_facts_are_those_of_group_maps(declared):
    facts = study_pattern_facts(maps(), declared.patterns)
    assert facts.trials_per_test_sample == 10 + N - 1
    assert facts.grouped_by == "condition"
    assert facts.comparators == ()
    assert facts.shared_subjects is None
    assert facts.exchangeable is None
    assert "shared_subjects" not in facts.measured
    assert facts.measured == {
        "samples_standardized", "duplicates", "folds_agree", "trials_per_test_sample", "result",
    }  # fmt: skip


def test_a_map_filed_twice_is_seen():
    samples = maps()
    features = samples.features.copy()
    features[1] = features[0]
    twice = Samples.of(
        features, samples.target, samples.subject, modality=samples.modality, class_names=("pain",)
    )
    result = study_pattern(twice, n_flips=99, separate_people=True, random_state=0)
    assert ("K5", "violated") in statuses(result)
    assert not result.claim.granted


def test_dict_is_plain(declared):
    import json

    content = json.loads(json.dumps(declared.to_dict(), allow_nan=False))
    assert content["people"] == list(range(10, 10 + N))
    assert content["flips"] == 499
    assert set(content["measures"]) == {"dot", "cosine", "correlation"}
    assert content["claim"] == json.loads(json.dumps(declared.claim.to_dict()))


def test_two_maps_of_a_study_are_refused():
    names = np.array(["a", "a", *"bcdefgh"])
    with pytest.raises(InputError, match="2 maps of study 'a'"):
        study_pattern(maps(subject=names, sample_ids=np.arange(N).astype(str)))


def test_people_are_needed_to_weigh_by_them():
    with pytest.raises(InputError, match="positive numbers"):
        study_pattern(maps(n_averaged=np.zeros(N, dtype=np.int64)), "sample-size")
