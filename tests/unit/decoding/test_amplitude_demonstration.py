"""The simulation of Fig 1 gives the accuracies on record [science 3.2]."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.decoding.amplitude_demonstration import (
    CASES,
    demonstrate_amplitude,
    example_patterns,
    simulate_amplitude,
)
from dolorimeter.decoding.normalize import is_normalized

ON_RECORD = {  # accuracy before and after normalization
    "amplitude only": (0.84, 0.50),
    "gain, profile 0.5": (0.89, 0.62),
    "gain, profile 1": (0.97, 0.81),
    "pattern only": (0.84, 0.86),
}


@pytest.fixture(scope="module")
def shown():
    return demonstrate_amplitude(repetitions=12, permutations=5, random_state=0)


@pytest.mark.parametrize("case", ON_RECORD)
def test_accuracies_are_those_on_record(shown, case):
    found = shown["cases"][case]
    before, after = ON_RECORD[case]
    assert found["before"]["accuracy"] == pytest.approx(before, abs=0.045)
    assert found["after"]["accuracy"] == pytest.approx(after, abs=0.045)


def test_nulls_of_pairs_left_out_are_a_half(shown):
    for found in shown["cases"].values():
        for when in ("before", "after"):
            assert found[when]["null"] == pytest.approx(0.5, abs=0.03)


def test_only_a_pattern_survives_matching(shown):
    left = {case: found["matched"] for case, found in shown["cases"].items()}
    for case in ("amplitude only", "gain, profile 0.5", "gain, profile 1"):
        assert left[case]["accuracy"] == pytest.approx(left[case]["null"], abs=0.06)
    for case in ("pattern only", "amplitude and pattern"):
        assert left[case]["accuracy"] > left[case]["null"] + 0.2
    assert all(found["possible"] == 1 for found in left.values())
    assert all(0.2 < found["samples"] < 0.7 for found in left.values())


def test_matching_is_not_possible_without_overlap():
    shown = demonstrate_amplitude(2, 2, spread=0.0, random_state=0, n_trials=40)
    assert shown["cases"]["gain, profile 1"]["matched"] is None
    assert shown["cases"]["pattern only"]["matched"] is not None


def test_simulated_classes_differ_by_what_was_planted():
    X, y = simulate_amplitude("amplitude only", noise=0.0, random_state=0)
    np.testing.assert_allclose(X, 1 + 0.5 * y[:, None] * np.ones(500))
    X, y = simulate_amplitude("gain, profile 1", noise=0.0, random_state=0)
    np.testing.assert_allclose(X[1], 1.5 * X[0])
    assert (X[0].mean(), X[0].std()) == pytest.approx((1, 1))
    X, y = simulate_amplitude("pattern only", noise=0.0, random_state=0)
    assert ((X[1] - X[0]).mean(), (X[1] - X[0]).std()) == pytest.approx((0, 0.5))
    X, _ = simulate_amplitude("pattern only", noise=0.0, spread=0.3, random_state=0)
    gains = X[::2].mean(axis=1)
    assert gains.std() == pytest.approx(0.3, abs=0.1)
    one, two = (simulate_amplitude("pattern only", random_state=7)[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_small_maps_to_draw():
    for case in CASES:
        maps = example_patterns(case)
        before, after = (np.array(maps[when]).reshape(2, 64) for when in ("before", "after"))
        assert is_normalized(after, tolerance=1e-3)
        same = np.allclose(after[0], after[1], atol=1e-3)
        assert same == ("pattern" not in case)
        assert not np.allclose(before[0], before[1])
        assert all(isinstance(x, float) for half in maps["before"] for row in half for x in row)


@pytest.mark.parametrize(
    ("case", "options", "message"),
    [("offset", {}, "case"), ("pattern only", {"n_trials": 2}, "at least 4 trials")],
)
def test_refuses_what_it_cannot_simulate(case, options, message):
    with pytest.raises(InputError, match=message):
        simulate_amplitude(case, **options)


def test_the_example_runs_and_draws(tmp_path):
    script = Path(__file__).resolve().parents[3] / "examples" / "amplitude_and_pattern.py"
    target = tmp_path / "figure.png"
    done = subprocess.run(
        [sys.executable, script, target], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("amplitude only: before normalization 0.")
    assert target.stat().st_size > 10_000
