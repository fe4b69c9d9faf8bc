"""The result of a learning study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dolorimeter.audit import Claim
from dolorimeter.core import Trials, output_directory
from dolorimeter.studies.saving import write_page


@dataclass(frozen=True, slots=True)
class LearningResult:
    """Results of a learning study.

    Attributes
    ----------
    content : mapping
        What results.json holds (docs/formats/results-learning.md).
    claim : Claim
        What may and may not be said.
    trials : Trials
        With the values and errors of the first model.
    """

    content: Mapping[str, Any]
    claim: Claim
    trials: Trials

    @property
    def summary(self) -> list[str]:
        """What was found, in plain sentences."""
        return list(self.content["summary"])

    @property
    def table(self) -> pd.DataFrame:
        """One row a trial: names, onsets, measures and what the model says."""
        trials = self.trials
        names = ("subject", "run", "cue", "outcome", "onset", "outcome_onset", "utility")
        columns = {name: getattr(trials, name) for name in names}
        return pd.DataFrame({**columns, **trials.measures, **trials.quantities})

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds."""
        return dict(self.content)

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Write results.json, report.html and trials.parquet, all or nothing.

        Parameters
        ----------
        directory : str or Path
            To create.
        force : bool, default False
            Replace a directory that exists.

        Raises
        ------
        InputError
            If the directory exists without ``force``, or the disk refuses.
        """
        from dolorimeter.reporting import render_learning_report

        report = render_learning_report(self.to_dict())
        with output_directory(directory, force) as scratch:
            write_page(scratch, self.content, report)
            self.table.to_parquet(scratch / "trials.parquet", index=False)
