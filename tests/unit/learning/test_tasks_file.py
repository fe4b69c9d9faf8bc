"""Tasks as YAML: there and back, the documented example, keys nobody knows."""

import re
from pathlib import Path

import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.learning.intervals import Interval
from dolorimeter.learning.task_parts import Cue, OrderRules, TaskOutcome, Timing
from dolorimeter.learning.task_presets import read_design, relief2005
from dolorimeter.learning.tasks import PavlovianTask

PAGE = Path(__file__).resolve().parents[3] / "docs" / "formats" / "task.md"

ODD = PavlovianTask(
    "odd",
    (Cue("A", 6, {"relief": 0.5}, {"pain": 1}, otherwise="calm"), Cue("B", 4)),
    (
        TaskOutcome("relief", 1.5, duration=2.0),
        TaskOutcome("pain", -2.0),
        TaskOutcome("calm", 0.25),
    ),
    timing=Timing(outcome_onset=Interval.uniform(3.0, 5.0)),
    interval=Interval.exponential(5.0, 4.0, 9.0, draws="quantiles"),
    runs=2,
    order=OrderRules("run", 3, {"pain": 1}),
    stimuli=("circle", "square"),
    counterbalance="all-orders",
    random_state=4,
)


@pytest.mark.parametrize("task", [relief2005(2), ODD], ids=lambda task: task.name)
def test_written_and_read_back(task, tmp_path):
    path = tmp_path / "task.yaml"
    text = task.to_yaml(path)
    again = PavlovianTask.from_yaml(path, random_state=9)
    assert again == task
    assert again.to_yaml() == text
    pd.testing.assert_frame_equal(again.trials, task.draw(9))
    assert read_design(str(path), 1) == task


def test_the_page_s_example_is_the_preset_s_task(tmp_path):
    example = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1)
    (tmp_path / "relief2005.yaml").write_text(example, encoding="utf-8")
    task = PavlovianTask.from_yaml(tmp_path / "relief2005.yaml", 0)
    preset = relief2005()
    assert [cue.counts for cue in task.cues] == [cue.counts for cue in preset.cues]
    for part in ("name", "outcomes", "timing", "interval", "runs", "order"):
        assert getattr(task, part) == getattr(preset, part)


def test_a_short_file_will_do(tmp_path):
    path = tmp_path / "my-task.yaml"
    path.write_text("cues: {A: {count: 4}}\ninterval: 2\n", encoding="utf-8")
    task = PavlovianTask.from_yaml(path, 0)
    assert task.name == "mytask"
    assert task.interval == Interval.fixed(2)
    assert task.trials["utility"].tolist() == [0.0] * 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cue: {A: {count: 4}}", "task.yaml, task, key: 'cue'.*Did you mean 'cues'"),
        ("cues: {A: {counts: 4}}", "cues, A, key: 'counts'.*Did you mean 'count'"),
        ("cues: {A: {}}", "cues, A, count: no such key"),
        ("cues: {A: {count: 4}}\ntiming: {lead_inn: 3}", "Did you mean 'lead_in'"),
        ("cues: {A: {count: 4}}\norder: {repeats: 3}", "order, key: 'repeats'"),
        ("cues: {A: {count: 4}}\noutcomes: {relief: {}}", "outcomes, relief: no utility"),
        ("cues: {A: {count: 4}}\noutcomes: {relief: }", "outcomes, relief: no utility"),
        ("cues: {A: {count: 4, probability: {relief: 0.5}}}", "'relief'; expected one of none"),
        ("cues: {A: {count: 4}}\ninterval: -1", "interval, value: -1"),
        ("cues: {A: {count: 4}}\ninterval: {kind: unifrom, low: 1, high: 2}", "'uniform'"),
        ("cues: {A: {count: 4}}\nformat: 2", "format: 2; expected 1"),
        ("cues: [A, B]", "cues: .* expected keys and values"),
        ("cues: {A: {count: 4}}\nstimuli: circle", "a list of names"),
        ("name: t", "cues: no such key"),
        ("cues: {A: {count: 4}, A: {count: 4}}", "the key A twice"),
    ],
)
def test_what_cannot_be_read_is_named(text, words, tmp_path):
    path = tmp_path / "task.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        PavlovianTask.from_yaml(path)
