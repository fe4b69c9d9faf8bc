"""The .npz format: an exact round trip, and damaged or lying files in one line."""

import zipfile
from dataclasses import fields

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError, Samples
from dolorimeter.samples import read_samples, save_samples, simulate_samples


def make(grid=False, classes=True):
    rng = np.random.default_rng(0)
    mask = np.zeros((2, 3, 2), dtype=bool)
    mask.flat[[1, 4, 7]] = True
    known = {"grid": Grid(mask, np.diag([2.0, 2, 2, 1]))} if grid else {}
    return Samples.of(
        rng.standard_normal((4, 3)),
        [0, 2, 2, 0] if classes else [0.25, -1, 1e300, 0.1],
        ["a", "a", "b ü", "b ü"],
        # The middle class has no sample: codes must not be renumbered.
        class_names=("low", "middle", "high") if classes else (),
        sample_ids=["s1", "s2", "s3", "s4"],
        run=["1", "2", "", "2"],
        modality=["pain", "touch", "pain", ""],
        salience=[1, np.nan, 3, 4],
        n_averaged=[1, 0, 20, 4],
        onset=[0.1, 0.2, np.nan, 3],
        source="made, here; by hand",
        **known,
    )


def assert_same(one, other):
    for field in fields(Samples):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if field.name == "grid" and left is not None:
            np.testing.assert_array_equal(left.mask, right.mask)
            np.testing.assert_array_equal(left.affine, right.affine)
        elif isinstance(left, np.ndarray):
            assert left.dtype.kind == right.dtype.kind
            np.testing.assert_array_equal(left, right)
        else:
            assert left == right


@pytest.mark.parametrize("grid", [True, False])
@pytest.mark.parametrize("classes", [True, False])
def test_round_trip_is_exact(tmp_path, grid, classes):
    samples = make(grid, classes)
    save_samples(samples, tmp_path / "s.npz")
    assert_same(samples, read_samples(tmp_path / "s.npz"))
    assert [p.name for p in tmp_path.iterdir()] == ["s.npz"]


def test_simulated_samples_make_the_trip(tmp_path):
    samples = simulate_samples(2, 2, 2, grid=[3, 3, 3], modalities=["pain", "touch"], families=1)
    save_samples(samples, tmp_path / "s.npz")
    assert_same(samples, read_samples(tmp_path / "s.npz"))


def test_rows_classes_and_averages_may_be_asked_for(tmp_path):
    save_samples(make(), tmp_path / "s.npz")
    target = {"column": "modality", "classes": ["pain", "touch"]}
    where = {"modality": ["pain", "touch"]}
    samples = read_samples(tmp_path / "s.npz", target=target, where=where, averaged=3)
    assert samples.sample_ids.tolist() == ["s1", "s2", "s3"]
    assert samples.target.tolist() == [0, 1, 0]
    assert samples.class_names == ("pain", "touch")
    assert samples.n_averaged.tolist() == [3, 3, 3]


def test_words_as_target_are_classes(tmp_path):
    path = tmp_path / "s.npz"
    np.savez(path, features=np.eye(3), target=np.array(["b", "a", "b"]), subject=np.arange(3))
    samples = read_samples(path)
    assert (samples.class_names, samples.target.tolist()) == (("a", "b"), [1, 0, 1])
    assert samples.subject.tolist() == ["0", "1", "2"]


BASE = {"features": np.eye(2), "target": np.array([0.0, 1]), "subject": np.array(["a", "b"])}


@pytest.mark.parametrize(
    ("arrays", "fragments"),
    [
        ({"features": np.array([["a"], ["b"]])}, ["features", "numbers"]),
        ({"features": np.array([[1.0, np.nan], [1, 2]])}, ["1 values not finite", "row 1"]),
        ({"subject": np.array(["a"])}, ["'subject'", "(1,)", "(2,)"]),
        ({"subject": np.array([{}, {}], dtype=object)}, ["'subject'", "pickle"]),
        ({"salliance": np.ones(2)}, ["'salliance'", "'salience'?"]),
        ({"class_names": np.array(["a", "b"]), "target": np.array([0, 0.37])}, ["0.37", "classes"]),
        ({"class_names": np.array(["a"])}, ["label 1", "0 … 0"]),
        ({"mask": np.ones((2, 2, 2), dtype=bool), "affine": np.eye(4)}, ["8 voxels", "2 features"]),
        ({"mask": np.ones((2, 1, 1), dtype=bool)}, ["affine"]),
        ({"n_averaged": np.array([1.5, 1])}, ["1.5", "whole numbers"]),
        ({"sample_ids": np.array(["x", "x"])}, ["'x'", "data rows 1 and 2"]),
    ],
)
def test_each_fault_is_one_line(tmp_path, arrays, fragments):
    path = tmp_path / "bad.npz"
    np.savez(path, **(BASE | arrays))
    with pytest.raises(InputError) as caught:
        read_samples(path)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


@pytest.mark.parametrize(("missing", "said"), [("features", "features"), ("subject", "subject")])
def test_a_missing_array_is_named(tmp_path, missing, said):
    np.savez(tmp_path / "bad.npz", **{k: v for k, v in BASE.items() if k != missing})
    with pytest.raises(InputError, match=said):
        read_samples(tmp_path / "bad.npz")


def test_a_truncated_file_is_refused(tmp_path):
    save_samples(make(), tmp_path / "s.npz")
    whole = (tmp_path / "s.npz").read_bytes()
    (tmp_path / "s.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        read_samples(tmp_path / "s.npz")


def test_a_lying_header_takes_no_memory(tmp_path):
    np.savez(tmp_path / "s.npz", **BASE)
    path = tmp_path / "lie.npz"
    with zipfile.ZipFile(tmp_path / "s.npz") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "features.npy":
                # 10^14 doubles would not fit into any memory here.
                lie = content.replace(b"'shape': (2, 2), }", b"'shape': (99999999999999, 2), }")
                content = lie[: len(lie) - 13]
                content = content[:8] + len_of(content) + content[10:]
            new.writestr(name, content)
    with pytest.raises(InputError, match=r"promises \d{15,} bytes"):
        read_samples(path)


def len_of(content):
    return (content.index(b"\n") + 1 - 10).to_bytes(2, "little")


def test_other_names_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.npz"):
        save_samples(make(), tmp_path / "s.csv")
