"""Stays: pairing of admissions and discharges, ends included, time alone or by id."""

import itertools
import random

import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables import read_events
from dolorimeter.tables.readers.stays import stays_of_moves


def _time(hours):
    return pd.Timestamp("2150-01-01") + pd.to_timedelta(hours, unit="h")


def _pair(moves):
    """Pair moves written as "p1 A0 D5"; give the stays in hours and the ledger as a dict."""
    patient, *steps = moves.split()
    frame = pd.DataFrame(
        [(patient, _time(int(s[1:])), s[0] == "A") for s in steps],
        columns=["patient_id", "time", "admission"],
    )
    stays, ledger = stays_of_moves(frame.sample(frac=1, random_state=0), "here")
    hours = (stays[["start", "end"]] - _time(0)) // pd.Timedelta(hours=1)
    return (
        list(hours.itertuples(index=False, name=None)),
        {e.reason: e.count for e in ledger if e.count},
        list(stays["stay_id"]),
    )


@pytest.mark.parametrize(
    ("moves", "stays", "odd"),
    [
        ("p A0 D5", [(0, 5)], {}),
        ("p A0 D5 A7 D9", [(0, 5), (7, 9)], {}),
        ("p A0 D5 A5 D9", [(0, 5), (5, 9)], {}),
        ("p A0 A2 D5", [(0, 5)], {"admission during a stay": 1}),
        ("p A0 D5 A7", [(0, 5)], {"admission without a discharge": 1}),
        ("p D2 A3 D5 D6", [(3, 5)], {"discharge without an admission": 2}),
        ("p A0 A0 D5 D5", [(0, 5)], {}),
    ],
)
def test_an_admission_is_paired_with_the_next_discharge(moves, stays, odd):
    found, ledger, ids = _pair(moves)
    assert (found, ledger) == (stays, odd)
    assert ids == [f"p-{k + 1}" for k in range(len(stays))]


@pytest.mark.parametrize("seed", range(20))
def test_stays_neither_overlap_nor_lose_a_move(seed):
    rng = random.Random(seed)
    moves = {(rng.choice("AD"), rng.randrange(30)) for _ in range(15)} | {("A", 40), ("D", 41)}
    found, ledger, _ = _pair("p " + " ".join(f"{kind}{hour}" for kind, hour in moves))
    assert 2 * len(found) + sum(ledger.values()) == len(moves)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(found))
    for start, end in found:
        assert ("A", start) in moves
        assert min(hour for kind, hour in moves if kind == "D" and hour > start) == end


def test_a_discharge_before_the_only_admission_leaves_no_stay():
    with pytest.raises(InputError, match="no stay"):
        _pair("p D0 A5")


def _meds(tmp_path, hours, moves):
    rows = [(1, _time(h), "LAB//220045//bpm", 60.0 + i) for i, h in enumerate(hours)]
    for kind, h in moves:
        rows.append((1, _time(h), f"ICU_{kind}//X", None))
        rows.append((1, _time(h - 100), f"HOSPITAL_{kind}//X//Y", None))
    frame = pd.DataFrame(rows, columns=["subject_id", "time", "code", "numeric_value"])
    path = tmp_path / "meds.parquet"
    frame.to_parquet(path, index=False)
    return path


def test_both_ends_belong_to_the_stay_and_a_shared_moment_to_the_next(tmp_path):
    moves = [("ADMISSION", 0), ("DISCHARGE", 5), ("ADMISSION", 5), ("DISCHARGE", 9)]
    events = read_events(_meds(tmp_path, [-0.001, 0, 4.999, 5, 9, 9.001], moves))
    found = events.table.select("stay_id", "value").to_pyarrow().to_pydict()
    assert found["stay_id"] == ["1-1", "1-1", "1-2", "1-2"]
    assert found["value"] == [61.0, 62.0, 63.0, 64.0]
    [entry] = events.ledger
    assert (entry.reason, entry.action, entry.count) == ("outside every stay", "dropped", 2)


def test_the_kind_of_stay_can_be_chosen(tmp_path):
    moves = [("ADMISSION", 0), ("DISCHARGE", 5)]
    path = _meds(tmp_path, [-97, -96, 1], moves)
    assert read_events(path).table.count().to_pyarrow().as_py() == 1
    hospital = read_events(path, stay="hospital")
    assert hospital.table.count().to_pyarrow().as_py() == 2
    assert list(hospital.stays["start"]) == [_time(-100)]


def test_odd_moves_are_in_the_ledger(tmp_path):
    moves = [("DISCHARGE", -3), ("ADMISSION", 0), ("DISCHARGE", 5), ("ADMISSION", 8)]
    events = read_events(_meds(tmp_path, [1], moves))
    assert [(e.variable, e.reason, e.count) for e in events.ledger] == [
        ("(stay)", "admission without a discharge", 1),
        ("(stay)", "discharge without an admission", 1),
    ]


ED = {
    "vitalsign": "subject_id,stay_id,charttime,heartrate\n"
    "1,11,2150-01-01 01:00,80\n"
    "1,11,2150-01-01 09:00,81\n"
    "1,99,2150-01-01 01:00,82\n"
    "1,12,2150-01-02 01:00,83\n",
    "edstays": "subject_id,stay_id,intime,outtime\n"
    "1,11,2150-01-01 00:00,2150-01-01 05:00\n"
    "1,12,2150-01-02 00:00,\n",
}


def _ed(folder, **tables):
    for name, text in (ED | tables).items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_stays_with_ids_keep_their_rows_only_between_their_ends(tmp_path):
    events = read_events(_ed(tmp_path))
    assert list(events.stays["stay_id"]) == ["11"]
    assert events.table.value.to_pyarrow().to_pylist() == [80.0]
    assert [(e.variable, e.reason, e.action, e.count) for e in events.ledger] == [
        ("pulse", "outside every stay", "dropped", 2),
        ("pulse", "outside its stay", "dropped", 1),
        ("(stay)", "without a start or an end", "dropped", 1),
    ]


@pytest.mark.parametrize(
    ("edstays", "found"),
    [
        ("1,11,2150-01-01 05:00,2150-01-01 00:00\n", "stay 11 ends .* before it starts"),
        ("1,11,2150-01-01,2150-01-02\n1,11,2150-01-03,2150-01-04\n", "11 occurs twice"),
        (
            "1,11,2150-01-01,2150-01-02\n2,11,2150-01-03,2150-01-04\n",
            "11 belongs to patients 1 and 2",
        ),
        ("1,11,soon,2150-01-02\n", "row 1, column intime: 'soon'"),
        ("1,11,2150-01-01,2150-01-02T05:00+01:00\n", "column outtime: .* naive local times"),
        ("1,,2150-01-01,2150-01-02\n", "1 rows without subject_id or stay_id"),
        ("1,11,2150-01-01,\n", "no stay"),
        ("2,11,2150-01-01,2150-01-02\n", "stay 11 belongs to two patients"),
    ],
)
def test_faults_of_a_table_of_stays_are_refused(tmp_path, edstays, found):
    header = ED["edstays"].splitlines()[0] + "\n"
    with pytest.raises(InputError, match=found):
        read_events(_ed(tmp_path, edstays=header + edstays))


def test_a_stay_of_a_long_table_spans_all_its_rows(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(
        "patient_id,stay_id,time,variable,value\n"
        "1,11,2150-01-01 05:00,pulse,80\n"
        "1,11,2150-01-01 03:00,pulse,0\n"
        "1,11,2150-01-01 09:00,rhythm,sinus\n"
        "1,12,2150-01-03 09:00,pulse,70\n"
    )
    stays = read_events(path).stays
    hours = (stays[["start", "end"]] - _time(0)) / pd.Timedelta(hours=1)
    assert hours.to_numpy().tolist() == [[3.0, 9.0], [57.0, 57.0]]


def test_hospital_stays_of_mimic_iv_come_from_its_admissions(tmp_path):
    for folder in ("icu", "hosp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "icu" / "chartevents.csv").write_text(
        "subject_id,hadm_id,stay_id,charttime,itemid,value,valuenum,valueuom\n"
        "1,7,11,2150-01-01 01:00,220045,80,80,bpm\n"
        "1,7,,2150-01-01 09:00,220045,81,81,bpm\n"
    )
    (tmp_path / "icu" / "icustays.csv").write_text(
        "subject_id,hadm_id,stay_id,intime,outtime\n1,7,11,2150-01-01 00:00,2150-01-01 05:00\n"
    )
    (tmp_path / "hosp" / "admissions.csv").write_text(
        "subject_id,hadm_id,admittime,dischtime\n1,7,2150-01-01 00:00,2150-01-02 05:00\n"
    )
    icu, hospital = read_events(tmp_path), read_events(tmp_path, stay="hospital")
    assert icu.table.value.to_pyarrow().to_pylist() == [80.0]
    assert [(e.reason, e.count) for e in icu.ledger] == [("no stay id", 1)]
    assert hospital.table.value.to_pyarrow().to_pylist() == [80.0, 81.0]
    assert list(hospital.stays["stay_id"]) == ["7"]
