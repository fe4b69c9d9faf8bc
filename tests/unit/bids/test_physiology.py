"""Rates of trials, from waves whose beats are placed by hand."""

import gzip
import importlib.util
import json

import numpy as np
import pytest

from dolorimeter.bids import read_dataset, trialwise_physiology, write_events
from dolorimeter.bids.physiology import Recording, _means, read_recording
from dolorimeter.core import InputError, Trials

RATE, START = 50.0, -4.0
needs_neurokit = pytest.mark.skipif(
    importlib.util.find_spec("neurokit2") is None,
    reason="needs the extra physiology (NeuroKit2, which wants pandas below 3)",
)


def trials_every_20_s(n=10):
    words = [np.full(n, word) for word in ("1", "1", "A", "relief")]
    return Trials(*words, np.arange(n) * 20.0 + 1, np.arange(n) * 20.0 + 5, np.ones(n))


def pulse_wave(beats, n_samples):
    """One bump a beat: a steep rise, a slow fall and its echo."""
    times = np.arange(n_samples) / RATE
    since = times - beats[np.clip(np.searchsorted(beats, times) - 1, 0, None)]
    return np.exp(-(((since - 0.15) / 0.07) ** 2)) + 0.3 * np.exp(-(((since - 0.4) / 0.1) ** 2))


@pytest.fixture
def folder(tmp_path):
    """60 beats a minute in the first 100 s of the run, 90 after."""
    folder = tmp_path / "set"
    write_events(trials_every_20_s(), folder, task="relief")
    beats = np.concatenate([np.arange(0, 104, 1.0), np.arange(104, 204, 60 / 90)])
    wave = pulse_wave(beats, int(204 * RATE))
    about = {"SamplingFrequency": RATE, "StartTime": START, "Columns": ["trigger", "cardiac"]}
    (folder / "task-relief_physio.json").write_text(json.dumps(about))
    lines = "".join(f"0\t{value!r}\n" for value in wave.tolist())
    path = folder / "sub-1" / "func" / "sub-1_task-relief_run-1_recording-pulse_physio.tsv.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    return folder


def test_recording_is_read_with_its_inherited_sidecar(folder):
    recording = read_recording(read_dataset(folder).runs[0], "cardiac")
    assert recording is not None
    assert (recording.rate, recording.start, len(recording.values)) == (RATE, START, 10200)
    assert read_recording(read_dataset(folder).runs[0], "ecg") is None


@needs_neurokit
@pytest.mark.filterwarnings("default")
def test_rate_of_each_trial(folder):
    rates = trialwise_physiology(read_dataset(folder), trials_every_20_s(), window=(1, 7))
    np.testing.assert_allclose(rates[:5], 60, atol=2)
    np.testing.assert_allclose(rates[5:], 90, atol=2)


@needs_neurokit
@pytest.mark.filterwarnings("default")
def test_windows_that_leave_the_recording_are_missing(folder):
    rates = trialwise_physiology(read_dataset(folder), trials_every_20_s(), window=(0, 40))
    assert np.isnan(rates).tolist() == [False] * 8 + [True] * 2
    early = trialwise_physiology(read_dataset(folder), trials_every_20_s(), window=(-6, 0))
    assert np.isnan(early).tolist() == [True] + [False] * 9


def test_without_neurokit_the_extra_is_named(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "neurokit2", None)
    with pytest.raises(InputError, match=r"dolorimeter\[physiology\]"):
        trialwise_physiology(read_dataset(folder), trials_every_20_s())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Columns": None}, "no list 'Columns'"),
        ({"SamplingFrequency": "fast"}, "SamplingFrequency is 'fast'"),
        ({"SamplingFrequency": 0}, "SamplingFrequency 0"),
        ({"StartTime": None}, "StartTime is None"),
        ({"Columns": ["trigger", "cardiac", "more"]}, "data row 1: 2 cells, and the header 3"),
    ],
)
def test_sidecars_that_cannot_be_used(folder, changed, words):
    path = folder / "task-relief_physio.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(InputError, match=words):
        trialwise_physiology(read_dataset(folder), trials_every_20_s())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"signal": "sweat"}, "signal: 'sweat'"),
        ({"window": (6, 0)}, "window"),
        ({"at": "end"}, "at: 'end'"),
        ({"signal": "ecg"}, "no recording with a column 'ecg'"),
    ],
)
def test_questions_that_cannot_be_answered(folder, asked, words):
    with pytest.raises(InputError, match=words):
        trialwise_physiology(read_dataset(folder), trials_every_20_s(), **asked)


def test_windows_count_from_the_start_of_the_run():
    """Samples at -4, -3, … 5 s say their own time; without NeuroKit2."""
    recording = Recording(np.zeros(10), 1.0, -4.0)
    onsets = np.array([0.0, 2.0, np.nan, 4.0, -5.0])
    means = _means(np.arange(-4.0, 6.0), recording, onsets, (0, 3))
    np.testing.assert_array_equal(means, [1, 3, np.nan, np.nan, np.nan])
