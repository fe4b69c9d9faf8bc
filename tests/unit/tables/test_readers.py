"""Every format gives the same events; nothing depends on order; every value is accounted for."""

import gc
import gzip
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables import READERS, make_windows, read_events

COLUMNS = ["patient_id", "stay_id", "time", "variable", "value"]
# One small truth for all formats: (patient, stay, hour, variable, value).
TRUTH = [
    ("101", "11", 0.0, "pulse", 80.0),
    ("101", "11", 0.0, "systolic", 120.0),
    ("101", "11", 1.5, "temperature", 37.0),
    ("101", "11", 3.0, "pain_score", 4.0),
    ("101", "12", 50.0, "pulse", 90.0),
    ("101", "12", 52.0, "pain_score", 0.0),
    ("102", "21", 5.0, "spo2", 97.0),
    ("102", "21", 6.0, "respiratory_rate", 16.0),
    ("102", "21", 7.0, "diastolic", 70.0),
    ("102", "21", 8.0, "pulse", 60.0),
]
STAYS = [("101", "11", 0, 3), ("101", "12", 50, 52), ("102", "21", 5, 8)]
ITEMS = {
    "pulse": (220045, "bpm"),
    "systolic": (220179, "mmHg"),
    "temperature": (223762, "°C"),
    "pain_score": (223791, None),
    "spo2": (220277, "%"),
    "respiratory_rate": (220210, "insp/min"),
    "diastolic": (220051, "mmHg"),
}
ED_COLUMNS = {
    "pulse": "heartrate",
    "systolic": "sbp",
    "temperature": "temperature",
    "pain_score": "pain",
    "spo2": "o2sat",
    "respiratory_rate": "resprate",
    "diastolic": "dbp",
}


def _time(hours):
    return pd.Timestamp("2150-01-01") + pd.to_timedelta(hours, unit="h")


def _rows(events):
    """Events as sorted rows."""
    frame = events.table.to_pyarrow().to_pandas()
    return sorted(frame[COLUMNS].itertuples(index=False, name=None))


def _ledger(events):
    return [(e.variable, e.reason, e.action, e.count) for e in events.ledger]


def _expected():
    return sorted((p, s, _time(h), v, x) for p, s, h, v, x in TRUTH)


def _long(truth=TRUTH, unit=True):
    frame = pd.DataFrame(truth, columns=["patient_id", "stay_id", "time", "variable", "value"])
    frame["time"] = [_time(h) for h in frame["time"]]
    if unit:
        frame["unit"] = [ITEMS[v][1] for v in frame["variable"]]
    return frame


def _wide():
    frame = _long(unit=False).pivot(
        index=["patient_id", "stay_id", "time"], columns="variable", values="value"
    )
    return frame.reset_index()


def _meds_frame(truth=TRUTH, stays=STAYS):
    rows = [
        (int(p), _time(h), f"LAB//{ITEMS[v][0]}//{ITEMS[v][1] or 'UNK'}", x)
        for p, _, h, v, x in truth
    ]
    for patient, _, start, end in stays:
        rows.append((int(patient), _time(start), "ICU_ADMISSION//MICU", None))
        rows.append((int(patient), _time(end), "ICU_DISCHARGE//MICU", None))
    rows.append((int(stays[0][0]), None, "GENDER//F", None))
    frame = pd.DataFrame(rows, columns=["subject_id", "time", "code", "numeric_value"])
    return frame.astype({"numeric_value": "float32"})


def _write_meds(folder):
    (folder / "metadata").mkdir(parents=True)
    (folder / "metadata" / "dataset.json").write_text(json.dumps({"meds_version": "0.4.0"}))
    frame = _meds_frame()
    for split, part in (("train", frame[::2]), ("held_out", frame[1::2])):
        (folder / "data" / split).mkdir(parents=True)
        part.to_parquet(folder / "data" / split / "0.parquet", index=False)
    return folder


def _write_mimic(folder):
    (folder / "icu").mkdir(parents=True)
    events = pd.DataFrame(
        [(p, s, _time(h), ITEMS[v][0], f"{x:g}", x, ITEMS[v][1]) for p, s, h, v, x in TRUTH],
        columns=["subject_id", "stay_id", "charttime", "itemid", "value", "valuenum", "valueuom"],
    )
    other = events.iloc[:2].assign(itemid=[224409, 223794])
    pd.concat([events, other]).to_csv(folder / "icu" / "chartevents.csv.gz", index=False)
    stays = pd.DataFrame(STAYS, columns=["subject_id", "stay_id", "intime", "outtime"])
    stays[["intime", "outtime"]] = stays[["intime", "outtime"]].map(_time)
    stays.to_csv(folder / "icu" / "icustays.csv", index=False)
    return folder


def _write_ed(folder):
    (folder / "ed").mkdir(parents=True)
    vitals = _wide().rename(columns={"patient_id": "subject_id", "time": "charttime", **ED_COLUMNS})
    vitals["temperature"] = vitals["temperature"] * 1.8 + 32
    vitals.assign(rhythm="Sinus").to_csv(folder / "ed" / "vitalsign.csv.gz", index=False)
    stays = pd.DataFrame(STAYS, columns=["subject_id", "stay_id", "intime", "outtime"])
    stays[["intime", "outtime"]] = stays[["intime", "outtime"]].map(_time)
    stays.to_csv(folder / "ed" / "edstays.csv", index=False)
    (folder / "ed" / "triage.csv").write_text("subject_id,stay_id,pain\n101,11,9\n")
    return folder


def _write_parquet_parts(folder):
    folder.mkdir()
    _long()[:4].to_parquet(folder / "a.parquet", index=False)
    _long(unit=False)[4:].to_parquet(folder / "b.parquet", index=False)
    return folder


def _write_csv(frame, path, **options):
    frame.to_csv(path, index=False, **options)
    return path


def _write_parquet(frame, path):
    frame.to_parquet(path, index=False)
    return path


FORMATS = {
    "meds": lambda d: _write_meds(d / "meds"),
    "mimic-iv": lambda d: _write_mimic(d / "mimic"),
    "mimic-iv-ed": lambda d: _write_ed(d / "mimic"),
    "long-csv": lambda d: _write_csv(_long(), d / "long.csv"),
    "long-parquet": lambda d: _write_parquet(_long(), d / "long.parquet"),
    "wide-csv": lambda d: _write_csv(_wide(), d / "wide.csv.gz"),
    "wide-parquet": lambda d: _write_parquet(_wide(), d / "wide.parquet"),
}
VARIANTS = {
    "meds": lambda d: _write_parquet(_meds_frame(), d / "one_file.parquet"),
    "mimic-iv": lambda d: _write_mimic(d / "mimic") / "icu",
    "mimic-iv-ed": lambda d: _write_ed(d / "mimic") / "ed" / "vitalsign.csv.gz",
    "long-csv": lambda d: _write_csv(_long(unit=False), d / "long.tsv", sep="\t"),
    "long-parquet": lambda d: _write_parquet_parts(d / "parts"),
    "wide-csv": lambda d: _write_csv(_wide().astype(str).replace("nan", "NA"), d / "wide.txt"),
    "wide-parquet": lambda d: _write_parquet(
        _wide().rename(columns={"pulse": "LOINC//8867-4", "spo2": "OMOP/3016502"}), d / "w.parquet"
    ),
}


def test_every_reader_is_tested():
    assert set(FORMATS) == set(VARIANTS) == set(READERS)


@pytest.mark.parametrize("write", [FORMATS, VARIANTS], ids=["plain", "variant"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_detected_and_gives_the_same_events(tmp_path, name, write):
    events = read_events(write[name](tmp_path))
    assert events.source == name
    expected = _expected()
    if name == "meds":
        number = {"11": "101-1", "12": "101-2", "21": "102-1"}
        expected = sorted((p, number[s], *rest) for p, s, *rest in expected)
    found = _rows(events)
    assert [row[:4] for row in found] == [row[:4] for row in expected]
    assert [row[4] for row in found] == pytest.approx([row[4] for row in expected], abs=1e-9)
    stays = events.stays
    assert list(stays.columns) == ["patient_id", "stay_id", "start", "end"]
    assert list(stays["patient_id"]) == ["101", "101", "102"]
    assert list(stays["start"]) == [_time(s) for _, _, s, _ in STAYS]
    assert list(stays["end"]) == [_time(e) for _, _, _, e in STAYS]
    converted = [("temperature", "Fahrenheit to Celsius", "converted", 1)]
    assert _ledger(events) == (converted if name == "mimic-iv-ed" else [])


def test_the_schema_is_the_contract(tmp_path):
    events = read_events(FORMATS["long-csv"](tmp_path))
    schema = events.table.schema()
    assert list(schema) == COLUMNS
    assert schema["time"].timezone is None
    assert all(schema[name].is_string() for name in ("patient_id", "stay_id", "variable"))
    assert schema["value"].is_float64()
    assert events.stays["start"].dtype == "datetime64[us]"
    assert events.path == str(tmp_path / "long.csv")
    assert events.truth is None


def test_windows_take_the_events(tmp_path):
    cohort = make_windows(read_events(FORMATS["wide-csv"](tmp_path)))
    assert list(cohort.lengths) == [2, 1, 2]
    assert cohort.pain[1] == 4.0


def test_source_overrides_what_is_detected(tmp_path):
    path = _write_csv(_long(), tmp_path / "table.csv")
    events = read_events(
        path, source="wide-csv", mapping={"variables": {"pulse": {"codes": {"local": ["value"]}}}}
    )
    assert events.source == "wide-csv"
    assert {row[3] for row in _rows(events)} == {"pulse"}


def test_two_formats_in_one_folder_must_be_chosen_between(tmp_path):
    _write_mimic(tmp_path / "mimic")
    shutil.move(_write_ed(tmp_path / "other") / "ed", tmp_path / "mimic" / "ed")
    with pytest.raises(InputError, match="mimic-iv-ed or mimic-iv"):
        read_events(tmp_path / "mimic")
    assert read_events(tmp_path / "mimic", source="mimic-iv").source == "mimic-iv"


MESSY = [
    *((f"p{i % 3}", f"s{i % 3}", i // 6, "pulse", 60.0 + i % 5) for i in range(60)),
    *((f"p{i % 3}", f"s{i % 3}", i // 6, "pain_score", float(i % 13)) for i in range(60)),
    *((f"p{i % 3}", f"s{i % 3}", i // 6, "temperature", 36.0 + i) for i in range(60)),
    *((f"p{i % 3}", f"s{i % 3}", i // 6, "rmssd", 0.1 * i) for i in range(60)),
    ("p1", None, 3, "pulse", 70.0),
    (None, "s1", 3, "pulse", 70.0),
    ("p1", "s1", 3, "pulse", None),
]


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_shuffled_rows_give_identical_results(tmp_path, name, seed):
    write = {"csv": _write_csv, "parquet": _write_parquet}[name]
    frame = _long(MESSY, unit=False)
    shuffled = frame.sample(frac=1, random_state=seed)
    results = []
    for part, rows in (("a", frame), ("b", shuffled)):
        events = read_events(write(rows, tmp_path / f"{part}.{name}"))
        results.append((events.table.to_pyarrow(), events.stays, events.ledger))
    assert results[0][0].equals(results[1][0])  # order of the rows included
    pd.testing.assert_frame_equal(results[0][1], results[1][1])
    assert results[0][2] == results[1][2]


def test_shuffled_meds_shards_give_identical_results(tmp_path):
    frame = _meds_frame()
    results = []
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        mixed = frame.sample(frac=1, random_state=seed)
        for i, part in enumerate(np.array_split(np.arange(len(mixed)), seed + 1)):
            mixed.iloc[part].to_parquet(folder / f"{i}.parquet", index=False)
        events = read_events(folder)
        results.append((_rows(events), events.stays.to_dict(), events.ledger))
    assert results[0] == results[1] == results[2]


def test_every_value_is_kept_dropped_or_set_missing(tmp_path):
    events = read_events(_write_csv(_long(MESSY, unit=False), tmp_path / "messy.csv"))
    kept = pd.Series([row[3] for row in _rows(events)]).value_counts()
    into = pd.Series([row[3] for row in MESSY]).value_counts()
    for variable, n_rows in into.items():
        out = sum(
            e.count for e in events.ledger if e.variable == variable and e.action != "converted"
        )
        assert n_rows == kept[variable] + out
    assert {
        ("pulse", "no patient id", "dropped", 1),
        ("pulse", "no stay id", "dropped", 1),
        ("pulse", "no value", "set missing", 1),
        ("pain_score", "out of range", "set missing", 8),
    } <= set(_ledger(events))
    # By hand: per patient and hour two rows each of pulse; equal where 60 + i % 5 agree.
    pairs = pd.DataFrame(MESSY[:60]).duplicated().sum()
    assert ("pulse", "duplicate row", "dropped", pairs) in _ledger(events) or not pairs


def test_a_row_repeated_in_every_field_counts_once(tmp_path):
    truth = [*TRUTH, *TRUTH[:3], TRUTH[0]]
    events = read_events(_write_csv(_long(truth), tmp_path / "twice.csv"))
    assert _rows(events) == _expected()
    assert _ledger(events) == [
        ("pulse", "duplicate row", "dropped", 2),
        ("systolic", "duplicate row", "dropped", 1),
        ("temperature", "duplicate row", "dropped", 1),
    ]


def test_two_instruments_that_agree_are_two_measurements(tmp_path):
    frame = _meds_frame()
    cuff = frame[frame["code"].str.contains("220179")]
    both = pd.concat([frame, cuff.assign(code="LAB//220050//mmHg"), cuff])
    events = read_events(_write_parquet(both, tmp_path / "two.parquet"))
    assert [row[3] for row in _rows(events)].count("systolic") == 2
    assert _ledger(events) == [("systolic", "duplicate row", "dropped", 1)]


def test_values_are_cleaned_before_stays_are_applied(tmp_path):
    extra = [("101", "", 200.0, "pain_score", None), ("101", "", 200.0, "pain_score", 3.0)]
    events = read_events(_write_parquet(_meds_frame(TRUTH + extra), tmp_path / "meds.parquet"))
    assert _ledger(events) == [
        ("pain_score", "unable to score", "set missing", 1),
        ("pain_score", "outside every stay", "dropped", 1),
    ]


def test_pain_in_words_is_read_from_the_text_value_of_meds(tmp_path):
    frame = _meds_frame().assign(text_value=None)
    words = frame[frame["code"].str.contains("223791|220045")].assign(numeric_value=np.nan)
    words["text_value"] = ["high", "7/10", "high", "asleep", "high"]
    frame = pd.concat([frame[~frame.index.isin(words.index)], words.sort_index()])
    events = read_events(_write_parquet(frame, tmp_path / "meds.parquet"))
    assert [row[4] for row in _rows(events) if row[3] == "pain_score"] == [7.0]
    assert _ledger(events) == [
        ("pain_score", "score out of 10", "converted", 1),
        ("pain_score", "unable to score", "set missing", 1),
        ("pulse", "no value", "set missing", 3),
    ]


def test_pain_in_words_is_read_from_the_value_of_chart_events(tmp_path):
    _write_mimic(tmp_path)
    path = tmp_path / "icu" / "chartevents.csv.gz"
    frame = pd.read_csv(path, dtype=str)
    pain = frame["itemid"] == "223791"
    frame.loc[pain, ["value", "valuenum"]] = [["Unable to Score", None], ["3", None]]
    frame.loc[frame["itemid"] == "220045", ["value", "valuenum"]] = ["ERROR", None]
    frame.to_csv(path, index=False)
    events = read_events(tmp_path, source="mimic-iv")
    assert [row[4] for row in _rows(events) if row[3] == "pain_score"] == [3.0]
    assert _ledger(events) == [
        ("pain_score", "unable to score", "set missing", 1),
        ("pulse", "no value", "set missing", 3),
    ]


WIDE_EXTRA = """,patient_id,stay_id,time,pulse,pain_score,rmssd,ward,empty,flag
0,p1,s1,2150-01-01 00:00,80,unable,11.5,A,,true
1,p1,s1,2150-01-01T02:00:00.5,,3,1e1,B,,false
2,p1,s1,2150/01/01,N/A,4,nan,3,,
"""


def test_further_numeric_columns_keep_their_names_and_words_are_left_out(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(WIDE_EXTRA)
    events = read_events(path)
    assert [row[3:] for row in _rows(events)] == [
        ("pain_score", 4.0),
        ("pulse", 80.0),
        ("rmssd", 11.5),
        ("pain_score", 3.0),
        ("rmssd", 10.0),
    ]
    assert _ledger(events) == [
        ("pain_score", "unable to score", "set missing", 1),
        ("flag", "text, not a number", "dropped", 2),
        ("ward", "text, not a number", "dropped", 3),
    ]
    some = read_events(path, signals=())
    assert {row[3] for row in _rows(some)} == {"pain_score", "pulse"}
    assert ("rmssd", "not selected", "dropped", 2) in _ledger(some)
    with pytest.raises(InputError, match="ward"):
        read_events(path, signals=["ward"])


def test_further_variables_of_a_long_table(tmp_path):
    frame = pd.concat(
        [
            _long(),
            _long()[:2].assign(variable="rmssd", value=[11.0, 12.0], unit="ms"),
            _long()[:3].assign(variable="rhythm", value=["sinus", "sinus", None], unit=None),
            _long()[:1].assign(variable=None),
        ]
    )
    path = _write_csv(frame, tmp_path / "long.csv")
    events = read_events(path)
    assert [row[3] for row in _rows(events)].count("rmssd") == 2
    assert _ledger(events) == [
        ("rhythm", "text, not a number", "dropped", 3),
        ("(any)", "no variable", "dropped", 1),
    ]
    assert ("rmssd", "not selected", "dropped", 2) in _ledger(read_events(path, signals=[]))
    frame["unit"] = [
        "s" if v == "rmssd" and x == 12 else u
        for v, x, u in zip(frame["variable"], frame["value"], frame["unit"], strict=True)
    ]
    with pytest.raises(InputError, match="units ms and s"):
        read_events(_write_csv(frame, path))


def test_units_of_a_long_table_convert(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(
        "patient_id,stay_id,time,variable,value,unit\n"
        "1,1,2150-01-01,systolic,16,kPa\n"
        "1,1,2150-01-01,LOINC/8310-5,98.6,°F\n"
        "1,1,2150-01-01,temperature,98.6,Cel\n"
        "1,1,2150-01-01,LAB//223761//°F,36.6,\n"
        "1,1,2150-01-01,OMOP//3024171,16,breaths/min\n",
        encoding="utf-8",
    )
    events = read_events(path)
    values = {row[3]: row[4] for row in _rows(events)}
    assert values["systolic"] == pytest.approx(120.01, abs=0.01)
    assert values["respiratory_rate"] == 16.0
    temperatures = [row[4] for row in _rows(events) if row[3] == "temperature"]
    assert temperatures == pytest.approx([36.6, 37.0, 37.0])
    assert _ledger(events) == [
        ("systolic", "kPa to mmHg", "converted", 1),
        ("temperature", "Fahrenheit to Celsius", "converted", 1),
        ("temperature", "labeled Celsius, read as Fahrenheit", "converted", 1),
        ("temperature", "labeled Fahrenheit, read as Celsius", "converted", 1),
    ]


def test_ids_that_pandas_turned_into_floats_are_whole_numbers_again(tmp_path):
    frame = _long().assign(patient_id=[101.0] * 6 + [np.nan] + [102.0] * 3)
    events = read_events(_write_parquet(frame, tmp_path / "long.parquet"))
    assert {row[0] for row in _rows(events)} == {"101", "102"}
    assert _ledger(events) == [("spo2", "no patient id", "dropped", 1)]


def test_csv_with_a_byte_order_mark_windows_line_ends_and_quotes(tmp_path):
    path = tmp_path / "long.csv"
    text = _long().to_csv(index=False, quoting=1, lineterminator="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert _rows(read_events(path)) == _expected()


def test_packed_csv_is_known_by_its_content(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(gzip.compress(_long().to_csv(index=False).encode()))
    assert _rows(read_events(path)) == _expected()


def test_a_users_map_reaches_the_reader(tmp_path):
    frame = _long().replace({"variable": {"pulse": "HR (bpm)"}})
    path = _write_csv(frame, tmp_path / "long.csv")
    own = tmp_path / "own.toml"
    own.write_text('[variables.pulse.codes]\nlocal = ["HR (bpm)"]\n')
    assert _rows(read_events(path, mapping=own)) == _expected()


def test_scratch_files_go_when_the_events_go(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    table = read_events(FORMATS["long-csv"](tmp_path)).table
    gc.collect()
    assert table.count().to_pyarrow().as_py() == len(TRUTH)
    [folder] = (tmp_path / "scratch").iterdir()
    assert [p.name for p in folder.iterdir()] == ["judged.parquet"]
    del table
    gc.collect()
    assert not list((tmp_path / "scratch").iterdir())


def test_readings_do_not_share_a_database(tmp_path):
    first = read_events(FORMATS["long-csv"](tmp_path))
    second = read_events(FORMATS["wide-csv"](tmp_path))
    backends = {id(e.table.get_backend()) for e in (first, second)}
    assert len(backends) == 2


def test_columns_may_have_any_name(tmp_path):
    names = [
        "key",
        "number",
        "text",
        "unread",
        "cell",
        "row",
        "value2",
        "rule",
        "owner",
        "x'y",
        "é",
    ]
    frame = _wide().assign(**{name: float(i) for i, name in enumerate(names)})
    for path in (
        _write_csv(frame, tmp_path / "wide.csv"),
        _write_parquet(frame, tmp_path / "wide.parquet"),
    ):
        rows = _rows(read_events(path))
        assert {row[3:] for row in rows} >= {(name, float(i)) for i, name in enumerate(names)}


def test_a_table_may_be_very_wide(tmp_path):
    wide = _wide()
    more = pd.DataFrame(np.ones((len(wide), 120)), columns=[f"c{i}" for i in range(120)])
    frame = pd.concat([wide, more], axis=1)
    events = read_events(_write_csv(frame, tmp_path / "wide.csv"))
    assert len(_rows(events)) == len(TRUTH) + 120 * len(frame)
