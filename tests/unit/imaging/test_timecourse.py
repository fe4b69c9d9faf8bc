"""Courses against planted responses, nilearn's FIR columns and closed forms."""

import numpy as np
import pytest
from nilearn.glm.first_level import make_first_level_design_matrix
from pandas import DataFrame

from dolorimeter.core import InputError, Trials
from dolorimeter.hemodynamics import canonical_hrf
from dolorimeter.imaging.group_courses import group_courses
from dolorimeter.imaging.predicted_courses import predicted_courses, scale_prediction
from dolorimeter.imaging.timecourse import CourseRun, Courses, fit_timecourses
from dolorimeter.imaging.trial_types import rows_of, types_of
from dolorimeter.learning.grid import simulate_grid
from dolorimeter.learning.task_presets import read_design
from dolorimeter.learning.task_trials import make_trials

TR = 2.0
FRAMES = np.arange(240) * TR
TYPES = {"good": {"outcome": "relief"}, "bad": {"outcome": ["none", "worse"]}}
REGIONS = {"left": np.array([True, True, False]), "right": np.array([False, False, True])}


def trials_at(onsets, outcomes, errors=None):
    n = len(onsets)
    quantities = {} if errors is None else errors
    names = (np.full(n, "sub-1"), np.full(n, "run-1"), np.full(n, "A"), np.array(outcomes))
    onsets = np.asarray(onsets, dtype=float)
    return Trials(*names, onsets, onsets + 4.0, np.zeros(n), quantities=quantities)


def random_trials(rng, n=24, aligned=True):
    onsets = 4.0 + np.cumsum(rng.integers(6, 10, n)) * TR
    if not aligned:
        onsets = onsets + rng.uniform(0, TR, n)
    return trials_at(onsets, rng.choice(["relief", "none", "worse"], n))


def shapes(seconds):
    """Two responses that no HRF has."""
    inside = (seconds >= 0) & (seconds < 16)
    return {
        "good": np.where(inside, np.sin(seconds / 3.0) + 0.2, 0.0),
        "bad": np.where(inside, 0.1 * seconds - 0.7, 0.0),
    }


def respond(trials, response=shapes):
    signal = np.zeros(len(FRAMES))
    for name, rows in rows_of(trials, TYPES).items():
        for onset in trials.onset[rows]:
            signal += response(np.round(FRAMES - onset, 9))[name]
    return signal


def run_of(trials, signal, noise=0.0, label="run"):
    drift = np.column_stack([FRAMES, FRAMES**2])
    y = signal + noise + 0.01 * FRAMES
    return CourseRun(np.column_stack([y - 1, y + 1, -2 * y]), FRAMES, trials, drift, label)


@pytest.mark.parametrize("noise", ["ar1", "ols"])
def test_any_shape_is_recovered_from_overlapping_trials_of_two_runs(noise):
    rng = np.random.default_rng(1)
    runs = [run_of(t, respond(t)) for t in (random_trials(rng), random_trials(rng))]
    found = fit_timecourses(runs, REGIONS, TYPES, window=16.0, scaling="none", noise=noise)
    expected = np.stack(list(shapes(found.delays).values()))
    np.testing.assert_allclose(found.delays, np.arange(0, 16, TR), atol=1e-9)
    np.testing.assert_allclose(found.estimates[0], expected, atol=1e-9)
    np.testing.assert_allclose(found.estimates[1], -2 * expected, atol=1e-9)
    assert found.counts.sum() == 48


@pytest.mark.parametrize(("aligned", "first"), [(True, 0), (False, 1)])
def test_equal_to_least_squares_on_nilearns_own_columns(aligned, first):
    """Between frames nilearn's delay d holds lags of d - 1 to d frames: ours is its next."""
    rng = np.random.default_rng(2)
    trials = random_trials(rng, aligned=aligned)
    run = run_of(trials, respond(trials), rng.normal(size=len(FRAMES)))
    found = fit_timecourses([run], REGIONS, TYPES, window=12.0, scaling="none", noise="ols")
    kind = np.where(rows_of(trials, TYPES)["good"], "good", "bad")
    events = DataFrame({"onset": trials.onset, "duration": TR / 100, "trial_type": kind})
    delays = range(first, first + 6)
    design = make_first_level_design_matrix(
        FRAMES, events, hrf_model="fir", fir_delays=delays, drift_model=None, oversampling=100
    )
    names = [name for name in design.columns if name != "constant"]
    columns = (design[names].to_numpy() > 1e-9) * 1.0
    drift = np.vander(FRAMES / FRAMES.max(), 3)
    y = run.data[:, :2].mean(axis=1)
    weights = np.linalg.lstsq(np.column_stack([columns, drift]), y, rcond=None)[0]
    expected = dict(zip(names, weights, strict=False))
    for i, name in enumerate(TYPES):
        theirs = [expected[f"{name}_delay_{d}"] for d in delays]
        np.testing.assert_allclose(found.estimates[0, i], theirs, atol=1e-8)


def test_tents_read_straight_responses_exactly_whenever_events_fall():
    rng = np.random.default_rng(3)
    trials = random_trials(rng, aligned=False)

    def straight(seconds):
        course = np.interp(seconds, [-2, 0, 2, 6, 12, 14], [0, 1, 3, -2, 1, 0], left=0, right=0)
        return {"good": course, "bad": -course}

    run = run_of(trials, respond(trials, straight))
    found = fit_timecourses(
        [run], REGIONS, TYPES, window=14.0, basis="tent", scaling="none", noise="ols"
    )
    expected = np.interp(found.delays, [0, 2, 6, 12], [1, 3, -2, 1])
    np.testing.assert_allclose(found.estimates[0], [expected, -expected], atol=1e-9)


def test_percent_of_the_mean_and_mean_over_voxels():
    trials = random_trials(np.random.default_rng(4))
    signal = respond(trials)
    signal -= signal.mean()
    data = np.column_stack([100 + signal, 300 + 3 * signal, 50 + signal])
    run = CourseRun(data, FRAMES, trials, np.empty((len(FRAMES), 0)))
    found = fit_timecourses([run], REGIONS, TYPES, window=16.0, noise="ols")
    expected = np.stack(list(shapes(found.delays).values()))
    np.testing.assert_allclose(found.estimates[0], expected, atol=1e-9)
    np.testing.assert_allclose(found.estimates[1], 2 * expected, atol=1e-9)


def test_errors_tell_the_spread_where_noise_is_autocorrelated():
    """Slow contrasts over delays are where white errors are too small."""
    rng = np.random.default_rng(5)
    trials = random_trials(rng)
    region = {"all": np.array([True])}
    scores = []
    for _ in range(150):
        noise = rng.normal(size=len(FRAMES) + 50)
        for t in range(1, len(noise)):
            noise[t] += 0.6 * noise[t - 1]
        run = CourseRun(noise[50:, None], FRAMES, trials, FRAMES[:, None] / 480)
        found = fit_timecourses([run], region, TYPES, window=12.0, scaling="none")
        scores.append((found.estimates / found.errors).ravel())
    assert np.std(scores) == pytest.approx(1.0, abs=0.1)
    assert found.autocorrelation[0] == pytest.approx(0.55, abs=0.12)


def test_closed_forms_of_the_predicted_response():
    """Science 2.4: reinforced 0.736 at 8.3 s; not reinforced +0.455 at 4.8 s, -0.338 at 9.8 s."""
    errors = {
        "cue_error": np.array([0.400, 0.458, 0.460, 0.460]),
        "outcome_error": np.array([0.5809, 0.5609, -0.4598, -0.4598]),
    }
    trials = trials_at([10, 40, 70, 100], ["relief", "relief", "none", "none"], errors)
    types = {"reinforced": {"outcome": "relief"}, "unreinforced": {"outcome": "none"}}
    times = np.arange(0, 24, 0.1)
    good, bad = predicted_courses(trials, types, times)
    assert (round(good.max(), 3), round(times[good.argmax()], 1)) == (0.736, 8.3)
    assert (round(bad.max(), 3), round(times[bad.argmax()], 1)) == (0.455, 4.8)
    assert (round(bad.min(), 3), round(times[bad.argmin()], 1)) == (-0.338, 9.8)
    mirrored = trials.with_quantities(**{name: -q for name, q in errors.items()})
    np.testing.assert_allclose(predicted_courses(mirrored, types, times), [-good, -bad])


def test_closed_forms_from_the_task_and_the_model_themselves():
    """Mean errors of the temporal-difference model on the paper's task, over 150 orders."""
    task = make_trials(read_design("relief2005", 0), 0, 150)
    learned = simulate_grid("td", task, [[0.3]])
    trials = task.with_quantities(
        cue_error=learned.cue_error[0], outcome_error=learned.outcome_error[0]
    )
    types = {
        "relief": {"cue": "A", "outcome": "relief"},
        "unreinforced": {"cue": "A", "outcome": "none"},
        "exacerbation": {"cue": "B", "outcome": "exacerbation"},
    }
    good, bad, worse = predicted_courses(trials, types, np.array([8.3, 4.8, 9.8]))
    assert good[0] == pytest.approx(0.736, abs=0.006)
    assert bad[1:] == pytest.approx([0.455, -0.338], abs=0.006)
    np.testing.assert_allclose(worse, -good, atol=0.01)


def test_each_trial_keeps_its_own_lag_and_a_type_without_trials_is_unknown():
    trials = trials_at([10, 40], ["relief", "relief"], {"outcome_error": np.array([1.0, 3.0])})
    late = Trials(
        *(getattr(trials, name) for name in ("subject", "run", "cue", "outcome", "onset")),
        np.array([14.0, 46.0]),
        trials.utility,
        quantities=trials.quantities,
    )
    times = np.array([3.0, 9.0])
    found = predicted_courses(late, TYPES, times, cue=None)
    expected = (canonical_hrf(times - 4) + 3 * canonical_hrf(times - 6)) / 2
    np.testing.assert_allclose(found[0], expected)
    assert np.isnan(found[1]).all()
    locked = predicted_courses(late, TYPES, times, cue=None, at="outcome")
    np.testing.assert_allclose(locked[0], 2 * canonical_hrf(times))


def test_the_factor_is_that_of_least_squares():
    rng = np.random.default_rng(6)
    predicted, measured = rng.normal(size=(2, 5)), rng.normal(size=(3, 2, 5))
    measured[1] = -2.5 * predicted
    measured[2, 0, :2] = np.nan
    found = scale_prediction(measured, predicted)
    assert found.factors[1] == pytest.approx(-2.5)
    assert found.explained[1] == pytest.approx(1.0)
    np.testing.assert_allclose(found.courses[1], measured[1])
    for i in (0, 2):
        known = np.isfinite(measured[i])
        expected = np.linalg.lstsq(predicted[known][:, None], measured[i][known], rcond=None)[0]
        assert found.factors[i] == pytest.approx(expected[0])
    shared = measured[0] + 7.0 * np.arange(5)  # a response to any cue, at each delay
    apart = scale_prediction(shared[None], predicted, common="removed")
    centered = predicted - predicted.mean(axis=0)
    assert apart.factors[0] == pytest.approx((centered * measured[0]).sum() / (centered**2).sum())
    rest = measured[0] - measured[0].mean(axis=0)
    assert apart.explained[0] == pytest.approx(
        np.corrcoef(rest.ravel(), centered.ravel())[0, 1] ** 2
    )
    with pytest.raises(InputError, match="'kept' or 'removed'"):
        scale_prediction(measured, predicted, common="gone")
    with pytest.raises(InputError, match="foresees"):
        scale_prediction(measured, np.zeros((2, 5)))


def person(estimates, errors, counts=(3, 3)):
    shape = (1, 2, 1)
    arrays = (np.reshape(x, shape).astype(float) for x in (estimates, errors))
    return Courses(("r",), ("a", "b"), np.zeros(1), *arrays, np.array(counts), np.zeros(1))


def test_group_by_hand_with_a_person_who_lacks_a_type():
    people = [
        person([1, 4], [1.0, 0.5]),
        person([3, 8], [0.5, 1.0]),
        person([5, np.nan], [1, np.nan], (3, 0)),
    ]
    found = group_courses(people, [np.array([[1.0], [2.0]])] * 3)
    np.testing.assert_allclose(found.mean.ravel(), [3, 6])
    np.testing.assert_allclose(found.standard_error.ravel(), [2 / np.sqrt(3), np.sqrt(8 / 2)])
    np.testing.assert_allclose(found.fixed_mean.ravel(), [(1 + 12 + 5) / 6, (16 + 8) / 5])
    np.testing.assert_allclose(found.fixed_error.ravel(), [6**-0.5, 5**-0.5])
    assert found.subjects.tolist() == [3, 2]
    assert found.prediction.factors[0] == pytest.approx(3.0)
    alone = group_courses(people[:1])
    assert np.isnan(alone.standard_error).all()
    assert np.isfinite(alone.fixed_error).all()
    with pytest.raises(InputError, match="nobody"):
        group_courses([])


def test_a_type_that_a_person_lacks_is_unknown_and_the_rest_stands():
    rng = np.random.default_rng(7)
    trials = random_trials(rng)
    types = {**TYPES, "never": {"cue": "Z"}}
    run = run_of(trials, respond(trials))
    found = fit_timecourses([run], REGIONS, types, window=16.0, scaling="none")
    plain = fit_timecourses([run], REGIONS, TYPES, window=16.0, scaling="none")
    assert found.counts[2] == 0
    assert np.isnan(found.estimates[:, 2]).all()
    np.testing.assert_allclose(found.estimates[:, :2], plain.estimates, atol=1e-9)


def test_default_types_are_the_pairs_that_occur():
    trials = trials_at([10, 40, 70], ["relief", "none", "relief"])
    assert list(types_of(trials)) == ["A, none", "A, relief"]
    assert rows_of(trials, types_of(trials))["A, relief"].tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"types": {"x": {"colour": "red"}}}, "'colour'; expected one of cue"),
        ({"types": {"x": {}, "y": {"cue": "A"}}}, "trial 0: 'x' and 'y'"),
        ({"types": {"x": {"cue": "Z"}}}, "no trial of any type"),
        ({"types": {}, "regions": {"r": np.zeros(3, bool)}}, "region r: 0 voxels"),
        ({"width": 0.5}, "no frame at 0.5 s"),
        ({"window": -1}, "positive number"),
        ({"width": 30.0}, "at most 24"),
        ({"basis": "splines"}, "'bins' or 'tent'"),
        ({"noise": "arma"}, "'ar1' or 'ols'"),
        ({"scaling": "percent"}, "left: a mean of|right: a mean of"),
    ],
)
def test_what_cannot_be_used_is_said(change, match):
    trials = random_trials(np.random.default_rng(8))
    signal = respond(trials)
    run = run_of(trials, signal - signal.mean() - 0.01 * FRAMES.mean())
    given = {"runs": [run], "regions": REGIONS, "types": TYPES, "scaling": "none"} | change
    with pytest.raises(InputError, match=match):
        fit_timecourses(**given)


def test_events_outside_the_run_and_delays_that_add_up_are_refused():
    late = trials_at([10.0, 500.0], ["relief", "relief"])
    with pytest.raises(InputError, match=r"run 2, trial 1 \(good\), cue onset: 500 s"):
        fit_timecourses([run_of(late, 0 * FRAMES, label="run 2")], REGIONS, TYPES, scaling="none")
    early = trials_at([-30.0, 10.0], ["relief", "relief"])
    with pytest.raises(InputError, match=r"trial 0 \(good\), cue onset: -30 s"):
        fit_timecourses([run_of(early, 0 * FRAMES)], REGIONS, TYPES, scaling="none")
    pairs = np.repeat(np.arange(4, 400, 26.0), 2) + np.tile([0.0, 6.0], 16)
    clock = trials_at(pairs, ["relief", "none"] * 16)
    with pytest.raises(InputError, match="shorter window"):
        fit_timecourses([run_of(clock, 0 * FRAMES)], REGIONS, TYPES, scaling="none")
    with pytest.raises(InputError, match="not finite"):
        run_of(clock, FRAMES * np.nan)
    learned = clock.with_quantities(cue_error=clock.onset)
    with pytest.raises(InputError, match="Did you mean 'cue_error'"):
        predicted_courses(learned, TYPES, [0.0], cue="cue_eror")
