"""Summary and methods of an imaging study, every number from the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dolorimeter.studies.words import p_words

Content = Mapping[str, Any]


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    Parameters
    ----------
    names : sequence of str
        Any number.

    Returns
    -------
    str
        ``"a, b and c"``.
    """
    *rest, last = names or ("nothing",)
    return f"{', '.join(rest)} and {last}" if rest else last


def file_name(name: str) -> str:
    """Return a name that every file system takes.

    Parameters
    ----------
    name : str
        Of a contrast or region.

    Returns
    -------
    str
        Letters, digits and hyphens.
    """
    return "".join(letter if letter.isalnum() else "-" for letter in name).strip("-") or "unnamed"


def at_words(peak: Content) -> str:
    """Say where a peak is and how high.

    Parameters
    ----------
    peak : mapping
        Row of a table of peaks.

    Returns
    -------
    str
        ``"t = 7.12 at (-24, -2, -20) mm, Amygdala_L"``.
    """
    height = f"t = {peak['t']:.2f}" if "t" in peak else f"z = {peak['statistic']:.2f}"
    where = f" at ({peak['x']:g}, {peak['y']:g}, {peak['z']:g}) mm"
    label = peak.get("label")
    return height + where + (f", {label}" if label else "")


def contrast_words(content: Content, name: str) -> str:
    """Say what a contrast is.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.
    name : str
        Of the contrast.

    Returns
    -------
    str
        ``"the contrast 'relief' (error_A)"``, with the model's name where there is one.
    """
    (weights,) = (row["weights"] for row in content["contrasts"] if row["name"] == name)
    terms = " ".join(
        f"{'-' if w < 0 else '+'} {abs(w):g} {column}" for column, w in weights.items()
    ).removeprefix("+ ")
    model = content["learning"]
    of = f" of the model {model['model']!r}, {model['source']}" if model else ""
    return f"the contrast {name!r} ({terms}){of}"


def more_words(content: Content) -> str:
    """Say between whom a contrast was compared.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    str
        ``" more in controls than in patients"``; empty for one group.
    """
    groups = content["group"].get("groups")
    return f" more in {groups[0]['name']} than in {groups[1]['name']}" if groups else ""


def summarize(content: Content) -> list[str]:
    """Say what a run found.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Plain sentences.
    """
    data, group = content["data"], content["group"]
    first = (
        f"{len(data['subjects'])} subjects, {data['runs']:,} runs, {data['voxels']:,} voxels; "
        f"{len(data['left_out'])} subjects or runs not used, {len(data['notices']):,} notices "
        "about the files."
    )
    rest = [sentence for found in group["maps"] for sentence in _contrast(group, found)]
    overlaps = [_overlap(pair) for pair in group["overlap"]]
    return [
        first, *_compared(group), *rest, *overlaps, *_rates(content), *_truth(content),
        *_warned(content),
    ]  # fmt: skip


def _compared(group: Content) -> Iterator[str]:
    """Say the direction of a comparison, and what limits the p-values."""
    if group["direction"]:
        sizes = listed([f"{row['subjects']} {row['name']}" for row in group["groups"]])
        yield (
            f"Maps are of {group['direction']} ({sizes}); the opposite direction is not tested: it "
            "is that of contrasts with negated weights."
        )
    for note in group["notes"]:
        yield f"{note[:1].upper()}{note[1:]}."


def _contrast(group: Content, found: Content) -> Iterator[str]:
    name, peaks = found["contrast"], found["peaks"]
    if not peaks:
        extent = f"{group['extent']} contiguous voxels at p < {group['cluster_p']:g}"
        yield f"{name}: no cluster of {extent}."
        return
    main = [row for row in peaks if row["peak"] == 0]
    family = found["n_fwe"]
    told = "" if family is None else f"; {family:,} voxels at family-wise p < 0.05"
    yield f"{name}: {len(main)} clusters, the largest {at_words(main[0])}{told}."
    regions = [row for row in found["regions"] if row["found"]]
    if regions:
        each = "; ".join(f"{row['region']} {_small_volume(row)}" for row in regions)
        yield f"{name}, regions named before at p < {group['cluster_p']:g}: {each}."


def _small_volume(row: Content) -> str:
    p = row["p_svc"]
    told = "" if p is None else f", family-wise over the regions {p_words(p)}"
    return f"({row['x']:g}, {row['y']:g}, {row['z']:g}) t = {row['t']:.2f}{told}"


def _overlap(pair: Content) -> str:
    names = f"{pair['first']} and {pair['second']} ({pair['how']}, p < {pair['p']:g} each)"
    where = f", {at_words(pair['peaks'][0])}" if pair["peaks"] else ""
    return f"{names}: {pair['voxels']:,} voxels{where}."


def _rates(content: Content) -> Iterator[str]:
    block = content["model_maps"]
    for row in () if block is None else block["regions"]:
        if row["identified"]:
            interval = f"95 % interval {row['ci95'][0]:g} to {row['ci95'][1]:g}"
            yield f"{row['region']} follows {block['parameter']} = {row['best']:g} ({interval})."
        else:
            yield f"{row['region']}: {block['parameter']} NOT identified: {row['reason']}."


def _truth(content: Content) -> Iterator[str]:
    if content["truth"] is None:
        return
    sites = content["truth"]["sites"]
    found = [site for site in sites if site["found"]]
    worst = max((site["distance"] for site in found), default=float("nan"))
    far = f", at most {worst:.1f} mm away" if found else ""
    yield f"Of {len(sites)} planted sites {len(found)} were found{far}."


def _warned(content: Content) -> Iterator[str]:
    warned = content["design"]["warnings"]
    if warned:
        yield f"{len(warned)} warnings about the design: {warned[0]}"


def methods(content: Content) -> list[str]:
    """Write the methods, ready to paste.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Paragraphs.
    """
    return [_data(content), *_model(content), _first_level(content), _group(content)]


def _data(content: Content) -> str:
    data = content["data"]
    size = " x ".join(f"{edge:g}" for edge in data["voxel_size"])
    volumes = data["volumes"]
    length = f"{volumes['least']}" if volumes["least"] == volumes["most"] else (
        f"{volumes['least']} to {volumes['most']}"
    )  # fmt: skip
    smoothed = "not smoothed"
    if data["smoothing"]:
        width = f"{data['smoothing']:g} mm full width at half maximum"
        smoothed = f"smoothed with a Gaussian of {width}"
    return (
        f"We analysed preprocessed images of {len(data['subjects'])} people ({data['runs']:,} runs "
        f"of {length} volumes, repetition time {data['repetition_time']:g} s) in the space "
        f"{data['space']}, {data['voxels']:,} voxels of {size} mm, {smoothed}, "
        f"with dolorimeter {content['version']} and nilearn "
        f"{content['software']['nilearn']}, random state {content['group']['random_state']}."
    )


def _model(content: Content) -> Iterator[str]:
    model = content["learning"]
    if model:
        settings = ", ".join(f"{k} = {v:g}" for k, v in model["parameters"].items())
        yield (
            f"Values and prediction errors are those of the model {model['model']!r} "
            f"({model['label']}; {settings}; {model['source']}), following Seymour et al. (2005)."
        )


def _first_level(content: Content) -> str:
    design = content["design"]
    modulated = [row for row in design["regressors"] if row["modulator"]]
    plain = [row["name"] for row in design["regressors"] if not row["modulator"]]
    weighted = "; ".join(
        f"{row['name']} ({row['modulator']} at {listed(row['at'])}"
        + (f" of {listed(row['cues'])}" if row["cues"] else "")
        + ")"
        for row in modulated
    )
    drift = f"{design['drift']} drifts of {design['high_pass']:g} s" if design["high_pass"] else (
        "no drifts"
    )  # fmt: skip
    scrub = (
        f"; frames beyond {_limits(design['scrub'])} had a column each" if design["scrub"] else ""
    )
    basis = listed([f"{d} derivative" for d in design["derivatives"]] or ["no derivative"])
    noise = {"ar1": "first-order autoregressive noise", "ols": "white noise"}[design["noise"]]
    return (
        f"The design of each run held the events {listed(plain)} and the parametric modulators "
        f"{weighted or 'none'}, each less its mean, orthogonalized: {design['orthogonalize']}, "
        f"convolved with the {design['hrf']} response ({basis}), "
        f"{drift}, and confounds: {listed(design['confounds'])}{scrub}. It was fitted with {noise}."
    )


def _limits(scrub: Content) -> str:
    return listed([f"{name} {value:g}" for name, value in scrub.items()])


def _group(content: Content) -> str:
    group = content["group"]
    told = "no family-wise p-values"
    if group["permutations"]:
        n = len(group["maps"])
        over = f"voxels and {n} contrasts" if n > 1 else "voxels"
        told = (
            f"family-wise p-values from {group['permutations']:,} exchanges ({group['exchanged']}; "
            f"{group['assumed']} assumed) of the largest t; claims rest on the largest over {over}"
        )
        if group["searches"] > 1:
            told += ", times 2 for brain and regions"
    covariates = f", covariates {listed(group['covariates'])}" if group["covariates"] else ""
    direction = f" ({group['direction']})" if group["direction"] else ""
    return (
        f"Contrasts of {group['subjects']} people went into a {group['test']} t "
        f"test{direction}{covariates}, "
        f"one-sided. Clusters are those of at least {group['extent']} voxels at uncorrected "
        f"p < {group['cluster_p']:g}, with {told}."
    )
