"""Windows against hand-worked stays."""

from datetime import timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables.durations import format_duration, parse_duration
from dolorimeter.tables.schema import VITALS, Events, LedgerEntry
from dolorimeter.tables.windows import make_windows

START = pd.Timestamp("2187-03-04 23:30:00")  # MIMIC's shifted years lie beyond 2038
SCHEMA = pa.schema(
    [
        ("patient_id", pa.string()),
        ("stay_id", pa.string()),
        ("time", pa.timestamp("us")),
        ("variable", pa.string()),
        ("value", pa.float64()),
    ]
)


def make_events(rows, stays):
    """Rows are (stay, hours after its start, variable, value); stays (patient, start, hours)."""
    begins = {name: START + pd.Timedelta(hours=start) for name, (_, start, _) in stays.items()}
    table = pd.DataFrame(
        [
            (stays[s][0], s, begins[s] + pd.to_timedelta(h, unit="h"), variable, float(v))
            for s, h, variable, v in rows
        ],
        columns=["patient_id", "stay_id", "time", "variable", "value"],
    ).astype({"time": "datetime64[us]"})
    frame = pd.DataFrame(
        [(p, s, begins[s], begins[s] + pd.Timedelta(hours=h)) for s, (p, _, h) in stays.items()],
        columns=["patient_id", "stay_id", "start", "end"],
    ).astype({"start": "datetime64[us]", "end": "datetime64[us]"})
    return Events(ibis.memtable(pa.Table.from_pandas(table, SCHEMA)), frame, (), "test", "here")


def test_means_in_windows_from_the_start_of_the_stay():
    events = make_events(
        [
            ("s", 0, "pulse", 60),
            ("s", 1.99, "pulse", 80),
            ("s", 2, "pulse", 100),
            ("s", 4.5, "pain_score", 3),
            ("s", 4.6, "pain_score", 6),
            ("s", 5, "pulse", 110),
        ],
        {"s": ("p", 0, 5)},
    )
    cohort = make_windows(events, "2h")
    assert cohort.vital_names == VITALS
    np.testing.assert_array_equal(cohort.vitals[:, 0], [70, 100, 110])
    assert np.isnan(cohort.vitals[:, 1:]).all()
    np.testing.assert_array_equal(cohort.pain, [np.nan, np.nan, 4.5])
    np.testing.assert_array_equal(
        cohort.times, [START.to_datetime64() + np.timedelta64(h, "h") for h in (0, 2, 4)]
    )
    assert cohort.times.dtype == cohort.times.astype("datetime64[us]").dtype
    assert (cohort.width, cohort.min_stay) == (np.timedelta64(2, "h"), np.timedelta64(0, "us"))


def test_event_at_the_end_belongs_to_the_last_window():
    events = make_events([("s", 4, "pain_score", 7)], {"s": ("p", 0, 4)})
    np.testing.assert_array_equal(make_windows(events, "2h").pain, [np.nan, 7])


def test_boundary_is_exact_to_the_microsecond():
    hours = 2 - 1e-6 / 3600
    events = make_events(
        [("s", hours, "pain_score", 1), ("s", 2, "pain_score", 2)], {"s": ("p", 0, 4)}
    )
    np.testing.assert_array_equal(make_windows(events, "2h").pain, [1, 2])


def test_stay_of_zero_duration_has_one_window_and_empty_windows_are_kept():
    events = make_events(
        [("zero", 0, "pain_score", 5), ("long", 0, "pulse", 70)],
        {"zero": ("p", 0, 0), "long": ("p", 10, 6.5)},
    )
    cohort = make_windows(events, "2h")
    np.testing.assert_array_equal(cohort.lengths, [1, 4])
    np.testing.assert_array_equal(cohort.pain, [5, np.nan, np.nan, np.nan, np.nan])


@pytest.mark.parametrize(
    ("width", "n_windows"), [("30min", 10), ("1h30min", 4), ("2d", 1), (timedelta(hours=5), 1)]
)
def test_any_width(width, n_windows):
    events = make_events([("s", 4.9, "pain_score", 5)], {"s": ("p", 0, 5)})
    cohort = make_windows(events, width)
    assert cohort.n_windows == n_windows
    assert cohort.pain[-1] == 5


def test_stays_come_by_patient_start_and_stay():
    stays = {"a": ("p2", 0, 2), "b": ("p1", 5, 2), "c": ("p1", 1, 2), "d": ("p1", 1, 2)}
    events = make_events([(s, 1, "pain_score", i) for i, s in enumerate("abcd")], stays)
    cohort = make_windows(events)
    assert cohort.stay_ids.tolist() == ["c", "d", "b", "a"]
    assert cohort.patient_ids.tolist() == ["p1", "p1", "p1", "p2"]
    np.testing.assert_array_equal(cohort.pain, [2, 3, 1, 0])


def test_short_stays_go_to_the_ledger():
    stays = {"a": ("p", 0, 47.9), "b": ("p", 100, 48)}
    rows = [("a", 0, "pulse", 60), ("a", 47.9, "pulse", 70), ("a", 1, "pain_score", 5)]
    cohort = make_windows(make_events([*rows, ("b", 2, "pain_score", 4)], stays), "2h", "48h")
    assert cohort.stay_ids.tolist() == ["b"]
    assert set(cohort.ledger) == {
        LedgerEntry("(stay)", "shorter than 48h", "dropped", 1),
        LedgerEntry("pulse", "in a stay shorter than 48h", "dropped", 2),
        LedgerEntry("pain_score", "in a stay shorter than 48h", "dropped", 1),
    }
    np.testing.assert_array_equal(cohort.pain, [np.nan, 4, *[np.nan] * 22])


def test_further_signals_follow_by_name_and_may_be_chosen():
    rows = [("s", 0, n, 1) for n in ("zeta", "pain_score", "alpha", "spo2")]
    events = make_events(rows, {"s": ("p", 0, 2)})
    assert make_windows(events).vital_names == (*VITALS, "alpha", "zeta")
    chosen = make_windows(events, vitals=["zeta", "spo2"])
    assert chosen.vital_names == ("zeta", "spo2")
    assert chosen.ledger == (LedgerEntry("alpha", "not selected", "dropped", 1),)


@pytest.mark.parametrize("vitals", [["pulse"], ["spo2", "spo2"], [], ["pain_score"]])
def test_vitals_that_cannot_be_chosen(vitals):
    events = make_events([("s", 0, "spo2", 98), ("s", 0, "pain_score", 1)], {"s": ("p", 0, 2)})
    with pytest.raises(InputError, match="one or more of spo2, each once"):
        make_windows(events, vitals=vitals)


def test_patients_without_pain_scores_are_for_inference_only():
    events = make_events([("s", 0, "pulse", 60)], {"s": ("p", 0, 2)})
    with pytest.raises(InputError, match="no pain score in any admitted stay"):
        make_windows(events)
    assert np.isnan(make_windows(events, require_pain=False).pain).all()


def test_pain_in_short_stays_alone_does_not_count():
    events = make_events(
        [("a", 0, "pain_score", 5), ("b", 0, "pulse", 60)], {"a": ("p", 0, 2), "b": ("p", 9, 50)}
    )
    with pytest.raises(InputError, match="no pain score in any admitted stay"):
        make_windows(events, min_stay="48h")


def test_min_stay_longer_than_every_stay_names_the_longest():
    events = make_events([("s", 0, "pain_score", 1)], {"s": ("p", 0, 7.5)})
    with pytest.raises(InputError, match="48h, longer than every stay; expected at most 450min"):
        make_windows(events, min_stay="48h")


BAD_TABLES = {
    "no event": ([], {"s": ("p", 0, 2)}, "no measurement inside any stay"),
    "no stay": ([], {}, "stays: none"),
    "backward stay": ([("s", 0, "pain_score", 1)], {"s": ("p", 0, -2)}, "does not end after"),
    "before the stay": ([("s", -0.1, "pain_score", 1)], {"s": ("p", 0, 2)}, "outside its stay"),
    "after the stay": ([("s", 1.1, "pain_score", 1)], {"s": ("p", 0, 1)}, "outside its stay"),
    "no time": ([("s", np.nan, "pain_score", 1)], {"s": ("p", 0, 1)}, "outside its stay"),
    "infinite": ([("s", 0, "pulse", np.inf)], {"s": ("p", 0, 2)}, "missing, infinite"),
    "enormous": ([("s", 0, "pulse", -1e15)], {"s": ("p", 0, 2)}, "enormous"),
    "not a number": ([("s", 0, "pulse", np.nan)], {"s": ("p", 0, 2)}, "missing"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_tables(case):
    rows, stays, message = BAD_TABLES[case]
    with pytest.raises(InputError, match=message):
        make_windows(make_events(rows, stays))


def test_a_stay_that_occurs_twice():
    events = make_events([("s", 0, "pain_score", 1)], {"s": ("p", 0, 2)})
    twice = pd.concat([events.stays, events.stays])
    with pytest.raises(InputError, match="stay s: occurs twice"):
        make_windows(Events(events.table, twice, (), "test", "here"))


def test_windows_that_would_not_fit_into_memory():
    events = make_events([("s", 0, "pain_score", 1)], {"s": ("p", 0, 48_000)})
    with pytest.raises(InputError, match="172,800,000 windows"):
        make_windows(events, "1s")


def test_identical_to_the_bit_under_shuffling():
    rng = np.random.default_rng(0)
    rows = [
        ("s", h, "pulse", v)
        for h, v in zip(rng.uniform(0, 6, 5_000), rng.normal(80, 9, 5_000), strict=True)
    ]
    rows.append(("s", 0, "pain_score", 1))
    stays = {"s": ("p", 0, 6)}
    first = make_windows(make_events(rows, stays))
    for _ in range(3):
        rng.shuffle(rows)
        again = make_windows(make_events(rows, stays))
        assert again.vitals.tobytes() == first.vitals.tobytes()


@pytest.mark.parametrize(
    ("value", "microseconds"),
    [
        ("2h", 7200e6),
        ("30min", 1800e6),
        ("1h30min", 5400e6),
        (" 1.5 h ", 5400e6),
        ("2d", 172800e6),
        ("0.25s", 0.25e6),
        (timedelta(minutes=1), 60e6),
        (pd.Timedelta("2h"), 7200e6),
        (np.timedelta64(2, "h"), 7200e6),
        (np.timedelta64(5, "ns"), None),
        ("0h", None),
        ("-2h", None),
        ("2", None),
        ("h", None),
        ("", None),
        ("2 hours", None),
        ("1e3h", None),
        ("99999999999d", None),
        ("9" * 400 + "h", None),
        (2, None),
        (2.0, None),
        (None, None),
        (timedelta(-1), None),
        (np.timedelta64("NaT"), None),
        (np.timedelta64(1, "Y"), None),
        (np.timedelta64(2**62, "D"), None),
        (np.timedelta64(3), None),
        (pd.NaT, None),
    ],
)
def test_durations(value, microseconds):
    if microseconds is None:
        with pytest.raises(InputError, match=r"width: .* expected a positive duration"):
            parse_duration(value)
    else:
        assert parse_duration(value) == np.timedelta64(int(microseconds), "us")


@pytest.mark.parametrize("text", ["2h", "48h", "90min", "1s", "0.5s", "86461s"])
def test_durations_are_written_as_they_are_read(text):
    assert format_duration(parse_duration(text)) == text
