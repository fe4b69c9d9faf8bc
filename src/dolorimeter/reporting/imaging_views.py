"""Which facts of an imaging study stand in which list of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block, counted
from .formats import count, is_absent, number, plain
from .imaging_words import cluster_p, model
from .study_views import UNKNOWN, Pairs, said
from .words import option, sentence_case

Results = Mapping[str, Any]


def data_facts(data: Results) -> Pairs:
    """List what is known of the images.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    list of (str, str)
        Names and values; what nobody recorded says so.
    """
    return [
        ("Derivatives", said(data, "derivatives")),
        ("Volumes a run", _span(block(data, "volumes"))),
        ("Repetition time", _unit(data.get("repetition_time"), "s")),
        ("Space", said(data, "space")),
        ("Voxels", said(data, "voxels")),
        ("Voxel size", _edges(data.get("voxel_size"))),
        ("Smoothing", _smoothing(data)),
    ]


def _span(volumes: Results) -> str:
    least, most = volumes.get("least"), volumes.get("most")
    if is_absent(least) or is_absent(most):
        return UNKNOWN
    return count(least) if least == most else f"{count(least)} to {count(most)}"


def _unit(value: Any, unit: str) -> str:
    return UNKNOWN if is_absent(value) else f"{option(value)} {unit}"


def _edges(size: Any) -> str:
    if not size or any(map(is_absent, size)):
        return UNKNOWN
    edges = [f"{edge:g}" for edge in size]
    return f"{edges[0] if len(set(edges)) == 1 else ' × '.join(edges)} mm"


def _smoothing(data: Results) -> str:
    if "smoothing" not in data:
        return UNKNOWN
    width = data["smoothing"]
    return "none" if is_absent(width) or width == 0 else f"{width:g} mm at half height"


def motion_numbers(data: Results) -> Pairs:
    """List the large numbers of the motion section.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    list of (str, str)
        Runs, volumes scrubbed and the largest displacements.
    """
    runs = data.get("motion") or ()
    means, most, scrubbed = (
        [run[key] for run in runs if not is_absent(run.get(key))]
        for key in ("mean_fd", "max_fd", "scrubbed")
    )
    return [
        *([("largest mean displacement of a run (mm)", number(max(means), 2))] if means else []),
        *([("largest displacement of a volume (mm)", number(max(most), 2))] if most else []),
        *([("volumes scrubbed", count(sum(scrubbed)))] if scrubbed else []),
    ]


def design_facts(results: Results) -> Pairs:
    """List how the study was designed.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of (str, str)
        Names and values, in the order of a study; empty where nothing was recorded.
    """
    design, learning = block(results, "design"), block(results, "learning")
    if not design and not learning:
        return []
    source = plain(learning.get("source") or "")
    high_pass = design.get("high_pass")
    cut = UNKNOWN if "high_pass" not in design else "none"
    return [
        ("Model of learning", model(results) or UNKNOWN),
        *([("Its parameters", source)] if source else []),
        ("Response", said(design, "hrf")),
        ("Derivatives of the response", _several(design, "derivatives")),
        ("Convolution", said(design, "convolution")),
        ("Orthogonalization", said(design, "orthogonalize")),
        ("High-pass cut-off", cut if is_absent(high_pass) else f"{high_pass:g} s"),
        ("Drift", said(design, "drift")),
        ("Confounds", _several(design, "confounds")),
        ("Scrubbed", _several(design, "scrub")),
        ("Noise", said(design, "noise")),
        ("Engine", said(design, "engine")),
        ("Scaling", said(design, "scaling")),
    ]


def _several(design: Results, key: str) -> str:
    """Write a list that may be empty on purpose."""
    return option(design[key]) if key in design else UNKNOWN


def group_facts(group: Results) -> Pairs:
    """List how the group was tested.

    Parameters
    ----------
    group : mapping
        The results' ``group``.

    Returns
    -------
    list of (str, str)
        Names and values.
    """
    subjects = group.get("subjects")
    if isinstance(subjects, (list, tuple)):
        subjects = len(subjects)
    permutations = group.get("permutations")
    return [
        ("Test", said(group, "test")),
        *([("Direction", plain(group["direction"]))] if group.get("direction") else []),
        ("Subjects", UNKNOWN if is_absent(subjects) else count(subjects)),
        ("Covariates", _several(group, "covariates")),
        ("Threshold of the maps", cluster_p(group)),
        ("Least extent", _extent(group.get("extent"))),
        ("Permutations", "none" if permutations == 0 else said(group, "permutations")),
        ("Threshold-free cluster enhancement", said(group, "tfce")),
        ("Seed", said(group, "random_state")),
    ]


def _extent(extent: Any) -> str:
    return UNKNOWN if is_absent(extent) else counted(extent, "voxel")


def software(results: Results) -> Pairs:
    """List the software behind the results.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of (str, str)
        Names and versions.
    """
    return [(plain(k), option(v)) for k, v in block(results, "software").items()]


def truth_numbers(truth: Results) -> Pairs:
    """List the large numbers of the section on planted truth.

    Parameters
    ----------
    truth : mapping
        The results' ``truth``.

    Returns
    -------
    list of (str, str)
        How many sites were found, and how far off at most.
    """
    sites = truth.get("sites") or ()
    hits = [site for site in sites if site.get("found") is True]
    far = [site["distance"] for site in hits if not is_absent(site.get("distance"))]
    return [
        (f"of {counted(len(sites), 'planted site')} found", count(len(hits))),
        *([("farthest peak of those found (mm)", number(max(far), 1))] if far else []),
    ]


def heading(name: Any, otherwise: str) -> str:
    """Turn a name out of the results into a heading.

    Parameters
    ----------
    name : str
        Contrast or region.
    otherwise : str
        For a name that is missing.

    Returns
    -------
    str
        Such as ``"Appetitive error"``.
    """
    return sentence_case(name or otherwise)
