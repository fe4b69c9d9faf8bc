"""The first level of the whole brain, one model and a grid of twenty, against nilearn.

``python -m benchmarks.first_level [n_voxels n_frames]``. 30,000 voxels x 600 volumes, 26 columns
(events, modulators, 24 of confounds, drift and constant kind), autocorrelated noise that varies
over voxels, double precision, one thread of BLAS each where ``OMP_NUM_THREADS=1`` is set. nilearn:
``mean_scaling``, ``run_glm`` and ``compute_contrast``, the steps of its ``FirstLevelModel`` without
images. Effects, variances, t and z of both must agree to 1e-9 of their largest, or there is no
comparison. Of the grid nilearn fits one point, which is timed and multiplied by twenty, since it
has nothing to share between them; that point must agree too. Times are the best of several runs;
on a busy machine the processor time is the fairer measure.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from nilearn.glm.contrasts import compute_contrast
from nilearn.glm.first_level import mean_scaling, run_glm
from numpy.typing import NDArray

from dolorimeter.imaging.design import Design
from dolorimeter.imaging.glm import fit_first_level
from dolorimeter.imaging.glm_grid import fit_first_level_grid

Floats = NDArray[np.float64]
N_VOXELS, N_FRAMES, N_POINTS, N_SHARED = 30_000, 600, 20, 24
TOLERANCE = 1e-9
CONTRASTS = {"error": {"error A": 1.0, "error B": 1.0}, "relief": {"shared 1": 1.0}}


def simulate(n_voxels: int, n_frames: int) -> tuple[Floats, Floats, Floats]:
    """Draw shared columns, a grid of modulated ones that resemble each other, and data."""
    rng = np.random.default_rng(0)
    smooth = np.exp(-(np.arange(-8, 9) ** 2) / 18.0)
    drawn = rng.normal(size=(n_frames, N_SHARED - 1))
    columns = [np.convolve(series, smooth, "same") for series in drawn.T]
    shared = np.column_stack([*columns, np.ones(n_frames)])
    errors = np.array([np.convolve(e, smooth, "same") for e in rng.normal(size=(4, n_frames))])
    alphas = np.linspace(0.05, 0.95, N_POINTS)[:, np.newaxis, np.newaxis]
    grid = alphas * errors[:2].T + (1.0 - alphas) * errors[2:].T
    rho = rng.uniform(-0.1, 0.6, n_voxels)
    data = rng.normal(size=(n_frames, n_voxels))
    for frame in range(1, n_frames):
        data[frame] += rho * data[frame - 1]
    weights = rng.normal(size=(N_SHARED + 2, n_voxels))
    data += 0.1 * np.column_stack([grid[5], shared]) @ weights
    data *= 10.0
    data += rng.uniform(600.0, 1400.0, n_voxels)
    return data, shared, grid


def design_of(columns: Floats, names: tuple[str, ...]) -> Design:
    """Name the columns."""
    n_frames, kinds = len(columns), ("confound",) * columns.shape[1]
    return Design(columns, names, kinds, 2.0 * np.arange(n_frames), np.arange(n_frames))


def nilearn_first_level(data: Floats, design: Design) -> dict[str, Any]:
    """Fit one model as ``FirstLevelModel`` does, without its images."""
    scaled, _ = mean_scaling(data)
    labels, results = run_glm(scaled, design.matrix, noise_model="ar1")
    maps = {}
    for name, weights in CONTRASTS.items():
        vector = np.array([weights.get(column, 0.0) for column in design.names])
        contrast = compute_contrast(labels, results, vector)
        contrast.z_score()
        maps[name] = contrast
    return maps


def best_of(run: Callable[[], Any], n_runs: int) -> tuple[Floats, Any]:
    """Return the shortest of some runs by the clock and in processor time, and what it found."""
    spent, found = np.full(2, np.inf), None
    for _ in range(n_runs):
        started, used = time.perf_counter(), time.process_time()
        found = run()
        here = np.array([time.perf_counter() - started, time.process_time() - used])
        spent = np.minimum(spent, here)
    return spent, found


def agree(name: str, found: Floats, expected: Floats) -> None:
    """Stop where results differ."""
    apart = np.abs(found - expected).max() / np.abs(expected).max()
    if not apart <= TOLERANCE:
        raise SystemExit(f"{name} is {apart:g} from nilearn: no comparison")
    print(f"{name}: largest difference {apart:.1e} of the largest value")


def show(title: str, ours: Floats, theirs: Floats, note: str = "") -> None:
    """Print seconds and ratios."""
    print(f"\n{title}")
    for what, mine, peer in zip(("clock", "processor"), ours, theirs, strict=True):
        print(
            f"  {what:10} nilearn {peer:8.2f} s{note}   ours {mine:7.3f} s   {peer / mine:6.1f} x"
        )


def main(n_voxels: int = N_VOXELS, n_frames: int = N_FRAMES) -> None:
    """Compare, and print seconds and ratios."""
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    load = f"load {os.getloadavg()[0]:.1f}, OMP_NUM_THREADS {threads}"
    print(f"{platform.machine()}, {os.cpu_count()} cores; {load}")
    data, shared, grid = simulate(n_voxels, n_frames)
    names = tuple(f"shared {i}" for i in range(N_SHARED))
    modulated, point = ("error A", "error B"), 5
    full = design_of(np.column_stack([grid[point], shared]), (*modulated, *names))
    fixed = design_of(shared, names)

    def one() -> Any:
        return fit_first_level([data], [full], CONTRASTS)

    def many() -> Any:
        return fit_first_level_grid([data], [fixed], [grid], modulated, CONTRASTS)

    fit_first_level([data[:, :50]], [full], CONTRASTS)  # compiles, or reads the compiled code
    theirs, expected = best_of(lambda: nilearn_first_level(data, full), 2)
    ours, found = best_of(one, 5)
    grid_time, points = best_of(many, 3)
    for place, (name, contrast) in enumerate(expected.items()):
        mine = found.contrasts[name]
        agree(f"{name}, effect", mine.effect, contrast.effect)
        agree(f"{name}, variance", mine.variance, contrast.variance)
        agree(f"{name}, t", mine.t, contrast.stat_)
        agree(f"{name}, z", mine.z, contrast.z_score_)
        agree(f"{name}, grid, effect", points.effect[point, place], contrast.effect)
        agree(f"{name}, grid, t", points.t[point, place], contrast.stat_)
    size = f"{n_voxels} voxels x {n_frames} volumes, {full.matrix.shape[1]} columns"
    show(f"First level, {size}", ours, theirs)
    show(f"{N_POINTS} models, {size}", grid_time, N_POINTS * theirs, f" ({N_POINTS} x one)")
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
