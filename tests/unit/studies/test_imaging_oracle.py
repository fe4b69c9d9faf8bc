"""One person's effects from the files on, by pandas, a loop over trials and nilearn alone."""

import nibabel
import numpy as np
import pandas as pd
import pytest
from nilearn.glm.first_level import FirstLevelModel, make_first_level_design_matrix
from nilearn.image import smooth_img
from nilearn.interfaces.fmriprep import load_confounds

from dolorimeter.studies.imaging import read_imaging, read_study

pytestmark = [  # nilearn's own words about sticks, and about a mask that it is given
    pytest.mark.filterwarnings("ignore:The following conditions contain events with null"),
    pytest.mark.filterwarnings("ignore:.*Given mask will be used"),
]
TR, SMOOTHING, ALPHA = 4.0, 8.0, 0.3
WEIGHTS = {"relief": {"error_A": 1.0}, "exacerbation": {"error_B": -1.0}}


def errors(tables):
    """Rescorla and Wagner's loop over the runs of a person: errors at cue and outcome."""
    value, found = {"A": 0.0, "B": 0.0, "C": 0.0}, []
    for table in tables:
        own = []
        for row in table.itertuples():
            if row.trial_type == "cue":
                own.append(value[row.cue])
            else:
                own.append(row.utility - value[row.cue])
                value[row.cue] += ALPHA * own[-1]
        found.append(np.array(own))
    return found


def events(table, error):
    """Long table of nilearn: sticks of every event, errors centered over those of their cue."""
    parts = [(table.trial_type == "cue", "cue", 1.0)]
    named = {"relief": "relief", "exacerbation": "exacerbation", "omission": "none"}
    parts += [(table.outcome == kind, name, 1.0) for name, kind in named.items()]
    parts += [(table.cue == cue, f"events_{cue}", 1.0) for cue in "AB"]
    rows = []
    for chosen, name, weight in parts:
        rows += [(onset, 0.0, name, weight) for onset in table.onset[chosen]]
    for cue in "AB":
        own = (table.cue == cue).to_numpy()
        weights = error[own] - error[own].mean()
        rows += [
            (onset, 0.0, f"error_{cue}", weight)
            for onset, weight in zip(table.onset[own], weights, strict=True)
        ]
    return pd.DataFrame(rows, columns=["onset", "duration", "trial_type", "modulation"])


def design(table, error, bold, n_frames):
    """nilearn's matrix with motion and a column for each frame that moved more than 0.5 mm."""
    confounds, _ = load_confounds(str(bold), strategy=("motion",), motion="basic")
    told = pd.read_csv(
        str(bold).split("_space-")[0] + "_desc-confounds_timeseries.tsv", sep="\t"
    ).framewise_displacement
    spikes = np.eye(n_frames)[:, (told > 0.5).to_numpy()]
    return make_first_level_design_matrix(
        TR * np.arange(n_frames),
        events(table, error),
        hrf_model="spm",
        drift_model="cosine",
        high_pass=1 / 128,
        add_regs=np.hstack([confounds.to_numpy(), spikes]),
        add_reg_names=[f"n{i}" for i in range(confounds.shape[1] + spikes.shape[1])],
    )


@pytest.fixture
def by_nilearn(imaging_tree):
    """Effects of the first person in the voxels of the mask."""
    raw = sorted((imaging_tree / "sub-01" / "func").glob("*_events.tsv"))
    images = imaging_tree / "derivatives" / "fmriprep" / "sub-01" / "func"
    bolds = sorted(images.glob("*_desc-preproc_bold.nii.gz"))
    tables = [pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"]) for path in raw]
    matrices, smoothed = [], []
    for table, error, bold in zip(tables, errors(tables), bolds, strict=True):
        image = nibabel.load(bold)
        held = nibabel.Nifti1Image(image.get_fdata(), image.affine)
        smoothed.append(smooth_img(held, SMOOTHING))
        matrices.append(design(table, error, bold, image.shape[3]))
    mask = nibabel.load(imaging_tree / "mask.nii.gz")
    model = FirstLevelModel(
        mask_img=mask, noise_model="ar1", signal_scaling=0, minimize_memory=True
    ).fit(smoothed, design_matrices=matrices)
    found = {}
    for name, weights in WEIGHTS.items():
        rows = [np.array([weights.get(c, 0.0) for c in matrix.columns]) for matrix in matrices]
        image = model.compute_contrast(rows, output_type="effect_size")
        found[name] = image.get_fdata()[mask.get_fdata() > 0]
    return found


@pytest.mark.parametrize("engine", ["fast", "nilearn"])
def test_effects_are_nilearns(imaging_tree, by_nilearn, tmp_path, engine):
    text = (imaging_tree / "study.yaml").read_text(encoding="utf-8").split("overlap:")[0]
    text = text.replace("design:", "design:\n  convolution: nilearn")
    text = text.replace("{smoothing: 8}", f"{{smoothing: 8, engine: {engine}}}")
    text = text.replace("bids: .,", "bids: ., leave_out: ['03', '04', '05', '06'],")
    (imaging_tree / "oracle.yaml").write_text(text, encoding="utf-8")
    study, block, _ = read_study(imaging_tree / "oracle.yaml")
    study.run(read_imaging(block, imaging_tree), 0, cache=tmp_path)
    kept = [np.load(path) for path in tmp_path.glob("first-level-*.npz")]
    (first,) = [each for each in kept if '"01"' in str(each["told_0"])]
    for i, name in enumerate(("relief", "exacerbation")):
        expected = by_nilearn[name]
        assert np.abs(expected).max() > 1
        np.testing.assert_allclose(first[f"effect_{i}"], expected, rtol=1e-8, atol=1e-8)
