"""What a design can tell apart, against least squares spelled out."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError, Trials
from dolorimeter.imaging.columns import frame_times_of
from dolorimeter.imaging.design import Design, make_design
from dolorimeter.imaging.design_check import check_design
from dolorimeter.imaging.regressors import Regressor

FRAMES = frame_times_of(150, 2.0)
CUES = (Regressor("cue_A", cues=("A",)), Regressor("cue_B", cues=("B",)))


def run_of(name, gap=4.0, seed=0):
    rng = np.random.default_rng(seed)
    n = 20
    onset = np.arange(n) * 13.0 + rng.uniform(0, 4, n)
    return Trials(
        subject=np.full(n, "01"),
        run=np.full(n, name),
        cue=np.array(["A", "B"] * (n // 2)),
        outcome=np.full(n, "shock"),
        onset=onset,
        outcome_onset=onset + gap,
        utility=np.zeros(n),
    )


def inflation_by_least_squares(matrix, column):
    others = np.delete(matrix, column, axis=1)
    y = matrix[:, column]
    residual = y - others @ np.linalg.lstsq(others, y)[0]
    return np.sum((y - y.mean()) ** 2) / np.sum(residual**2)


def test_inflation_and_efficiency_are_those_of_least_squares():
    confounds = pd.DataFrame({"slow": np.arange(150.0) ** 2})
    design = make_design(run_of("1"), CUES, FRAMES, confounds=confounds, scrubbed=[30])
    check = check_design([design], {"A - B": {"cue_A": 1, "cue_B": -1}})
    expected = [inflation_by_least_squares(design.matrix, i) for i in (0, 1)]
    np.testing.assert_allclose(check.variance_inflation[:, 0], expected, rtol=1e-9)
    r = np.corrcoef(design.matrix[:, :2].T)
    np.testing.assert_allclose(check.correlations[0], r, atol=1e-12)
    c = np.zeros(len(design.names))
    c[:2] = 1, -1
    by_hand = 1 / (c @ np.linalg.inv(design.matrix.T @ design.matrix) @ c)
    assert check.efficiency["A - B"][0] == pytest.approx(by_hand, rel=1e-9)
    assert check.warnings == ()
    assert (check.columns, check.runs) == (("cue_A", "cue_B"), ("01 run 1",))


def test_efficiency_of_runs_together():
    """Two equal runs halve the variance of the mean; one more that lacks it changes nothing."""
    both = make_design(run_of("1"), CUES, FRAMES)
    other = make_design(run_of("2"), CUES[:1], FRAMES)
    check = check_design([both, both, other], {"B": {"cue_B": 1}})
    one = check.efficiency["B"][0]
    assert check.total_efficiency["B"] == pytest.approx(2 * one)
    assert np.isnan(check.efficiency["B"][2])
    assert np.isnan(check.variance_inflation[1, 2])
    assert check.warnings == ("cue_B is missing in 01 run 2.",)


def test_what_is_shared_is_said():
    """Outcomes half a second after their cues look the same through the response."""
    late = Regressor("outcome_A", ("outcome",), cues=("A",))
    design = make_design(run_of("3", gap=0.5), (*CUES, late), FRAMES)
    check = check_design([make_design(run_of("1"), (*CUES, late), FRAMES), design])
    about = {sentence.split()[0]: sentence for sentence in check.warnings}
    assert set(about) == {"cue_A", "outcome_A"}
    assert "(above 5) in 01 run 3" in about["cue_A"]
    assert "most with outcome_A (r = 0.9" in about["cue_A"]
    assert "most with cue_A" in about["outcome_A"]
    share = 1 - 1 / check.variance_inflation[0, 1]
    assert f"{100 * share:.0f} % of it is shared" in about["cue_A"]
    assert "cue_B" not in about["cue_A"]


def test_a_column_shared_with_two_others_names_both():
    rng = np.random.default_rng(0)
    parts = rng.normal(size=(100, 2))
    matrix = np.column_stack([parts, parts.sum(axis=1) + 0.1 * rng.normal(size=100), np.ones(100)])
    design = Design(
        matrix,
        ("a", "b", "both", "constant"),
        ("regressor",) * 3 + ("constant",),
        np.arange(100.0),
        np.arange(100),
    )
    said = next(s for s in check_design([design]).warnings if s.startswith("both"))
    assert "a (r" in said
    assert "b (r" in said


def test_much_scrubbing_is_said():
    design = make_design(run_of("1"), CUES, FRAMES, scrubbed=np.arange(40))
    assert "27 % of the frames of 01 run 1 are scrubbed." in check_design([design]).warnings


def test_what_cannot_be_checked_is_refused():
    design = make_design(run_of("1"), CUES, FRAMES)
    with pytest.raises(InputError, match="Did you mean 'cue_A'"):
        check_design([design], {"x": {"cueA": 1}})
    with pytest.raises(InputError, match="some not 0"):
        check_design([design], {"x": {"cue_A": 0}})
    with pytest.raises(InputError, match="at least one run"):
        check_design([])
    doubled = Design(
        np.column_stack([design.matrix, design.matrix[:, 0]]),
        (*design.names, "cue_A_again"),
        (*design.kinds, "regressor"),
        design.frame_times,
        design.frames,
    )
    with pytest.raises(InputError, match="collinear columns 'cue_A', 'cue_A_again'"):
        check_design([doubled])
