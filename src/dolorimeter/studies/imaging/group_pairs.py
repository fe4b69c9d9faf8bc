"""Contrasts held together: overlaps of two, and factors within people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import one_factor, overlap, threshold_at, two_factor

from .blocks import Overlap as Pair
from .design import ImagingStudy
from .group_stage import (
    A_PRIORI,
    GroupStage,
    Masks,
    Tested,
    adjusted,
    finite,
    peaks_of,
    place_of,
    rows,
)
from .words import file_name


def add_overlap(
    stage: GroupStage,
    pair: Pair,
    tested: Mapping[str, Tested],
    grid: Grid,
    regions: Masks,
) -> None:
    """Find where two contrasts hold together, and write it into the stage.

    Parameters
    ----------
    stage : GroupStage
        Gets a row and a map.
    pair : Pair
        Two contrasts, and how they overlap.
    tested : mapping of str to Tested
        By contrast.
    grid : Grid
        Voxels.
    regions : mapping of str to ndarray of shape (v,), bool
        Named beforehand; searched where there are any.
    """
    first, second = tested[pair.first], tested[pair.second]
    df = (float(first.found.df), float(second.found.df))
    both = overlap(first.found.t, second.found.t, pair.how, pair.p, df=df)
    peaks = peaks_of(
        stage, both.statistic, grid, 1e-6, extent=1, statistic="statistic", regions=regions
    )
    file = f"maps/{file_name(pair.first)}_and_{file_name(pair.second)}_{pair.how}.nii.gz"
    stage.maps[file] = both.statistic
    t = np.minimum(first.found.t, second.found.t)
    own = np.flatnonzero(np.any(list(regions.values()), axis=0)) if regions else np.arange(len(t))
    best = int(own[np.argmax(t[own])])
    # A voxel counts only where both effects are shown (conjunction null, Nichols et al. 2005);
    # the contrasts share one null, so that the worse p is that of the smaller t.
    joint = None if pair.how == "exclusive" else first.regions if regions else first.brain
    stage.blocks["overlap"].append(
        {
            "first": pair.first,
            "second": pair.second,
            "how": pair.how,
            "words": both.words,
            "p": pair.p,
            "voxels": int(both.mask.sum()),
            "dice": finite(both.dice),
            "largest_minimum": float(t.max()),
            "searched": f"the {A_PRIORI}" if regions else "the whole brain",
            "p_conjunction": adjusted(joint, float(t[best])),
            "best": place_of(stage, grid, best, float(t[best])),
            "peaks": rows(peaks[peaks["peak"] == 0]),
            "file": file,
        }
    )


def add_factors(
    stage: GroupStage,
    study: ImagingStudy,
    given: Mapping[str, Floats],
    grid: Grid,
    regions: Masks,
) -> None:
    """Compare levels of one or two factors within people, and write it into the stage.

    Parameters
    ----------
    stage : GroupStage
        Gets the block and a map for each effect.
    study : ImagingStudy
        Names the contrast of each level.
    given : mapping of str to ndarray of shape (n_subjects, v)
        By contrast.
    grid : Grid
        Voxels.
    regions : mapping of str to ndarray of shape (v,), bool
        Whose peaks are named.
    """
    options = study.group
    maps = {cell: given[name] for cell, name in study.cells.items()}
    if study.crossed == 2:
        found = two_factor({(a, b): values for (a, b), values in maps.items()})
    else:
        found = one_factor({level: values for (level,), values in maps.items()})
    effects = []
    for name, test in found.tests.items():
        file = f"maps/factor_{file_name(name)}_t.nii.gz"
        stage.maps[file] = test.t
        peaks = peaks_of(
            stage, test.t, grid, threshold_at(options.cluster_p, test.df), extent=options.extent,
            statistic="t", maps={"z_score": test.z, "p": test.p}, regions=regions,
        )  # fmt: skip
        effects.append(
            {
                "name": name,
                "df": test.df,
                "threshold_t": float(threshold_at(options.cluster_p, test.df)),
                "largest_t": float(test.t.max()),
                "n_uncorrected": int((test.p < options.cluster_p).sum()),
                "file": file,
                "peaks": rows(peaks),
            }
        )
    stage.blocks["factors"] = {
        "factor": "factors" if study.crossed == 2 else "factor",
        "levels": [", ".join(cell) for cell in maps],
        "effects": effects,
    }
