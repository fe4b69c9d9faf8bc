"""What an imaging study read and how it modeled it, as blocks of results.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import Grid, Trials
from dolorimeter.imaging import Design, check_design, coverage_warnings, uncovered

from .coverage import coverage_notices
from .data import ImagingData
from .design import CONTRASTS, ImagingStudy
from .group_stage import finite
from .person import FirstLevelMaps
from .timing import timing_notices

Content = dict[str, Any]
MOTION = ("subject", "run", "volumes", "scrubbed", "mean_fd", "max_fd")
WORDS = {
    "appetitive": "Signal rises where things turn out better than expected",
    "aversive": "Signal rises where things turn out worse than expected",
    "relief": "Signal rises with the appetitive error at the cue of relief",
    "exacerbation": "Signal rises with the aversive error at the cue of exacerbation",
}
REACH = 8.0  # mm within which a peak counts as found


def data_block(study: ImagingStudy, data: ImagingData, people: Sequence[FirstLevelMaps]) -> Content:
    """Describe images and events.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    data : ImagingData
        What was read.
    people : sequence of FirstLevelMaps
        One a person.

    Returns
    -------
    dict
        The block ``data``.
    """
    runs = [run for person in people for run in person.runs]
    volumes = [run["volumes"] for run in runs]
    steps = sorted({run["repetition_time"] for run in runs})
    images = [run for person in data.people for run in person.runs]
    pairs = zip(images, (run["repetition_time"] for run in runs), strict=True)
    notices = [*data.notices, *timing_notices(study.design.time_reference, pairs)]
    notices += coverage_notices(data, people)
    return {
        "source": data.learning.source,
        "derivatives": data.derivatives,
        "subjects": [person.subject for person in data.people],
        "left_out": [{"subject": name, "why": why} for name, why in data.left_out],
        "runs": len(runs),
        "volumes": {"least": min(volumes), "most": max(volumes)},
        "repetition_time": steps[0],
        "repetition_times": steps,
        "space": data.space,
        "voxels": int(data.grid.mask.sum()),
        "voxel_size": voxel_size(data.grid),
        "smoothing": study.first_level.smoothing,
        "time_references": sorted({round(run["time_reference"], 4) for run in runs}),
        "notices": [{"file": n.file, "row": n.row, "what": n.what} for n in notices],
        "motion": [{key: run[key] for key in MOTION} for run in runs],
    }


def voxel_size(grid: Grid) -> list[float]:
    """Return the edges of a voxel.

    Parameters
    ----------
    grid : Grid
        Voxels.

    Returns
    -------
    list of float
        In mm.
    """
    return [round(float(s), 3) for s in np.sqrt((grid.affine[:3, :3] ** 2).sum(axis=0))]


def design_block(
    study: ImagingStudy, designs: Sequence[Design], trials: Sequence[Trials]
) -> Content:
    """Describe the design, and what its columns share.

    Parameters
    ----------
    study : ImagingStudy
        As declared.
    designs : sequence of Design
        Of every run of everybody.
    trials : sequence of Trials
        Of the same runs.

    Returns
    -------
    dict
        The block ``design``.
    """
    options, first = study.design, study.first_level
    return {
        "regressors": [
            {
                "name": r.name, "at": list(r.at), "cues": list(r.cues),
                "outcomes": list(r.outcomes), "modulator": r.modulator, "duration": r.duration,
                "center": r.center,
            }
            for r in options.columns
        ],
        "hrf": options.hrf,
        "derivatives": list(options.derivatives),
        "convolution": options.convolution,
        "high_pass": options.high_pass,
        "drift": options.drift,
        "orthogonalize": options.orthogonalize,
        "confounds": list(options.confounds),
        "confound_options": dict(options.confound_options),
        "scrub": None if options.scrub is None else dict(options.scrub),
        "scrub_as": options.scrub_as,
        "missing": options.missing,
        "time_reference": options.time_reference,
        "noise": first.noise,
        "engine": first.engine,
        "scaling": first.scaling,
        "pain": study.pain,
        "matrices": [_matrix(design) for design in designs[:1]],
        **_shared(study, designs, trials),
    }  # fmt: skip


def _matrix(design: Design) -> Content:
    return {
        "subject": design.subject,
        "run": design.run,
        "columns": list(design.names),
        "kinds": list(design.kinds),
        "frame_times": design.frame_times.tolist(),
        "values": np.round(design.matrix, 5).tolist(),
    }


def _shared(study: ImagingStudy, designs: Sequence[Design], trials: Sequence[Trials]) -> Content:
    found = check_design(designs, study.asked)
    missing, biased = _coverage(study, trials)
    inflation = []
    for i, column in enumerate(found.columns):
        worst = int(np.nanargmax(found.variance_inflation[i]))
        inflation.append(
            {
                "column": column,
                "median": finite(float(np.nanmedian(found.variance_inflation[i]))),
                "largest": finite(float(found.variance_inflation[i, worst])),
                "subject": designs[worst].subject,
                "run": designs[worst].run,
            }
        )
    return {
        "variance_inflation": inflation,
        "correlations": {"columns": list(found.columns), "values": _mean(found.correlations)},
        "efficiency": [
            {"contrast": name, "value": finite(value)}
            for name, value in found.total_efficiency.items()
        ],
        "uncovered": missing,
        "biased": biased,
        "warnings": [*coverage_warnings(missing, biased), *found.warnings],
    }


def _coverage(
    study: ImagingStudy, trials: Sequence[Trials]
) -> tuple[dict[str, list[str]], list[str]]:
    """Gather over runs which events have no column."""
    missing: dict[str, dict[str, None]] = {}
    biased: dict[str, None] = {}
    for run in trials:
        events, wrong = uncovered(study.design.columns, run)
        for name, kinds in events.items():
            missing.setdefault(name, {}).update(dict.fromkeys(kinds))
        biased |= dict.fromkeys(wrong)
    return {name: list(kinds) for name, kinds in missing.items()}, list(biased)


def _mean(by_run: NDArray[np.float64]) -> list[list[float | None]]:
    """Average correlations over the runs that have both columns."""
    known = np.isfinite(by_run)
    count = known.sum(axis=0)
    total = np.where(known, by_run, 0.0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return [[finite(float(r)) for r in row] for row in np.round(mean, 4)]


def contrast_block(study: ImagingStudy) -> list[Content]:
    """List the contrasts.

    Parameters
    ----------
    study : ImagingStudy
        As declared.

    Returns
    -------
    list of dict
        The block ``contrasts``.
    """
    preset = study.design.regressors
    known = CONTRASTS.get(preset, {}) if isinstance(preset, str) else {}
    return [
        {
            "name": name,
            "weights": weights,
            "words": WORDS.get(name) if weights == known.get(name) else None,
        }
        for name, weights in study.asked.items()
    ]


def design_tables(designs: Sequence[Design]) -> dict[str, pd.DataFrame]:
    """Return the design matrices by the file they are written to.

    Parameters
    ----------
    designs : sequence of Design
        Of every run.

    Returns
    -------
    dict of str to DataFrame
        Column ``frame_time`` first.
    """
    tables = {}
    for design in designs:
        run = f"_run-{design.run}" if design.run else ""
        table = pd.DataFrame(design.matrix, columns=list(design.names))
        table.insert(0, "frame_time", design.frame_times)
        tables[f"designs/sub-{design.subject}{run}_design.tsv"] = table
    return tables


def truth_block(path: Path | None, group: Mapping[str, Any]) -> Content | None:
    """Hold the peaks against what was planted.

    A site is found where some peak of the contrast that it responds to lies within 8 mm of its
    center; a site of the overlap, where a peak of the overlap does.

    Parameters
    ----------
    path : Path or None
        What the simulation wrote.
    group : mapping
        The block ``group``.

    Returns
    -------
    dict or None
        The block ``truth``; None for data that nobody simulated.
    """
    if path is None:
        return None
    planted = json.loads(path.read_text(encoding="utf-8"))
    return {"source": path.name, "sites": [_site(site, group) for site in planted["targets"]]}


def _site(site: Mapping[str, Any], group: Mapping[str, Any]) -> Content:
    rows = _peaks_of(site["contrasts"], group)
    center = np.array(site["center"])
    near = [(float(np.linalg.norm([r["x"], r["y"], r["z"]] - center)), r) for r in rows]
    distance, peak = min(near, key=lambda pair: pair[0], default=(None, None))
    found = distance is not None and distance <= REACH
    return {
        "name": site["name"],
        "responds_to": site["responds_to"],
        "x": site["center"][0],
        "y": site["center"][1],
        "z": site["center"][2],
        "effect": site["effect"],
        "contrast": " and ".join(site["contrasts"]),
        "found": found,
        "distance": distance,
        "t": None if peak is None else peak.get("t"),
        "z_score": None if peak is None else peak.get("z_score", peak.get("statistic")),
    }


def _peaks_of(contrasts: Sequence[str], group: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if len(contrasts) == 1:
        return [r for m in group["maps"] if m["contrast"] == contrasts[0] for r in m["peaks"]]
    return [
        r
        for pair in group["overlap"]
        if {pair["first"], pair["second"]} == set(contrasts) and pair["how"] != "exclusive"
        for r in pair["peaks"]
    ]
