"""Bad input: each fault one clear line that names the place, never a traceback of the database."""

import gc
import gzip
import re
import tempfile

import duckdb
import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables import read_events
from dolorimeter.tables.readers.workspace import data_faults

HEADER = "patient_id,stay_id,time,variable,value,unit\n"
GOOD = "p1,s1,2150-01-01 00:00,pulse,80,bpm\np1,s1,2150-01-01 01:00,pain_score,3,\n"
# Long enough that the end lies beyond what is looked at before DuckDB reads.
MANY = GOOD * 3000


def _refusal(path, **options):
    """Read what must be refused."""
    with pytest.raises(InputError) as caught:
        read_events(path, **options)
    return caught.value


CSV_FAULTS = {
    "empty file": (b"", ": an empty file"),
    "header only": (HEADER, ": a header without rows"),
    "missing column": (HEADER.replace("value,", "val,") + GOOD, "patient_id, stay_id, time"),
    "column twice": (HEADER.replace("unit", "value") + GOOD, "the columns value and value"),
    "column twice in other case": (HEADER.replace("unit", "VALUE") + GOOD, "value and VALUE"),
    "unknown unit": (
        HEADER + GOOD + "p1,s1,2150-01-01,pulse,80,furlong\n",
        "variable pulse: unknown unit 'furlong'",
    ),
    "wrong unit": (HEADER + GOOD + "p1,s1,2150-01-01,pulse,80,mmHg\n", "pulse in mmHg"),
    "no time": (HEADER + GOOD + "p1,s1,soon,pulse,80,\n", "row 3, column time: 'soon'"),
    "no day": (HEADER + GOOD + "p1,s1,2150-02-30,pulse,80,\n", "'2150-02-30', which is no time"),
    "day first": (HEADER + "p1,s1,1/2/2150 10:00,pulse,80,\n", "row 1, column time"),
    "zone": (HEADER + GOOD + "p1,s1,2150-01-01T10:00:00+02:00,pulse,80,\n", "drop the zone"),
    "zulu": (HEADER + GOOD + "p1,s1,2150-01-01 10:00Z,pulse,80,\n", "drop the zone"),
    "text": (
        HEADER + GOOD + "p1,s1,2150-01-01,pulse,high,\n",
        r"row 3, column value \(pulse\): 'high', which is no number",
    ),
    "two numbers": (HEADER + GOOD + "p1,s1,2150-01-01,systolic,120/80,\n", "'120/80'"),
    "grouped digits": (HEADER + GOOD + "p1,s1,2150-01-01,pulse,1_00,\n", "'1_00'"),
    "some text in a further variable": (
        HEADER + GOOD + "p1,s1,2150-01-01,hrv,1,\np1,s1,2150-01-02,hrv,x,\n",
        r"row 4, column value \(hrv\): 'x'",
    ),
    "infinite": (HEADER + GOOD + "p1,s1,2150-01-01,pulse,inf,\n", "row 3.*an infinite value"),
    "minus infinite": (HEADER + GOOD + "p1,s1,2150-01-01,hrv,-Infinity,\n", "an infinite value"),
    "too large": (HEADER + GOOD + "p1,s1,2150-01-01,pulse,1e999,\n", "an infinite value"),
    "infinite pain": (HEADER + GOOD + "p1,s1,2150-01-01,pain_score,inf,\n", "an infinite value"),
    "UTF-16": ((HEADER + GOOD).encode("utf-16"), "UTF-16 text"),
    "UTF-16 without mark": ((HEADER + GOOD).encode("utf-16-le"), "a NUL byte at position 1"),
    "NUL": ((HEADER + GOOD).encode().replace(b"80", b"8\0"), "a NUL byte"),
    "NUL in a late value": (
        (HEADER + MANY).encode() + b"p1,s1,2150-01-01,pulse,8\0,\n",
        "row 6001",
    ),
    "NUL in a late id": ((HEADER + MANY).encode() + b"p\0,s2,2150-01-01,pulse,8,\n", "NUL byte"),
    "NUL in a late name": ((HEADER + MANY).encode() + b"p1,s1,2150-01-01,p\0,8,\n", "NUL byte"),
    "Latin-1": ((HEADER + GOOD).encode() + b"p1,s1,2150-01-01,pulse,8,\xb0\n", "line 4: Invalid"),
    "Latin-1 header": (HEADER.encode().replace(b"unit", b"\xb0") + GOOD.encode(), "not UTF-8"),
    "short row": (HEADER + GOOD + "p1,s1\n", "line 4: Expected Number of Columns: 6 Found: 2"),
    "long row": (HEADER + GOOD + "p1,s1,2150-01-01,pulse,8,,9\n", "line 4: .*Found: 7"),
    "open quote": (HEADER + GOOD + 'p1,s1,2150-01-01,"pulse,8,\n', "line 4: .*quote"),
    "two patients": (
        HEADER + GOOD + "p2,s1,2150-01-01,pulse,80,\n",
        "belongs to patients p1 and p2",
    ),
    "nothing mapped": (HEADER + "p1,s1,2150-01-01,glucose,80,\n", "among glucose"),
    "nothing left": (HEADER + "p1,s1,2150-01-01,pulse,0,\n", "pulse out of range: 1"),
    "no ids at all": (HEADER + ",,2150-01-01,pulse,80,\n", "no stay"),
    "unit of two kinds": (
        HEADER + GOOD + "p1,s1,2150-01-01,hrv,1,ms\np1,s1,2150-01-01,hrv,1,s\n",
        "variable hrv: the units ms and s",
    ),
}


@pytest.mark.parametrize("fault", CSV_FAULTS)
def test_faults_of_csv_are_refused_naming_the_place(tmp_path, fault):
    content, message = CSV_FAULTS[fault]
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    error = _refusal(path)
    assert error.where.startswith(str(path))
    assert re.search(message, str(error))
    assert error.__cause__ is None


def _long_frame(n=2, **columns):
    frame = pd.DataFrame(
        {
            "patient_id": "p1",
            "stay_id": "s1",
            "time": pd.Timestamp("2150-01-01") + pd.to_timedelta(np.arange(n), unit="min"),
            "variable": "pulse",
            "value": 60.0 + np.arange(n) % 50,
        }
    )
    return frame.assign(**columns)


PARQUET_FAULTS = {
    "zone": (
        _long_frame(time=pd.to_datetime(["2150-01-01"] * 2).tz_localize("Europe/Rome")),
        "time: times with the zone .* drop the zone",
    ),
    "whole numbers for times": (_long_frame(time=[1, 2]), "time: a column of type int64"),
    "text for times": (_long_frame(time=["2150-01-01", "later"]), "row 2, column time: 'later'"),
    "infinite": (_long_frame(value=[60.0, np.inf]), r"row 2, column value \(pulse\): inf"),
    "truth values": (_long_frame(value=[True, False]), "value: a column of type boolean"),
    "text": (_long_frame(value=["60", "low"]), "row 2, column value .*'low'"),
    "no rows": (_long_frame().iloc[:0], "no rows"),
    "no column": (_long_frame().drop(columns="value"), "no column value among patient_id"),
    "column twice": (_long_frame(Value=1.0), "the columns value and Value"),
}


@pytest.mark.parametrize("fault", PARQUET_FAULTS)
def test_faults_of_parquet_are_refused_naming_the_place(tmp_path, fault):
    frame, message = PARQUET_FAULTS[fault]
    path = tmp_path / "table.parquet"
    frame.to_parquet(path, index=False)
    assert re.search(message, str(_refusal(path)))


@pytest.mark.parametrize("cut", [0, 5, 100, -100, -4])
def test_parquet_cut_short_is_refused(tmp_path, cut):
    whole, path = tmp_path / "whole.parquet", tmp_path / "table.parquet"
    _long_frame(500).to_parquet(whole, index=False)
    path.write_bytes(whole.read_bytes()[:cut])
    error = _refusal(path)
    assert error.where == str(path)
    assert "damaged or cut short" in error.found


def test_damaged_parquet_is_refused_or_read_but_never_crashes(tmp_path):
    path, rng = tmp_path / "table.parquet", np.random.default_rng(0)
    _long_frame(3000, value=rng.uniform(50, 90, 3000)).to_parquet(path, index=False)
    whole, refused = path.read_bytes(), 0
    for _ in range(5):
        damaged = bytearray(whole)
        at = int(rng.integers(0, len(whole) - 50))
        damaged[at : at + 50] = rng.bytes(50)
        path.write_bytes(bytes(damaged))
        try:
            read_events(path).table.count().to_pyarrow()
        except InputError:
            refused += 1
    assert refused


def test_one_bad_shard_is_named(tmp_path):
    for i in range(3):
        _long_frame().to_parquet(tmp_path / f"{i}.parquet", index=False)
    (tmp_path / "1.parquet").write_bytes(b"PAR1")
    assert _refusal(tmp_path).where == str(tmp_path / "1.parquet")
    _long_frame().drop(columns="value").to_parquet(tmp_path / "1.parquet", index=False)
    assert _refusal(tmp_path).where == str(tmp_path / "1.parquet")


@pytest.mark.parametrize("lost", [8, 4000])
def test_gzip_cut_short_is_refused(tmp_path, lost):
    path = tmp_path / "table.csv.gz"
    body = "".join(
        f"p{i * 7919 % 1009},s{i},2150-01-01 00:{i % 60:02d},pulse,{40 + i * 31 % 77},\n"
        for i in range(20_000)
    )
    path.write_bytes(gzip.compress((HEADER + body).encode())[:-lost])
    assert _refusal(path).where.startswith(str(path))


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"source": "fhir"}, "source"),
        ({"stay": "hospital"}, "stay"),
        ({"stay": "ward"}, "stay"),
        ({"memory_limit": "lots"}, "memory_limit"),
        ({"signals": "hrv"}, "signals"),
        ({"signals": ["hrv"]}, "signals"),
        ({"mapping": {"variabels": {}}}, "mapping"),
        ({"mapping": "no such map.toml"}, "no such map.toml"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options, where):
    path = tmp_path / "table.csv"
    path.write_text(HEADER + GOOD)
    assert _refusal(path, **options).where == where


def test_signals_are_refused_where_the_map_decides(data_like_meds):
    assert _refusal(data_like_meds, signals=["hrv"]).where == "signals"


@pytest.fixture
def data_like_meds(tmp_path):
    """Return a file with the columns of MEDS and one mapped code."""
    frame = pd.DataFrame(
        {
            "subject_id": [1, 1],
            "time": pd.to_datetime(["2150-01-01", "2150-01-02"]),
            "code": ["LAB//220045//bpm", "GENDER//F"],
            "numeric_value": [80.0, None],
        }
    )
    path = tmp_path / "meds.parquet"
    frame.to_parquet(path, index=False)
    return path


def test_meds_without_admissions_is_refused(data_like_meds):
    error = _refusal(data_like_meds)
    assert "ICU_ADMISSION" in error.found
    assert "stay='hospital'" in error.remedy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="numeric_value"), "no column numeric_value"),
        (lambda f: f.assign(numeric_value=["80", None]), "numeric_value: a column of type string"),
        (lambda f: f.assign(code=["LAB//220045//furlong", "x"]), "code LAB//220045//furlong: unk"),
        (lambda f: f.assign(code="GENDER//F"), "no variable of the map among GENDER//F"),
    ],
)
def test_faults_of_meds_are_refused(data_like_meds, change, message):
    frame = pd.read_parquet(data_like_meds)
    change(frame).to_parquet(data_like_meds, index=False)
    assert re.search(message, str(_refusal(data_like_meds)))


def test_infinite_values_in_meds_are_refused_naming_the_code(data_like_meds):
    frame = pd.read_parquet(data_like_meds).assign(numeric_value=[np.inf, None])
    moves = frame.assign(code=["ICU_ADMISSION//X", "ICU_DISCHARGE//X"], numeric_value=None)
    pd.concat([frame, moves]).to_parquet(data_like_meds, index=False)
    assert re.search("LAB//220045//bpm.*infinite", str(_refusal(data_like_meds)))


@pytest.mark.parametrize("name", ["nothing.csv", "nothing.parquet", "folder"])
def test_a_path_that_does_not_exist_is_refused(tmp_path, name):
    assert _refusal(tmp_path / name).where == str(tmp_path / name)


@pytest.mark.parametrize("content", [{"a.csv": "a,b\n1,2\n"}, {"a.xlsx": "PK"}, {}])
def test_what_no_reader_knows_is_refused_with_a_list_of_those_it_could_be(tmp_path, content):
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    error = _refusal(tmp_path / next(iter(content), ""))
    assert "mimic-iv-ed" in error.rule
    assert "long-csv" in error.rule
    if "a.csv" in content:
        assert error.found == "columns a, b"


@pytest.mark.parametrize(
    ("missing", "named"), [("edstays.csv", "edstays.csv"), ("vitalsign.csv", "vitalsign.csv")]
)
def test_a_missing_table_is_named(tmp_path, missing, named):
    (tmp_path / "vitalsign.csv").write_text("subject_id,stay_id,charttime,heartrate\n1,1,2150,80\n")
    (tmp_path / "edstays.csv").write_text("subject_id,stay_id,intime,outtime\n1,1,2150,2151\n")
    (tmp_path / missing).unlink()
    assert named in _refusal(tmp_path, source="mimic-iv-ed").where


def test_an_admission_at_no_time_is_refused(data_like_meds):
    frame = pd.read_parquet(data_like_meds).astype({"time": "str"})
    moves = frame.assign(code=["ICU_ADMISSION//X", "ICU_DISCHARGE//X"], time=["soon", "later"])
    pd.concat([frame, moves]).to_parquet(data_like_meds, index=False)
    assert re.search("time: 'later', which is no time", str(_refusal(data_like_meds)))


def test_chart_events_without_any_mapped_item_are_refused(tmp_path):
    (tmp_path / "icu").mkdir()
    (tmp_path / "icu" / "chartevents.csv").write_text(
        "subject_id,stay_id,charttime,itemid,value,valuenum,valueuom\n1,1,2150-01-01,224409,3,3,\n"
    )
    (tmp_path / "icu" / "icustays.csv").write_text(
        "subject_id,stay_id,intime,outtime\n1,1,2150-01-01,2150-01-02\n"
    )
    assert _refusal(tmp_path).found == "no row of a mapped item"


def test_scratch_files_go_when_reading_fails(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    path = tmp_path / "table.csv"
    path.write_text(CSV_FAULTS["text"][0])
    _refusal(path)
    gc.collect()
    assert not list(scratch.iterdir())


def test_a_scratch_disk_that_is_full_is_named():
    with pytest.raises(InputError, match="TMPDIR"), data_faults("table.csv"):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")


def test_our_own_faults_are_not_blamed_on_the_data():
    with pytest.raises(duckdb.BinderException), data_faults("here"):
        duckdb.connect().execute("select x from range(3)")
