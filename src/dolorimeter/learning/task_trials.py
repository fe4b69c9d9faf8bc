"""From a task to the trials of one or many people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dolorimeter.core import Trials

from .task_parts import check_whole
from .tasks import PavlovianTask, RandomState


def make_trials(
    task: PavlovianTask,
    random_state: RandomState = None,
    n_subjects: int = 1,
    same_order: bool = False,
) -> Trials:
    """Draw the trials of one or many people.

    Parameters
    ----------
    task : PavlovianTask
        What is drawn from.
    random_state : int, numpy.random.Generator or None
        Seed; each person has a stream of his own, so that more people change nothing for the first.
    n_subjects : int, default 1
        How many.
    same_order : bool, default False
        Whether all meet the trials of ``task.trials``; else each has an order of his own.

    Returns
    -------
    Trials
        Subjects ``"01"``, ``"02"``, … in turn.
    """
    check_whole("n_subjects", n_subjects, least=1)
    seed = int(np.random.default_rng(random_state).integers(2**63))
    tables = [
        task.trials if same_order else task.draw(np.random.default_rng([seed, i]), subject=i)
        for i in range(n_subjects)
    ]
    return trials_of(tables)


def trials_of(tables: Sequence[pd.DataFrame]) -> Trials:
    """Put the tables of several people one after the other.

    Parameters
    ----------
    tables : sequence of DataFrame
        A table of trials for each.

    Returns
    -------
    Trials
        Subjects ``"01"``, ``"02"``, … in turn.
    """
    width = max(2, len(str(len(tables))))
    names = [str(i + 1).zfill(width) for i in range(len(tables))]
    joined = pd.concat(tables, ignore_index=True)
    subject = np.repeat(names, [len(table) for table in tables])
    words = {name: joined[name].to_numpy().astype(str) for name in ("run", "cue", "outcome")}
    numbers = {
        name: joined[name].to_numpy(dtype=np.float64)
        for name in ("onset", "outcome_onset", "utility")
    }
    return Trials(subject=subject, **words, **numbers)
