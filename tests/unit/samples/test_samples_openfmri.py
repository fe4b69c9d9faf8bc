"""Blocks of BOLD runs: which volumes, what cleaning, and when a sample is known."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import read_samples
from dolorimeter.samples.readers.runs import block_volumes

nibabel = pytest.importorskip("nibabel")
SHAPE = (2, 2, 2)
TR, N = 2.5, 40


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(2)
    (tmp_path / "scan_key.txt").write_text("TR 2.5\n")
    runs = []
    for run in (1, 2):
        place = tmp_path / "sub001" / "BOLD" / f"task001_run{run:03d}"
        place.mkdir(parents=True)
        series = rng.standard_normal((*SHAPE, N)) + np.linspace(0, 9, N) + 100
        # One voxel is dead in the second run: it may not be used in any.
        if run == 2:
            series[1, 1, 1] = 5
        nibabel.save(nibabel.Nifti1Image(series, np.eye(4)), place / "bold_25mm.nii.gz")
        (place / "bold_events.tsv").write_text(
            "onset\tduration\ttrial_type\n10.0\t10.0\tface\n50.0\t10.0\thouse\n"
        )
        runs.append(series.reshape(-1, N)[:7].T)
    return tmp_path, runs


def test_blocks_are_means_of_shifted_volumes(folder):
    path, runs = folder
    samples = read_samples(path, lag=5, detrend=False, standardize=False)
    # 10 + 5 s is the start of volume 6; 10 s hold four volumes.
    expected = [r[a : a + 4].mean(axis=0) for r in runs for a in (6, 22)]
    np.testing.assert_allclose(samples.features, expected, rtol=1e-12)
    assert samples.class_names == ("face", "house")
    assert samples.condition.tolist() == ["face", "house"] * 2
    assert samples.run.tolist() == ["001", "001", "002", "002"]
    assert samples.n_averaged.tolist() == [1] * 4
    assert samples.onset.tolist() == [25, 65, 25, 65]
    assert samples.features_until.tolist() == [25, 65, 25, 65]
    assert samples.grid.mask.sum() == 7


def test_cleaning_is_fitted_to_the_whole_run_and_said(folder):
    path, runs = folder
    samples = read_samples(path, lag=5)
    line = np.column_stack([np.ones(N), np.arange(N)])
    expected = []
    for series in runs:
        rest = series - line @ np.linalg.lstsq(line, series, rcond=None)[0]
        scores = (rest - rest.mean(axis=0)) / rest.std(axis=0)
        expected += [scores[a : a + 4].mean(axis=0) for a in (6, 22)]
    np.testing.assert_allclose(samples.features, expected, atol=1e-10)
    assert samples.features_until.tolist() == [100.0] * 4
    assert (samples.features_until > samples.onset).all()
    assert "detrended and standardized per voxel and run" in samples.source


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        (0.0, 5.0, [0, 1]),
        (1.2, 5.0, [0, 1]),
        (1.3, 5.0, [1, 2]),
        (5.0, 0.0, [2]),
        (0.1 + 0.2 + 4.7, 2.5, [2]),
        (99.0, 5.0, []),
    ],
)
def test_volumes_by_their_middle(start, duration, expected):
    assert block_volumes(start, duration, TR, N).tolist() == expected


@pytest.mark.parametrize(
    ("changed", "fragments"),
    [
        ({"lag": "5"}, ["data.lag"]),
        ({"lag": 60.0}, ["bold_events.tsv", "no volume in data row 2", "lag 60"]),
        ({"mask": "dead.nii.gz"}, ["1 voxels of the mask do not vary"]),
        ({"mask": "other.nii.gz"}, ["space of the mask"]),
    ],
)
def test_each_fault_is_one_line(folder, changed, fragments):
    path, _ = folder
    nibabel.save(nibabel.Nifti1Image(np.ones(SHAPE), np.eye(4)), path / "dead.nii.gz")
    nibabel.save(nibabel.Nifti1Image(np.ones((3, 2, 2)), np.eye(4)), path / "other.nii.gz")
    with pytest.raises(InputError) as caught:
        read_samples(path, root=path, **changed)
    for fragment in fragments:
        assert fragment in str(caught.value)
    assert "\n" not in str(caught.value)


def test_faults_of_the_layout(folder):
    path, _ = folder
    (path / "scan_key.txt").write_text("seconds 2.5\n")
    with pytest.raises(InputError, match=r"scan_key\.txt.*TR 2\.5"):
        read_samples(path)
    (path / "scan_key.txt").write_text("TR 2.5\n")
    events = path / "sub001" / "BOLD" / "task001_run002" / "bold_events.tsv"
    events.write_text("onset\tduration\n1\t2\n")
    with pytest.raises(InputError, match=r"run002.*'trial_type'"):
        read_samples(path)
    events.unlink()
    with pytest.raises(InputError, match="no such file"):
        read_samples(path)
