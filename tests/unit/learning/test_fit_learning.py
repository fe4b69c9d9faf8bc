"""The whole fit on a simulated study with planted truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.learning.fit import FitOptions, fit_learning, make_evidence
from dolorimeter.learning.observations import sort_by_subject
from dolorimeter.learning.simulate import simulate_learning


@pytest.fixture(scope="module")
def study():
    strong = {"rt": 0.8, "heart-rate": 0.8, "pain": -0.5}
    return simulate_learning(
        n_subjects=8, alpha=0.3, spread=0.0, correlations=strong, missing=0.02, random_state=0
    )


@pytest.fixture(scope="module")
def fit(study):
    return fit_learning(
        study.trials, ("td",), ("rt", "heart-rate", "preference"),
        preferences=study.preferences, permutations=99, bootstrap=50, random_state=0,
    )  # fmt: skip


def test_every_way_finds_the_planted_rate(fit):
    for measure in ("rt", "heart-rate"):
        found = fit.of("td", measure)
        assert found.correlation is not None
        assert found.correlation.identified
        assert found.correlation.estimate[0] == pytest.approx(0.3, abs=0.06)
        for how in ("subject", "pooled", "hierarchical"):
            assert found.estimates[how].group[0] == pytest.approx(0.3, abs=0.06)
            low, high = found.estimates[how].ci95[0]
            assert low < high
        assert found.estimates["pooled"].identified
        assert found.estimates["hierarchical"].identified


def test_likelihoods_are_ordered(fit, study):
    """Own parameters fit best, shared ones worse, none worst."""
    found = fit.of("td", "rt")
    own, shared = found.estimates["subject"], found.estimates["pooled"]
    assert (own.log_likelihood >= shared.log_likelihood - 1e-9).all()
    assert (shared.log_likelihood >= np.array(found.without) - 1e-9).all()
    assert shared.objective <= shared.log_likelihood.sum()
    more = fit_learning(study.trials, ("dual-rate",), ("rt",), ("subject",), ("likelihood",))
    wide = more.of("dual-rate", "rt").estimates["subject"]
    assert (wide.log_likelihood >= own.log_likelihood - 1e-4).all()


def test_bic_counts_parameters(fit):
    found = fit.of("td", "rt")
    own = found.estimates["subject"]
    # alpha, intercept, slope, error variance in each of 8 subjects.
    assert own.n_parameters == 32
    expected = (4 * np.log(found.counts) - 2 * own.log_likelihood).sum()
    assert own.bic == pytest.approx(expected)
    pooled = found.estimates["pooled"]
    assert pooled.n_parameters == 1 + 1 + 8 * 2
    assert pooled.bic == pytest.approx(18 * np.log(sum(found.counts)) - 2 * pooled.objective)


def test_profile_peaks_at_the_estimate(fit):
    pooled = fit.of("td", "rt").estimates["pooled"]
    profile = pooled.profiles[0]
    assert profile.grid[profile.values.argmax()] == pytest.approx(pooled.group[0], abs=0.01)
    assert profile.values.max() <= pooled.objective + 1e-9


def test_sensitivity_names_its_cases(fit):
    cases = {case.what: case for case in fit.of("td", "rt").sensitivity}
    assert set(cases) == {
        "starting values 0.5 towards what follows", "starting values 0.5 away from what follows",
        "first 10 trials left out", "cue A alone", "cue B alone",
    }  # fmt: skip
    best = fit.of("td", "rt").correlation
    assert cases["starting values 0.5 towards what follows"].best.r < best.best.r
    assert cases["first 10 trials left out"].best.n_trials < best.best.n_trials


def test_results_are_plain_for_json_and_repeatable(fit, study):
    again = fit_learning(
        study.trials, ("td",), ("rt",), permutations=19, bootstrap=9, random_state=1
    )
    twice = fit_learning(
        study.trials, ("td",), ("rt",), permutations=19, bootstrap=9, random_state=1
    )
    text = json.dumps(fit.to_dict(), allow_nan=False)
    assert "starting values" in text
    assert json.dumps(again.to_dict()) == json.dumps(twice.to_dict())
    assert len(fit.table) == 4 + 4 + 3
    assert fit.of("td", "rt").parameters("subject").index[0] == study.trials.subject[0]


def test_order_of_rows_between_subjects_does_not_matter(study):
    trials = study.trials
    interleaved = trials.take(np.argsort(np.tile(np.arange(90), 8), kind="stable"))
    a, b = (
        fit_learning(t, ("td",), ("heart-rate",), ("subject",), ("likelihood",), bootstrap=0)
        for t in (trials, interleaved)
    )
    np.testing.assert_array_equal(
        a.of("td", "heart-rate").estimates["subject"].subjects,
        b.of("td", "heart-rate").estimates["subject"].subjects,
    )


def test_one_subject_is_enough_and_says_so(study):
    one = study.trials.take(study.trials.subject == study.trials.subject[0])
    found = fit_learning(one, ("td",), ("rt",), permutations=19, random_state=0).of("td", "rt")
    assert np.isnan(found.estimates["subject"].ci95).all()
    assert not found.estimates["pooled"].identified


def test_runs_left_out_do_not_reach_the_fit(study):
    """Other runs may hold anything: the transform and the fit see the runs named only."""
    trials = study.trials
    runs = np.unique(trials.run)
    assert len(runs) > 1
    other = trials.measures["rt"].copy()
    other[trials.run == runs[-1]] = 9.0
    changed = replace(trials, measures={"rt": other})
    a, b = (
        fit_learning(
            t, ("td",), ("rt",), ("subject",), ("likelihood",), runs=runs[:-1], bootstrap=0
        )
        for t in (trials, changed)
    )
    np.testing.assert_array_equal(
        a.of("td", "rt").estimates["subject"].subjects,
        b.of("td", "rt").estimates["subject"].subjects,
    )


def test_options_reach_the_model(study):
    ordered = sort_by_subject(study.trials)
    kept = make_evidence(ordered, "td", "rt", options=FitOptions(keep_neutral=True))
    left = make_evidence(ordered, "td", "rt")
    assert kept.counts.sum() > left.counts.sum()
    signed = make_evidence(ordered, "td", "pain")
    assert signed.predictor.regressor == "value"


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"models": ("tdd",)}, "model: 'tdd'"),
        ({"measures": ("sweat",)}, "measure: 'sweat'"),
        ({"how": ("mean",)}, "how: 'mean'"),
        ({"criterion": ("r2",)}, "criterion: 'r2'"),
        ({"runs": ("99",)}, "runs: '99'"),
        ({"measures": ("preference",)}, "preferences: none"),
    ],
)
def test_wrong_names_are_one_clear_line(study, changes, match):
    with pytest.raises(InputError, match=match):
        fit_learning(study.trials, **{"models": ("td",), "measures": ("rt",), **changes})


def test_transitions_have_no_choice_between_cues(study):
    with pytest.raises(InputError, match="a model with a value for each cue"):
        make_evidence(sort_by_subject(study.trials), "transitions", "preference", study.preferences)


def test_fits_are_named(fit):
    with pytest.raises(InputError, match="fit: 'rw' and 'rt'"):
        fit.of("rw", "rt")
    with pytest.raises(InputError, match="how: 'bayes'"):
        fit.of("td", "rt").parameters("bayes")
