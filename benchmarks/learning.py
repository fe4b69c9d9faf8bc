"""Learning models over subjects x trials x sets of parameters, against loops and cpm-toolbox.

What a fit spends its time on. Peers run a part of the trials and are compared by the CPU time of
one trial under one set of parameters. cpm-toolbox is used where it is installed, and is not
required: ``pip install cpm-toolbox`` in an environment of its own, on ``PYTHONPATH``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.learning import FORMS, encode_trials, simulate_grid

Floats = NDArray[np.float64]

N_SUBJECTS, N_TRIALS, N_SETS = 1000, 300, 41
PEER_TRIALS = 3000


def simulate_trials(random_state: int = 0) -> pd.DataFrame:
    """Three cues in random order, each followed by any outcome."""
    rng = np.random.default_rng(random_state)
    n = N_SUBJECTS * N_TRIALS
    return pd.DataFrame(
        {
            "subject": np.repeat(np.arange(N_SUBJECTS).astype(str), N_TRIALS),
            "cue": rng.choice(list("ABC"), n),
            "utility": rng.choice([1.0, -1.0, 0.0], n),
        }
    )


def python_loop(cues: list[str], utilities: list[float], alpha: float) -> list[float]:
    """Temporal difference as one would write it."""
    values = {"A": 0.0, "B": 0.0, "C": 0.0}
    expected = []
    for cue, utility in zip(cues, utilities, strict=True):
        expected.append(values[cue])
        values[cue] += alpha * (utility - values[cue])
    return expected


def numpy_loop(cues: NDArray[np.int64], utilities: Floats, alphas: Floats) -> Floats:
    """The same over trials, with all learning rates at once in NumPy."""
    values = np.zeros((3, len(alphas)))
    expected = np.empty((len(alphas), len(cues)))
    for t, (cue, utility) in enumerate(zip(cues, utilities, strict=True)):
        expected[:, t] = values[cue]
        values[cue] += alphas * (utility - values[cue])
    return expected


def cpm_loop(cues: NDArray[np.int64], utilities: Floats, alpha: float) -> list[float]:
    """The same by cpm-toolbox's rule, one trial at a time, without its wrapper."""
    from cpm.models.learning import DeltaRule

    weights, inputs, expected = np.zeros((1, 3)), np.eye(3), []
    for cue, utility in zip(cues, utilities, strict=True):
        expected.append(float(weights[0, cue]))
        feedback = np.array([utility])
        rule = DeltaRule(alpha=alpha, zeta=0, weights=weights, feedback=feedback, input=inputs[cue])
        weights = weights + rule.compute()
    return expected


def nanoseconds(function: Callable[[], Any], work: int, repeats: int = 3) -> tuple[Any, float]:
    """Return the result and the least CPU nanoseconds a trial and set of parameters."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = function()
        seconds.append(time.process_time() - start)
    return result, min(seconds) / work * 1e9


def peers(trials: pd.DataFrame, alphas: Floats) -> dict[str, float]:
    """Time the peers on the first subject's trials, repeated, and check what they say."""
    codes = trials["cue"].map({"A": 0, "B": 1, "C": 2}).to_numpy()[:PEER_TRIALS]
    cues, utilities = trials["cue"].tolist()[:PEER_TRIALS], trials["utility"].to_numpy()
    utilities = utilities[:PEER_TRIALS]
    own = simulate_grid("td", trials[:PEER_TRIALS].assign(subject="1"), alphas[:, None])
    figures = {}
    listed = utilities.tolist()
    said, figures["Python loop"] = nanoseconds(
        lambda: python_loop(cues, listed, alphas[9]), PEER_TRIALS
    )
    np.testing.assert_array_equal(said, own.value[9])
    said, figures["NumPy loop over trials"] = nanoseconds(
        lambda: numpy_loop(codes, utilities, alphas), PEER_TRIALS * len(alphas)
    )
    np.testing.assert_array_equal(said, own.value)
    if find_spec("cpm"):
        said, figures["cpm-toolbox, its rule"] = nanoseconds(
            lambda: cpm_loop(codes, utilities, alphas[9]), PEER_TRIALS
        )
        np.testing.assert_allclose(said, own.value[9], atol=1e-10)
    return figures


def main() -> dict[str, float]:
    """Time every model, print the ratios and return the figures."""
    trials = simulate_trials()
    start = time.process_time()
    encoded = encode_trials(trials)
    print(f"{N_SUBJECTS} subjects x {N_TRIALS} trials; CPU nanoseconds a trial and parameter set")
    print(f"  names to codes, once    {(time.process_time() - start) / len(encoded) * 1e9:9.1f}")
    figures = {}
    rng = np.random.default_rng(0)
    for name, form in FORMS.items():
        rows = rng.random((N_SETS, len(form.free)))
        simulate_grid(name, encoded, rows)
        for what, value_only in (("all", False), ("value", True)):
            _, figures[f"{name}, {what}"] = nanoseconds(
                lambda n=name, r=rows, v=value_only: simulate_grid(n, encoded, r, value_only=v),
                len(encoded) * N_SETS,
            )
        both = (figures[f"{name}, {what}"] for what in ("all", "value"))
        print("  {:<22}{:11.1f}   value alone{:9.1f}".format(name, *both))
    for peer, cost in peers(trials, np.linspace(0.0, 1.0, N_SETS)).items():
        ratios = cost / figures["td, all"], cost / figures["td, value"]
        print("  {:<22}{:11.1f}   ratio {:.0f}x, value alone {:.0f}x".format(peer, cost, *ratios))
        figures[peer] = cost
    if "cpm-toolbox, its rule" not in figures:
        print("  cpm-toolbox is not installed: not compared")
    return figures


if __name__ == "__main__":
    main()
