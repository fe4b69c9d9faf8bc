"""Tables of events: rows as they stand, oddities as notices, refusals with the row."""

import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.bids import read_all_events, read_dataset, read_events
from dolorimeter.core import InputError

FILE = "sub-1/func/sub-1_task-t_run-{}_events.tsv"
HEAD = "onset\tduration\ttrial_type\n"


@pytest.fixture
def read(make_set):
    """Return a function that reads the events of one file."""

    def of(content, **files):
        return read_events(read_dataset(make_set({FILE.format(1): content, **files})).runs[0])

    return of


def test_rows_as_they_stand(read):
    table = read(HEAD + "1.5\t0\thigh\n3.25\tn/a\tn/a\n.5e1\t2\t low\n")
    np.testing.assert_array_equal(table.onset, [1.5, 3.25, 5])
    np.testing.assert_array_equal(table.duration, [0, np.nan, 2])
    assert table.texts("trial_type").tolist() == ["high", "", " low"]
    assert table.notices == ()
    frame = table.frame()
    assert frame.columns.tolist() == ["onset", "duration", "trial_type"]
    assert frame["trial_type"].isna().tolist() == [False, True, False]


def test_onsets_that_go_back_are_kept_and_named(read):
    table = read(HEAD + "1\t0\ta\n9\t0\ta\nn/a\t0\ta\n4\t0\ta\n5\t0\ta\n")
    np.testing.assert_array_equal(table.onset, [1, 9, np.nan, 4, 5])
    assert [(n.kind, n.row) for n in table.notices] == [("no-onset", 3), ("onset-goes-back", 4)]
    assert "4 s lies before 9 s of data row 2" in table.notices[1].what


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(read, end):
    table = read((HEAD + "1\t0\ta\n2\t0\tb\n").replace("\n", end).encode())
    assert table.texts("trial_type").tolist() == ["a", "b"]


def test_no_other_character_ends_a_line(read):
    table = read((HEAD + "1\t0\ta\x0b\x1c\x85\u2028b\n").encode())
    assert table.texts("trial_type").tolist() == ["a\x0b\x1c\x85\u2028b"]


def test_byte_order_mark(read):
    table = read(b"\xef\xbb\xbf" + HEAD.encode() + b"1\t0\ta\n")
    assert [n.kind for n in table.notices] == ["byte-order-mark"]
    assert table.onset.tolist() == [1]


def test_missing_values_that_are_not_written_so(read):
    table = read(HEAD + "1\tn/a\ta\n2\t\ta\n3\tNaN\ta\n")
    (notice,) = table.notices
    assert (notice.row, notice.kind) == (2, "missing-not-n/a")
    assert "2 times" in notice.what
    assert np.isnan(table.duration).all()


def test_two_columns_of_one_name(read):
    table = read("onset\tduration\tup\tup\n1\t0\tn/a\tdown\n")
    assert table.columns == ("onset", "duration", "up", "up.2")
    assert [n.kind for n in table.notices] == ["two-columns"]
    assert table.texts("up.2").tolist() == ["down"]


def test_a_column_too_many_that_is_empty(read):
    table = read("onset\tduration\t\n1\t0\t\n")
    assert table.columns == ("onset", "duration")
    assert [n.kind for n in table.notices] == ["empty-column"]


def test_no_durations(read):
    table = read("onset\n1\n")
    assert [n.kind for n in table.notices] == ["no-duration"]
    assert np.isnan(table.duration).all()


def test_durations_below_zero(read):
    assert [n.kind for n in read(HEAD + "1\t-1\ta\n").notices] == ["negative-duration"]


def test_a_header_alone(read):
    table = read(HEAD)
    assert len(table) == 0
    assert [n.kind for n in table.notices] == ["no-events"]


def test_words_beyond_the_levels_of_the_sidecar(read):
    sidecar = '{"trial_type": {"Levels": {"a": "first"}}}'
    table = read(HEAD + "1\t0\ta\n2\t0\tb\n3\t0\tb\n", **{"task-t_events.json": sidecar})
    (notice,) = table.notices
    assert (notice.row, notice.kind) == (2, "level-not-described")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("duration\ttrial_type\n1\ta\n", "no column onset among duration, trial_type"),
        ("onset,duration\n1,2\n", "parted by commas: save it with tabs"),
        (HEAD + "1\t0\ta\nsoon\t0\ta\n", "data row 2, column onset: 'soon'; expected a finite"),
        (HEAD + "inf\t0\ta\n", "data row 1, column onset: 'inf'"),
        (HEAD + "1_0\t0\ta\n", "'1_0'"),
        (HEAD + "1,5\t0\ta\n", "'1,5'"),
        (HEAD + "1e999\t0\ta\n", "'1e999'"),
        (HEAD + "1\tlong\ta\n", "column duration: 'long'"),
        (HEAD + "1\t0\ta\n2\t0\n", "data row 2: 2 cells, and the header 3"),
        (HEAD + "1\t0\ta\tb\n", "data row 1: 4 cells, and the header 3"),
        (HEAD + "\n1\t0\ta\n", "data row 1: 1 cell, and the header 3"),
        ("", "no header"),
        ("\t\tx\n1\t2\t3\n", "column 1 has no name"),
        (HEAD.encode() + b"1\t0\ta\0\n", "a NUL byte"),
        ((HEAD + "1\t0\ta\n").encode("utf-16"), "UTF-16"),
        ((HEAD + "1\t0\ta\n").encode("utf-16-le"), "a NUL byte"),
        (HEAD.encode() + b"1\t0\t\xff\n", "line 2: bytes that are not UTF-8"),
    ],
)
def test_refused_in_one_line(read, content, words):
    with pytest.raises(InputError) as error:
        read(content)
    assert words in str(error.value)
    assert FILE.format(1) in str(error.value)
    assert "\n" not in str(error.value)


@settings(max_examples=60)
@given(st.binary(max_size=60) | st.text("onset\t\n\r1.-e n/a", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content):
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "sub-1" / "func" / "sub-1_task-t_events.tsv"
        path.parent.mkdir(parents=True)
        path.write_bytes(HEAD.encode() + content)
        run = read_dataset(scratch).runs[0]
        with contextlib.suppress(InputError):
            table = read_events(run)
            assert len(table.onset) == len(table) == len(table.texts("trial_type"))


def test_columns_that_are_not_there(read):
    with pytest.raises(InputError, match="no column 'pain'; expected one of onset, duration"):
        read(HEAD + "1\t0\ta\n").numbers("pain")


# Onsets over runs


@pytest.fixture
def runs(make_set):
    """Return a function that makes one person's runs from lists of onsets."""

    def of(*onsets, width=None):
        body = {
            FILE.format(i): HEAD + "".join(f"{o}\t1\ta\n" for o in run)
            for i, run in enumerate(onsets, start=1)
        }
        sidecar = {} if width is None else {"bold.json": f'{{"RepetitionTime": {width}}}'}
        return read_dataset(make_set({**body, **sidecar}))

    return of


def test_accumulating_onsets_are_said_and_left(runs):
    first, second = read_all_events(runs([5, 90], [105.01, 190], width=2))
    np.testing.assert_array_equal(second.onset, [105.01, 190])
    assert (first.offset, second.offset, first.notices) == (0, 0, ())
    (notice,) = second.notices
    assert notice.kind == "onsets-accumulate"
    assert "start at 105.01 s, after the end of the run before (91 s)" in notice.what


def test_accumulating_onsets_from_run_start_by_whole_volumes(runs):
    dataset = runs([5, 90], [105.01, 190], [199, 290], width=2)
    tables = read_all_events(dataset, "from-run-start")
    assert [table.offset for table in tables] == [0, 100, 194]
    np.testing.assert_allclose(tables[1].onset, [5.01, 90])
    assert tables[1].cells.columns["onset"].tolist() == ["105.01", "190"]
    (notice,) = tables[1].notices
    assert notice.what == (
        "100 s taken from every onset: the first event then comes at 5.01 s,"
        " as in the first run at 5 s (50 volumes of 2 s, within 10 ms)"
    )


@pytest.mark.parametrize("width", [None, 3])
def test_offsets_that_are_no_whole_volumes(runs, width):
    tables = read_all_events(runs([5, 90], [105, 190], width=width), "from-run-start")
    assert tables[1].offset == 100
    assert "not tied to volumes" in tables[1].notices[0].what


@pytest.mark.parametrize(
    "onsets",
    [
        ([5, 90], [6, 95]),
        ([5, 90], [91.5, 150], [4, 80]),
        ([5], [10]),
        ([5, 90], [90.5, 150]),
        ([5, 90],),
    ],
)
def test_onsets_that_do_not_accumulate_are_not_moved(runs, onsets):
    for table in read_all_events(runs(*onsets), "from-run-start"):
        assert table.offset == 0
        assert table.notices == ()


def test_an_unknown_wish(runs):
    with pytest.raises(InputError, match="onsets: 'zero'"):
        read_all_events(runs([1, 2]), "zero")
