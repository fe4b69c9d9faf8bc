"""Exact cross-validation with 1,000 relabellings against naive refitting and RidgeCV.

``python -m benchmarks.fast_cv``. 90 trials x 30,000 voxels, two classes, alpha 1, double precision.
All must give the same decisions and the same null first, or there is no comparison. Naive: a
RidgeClassifier of scikit-learn refitted in each of 90 folds; one cross-validation is timed and
multiplied by the relabellings and one, since all of them would take hours. RidgeCV: scikit-learn's
own leave-one-out shortcut, which decomposes the kernel anew in each fit but takes many targets at
a time: it is timed both with one fit a labelling (again one fit times their number) and at its
best, with the labels and all relabellings as the columns of one target. RidgeCV has no relabelling,
no labels and no groups: its part of the work is the predictions only. Times are the best of several
runs, from the raw array to the p-value; on a busy machine the processor time is the fairer measure.
"""

from __future__ import annotations

import os
import platform
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier, RidgeCV

from dolorimeter.decoding import CrossValidated, cross_validate, relabellings

Floats = NDArray[np.float64]
N_TRIALS, N_VOXELS, N_PERMUTATIONS, ALPHA = 90, 30_000, 1_000, 1.0
TOLERANCE = 1e-9


def simulate() -> tuple[Floats, NDArray[np.int64]]:
    """Draw noise with a weak pattern."""
    rng = np.random.default_rng(0)
    y = np.arange(N_TRIALS) % 2
    pattern = 0.03 * rng.normal(size=N_VOXELS)
    return rng.normal(size=(N_TRIALS, N_VOXELS)) + np.outer(y, pattern), y


def ours(x: Floats, y: NDArray[np.int64], scheme: str = "leave-one-trial-out") -> CrossValidated:
    """Run dolorimeter."""
    runs = np.arange(N_TRIALS) // 10
    groups = runs if scheme == "leave-one-run-out" else None
    return cross_validate(
        x, y, scheme, groups, regularization=ALPHA, permutations=N_PERMUTATIONS, random_state=0
    )


def naive(x: Floats, y: NDArray[np.int64]) -> Floats:
    """Refit in every fold of one labelling."""
    decisions = np.empty(N_TRIALS)
    for i in range(N_TRIALS):
        kept = np.arange(N_TRIALS) != i
        fitted = RidgeClassifier(alpha=ALPHA).fit(x[kept], y[kept])
        decisions[i] = fitted.decision_function(x[[i]])[0]
    return decisions


def shortcut(x: Floats, targets: Floats) -> Floats:
    """Held-out predictions of RidgeCV, targets (n, m) in columns."""
    fitted = RidgeCV(alphas=[ALPHA], store_cv_results=True, scoring=None)
    fitted.fit(x, targets)
    # It keeps squared errors only: their root is all that can be compared.
    return np.sqrt(fitted.cv_results_[..., 0])


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
    apart = np.abs(found - expected).max()
    if apart > TOLERANCE:
        raise SystemExit(f"{name} is {apart:g} from dolorimeter: no comparison")
    print(f"{name}: largest difference {apart:.1e}")


def main() -> None:
    """Compare, and print seconds and ratios."""
    warnings.simplefilter("ignore")  # RidgeCV announces a rename
    print(f"{platform.machine()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    x, y = simulate()
    targets = 2.0 * y - 1.0
    ours(x, y)
    seconds, found = best_of(lambda: ours(x, y), 10)
    rows = relabellings(y, N_PERMUTATIONS, np.random.default_rng(0))
    columns = np.column_stack([targets, targets[rows].T])
    one_refit, decisions = best_of(lambda: naive(x, y), 1)
    agree("naive decisions", decisions, found.decisions)
    one_fit, errors = best_of(lambda: shortcut(x, targets), 3)
    agree("RidgeCV, size of the errors", errors, np.abs(targets - found.decisions))
    one_matrix, errors = best_of(lambda: shortcut(x, columns), 3)
    at_once = errors.reshape(N_TRIALS, -1)
    agree("RidgeCV, all labellings", at_once[:, 0], np.abs(targets - found.decisions))
    wrong = (at_once[:, 1:] > 1.0).mean(axis=0)  # past zero from its own label
    agree("RidgeCV, null", 1.0 - wrong, found.null)
    n = N_PERMUTATIONS + 1
    lines = {
        "dolorimeter": seconds,
        "RidgeCV, all at once": one_matrix,
        f"RidgeCV, {n} x {one_fit[0]:.3f} s": n * one_fit,
        f"naive, {n} x {one_refit[0]:.1f} s": n * one_refit,
    }
    print(f"\n{N_TRIALS} trials x {N_VOXELS} voxels, {N_PERMUTATIONS} permutations")
    print(f"{'leave-one-trial-out':32}{'seconds':>12}{'ratio':>12}{'CPU s':>12}{'ratio':>12}")
    for name, value in lines.items():
        clock, cpu = value / seconds
        print(f"{name:32}{value[0]:12.3f}{clock:12.1f}{value[1]:12.3f}{cpu:12.1f}")
    for scheme in ("leave-one-run-out", "leave-one-pair-out"):
        ours(x, y, scheme)
        spent, _ = best_of(lambda scheme=scheme: ours(x, y, scheme), 5)
        print(f"{scheme:32}{spent[0]:12.3f}{'':12}{spent[1]:12.3f}")


if __name__ == "__main__":
    main()
