"""Epochs of MNE-Python, made with its own objects."""

import sys

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import epochs_samples, read_samples

mne = pytest.importorskip("mne")
RATE, N = 100.0, 6


def make(metadata=True, his_id="anna"):
    rng = np.random.default_rng(0)
    info = mne.create_info(["Fz", "Cz", "Pz", "STI"], RATE, ["eeg", "eeg", "eeg", "stim"])
    if his_id:
        info["subject_info"] = {"his_id": his_id}
    data = rng.standard_normal((N, 4, 50)) * 1e-6
    events = np.column_stack([100 * np.arange(1, N + 1), np.zeros(N), [1, 2] * 3]).astype(int)
    table = None
    if metadata:
        table = pd.DataFrame({"rating": [1.0, 2, 3, 4, np.nan, 6], "block": [1, 1, 2, 2, 3, 3]})
    return mne.EpochsArray(
        data, info, events, tmin=-0.1, event_id={"touch": 1, "pain": 2}, metadata=table,
        verbose="ERROR",
    ), data  # fmt: skip


def test_channels_by_times():
    epochs, data = make()
    samples = epochs_samples(epochs, columns={"run": "block", "salience": "rating"})
    np.testing.assert_array_equal(samples.features, data[:, :3].reshape(N, -1))
    assert samples.feature_names[:2] == ("Fz -0.100 s", "Fz -0.090 s")
    assert samples.feature_names[-1] == "Pz 0.390 s"
    assert samples.class_names == ("pain", "touch")
    assert samples.condition.tolist() == ["touch", "pain"] * 3
    assert samples.target.tolist() == [1, 0] * 3
    assert samples.subject.tolist() == ["anna"] * N
    assert samples.run.tolist() == ["1", "1", "2", "2", "3", "3"]
    assert samples.n_averaged.tolist() == [1] * N
    np.testing.assert_allclose(samples.features_until, np.arange(1, N + 1) + 0.4)
    np.testing.assert_array_equal(samples.features_until, samples.onset)


def test_means_of_windows():
    epochs, data = make()
    epochs.info["bads"] = ["Cz"]
    samples = epochs_samples(epochs, windows=[[0, 0.1], [0.1, 0.3]])
    good = data[:, [0, 2]]
    expected = np.stack([good[..., 10:20].mean(-1), good[..., 20:40].mean(-1)], axis=2)
    np.testing.assert_allclose(samples.features, expected.reshape(N, -1), rtol=1e-12)
    assert samples.feature_names[0] == "Fz 0 to 0.1 s"
    np.testing.assert_allclose(samples.features_until, np.arange(1, N + 1) + 0.3)


# MNE-Python 1.13 reads metadata in a way that pandas 3.1 is about to drop.
@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.set_index")
def test_a_file_selects_and_predicts_like_the_object(tmp_path):
    epochs, _ = make()
    epochs.save(tmp_path / "anna-epo.fif", verbose="ERROR")
    asked = {"target": {"column": "rating"}, "where": {"event": "pain"}, "picks": ["Cz"]}
    read = read_samples(tmp_path / "anna-epo.fif", **asked)
    made = epochs_samples(epochs, **asked)
    assert read.target.tolist() == [2, 4, 6] == made.target.tolist()
    # Files hold single precision.
    np.testing.assert_allclose(read.features, made.features, rtol=1e-6, atol=1e-12)
    assert read.source == "anna-epo.fif"
    assert read.sample_ids.tolist() == ["epoch 1", "epoch 3", "epoch 5"]


def test_dropped_epochs_keep_their_numbers():
    epochs, data = make(metadata=False)
    epochs.drop([0, 3], verbose="ERROR")
    samples = epochs_samples(epochs)
    assert samples.sample_ids.tolist() == ["epoch 1", "epoch 2", "epoch 4", "epoch 5"]
    np.testing.assert_array_equal(samples.features[0], data[1, :3].ravel())


@pytest.mark.parametrize(
    ("changed", "fragments"),
    [
        ({"windows": [[0.5, 0.6]]}, ["no time in 0.5 to 0.6 s"]),
        ({"windows": [0, 0.1]}, ["pairs"]),
        ({"picks": ["Oz"]}, ["data.picks", "Oz"]),
        ({"where": {"event": "pian"}}, ["'pian'", "'pain'?"]),
        ({"columns": {"run": "blok"}}, ["'blok'", "'block'?"]),
    ],
)
def test_each_fault_is_one_line(changed, fragments):
    with pytest.raises(InputError) as caught:
        epochs_samples(make()[0], **changed)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_someone_must_be_the_subject():
    with pytest.raises(InputError, match="no subject"):
        epochs_samples(make(his_id=None)[0])
    named = epochs_samples(make(his_id=None)[0], columns={"subject": {"value": "b"}})
    assert named.subject.tolist() == ["b"] * N


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x-epo.fif").write_bytes(b"nothing")
    with pytest.raises(InputError, match="unreadable"):
        read_samples(tmp_path / "x-epo.fif")
    make(metadata=False)[0].save(tmp_path / "y-epo.fif", verbose="ERROR")
    whole = (tmp_path / "y-epo.fif").read_bytes()
    for end in (900, 971, 3000, len(whole) // 2):
        (tmp_path / "cut-epo.fif").write_bytes(whole[:end])
        with pytest.raises(InputError, match="unreadable"):
            read_samples(tmp_path / "cut-epo.fif")


def test_without_the_extra_its_name_is_told(tmp_path, monkeypatch):
    (tmp_path / "x-epo.fif").write_bytes(b"nothing")
    monkeypatch.setitem(sys.modules, "mne", None)
    with pytest.raises(InputError, match=r'pip install "dolorimeter\[epochs\]"'):
        read_samples(tmp_path / "x-epo.fif")
