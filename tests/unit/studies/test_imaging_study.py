"""The whole imaging study on a small data set: blocks, maps, tables, and that it repeats itself."""

import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.imaging import PRESETS
from dolorimeter.learning import MODELS
from dolorimeter.studies.imaging import ImagingStudy, read_imaging, read_study
from dolorimeter.studies.imaging.blocks import Design, Learning
from dolorimeter.studies.imaging.cache import Cache
from dolorimeter.studies.imaging.design import CONTRASTS
from dolorimeter.studies.imaging.learned import learn
from dolorimeter.studies.imaging.person import Task

PARAMETERS = {"alpha": 0.3, "v0": 0.0, "average": 0.0, "average_rate": 0.0}
BLOCKS = {
    "format", "study", "version", "created", "title", "data", "learning", "design", "contrasts",
    "group", "model_maps", "timecourses", "truth", "software", "summary", "methods", "claim",
}  # fmt: skip


@pytest.fixture
def content(imaging_run):
    return imaging_run[0].content


@pytest.fixture
def bare(imaging_tree):
    """Return the study of three people without what comes after the group, and its data."""
    text = (imaging_tree / "study.yaml").read_text(encoding="utf-8")
    path = imaging_tree / "bare.yaml"
    text = text.split("overlap:")[0].replace("bids: .,", "bids: ., leave_out: ['04', '05', '06'],")
    path.write_text(text, encoding="utf-8")
    study, block, _ = read_study(path)
    return study, read_imaging(block, imaging_tree)


def test_every_block_is_there_and_plain(content):
    assert set(content) == BLOCKS
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert all(content[name] for name in BLOCKS)
    assert content["data"]["subjects"] == [f"{i:02d}" for i in range(1, 7)]
    assert content["data"]["runs"] == len(content["data"]["motion"]) == 18
    assert content["data"]["voxel_size"] == [12.0, 12.0, 12.0]
    assert content["learning"]["parameters"] == PARAMETERS


def test_maps_have_the_voxels_of_the_mask_and_the_blocks_name_them(imaging_run):
    result = imaging_run[0]
    group = result.content["group"]
    named = {f for found in group["maps"] for f in found["files"].values()}
    named |= {pair["file"] for pair in group["overlap"]}
    named |= {effect["file"] for effect in group["factors"]["effects"]}
    named |= set(result.content["model_maps"]["files"].values())
    assert named == set(result.maps)
    for values in result.maps.values():
        assert values.shape == (result.content["data"]["voxels"],) == (result.grid.mask.sum(),)
        assert np.isfinite(values).all()
    for found in group["maps"]:
        t = result.maps[found["files"]["t"]]
        assert (found["largest_t"], found["smallest_t"]) == (t.max(), t.min())
        p_fwe = 10 ** -result.maps[found["files"]["logp_fwe"]]
        assert found["n_fwe"] == (p_fwe <= 0.05).sum() > 0
        assert found["p_brain"] == pytest.approx(p_fwe.min())
        assert found["n_uncorrected"] == (stats.t.sf(t, 5) < 0.001).sum() > 0
        np.testing.assert_allclose(result.maps[found["files"]["z"]], normal(t), rtol=1e-8)


def normal(t):
    """z of equal p, by the smaller tail."""
    return np.sign(t) * stats.norm.isf(stats.t.sf(np.abs(t), 5))


def test_tables_say_what_the_blocks_say(imaging_run):
    result = imaging_run[0]
    maps = result.content["group"]["maps"]
    peaks = result.peaks
    rows = [{"contrast": m["contrast"], **row} for m in maps for row in m["peaks"]]
    assert json.loads(peaks.to_json(orient="records", double_precision=15)) == [
        {k: pytest.approx(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows
    ]
    regions = result.tables["tables/regions.tsv"]
    assert len(regions) == 2 * 3
    listed = [row["t"] for m in maps for row in m["regions"]]
    assert regions["t"].tolist() == listed
    assert regions["ci95_low"].tolist() == [r["ci95"][0] for m in maps for r in m["regions"]]
    assert result.tables["tables/motion.tsv"].to_dict("records") == result.content["data"]["motion"]
    assert len(result.designs) == 18
    first = result.designs["designs/sub-01_run-1_design.tsv"]
    matrix = result.content["design"]["matrices"][0]
    assert list(first.columns) == ["frame_time", *matrix["columns"]]
    np.testing.assert_allclose(first.iloc[:, 1:], matrix["values"], atol=5.1e-6)


def test_a_region_is_its_highest_voxel_and_its_mean(imaging_run, imaging_kept):
    result = imaging_run[0]
    (relief,) = [m for m in result.content["group"]["maps"] if m["contrast"] == "relief"]
    places = np.argwhere(result.grid.mask) @ result.grid.affine[:3, :3].T
    places += result.grid.affine[:3, 3]
    t = result.maps["maps/relief_t.nii.gz"]
    for row in relief["regions"]:
        voxel = np.flatnonzero((places == [row["x"], row["y"], row["z"]]).all(axis=1))
        assert t[voxel] == row["t"]
        assert row["p"] == pytest.approx(stats.t.sf(row["t"], 5), rel=1e-9)
        low, high = row["ci95"]
        assert low < row["mean_effect"] < high
        assert row["p_svc"] <= row["p_svc_adjusted"] <= 1
    # One voxel alone: the interval is the ordinary one of Student.
    alone = [row for row in relief["regions"] if row["voxels"] == 1]
    for row in alone:
        voxel = np.flatnonzero((places == [row["x"], row["y"], row["z"]]).all(axis=1))[0]
        values = imaging_kept["effect_0"][:, voxel]
        interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        np.testing.assert_allclose(row["ci95"], interval, rtol=1e-8)


@pytest.fixture
def imaging_kept(imaging_run):
    """Effects of people by contrast, out of the cache; people in any order."""
    files = [np.load(path) for path in sorted(imaging_run[1].glob("first-level-*.npz"))]
    assert len(files) == 6
    return {name: np.stack([f[name] for f in files]) for name in ("effect_0", "effect_1")}


def test_the_group_is_students_t_over_people(imaging_run, imaging_kept):
    for i, name in enumerate(("relief", "exacerbation")):
        values = imaging_kept[f"effect_{i}"]
        found = imaging_run[0].maps[f"maps/{name}_t.nii.gz"]
        np.testing.assert_allclose(found, stats.ttest_1samp(values, 0).statistic, rtol=1e-10)
        mean = imaging_run[0].maps[f"maps/{name}_effect.nii.gz"]
        np.testing.assert_allclose(mean, values.mean(axis=0), rtol=1e-10)
    difference = imaging_kept["effect_0"] - imaging_kept["effect_1"]
    found = imaging_run[0].maps["maps/factor_relief---exacerbation_t.nii.gz"]
    expected = stats.ttest_1samp(difference, 0).statistic
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_family_wise_p_by_all_flips_of_six_people(imaging_run, imaging_kept):
    values = imaging_kept["effect_0"]
    signs = 1 - 2 * ((np.arange(64)[:, None] >> np.arange(6)) & 1)
    largest = [stats.ttest_1samp(s[:, None] * values, 0).statistic.max() for s in signs]
    t = stats.ttest_1samp(values, 0).statistic
    expected = (np.array(largest)[:, None] >= t - 1e-9).mean(axis=0)
    found = imaging_run[0].maps["maps/relief_logp_fwe.nii.gz"]
    np.testing.assert_allclose(10**-found, expected, rtol=1e-12)
    group = imaging_run[0].content["group"]
    assert (group["permutations"], group["exact"]) == (64, True)


def test_what_is_drawn_beside_the_observed_is_counted(bare):
    study, data = bare
    content = study.__class__(
        design=study.design, contrasts=study.contrasts, first_level=study.first_level,
        group=type(study.group)(permutations=5),
    ).run(data, 0).content  # fmt: skip
    assert (content["group"]["permutations"], content["group"]["exact"]) == (5, False)
    assert "from 5 exchanges" in content["methods"][-1]


def test_overlap_is_where_both_pass(imaging_run):
    result = imaging_run[0]
    (pair,) = result.content["group"]["overlap"]
    z = {name: result.maps[f"maps/{name}_z.nii.gz"] for name in ("relief", "exacerbation")}
    both = (z["relief"] > stats.norm.isf(0.001)) & (z["exacerbation"] > stats.norm.isf(0.001))
    assert pair["voxels"] == both.sum() > 0
    np.testing.assert_allclose(result.maps[pair["file"]], np.where(both, z["relief"], 0), rtol=1e-9)
    t = [result.maps[f"maps/{name}_t.nii.gz"] for name in z]
    assert pair["largest_minimum"] == np.minimum(*t).max()
    (said,) = [s for s in result.summary if "(inclusive" in s]
    assert f"z = {pair['peaks'][0]['statistic']:.2f} at" in said


def test_planted_sites_are_held_against_the_peaks(content):
    for site in content["truth"]["sites"]:
        names = site["contrast"].split(" and ")
        sources = content["group"]["maps"] if len(names) == 1 else content["group"]["overlap"]
        key = "contrast" if len(names) == 1 else "first"
        (found,) = [each for each in sources if each[key] == names[0]]
        center = np.array([site["x"], site["y"], site["z"]])
        far = [np.linalg.norm(center - [p["x"], p["y"], p["z"]]) for p in found["peaks"]]
        assert site["distance"] == pytest.approx(min(far))
        assert site["found"] == (min(far) <= 8)


def test_courses_follow_what_was_planted(content):
    rows = {row["region"]: row for row in content["timecourses"]}
    assert list(rows) == ["amygdala left", "putamen ventral left"]
    for row in rows.values():
        types = {each["name"]: each for each in row["types"]}
        assert {"A, relief", "A, none", "B, exacerbation", "B, none", "C, none"} == set(types)
        assert all(len(each["mean"]) == len(row["times"]) for each in row["types"])
        assert all(each["subjects"] == 6 for each in row["types"])
    # The putamen follows exacerbation-related aversive errors: declared by its signs.
    putamen = {each["name"]: each for each in rows["putamen ventral left"]["types"]}
    late = int(np.argmin(np.abs(np.array(rows["putamen ventral left"]["times"]) - 8)))
    assert putamen["B, exacerbation"]["mean"][late] > 0
    assert putamen["B, exacerbation"]["predicted"][late] > 0
    assert putamen["A, relief"]["mean"][late] > 0
    assert rows["putamen ventral left"]["scale"] > 0


def test_models_are_compared_and_rates_shown_where_they_foretell(imaging_run):
    block = imaging_run[0].content["model_maps"]
    assert block["comparison"]["models"] == ["td", "rw"]
    assert block["grid"] == [0.1, 0.3, 0.5, 0.7, 0.9]
    best = imaging_run[0].maps["maps/best_alpha.nii.gz"]
    assert set(best) <= {0.0, *block["grid"]}
    assert block["shown_voxels"] == (best > 0).sum() > 0
    for row in block["regions"]:
        assert row["best"] in block["grid"]
        assert max(row["profile"]) == 0
        # Six people allow 64 flips of signs.
        assert row["p_gain_fwe"] * 64 == pytest.approx(round(row["p_gain_fwe"] * 64))
        assert row["p_gain_fwe"] >= 1 / 64


def test_it_is_saved_whole(imaging_run, tmp_path, monkeypatch):
    nibabel = pytest.importorskip("nibabel")
    drawn = {}

    def render(results, maps):
        drawn.update(maps)
        return f"<html>{results['title']}</html>"

    monkeypatch.setattr("dolorimeter.reporting.render_imaging_report", render)
    result = imaging_run[0]
    result.save(tmp_path / "out")
    files = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    expected = {*result.maps, *result.tables, *result.designs, "results.json", "report.html"}
    assert files == expected
    assert set(drawn) == set(result.maps)
    read = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert read == result.to_dict()
    image = nibabel.load(tmp_path / "out" / "maps" / "relief_t.nii.gz")
    np.testing.assert_array_equal(image.affine, result.grid.affine)
    kept = image.get_fdata()
    np.testing.assert_allclose(kept[result.grid.mask], result.maps["maps/relief_t.nii.gz"], 1e-6)
    assert not kept[~result.grid.mask].any()
    peaks = pd.read_csv(tmp_path / "out" / "tables" / "peaks.tsv", sep="\t")
    assert peaks["contrast"].tolist() == result.peaks["contrast"].tolist()


def test_it_repeats_itself_on_one_processor_or_two(bare):
    study, data = bare
    first, again = study.run(data, 5), study.run(data, 5)
    with joblib.parallel_config(backend="threading"):
        other = study.run(data, 5, n_jobs=2)
    dated = {"created": ""}
    assert first.content | dated == again.content | dated == other.content | dated
    for name, values in first.maps.items():
        np.testing.assert_array_equal(values, again.maps[name])
        np.testing.assert_array_equal(values, other.maps[name])


def test_what_goes_to_another_processor_can_be_sent_there(bare):
    study, data = bare
    trials, _ = learn(study.learning, data.learning)
    person = data.people[0]
    task = Task(person, person.trials(trials), trials, study, data.grid)
    sent = pickle.loads(pickle.dumps((task, Cache(Path("kept")))))
    assert sent[0].settings("design", "first_level").keys() == task.settings("design").keys() | {
        "first_level"
    }
    assert sent[0].person == person
    assert sent[1] == Cache(Path("kept"))


def test_without_a_seed_one_is_drawn_and_said(bare, tmp_path):
    study, data = bare
    runs = [study.run(data, cache=tmp_path) for _ in range(2)]
    drawn = {run.content["group"]["random_state"] for run in runs}
    assert len(drawn) == 2


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_each_set_of_regressors_has_contrasts_of_its_columns(preset):
    names = {regressor.name for regressor in PRESETS[preset]}
    assert {column for weights in CONTRASTS[preset].values() for column in weights} <= names
    model = Learning(model=preset) if preset in MODELS else Learning()
    study = ImagingStudy(model, Design(preset))
    assert study.asked == CONTRASTS[preset]
