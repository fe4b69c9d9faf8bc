"""The tables of real fMRIPrep runs that nilearn ships, against its own loader."""

import shutil
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.imaging.confounds import motion_summary, read_confounds

fmriprep = pytest.importorskip("nilearn.interfaces.fmriprep")
STRATEGIES = [
    (("motion",), {"motion": "full"}),
    (("motion", "wm_csf", "global_signal"), {"motion": "derivatives", "wm_csf": "power2"}),
    (("high_pass", "compcor"), {"compcor": "anat_combined", "n_compcor": 5}),
    (("high_pass", "compcor"), {"compcor": "temporal", "n_compcor": "all"}),
]
SOURCES = {
    "test-v21_desc-confounds_timeseries": "sub-01_task-x_desc-confounds_timeseries",
    "test_desc-confounds_regressors": "sub-02_task-x_desc-confounds_regressors",
}


@pytest.fixture(params=list(SOURCES))
def table(request, tmp_path):
    shipped = files("nilearn.interfaces.fmriprep") / "data"
    for ending in (".tsv", ".json"):
        name = SOURCES[request.param] + ending
        shutil.copy(str(shipped / (request.param + ending)), tmp_path / name)
    return tmp_path / (SOURCES[request.param] + ".tsv")


@pytest.mark.parametrize(("strategy", "options"), STRATEGIES)
def test_the_same_columns_as_nilearn(table, strategy, options):
    image = table.with_name(table.name.split("_desc")[0] + "_space-X_desc-preproc_bold.nii.gz")
    theirs, kept = fmriprep.load_confounds(str(image), strategy=strategy, **options)
    for path in (table, image):
        ours, scrubbed = read_confounds(path, strategy, **options)
        assert set(ours.columns) == set(theirs.columns)
        np.testing.assert_array_equal(ours, theirs[list(ours.columns)])
        expected = np.arange(len(ours)) if kept is None else kept
        np.testing.assert_array_equal(np.flatnonzero(~scrubbed), expected)
    order = [name for name in pd.read_csv(table, sep="\t").columns if name in set(ours.columns)]
    assert list(ours.columns) == order  # nilearn's own order is not that of the table


def test_motion_of_a_real_run(table):
    moved = pd.read_csv(table, sep="\t")["framewise_displacement"]
    found = motion_summary(table, 0.2)
    assert found["mean_fd"] == pytest.approx(moved.mean())
    assert found["n_above"] == (moved > 0.2).sum()


def test_components_that_the_run_lacks(table):
    has_aroma = any("aroma" in name for name in pd.read_csv(table, sep="\t").columns)
    assert has_aroma == (table.name.startswith("sub-02"))
    if not has_aroma:
        with pytest.raises(InputError, match="what ica_aroma needs"):
            read_confounds(table, ("ica_aroma",), ica_aroma="basic")
