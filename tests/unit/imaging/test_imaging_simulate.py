"""Simulated images hold what was planted, nothing else, and read back as they were written."""

import json
import time
from dataclasses import replace

import nibabel
import numpy as np
import pytest

from dolorimeter.bids.preprocessed import read_preprocessed
from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.imaging.grids import brain_grid, common_grid
from dolorimeter.imaging.images import read_run
from dolorimeter.imaging.simulate import (
    frames_of,
    simulate_bold,
    simulate_study_data,
)
from dolorimeter.imaging.simulate_files import write_simulated
from dolorimeter.imaging.simulate_noise import Noise
from dolorimeter.imaging.truth import SITES, Response, Site, planted_signal, site_weights

SILENT = Noise(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
GRID = Grid(np.ones((6, 6, 6), dtype=bool), np.diag([6.0, 6.0, 6.0, 1.0]))
HERE = Site("here", (12.0, 12.0, 12.0), 7.0, (Response("appetitive"),), 0.5)


def some_trials(subjects=("01", "02"), runs=("1", "2"), n=8, seed=0):
    rng = np.random.default_rng(seed)
    of = [(s, r) for s in subjects for r in runs for _ in range(n)]
    onset = np.tile(np.arange(n) * 12.0 + 6, len(subjects) * len(runs))
    size = len(of)
    cue = rng.choice(["A", "B"], size)
    return Trials(
        np.array([s for s, _ in of]), np.array([r for _, r in of]), cue, np.full(size, "none"),
        onset, onset + 4, np.zeros(size),
        quantities={"cue_error": rng.normal(size=size), "outcome_error": rng.normal(size=size)},
    )  # fmt: skip


def one_run(trials):
    return trials.take((trials.subject == "01") & (trials.run == "1"))


def test_without_noise_the_signal_is_the_planted_one():
    run = one_run(some_trials())
    simulated = simulate_bold(run, GRID, 60, 2.0, (HERE,), {"here": 2.0}, SILENT, random_state=0)
    assert simulated.data.dtype == np.float32
    planted = planted_signal((HERE,), (2.0,), run, GRID, np.arange(60) * 2.0)
    percent = 100 * (simulated.data / simulated.data[0] - 1)  # nothing has happened in frame 0
    np.testing.assert_allclose(percent, planted, atol=2e-4)
    course = percent @ site_weights(HERE, GRID)
    assert np.corrcoef(course, planted.sum(axis=1))[0, 1] > 0.99999


def test_least_squares_finds_the_effect_under_noise():
    run = one_run(some_trials(n=60))
    n_frames = frames_of(run, 2.0)
    noise = Noise(drift=0.0, motion=0.0, spikes=0.0)
    simulated = simulate_bold(run, GRID, n_frames, 2.0, (HERE,), noise=noise, random_state=1)
    course = planted_signal((HERE,), (1.0,), run, GRID, np.arange(n_frames) * 2.0)
    best = np.argmax(site_weights(HERE, GRID))
    design = np.column_stack([course[:, best], np.ones(n_frames)])
    beta = np.linalg.lstsq(design, simulated.data, rcond=None)[0]
    percent = 100 * beta[0] / beta[1]
    error = 1.0 * np.sqrt(np.linalg.inv(design.T @ design)[0, 0]) * np.sqrt(1.3 / 0.7)
    assert abs(percent[best] - 0.5) < 4 * error
    far = site_weights(HERE, GRID) == 0
    assert abs(percent[far].mean()) < 4 * error


def test_people_have_effects_of_their_own_and_streams_of_their_own():
    both = some_trials(("01", "02"))
    people = list(simulate_study_data(both, grid=GRID, sites=(HERE,), random_state=3))
    assert [p.subject for p in people] == ["01", "02"]
    assert [[r.run for r in p.runs] for p in people] == [["1", "2"]] * 2
    assert people[0].effects != people[1].effects
    alone = both.take(both.subject == "02")
    (again,) = simulate_study_data(alone, grid=GRID, sites=(HERE,), random_state=3)
    assert again.effects == people[1].effects
    np.testing.assert_array_equal(again.runs[1].data, people[1].runs[1].data)
    assert not np.array_equal(people[0].runs[0].data, people[0].runs[1].data)


def test_effects_have_the_mean_and_spread_asked_for():
    many = some_trials([f"{i:03d}" for i in range(200)], runs=("1",), n=1)
    tiny = Grid(np.ones((1, 1, 1), dtype=bool), np.diag([6.0, 6.0, 6.0, 1.0]))
    place = Site("here", (0.0, 0.0, 0.0), 7.0, (Response("appetitive"),), 0.5)
    people = simulate_study_data(
        many, 10.0, tiny, (place,), effect=2.0, spread=0.4, noise=SILENT, random_state=0
    )
    effects = np.array([person.effects["here"] for person in people])
    assert effects.mean() == pytest.approx(1.0, abs=0.09)
    assert effects.std() == pytest.approx(0.4, abs=0.06)


def test_runs_end_twenty_seconds_after_the_last_outcome():
    run = one_run(some_trials(n=8))  # last cue at 90 s, outcome at 94 s
    assert frames_of(run, 3.0) == 38
    unknown = run.take(np.arange(8))
    unknown.outcome_onset[3] = np.nan
    with pytest.raises(InputError, match="outcome_onset: unknown"):
        frames_of(unknown, 3.0)


def test_what_cannot_be_simulated_is_refused():
    trials = some_trials()
    with pytest.raises(InputError, match="the trials of one run of one person"):
        simulate_bold(trials, GRID, 60, 2.0, ())
    with pytest.raises(InputError, match="20 frames of 2 s, an event at 94 s"):
        simulate_bold(one_run(trials), GRID, 20, 2.0, ())
    with pytest.raises(InputError, match="tr"):
        simulate_bold(one_run(trials), GRID, 20, 0.0, ())
    with pytest.raises(InputError, match="mm between 2 and 20"):
        brain_grid(1.0)


def test_the_brain_has_the_sites_at_centers_of_voxels():
    grid = brain_grid()
    assert grid.mask.sum() == 8721
    places = np.argwhere(grid.mask) @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    for site in SITES:
        assert np.linalg.norm(places - site.center, axis=1).min() == 0
        assert site_weights(site, grid).max() == 1


def test_files_read_back_as_they_were_written(tmp_path):
    trials = some_trials(n=3)
    folder = tmp_path / "derivatives" / "fmriprep"
    sites = tuple(replace(site, radius=10.0) for site in SITES)  # the voxels are large
    truth = write_simulated(trials, folder, "tsl", voxel_size=10.0, sites=sites, random_state=5)
    assert json.loads(json.dumps(truth)) == truth
    assert set(truth["effects"]) == {"01", "02"}
    assert truth["sites"][0]["responses"] == [{"kind": "appetitive", "cues": [], "weight": 1.0}]
    runs = read_preprocessed(folder)
    assert [r.subject + r.run for r in runs] == ["011", "012", "021", "022"]
    assert all(r.confounds and r.mask and r.repetition_time == 3.0 for r in runs)
    grid = common_grid(runs)
    expected = brain_grid(10.0)
    np.testing.assert_array_equal(grid.mask, expected.mask)
    np.testing.assert_allclose(grid.affine, expected.affine)
    people = list(simulate_study_data(trials, 3.0, expected, sites, random_state=truth["seed"]))
    assert truth["effects"]["02"] == people[1].effects
    data, step = read_run(runs[3], grid, smoothing=None)
    assert step == 3.0
    assert abs(data - people[1].runs[1].data).max() <= 0.5 + 1e-3  # whole numbers on disk
    assert nibabel.load(runs[0].bold).get_sform(coded=True)[1] == 4  # MNI


def test_a_seed_gives_the_same_bytes_at_any_time(tmp_path, monkeypatch):
    trials = some_trials(("01",), ("1",), n=2)
    write_simulated(trials, tmp_path / "a", voxel_size=15.0, sites=(), random_state=1)
    monkeypatch.setattr(time, "time", lambda: 1e9)
    write_simulated(trials, tmp_path / "b", voxel_size=15.0, sites=(), random_state=1)
    for path in (tmp_path / "a").rglob("*.*"):
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_output_is_whole_or_absent(tmp_path):
    trials = some_trials(("01",), ("1",), n=2)
    far = (Site("far", (900.0, 0, 0), 7.0, (Response("cue"),), 1.0),)
    with pytest.raises(InputError, match="site far"):
        write_simulated(trials, tmp_path / "out", voxel_size=15.0, sites=far)
    assert not list(tmp_path.iterdir())
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists"):
        write_simulated(trials, tmp_path / "out", voxel_size=15.0, sites=())
