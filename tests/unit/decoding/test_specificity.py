"""Who is asked by whom, what separation is, and that a decoder of salience is not granted it."""

import json
from itertools import product

import numpy as np
import pytest
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics import roc_auc_score

from dolorimeter.core import InputError, Samples
from dolorimeter.decoding.pairwise import exchange_blocks
from dolorimeter.decoding.schemes import make_scheme
from dolorimeter.decoding.separation import separation
from dolorimeter.decoding.specificity import specificity
from dolorimeter.decoding.transfer import plan_transfer, transfer_decisions

WITHIN = ("leave-one-trial-out", "leave-one-pair-out", "leave-one-run-out")
BETWEEN = ("leave-one-subject-out", "leave-one-group-out")
MODALITIES = ("pain", "baseline", "touch", "sound")


def simulate(n_subjects=3, per=4, n_features=12, own=0.0, seed=0, runs=2):
    """Salience drives one pattern in all that is felt; pain may have one of its own."""
    rng = np.random.default_rng(seed)
    salient, painful = rng.normal(size=(2, n_features))
    modality = np.tile(np.repeat(MODALITIES, per), n_subjects)
    subject = np.repeat([f"s{i}" for i in range(n_subjects)], per * len(MODALITIES))
    run = np.tile(np.arange(per) % runs, n_subjects * len(MODALITIES)).astype(str)
    salience = rng.normal(5.0, 1.0, len(modality))
    X = rng.normal(size=(len(modality), n_features))
    X += np.outer(0.2 * salience * (modality != "baseline"), salient)
    X += np.outer(own * (modality == "pain"), painful)
    salience[modality == "baseline"] = np.nan
    family = np.where(np.isin(subject, ["s0", "s1"]), "f0", subject)
    return Samples.of(
        X, (modality == "pain") * 1.0, subject, modality=modality, run=run, salience=salience,
        family=family, class_names=("other", "pain"),
    )  # fmt: skip


def plan(samples, scheme):
    codes = np.select([samples.modality == "pain", samples.modality == "baseline"], [1, 0], -1)
    unit = samples.family if scheme == "leave-one-group-out" else samples.run
    return codes, plan_transfer(codes, samples.subject, unit, scheme)


@pytest.mark.parametrize("scheme", WITHIN + BETWEEN)
def test_no_model_meets_what_it_was_trained_on(scheme):
    samples = simulate()
    codes, folds = plan(samples, scheme)
    unit = {
        "leave-one-run-out": np.char.add(samples.subject, samples.run),
        "leave-one-subject-out": samples.subject,
        "leave-one-group-out": samples.family,
    }.get(scheme, samples.sample_ids)
    for fold in folds:
        assert (codes[fold.train] != -1).all()
        assert not set(unit[fold.train]) & set(unit[fold.test])
        if scheme in WITHIN:
            assert len(set(samples.subject[np.concatenate([fold.train, fold.test])])) == 1
    asked = np.concatenate([fold.test for fold in folds])
    assert set(asked) == set(range(len(samples)))
    if scheme not in WITHIN[:2]:
        assert len(asked) == len(samples)  # each once: by the fold that holds its unit out


@pytest.mark.parametrize("scheme", WITHIN + BETWEEN)
def test_the_plan_is_that_of_the_study_on_what_is_trained(scheme):
    samples = simulate()
    codes, folds = plan(samples, scheme)
    found = {(tuple(f.train), tuple(f.test[codes[f.test] != -1])) for f in folds}
    everyone = [np.flatnonzero(codes != -1)]
    if scheme in WITHIN:
        everyone = [r for s in np.unique(samples.subject)
                    for r in [np.flatnonzero((samples.subject == s) & (codes != -1))]]  # fmt: skip
    expected = set()
    for rows in everyone:
        groups = {
            "leave-one-run-out": samples.run,
            "leave-one-subject-out": samples.subject,
            "leave-one-group-out": samples.family,
        }.get(scheme)
        made = make_scheme(scheme, codes[rows], None if groups is None else groups[rows])
        expected |= {(tuple(rows[a]), tuple(rows[b])) for a, b in made.folds()}
    assert found == expected


def test_others_are_asked_by_folds_that_hold_pain_out():
    samples = simulate()
    codes, folds = plan(samples, "leave-one-trial-out")
    for fold in folds:
        held = fold.test[codes[fold.test] != -1]
        assert len(held) == 1
        assert (len(fold.test) > 1) == (codes[held[0]] == 1)


def test_a_unit_with_others_alone_is_asked_too():
    samples = simulate()
    samples = samples.take((samples.subject != "s2") | (samples.modality == "touch"))
    _, folds = plan(samples, "leave-one-subject-out")
    last = next(f for f in folds if samples.subject[f.test[0]] == "s2")
    assert set(samples.subject[last.train]) == {"s0", "s1"}


@pytest.mark.parametrize("scheme", WITHIN + BETWEEN)
@pytest.mark.parametrize("n_features", [5, 40, 400])
def test_decisions_equal_naive_refitting(scheme, n_features):
    samples = simulate(n_features=n_features)
    codes, folds = plan(samples, scheme)
    targets = np.where(codes == 1, 1.0, -1.0)
    columns = np.column_stack([targets, np.random.default_rng(1).normal(size=len(targets))])
    found = transfer_decisions(samples.features, columns, folds, "lda", 3.0)
    total, times = np.zeros(columns.shape), np.zeros((len(samples), 1))
    for fold in folds:
        peer = Ridge(alpha=3.0, solver="svd").fit(samples.features[fold.train], columns[fold.train])
        total[fold.test] += peer.predict(samples.features[fold.test])
        times[fold.test] += 1
    np.testing.assert_allclose(found, total / times, atol=1e-9)


def test_a_classifier_gives_the_same_by_the_slow_path():
    samples = simulate()
    fast = specificity(samples, scheme="leave-one-run-out", regularization=2.0)
    slow = specificity(
        samples, scheme="leave-one-run-out", estimator=RidgeClassifier(alpha=2.0, solver="svd")
    )
    np.testing.assert_allclose(slow.decisions, fast.decisions, atol=1e-9)
    other = specificity(samples, scheme="leave-one-run-out", estimator=LinearDiscriminantAnalysis())
    assert other.counts.sum() == len(samples)


def test_separation_is_the_mean_area_within_subjects():
    rng = np.random.default_rng(2)
    subject = np.repeat(["a", "b", "c"], [10, 14, 6])
    first = rng.random(30) < 0.5
    decisions = np.round(rng.normal(size=30) + first + 5.0 * (subject == "b"), 1)  # with ties
    found = separation(decisions, first, subject)
    each = [roc_auc_score(first[subject == s], decisions[subject == s]) - 0.5 for s in "abc"]
    np.testing.assert_allclose(found.by_subject, each)
    assert found.value == pytest.approx(np.mean(each))


def test_interval_is_students_over_subjects():
    rng = np.random.default_rng(3)
    subject = np.repeat(np.arange(10).astype(str), 100)
    first = np.tile(np.repeat([True, False], 50), 10)
    shift = np.repeat(rng.normal(0.3, 0.6, 10), 100)  # subjects differ more than trials do
    found = separation(rng.normal(size=1000) + shift * first, first, subject)
    expected = stats.ttest_1samp(found.by_subject, 0.0).confidence_interval(0.95)
    assert found.ci95 == pytest.approx((expected.low, expected.high))


def test_a_few_trials_alike_are_no_certainty():
    # one trial of each in five subjects, all the right way: p = 2 / 32 two-sided
    first, subject = np.tile([True, False], 5), np.repeat(np.arange(5).astype(str), 2)
    found = separation(first * 1.0, first, subject)
    assert found.value == 0.5
    assert found.ci95[0] < 0.0
    more, who = np.tile([True, False], 9), np.repeat(np.arange(9).astype(str), 2)
    assert separation(more * 1.0, more, who).ci95[0] > 0.0


def test_relabelling_is_the_exact_test_of_ranks():
    rng = np.random.default_rng(4)
    first = np.arange(14) < 7
    decisions = rng.normal(size=14) + 0.5 * first
    found = separation(decisions, first, np.full(14, "a"), permutations=20_000, random_state=0)
    exact = stats.mannwhitneyu(decisions[first], decisions[~first], alternative="greater")
    assert found.p_value == pytest.approx(exact.pvalue, abs=0.01)
    assert found.null_mean == pytest.approx(0.0, abs=0.01)


def test_relabelling_stays_within_blocks():
    # the run explains everything: within runs nothing is left to exchange for
    run = np.repeat(["r0", "r1"], 10)
    first = np.concatenate([np.arange(10) < 9, np.arange(10) < 1])
    decisions = (run == "r0") * 1.0
    who = np.full(20, "a")
    assert separation(decisions, first, who, run, 500, 0).p_value == 1.0
    assert separation(decisions, first, who, None, 500, 0).p_value < 0.01
    assert exchange_blocks(first, who, run) is run
    assert exchange_blocks(run == "r0", who, run) is None


def test_bootstrap_of_one_subject():
    rng = np.random.default_rng(5)
    first = np.arange(80) < 40
    decisions = rng.normal(size=80) + first
    found = separation(decisions, first, np.full(80, "a"), random_state=0)
    drawn = []
    for _ in range(2000):
        a, b = rng.choice(decisions[first], 40), rng.choice(decisions[~first], 40)
        drawn.append((a[:, None] > b).mean() - 0.5)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.ci95[0] <= low + 0.01
    assert found.ci95[1] >= high - 0.01
    assert found.ci95[1] - found.ci95[0] < 0.35


def test_no_subject_felt_both():
    with pytest.raises(InputError, match="both conditions"):
        separation(np.zeros(2), np.array([True, False]), np.array(["a", "b"]))


def test_a_decoder_of_salience_calls_everything_pain_and_separates_nothing():
    found = specificity(
        simulate(8, 12, 30), scheme="leave-one-run-out", margin=1.5, permutations=199,
        random_state=0,
    )  # fmt: skip
    rows = dict(zip(found.rows, found.counts, strict=True))
    assert rows["pain"][0] > 0.75 * rows["pain"].sum()
    assert rows["baseline"][1] > 0.75 * rows["baseline"].sum()
    for each in found.modalities:
        assert each.rate > 0.75
        assert each.separation.ci95[0] < 0 < each.separation.ci95[1]
        assert each.separation.p_value > 0.05
        assert each.salience.equivalent


@pytest.mark.parametrize("training", ["baseline", "modality"])
@pytest.mark.parametrize(
    "scheme", ["leave-one-pair-out", "leave-one-run-out", "leave-one-subject-out"]
)
def test_a_pattern_of_its_own_is_separated(training, scheme):
    samples = simulate(8, 8, 30, own=1.0)
    found = specificity(
        samples, scheme=scheme, training=training, margin=1.5, permutations=99, random_state=0
    )
    for each, fact in zip(found.modalities, found.comparators, strict=True):
        assert each.separation.ci95[0] > 0
        assert each.separation.p_value == 0.01
        assert fact.separation_ci95 == each.separation.ci95
        assert fact.salience_ci95 == each.salience.ci95
        assert fact.margin == 1.5


def test_trained_on_noise_against_each_modality_keeps_its_level():
    p, means = [], []
    for seed in range(60):
        samples = simulate(3, 6, 10, seed=seed)
        found = specificity(
            samples, training="modality", scheme="leave-one-trial-out", modalities=["touch"],
            permutations=39, random_state=seed,
        )  # fmt: skip
        p.append(found.modalities[0].separation.p_value)
        means.append(found.modalities[0].separation.null_mean)
    assert np.mean(means) < 0.0  # leave-one-trial-out is biased, hence the null
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.12)


def test_the_block_of_results_json():
    samples = simulate(3, 6, 10)
    found = specificity(samples, margin=1.0, base_rate=0.1, permutations=9, random_state=0)
    block = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert block["trained_on"] == "pain against baseline"
    assert block["exchanged"] == "labels of pain and each modality within run and subject"
    assert block["confusion"]["rows"] == ["pain", "baseline", "sound", "touch"]
    assert np.sum(block["confusion"]["counts"]) == len(samples)
    touch = block["modalities"][1]
    assert (touch["modality"], touch["n"], touch["margin"]) == ("touch", 18, 1.0)
    inferred = block["reverse_inference"]
    assert inferred["base_rate"] == 0.1
    others = [c[0] for c in block["confusion"]["counts"][2:]]
    assert 1 - inferred["specificity"] == pytest.approx(sum(others) / 36)
    low, high = inferred["ci95"]
    assert low <= inferred["probability"] <= high
    each = specificity(samples, training="modality", scheme="leave-one-pair-out").to_dict()
    assert each["confusion"]["rows"][0] == "pain (against sound)"
    assert each["modalities"][0]["salience_ci95"] is None


def test_the_order_of_samples_does_not_matter():
    samples = simulate(3, 6, 10)
    order = np.random.default_rng(6).permutation(len(samples))
    for scheme, training in product(("leave-one-trial-out", *BETWEEN), ("baseline", "modality")):
        a = specificity(samples, scheme=scheme, training=training)
        b = specificity(samples.take(order), scheme=scheme, training=training)
        np.testing.assert_allclose(b.decisions, a.decisions[order], atol=1e-10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modalities": ["smell"]}, "'smell'; expected one of baseline, pain, sound, touch"),
        ({"pain": "ache"}, "'ache'"),
        ({"modalities": ["pain"]}, "other than pain and baseline"),
        ({"training": "both"}, "training"),
        ({"scheme": "leave-one-out"}, "leave-one-trial-out"),
        ({"estimator": "svm"}, "estimator"),
        ({"regularization": 0.0}, "regularization"),
        ({"margin": -1.0}, "margin"),
        ({"base_rate": 0.1, "training": "modality"}, "base_rate"),
        ({"groups": np.array(["a"]), "scheme": "leave-one-group-out"}, "groups"),
    ],
)
def test_bad_input_is_one_clear_line(options, message):
    with pytest.raises(InputError, match=message) as error:
        specificity(simulate(), **options)
    assert "\n" not in str(error.value)


def test_a_subject_with_one_trial_is_named():
    samples = simulate()
    few = samples.take(
        (samples.subject != "s1") | (samples.modality != "pain") | (samples.run == "0")
    )
    few = few.take(
        ~((few.subject == "s1") & (few.modality == "pain") & (np.arange(len(few)) % 4 == 0))
    )
    with pytest.raises(InputError, match="subject 's1'"):
        specificity(few)
    unnamed = Samples.of(
        samples.features, samples.target, samples.subject, modality=samples.modality
    )
    with pytest.raises(InputError, match="without a name"):
        specificity(unnamed, scheme="leave-one-run-out")
