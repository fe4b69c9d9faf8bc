"""Windows and labels against brute force, and what the causal reference may not see."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dolorimeter.tables.schema import Cohort, Events
from dolorimeter.tables.standardize import standardize_causally
from dolorimeter.tables.targets import Target, label_windows, reference_vitals
from dolorimeter.tables.windows import make_windows

NAMES = ("pulse", "spo2", "pain_score", "lactate")


@st.composite
def tables(draw):
    """A few stays with a few events, many of them on the edges of windows, in random order."""
    stays, rows = [], []
    for i in range(draw(st.integers(1, 4))):
        start = pd.Timestamp("2150-05-01") + pd.Timedelta(draw(st.integers(0, 10**12)), "us")
        minutes = draw(st.integers(0, 700))
        end = start + pd.Timedelta(minutes=minutes)
        patient = draw(st.sampled_from(["p1", "p2"]))
        stays.append((patient, f"s{i}", start, end))
        for _ in range(draw(st.integers(1, 6))):
            elapsed = pd.Timedelta(minutes=draw(st.integers(0, minutes)))
            value = draw(st.floats(0, 300, allow_subnormal=False))
            rows.append((patient, f"s{i}", start + elapsed, draw(st.sampled_from(NAMES)), value))
    rows.append((*stays[0][:3], "pain_score", 5.0))
    events = pd.DataFrame(rows, columns=["patient_id", "stay_id", "time", "variable", "value"])
    frame = pd.DataFrame(stays, columns=["patient_id", "stay_id", "start", "end"])
    return (
        events.astype({"time": "datetime64[us]"}),
        frame.astype({"start": "datetime64[us]", "end": "datetime64[us]"}),
    )


def window(events, stays, width):
    return make_windows(
        Events(ibis.memtable(pa.Table.from_pandas(events)), stays, (), "test", "here"), width
    )


def named_columns(cohort):
    return [*zip(cohort.vital_names, cohort.vitals.T, strict=True), ("pain_score", cohort.pain)]


@settings(deadline=None, max_examples=40)
@given(tables(), st.sampled_from([20, 50, 60, 120, 500]), st.randoms(use_true_random=False))
def test_windows_against_brute_force_in_any_row_order(table, minutes, random):
    events, stays = table
    cohort = window(events, stays, f"{minutes}min")
    width = pd.Timedelta(minutes=minutes)
    ordered = stays.sort_values(["patient_id", "start", "stay_id"])
    assert cohort.stay_ids.tolist() == ordered.stay_id.tolist()
    row = 0
    for stay in ordered.itertuples():
        inside = [e for e in events.itertuples() if e.stay_id == stay.stay_id]
        left, first = stay.start, True
        while first or left < stay.end:
            right = left + width
            last = right >= stay.end
            here = [e for e in inside if left <= e.time < right or (last and e.time == stay.end)]
            for name, column in named_columns(cohort):
                found = [e.value for e in here if e.variable == name]
                mean = sum(found) / len(found) if found else np.nan
                np.testing.assert_allclose(column[row], mean, atol=1e-9)
            assert cohort.times[row] == left.to_datetime64()
            left, row, first = right, row + 1, False
    assert row == cohort.n_windows

    order = list(range(len(events)))
    random.shuffle(order)
    shuffled = window(events.iloc[order], stays.iloc[::-1], f"{minutes}min")
    assert shuffled.vitals.tobytes() == cohort.vitals.tobytes()
    assert shuffled.pain.tobytes() == cohort.pain.tobytes()
    np.testing.assert_array_equal(shuffled.offsets, cohort.offsets)


scores = st.one_of(st.just(np.nan), st.integers(0, 10).map(float), st.sampled_from([3.5, 6.25]))
courses = st.lists(st.lists(scores, min_size=1, max_size=12), min_size=1, max_size=3)


def make_cohort(stays):
    pain = np.concatenate([np.array(s) for s in stays])
    offsets = np.concatenate([[0], np.cumsum([len(s) for s in stays])]).astype(np.int64)
    names = np.array([str(i) for i in range(len(stays))])
    hour = np.timedelta64(1, "h")
    times = np.datetime64("2020-01-01", "us") + np.arange(len(pain)) * hour
    vitals = np.empty((len(pain), 0))
    return Cohort(vitals, pain, offsets, names, names, times, (), hour, hour, "test", ())


def brute_force_label(stay, t, target):
    if np.isnan(stay[t]):
        return -1
    if target.task == "direct":
        return sum(stay[t] >= cut for cut in target.cuts)
    if target.task == "median-referenced":
        seen = stay[:t] if target.reference == "causal" else stay
        seen = [p for p in seen if not np.isnan(p)]
        return 1 + int(np.sign(stay[t] - np.median(seen))) if seen else -1
    a, b = (t, t + 1) if target.direction == "next" else (t - 1, t)
    if a < 0 or b == len(stay) or np.isnan(stay[a]) or np.isnan(stay[b]):
        return -1
    change = stay[b] - stay[a]
    if target.large is None:
        return 1 + int(np.sign(change))
    return 2 + int(np.sign(change)) * (1 + (abs(change) >= target.large))


targets = st.sampled_from(
    [
        Target("direct"),
        Target("direct", cuts=(1, 3.5, 7, 9)),
        Target("median-referenced"),
        Target("median-referenced", reference="causal"),
        Target("difference"),
        Target("difference", direction="previous"),
        Target("difference", large=2.5),
        Target("difference", direction="previous", large=3),
    ]
)


@settings(max_examples=400)
@given(courses, targets)
def test_labels_against_brute_force(stays, target):
    expected = [brute_force_label(stay, t, target) for stay in stays for t in range(len(stay))]
    assert label_windows(make_cohort(stays), target).tolist() == expected


# Powers of two and their like, so that brute force and running sums agree where nothing cancels.
values = st.one_of(st.just(np.nan), st.integers(-400, 400).map(lambda k: k / 4))
blocks = hnp.arrays(float, st.tuples(st.integers(1, 15), st.integers(1, 3)), elements=values)


@given(blocks, blocks.map(lambda block: block[:, :1]))
def test_standardization_against_brute_force_within_the_stay(first, second):
    second = np.repeat(second, first.shape[1], axis=1)
    vitals = np.concatenate([first, second])
    offsets = np.array([0, len(first), len(vitals)])
    for reference in ("stay", "causal"):
        result = reference_vitals(vitals, offsets, Target("median-referenced", reference=reference))
        for stay, found in ((first, result[: len(first)]), (second, result[len(first) :])):
            for t, j in np.ndindex(stay.shape):
                seen = stay[:t, j] if reference == "causal" else stay[:, j]
                seen = seen[~np.isnan(seen)]
                varies = len(seen) > 1 and np.ptp(seen) > 0
                expected = (stay[t, j] - seen.mean()) / seen.std() if varies else np.nan
                np.testing.assert_allclose(found[t, j], expected, rtol=1e-9, atol=1e-9)


noise = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6))


@given(
    hnp.arrays(float, st.tuples(st.integers(2, 12), st.just(2)), elements=noise),
    st.data(),
)
def test_causal_reference_never_sees_t_or_later(vitals, data):
    """To the bit: only the value at t itself may differ, never what it is compared with."""
    t = data.draw(st.integers(0, len(vitals) - 1))
    future = data.draw(hnp.arrays(float, (len(vitals) - t, 2), elements=noise))
    changed = np.concatenate([vitals[:t], future])
    target = Target("median-referenced", reference="causal")
    offsets = np.array([0, len(vitals)])
    before, after = (reference_vitals(v, offsets, target)[:t] for v in (vitals, changed))
    assert before.tobytes() == after.tobytes()
    # The reference at t: the same value there is standardized alike, whatever follows.
    changed[t] = vitals[t]
    same = standardize_causally(vitals)[t], standardize_causally(changed)[t]
    assert same[0].tobytes() == same[1].tobytes()
    pain, other = np.clip(np.abs(vitals[:, 0]), 0, 10), np.clip(np.abs(changed[:, 0]), 0, 10)
    known = [label_windows(make_cohort([p]), target)[: t + 1].tolist() for p in (pain, other)]
    assert known[0] == known[1]


def test_whole_stay_reference_does_see_the_future():
    vitals = np.array([[1.0], [2.0], [4.0]])
    changed = np.array([[1.0], [2.0], [9.0]])
    offsets, target = np.array([0, 3]), Target("median-referenced")
    before, after = (reference_vitals(v, offsets, target)[:2] for v in (vitals, changed))
    assert (before != after).all()
    past = [label_windows(make_cohort([p]), target)[0] for p in ([5.0, 5.0, 5.0], [5.0, 9.0, 9.0])]
    assert past == [1, 0]
