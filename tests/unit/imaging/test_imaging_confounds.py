"""Confounds of a table in fMRIPrep's form, read as nilearn reads them."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.imaging.confounds import motion_summary, read_confounds

pytest.importorskip("nilearn.interfaces.fmriprep")
N = 40
AXES = [f"{kind}_{axis}" for kind in ("trans", "rot") for axis in "xyz"]


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    columns = {}
    for name in [*AXES, "csf", "white_matter", "global_signal"]:
        values = rng.normal(size=N)
        change = np.concatenate([[np.nan], np.diff(values)])
        columns |= {name: values, f"{name}_derivative1": change}
        columns |= {f"{name}_power2": values**2, f"{name}_derivative1_power2": change**2}
    columns["framewise_displacement"] = np.concatenate([[np.nan], np.full(N - 1, 0.1)])
    columns["std_dvars"] = np.concatenate([[np.nan], np.full(N - 1, 1.0)])
    columns["cosine00"] = np.cos(np.pi * (np.arange(N) + 0.5) / N)
    found = pd.DataFrame(columns)
    found.loc[10, "framewise_displacement"] = 0.9
    found.loc[[11, 14], "std_dvars"] = 1.8
    return found


@pytest.fixture
def write(tmp_path):
    def written(table, name="sub-01_task-relief_run-1_desc-confounds_timeseries.tsv"):
        path = tmp_path / name
        table.to_csv(path, sep="\t", index=False, na_rep="n/a")
        path.with_suffix(".json").write_text("{}")
        return path

    return written


def image_of(path):
    return path.with_name(
        "sub-01_task-relief_run-1_space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.nii.gz"
    )


def test_motion_and_tissues(table, write):
    path = write(table)
    confounds, scrubbed = read_confounds(path, motion="basic")
    assert list(confounds.columns) == [*AXES, "csf", "white_matter"]
    expected = table[confounds.columns] - table[confounds.columns].mean()
    np.testing.assert_allclose(confounds, expected, atol=1e-12)
    assert not scrubbed.any()
    beside, _ = read_confounds(image_of(path), motion="basic")
    pd.testing.assert_frame_equal(beside, confounds)


def test_first_row_of_derivatives_is_filled(table, write):
    confounds, _ = read_confounds(write(table), ("motion",))
    assert confounds.shape == (N, 24)
    change = confounds["trans_x_derivative1"]
    assert change[0] == change[1]


def test_frames_over_a_limit(table, write):
    path = write(table)
    _, moved = read_confounds(path, (), scrub={"fd": 0.5})
    assert np.flatnonzero(moved).tolist() == [10]
    _, both = read_confounds(path, (), scrub={"fd": 0.5, "std_dvars": 1.5})
    assert np.flatnonzero(both).tolist() == [10, 11, 14]
    _, filled = read_confounds(path, (), scrub={"fd": 0.5, "std_dvars": 1.5, "segment": 5})
    assert np.flatnonzero(filled).tolist() == [10, 11, 12, 13, 14]


@pytest.mark.parametrize("segment", [0, 3, 5])
@pytest.mark.parametrize("also", [[], [2], [38], [2, 17, 20, 36]])
def test_scrubbed_frames_are_those_of_nilearn(table, write, segment, also):
    from nilearn.interfaces.fmriprep import load_confounds

    table.loc[also, "framewise_displacement"] = 2.0
    path = write(table)
    limits = {"scrub": segment, "fd_threshold": 0.5, "std_dvars_threshold": 1.5}
    _, kept = load_confounds(str(image_of(path)), strategy=("scrub",), **limits)
    scrub = {"fd": 0.5, "std_dvars": 1.5, "segment": segment}
    _, scrubbed = read_confounds(path, (), scrub=scrub)
    np.testing.assert_array_equal(np.flatnonzero(~scrubbed), kept)


def test_frames_before_the_steady_state(table, write):
    table["non_steady_state_outlier00"] = np.eye(N)[0]
    confounds, scrubbed = read_confounds(write(table), ("motion",))
    assert np.flatnonzero(scrubbed).tolist() == [0]
    assert confounds.shape == (N, 24)
    nothing, again = read_confounds(write(table), ())
    assert nothing.shape == (N, 0)
    np.testing.assert_array_equal(again, scrubbed)


def test_motion_summary(table, write):
    found = motion_summary(write(table))
    assert found["max_fd"] == 0.9
    assert found["mean_fd"] == pytest.approx((38 * 0.1 + 0.9) / 39)
    assert (found["n_frames"], found["n_above"], found["share_above"]) == (N, 1, 1 / N)


@pytest.mark.parametrize(
    ("dropped", "strategy", "options", "told"),
    [
        (["rot_y"], ("motion",), {"motion": "basic"}, "rot_y"),
        (["csf"], ("wm_csf",), {}, r"timeseries.tsv: \['csf'\] not among .*what wm_csf needs"),
        (["cosine00"], ("high_pass",), {}, "cosine00"),
        (["std_dvars"], (), {"scrub": {"std_dvars": 1.5}}, "no column 'std_dvars'"),
        ([], ("motoin",), {}, "Did you mean 'motion'"),
        ([], ("motion", "scrub"), {}, "Give limits in scrub"),
        ([], "motion", {}, "a list of words"),
        ([], ("compcor",), {}, "high_pass"),
        ([], ("motion",), {"motion": "some"}, "motion"),
        ([], ("motion",), {"moton": "full"}, "Did you mean 'motion'"),
        ([], (), {"scrub": {"fwd": 0.5}}, "one of fd, std_dvars, segment"),
        ([], (), {"scrub": {"fd": -1}}, "at least 0"),
        ([], (), {"scrub": {"fd": 0.01, "std_dvars": 0.1, "segment": 2}}, "every frame"),
    ],
)
def test_what_is_missing_is_named_in_one_line(table, write, dropped, strategy, options, told):
    path = write(table.drop(columns=dropped))
    with pytest.raises(InputError, match=told) as caught:
        read_confounds(path, strategy, **options)
    assert "\n" not in str(caught.value)


def test_values_that_are_missing_are_named(table, write):
    table.loc[5, "csf"] = np.nan
    with pytest.raises(InputError, match="column 'csf', row 5"):
        read_confounds(write(table), ("wm_csf",))


def test_files_that_are_missing_or_no_table(table, write, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_confounds(tmp_path / "x_desc-confounds_timeseries.tsv")
    with pytest.raises(InputError, match=r"timeseries\.tsv in its folder"):
        read_confounds(tmp_path / "sub-01_task-x_desc-preproc_bold.nii.gz")
    with pytest.raises(InputError, match="a name that ends in"):
        read_confounds(write(table, "sub-01_motion.tsv"), ("motion",))
    (tmp_path / "e_desc-confounds_timeseries.tsv").write_text("")
    with pytest.raises(InputError, match="a table"):
        motion_summary(tmp_path / "e_desc-confounds_timeseries.tsv")
    with pytest.raises(InputError, match="framewise_displacement"):
        motion_summary(write(table.drop(columns="framewise_displacement")))
