"""A `data:` block: readers found, wrong keys named, simulations reached."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import READERS, samples_from, save_samples, simulate_samples

TABLE = "who,level,a,b\n1,0,2,3\n2,1,4,5\n"
BLOCK = {"path": "t.csv", "columns": {"subject": "who"}, "target": {"column": "level"}}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path


def test_paths_are_relative_to_the_study(root):
    assert samples_from(BLOCK, root=root).features.tolist() == [[2, 3], [4, 5]]
    assert samples_from(BLOCK | {"reader": "table"}, root=str(root)).subject.tolist() == ["1", "2"]


def test_a_simulation_is_reached_with_its_keywords():
    given = {"n_subjects": 2, "n_runs": 1, "n_trials": 3, "n_features": 4, "random_state": 5}
    samples = samples_from({"simulate": given})
    np.testing.assert_array_equal(samples.features, simulate_samples(**given).features)


def test_the_reader_is_found(root):
    save_samples(simulate_samples(1, 1, 2, 3), root / "s.npz")
    assert len(samples_from({"path": "s.npz"}, root)) == 4


@pytest.mark.parametrize(
    ("data", "fragments"),
    [
        (BLOCK | {"colums": {}}, ["'colums'", "'columns'?"]),
        (BLOCK | {"drop_incomplet": True}, ["'drop_incomplet'", "'drop_incomplete'?"]),
        (BLOCK | {"lag": 3}, ["'lag'"]),
        ({"pth": "t.csv"}, ["'pth'", "'path'?"]),
        (BLOCK | {"path": None}, ["data.path"]),
        (BLOCK | {"path": "u.csv"}, ["u.csv", "no such file"]),
        (BLOCK | {"reader": "tabel"}, ["'tabel'", "'table'?"]),
        (BLOCK | {"reader": ["table"]}, ["data.reader"]),
        (BLOCK | {"where": ["level"]}, ["data.where", "mapping"]),
        (BLOCK | {"target": "level"}, ["data.target", "mapping"]),
        ({"simulate": {"n_subject": 3}}, ["'n_subject'", "'n_subjects'?"]),
        ({"simulate": {}, "path": "t.csv"}, ["'path'", "simulate"]),
        ({"simulate": [1]}, ["data.simulate", "mapping"]),
        (["path"], ["data", "mapping"]),
    ],
)
def test_each_fault_is_one_line(root, data, fragments):
    with pytest.raises(InputError) as caught:
        samples_from(data, root)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_an_unknown_format_names_the_known_ones(root):
    (root / "x.dat").write_text("")
    with pytest.raises(InputError) as caught:
        samples_from({"path": "x.dat"}, root)
    assert all(name in str(caught.value) for name in READERS)


def test_features_are_chosen_in_tables_only(root):
    save_samples(simulate_samples(1, 1, 2, 3), root / "s.npz")
    with pytest.raises(InputError, match="takes all features"):
        samples_from({"path": "s.npz", "features": {"prefix": "a"}}, root)
