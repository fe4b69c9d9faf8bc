"""The readers on the real demos, against counts that pandas makes of the raw files."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.tables import make_windows, read_events

pytestmark = pytest.mark.real_data

ITEMS = {
    "pain_score": ("223791",),
    "pulse": ("220045",),
    "respiratory_rate": ("220210", "224690"),
    "spo2": ("220277",),
    "systolic": ("220050", "225309", "220179"),
    "diastolic": ("220051", "225310", "220180"),
    "temperature": ("223762", "223761"),
}
ED_COLUMNS = {
    "pain_score": "pain",
    "pulse": "heartrate",
    "respiratory_rate": "resprate",
    "spo2": "o2sat",
    "systolic": "sbp",
    "diastolic": "dbp",
    "temperature": "temperature",
}


@pytest.fixture(scope="module")
def meds_raw(data_dir):
    """Return the raw MEDS events, with the second part of each code as its item."""
    raw = pd.read_parquet(data_dir / "mimic-iv-demo-meds" / "data" / "all" / "0.parquet")
    item = {code: f"{code}//".split("//")[1] for code in raw["code"].unique()}
    return raw.assign(item=raw["code"].map(item))


@pytest.fixture(scope="module")
def meds(data_dir):
    """Return the MIMIC-IV demo as the reader gives it."""
    return read_events(data_dir / "mimic-iv-demo-meds")


@pytest.fixture(scope="module")
def emergency_raw(data_dir):
    """Return the raw vital signs of the emergency demo, as text."""
    return pd.read_csv(data_dir / "mimic-iv-ed-demo" / "ed" / "vitalsign.csv.gz", dtype=str)


@pytest.fixture(scope="module")
def emergency(data_dir):
    """Return the emergency demo as the reader gives it."""
    return read_events(data_dir / "mimic-iv-ed-demo")


def _counts(events, variable):
    """Ledger of one variable: {(reason, action): count}."""
    return {(e.reason, e.action): e.count for e in events.ledger if e.variable == variable}


def _frame(events):
    return events.table.to_pyarrow().to_pandas()


def _balance(events, rows_in):
    """Rows in = rows kept + dropped + set missing, for every variable; None is left over."""
    kept = _frame(events)["variable"].value_counts()
    assert set(kept.index) == set(rows_in)
    for variable, n_rows in rows_in.items():
        out = sum(
            n for (_, action), n in _counts(events, variable).items() if action != "converted"
        )
        assert n_rows == kept[variable] + out, variable


def _items(meds_raw, *items):
    return meds_raw[meds_raw["item"].isin(items)]


def test_every_value_of_the_mimic_demo_is_accounted_for(meds, meds_raw):
    assert meds.source == "meds"
    _balance(meds, {name: len(_items(meds_raw, *items)) for name, items in ITEMS.items()})


def test_pain_that_could_not_be_scored_is_missing_and_counted(meds, meds_raw):
    raw = _items(meds_raw, "223791")
    assert (len(raw), raw["numeric_value"].isna().sum()) == (2099, 643)
    counts = _counts(meds, "pain_score")
    assert counts["unable to score", "set missing"] == 643
    kept = _frame(meds).query("variable == 'pain_score'")["value"]
    assert len(kept) == 2099 - 643 - counts["outside every stay", "dropped"]
    # Never zero: no more zeros come out than were written down.
    assert (kept == 0).sum() <= (raw["numeric_value"] == 0).sum()


def test_the_quirks_of_the_mimic_demo_are_counted(meds, meds_raw):
    zeros = {
        name: int((_items(meds_raw, *ITEMS[name])["numeric_value"] == 0).sum())
        for name in ("pulse", "respiratory_rate")
    }
    assert zeros["pulse"] == 3
    for name, count in zeros.items():
        assert _counts(meds, name)["out of range", "set missing"] == count
    celsius = _items(meds_raw, "223762")["numeric_value"]
    assert (celsius > 50).sum() == 3
    counts = _counts(meds, "temperature")
    assert counts["labeled Celsius, read as Fahrenheit", "converted"] == 3
    fahrenheit = len(_items(meds_raw, "223761"))
    assert counts["Fahrenheit to Celsius", "converted"] == fahrenheit
    assert _frame(meds).query("variable == 'temperature'")["value"].between(30, 43).all()


def test_stays_are_those_of_the_admissions(meds, meds_raw):
    stays = meds.stays
    assert (len(stays), stays["patient_id"].nunique()) == (140, 100)
    hours = (stays["end"] - stays["start"]) / pd.Timedelta(hours=1)
    assert (hours >= 48).sum() == 74
    moves = {
        kind: meds_raw[meds_raw["code"].str.startswith(f"ICU_{kind}")]
        .sort_values(["subject_id", "time"])["time"]
        .to_numpy()
        for kind in ("ADMISSION", "DISCHARGE")
    }
    by_number = stays.assign(number=stays["patient_id"].astype(int))
    by_number = by_number.sort_values(["number", "start"])
    np.testing.assert_array_equal(by_number["start"].to_numpy(), moves["ADMISSION"])
    np.testing.assert_array_equal(by_number["end"].to_numpy(), moves["DISCHARGE"])
    scored = _frame(meds).query("variable == 'pain_score'").groupby("stay_id").size()
    assert (scored[scored.index.isin(stays["stay_id"][hours >= 48])] >= 2).sum() == 65


def test_events_lie_in_their_stays(meds):
    frame = _frame(meds).merge(meds.stays, on=["stay_id", "patient_id"], validate="many_to_one")
    assert len(frame) == len(_frame(meds))
    assert frame["time"].between(frame["start"], frame["end"]).all()
    assert np.isfinite(frame["value"]).all()


def test_shuffled_shards_of_the_mimic_demo_give_identical_results(meds, meds_raw, tmp_path):
    shuffled = meds_raw.drop(columns="item").sample(frac=1, random_state=0)
    for i, part in enumerate(np.array_split(np.arange(len(shuffled)), 3)):
        shuffled.iloc[part].to_parquet(tmp_path / f"{i}.parquet", index=False)
    again = read_events(tmp_path)
    assert again.table.to_pyarrow().equals(meds.table.to_pyarrow())
    pd.testing.assert_frame_equal(again.stays, meds.stays)
    assert again.ledger == meds.ledger
    assert np.array_equal(
        make_windows(again, min_stay="48h").vitals,
        make_windows(meds, min_stay="48h").vitals,
        equal_nan=True,
    )


def test_hospital_stays_of_the_mimic_demo(data_dir):
    events = read_events(data_dir / "mimic-iv-demo-meds", stay="hospital")
    assert len(events.stays) == 275
    assert _counts(events, "pain_score")["unable to score", "set missing"] == 643


def test_every_value_of_the_emergency_demo_is_accounted_for(emergency, emergency_raw):
    assert emergency.source == "mimic-iv-ed"
    rows_in = {
        name: int(emergency_raw[column].str.strip().notna().sum())
        for name, column in ED_COLUMNS.items()
    }
    _balance(emergency, rows_in)
    assert len(emergency.stays) == 222


def test_pain_text_of_the_emergency_demo(emergency, emergency_raw):
    counts = _counts(emergency, "pain_score")
    text = emergency_raw["pain"].dropna().str.strip()
    numbers = pd.to_numeric(text, errors="coerce")
    words = text[numbers.isna()]
    assert counts["score out of 10", "converted"] == (words == "0/10").sum() == 1
    missing = counts["unable to score", "set missing"]
    assert missing + counts["text not understood", "set missing"] == len(words) - 1
    sure = words.str.lower().isin(["unable", "asleep", "uta", "sleeping", "critical", "sedated"])
    assert missing >= sure.sum()
    values = _frame(emergency).query("variable == 'pain_score'")["value"]
    assert 8.5 in set(values)
    assert values.between(0, 10).all()
    assert counts.get(("out of range", "set missing"), 0) == (numbers > 10).sum()


def test_temperatures_of_the_emergency_demo_are_celsius(emergency, emergency_raw):
    raw = pd.to_numeric(emergency_raw["temperature"]).dropna()
    counts = _counts(emergency, "temperature")
    assert (raw < 50).sum() == 36
    assert counts["labeled Fahrenheit, read as Celsius", "converted"] == 36
    assert counts["Fahrenheit to Celsius", "converted"] == (raw > 50).sum()
    assert _frame(emergency).query("variable == 'temperature'")["value"].between(31, 41).all()


def test_values_that_the_outlier_rule_judges_are_left_to_it(emergency):
    frame = _frame(emergency)
    assert frame.query("variable == 'spo2'")["value"].min() < 50
    assert frame.query("variable == 'systolic'")["value"].min() == 11
