"""When a volume counts as taken: the sidecar's word, the study's, and what is told of both."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import InputError
from dolorimeter.imaging import predicted_courses, types_of
from dolorimeter.studies.imaging import read_imaging, read_study
from dolorimeter.studies.imaging.blocks import Design
from dolorimeter.studies.imaging.learned import learn
from dolorimeter.studies.imaging.person import Task
from dolorimeter.studies.imaging.timing import reference_of, timing_notices

RUN = PreprocessedRun("01", "1", {}, Path("a_bold.nii.gz"))
LATE = replace(RUN, start_time=0.75, slices_corrected=True)


@pytest.mark.parametrize(
    ("declared", "run", "share"),
    [
        ("auto", RUN, 0.0),
        ("auto", LATE, 0.375),
        ("auto", replace(RUN, start_time=2.0), 1.0),
        ("start", LATE, 0.0),
        ("middle", LATE, 0.5),
        (0.25, LATE, 0.25),
        (0, LATE, 0.0),
    ],
)
def test_the_share_of_the_repetition_time(declared, run, share):
    assert reference_of(declared, run, 2.0) == share


def test_a_start_beyond_the_repetition_time_is_refused():
    with pytest.raises(InputError, match=r"a_bold.nii.gz: StartTime 3 s .*0 to 2 s"):
        reference_of("auto", replace(RUN, start_time=3.0), 2.0)
    assert reference_of("middle", replace(RUN, start_time=3.0), 2.0) == 0.5


@pytest.mark.parametrize(
    ("declared", "run", "words"),
    [
        ("auto", RUN, None),
        ("auto", LATE, None),
        ("start", RUN, None),
        (0.38, LATE, None),  # sidecars round
        ("start", LATE, "StartTime 0.75 s, the study 0 s (time_reference start)"),
        ("middle", LATE, "StartTime 0.75 s, the study 1 s (time_reference middle)"),
        ("auto", replace(RUN, slices_corrected=True), "has no StartTime"),
        ("middle", replace(RUN, slices_corrected=True), None),
    ],
)
def test_who_disagrees_is_told(declared, run, words):
    told = timing_notices(declared, [(run, 2.0)])
    assert len(told) == (words is not None)
    for notice in told:
        assert notice.file == "a_bold.nii.gz"
        assert words in notice.what


@pytest.mark.parametrize("given", ["end", 1.5, -0.1, float("nan")])
def test_no_other_time_is_declared(given):
    with pytest.raises(InputError, match="auto, start, middle"):
        Design(time_reference=given)


def test_the_response_of_a_study_is_a_known_shape():
    with pytest.raises(InputError, match=r"'fir'; expected spm or glover.*Time courses give"):
        Design(hrf="fir")
    assert Design(hrf="glover").hrf == "glover"


@pytest.fixture
def declared(two_people):
    """Return a way to run the study of two people with some blocks changed."""
    path = two_people / "study.yaml"

    def start(*gone, **changes):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
        for name in ("overlap", "factors", "model_maps", *gone):
            del content[name]
        (two_people / "plain.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        study, block, _ = read_study(two_people / "plain.yaml")
        return study, read_imaging(block, two_people)

    return start


def test_frame_times_follow_the_sidecar_of_each_run(declared, two_people):
    func = two_people / "derivatives" / "fmriprep" / "sub-01" / "func"
    (sidecar,) = func.glob("*_run-2_*_desc-preproc_bold.json")
    about = json.loads(sidecar.read_text(encoding="utf-8"))
    about |= {"StartTime": 1.9, "SliceTimingCorrected": True}
    sidecar.write_text(json.dumps(about), encoding="utf-8")
    study, data = declared("time_courses")
    result = study.run(data, 0)
    first = {name: table["frame_time"].iloc[0] for name, table in result.designs.items()}
    assert {name for name, time in first.items() if time} == {"designs/sub-01_run-2_design.tsv"}
    assert first["designs/sub-01_run-2_design.tsv"] == 1.9
    assert result.content["data"]["time_references"] == [0.0, 0.475]
    assert not [n for n in result.content["data"]["notices"] if "StartTime" in n["what"]]
    study, data = declared("time_courses", design={"time_reference": "middle", "confounds": []})
    told = study.run(data, 0).content["data"]
    assert told["time_references"] == [0.5]
    (notice,) = [n for n in told["notices"] if "StartTime" in n["what"]]
    assert "sub-01" in notice["file"]
    assert "_run-2_" in notice["file"]
    # What is kept of a person depends on it, though no file of images or confounds changed.
    before, after = (
        Task(replace(p, runs=tuple(replace(r, start_time=t) for r in p.runs)), (),
             data.learning.trials, study, data.grid).settings("design")["images"]
        for p, t in ((data.people[0], 1.9), (data.people[0], 1.8))
    )  # fmt: skip
    assert before != after


def test_predicted_courses_follow_the_response_of_the_study(declared):
    study, data = declared(design={"hrf": "glover", "confounds": []}, group={"permutations": 0})
    (block, _) = study.run(data, 0).content["timecourses"]
    trials, _ = learn(study.learning, data.learning, data.root)
    types = types_of(trials)
    shapes = {
        hrf: np.mean(
            [
                predicted_courses(
                    trials.take(trials.subject == p.subject), types, block["times"], hrf=hrf
                )
                for p in data.people
            ],
            axis=0,
        )
        for hrf in ("glover", "spm")
    }
    found = np.array([row["predicted"] for row in block["types"]])
    # People weigh by their trials there: alike within a hundredth, and far from the other shape.
    away = {hrf: np.abs(found - block["scale"] * shape).max() for hrf, shape in shapes.items()}
    assert away["glover"] < 0.01
    assert away["spm"] > 0.1
