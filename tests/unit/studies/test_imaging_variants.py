"""Further roads through the imaging study: two groups, covariates, no model, a fit, factors."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.studies.imaging import ImagingStudy, read_imaging, read_study
from dolorimeter.studies.imaging.blocks import Design, Group, Learning
from dolorimeter.studies.imaging.group_maps import run_group
from dolorimeter.studies.imaging.people import Sample, read_sample

CONTRASTS = {"a": {"error_A": 1.0}, "b": {"error_B": 1.0}}


@pytest.fixture
def data(imaging_tree):
    _, block, _ = read_study(imaging_tree / "study.yaml")
    return read_imaging(block, imaging_tree)


@pytest.fixture
def effects(data):
    rng = np.random.default_rng(0)
    voxels = int(data.grid.mask.sum())
    return {name: rng.normal(0.5, 1.0, (8, voxels)) for name in CONTRASTS}


def grouped(data, effects, options, sample):
    study = ImagingStudy(contrasts=CONTRASTS, group=options)
    region = np.zeros(int(data.grid.mask.sum()), dtype=bool)
    region[3:7] = True
    return run_group(study, effects, sample, data.grid, {"somewhere": region}, 0)


def test_two_groups_are_compared_by_students_t(data, effects):
    names = np.array(["x", "y"] * 4)
    options = Group("two-sample", between="site", permutations=70)
    stage = grouped(data, effects, options, Sample(groups=names))
    peer = stats.ttest_ind(effects["a"][names == "x"], effects["a"][names == "y"])
    np.testing.assert_allclose(stage.maps["maps/a_t.nii.gz"], peer.statistic, rtol=1e-9)
    (row,) = stage.blocks["maps"][0]["regions"]
    mean = effects["a"][:, 3:7].mean(axis=1)
    both = stats.ttest_ind(mean[names == "x"], mean[names == "y"])
    np.testing.assert_allclose(row["ci95"], both.confidence_interval(), rtol=1e-9)
    # 70 ways to choose four of eight.
    assert (stage.blocks["permutations"], stage.blocks["exact"]) == (70, True)
    assert stage.blocks["exchanged"] == "people between the groups"


def test_a_covariate_is_taken_less_its_mean(data, effects):
    age = np.arange(8.0)
    options = Group(covariates=("age",), permutations=0)
    stage = grouped(data, effects, options, Sample(covariates=age[:, None], names=("age",)))
    X = np.column_stack([np.ones(8), age - age.mean()])
    beta, rest, *_ = np.linalg.lstsq(X, effects["a"], rcond=None)
    t = beta[0] / np.sqrt(rest / 6 * np.linalg.inv(X.T @ X)[0, 0])
    np.testing.assert_allclose(stage.maps["maps/a_t.nii.gz"], t, rtol=1e-9)
    assert stage.blocks["covariates"] == ["age"]
    assert stage.blocks["permutations"] == 0


def test_participants_are_read_in_the_order_of_the_people(two_people):
    table = "participant_id\tage\tsite\nsub-02\t30\ty\nsub-01\t20\tx\nsub-77\tn/a\tn/a\n"
    (two_people / "participants.tsv").write_text(table, encoding="utf-8")
    _, block, _ = read_study(two_people / "study.yaml")
    data = read_imaging(block, two_people)
    sample = read_sample(Group("two-sample", between="site", covariates=("age",)), data)
    assert sample.groups.tolist() == ["x", "y"]
    assert sample.covariates.tolist() == [[20.0], [30.0]]
    assert sample.names == ("age",)


def test_flat_maps_are_no_peaks(data, effects):
    maps = {name: np.where(np.arange(values.shape[1]) < 5, 0.0, values)
            for name, values in effects.items()}  # fmt: skip
    stage = grouped(data, maps, Group(permutations=20), Sample())
    assert (stage.maps["maps/a_t.nii.gz"][:5] == 0).all()
    assert all(np.isfinite(values).all() for values in stage.maps.values())


def test_without_a_model_events_alone_are_modeled(data):
    rows = [{"name": "cue", "at": "cue"}, {"name": "relief", "at": "outcome", "outcomes": "relief"}]
    study = ImagingStudy(
        Learning(model=None), Design(rows), {"relief": {"relief": 1.0}}, group=Group(permutations=0)
    )
    few = replace(data, people=data.people[:3])
    content = study.run(few, 0).content
    assert content["learning"] is None
    assert "of the model" not in " ".join(s["text"] for s in content["claim"]["unproven"])
    with pytest.raises(InputError, match="cue_error"):
        ImagingStudy(Learning(model=None), group=Group(permutations=0)).run(few, 0)


def test_a_fit_is_sought_beside_the_study(data):
    study = ImagingStudy(Learning(fit="fitted"))
    with pytest.raises(InputError) as refused:
        study.run(data, 0)
    assert str(data.root / "fitted") in str(refused.value)


def test_one_person_is_no_group(data):
    with pytest.raises(InputError):
        ImagingStudy().run(replace(data, people=data.people[:1]), 0)


def test_four_cells_make_two_factors(data):
    cells = {"A": {"cue": "A cue", "outcome": "A outcome"},
             "B": {"cue": "B cue", "outcome": "B outcome"}}  # fmt: skip
    names = [name for row in cells.values() for name in row.values()]
    rng = np.random.default_rng(1)
    voxels = int(data.grid.mask.sum())
    maps = {name: rng.normal(0.0, 1.0, (6, voxels)) for name in names}
    study = ImagingStudy(
        contrasts={name: {"error_A": 1.0} for name in names},
        factors=cells,
        group=Group(permutations=0),
    )
    stage = run_group(study, maps, Sample(), data.grid, {}, 0)
    block = stage.blocks["factors"]
    assert block["levels"] == ["A, cue", "A, outcome", "B, cue", "B, outcome"]
    files = {effect["name"]: effect["file"] for effect in block["effects"]}
    assert len(set(files.values())) == len(files)
    crossed = maps["A cue"] - maps["A outcome"] - maps["B cue"] + maps["B outcome"]
    found = stage.maps[files["A - B, cue - outcome"]]
    np.testing.assert_allclose(found, stats.ttest_1samp(crossed, 0).statistic, rtol=1e-9)


@pytest.mark.parametrize(
    "factors",
    [
        {"A": {"cue": "a"}, "B": {"cue": "b"}},
        {"A": {"cue": "a", "outcome": "b"}, "B": "b"},
        {"A": {"cue": "a", "outcome": "b"}, "B": {"cue": "b"}},
    ],
)
def test_cells_that_do_not_cross_are_refused(data, effects, factors):
    with pytest.raises(InputError, match=r"factor|level|cell|condition|combination"):
        study = ImagingStudy(contrasts=CONTRASTS, factors=factors, group=Group(permutations=0))
        run_group(study, effects, Sample(), data.grid, {}, 0)
