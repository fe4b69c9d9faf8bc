"""A whole-brain searchlight with permutations, against nilearn's SearchLight.

``python -m benchmarks.searchlight``. 30,000 centers on a grid of 3 mm, spheres of 8 mm (at most 81
voxels), 60 trials in six runs, leave-one-trial-out ridge classification, 1,000 relabellings within
runs with the max-statistic. nilearn refits at every fold (scikit-learn's RidgeClassifier), is timed
on some centers without permutations, and must give the same scores there. What it would take for
all centers, and for all relabellings, is extrapolated and said so. Compilation and the search for
the spheres are timed apart. On a busy machine the processor time is the fairer measure; it counts
both cores.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from typing import Any

import nibabel
import numpy as np
from nilearn.decoding import SearchLight
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import LeaveOneOut

from dolorimeter.decoding import searchlight, sphere_neighborhoods

Floats = NDArray[np.float64]

SHAPE, N_TRIALS, N_RUNS, PERMUTATIONS = (30, 40, 25), 60, 6, 1000
AFFINE, RADIUS = np.diag([3.0, 3.0, 3.0, 1.0]), 8.0
PEER_CENTERS = 100


def simulate(random_state: int = 0) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Draw trials with a weak pattern in one corner of the brain."""
    rng = np.random.default_rng(random_state)
    runs = np.repeat(np.arange(N_RUNS), N_TRIALS // N_RUNS)
    y = np.concatenate([rng.permutation(np.arange(N_TRIALS // N_RUNS) % 2) for _ in range(N_RUNS)])
    brain = rng.normal(size=(N_TRIALS, *SHAPE))
    brain[:, 3:7, 3:7, 3:7] += 0.8 * y[:, None, None, None] * rng.normal(size=(4, 4, 4))
    return brain.reshape(N_TRIALS, -1), y, runs


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result, and wall and CPU seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = function()
    return result, time.perf_counter() - wall, time.process_time() - processor


def peer(X: Floats, y: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats, float]:
    """Run nilearn on the first centers; return those, their scores and CPU seconds."""
    image = nibabel.Nifti1Image(np.ascontiguousarray(X.T).reshape(*SHAPE, -1), AFFINE)
    mask = np.zeros(SHAPE, np.uint8)
    # Seeds early in the mask: nilearn looks each up in a list, which would count against it.
    mask.flat[: 40 * 25 * 4 : 40] = 1
    centers = np.flatnonzero(mask)
    everywhere, some = (
        nibabel.Nifti1Image(part, AFFINE) for part in (np.ones(SHAPE, np.uint8), mask)
    )
    light = SearchLight(
        everywhere, some, RADIUS, RidgeClassifier(alpha=1.0), scoring="accuracy", cv=LeaveOneOut()
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Use a custom estimator", UserWarning)
        _, _, seconds = timed(lambda: light.fit(image, y))
    return centers, light.scores_.ravel()[centers], seconds


def main() -> dict[str, float]:
    """Time both, print the ratios and return the figures."""
    X, y, runs = simulate()
    searchlight(X[:, :90], y, (np.array([0, 30, 90]), np.arange(90)), permutations=9)  # compile
    spheres, seconds, _ = timed(lambda: sphere_neighborhoods(np.ones(SHAPE, bool), AFFINE, RADIUS))
    sizes = np.diff(spheres[0])
    print(f"{len(sizes):,} centers, {sizes.min()}–{sizes.max()} voxels (mean {sizes.mean():.0f})")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds wall (CPU)")
    print(f"  spheres                                   {seconds:8.2f}")
    single, wall, single_cpu = timed(lambda: searchlight(X, y, spheres))
    print(f"  dolorimeter, no permutations              {wall:8.2f} ({single_cpu:.2f})")
    found, wall, processor = timed(
        lambda: searchlight(X, y, spheres, permutations=PERMUTATIONS, blocks=runs, random_state=0)
    )
    print(f"  dolorimeter, {PERMUTATIONS:,} relabellings            {wall:8.2f} ({processor:.2f})")
    flops = 2.0 * N_TRIALS**2 * (PERMUTATIONS + 1) * len(sizes)
    print(f"    {flops / processor / 1e9:.0f} GFLOP/s a core in the product with them alone")
    print(f"    {np.sum(found.p_max <= 0.05)} centers with family-wise p <= 0.05; 64 are planted")
    centers, scores, peer_cpu = peer(X, y)
    error = float(np.abs(scores - single.scores[centers]).max())
    full = peer_cpu / len(centers) * len(sizes)
    naive = full * (PERMUTATIONS + 1)
    print(f"  nilearn, {len(centers)} centers, no permutations             ({peer_cpu:.2f})")
    print(f"    largest difference in score {error:.1e}")
    print(f"    extrapolated to all centers                      ({full:.0f})")
    print(f"    ratio without permutations (CPU): {full / single_cpu:,.0f}x")
    print(f"    extrapolated to all relabellings: {naive / 86400:,.0f} days of CPU")
    print(f"    ratio with permutations (CPU, extrapolated): {naive / processor:,.0f}x")
    return {"wall": wall, "cpu": processor, "error": error, "ratio": full / single_cpu}


if __name__ == "__main__":
    main()
