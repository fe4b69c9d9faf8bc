"""The result of a decoding study: data first; table, files and report are drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dolorimeter.audit import Claim
from dolorimeter.core import output_directory
from dolorimeter.studies.saving import write_page

from .maps import Maps

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class DecodingResult:
    """Results of a decoding study.

    Attributes
    ----------
    content : mapping
        What results.json holds (docs/formats/results-decoding.md).
    claim : Claim
        What may and may not be said.
    predictions : pandas.DataFrame
        Held-out prediction of every sample.
    maps : Maps
        Weights, forward pattern and other figures of the features.
    """

    content: Mapping[str, Any]
    claim: Claim
    predictions: pd.DataFrame
    maps: Maps

    @property
    def accuracy(self) -> float | None:
        """Accuracy on test samples taken one at a time; None where a number is predicted."""
        score = self.content["accuracy"]
        return score["value"] if score["metric"] == "accuracy" else None

    @property
    def r2(self) -> float | None:
        """Predictive R² against the training mean; None where classes are decoded."""
        score = self.content["accuracy"]
        return score["value"] if score["metric"] == "r2" else None

    @property
    def labelling(self) -> Mapping[str, Any] | None:
        """Accuracy when test samples are averaged by condition, which is not prediction."""
        labelling: Mapping[str, Any] | None = self.content["labelling"]
        return labelling

    @property
    def summary(self) -> list[str]:
        """What was found, in plain sentences."""
        return list(self.content["summary"])

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds."""
        return dict(self.content)

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Write results.json, report.html, predictions.parquet and maps, all or nothing.

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
        from dolorimeter.reporting import render_decoding_report

        report = render_decoding_report(self.to_dict(), self.maps.images())
        with output_directory(directory, force) as scratch:
            write_page(scratch, self.content, report)
            self.predictions.to_parquet(scratch / "predictions.parquet", index=False)
            self.maps.save(scratch)
