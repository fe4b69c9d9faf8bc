"""A simulated study of learning as a BIDS data set, its truth beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dolorimeter.bids import write_events
from dolorimeter.core import output_directory
from dolorimeter.learning import SimulatedStudy

if TYPE_CHECKING:
    import pandas as pd

ASIDE = "sourcedata"
TABLES = ("preferences", "calibration", "ratings", "participants")
DESCRIPTIONS = {
    "rt": {"LongName": "Reaction time", "Units": "s"},
    "heart-rate": {"LongName": "Heart rate after the cue", "Units": "1/min"},
    "pain": {"LongName": "Rated pain", "Units": "0 to 10"},
    "pleasantness": {"LongName": "Rated pleasantness", "Units": "-10 to 10"},
}


def save_simulated(study: SimulatedStudy, folder: str | Path, force: bool = False) -> None:
    """Write a simulated study: events as raw BIDS, the rest under ``sourcedata``.

    Parameters
    ----------
    study : SimulatedStudy
        From :func:`dolorimeter.learning.simulate_learning`.
    folder : str or Path
        The data set to create, whole or not at all.
    force : bool, default False
        Replace a folder that exists.

    Raises
    ------
    InputError
        If the folder exists without ``force``, or the disk refuses.
    """
    with output_directory(folder, force) as scratch:
        known = {name: DESCRIPTIONS[name] for name in study.trials.measures if name in DESCRIPTIONS}
        write_events(
            study.trials,
            scratch,
            name="Simulated learning from pain and relief",
            descriptions=known,
            force=True,
        )
        aside = scratch / ASIDE
        aside.mkdir(exist_ok=True)
        for name in TABLES:
            _write_table(getattr(study, name), aside / f"{name}.tsv")
        text = json.dumps(study.truth, indent=1, allow_nan=False)
        (aside / "truth.json").write_text(text, encoding="utf-8")
        study.task.to_yaml(aside / "task.yaml")


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, sep="\t", index=False, na_rep="n/a", lineterminator="\n")
