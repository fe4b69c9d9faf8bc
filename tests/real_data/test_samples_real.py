"""The real samples: how many, whose, which features, and a formula that the data confirm."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score

from dolorimeter.samples import read_samples, samples_from
from dolorimeter.samples.sensitivity import SIGNS, pain_sensitivity, reference_of

pytestmark = pytest.mark.real_data
ROOT = Path(__file__).resolve().parents[2]
PAINGEN = {
    "path": "paingen/pain_evoked_brain_measures.csv.gz",
    "columns": {
        "subject": "participant_ID",
        "family": "family_ID",
        "condition": "stimLvl",
        "modality": {"column": "heat", "values": {"heat": 0.5, "pressure": -0.5}},
    },
    "features": {"from": "nps", "to": "canlab2018_mean_Bstem_PAG"},
    "target": {"column": "stimLvl", "classes": {"low": -0.5, "high": 0.5}},
    "where": {"stimLvl": [-0.5, 0.5]},
    "averaged": True,
}


def test_paingen_high_against_low(data_dir):
    samples = samples_from(PAINGEN, data_dir)
    assert samples.features.shape == (3136, 34)
    assert np.bincount(samples.target.astype(int)).tolist() == [1568, 1568]
    assert len(np.unique(samples.subject)) == 392
    assert len(np.unique(samples.family)) == 243
    # Condition means: more than one trial, how many is not in the file.
    assert set(samples.n_averaged.tolist()) == {2}
    table = pd.read_csv(data_dir / PAINGEN["path"])
    kept = table[table.stimLvl != 0]
    assert samples.modality.tolist() == np.where(kept.heat > 0, "heat", "pressure").tolist()
    np.testing.assert_array_equal(samples.features[:, 0], kept["nps"])
    # Twins: 149 families bring two people.
    people = pd.DataFrame({"f": samples.family, "s": samples.subject}).drop_duplicates()
    assert people.groupby("f").size().value_counts().to_dict() == {2: 149, 1: 94}


def test_paingen_rating(data_dir):
    block = PAINGEN | {"target": {"column": "Yint"}}
    block.pop("where")
    samples = samples_from(block, data_dir)
    assert samples.features.shape == (4687 - 307, 34)
    assert "307 rows without a target left out" in samples.source


def test_paingen_without_declared_middle_level(data_dir):
    block = {key: value for key, value in PAINGEN.items() if key != "where"}
    with pytest.raises(
        ValueError, match=r"0\.0 \(and 1551 such rows in all\), which is in no class"
    ):
        samples_from(block, data_dir)


def test_the_composite_is_bochums_own_column(data_dir):
    table = pd.read_csv(data_dir / "rpn-connectome" / "bochum_sample.csv")
    people = table[table.Excluded == 0]
    values = {name: people[name].to_numpy() for name in SIGNS}
    scores = pain_sensitivity(values, reference_of(values))
    np.testing.assert_allclose(scores, people["mean_QST_pain_sensitivity"], atol=1e-13)


def test_connectome_of_two_sites(data_dir):
    samples = read_samples(data_dir / "rpn-connectome")
    sites, counts = np.unique(samples.site, return_counts=True)
    assert dict(zip(sites.tolist(), counts.tolist(), strict=True)) == {"bochum": 39, "essen": 48}
    # 122 regions, less one that lies outside the images of eight people.
    assert samples.features.shape == (87, 121 * 120 // 2)
    assert "left out: CER7b_l" in samples.source
    assert "2 of bochum, 1 of essen" in samples.source
    bochum = pd.read_csv(data_dir / "rpn-connectome" / "bochum_sample.csv")
    expected = bochum.loc[bochum.Excluded == 0].set_index("ID")["mean_QST_pain_sensitivity"]
    ids = [int(name.removeprefix("bochum-")) for name in samples.subject[samples.site == "bochum"]]
    np.testing.assert_allclose(
        samples.target[samples.site == "bochum"], expected.loc[ids], atol=1e-13
    )
    # Essen is more sensitive on Bochum's scale, which its own scale would hide.
    assert samples.target[samples.site == "essen"].mean() == pytest.approx(0.435, abs=1e-3)
    assert "essen-040" not in samples.subject


def test_a_scan_of_bochum_by_hand(data_dir):
    samples = read_samples(
        data_dir / "rpn-connectome", covariance="empirical", leave_out=[], flat="leave-out",
        fisher=False, target={"column": "Age"}, where={"site": "bochum"},
    )  # fmt: skip
    with np.load(data_dir / "rpn-connectome" / "bochum_timeseries.npz") as arrays:
        regions = arrays["regions"]
        scan = arrays["bochum-005_pumi-1"][:, regions != "CER7b_l"].astype(float)
    row = samples.features[samples.subject == "bochum-005"][0]
    expected = np.corrcoef(scan.T)[np.triu_indices(122, k=1)]
    np.testing.assert_allclose(row, expected, atol=1e-10)


def test_haxby_blocks(data_dir):
    samples = read_samples(data_dir / "haxby2001-25mm")
    assert samples.features.shape == (96, 600)
    assert len(samples.class_names) == 8
    pairs = set(zip(samples.run.tolist(), samples.condition.tolist(), strict=True))
    assert len(pairs) == 96
    assert len(np.unique(samples.run)) == 12
    assert set(samples.n_averaged.tolist()) == {1}
    assert (samples.features_until > samples.onset).all()


def test_haxby_faces_and_houses_follow_the_stimulus(data_dir):
    """At 25 mm a ridge classifier gets 21 of 24 at 5 s, and 10 of 24 before the stimulus."""
    right = {}
    for lag in (5.0, -30.0):
        where = {"trial_type": ["face", "house"]}
        samples = read_samples(data_dir / "haxby2001-25mm", lag=lag, where=where)
        scores = cross_val_score(
            RidgeClassifier(10.0), samples.features, samples.target, groups=samples.run,
            cv=LeaveOneGroupOut(),
        )  # fmt: skip
        right[lag] = scores.mean()
    assert right[5.0] > 0.75
    assert right[-30.0] < 0.6


def test_pain21(data_dir):
    samples = read_samples(data_dir / "pain21-neurovault1425", coarsen=4)
    assert samples.features.shape[0] == 21
    assert samples.grid.mask.shape == (23, 28, 23)
    assert samples.class_names == ("pain",)
    assert set(samples.n_averaged.tolist()) == {2}
    sizes = read_samples(
        data_dir / "pain21-neurovault1425", coarsen=8, target={"column": "sample_size"}
    )
    assert sizes.target[:5].tolist() == [25, 25, 20, 20, 9]


def test_pain21_at_full_resolution(data_dir):
    nibabel = pytest.importorskip("nibabel")
    folder = data_dir / "pain21-neurovault1425"
    samples = read_samples(folder)
    assert samples.features.shape == (21, 259353)
    mask = nibabel.load(folder / "mask.nii.gz").get_fdata() > 0
    third = nibabel.load(folder / "study-03_stat-t_statmap.nii.gz").get_fdata()[mask]
    np.testing.assert_array_equal(samples.features[2], third)


def test_the_documented_blocks_work(data_dir):
    text = (ROOT / "docs" / "formats" / "samples.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(b)["data"] for b in re.findall(r"```yaml\n(.*?)```", text, re.S)]
    tried = 0
    for block in blocks:
        if "simulate" in block:
            assert len(samples_from(block)) == 12 * 5 * 9 * 4
        elif block["path"].startswith("../shared/data"):
            block.get("where", {}).pop("age", None)
            assert len(samples_from(block, data_dir.parents[1] / ROOT.name)) > 20
        else:
            continue
        tried += 1
    assert tried == 5
