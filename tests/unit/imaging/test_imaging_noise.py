"""Simulated noise has the autocorrelation, smoothness and drift that it was asked for."""

import numpy as np
import pytest
from nilearn.glm.first_level import make_first_level_design_matrix
from nilearn.interfaces.fmriprep import load_confounds
from scipy.ndimage import gaussian_filter1d

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.simulate_motion import (
    Motion,
    confounds_table,
    draw_motion,
    framewise_displacement,
    motion_signal,
)
from dolorimeter.imaging.simulate_noise import Noise, cosines, draw_noise, smooth_fields

GRID = Grid(np.ones((9, 8, 7), dtype=bool), np.diag([6.0, 6.0, 6.0, 1.0]))
QUIET = {"drift": 0.0, "motion": 0.0, "spikes": 0.0}


def test_fields_have_unit_variance_everywhere_and_the_smoothness_of_a_gaussian_filter():
    fields = smooth_fields(6000, GRID, 8.0, np.random.default_rng(0)).reshape(-1, 9, 8, 7)
    deviation = fields.std(axis=0)
    assert abs(deviation - 1).max() < 0.05  # the corners too; 1 / sqrt(2 * 6000) = 0.009
    # correlation of neighbors after a Gaussian filter: of an impulse response with itself shifted
    impulse = np.zeros(61)
    impulse[30] = 1
    answer = gaussian_filter1d(impulse, 8 / np.sqrt(8 * np.log(2)) / 6, truncate=8)
    expected = (answer[1:] * answer[:-1]).sum() / (answer**2).sum()
    for near, next_ in ((fields[:, 4], fields[:, 5]), (fields[:, :, 3], fields[:, :, 4])):
        assert (near * next_).mean() == pytest.approx(expected, abs=0.01)
    white = smooth_fields(500, GRID, 0.0, np.random.default_rng(0)).reshape(-1, 9, 8, 7)
    assert abs((white[:, 4] * white[:, 5]).mean()) < 0.02


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_noise_is_a_stationary_process_of_first_order(rho):
    noise = Noise(2.0, rho, 0.0, 0.0, **QUIET)
    series = draw_noise(400, 3.0, GRID, noise, np.random.default_rng(1))
    assert series.dtype == np.float32
    assert series.std() == pytest.approx(2.0, rel=0.02)
    assert series[0].std() == pytest.approx(2.0, rel=0.15)  # from the first frame on
    scaled = series / 2.0
    for lag in (1, 2, 3):
        assert (scaled[lag:] * scaled[:-lag]).mean() == pytest.approx(rho**lag, abs=0.02)


def test_drift_is_what_a_high_pass_filter_takes_out():
    noise = Noise(0.0, 0.0, 0.0, 0.0, drift=1.5, motion=0.0, spikes=0.0)
    series = draw_noise(155, 3.0, GRID, noise, np.random.default_rng(2)).astype(float)
    assert series.std() == pytest.approx(1.5, rel=0.3)
    frames = np.arange(155) * 3.0
    filtered = make_first_level_design_matrix(frames, drift_model="cosine", high_pass=1 / 128)
    basis = np.column_stack([filtered.to_numpy(), frames])
    left = series - basis @ np.linalg.lstsq(basis, series, rcond=None)[0]
    assert abs(left).max() < 1e-4


def test_cosines_are_nilearns():
    frames = np.arange(155) * 3.0
    made = make_first_level_design_matrix(frames, drift_model="cosine", high_pass=1 / 128)
    ours = cosines(155, made.shape[1] - 1)
    np.testing.assert_allclose(ours, made.to_numpy()[:, :-1], atol=1e-12)


def test_framewise_displacement_by_hand():
    parameters = np.array([[0, 0, 0, 0, 0, 0], [0.1, -0.2, 0, 0.01, 0, 0], [0.1, 0, 0, 0, 0, 0.02]])
    found = framewise_displacement(parameters)
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], [0.1 + 0.2 + 0.5, 0.2 + 0.5 + 1.0])


def test_jerks_are_seen_by_displacement_and_dvars():
    rng = np.random.default_rng(3)
    noise = Noise(drift=0.0, motion=0.0, spikes=0.03)
    motion = draw_motion(300, noise, rng)
    assert 2 <= len(motion.spikes) <= 20
    data = 1000 * (1 + draw_noise(300, 3.0, GRID, noise, rng) / 100)
    data += 10 * motion_signal(motion, GRID, noise, rng)
    table = confounds_table(data, motion, GRID, 3.0)
    calm = np.ones(300, dtype=bool)
    calm[[*motion.spikes, *(motion.spikes + 1)]] = False
    assert (table.framewise_displacement[motion.spikes] > 0.5).all()
    assert table.framewise_displacement[calm].max() < 0.5
    assert table.std_dvars[calm].median() == pytest.approx(1, abs=0.1)
    assert table.std_dvars[motion.spikes].median() > 1.5


def test_dvars_are_one_where_nothing_but_autocorrelated_noise_happens():
    rng = np.random.default_rng(8)
    noise = Noise(1.0, 0.6, 0.0, 0.0, **QUIET)
    data = 1000 + draw_noise(600, 3.0, GRID, noise, rng)
    motion = draw_motion(600, noise, rng)
    table = confounds_table(data, motion, GRID, 3.0)
    assert table.std_dvars[1:].mean() == pytest.approx(1, abs=0.02)


def test_confounds_are_read_by_nilearn(tmp_path):
    rng = np.random.default_rng(4)
    motion = draw_motion(100, Noise(spikes=0.05), rng)
    data = 1000 + rng.normal(size=(100, GRID.mask.sum())).astype(np.float32)
    table = confounds_table(data, motion, GRID, 3.0)
    stem = tmp_path / "sub-01_task-x"
    table.to_csv(f"{stem}_desc-confounds_timeseries.tsv", sep="\t", index=False, na_rep="n/a")
    image = tmp_path / "sub-01_task-x_space-MNI_desc-preproc_bold.nii.gz"
    image.touch()
    strategy = ("motion", "high_pass", "wm_csf", "global_signal", "scrub")
    limits = {"scrub": 0, "fd_threshold": 0.5, "std_dvars_threshold": 99}
    read, kept = load_confounds(str(image), strategy, motion="full", **limits)
    moved = framewise_displacement(motion.parameters)
    assert set(np.setdiff1d(np.arange(100), kept)) == set(np.flatnonzero(moved > 0.5))
    assert {"trans_x_derivative1_power2", "cosine00", "csf", "white_matter"} <= set(read)


def test_a_still_head_does_nothing():
    motion = Motion(np.zeros((20, 6)), np.array([], dtype=np.int64))
    assert not motion_signal(motion, GRID, Noise(), np.random.default_rng(0)).any()


@pytest.mark.parametrize(
    "wrong", [{"deviation": -1.0}, {"autocorrelation": 0.95}, {"spikes": 0.6}, {"drift": np.nan}]
)
def test_impossible_noise_is_refused(wrong):
    with pytest.raises(InputError, match="noise, "):
        Noise(**wrong)
