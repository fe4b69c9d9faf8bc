"""What was computed is kept by content: a killed run goes on, a change recomputes what it must."""

import shutil

import numpy as np
import pytest
import yaml

from dolorimeter.core import InputError
from dolorimeter.studies.imaging import person, read_imaging, read_study, refuse_cache_inside
from dolorimeter.studies.imaging.cache import Cache, _digest
from dolorimeter.studies.imaging.learned import learn
from dolorimeter.studies.imaging.run import _task

STAGES = {"first-level", "time-courses", "model-maps"}


@pytest.fixture
def declared(two_people):
    """Return a way to run the study of two people with some blocks changed."""
    path = two_people / "study.yaml"

    def start(**changes):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
        content["model_maps"] = {"contrast": "relief", "alphas": [0.2, 0.3, 0.4]} | changes.get(
            "model_maps", {}
        )
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        study, block, _ = read_study(path)
        return study.run(read_imaging(block, two_people), 0, cache=two_people.parent / "kept")

    return start


@pytest.fixture
def computed(two_people):
    """Return a way to ask which stages were computed since it was last asked."""
    seen = set()

    def ask():
        now = {path.name for path in (two_people.parent / "kept").glob("*.npz")}
        fresh = sorted(name.rsplit("-", 1)[0] for name in now - seen)
        seen.update(now)
        return fresh

    return ask


@pytest.fixture
def reads(monkeypatch):
    """Count images that are read."""
    seen = []
    whole = person.read_run

    def counted(run, *given):
        seen.append(run.bold.name.split("_")[0])
        return whole(run, *given)

    monkeypatch.setattr(person, "read_run", counted)
    return seen


def test_each_change_recomputes_what_depends_on_it(declared, computed, reads, two_people):
    first = declared()
    assert computed() == sorted(2 * list(STAGES))
    assert len(reads) == 6  # once each, though three stages used them
    reads.clear()

    again = declared()
    assert computed() == reads == []
    assert again.content | {"created": ""} == first.content | {"created": ""}
    for name, values in first.maps.items():
        np.testing.assert_array_equal(again.maps[name], values)

    # Of the group: nothing of a person.
    declared(group={"extent": 3, "permutations": 0})
    assert computed() == reads == []

    # Contrasts: first levels, not courses nor the likelihoods of models.
    declared(contrasts={"relief": {"error_A": 2}, "exacerbation": {"error_B": -1}})
    assert computed() == ["first-level", "first-level"]

    # Regions without a course: rates of regions alone.
    declared(regions=["amygdala left", "putamen ventral left"])
    assert computed() == ["model-maps", "model-maps"]

    # One person's table of confounds: that person alone.
    (table,) = two_people.glob("derivatives/fmriprep/sub-02/func/*run-1_desc-confounds*.tsv")
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:3] + lines[2:3] + lines[4:]), encoding="utf-8")
    reads.clear()
    declared()
    assert computed() == sorted(STAGES)
    assert set(reads) == {"sub-02"}

    # The learning rate: everything, since errors change.
    declared(learning={"model": "td", "parameters": {"alpha": 0.31}})
    assert computed() == sorted(2 * list(STAGES))


def test_a_repetition_time_in_a_sidecar_is_part_of_the_content(imaging_tree):
    study, block, _ = read_study(imaging_tree / "study.yaml")
    data = read_imaging(block, imaging_tree)
    one = data.people[0]
    other = person.Person(one.subject, tuple(_with_step(run, 4.01) for run in one.runs))
    told = [
        person.Task(each, (), data.learning.trials, study, data.grid).settings("design")["images"]
        for each in (one, other)
    ]
    assert told[0] != told[1]


@pytest.mark.parametrize(
    ("block", "key", "value"),
    [
        ("data", "repetition_time", 4.01),
        ("data", "resample", True),
        ("data", "voxel_size", 13.0),
        ("data", "mask", None),
        ("first_level", "smoothing", 7),
        ("first_level", "scaling", "none"),
        ("first_level", "noise", "ols"),
        ("design", "time_reference", "middle"),
        ("design", "hrf", "glover"),
        ("design", "high_pass", 100),
        ("learning", "parameters", {"alpha": 0.31}),
        ("learning", "reset_runs", True),
    ],
)
def test_whatever_changes_a_first_level_is_part_of_its_key(
    imaging_tree, tmp_path, block, key, value
):
    content = yaml.safe_load((imaging_tree / "study.yaml").read_text(encoding="utf-8"))
    keys = []
    for changes in ({}, {key: value}):
        told = content | {block: content[block] | changes}
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
        study, declared, _ = read_study(tmp_path / "study.yaml")
        data = read_imaging(declared, imaging_tree)
        trials, _ = learn(study.learning, data.learning, data.root)
        settings = _task(study, data, trials, 0).settings("design", "first_level")
        keys.append(_digest("first-level", settings, []))
    assert keys[0] != keys[1]


def test_a_sidecar_of_confounds_is_content(two_people):
    _, block, _ = read_study(two_people / "study.yaml")
    one = read_imaging(block, two_people).people[0]
    before = one.files
    beside = one.runs[0].confounds.with_suffix(".json")
    beside.write_text("{}", encoding="utf-8")
    assert set(one.files) == {*before, beside}


def _with_step(run, step):
    from dataclasses import replace

    return replace(run, repetition_time=step)


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), InputError("disk", "full", "room")])
def test_a_run_that_was_killed_goes_on(declared, computed, reads, monkeypatch, stop):
    counted = person.read_run

    def killed(run, *given):
        if run.subject == "02":
            raise stop
        return counted(run, *given)

    with monkeypatch.context() as broken:
        broken.setattr(person, "read_run", killed)
        with pytest.raises(type(stop)):
            declared()
    assert computed() == sorted(STAGES)
    assert reads == 3 * ["sub-01"]
    declared()
    assert computed() == sorted(STAGES)
    assert reads == 3 * ["sub-01"] + 3 * ["sub-02"]


def kept(folder):
    """Keep an array, and return its file."""
    assert_same(Cache(folder).get("stage", {"a": 1}, [], lambda: {"x": np.arange(3)}))
    (path,) = folder.iterdir()
    return path


def assert_same(arrays):
    np.testing.assert_array_equal(arrays["x"], np.arange(3))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        lambda _: b"words",
        lambda content: content.replace(np.arange(3).tobytes(), np.arange(1, 4).tobytes()),
    ],
    ids=["empty", "cut", "words", "changed"],
)
def test_a_broken_file_is_refused_by_name(tmp_path, spoil):
    path = kept(tmp_path)
    content = path.read_bytes()
    assert spoil(content) != content
    path.write_bytes(spoil(content))
    with pytest.raises(InputError, match="Remove the file") as refused:
        Cache(tmp_path).get("stage", {"a": 1}, [], lambda: pytest.fail("computed"))
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    path.unlink()
    kept(tmp_path)


def test_a_key_is_made_of_stage_settings_and_content(tmp_path):
    told = tmp_path / "told"
    told.write_text("a", encoding="utf-8")
    base = ("stage", {"x": np.arange(3), "y": (1, 2.5, None)}, [told])
    asked = []

    def get(stage, settings, files):
        Cache(tmp_path / "kept").get(
            stage, settings, files, lambda: asked.append(1) or {"x": told_x}
        )

    told_x = np.zeros(1)
    get(*base)
    get("stage", {"y": (1, 2.5, None), "x": np.arange(3)}, [told])  # order of keys aside
    shutil.copy(told, tmp_path / "copy")
    get(*base[:2], [tmp_path / "copy"])  # a name is no content
    assert len(asked) == 1
    for changed in (
        ("other", *base[1:]),
        ("stage", {"x": np.arange(3), "y": (1, 2.5, 0)}, [told]),
        ("stage", {"x": np.arange(3.0), "y": (1, 2.5, None)}, [told]),
        ("stage", {"x": np.arange(3)[:, None], "y": (1, 2.5, None)}, [told]),
        (*base[:2], [told, told]),
    ):
        get(*changed)
    assert len(asked) == 6
    told.write_text("b", encoding="utf-8")
    get(*base)
    assert len(asked) == 7


def test_a_computation_that_fails_leaves_nothing(tmp_path):
    def fail():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path / "kept").get("stage", {}, [], fail)
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("cache", ["out", "out/kept", "out/../out/a/b"])
def test_a_cache_inside_the_output_is_refused(tmp_path, cache):
    with pytest.raises(InputError, match="outside the output"):
        refuse_cache_inside(tmp_path / cache, tmp_path / "out")


@pytest.mark.parametrize("cache", [None, "kept", "output", "."])
def test_a_cache_elsewhere_is_fine(tmp_path, cache):
    refuse_cache_inside(None if cache is None else tmp_path / cache, tmp_path / "out")
