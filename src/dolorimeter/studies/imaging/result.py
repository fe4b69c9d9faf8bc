"""The result of an imaging study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.audit import Claim
from dolorimeter.core import Grid, output_directory
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import need_extra
from dolorimeter.studies.saving import write_page


@dataclass(frozen=True, slots=True)
class ImagingResult:
    """Results of an imaging study.

    Attributes
    ----------
    content : mapping
        What results.json holds (docs/formats/results-imaging.md).
    claim : Claim
        What may and may not be said.
    grid : Grid
        Voxels of the maps.
    maps : mapping of str to ndarray of shape (n_voxels,)
        By the file they are written to, such as ``"maps/appetitive_t.nii.gz"``.
    tables : mapping of str to DataFrame
        By the file they are written to, such as ``"tables/peaks.tsv"``.
    designs : mapping of str to DataFrame
        Design matrix of each run, by file.
    """

    content: Mapping[str, Any]
    claim: Claim
    grid: Grid
    maps: Mapping[str, Floats]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    designs: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def summary(self) -> list[str]:
        """What was found, in plain sentences."""
        return list(self.content["summary"])

    @property
    def peaks(self) -> pd.DataFrame:
        """Peaks of all contrasts."""
        return self.tables["tables/peaks.tsv"]

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds."""
        return dict(self.content)

    def image(self, name: str) -> Any:
        """Return one map as an image.

        Parameters
        ----------
        name : str
            Key of ``maps``.

        Returns
        -------
        nibabel.Nifti1Image
            0 outside the mask.
        """
        nibabel = need_extra("nibabel", "images")
        volume = np.zeros(self.grid.mask.shape, dtype=np.float32)
        volume[self.grid.mask] = self.maps[name]
        image = nibabel.Nifti1Image(volume, self.grid.affine)
        image.header.set_xyzt_units("mm")
        return image

    def save(self, directory: str | Path, force: bool = False) -> None:
        """Write results.json, report.html, maps (NIfTI) and tables (TSV), all or nothing.

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
        from dolorimeter.reporting import BrainMap, render_imaging_report

        drawn = {
            name: BrainMap(values, self.grid.mask, self.grid.affine, name)
            for name, values in self.maps.items()
        }
        report = render_imaging_report(self.to_dict(), drawn)
        with output_directory(directory, force) as scratch:
            write_page(scratch, self.content, report)
            for folder in ("maps", "tables", "designs"):
                (scratch / folder).mkdir()
            for name in self.maps:
                self.image(name).to_filename(scratch / name)
            for name, table in {**self.tables, **self.designs}.items():
                table.to_csv(scratch / name, sep="\t", index=False, na_rep="n/a")
