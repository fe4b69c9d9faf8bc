"""The estimator: what it learns, what it says of itself, and what it refuses."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.states import GaussianHMM, HMMParameters, load_model
from dolorimeter.states.gaussian_hmm import EXPECTED_FAILED_CHECKS

LENGTHS = np.array([50, 40, 60, 55, 45] * 6)
TRUTH = GaussianHMM.from_parameters(
    [0.5, 0.3, 0.2],
    [[0.90, 0.08, 0.02], [0.10, 0.80, 0.10], [0.05, 0.15, 0.80]],
    [[0, 0, 0, 1], [2, 1, 0, 0], [4, 3, 1, -1]],
    [[1, 1, 1, 2], [1, 1, 2, 1], [1, 0.5, 1, 1]],
)


def data(labeled=0.3, missing=0.3, seed=0, lengths=LENGTHS):
    rng = np.random.default_rng(seed)
    X, z = TRUTH.sample(lengths, random_state=rng)
    X[rng.random(X.shape) < missing] = np.nan
    return X, np.where(rng.random(len(z)) < labeled, z, -1), z


def same(one, two, **tolerance):
    for name, array in one.parameters_.to_arrays().items():
        np.testing.assert_allclose(two.parameters_.to_arrays()[name], array, **tolerance)


@pytest.mark.parametrize("init", ["labels", "kmeans"])
def test_parameters_are_recovered(init):
    X, y, z = data(lengths=np.tile(LENGTHS, 8))
    model = GaussianHMM(init=init, random_state=0).fit(X, y, np.tile(LENGTHS, 8))
    np.testing.assert_allclose(model.means_, TRUTH.means_, atol=0.12)
    np.testing.assert_allclose(model.variances_, TRUTH.variances_, rtol=0.15)
    np.testing.assert_allclose(model.transmat_, TRUTH.transmat_, atol=0.03)
    np.testing.assert_allclose(model.startprob_, TRUTH.startprob_, atol=0.15)
    assert (model.predict(X, np.tile(LENGTHS, 8)) == z).mean() > 0.88


def test_without_labels_the_states_are_found_up_to_their_names():
    X, _, z = data(missing=0.1)
    for y in (None, np.full(len(X), -1)):
        model = GaussianHMM(n_states=3, random_state=0).fit(X, y, LENGTHS)
        assert model.classes_.tolist() == [0, 1, 2]
        order = np.argsort(model.means_[:, 0])
        assert (np.argsort(order)[model.predict(X, LENGTHS)] == z).mean() > 0.85


def test_without_unlabeled_weight_emissions_are_moments_of_the_labeled_steps():
    X, y, _ = data()
    model = GaussianHMM(unlabeled_weight=0.0).fit(X, y, LENGTHS)
    frame = pd.DataFrame(X).groupby(y)
    np.testing.assert_allclose(model.means_, frame.mean().loc[0:], rtol=1e-10)
    np.testing.assert_allclose(model.variances_, frame.var(ddof=0).loc[0:], rtol=1e-10)


def test_fully_labeled_data_give_counts():
    X, _, z = data(missing=0)
    model = GaussianHMM(start_prior=0, transition_prior=0).fit(X, z, LENGTHS)
    starts = np.concatenate([[0], np.cumsum(LENGTHS)[:-1]])
    np.testing.assert_allclose(model.startprob_, np.bincount(z[starts]) / len(LENGTHS))
    later = np.setdiff1d(np.arange(len(z)), starts)
    counts = np.zeros((3, 3))
    np.add.at(counts, (z[later - 1], z[later]), 1)
    np.testing.assert_allclose(model.transmat_, counts / counts.sum(axis=1, keepdims=True))
    smoothed = GaussianHMM(start_prior=2, transition_prior=5).fit(X, z, LENGTHS)
    expected = (counts + 5) / (counts + 5).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(smoothed.transmat_, expected)


def test_weight_of_a_stay_is_how_often_it_is_seen():
    X, y, _ = data(lengths=LENGTHS[:4])
    weight = np.array([1, 2, 0, 3])
    weighted = GaussianHMM().fit(X, y, LENGTHS[:4], np.repeat(weight, LENGTHS[:4]))
    stays = np.split(np.arange(len(X)), np.cumsum(LENGTHS[:3]))
    rows = np.concatenate([stays[i] for i in np.repeat(np.arange(4), weight)])
    repeated = GaussianHMM().fit(X[rows], y[rows], np.repeat(LENGTHS[:4], weight))
    same(weighted, repeated, rtol=1e-9)


def test_sets_of_classes_narrow_the_posterior():
    X, y, z = data()
    low_or_not = np.stack([z == 0, z != 0, z != 0], axis=1)
    told = GaussianHMM().fit(X, y, LENGTHS, allowed=low_or_not)
    plain = GaussianHMM().fit(X, y, LENGTHS)
    assert np.abs(told.means_ - TRUTH.means_).mean() < np.abs(plain.means_ - TRUTH.means_).mean()
    single = np.where((y >= 0)[:, None], np.eye(3, dtype=bool)[y], True)
    by_sets = GaussianHMM(init=plain.parameters_).fit(X, np.full_like(y, -1), LENGTHS, None, single)
    by_labels = GaussianHMM(init=plain.parameters_).fit(X, y, LENGTHS)
    same(by_sets, by_labels, rtol=0)


def test_running_out_is_not_converging():
    X, y, _ = data()
    short = GaussianHMM(n_iter=2).fit(X, y, LENGTHS).outcome_
    assert (short.converged, short.n_iter, len(short.objective_path)) == (False, 2, 3)
    assert "Ran out" in short.message
    endless = GaussianHMM(n_iter=300, tol=None).fit(X, y, LENGTHS).outcome_
    assert (endless.converged, endless.n_iter) == (False, 300)
    done = GaussianHMM(n_iter=300).fit(X, y, LENGTHS).outcome_
    assert done.converged
    assert done.n_iter < 300
    gains = np.diff(done.objective_path)
    assert (gains[:-1] >= 1e-4).all()
    assert gains[-1] < 1e-4
    assert np.diff(endless.objective_path).min() > -1e-8


@pytest.mark.parametrize("weight", [1.0, 0.3, 0.0])
def test_log_likelihood_of_the_outcome_is_that_of_what_was_observed(weight):
    X, y, _ = data()
    model = GaussianHMM(unlabeled_weight=weight).fit(X, y, LENGTHS)
    assert model.outcome_.log_likelihood == pytest.approx(model.score(X, y, LENGTHS), rel=1e-12)


def test_guards_that_hold_something_up_are_named():
    X, y, z = data(missing=0)
    frame = pd.DataFrame(X, columns=["pulse", "spo2", "flat", "systolic"])
    frame["flat"] = 7.0
    names = np.array(["low", "medium", "high"])
    model = GaussianHMM(variance_floor=0.01, transition_prior=50.0).fit(frame, names[z], LENGTHS)
    bound = model.outcome_.floors_bound
    assert {f"variance[{c}, flat]" for c in names} == {b for b in bound if "variance" in b}
    assert "transition[low, high]" in bound
    assert "transition[low, low]" not in bound
    assert (model.variances_[:, 2] == 0.01).all()
    np.testing.assert_allclose(model.means_[:, 2], 7.0)
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    assert (
        GaussianHMM(start_prior=0, transition_prior=0).fit(X, y, LENGTHS).outcome_.floors_bound
        == ()
    )


def test_kmeans_restarts_keep_the_best():
    X, _, _ = data(missing=0.05)
    rng = np.random.default_rng
    one = [GaussianHMM(4, "kmeans", n_init=1, random_state=rng(s)).fit(X) for s in range(4)]
    many = GaussianHMM(4, "kmeans", n_init=12, random_state=0).fit(X)
    best = max(m.outcome_.objective_path[-1] for m in one)
    assert many.outcome_.objective_path[-1] >= best - 1e-3


def test_one_step_stays_and_one_class():
    X, y, _ = data(lengths=np.ones(80, int), labeled=0.8)
    model = GaussianHMM().fit(X, y, np.ones(80, int))
    np.testing.assert_allclose(model.predict_proba(X, np.ones(80, int)).sum(axis=1), 1)
    single = GaussianHMM().fit(X, np.zeros(80, int))
    assert (single.predict(X) == 0).all()


def test_states_are_as_many_as_the_labels_name():
    X, _, z = data()
    five = z + 2 * (X[:, 0] > 2)
    model = GaussianHMM(n_states=2).fit(X, five, LENGTHS)
    assert model.transmat_.shape == (5, 5)
    assert model.forecast(X, 3, LENGTHS).shape == (30, 3, 5)


def test_emissions_never_seen_with_a_class_start_from_all_steps():
    X, _, z = data(missing=0)
    X[z == 2, 3] = np.nan
    y = np.where(np.arange(len(z)) % 2, z, -1)
    model = GaussianHMM(unlabeled_weight=0.0).fit(X, y, LENGTHS)
    assert model.means_[2, 3] == pytest.approx(np.nanmean(X[:, 3]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a["y"].__setitem__(a["y"] == 1, -1), "no step of class 1"),
        (lambda a: a["X"].__setitem__((slice(None), 2), np.nan), "no value at all in column 2"),
        (lambda a: a["X"].__setitem__((3, 1), np.inf), r"infinite value \(inf\) in column 1"),
        (lambda a: a["X"].__setitem__((3, 1), 1e200), "huge value in column 1"),
        (lambda a: a.update(lengths=[3, 4]), "lengths: sum 7"),
        (lambda a: a.update(lengths=[0, *LENGTHS]), "lengths"),
        (lambda a: a.update(sample_weight=np.arange(len(a["X"]))), "another weight within a stay"),
        (lambda a: a.update(sample_weight=(a["y"] != 2) * 1.0), "another weight|0 for all steps"),
        (lambda a: a.update(allowed=np.ones((len(a["X"]), 2), bool)), "allowed"),
        (lambda a: a.update(allowed=np.eye(3, dtype=bool)[np.zeros(len(a["X"]), int)]), "allowed"),
    ],
)
def test_bad_data_are_refused(change, message):
    X, y, _ = data()
    arguments = {"X": X, "y": y, "lengths": LENGTHS}
    change(arguments)
    with pytest.raises(InputError, match=message):
        GaussianHMM().fit(**arguments)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("n_iter", -1), ("n_iter", 1.5), ("tol", -1.0), ("variance_floor", 0.0),
        ("unlabeled_weight", 1.1), ("start_prior", -1.0), ("transition_prior", np.nan),
        ("transition_prior", [1.0, 2.0]), ("init", "random"), ("n_init", 0),
        ("init", HMMParameters([1.0], [[1.0]], [[0.0]], [[1.0]])),
    ],
)  # fmt: skip
def test_bad_settings_are_refused(setting, value):
    X, y, _ = data()
    with pytest.raises(InputError, match=setting if setting != "init" else "init|y:"):
        GaussianHMM(**{setting: value}).fit(X, y, LENGTHS)


def test_bad_number_of_states_is_refused_without_labels():
    for n_states in (0, 63, 2.0):
        with pytest.raises(InputError, match="n_states"):
            GaussianHMM(n_states).fit(data()[0])


def test_a_column_by_its_name():
    X, y, _ = data()
    frame = pd.DataFrame(X, columns=["pulse", "spo2", "temperature", "systolic"])
    frame["spo2"] = np.nan
    with pytest.raises(InputError, match="no value at all in column spo2"):
        GaussianHMM().fit(frame, y, LENGTHS)


def test_labels_that_the_starting_point_rules_out_are_refused():
    X, _, _ = data(lengths=np.array([3]))
    rigid = HMMParameters(np.ones(3) / 3, np.eye(3), TRUTH.means_, TRUTH.variances_)
    model = GaussianHMM(init=rigid, transition_prior=0)
    with pytest.raises(InputError, match="probability zero under the starting point"):
        model.fit(X, np.array([0, -1, 1]))
    assert GaussianHMM(transition_prior=0).fit(X, np.array([0, 1, 2])).outcome_.n_iter > 0


def test_kmeans_needs_whole_steps():
    X, y, _ = data(missing=0.0)
    X[2:, 0] = np.nan
    with pytest.raises(InputError, match="kmeans"):
        GaussianHMM(init="kmeans").fit(X, y, LENGTHS)


def test_starting_from_the_end_changes_nothing():
    X, y, _ = data()
    done = GaussianHMM(n_iter=2000, tol=1e-10).fit(X, y, LENGTHS)
    again = GaussianHMM(init=done.parameters_).fit(X, y, LENGTHS)
    assert again.outcome_.n_iter == 1
    same(done, again, rtol=1e-4, atol=1e-6)


def test_units_do_not_matter():
    X, y, _ = data()
    scale, shift = np.array([1.0, 1e3, 1e-3, 50]), np.array([0, 1e6, 37.0, -40])
    plain = GaussianHMM(variance_floor=1e-12).fit(X, y, LENGTHS)
    scaled = GaussianHMM(variance_floor=1e-12).fit(X * scale + shift, y, LENGTHS)
    np.testing.assert_allclose(scaled.means_, plain.means_ * scale + shift, rtol=1e-7)
    np.testing.assert_allclose(scaled.variances_, plain.variances_ * scale**2, rtol=1e-6)
    np.testing.assert_allclose(scaled.transmat_, plain.transmat_, rtol=1e-7)


def test_scikit_learns_checks_pass_but_for_the_declared_ones():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(
            GaussianHMM(), expected_failed_checks=EXPECTED_FAILED_CHECKS, on_fail="raise"
        )
    failed = {r["check_name"] for r in results if r["status"] == "xfail"}
    assert failed == set(EXPECTED_FAILED_CHECKS)
    assert len(failed) == 4


def test_a_stored_model_says_the_same_to_the_last_bit(tmp_path):
    X, y, _ = data()
    start = GaussianHMM(n_iter=1).fit(X, y, LENGTHS).parameters_
    prior = np.full((3, 3), 0.5)
    model = GaussianHMM(init=start, transition_prior=prior, tol=None, n_iter=5, random_state=3)
    model.fit(X, np.array(list("abc"))[np.maximum(y, 0)], LENGTHS)
    model.save(tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    same(model, loaded, rtol=0)
    assert loaded.outcome_ == model.outcome_
    assert loaded.classes_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(loaded.filter(X, LENGTHS), model.filter(X, LENGTHS))
    loaded.fit(X, y, LENGTHS)
    assert loaded.get_params()["init"] is not None


def test_score_with_classes_counts_them_as_observed():
    X, _, z = data(lengths=LENGTHS[:3])
    whole = TRUTH.score(X, z, LENGTHS[:3])
    assert whole < TRUTH.score(X, lengths=LENGTHS[:3])
    with pytest.raises(InputError, match="class 7"):
        TRUTH.score(X, np.full(len(X), 7), LENGTHS[:3])


def test_sample_draws_from_the_model():
    X, y = TRUTH.sample(np.full(400, 50), random_state=5)
    again, _ = TRUTH.sample(np.full(400, 50), random_state=np.random.default_rng(5))
    np.testing.assert_array_equal(X, again)
    for k in range(3):
        np.testing.assert_allclose(X[y == k].mean(axis=0), TRUTH.means_[k], atol=0.1)
        np.testing.assert_allclose(X[y == k].var(axis=0), TRUTH.variances_[k], rtol=0.1)
    assert TRUTH.sample(random_state=0)[0].shape == (1, 4)


def test_fits_in_threads_do_not_disturb_each_other():
    problems = [data(seed=s, lengths=LENGTHS[:5])[:2] for s in range(8)]
    alone = [GaussianHMM().fit(X, y, LENGTHS[:5]) for X, y in problems]
    with ThreadPoolExecutor(4) as pool:
        models = pool.map(lambda p: GaussianHMM().fit(*p, LENGTHS[:5]), problems)
        for one, other in zip(alone, models, strict=True):
            same(one, other, rtol=0)
