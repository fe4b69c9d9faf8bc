"""The simulated cohort: its shape, its truth, and what signal means."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm

from dolorimeter.core import InputError
from dolorimeter.tables.schema import PAIN, VITALS
from dolorimeter.tables.simulate import simulate_cohort
from dolorimeter.tables.simulate_truth import CohortParameters
from dolorimeter.tables.targets import Target, label_windows
from dolorimeter.tables.windows import make_windows


@pytest.fixture(scope="module")
def events():
    return simulate_cohort(random_state=0)


@pytest.fixture(scope="module")
def frame(events):
    return events.table.to_pyarrow().to_pandas()


@pytest.fixture(scope="module")
def many():
    """Enough patients to measure weak effects: a correlation to about 0.01."""
    events = simulate_cohort(800, 1600, random_state=1)
    return events, make_windows(events)


def read(**options):
    events = simulate_cohort(6, 12, random_state=5, **options)
    return events, events.table.to_pyarrow().to_pandas()


def correlations(cohort):
    table = pd.DataFrame(cohort.vitals, columns=cohort.vital_names)
    return table.corrwith(pd.Series(cohort.pain)).to_numpy()


def test_the_papers_shape(events):
    cohort = make_windows(events, "2h", "48h")
    assert (cohort.n_patients, cohort.n_stays) == (46, 105)
    assert 3600 < np.isfinite(cohort.pain).sum() < 5400  # paper: 4,456
    present = dict(zip(cohort.vital_names, np.isfinite(cohort.vitals).mean(axis=0), strict=True))
    assert present["temperature"] < 0.5 < 0.75 < present["pulse"]
    assert np.isnan(cohort.vitals).all(axis=1).any()


def test_events_keep_the_contract(events, frame):
    assert list(frame.columns) == ["patient_id", "stay_id", "time", "variable", "value"]
    types = events.table.schema()
    assert [str(types[name]) for name in frame.columns][1:] == [
        "string",
        "timestamp(6)",
        "string",
        "float64",
    ]
    assert events.stays.stay_id.is_unique
    assert events.stays.equals(
        events.stays.sort_values(["patient_id", "start", "stay_id"], ignore_index=True)
    )
    joined = frame.merge(events.stays, on=["patient_id", "stay_id"], validate="many_to_one")
    assert len(joined) == len(frame)
    assert (joined.time >= joined.start).all()
    assert (joined.time <= joined.end).all()
    following = events.stays.groupby("patient_id").start.shift(-1)
    assert (events.stays.end[following.notna()] < following.dropna()).all()


def test_values_are_plausible(frame):
    pain = frame.value[frame.variable == PAIN]
    assert set(pain) == set(range(11))
    for name, vital in CohortParameters().vitals.items():
        values = frame.value[frame.variable == name]
        assert values.between(vital.lowest, vital.highest).all()
        np.testing.assert_allclose(values, values.round(vital.decimals), atol=1e-9)
        assert abs(values.mean() - vital.mean) < 0.4 * vital.deviation
        assert 0.8 < values.std() / vital.deviation < 1.2
    wide = frame.pivot(index=["stay_id", "time"], columns="variable", values="value")
    assert (wide.systolic.isna() == wide.diastolic.isna()).all()


def gaps(table):
    rounds = table.drop_duplicates(["stay_id", "time"]).sort_values(["stay_id", "time"])
    return rounds.groupby("stay_id").time.diff().dropna() / pd.Timedelta(hours=1)


def test_times_are_irregular_with_absences(frame):
    assert gaps(frame).nunique() > 100
    present = simulate_cohort(random_state=0, parameters=CohortParameters(absence_interval=1e9))
    without = gaps(present.table.to_pyarrow().to_pandas())
    assert (gaps(frame) > 5).sum() > 10 * (without > 5).sum()


def test_a_seed_is_a_cohort():
    first, again, other = (
        simulate_cohort(3, 5, random_state=s).table.to_pyarrow().to_pandas() for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
    generator = (
        simulate_cohort(3, 5, random_state=np.random.default_rng(1)).table.to_pyarrow().to_pandas()
    )
    pd.testing.assert_frame_equal(first, generator)


def test_numpys_global_state_is_left_alone():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002
    first = simulate_cohort(2, 3, random_state=1).table.to_pyarrow().to_pandas()
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    pd.testing.assert_frame_equal(
        first, simulate_cohort(2, 3, random_state=1).table.to_pyarrow().to_pandas()
    )


def test_signal_changes_the_vitals_and_not_the_patients():
    (weak, weak_frame), (strong, strong_frame) = read(signal=1.0), read(signal=20.0)
    pd.testing.assert_frame_equal(
        weak_frame.drop(columns="value"), strong_frame.drop(columns="value")
    )
    is_pain = weak_frame.variable == PAIN
    assert (weak_frame.value == strong_frame.value)[is_pain].all()
    assert not (weak_frame.value == strong_frame.value)[~is_pain].all()
    np.testing.assert_array_equal(weak.truth.classes, strong.truth.classes)


def test_without_signal_vitals_and_gaps_are_the_same_whatever_the_classes():
    """Independence itself: other classes, other scores, other doses; every vital to the bit."""
    always_high = CohortParameters(
        startprob=(0, 0, 1), rates=((-1, 1, 0), (0, -1, 1), (0, 1e-9, -1e-9))
    )
    (events, first), (changed, second) = read(signal=0.0), read(signal=0.0, parameters=always_high)
    assert (changed.truth.classes == 2).all()
    assert not (events.truth.classes == 2).all()
    pd.testing.assert_frame_equal(first.drop(columns="value"), second.drop(columns="value"))
    is_pain = first.variable == PAIN
    assert (first.value == second.value)[~is_pain].all()
    assert not (first.value == second.value)[is_pain].all()
    with_signal = read(signal=1.0, parameters=always_high)[1]
    assert len(with_signal) != len(first)  # pain keeps awake: fewer gaps


def test_without_signal_a_permutation_finds_nothing():
    """Class against vitals, patients' classes exchanged: the real pairing is nothing special."""
    rng = np.random.default_rng(0)
    events = simulate_cohort(60, 60, signal=0.0, random_state=3)
    cohort = make_windows(events)
    classes = events.truth.window_classes(cohort)
    length = cohort.lengths.min()
    rows = cohort.offsets[:-1, None] + np.arange(length)
    classes, vitals = classes[rows], cohort.vitals[rows]
    vitals = np.nan_to_num(vitals - np.nanmean(vitals, axis=(0, 1)))

    def association(order):
        centered = classes[order] - classes.mean()
        return np.abs(np.einsum("st,std->d", centered, vitals) / vitals.std(axis=(0, 1))).max()

    real = association(np.arange(60))
    null = [association(rng.permutation(60)) for _ in range(199)]
    assert (1 + np.sum(np.array(null) >= real)) / 200 > 0.01


def test_effects_at_signal_one_are_the_papers(many):
    _, cohort = many
    paper = [0.094, 0.039, -0.031, 0.037, 0.028, 0.022]
    assert cohort.vital_names == VITALS
    np.testing.assert_allclose(correlations(cohort), paper, atol=0.035)


def test_a_strong_signal_makes_the_classes_recoverable():
    events = simulate_cohort(signal=20.0, random_state=4)
    cohort = make_windows(events)
    classes = events.truth.window_classes(cohort)
    complete = ~np.isnan(cohort.vitals).any(axis=1)
    x = cohort.vitals[complete]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = classes[complete]
    centers = np.array([x[y == k].mean(axis=0) for k in range(3)])
    nearest = np.argmin(((x[:, None] - centers) ** 2).sum(axis=2), axis=1)
    assert np.mean(nearest == y) > 0.8


def test_medication_follows_high_scores_and_pushes_vitals_down():
    events, frame = read(signal=1.0)
    truth = events.truth
    pain = frame[(frame.variable == PAIN)].set_index(["stay_id", "time"]).value
    delay = pd.Timedelta(hours=truth.parameters.dose_delay)
    doses = [
        (stay, time) for stay, d in zip(truth.stay_ids, truth.medication, strict=True) for time in d
    ]
    reports = pd.Series([pain[stay, pd.Timestamp(time) - delay] for stay, time in doses])
    assert (reports >= 4).all()
    assert (reports >= 7).mean() > 0.5  # though medium is the most common class
    for times in truth.medication:
        assert (np.diff(times) >= np.timedelta64(4, "h")).all()
    vitals = truth.parameters.vitals
    without = {name: replace(v, medication=0.0) for name, v in vitals.items()}
    undosed = read(signal=1.0, parameters=CohortParameters(vitals=without))[1]
    change = (frame.value - undosed.value).groupby(frame.variable).mean()
    assert (change[["pulse", "respiratory_rate", "spo2", "systolic", "diastolic"]] < 0).all()
    assert change[PAIN] == change["temperature"] == 0


def test_sleepers_give_no_score_and_pain_keeps_awake(many):
    events, cohort = many
    clock = (cohort.times - cohort.times.astype("datetime64[D]")) / np.timedelta64(1, "h")
    known, night = np.isfinite(cohort.pain), (clock >= 23) | (clock < 5)
    classes = events.truth.window_classes(cohort)
    assert known[night].mean() < known[~night].mean() - 0.2
    assert known[night & (classes == 2)].mean() > known[night & (classes == 0)].mean() + 0.1


def test_the_path_follows_the_transition_matrix(many):
    events, _ = many
    truth = events.truth
    parameters = truth.parameters
    np.testing.assert_allclose(parameters.transition(2.0), expm(2 * np.array(parameters.rates)))
    assert (
        (np.diag(parameters.transition()) > 0.85) & (np.diag(parameters.transition()) < 0.95)
    ).all()
    step = int(2 / parameters.grid)
    counts = np.zeros((3, 3))
    for start, end in zip(truth.offsets[:-1], truth.offsets[1:], strict=True):
        path = truth.classes[start:end:step]
        np.add.at(counts, (path[:-1], path[1:]), 1)
    found = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, parameters.transition(), atol=0.01)
    first = np.bincount(truth.classes[truth.offsets[:-1]], minlength=3) / len(truth.stay_ids)
    np.testing.assert_allclose(first, parameters.startprob, atol=0.05)


def test_scores_come_from_the_class(events):
    """A window of one class, reports included, has the label of that class."""
    cohort = make_windows(events, "15min")
    labels = label_windows(cohort, Target("direct"))
    classes = events.truth.window_classes(cohort)
    assert (labels == classes)[labels >= 0].all()


@pytest.mark.parametrize("minutes", [15, 40, 120, 1440])
def test_class_of_a_window_is_what_fills_most_of_it(minutes):
    events = simulate_cohort(3, 6, random_state=7)
    cohort = make_windows(events, f"{minutes}min")
    truth = events.truth
    found = truth.window_classes(cohort)
    row = 0
    for i in range(cohort.n_stays):
        path = np.repeat(truth.classes[truth.offsets[i] : truth.offsets[i + 1]], 15)  # by minute
        for k in range(cohort.lengths[i]):
            inside = path[k * minutes : (k + 1) * minutes]
            assert found[row] == np.bincount(inside, minlength=3).argmax()
            row += 1
    selected = cohort.select(np.array([4, 1]))
    expected = found[cohort.windows_of(np.array([4, 1]))]
    np.testing.assert_array_equal(truth.window_classes(selected), expected)


def test_truth_refuses_other_cohorts():
    cohort = make_windows(simulate_cohort(4, 9, random_state=0))
    with pytest.raises(InputError, match="not simulated here"):
        simulate_cohort(2, 2, random_state=0).truth.window_classes(cohort)


def test_the_smallest_cohort():
    events = simulate_cohort(1, 1, random_state=0)
    assert make_windows(events, min_stay="48h").n_stays == 1


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"n_patients": 0}, "n_patients"),
        ({"n_patients": 5, "n_stays": 4}, "n_stays"),
        ({"signal": -1}, "signal"),
        ({"signal": np.nan}, "signal"),
        ({"signal": np.inf}, "signal"),
    ],
)
def test_bad_sizes(options, where):
    with pytest.raises(InputError, match=where):
        simulate_cohort(**options)
