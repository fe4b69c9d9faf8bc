"""Outputs appear whole or not at all."""

import errno
from pathlib import Path

import pytest

from dolorimeter.core import InputError, output_directory, write_file
from dolorimeter.core.files import replacing_file


def test_directory_appears_only_at_the_end(tmp_path):
    target = tmp_path / "out"
    with output_directory(target) as scratch:
        (scratch / "a.txt").write_text("a")
        assert not target.exists()
    assert (target / "a.txt").read_text() == "a"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_nothing_is_left_when_the_block_fails(tmp_path):
    with pytest.raises(RuntimeError), output_directory(tmp_path / "out") as scratch:
        (scratch / "half.txt").write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_existing_directory_needs_force_and_survives_a_failure(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with pytest.raises(InputError, match="--force"), output_directory(target):
        pass
    with pytest.raises(RuntimeError), output_directory(target, force=True):
        raise RuntimeError
    assert (target / "old.txt").read_text() == "old"
    with output_directory(target, force=True) as scratch:
        (scratch / "new.txt").write_text("new")
    assert [p.name for p in target.iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_in_the_way_is_refused_even_with_force(tmp_path):
    (tmp_path / "out").write_text("mine")
    refused = pytest.raises(InputError, match="a file of that name")
    with refused, output_directory(tmp_path / "out", force=True):
        pass
    assert (tmp_path / "out").read_text() == "mine"


def test_a_full_disk_is_the_users_to_mend(tmp_path):
    with pytest.raises(InputError, match="No space left"), output_directory(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_write_file_replaces_whole(tmp_path):
    target = tmp_path / "deep" / "a.json"
    write_file(target, "one")
    write_file(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in target.parent.iterdir()] == ["a.json"]


def test_replacing_file_leaves_the_old_one_on_failure(tmp_path):
    target = Path(tmp_path / "a.parquet")
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing_file(target) as scratch:
        scratch.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
