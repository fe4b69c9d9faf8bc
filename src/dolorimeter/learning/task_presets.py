"""Tasks by name."""

from __future__ import annotations

from pathlib import Path

from .intervals import Interval
from .task_parts import Cue, OrderRules, TaskOutcome, nearest
from .tasks import PavlovianTask, RandomState


def relief2005(
    random_state: RandomState = None,
    n_runs: int = 3,
    interval: Interval | None = None,
    balance: str = "cues",
) -> PavlovianTask:
    """Return the task of Seymour et al. (2005): relief and exacerbation of tonic pain.

    Three cues, 30 presentations each in random order: A followed by relief on 15, B by
    exacerbation on 15, C by nothing; the cue at 0 s for 4 s, the change at 4 s for 5 s. The paper
    does not state runs or the interval between trials.

    Parameters
    ----------
    random_state : int, numpy.random.Generator or None
        Seed of the trials.
    n_runs : int, default 3
        Runs; the reinforced trials of a cue lie anywhere among its 30 whatever their number.
    interval : Interval, optional
        Between trials; default uniform between 4 and 8 s.
    balance : {"task", "cues", "run"}, default "cues"
        Each cue equally often in each run; ``"run"``: and equally often reinforced.

    Returns
    -------
    PavlovianTask
        With ``.trials``: trial, run, cue, outcome, utility, onset, ….

    Examples
    --------
    >>> trials = relief2005(random_state=0).trials
    >>> trials.groupby(["cue", "outcome"]).size().tolist()
    [15, 15, 15, 15, 30]
    """
    return PavlovianTask(
        "relief2005",
        cues=(
            Cue("A", 30, probability={"relief": 0.5}),
            Cue("B", 30, probability={"exacerbation": 0.5}),
            Cue("C", 30),
        ),
        outcomes=(TaskOutcome("relief", 1.0), TaskOutcome("exacerbation", -1.0)),
        interval=interval or Interval.uniform(4.0, 8.0),
        runs=n_runs,
        order=OrderRules(balance=balance),
        random_state=random_state,
    )


PRESETS = {"relief2005": relief2005}


def read_design(task: str | PavlovianTask, random_state: RandomState = None) -> PavlovianTask:
    """Return a task by its name or file.

    Parameters
    ----------
    task : str or PavlovianTask
        A preset, a YAML file, or a task, which is returned as it is.
    random_state : int, numpy.random.Generator or None
        Seed of the trials.

    Returns
    -------
    PavlovianTask
        With trials.

    Raises
    ------
    InputError
        If there is neither a preset nor a file of that name.
    """
    if isinstance(task, PavlovianTask):
        return task
    if task in PRESETS:
        return PRESETS[task](random_state)
    if Path(task).suffix in {".yaml", ".yml"}:
        return PavlovianTask.from_yaml(task, random_state)
    raise nearest("task", task, (*PRESETS, "a file that ends in .yaml"))
