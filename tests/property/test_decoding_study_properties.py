"""Decoding studies over drawn designs: no order of samples or classes, no name, decides a claim."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.audit import Prediction, Signature
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingStudy
from dolorimeter.studies.decoding.crossfit import crossfit
from dolorimeter.studies.decoding.inflation import paired_difference
from dolorimeter.studies.decoding.plan import make_exchange, make_plan
from dolorimeter.studies.decoding.scores import influence, score_block

SCHEMES = ("leave-one-trial-out", "leave-one-run-out", "leave-one-subject-out")
seeds = st.integers(0, 1000)
few = settings(max_examples=15)


def trials(seed, **changed):
    given = {"n_subjects": 4, "n_runs": 2, "n_trials": 3, "n_features": 8} | changed
    return simulate_samples(**given, random_state=seed)


@st.composite
def designs(draw):
    scheme, within = draw(st.sampled_from(SCHEMES)), draw(st.sampled_from(["", "subject"]))
    how = draw(st.sampled_from(["none", "sample", "time"]))
    objective = Prediction(scheme=scheme, within=within, normalization=how, population="v")
    return DecodingStudy(objective, permutations=draw(st.sampled_from([0, 5])), pain=True)


@few
@given(designs(), seeds)
def test_every_sample_is_tested_once_and_never_trained_on(study, seed):
    samples = trials(seed)
    found = crossfit(make_plan(study, samples, seed))
    tested = np.concatenate([test for _, test in found.folds()])
    assert np.array_equal(np.sort(tested), np.arange(len(samples)))
    for train, test in found.folds():
        assert not np.intersect1d(train, test).size
        if study.within_subject:
            assert len(set(samples.subject[train]) | set(samples.subject[test])) == 1


@few
@given(designs(), seeds)
def test_the_order_of_samples_decides_nothing(study, seed):
    samples = trials(seed)
    order = np.random.default_rng(seed).permutation(len(samples))
    plan, mixed = make_plan(study, samples, 0), make_plan(study, samples.take(order), 0)
    a, b = crossfit(plan, permutations=0), crossfit(mixed, permutations=0)
    np.testing.assert_allclose(a.decisions[order], b.decisions, atol=1e-8)
    assert np.isclose(a.score, b.score)
    one, two = score_block(plan, a)["ci95"], score_block(mixed, b)["ci95"]
    np.testing.assert_allclose(one, two)


@few
@given(designs(), seeds)
def test_influence_adds_up_to_zero(study, seed):
    plan = make_plan(study, trials(seed), 0)
    found = crossfit(plan, permutations=0)
    assert abs(influence(plan, found).sum()) < 1e-12
    difference, error, _ = paired_difference(plan, found, found)
    assert difference == error == 0


@few
@given(seeds, st.booleans())
def test_relabellings_keep_their_blocks(seed, trait):
    samples = trials(seed)
    if trait:
        samples = replace(samples, target=(samples.subject > "sub-002").astype(float))
    exchange = make_exchange(samples)
    assert exchange.exchangeable
    counts = [
        np.bincount(samples.target[exchange.blocks == b].astype(int), minlength=2)
        for b in np.unique(exchange.blocks)
    ]
    mixed = all(c.min() > 0 for c in counts)
    assert mixed == (exchange.how == "within")


@settings(max_examples=8)
@given(seeds)
def test_the_order_of_classes_decides_no_signature(seed):
    """Baseline and pain coded the other way round: the same separation, the same claim."""
    samples = trials(seed, modalities=("pain", "touch"), pattern=1.5, n_subjects=5)
    rng = np.random.default_rng(seed)
    rated = np.where(np.isnan(samples.salience), rng.normal(5, 1, len(samples)), samples.salience)
    samples = replace(samples, salience=rated)
    turned = replace(
        samples,
        target=np.array([1.0, 0.0, 2.0])[samples.target.astype(int)],
        class_names=("pain", "baseline", "touch"),
    )
    study = DecodingStudy(
        Signature(scheme="leave-one-run-out", salience_margin=1.0, population="v"),
        permutations=5, pain=True, modalities=("touch",),
    )  # fmt: skip
    a, b = (study.run(each, random_state=0) for each in (samples, turned))
    assert a.accuracy == b.accuracy
    for name in ("separation", "salience_difference", "rate"):
        x, y = (r.content["specificity"]["modalities"][0][name] for r in (a, b))
        assert np.isclose(x, y)
    assert [f.status for f in a.claim.findings] == [f.status for f in b.claim.findings]


@settings(max_examples=8)
@given(seeds, st.sampled_from(["population", "pain", "permutations", "unrelated"]))
def test_taking_evidence_away_grants_nothing(seed, away):
    samples = trials(seed, pattern=2.0)
    full = DecodingStudy(Prediction(population="v"), permutations=24, pain=True, unrelated=True)
    less = {
        "population": {"objective": Prediction()}, "pain": {"pain": None},
        "permutations": {"permutations": 0}, "unrelated": {"unrelated": False},
    }[away]  # fmt: skip
    claim = replace(full, **less).run(samples, random_state=0).claim
    assert claim.granted == ()
