"""Labels and references against stays worked by hand."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables.schema import Cohort
from dolorimeter.tables.targets import Target, label_windows, reference_vitals

NAN = np.nan


def make_cohort(*stays):
    pain = np.concatenate([np.asarray(s, float) for s in stays])
    lengths = [len(s) for s in stays]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    names = np.array([f"s{i}" for i in range(len(stays))])
    hours = np.concatenate([np.arange(n) for n in lengths]) * np.timedelta64(2, "h")
    times = np.datetime64("2020-01-01", "us") + hours
    two_hours = np.timedelta64(2, "h")
    vitals = np.zeros((len(pain), 1))
    return Cohort(
        vitals, pain, offsets, names, names, times, ("pulse",), two_hours, two_hours, "test", ()
    )


def labels(target, *stays):
    result = label_windows(make_cohort(*stays), target)
    assert result.dtype == np.int64
    return result.tolist()


def test_direct_edges_are_half_open():
    stay = [0, 3.999, 4, 6.999, 7, 10, NAN]
    assert labels(Target("direct"), stay) == [0, 0, 1, 1, 2, 2, -1]
    assert labels(Target("direct", cuts=(4.0,)), stay) == [0, 0, 1, 1, 1, 1, -1]
    assert labels(Target("direct", cuts=(1, 4, 7, 10)), stay) == [0, 1, 2, 2, 3, 4, -1]


def test_median_referenced_by_the_median_of_the_stay():
    # Medians 5 and 3.5; in the second stay no window is at it.
    first, second = [5, NAN, 2, 5 + 5e-10, 9], [3, 4]
    assert labels(Target("median-referenced"), first, second) == [1, -1, 0, 1, 2, 0, 2]
    assert labels(Target("median-referenced"), [NAN, NAN], [6]) == [-1, -1, 1]


def test_causal_median_takes_what_came_before():
    # Before each window: none, 5, 5, (5 2) 3.5, (5 2 4) 4, (5 2 4 4) 4.
    stay = [5, NAN, 2, 4, 4, 3]
    target = Target("median-referenced", reference="causal")
    assert labels(target, stay, [3, 3]) == [-1, -1, 0, 2, 1, 0, -1, 1]


def test_difference_within_the_stay():
    stays = [1, 4, 4, NAN, 2, 1], [9, 9]
    assert labels(Target("difference"), *stays) == [2, 1, -1, -1, 0, -1, 1, -1]
    previous = Target("difference", direction="previous")
    assert labels(previous, *stays) == [-1, 2, 1, -1, -1, 0, -1, 1]


def test_five_classes_of_difference():
    target = Target("difference", large=3)
    # 4.1 - 1.1 is 2.9999999999999996 in floating point: a change of three all the same.
    stay = [5, 2, 1, 1, 1.1, 4.1, 0, 0]
    assert labels(target, stay) == [0, 1, 2, 3, 4, 0, 2, -1]
    assert len(target.class_names) == 5


@pytest.mark.parametrize(
    ("target", "names", "delay"),
    [
        (Target("direct"), ("low", "medium", "high"), 1),
        (Target("direct", cuts=(4,)), ("low", "high"), 1),
        (
            Target("direct", cuts=(0.5, 4, 7)),
            ("below 0.5", "0.5 to 4", "4 to 7", "7 and above"),
            1,
        ),
        (Target("median-referenced"), ("below", "at", "above"), None),
        (Target("median-referenced", reference="causal"), ("below", "at", "above"), 1),
        (Target("difference"), ("decrease", "no change", "increase"), 2),
        (Target("difference", direction="previous"), ("decrease", "no change", "increase"), 1),
    ],
)
def test_names_and_delays(target, names, delay):
    assert target.class_names == names
    assert target.report_delay == delay


@pytest.mark.parametrize("task", ["direct", "median-referenced", "difference"])
@pytest.mark.parametrize("option", ["stay", "causal"])
@pytest.mark.parametrize("direction", ["next", "previous"])
def test_a_known_label_uses_no_report_at_or_after_t(task, option, direction):
    """What `report_delay` promises: labels up to t - delay survive any change from t on."""
    target = Target(task, reference=option, direction=direction)
    if target.report_delay is None:
        return
    pain = np.random.default_rng(0).integers(0, 11, 12).astype(float)
    for t in range(1, 12):
        changed = pain.copy()
        changed[t:] = 10 - changed[t:]
        last = t - target.report_delay + 1
        assert labels(target, pain)[: max(last, 0)] == labels(target, changed)[: max(last, 0)]


@pytest.mark.parametrize(
    "options",
    [
        {"task": "medians"},
        {"task": "direct", "cuts": ()},
        {"task": "direct", "cuts": (7, 4)},
        {"task": "direct", "cuts": (4, 4)},
        {"task": "direct", "cuts": (0, 4)},
        {"task": "direct", "cuts": (4, 11)},
        {"task": "direct", "cuts": (4, NAN)},
        {"task": "median-referenced", "reference": "patient"},
        {"task": "difference", "direction": "forward"},
        {"task": "difference", "large": 0},
        {"task": "difference", "large": NAN},
    ],
)
def test_bad_options(options):
    with pytest.raises(InputError):
        Target(**options)


def test_direct_and_difference_take_vitals_as_measured():
    vitals = np.array([[80.0, NAN], [90.0, 1.0]])
    for task in ("direct", "difference"):
        result = reference_vitals(vitals, np.array([0, 2]), Target(task))
        np.testing.assert_array_equal(result, vitals)
        assert result is not vitals


def test_whole_stay_standardization():
    # Stay one: mean 2, deviation sqrt(2/3); a constant; one observation. Stay two: all missing.
    vitals = np.array(
        [[1, 5, NAN], [2, 5, 7], [3, NAN, NAN], [NAN, 5, NAN], [NAN, NAN, NAN]], dtype=float
    )
    result = reference_vitals(vitals, np.array([0, 4, 5]), Target("median-referenced"))
    expected = np.full((5, 3), NAN)
    expected[:3, 0] = np.array([-1, 0, 1]) / np.sqrt(2 / 3)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_rounding_is_no_variation():
    vitals = np.array([[37.0], [37.0 + 1e-9], [37.0 - 1e-9]])
    for reference in ("stay", "causal"):
        target = Target("median-referenced", reference=reference)
        assert np.isnan(reference_vitals(vitals, np.array([0, 3]), target)).all()
    # Nor is it when the value that is standardized differs from all before it.
    last = np.concatenate([vitals, [[38.0]]])
    assert np.isnan(reference_vitals(last, np.array([0, 4]), target)).all()


def test_causal_standardization_starts_with_two_earlier_values_that_differ():
    # Earlier values at each window: -, 4, 4, (4 4), (4 4), (4 4 7): mean 5, deviation sqrt(2).
    vitals = np.array([[4, NAN, 4, NAN, 7, 9]], dtype=float).T
    target = Target("median-referenced", reference="causal")
    result = reference_vitals(vitals, np.array([0, 6]), target)[:, 0]
    np.testing.assert_allclose(result, [NAN] * 5 + [4 / np.sqrt(2)], rtol=1e-14)
