"""From one map a person to tests, peaks and regions of the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import (
    GroupMap,
    Permutation,
    cluster_extent,
    fdr,
    group_test,
    permutation_test,
    threshold_at,
    voxel_centers,
)
from dolorimeter.imaging.assumptions import check_assumption
from dolorimeter.studies.streams import stream

from .blocks import Group
from .design import ImagingStudy
from .group_pairs import add_factors, add_overlap
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
from .joint import Joint
from .people import Sample
from .words import file_name

LEVEL = 0.05
LEAST = 1e-300
EXCHANGED = {
    "one-sample": "signs of people's maps",
    "two-sample": "people between the groups",
}


def run_group(
    study: ImagingStudy,
    effects: Mapping[str, Floats],
    sample: Sample,
    grid: Grid,
    regions: Masks,
    seed: int,
    n_jobs: int = 1,
    named: bool = True,
) -> GroupStage:
    """Test every contrast over people.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    effects : mapping of str to ndarray of shape (n_subjects, v)
        By contrast.
    sample : Sample
        Groups and covariates of the people.
    grid : Grid
        Voxels.
    regions : mapping of str to ndarray of shape (v,), bool
        Named beforehand.
    seed : int
        Of the study.
    n_jobs : int, default 1
        Threads.
    named : bool, default True
        Whether coordinates may be given names.

    Returns
    -------
    GroupStage
        Block, maps and peaks.
    """
    options = study.group
    stage = GroupStage({"maps": [], "overlap": [], "factors": None}, named)
    tested = _joined(
        {
            # One seed, so that a flip is the same in all contrasts and their maxima can be joined.
            name: _test(options, maps, sample, grid, regions, stream(seed, "group"), n_jobs)
            for name, maps in effects.items()
        },
        bool(regions),
    )
    for name, each in tested.items():
        _add_contrast(stage, name, each, grid, regions, options, sample)
    for pair in study.overlap:
        add_overlap(stage, pair, tested, grid, regions)
    if study.factors:
        add_factors(stage, study, effects, grid, regions)
    first = next(iter(tested.values()))
    stage.blocks |= {
        "test": options.test,
        "between": options.between,
        "direction": first.found.contrast if options.test == "two-sample" else None,
        "groups": _groups(sample),
        "subjects": len(first.maps),
        "covariates": list(options.covariates),
        "cluster_p": options.cluster_p,
        "extent": options.extent,
        "permutations": _exchanges(first.permuted),
        "exact": first.permuted is not None and first.permuted.exact,
        "exchanged": EXCHANGED[options.test],
        "assumed": None if first.assumed is None else first.assumed.name,
        "searches": 1 + bool(regions),
        "smallest_p": {"brain": _least(first.brain), "regions": _least(first.regions)},
        "null_mean": {"brain": _mean(first.brain), "regions": _mean(first.regions)},
        "notes": _notes(tested),
        "tfce": options.tfce,
        "random_state": seed,
    }
    return stage


def _joined(tested: Mapping[str, Tested], in_regions: bool) -> dict[str, Tested]:
    """Join the contrasts to one family for each search."""
    permuted = [each.permuted for each in tested.values() if each.permuted is not None]
    if not permuted:
        return dict(tested)
    brain = Joint.of(permuted, 1 + in_regions)
    regions = Joint.of(permuted, 2, A_PRIORI) if in_regions else None
    return {name: replace(each, brain=brain, regions=regions) for name, each in tested.items()}


def _groups(sample: Sample) -> list[dict[str, Any]] | None:
    """List the groups in the order of their difference."""
    if sample.groups is None:
        return None
    names, counts = np.unique(sample.groups, return_counts=True)
    return [
        {"name": str(k), "subjects": int(n)} for k, n in zip(names, counts, strict=True)
    ]  # fmt: skip


def _notes(tested: Mapping[str, Tested]) -> list[str]:
    """Say what limits the p-values: of all contrasts once, of one with its name."""
    first = next(iter(tested.values()))
    notes = [] if first.permuted is None else list(first.permuted.notes)
    for words, joint in (("the brain", first.brain), ("the regions", first.regions)):
        if joint is not None and joint.least > LEVEL:
            notes.append(
                f"no effect in {words} can be shown, however large: the smallest p adjusted for "
                f"contrasts and searches is {joint.least:.3g}"
            )
    return notes + [
        f"{name}: {each.assumed.note}"
        for name, each in tested.items()
        if each.assumed is not None and not each.assumed.holds
    ]


def _test(
    options: Group,
    maps: Floats,
    sample: Sample,
    grid: Grid,
    regions: Masks,
    rng: np.random.Generator,
    n_jobs: int,
) -> Tested:
    given = {"test": options.test, **sample.arguments}
    found = group_test(maps, **given)
    if not options.permutations:
        return Tested(maps, found, None, None)
    wanted = {A_PRIORI: np.any(list(regions.values()), axis=0)} if regions else None
    assumed = check_assumption(maps, **given, random_state=rng.spawn(1)[0])
    permuted = permutation_test(
        maps, grid, **given, n_permutations=options.permutations, tfce=options.tfce,
        cluster_p=options.cluster_p, regions=wanted, random_state=rng, n_jobs=n_jobs,
    )  # fmt: skip
    return Tested(maps, found, permuted, assumed)


def _add_contrast(
    stage: GroupStage,
    name: str,
    tested: Tested,
    grid: Grid,
    regions: Masks,
    options: Group,
    sample: Sample,
) -> None:
    found, permuted = tested.found, tested.permuted
    q = fdr(found.p)
    corrected = {"p_fdr": q} | _corrected(permuted)
    threshold = threshold_at(options.cluster_p, found.df)
    peaks = peaks_of(
        stage, found.t, grid, threshold, extent=options.extent, statistic="t",
        maps={"z_score": found.z, "p": found.p, **corrected}, regions=regions,
    )  # fmt: skip
    stage.peaks.append(pd.concat([peaks], keys=[name], names=["contrast"]).reset_index(0))
    kept = cluster_extent(found.t, grid, p=options.cluster_p, k=options.extent, df=found.df) > 0
    highest = int(np.argmax(found.t))
    stage.blocks["maps"].append(
        {
            "contrast": name,
            "df": found.df,
            "largest_t": float(found.t.max()),
            "smallest_t": float(found.t.min()),
            "threshold_t": float(threshold),
            "threshold_fwe_t": None if permuted is None else finite(permuted.threshold_t),
            "n_uncorrected": int((found.p < options.cluster_p).sum()),
            "n_fdr": int((q <= LEVEL).sum()),
            "n_fwe": None if permuted is None else int((permuted.p_fwe <= LEVEL).sum()),
            "n_tfce": _count(None if permuted is None else permuted.p_tfce),
            "highest": place_of(stage, grid, highest, float(found.t[highest])),
            "p_brain": None if permuted is None else float(permuted.p_fwe.min()),
            "p_brain_adjusted": adjusted(tested.brain, float(found.t[highest])),
            "p_assumed": None if tested.assumed is None else tested.assumed.p,
            "exchangeable": None if tested.assumed is None else tested.assumed.holds or None,
            "files": _add_maps(stage, name, found, corrected),
            "regions": [
                _region(region, mask, tested, kept, grid, sample, options)
                for region, mask in regions.items()
            ],
            "peaks": rows(peaks),
        }
    )


def _add_maps(
    stage: GroupStage, name: str, found: GroupMap, corrected: Mapping[str, Floats]
) -> dict[str, str]:
    """Put the maps of a contrast into the stage, and return their files."""
    # As -log10, so that 0, which stands outside the mask, is never the smallest p.
    written = {"t": found.t, "z": found.z, "effect": found.effect}
    written |= {f"log{kind}": -np.log10(np.maximum(p, LEAST)) for kind, p in corrected.items()}
    files = {kind: f"maps/{file_name(name)}_{kind}.nii.gz" for kind in written}
    stage.maps |= {files[kind]: values for kind, values in written.items()}
    return files


def _corrected(permuted: Permutation | None) -> dict[str, Floats]:
    if permuted is None:
        return {}
    given = {"p_fwe": permuted.p_fwe, "p_tfce": permuted.p_tfce, "p_cluster": permuted.p_cluster}
    return {name: values for name, values in given.items() if values is not None}


def _region(
    name: str,
    mask: NDArray[np.bool_],
    tested: Tested,
    kept: NDArray[np.bool_],
    grid: Grid,
    sample: Sample,
    options: Group,
) -> dict[str, Any]:
    """Report the highest voxel of a region, and the mean over its voxels."""
    found = tested.found
    own = np.flatnonzero(mask)
    best = int(own[np.argmax(found.t[own])])
    x, y, z = (float(mm) for mm in voxel_centers(grid)[best])
    mean = group_test(
        tested.maps[:, own].mean(axis=1, keepdims=True), options.test, **sample.arguments
    )
    effect, error = float(mean.effect[0]), float(np.sqrt(mean.variance[0]))
    reach = float(stats.t.isf(0.025, mean.df)) * error
    p_svc = None
    if tested.permuted is not None:
        p_svc = float(tested.permuted.regions[A_PRIORI].p_fwe[best])
    surviving = own[kept[own]]
    return {
        "region": name,
        "voxels": len(own),
        "found": len(surviving) > 0,
        "x": x,
        "y": y,
        "z": z,
        "t": float(found.t[best]),
        "z_score": float(found.z[best]),
        "p": float(found.p[best]),
        "p_svc": p_svc,
        "p_svc_adjusted": adjusted(tested.regions, float(found.t[best])),
        "extent": len(surviving),
        "mean_effect": effect,
        "ci95": [effect - reach, effect + reach],
    }


def _least(joint: Joint | None) -> float | None:
    return None if joint is None else joint.least


def _mean(joint: Joint | None) -> float | None:
    return None if joint is None else finite(joint.mean)


def _exchanges(permuted: Permutation | None) -> int:
    """Count what was drawn beside the observed arrangement; all there are, where all were used."""
    return 0 if permuted is None else len(permuted.null_max) - (not permuted.exact)


def _count(p: Floats | None) -> int | None:
    return None if p is None else int((p <= LEVEL).sum())
