"""Semi-supervised naive Bayes against plain loops, closed forms and scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB as Supervised
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.states.gaussian_hmm import GaussianHMM
from dolorimeter.states.gaussian_nb import EXPECTED_FAILED_CHECKS, GaussianNB


def simulate(seed, n=120, n_classes=3, n_vitals=4, unlabeled=0.6, missing=0.3, distance=1.0):
    """Windows of a mixture, with missing vitals and labels; each class keeps a label."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(n_classes, n, p=rng.dirichlet(np.full(n_classes, 8.0)))
    truth[:n_classes] = np.arange(n_classes)
    means = distance * rng.normal(size=(n_classes, n_vitals))
    X = means[truth] + rng.normal(size=(n, n_vitals)) * rng.uniform(0.5, 2, n_vitals)
    X[rng.random(X.shape) < missing] = np.nan
    y = np.where(rng.random(n) < unlabeled, -1, truth)
    y[:n_classes] = np.arange(n_classes)
    return X, y, truth


def density(x, mean, variance):
    return math.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)


def brute_force_em(X, y, n_iter, u=1.0, floor=1e-3, prior=None, weight=None, allowed=None):
    """EM in plain loops: one window, one class, one vital at a time (Eqs 1-4)."""
    n, n_vitals = X.shape
    n_classes = int(y.max()) + 1
    weight = np.ones(n) if weight is None else weight
    allowed = np.ones((n, n_classes), bool) if allowed is None else allowed

    def moments(share, old):
        means, variances = np.empty((2, n_classes, n_vitals))
        for k in range(n_classes):
            for d in range(n_vitals):
                rows = [i for i in range(n) if share[i, k] > 0 and not np.isnan(X[i, d])]
                total = sum(share[i, k] for i in rows)
                if total == 0:
                    means[k, d], variances[k, d] = old[0][k, d], old[1][k, d]
                    continue
                means[k, d] = sum(share[i, k] * X[i, d] for i in rows) / total
                spread = sum(share[i, k] * (X[i, d] - means[k, d]) ** 2 for i in rows) / total
                variances[k, d] = max(spread, floor)
        return means, variances

    labeled = np.array([[weight[i] * (y[i] == k) for k in range(n_classes)] for i in range(n)])
    overall = np.nanmean(X, axis=0), np.maximum(np.nanvar(X, axis=0), floor)
    means, variances = moments(labeled, [np.tile(a, (n_classes, 1)) for a in overall])
    fixed = prior
    prior = labeled.sum(axis=0) / labeled.sum() if fixed is None else fixed
    path = []
    for _ in range(n_iter + 1):
        objective, share = 0.0, np.zeros((n, n_classes))
        for i in range(n):
            power = 1.0 if y[i] >= 0 else u
            joint = []
            for k in range(n_classes):
                p = prior[k] if allowed[i, k] and y[i] in (-1, k) else 0.0
                for d in range(n_vitals):
                    if not np.isnan(X[i, d]):
                        p *= density(X[i, d], means[k, d], variances[k, d]) ** power
                joint.append(p)
            objective += weight[i] * math.log(sum(joint))
            share[i] = weight[i] * np.array(joint) / sum(joint)
        path.append(objective)
        before = prior, means, variances
        prior = share.sum(axis=0) / share.sum() if fixed is None else fixed
        powers = np.where(y >= 0, 1.0, u)[:, None]
        means, variances = moments(share * powers, (means, variances))
    return before, path


@pytest.mark.parametrize("u", [1.0, 0.3, 0.0])
@pytest.mark.parametrize("prior", ["empirical", "uniform", (0.5, 0.3, 0.2)])
def test_equals_plain_loops_along_the_whole_path(u, prior):
    X, y, _ = simulate(1, n=60)
    X[np.isnan(X).all(axis=1), 0] = 0.0
    if u == 0:
        y = np.where(y < 0, 0, y)  # without weight, open windows are left out: see below
    fixed = {"empirical": None, "uniform": np.full(3, 1 / 3)}.get(prior, prior)
    expected, path = brute_force_em(X, y, 7, u=u, prior=fixed)
    model = GaussianNB(prior, unlabeled_weight=u, n_iter=7, tol=None).fit(X, y)
    for found, wanted in zip(
        (model.class_prior_, model.means_, model.variances_), expected, strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(model.outcome_.objective_path, path, rtol=1e-12)
    assert model.outcome_.n_iter == 7


def test_equals_plain_loops_with_weights_and_sets_of_classes():
    X, y, truth = simulate(2, n=50)
    X[np.isnan(X).all(axis=1), 0] = 0.0
    rng = np.random.default_rng(3)
    allowed = rng.random((50, 3)) < 0.5
    allowed[np.arange(50), truth] = True
    weight = rng.integers(1, 4, 50) / 2
    alone = allowed.sum(axis=1) == 1
    expected, path = brute_force_em(
        X, np.where(alone, truth, y), 5, u=0.7, weight=weight, allowed=allowed
    )
    model = GaussianNB(unlabeled_weight=0.7, n_iter=5, tol=None)
    model.fit(X, y, sample_weight=weight, allowed=allowed)
    np.testing.assert_allclose(model.class_prior_, expected[0], rtol=1e-10)
    np.testing.assert_allclose(model.means_, expected[1], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(model.variances_, expected[2], rtol=1e-9)
    np.testing.assert_allclose(model.outcome_.objective_path, path, rtol=1e-12)


def test_windows_that_tell_nothing_change_no_optimum():
    X, y, _ = simulate(4, n=90, missing=0.2, distance=2.0)
    X[60:], y[60:] = np.nan, -1
    expected, _ = brute_force_em(X, y, 400)
    model = GaussianNB(n_iter=400, tol=1e-13).fit(X, y)
    np.testing.assert_allclose(model.class_prior_, expected[0], atol=1e-6)
    np.testing.assert_allclose(model.means_, expected[1], atol=1e-5)
    assert model.outcome_.converged
    without = GaussianNB(n_iter=400, tol=1e-13).fit(X[:60], y[:60])
    assert without.outcome_ == model.outcome_


def test_supervised_equals_scikit_learn():
    X, y, _ = simulate(5, unlabeled=0.0, missing=0.0)
    model, reference = GaussianNB().fit(X, y), Supervised(var_smoothing=0).fit(X, y)
    np.testing.assert_allclose(model.means_, reference.theta_, rtol=1e-12)
    np.testing.assert_allclose(model.variances_, reference.var_, rtol=1e-12)
    np.testing.assert_allclose(model.class_prior_, reference.class_prior_, rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba(X), reference.predict_proba(X), atol=1e-12)
    assert model.outcome_.converged
    assert model.outcome_.n_iter == 1


def test_no_weight_takes_emissions_and_prior_from_labels_alone():
    X, y, _ = simulate(6, missing=0.0)
    model = GaussianNB(unlabeled_weight=0.0).fit(X, y)
    reference = Supervised(var_smoothing=0).fit(X[y >= 0], y[y >= 0])
    np.testing.assert_allclose(model.means_, reference.theta_, rtol=1e-12)
    np.testing.assert_allclose(model.class_prior_, reference.class_prior_, rtol=1e-12)


def test_posterior_of_two_classes_is_logistic():
    model = GaussianNB.from_parameters([0.25, 0.75], [[60.0], [80.0]], [[25.0], [25.0]])
    x = np.linspace(40, 100, 13)
    odds = math.log(3) + (x - 70) * 20 / 25
    expected = 1 / (1 + np.exp(-odds))
    np.testing.assert_allclose(model.predict_proba(x[:, None])[:, 1], expected, rtol=1e-12)


def test_is_the_hidden_markov_model_whose_next_class_ignores_the_last():
    X, y, _ = simulate(16)
    model = GaussianNB().fit(X, y)
    prior = model.class_prior_
    chain = GaussianHMM.from_parameters(prior, [prior] * 3, model.means_, model.variances_)
    expected = chain.predict_proba(X, [20, 100])
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-12)
    assert model.log_likelihood(X, y) == pytest.approx(chain.score(X, y), rel=1e-10)


def test_missing_vitals_are_integrated_out():
    rng = np.random.default_rng(7)
    means, variances = rng.normal(size=(3, 2)), rng.uniform(0.5, 2, (3, 2))
    prior = [0.2, 0.3, 0.5]
    both = GaussianNB.from_parameters(prior, means, variances)
    one = GaussianNB.from_parameters(prior, means[:, :1], variances[:, :1])
    X = np.column_stack([rng.normal(size=9), np.full(9, np.nan)])
    np.testing.assert_allclose(both.predict_proba(X), one.predict_proba(X[:, :1]), rtol=1e-13)
    nothing = both.predict_proba(np.full((1, 2), np.nan))
    np.testing.assert_allclose(nothing, [prior], rtol=1e-14)


def test_an_outlying_value_does_not_underflow():
    model = GaussianNB.from_parameters([0.5, 0.5], [[0.0], [1.0]], [[1e-3], [1e-3]])
    np.testing.assert_array_equal(model.predict_proba([[1e6], [-1e6]]), [[0, 1], [1, 0]])


def test_live_steps_equal_the_batch_to_the_bit():
    X, y, _ = simulate(8)
    model = GaussianNB().fit(X, y)
    batch = model.filter(X, known=y)
    state = model.start()
    for row, expected in zip(X, batch, strict=True):
        state, posterior = model.step(state, row)
        np.testing.assert_array_equal(posterior, expected)
    np.testing.assert_array_equal(batch, model.predict_proba(X, [50, 70]))


def test_log_likelihood_and_criteria_by_definition():
    X, y, _ = simulate(8, n=30)
    X[:3], y[:2] = np.nan, -1
    model = GaussianNB.from_parameters([0.5, 0.3, 0.2], np.eye(3, 4), np.full((3, 4), 2.0))
    expected, labels_too = 0.0, 0.0
    for row, label in zip(X, y, strict=True):
        joint = np.array([0.5, 0.3, 0.2])
        for k in range(3):
            for d in range(4):
                if not np.isnan(row[d]):
                    joint[k] *= density(row[d], float(k == d), 2.0)
        expected += math.log(joint.sum())
        labels_too += math.log(joint.sum() if label < 0 else joint[label])
    assert model.log_likelihood(X) == pytest.approx(expected, rel=1e-12)
    assert model.log_likelihood(X, y) == pytest.approx(labels_too, rel=1e-12)
    assert model.aic(X, y) == pytest.approx(2 * 26 - 2 * labels_too)
    observed = (~np.isnan(X).all(axis=1) | (y >= 0)).sum()
    assert model.bic(X, y) == pytest.approx(26 * math.log(observed) - 2 * labels_too)
    assert model.set_params(class_prior="uniform").aic(X) == pytest.approx(2 * 24 - 2 * expected)
    fitted = GaussianNB().fit(X, np.where(y < 0, 0, y))
    at_the_end = fitted.log_likelihood(X, np.where(y < 0, 0, y))
    assert fitted.outcome_.log_likelihood == pytest.approx(at_the_end, rel=1e-10)


def test_score_is_the_accuracy_on_labeled_windows():
    X, y, _ = simulate(8)
    model = GaussianNB().fit(X, y)
    right = (model.predict(X) == y)[y >= 0]
    assert model.score(X, y) == pytest.approx(right.mean())
    weight = np.random.default_rng(0).random(len(y))
    expected = np.average(right, weights=weight[y >= 0])
    assert model.score(X, y, sample_weight=weight) == pytest.approx(expected)


def test_weights_equal_repetition():
    X, y, _ = simulate(9)
    weight = np.random.default_rng(0).integers(0, 3, len(X))
    weight[:3] = 1
    weighted = GaussianNB(tol=None, n_iter=20).fit(X, y, sample_weight=weight)
    repeated = GaussianNB(tol=None, n_iter=20).fit(X.repeat(weight, 0), y.repeat(weight))
    np.testing.assert_allclose(weighted.means_, repeated.means_, rtol=1e-9)
    np.testing.assert_allclose(weighted.class_prior_, repeated.class_prior_, rtol=1e-9)


def test_recovers_what_was_planted():
    rng = np.random.default_rng(10)
    prior, means = np.array([0.6, 0.3, 0.1]), np.array([[0, 0, 0], [1.5, 0, -1], [0, 2, 1.5]])
    truth = rng.choice(3, 20_000, p=prior)
    X = means[truth] + rng.normal(size=(20_000, 3)) * [1.0, 0.7, 1.3]
    X[rng.random(X.shape) < 0.3] = np.nan
    y = np.where(rng.random(20_000) < 0.9, -1, truth)
    model = GaussianNB().fit(X, y)
    assert np.abs(model.class_prior_ - prior).max() < 0.02
    assert np.abs(model.means_ - means).max() < 0.1
    assert np.abs(model.variances_ - np.square([1.0, 0.7, 1.3])).max() < 0.12


@settings(deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0, 0.95),
    st.floats(0, 0.95),
    st.sampled_from([0.0, 0.2, 1.0]),
    st.floats(0.01, 40),
    st.sampled_from([0.01, 1.0, 1000.0]),
)
@example(1728, 0.5, 0.8, 1.0, 30.0, 1000.0)  # far classes: expanded squares would cancel
def test_objective_never_falls(seed, unlabeled, missing, u, distance, unit):
    X, y, _ = simulate(seed, n=40, unlabeled=unlabeled, missing=missing, distance=distance)
    X = X * unit
    model = GaussianNB(unlabeled_weight=u, n_iter=15, tol=None).fit(X, y)
    path = np.array(model.outcome_.objective_path)
    assert (np.diff(path) >= -1e-9 * (1 + np.abs(path[1:]))).all()
    assert model.class_prior_.sum() == pytest.approx(1)


def test_running_out_is_not_convergence_and_the_floor_is_named():
    X, y, _ = simulate(11)
    X[:, 2] = 5.0
    short = GaussianNB(n_iter=2, tol=1e-12).fit(X, y)
    assert not short.outcome_.converged
    assert short.outcome_.message == "Ran out of iterations after 2 iterations."
    assert short.outcome_.floors_bound == tuple(f"variance[{k}, 2]" for k in range(3))
    assert not GaussianNB(tol=None, n_iter=3).fit(X, y).outcome_.converged


def test_a_vital_never_seen_in_a_class_starts_from_all_windows():
    X = np.array([[0.0, 1.0], [0.2, 1.2], [5.0, np.nan], [5.2, np.nan]])
    model = GaussianNB().fit(X, np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(model.means_[1, 1], 1.1)
    np.testing.assert_allclose(model.variances_[1, 1], 0.01)


@pytest.mark.parametrize("class_prior", ["empirical", [0.5, 0.25, 0.25]])
def test_saved_settings_and_parameters_come_back(tmp_path, class_prior):
    from dolorimeter.states.storage import load_arrays

    X, y, _ = simulate(12)
    model = GaussianNB(class_prior, tol=None, n_iter=5).fit(X, y)
    model.save(tmp_path / "m")
    kind, header, arrays = load_arrays(tmp_path / "m")
    again = GaussianNB._from_storage(header, arrays)
    assert kind == "gaussian-nb"
    assert again.get_params() == model.get_params()
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"unlabeled_weight": 1.5}, "unlabeled_weight"),
        ({"unlabeled_weight": "all"}, "unlabeled_weight"),
        ({"variance_floor": 0.0}, "variance_floor"),
        ({"n_iter": 2.5}, "n_iter"),
        ({"tol": float("nan")}, "tol"),
        ({"class_prior": "flat"}, "class_prior"),
        ({"class_prior": [0.5, 0.5]}, "class_prior"),
        ({"class_prior": [0.5, 0.5, 0.5]}, "class_prior"),
    ],
)
def test_refuses_settings_out_of_range(settings, where):
    X, y, _ = simulate(13)
    with pytest.raises(InputError, match=f"^{where}: "):
        GaussianNB(**settings).fit(X, y)


def test_refuses_what_cannot_be_learned():
    X, y, _ = simulate(14)
    with pytest.raises(InputError, match="no labeled step"):
        GaussianNB().fit(X, np.full(len(X), -1))
    with pytest.raises(InputError, match="no step of class 1"):
        GaussianNB().fit(X, np.where(y == 1, -1, y))
    with pytest.raises(InputError, match="lengths: sum 7"):
        GaussianNB().fit(X, y, [3, 4])
    with pytest.raises(InputError, match="0 for all of class 2"):
        GaussianNB().fit(X, y, sample_weight=np.where(y == 2, 0.0, 1.0))
    allowed = np.ones((len(X), 3), bool)
    allowed[0, y[0]] = False
    with pytest.raises(InputError, match="nothing left for step 0"):
        GaussianNB().fit(X, y, allowed=allowed)
    with pytest.raises(InputError, match="allowed: bool of shape"):
        GaussianNB().fit(X, y, allowed=allowed[:, :2])
    model = GaussianNB().fit(X, y)
    with pytest.raises(InputError, match="known: class 3"):
        model.predict_proba(X, known=np.full(len(X), 3))
    with pytest.raises(InputError, match="y: class 3"):
        model.log_likelihood(X, np.full(len(X), 3))
    X[5, 2] = np.inf
    with pytest.raises(InputError, match=r"infinite value .* in column 2"):
        model.predict_proba(X)


def test_classes_may_have_names():
    X, y, _ = simulate(15, unlabeled=0.0)
    names = np.array(["high", "low", "medium"])
    model = GaussianNB().fit(X, names[y])
    assert model.classes_.tolist() == ["high", "low", "medium"]
    np.testing.assert_array_equal(model.predict(X), names[GaussianNB().fit(X, y).predict(X)])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_keeps_scikit_learns_rules_but_for_the_declared_check():
    results = check_estimator(
        GaussianNB(), expected_failed_checks=EXPECTED_FAILED_CHECKS, on_fail="raise"
    )
    declared = {r["check_name"] for r in results if r["status"] == "xfail"}
    assert declared == set(EXPECTED_FAILED_CHECKS)
