"""What normalization leaves of amplitude, of a pattern, and of both: Hu & Iannetti (2016), Fig 1.

Two stimuli may differ in bulk amplitude only, in spatial pattern only, or in both; a decoder tells
them apart in each case, and normalization over features takes the first away. A fourth case shows
what it does not take away: a gain on a profile that is not flat [science 3.2, N4].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .fast_cv import cross_validate
from .normalize import normalize_pattern
from .relabelling import RandomState
from .residual_amplitude import residual_amplitude_check

# What the second class has more than the first. "profile" is the deviation over features of the
# response that both classes share, whose mean is 1.
CASES: dict[str, dict[str, float]] = {
    "amplitude only": {"offset": 0.5},
    "pattern only": {"pattern": 0.5},
    "amplitude and pattern": {"offset": 0.5, "pattern": 0.5},
    "gain, profile 0.5": {"gain": 0.5, "profile": 0.5},
    "gain, profile 1": {"gain": 0.5, "profile": 1.0},
}
SMALL = 64  # features of the patterns to draw, 8 x 8


def simulate_amplitude(
    case: str,
    n_trials: int = 120,
    n_features: int = 500,
    noise: float = 3.0,
    spread: float = 0.0,
    random_state: RandomState = None,
) -> tuple[Floats, Ints]:
    """Simulate trials of two classes in one subject.

    Trial i of class c: ``(1 + gain c + spread e_i) (1 + profile z) + offset c + pattern c q +
    noise``, with z and q fixed over trials, mean 0 and deviation 1 over features, and e_i and the
    noise of each feature normal.

    Parameters
    ----------
    case : str
        One of :data:`CASES`, which holds offset, gain, profile and pattern.
    n_trials : int, default 120
        Half of each class, in turn.
    n_features : int, default 500
        Voxels.
    noise : float, default 3.0
        Deviation of the noise, in units of the mean response.
    spread : float, default 0.0
        Deviation of the gain from trial to trial.
    random_state : None, int or numpy.random.Generator
        Draws all.

    Returns
    -------
    X : ndarray of shape (n_trials, n_features), float64
        In units of the mean response of the first class.
    y : ndarray of shape (n_trials,), int64
        0 or 1.

    Raises
    ------
    InputError
        If the case is unknown, or there are too few trials or features.
    """
    if case not in CASES:
        raise InputError("case", repr(case), f"one of {', '.join(map(repr, CASES))}")
    if n_trials < 4 or n_features < 2:
        found = f"{n_trials} trials, {n_features} features"
        raise InputError("n_trials", found, "at least 4 trials and 2 features")
    rng = np.random.default_rng(random_state)
    y = np.arange(n_trials, dtype=np.int64) % 2
    gains = spread * rng.normal(size=n_trials)
    means = _class_means(case, n_features, rng)
    X = means[y] + gains[:, None] * means[0] + noise * rng.normal(size=(n_trials, n_features))
    return X, y


def demonstrate_amplitude(
    repetitions: int = 20,
    permutations: int = 20,
    spread: float = 0.5,
    random_state: RandomState = None,
    **simulated: Any,
) -> dict[str, Any]:
    """Decode each case before and after normalization, and after matching of amplitude.

    Accuracy is that of leave-one-pair-out with the linear decoder; a null is the mean over
    relabellings within pairs. The residual-amplitude check runs on trials whose gain also varies
    from trial to trial, without which classes of unlike amplitude do not overlap.

    Parameters
    ----------
    repetitions : int, default 20
        Simulated subjects of each case.
    permutations : int, default 20
        Relabellings of each.
    spread : float, default 0.5
        Deviation of the gain from trial to trial, for the check.
    random_state : None, int or numpy.random.Generator
        Draws all.
    **simulated : Any
        Further arguments of :func:`simulate_amplitude`.

    Returns
    -------
    dict
        ``"cases"``: for each the mean accuracies and nulls ``"before"``, ``"after"`` and
        ``"matched"`` (with the share of samples that could be matched, and of subjects where they
        could, ``"possible"``; None if none could); ``"patterns"``: for each the mean responses of
        both classes as 8 x 8 maps, before and after normalization, without noise.

    Raises
    ------
    InputError
        As for :func:`simulate_amplitude`.
    """
    rng = np.random.default_rng(random_state)
    cases = {}
    for case in CASES:
        plain = [_decode(case, permutations, rng, simulated) for _ in range(repetitions)]
        checks = [_check(case, spread, permutations, rng, simulated) for _ in range(repetitions)]
        before, after = np.mean(plain, axis=0)
        cases[case] = {"before": _pair(before), "after": _pair(after), "matched": _summary(checks)}
    return {"cases": cases, "patterns": {case: example_patterns(case) for case in CASES}}


def example_patterns(case: str, random_state: RandomState = 0) -> dict[str, list[Any]]:
    """Return the mean responses of both classes as small maps to draw.

    Parameters
    ----------
    case : str
        One of :data:`CASES`.
    random_state : None, int or numpy.random.Generator
        Draws profile and pattern.

    Returns
    -------
    dict of str to list
        ``"before"`` and ``"after"`` normalization: for each class 8 rows of 8 numbers. Where the
        case has no profile of its own, both share one of deviation 0.5: a flat map has no
        normalized form.
    """
    rng = np.random.default_rng(random_state)
    means = _class_means(case, SMALL, rng)
    if not CASES[case].get("profile"):
        means = means + 0.5 * _standard(SMALL, rng)
    maps = {"before": means, "after": normalize_pattern(means)}
    return {when: m.reshape(2, 8, 8).round(4).tolist() for when, m in maps.items()}


def _standard(n: int, rng: np.random.Generator) -> Floats:
    """Draw numbers of mean 0 and deviation 1."""
    return normalize_pattern(rng.normal(size=(1, n)))[0]


def _class_means(case: str, n_features: int, rng: np.random.Generator) -> Floats:
    """Return the response of either class without noise."""
    size = dict.fromkeys(("offset", "gain", "profile", "pattern"), 0.0) | CASES[case]
    shared = 1 + size["profile"] * _standard(n_features, rng)
    extra = size["offset"] + size["pattern"] * _standard(n_features, rng)
    return np.array([shared, (1 + size["gain"]) * shared + extra])


def _decode(
    case: str, permutations: int, rng: np.random.Generator, simulated: dict[str, Any]
) -> list[list[float]]:
    """Return accuracy and mean null, before and after normalization."""
    X, y = simulate_amplitude(case, random_state=rng, **simulated)
    pairs = np.arange(len(y)) // 2
    found = [
        cross_validate(
            data, y, "leave-one-pair-out", pairs, permutations=permutations, random_state=rng
        )
        for data in (X, normalize_pattern(X))
    ]
    return [[one.score, np.nan if one.null_mean is None else one.null_mean] for one in found]


def _check(
    case: str, spread: float, permutations: int, rng: np.random.Generator, simulated: dict[str, Any]
) -> list[float]:
    """Return accuracy and mean null after matching, and the share of samples; NaN if not."""
    X, y = simulate_amplitude(case, spread=spread, random_state=rng, **simulated)
    # By mean and deviation alone: on a flat shared response a pattern is a profile of its own.
    found = residual_amplitude_check(
        X, y, permutations=permutations, random_state=rng, profile="none"
    )
    if found.score is None or found.null_mean is None:
        return [np.nan, np.nan, found.n_samples / len(y)]
    return [found.score, found.null_mean, found.n_samples / len(y)]


def _pair(values: Floats) -> dict[str, float]:
    """Name an accuracy and its null."""
    return {"accuracy": float(values[0]), "null": float(values[1])}


def _summary(checks: list[list[float]]) -> dict[str, float] | None:
    """Average the checks that were possible."""
    rows = np.array(checks)
    possible = ~np.isnan(rows[:, 0])
    if not possible.any():
        return None
    means = rows[possible].mean(axis=0)
    return _pair(means[:2]) | {"samples": float(means[2]), "possible": float(possible.mean())}
