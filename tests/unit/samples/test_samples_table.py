"""Tables of samples: typed selection, classes, names word for word, and one line for each fault."""

import gzip

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import read_samples

TEXT = """person,twin,heat,level,painful,rating,roi_a,roi_b,other
007,f1,0.3,low,true,1.5,1,2,9
007,f1,0.3,high,true,2.5,3,4,9
010,f2,-0.3,low,false,,5,6,9
010,f2,-0.3,high,false,4.5,7,8,9
"""
COLUMNS = {"subject": "person"}
CLASSES = {"column": "level", "classes": {"low": "low", "high": "high"}}
ROI = {"prefix": "roi_"}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text(TEXT)
    return path


def read(path, **changed):
    given = {"columns": COLUMNS, "features": ROI, "target": CLASSES} | changed
    return read_samples(path, **given)


def fault(path, *fragments, **changed):
    with pytest.raises(InputError) as caught:
        read(path, **changed)
    message = str(caught.value)
    assert "\n" not in message
    for fragment in fragments:
        assert fragment in message


def test_all_that_is_known_is_read(path):
    samples = read(
        path, columns=COLUMNS | {"family": "twin", "condition": "level", "salience": "rating"}
    )
    np.testing.assert_array_equal(samples.features, [[1, 2], [3, 4], [5, 6], [7, 8]])
    assert samples.feature_names == ("roi_a", "roi_b")
    assert samples.class_names == ("low", "high")
    assert samples.target.tolist() == [0, 1, 0, 1]
    assert samples.subject.tolist() == ["007", "007", "010", "010"]
    assert samples.family.tolist() == ["f1", "f1", "f2", "f2"]
    assert samples.condition.tolist() == ["low", "high", "low", "high"]
    np.testing.assert_array_equal(samples.salience, [1.5, 2.5, np.nan, 4.5])
    assert samples.sample_ids.tolist() == ["row 1", "row 2", "row 3", "row 4"]
    assert samples.run.tolist() == [""] * 4
    assert samples.source == "trials.csv"


def test_the_order_of_declared_classes_is_the_order_of_codes(path):
    samples = read(path, target={"column": "level", "classes": ["high", "low"]})
    assert (samples.class_names, samples.target.tolist()) == (("high", "low"), [1, 0, 1, 0])


def test_several_values_make_one_class(path):
    target = {"column": "roi_a", "classes": {"few": [1, 3], "many": [5, 7.0]}}
    assert read(path, target=target).target.tolist() == [0, 0, 1, 1]


def test_a_number_without_value_is_left_out_and_counted(path):
    samples = read(path, target={"column": "rating"})
    assert samples.target.tolist() == [1.5, 2.5, 4.5]
    assert samples.class_names == ()
    assert samples.sample_ids.tolist() == ["row 1", "row 2", "row 4"]
    assert "1 rows without a target left out" in samples.source


@pytest.mark.parametrize(
    ("features", "names"),
    [
        ({"columns": ["roi_b", "heat"]}, ("roi_b", "heat")),
        ({"from": "rating", "to": "roi_b"}, ("rating", "roi_a", "roi_b")),
        ({"prefix": ["roi_b", "oth"]}, ("roi_b", "other")),
        # Numeric columns that nothing else names; rating is missing once, so it cannot stand here.
        (None, ("roi_a", "roi_b", "other")),
    ],
)
def test_features_by_list_range_prefix_or_the_rest(path, features, names):
    where = {"heat": 0.3}
    columns = COLUMNS | {"salience": "rating"}
    samples = read(path, features=features, where=where, columns=columns)
    assert samples.feature_names == names
    assert len(samples) == 2


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"heat": 0.1 + 0.2}, [1, 2]),
        ({"heat": [0.3, -0.3], "level": "low"}, [1, 3]),
        ({"painful": False}, [3, 4]),
        ({"roi_a": {"from": 3, "to": 5}}, [2, 3]),
        ({"roi_a": {"from": 6}}, [4]),
    ],
)
def test_where_is_typed(path, where, rows):
    target = {"column": "other"}
    samples = read(path, where=where, target=target)
    assert samples.sample_ids.tolist() == [f"row {row}" for row in rows]


def test_packed_tab_separated_and_parquet_agree(path, tmp_path):
    frame = pd.read_csv(path, dtype={"person": str})
    frame.to_parquet(tmp_path / "trials.parquet")
    with gzip.open(tmp_path / "trials.tsv.gz", "wt") as stream:
        stream.write(TEXT.replace(",", "\t"))
    first = read(path)
    for name in ("trials.parquet", "trials.tsv.gz"):
        other = read(tmp_path / name)
        np.testing.assert_array_equal(other.features, first.features)
        assert other.subject.tolist() == first.subject.tolist()


@pytest.mark.parametrize(
    ("averaged", "counts"),
    [(None, 0), (8, 8), (True, 2), ("several", 2), (False, 1), ("other", 9)],
)
def test_trials_behind_each_sample(path, averaged, counts):
    assert read(path, averaged=averaged).n_averaged.tolist() == [counts] * 4


def test_names_by_value_and_constants(path):
    heat = {"column": "heat", "values": {"hot": 0.3, "cold": -0.3}}
    samples = read(path, columns={"subject": {"value": "one"}, "modality": heat})
    assert samples.subject.tolist() == ["one"] * 4
    assert samples.modality.tolist() == ["hot", "hot", "cold", "cold"]


def test_rows_with_gaps_may_be_dropped(path):
    samples = read(path, features={"columns": ["rating", "roi_a"]}, drop_incomplete=True)
    assert samples.sample_ids.tolist() == ["row 1", "row 2", "row 4"]
    assert "1 rows with features missing left out" in samples.source


@pytest.mark.parametrize(
    ("changed", "fragments"),
    [
        ({"columns": {"subject": "persn"}}, ["'persn'", "columns.subject", "'person'?"]),
        ({"columns": {"subjects": "person"}}, ["'subjects'", "'subject'?"]),
        ({"columns": {}}, ["no subject"]),
        ({"features": {"columns": ["roi_a", "level"]}}, ["column level", "'low'", "row 1"]),
        ({"features": {"columns": ["roi_a", "roi_a"]}}, ["'roi_a' twice"]),
        ({"features": {"prefix": "vox"}}, ["'vox'"]),
        ({"features": {"from": "roi_b", "to": "roi_a"}}, ["before"]),
        ({"features": {"colums": ["roi_a"]}}, ["'colums'", "'columns'?"]),
        ({"features": {"columns": ["rating"]}}, ["1 features", "'rating'", "data row 3"]),
        ({"where": {"heat": "0.3"}}, ["column heat", "numbers"]),
        ({"where": {"level": 3}}, ["column level", "words", "quotes"]),
        ({"where": {"painful": "yes"}}, ["column painful", "true or false"]),
        ({"where": {"level": "lo"}}, ["'lo' stands in no row", "'low'?"]),
        ({"where": {"heat": 0.3, "painful": False}}, ["no row with"]),
        ({"where": {"heat": {"form": 1}}}, ["'form'", "'from'?"]),
        ({"target": {"column": "level", "classes": {"low": "low"}}}, ["'high'", "no class"]),
        ({"target": {"column": "level", "classes": {"a": "low", "b": "low"}}}, ["two classes"]),
        ({"target": {"column": "level", "classes": {"a": 1, "b": 2}}}, ["words"]),
        (
            {"target": {"column": "heat", "classes": {"hot": 0.3}}},
            ["-0.3", "floating point", "no class"],
        ),
        ({"target": {"classes": {}}}, ["no column"]),
        ({"target": None}, ["data.target", "missing"]),
        ({"averaged": 0}, ["averaged"]),
        ({"averaged": "rating"}, ["1.5", "whole numbers"]),
        ({"averaged": [1]}, ["averaged"]),
        ({"drop_incomplet": True}, ["'drop_incomplet'", "'drop_incomplete'?"]),
        ({"drop_incomplete": "yes"}, ["true or false"]),
        (
            {"columns": COLUMNS | {"modality": {"column": "heat", "values": {"hot": 0.3}}}},
            ["-0.3", "data row 3", "unknown modality"],
        ),
        ({"columns": COLUMNS | {"sample_ids": "level"}}, ["'high'", "data rows 2 and 4"]),
        ({"columns": COLUMNS | {"salience": "level"}}, ["column level", "'low'", "row 1"]),
        ({"columns": COLUMNS | {"salience": {"value": "high"}}}, ["columns.salience", "number"]),
        ({"columns": ["person"]}, ["data.columns", "mapping"]),
    ],
)
def test_each_fault_is_one_line(path, changed, fragments):
    fault(path, *fragments, **changed)


def test_faults_of_the_file(tmp_path):
    fault(tmp_path / "none.csv", "none.csv", "no such file")
    (tmp_path / "empty.csv").write_text("")
    fault(tmp_path / "empty.csv", "unreadable")
    (tmp_path / "header.csv").write_text("person,level,roi_a\n")
    fault(tmp_path / "header.csv", "no rows")
    (tmp_path / "twice.csv").write_text("person,roi_a,roi_a\n1,2,3\n")
    fault(tmp_path / "twice.csv", "two columns named 'roi_a'")
    (tmp_path / "long.csv").write_text("person,level,roi_a\n1,low,3,4\n2,high,4,5\n")
    fault(tmp_path / "long.csv", "unreadable", "line 2")
    (tmp_path / "uneven.csv").write_text("person,level,roi_a\n1,low,3\n2,high,4,5\n")
    fault(tmp_path / "uneven.csv", "unreadable", "line 3")
    (tmp_path / "nobody.csv").write_text("person,level,roi_a\n1,low,3\n,high,4\n")
    fault(tmp_path / "nobody.csv", "no subject in data row 2")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(TEXT.encode() * 50)[:40])
    fault(tmp_path / "cut.csv.gz", "cut.csv.gz", "unreadable")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    fault(tmp_path / "bad.parquet", "unreadable")


def test_a_column_without_a_name_is_a_row_label(tmp_path):
    lines = TEXT.splitlines()
    (tmp_path / "t.csv").write_text("\n".join(f"{i or ''},{x}" for i, x in enumerate(lines)))
    samples = read(tmp_path / "t.csv", features=None, where={"heat": 0.3, "rating": {"from": 0}})
    assert samples.feature_names == ("roi_a", "roi_b", "other")
    named = read(tmp_path / "t.csv", columns=COLUMNS | {"sample_ids": "Unnamed: 0"})
    assert named.sample_ids.tolist() == ["1", "2", "3", "4"]
