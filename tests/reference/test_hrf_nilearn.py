"""The same responses and regressors as nilearn's, which works on a grid of micro-time."""

import numpy as np
import pytest

from dolorimeter.hemodynamics import canonical_hrf, convolve_events, glover_hrf

models = pytest.importorskip("nilearn.glm.first_level.hemodynamic_models")

TR, OVERSAMPLING = 2.0, 200
BIN = TR / OVERSAMPLING
FRAMES = np.arange(0.0, 300.0, TR)


@pytest.mark.parametrize(("ours", "name"), [(canonical_hrf, "spm_hrf"), (glover_hrf, "glover_hrf")])
def test_responses_agree(ours, name):
    theirs = getattr(models, name)(TR, OVERSAMPLING)
    # nilearn's kernel starts one bin late and stretches its times to reach 32 s.
    times = np.linspace(0, 32.0, round(32.0 / BIN)) - BIN
    np.testing.assert_allclose(ours(times, normalize="sum"), theirs, atol=2e-3 * theirs.max())


@pytest.mark.parametrize("duration", [0.0, 4.0])
@pytest.mark.parametrize("name", ["spm", "glover"])
def test_regressors_agree(name, duration):
    rng = np.random.default_rng(1)
    onsets = np.sort(rng.uniform(0, 270, 25)).round(1)
    amplitudes = rng.normal(size=25)
    durations = np.full(25, duration)
    condition = np.vstack([onsets, durations, amplitudes])
    theirs = models.compute_regressor(condition, name, FRAMES, oversampling=OVERSAMPLING)[0][:, 0]
    ours = convolve_events(onsets, durations, amplitudes, FRAMES, name)
    # Their kernel sums to one bin by bin: an impulse counts as one bin, and areas are unit.
    area = {"spm": canonical_hrf, "glover": glover_hrf}[name](np.arange(0, 32, 0.001)).sum() / 1000
    scaled = ours / area * (BIN if duration == 0.0 else 1.0)
    np.testing.assert_allclose(scaled, theirs, atol=0.01 * np.abs(theirs).max())
    assert np.corrcoef(scaled, theirs)[0, 1] > 0.9999


@pytest.mark.parametrize(
    ("derivative", "name", "step"),
    [
        ("time", "spm_time_derivative", 0.1),
        ("dispersion", "spm_dispersion_derivative", 0.01),
    ],
)
def test_derivatives_agree_in_shape_and_sign(derivative, name, step):
    theirs = getattr(models, name)(TR, OVERSAMPLING)
    times = np.linspace(0, 32.0, round(32.0 / BIN)) - BIN
    ours = canonical_hrf(times, derivative=derivative, normalize="sum", step=step)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999
