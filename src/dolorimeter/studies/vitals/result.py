"""The result of a study: data first; table, files and report are drawn from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.audit import Claim
from dolorimeter.core import InputError, output_directory
from dolorimeter.core.files import replacing_file
from dolorimeter.studies.saving import write_page

from .arm import Arm, fold_of_stay, window_stays
from .model import VitalsModel
from .words import interval

if TYPE_CHECKING:
    import pandas as pd

METRICS = ("vus", "accuracy", "precision", "recall", "f1", "f1_of_means")


@dataclass(frozen=True, slots=True)
class VitalsResult:
    """Results of a vital-signs study.

    Attributes
    ----------
    content : mapping
        What results.json holds (docs/formats/results.md).
    claim : Claim
        What may and may not be said.
    posteriors : sequence of pandas.DataFrame
        Out-of-fold posteriors of every window, one table for each task and history.
    models : mapping
        Models refitted on all data, by task and name.
    """

    content: Mapping[str, Any]
    claim: Claim
    posteriors: list[pd.DataFrame]
    models: Mapping[tuple[str, str], VitalsModel]

    @property
    def summary(self) -> list[str]:
        """What was found, in plain sentences."""
        return list(self.content["summary"])

    @property
    def table(self) -> pd.DataFrame:
        """Every metric of every model, with intervals and p-values, one row each."""
        import pandas as pd

        return pd.DataFrame(list(self._metric_rows()))

    @property
    def table_text(self) -> str:
        """Means of the metrics, models by row, as the command line prints them."""
        wide = self.table.pivot_table(
            index=["task", "history", "model"], columns="metric", values="mean", sort=False
        )
        return wide[list(METRICS)].round(3).to_string()

    @property
    def inflation_text(self) -> str:
        """What looser designs add to the VUS, as the command line prints it; may be empty."""
        import pandas as pd

        rows = [
            {
                "rule": entry["rule"],
                "task": entry["task"],
                "model": entry["model"] or "",
                "looser": entry["a"],
                "stricter": entry["b"],
                "change": entry["note"] or f"{entry['difference']:+.3f} ({interval(entry)})",
            }
            for entry in self.content["inflation"]
        ]
        return pd.DataFrame(rows).to_string(index=False) if rows else ""

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds."""
        return dict(self.content)

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Write results.json, report.html, Parquet tables and the models, all or nothing.

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
        import pandas as pd

        from dolorimeter.reporting import render_vitals_report

        report = render_vitals_report(self.to_dict())
        with output_directory(directory, force) as scratch:
            write_page(scratch, self.content, report)
            self.table.to_parquet(scratch / "metrics.parquet", index=False)
            comparisons = pd.DataFrame(list(self._comparison_rows()))
            comparisons.to_parquet(scratch / "comparisons.parquet", index=False)
            ledger = pd.DataFrame(self.content["data"]["ledger"])
            ledger.to_parquet(scratch / "ledger.parquet", index=False)
            posteriors = pd.concat(self.posteriors, ignore_index=True)
            posteriors.to_parquet(scratch / "posteriors.parquet", index=False)
            for (task, name), model in self.models.items():
                model.save(scratch / "model" / task / name)

    def _arms(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for task, block in self.content["tasks"].items():
            if "models" in block:
                yield task, "none", block
            if "reports" in block:
                yield task, "reports", block["reports"]

    def _metric_rows(self) -> Iterator[dict[str, Any]]:
        for task, history, block in self._arms():
            for model, row in block["models"].items():
                for metric, cell in row["metrics"].items():
                    low, high = cell["ci95"]
                    yield {
                        "task": task,
                        "history": history,
                        "model": model,
                        "metric": metric,
                        "mean": cell["mean"],
                        "se": cell["se"],
                        "ci95_low": low,
                        "ci95_high": high,
                        "p": cell["p"],
                        "p_holm": cell["p_holm"],
                        "p_paper_random": cell["p_paper"]["random"],
                        "p_paper_mode": cell["p_paper"]["mode"],
                        "p_paper_holm_random": cell["p_paper_holm"]["random"],
                        "p_paper_holm_mode": cell["p_paper_holm"]["mode"],
                    }

    def _comparison_rows(self) -> Iterator[dict[str, Any]]:
        for task, history, block in self._arms():
            for comparison in block["comparisons"]:
                plain = {k: v for k, v in comparison.items() if k != "ci95"}
                low, high = comparison["ci95"]
                yield {"task": task, "history": history, **plain} | {
                    "ci95_low": low,
                    "ci95_high": high,
                }


def posterior_table(arm: Arm) -> pd.DataFrame:
    """Return the out-of-fold posteriors of an arm, a row for each model and window.

    Parameters
    ----------
    arm : Arm
        Fitted.

    Returns
    -------
    pandas.DataFrame
        ``task``, ``history``, ``model``, ``patient_id``, ``stay_id``, ``window``, ``time``,
        ``fold``, ``label`` (-1 unknown), ``class`` (of the label; empty if unknown) and ``p_0``,
        ``p_1``, … in the order of the task's classes.
    """
    import pandas as pd

    cohort = arm.cohort
    stay = window_stays(cohort)
    names = np.array([*arm.class_names, ""])
    shared = {
        "patient_id": cohort.patient_ids[stay],
        "stay_id": cohort.stay_ids[stay],
        "window": np.arange(cohort.n_windows) - cohort.offsets[stay],
        "time": cohort.times,
        "fold": fold_of_stay(arm.folds)[stay],
        "label": arm.labels,
        "class": names[arm.labels],
    }
    return pd.concat(
        [
            pd.DataFrame(
                {"task": arm.task, "history": arm.history, "model": name, **shared}
                | {f"p_{k}": column for k, column in enumerate(fit.probabilities.T)}
            )
            for name, fit in arm.fits.items()
        ],
        ignore_index=True,
    )


def save_table(table: pd.DataFrame, target: str | Path, force: bool = False) -> None:
    """Write a table as Parquet by atomic rename.

    Parameters
    ----------
    table : pandas.DataFrame
        What to write.
    target : str or Path
        File to create.
    force : bool, default False
        Replace a file that exists.

    Raises
    ------
    InputError
        If the file exists without ``force``, or the disk refuses.
    """
    target = Path(target)
    if target.is_dir() or (target.exists() and not force):
        remedy = "" if target.is_dir() else "Pass --force to replace it."
        raise InputError(str(target), "exists already", "a new file", remedy)
    with replacing_file(target) as scratch:
        table.to_parquet(scratch, index=False)
