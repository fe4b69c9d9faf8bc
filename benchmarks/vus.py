"""The exact VUS against a NumPy loop over all triples, and against drawing triples."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.evaluation import vus

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEER_SIZE, FULL_SIZE = 200, 3000  # examples a class


def simulate(n: int, random_state: int = 0) -> tuple[Floats, Ints]:
    """Draw posteriors of n examples a class with a weak signal."""
    generator = np.random.default_rng(random_state)
    labels = np.arange(3 * n) % 3
    powers = np.exp(generator.normal(size=(3 * n, 3)) + 0.7 * np.eye(3)[labels])
    return powers / powers.sum(axis=1, keepdims=True), labels


def peer(posteriors: Floats, labels: Ints) -> float:
    """VUS as one would write it: a loop over pairs, the third class and permutations in NumPy."""
    logs = np.log(np.maximum(posteriors, 1e-300))
    scores = np.rint((logs - logs[:, :1]) * 2**40)
    first, second, third = (scores[labels == k] for k in range(3))
    credit = 0.0
    for b in second:
        for c in third:
            totals = np.stack([first[:, i] + b[j] + c[k] for i, j, k in permutations(range(3))])
            optimal = totals == totals.max(axis=0)
            credit += (optimal[0] / optimal.sum(axis=0)).sum()
    return float(credit / (len(first) * len(second) * len(third)))


def timed(function: Callable[[], Any], repeats: int = 1) -> tuple[Any, float]:
    """Return the result and the least CPU seconds of some runs."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = function()
        seconds.append(time.process_time() - start)
    return result, min(seconds)


def main() -> dict[str, float]:
    """Time both sizes, print the ratios and return the figures."""
    vus(*simulate(4))  # compile
    small, large = simulate(PEER_SIZE), simulate(FULL_SIZE)
    loop, loop_seconds = timed(lambda: peer(*small))
    exact, exact_seconds = timed(lambda: vus(*small), 5)
    print(f"VUS, {PEER_SIZE} examples a class ({exact.triples:,} triples), CPU seconds")
    print(f"  NumPy loop over pairs {loop_seconds:9.4f}   value {loop:.12f}")
    print(f"  dolorimeter, exact    {exact_seconds:9.4f}   value {exact.value:.12f}")
    print(f"  ratio {loop_seconds / exact_seconds:.0f}x, and standard errors besides")
    full, full_seconds = timed(lambda: vus(*large), 3)
    print(f"VUS, {FULL_SIZE} examples a class ({full.triples:,} triples), CPU seconds")
    print(f"  dolorimeter, exact    {full_seconds:9.4f}   value {full.value:.6f}")
    figures = {"ratio": loop_seconds / exact_seconds, "error": abs(loop - exact.value)}
    for n_draws in (1_000, 100_000):
        draws = [vus(*large, method="sampled", n_draws=n_draws, random_state=s) for s in range(20)]
        _, seconds = timed(lambda n=n_draws: vus(*large, method="sampled", n_draws=n), 3)
        spread = float(np.std([d.value - full.value for d in draws]))
        print(f"  {n_draws:>7,} drawn triples  {seconds:9.4f}   off by {spread:.4f} (20 runs)")
        figures[f"spread_{n_draws}"] = spread
    # The variance of a mean of draws is v (1 - v) / n: what matching 1e-4 would take.
    print(
        f"  drawing to within 0.0001 would take {full.value * (1 - full.value) / 1e-8:,.0f} triples"
    )
    return figures | {"full_seconds": full_seconds}


if __name__ == "__main__":
    main()
