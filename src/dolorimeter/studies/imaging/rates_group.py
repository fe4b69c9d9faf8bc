"""Learning rates and models of a group: maps, regions, comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from dolorimeter.core.containers import Floats
from dolorimeter.imaging import compare_models, group_rates, mean_test, permutation_test
from dolorimeter.studies.streams import stream

from .blocks import ModelMaps
from .design import ImagingStudy
from .group_stage import finite
from .rates import ALPHA, Grid, Masks, PersonRates, grids_of

SHOWN_P = 0.001  # of the held-out gain, for voxels that the map of rates shows
SCHEME = "each run left out in turn"
SELECTION = "the rate is chosen on the person's other runs and all other people's runs"
TEST = "the likelihood of the run left out, against the same design without the errors"


def rates_block(
    study: ImagingStudy,
    options: ModelMaps,
    people: Sequence[PersonRates],
    regions: Masks,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Bring people together.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    options : ModelMaps
        Grid and models.
    people : sequence of PersonRates
        Everybody.
    regions : mapping of str to ndarray of shape (v,), bool
        In the order of their columns.
    seed : int
        Of the study.

    Returns
    -------
    block : dict
        ``model_maps`` of results.json.
    maps : dict of str to ndarray of shape (v,)
        By file.
    """
    grids = grids_of(study, options)
    own = grids[0]
    weights = study.asked[options.contrast]
    maps = _brain(people, own)
    block: dict[str, Any] = {
        "parameter": ALPHA,
        "model": own.model,
        "contrast": options.contrast,
        "grid": own.rates.tolist(),
        "shown_p": SHOWN_P,
        "shown_voxels": int((maps["maps/best_alpha.nii.gz"] > 0).sum()),
        "regions": [],
        "comparison": None,
        "files": {"best_alpha": "maps/best_alpha.nii.gz", "gain": "maps/gain.nii.gz"},
        "note": f"{SCHEME}; {SELECTION}; {TEST}",
    }
    if regions:
        rated = {
            grid.model: group_rates(
                [p.regions[grid.model] for p in people],
                random_state=stream(seed, "rates", grid.model),
            )
            for grid in grids
        }
        gain = rated[own.model].gain
        family = _family_p(gain, study.group.permutations, stream(seed, "rates", "family"))
        block["regions"] = _region_rows(rated[own.model], regions, weights, family)
        if len(grids) > 1:
            block["comparison"] = _compared({m: r.gain for m, r in rated.items()}, regions)
    return block, maps


def _brain(people: Sequence[PersonRates], own: Grid) -> dict[str, Floats]:
    """Map the rate of the group where runs that were left out show that there is one."""
    total = np.sum([person.profile for person in people], axis=0)
    gains = np.stack([person.gain[own.model] for person in people])
    _, p = mean_test(gains, one_sided=True)
    known = np.isfinite(total).all(axis=0) & (p < SHOWN_P)
    best = own.rates[np.argmax(np.where(np.isfinite(total), total, -np.inf), axis=0)]
    return {
        "maps/best_alpha.nii.gz": np.where(known, best, 0.0),
        "maps/gain.nii.gz": np.nan_to_num(gains.mean(axis=0)),
    }


def _family_p(gain: Floats, permutations: int, rng: np.random.Generator) -> Floats | None:
    """Hold held-out gains of regions against flips of people's signs, family-wise."""
    if not permutations:
        return None
    return permutation_test(gain, n_permutations=permutations, random_state=rng).p_fwe


def _region_rows(
    found: Any, regions: Masks, weights: Mapping[str, float], family: Floats | None
) -> list[dict[str, Any]]:
    _, t, p = found.contrast(weights)
    return [
        {
            "region": name,
            "voxels": int(mask.sum()),
            "best": finite(found.best[i]),
            "ci95": [float(end) for end in found.interval[i]],
            "profile": [finite(float(x)) for x in found.profile[:, i]],
            "gain": finite(float(found.gain[:, i].mean())),
            "p_gain": finite(found.gain_p[i]),
            "p_gain_fwe": None if family is None else float(family[i]),
            "t_left_out": finite(t[i]),
            "p_left_out": finite(p[i]),
            "identified": bool(found.identified[i]),
            "reason": found.reasons[i].partition("identified: ")[2],
        }
        for i, (name, mask) in enumerate(regions.items())
    ]


def _compared(gains: Mapping[str, Floats], regions: Masks) -> dict[str, Any]:
    found = compare_models(gains)
    rows = []
    for i, name in enumerate(regions):
        blocks = [gains[model][:, i] for model in found.models]
        winner = int(found.winner[i])
        rows.append(
            {
                "region": name,
                "gain": [float(block.mean()) for block in blocks],
                "ci95": [_interval(block) for block in blocks],
                "p_difference": [finite(float(p)) for p in found.difference_p[:, i]],
                "best": None if winner < 0 else found.models[winner],
            }
        )
    return {
        "models": list(found.models),
        "reference": found.reference,
        "regions": rows,
        "scheme": SCHEME,
        "selection": SELECTION,
        "test": TEST,
    }


def _interval(values: Floats) -> list[float]:
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    reach = float(stats.t.isf(0.025, len(values) - 1)) * error
    return [float(values.mean()) - reach, float(values.mean()) + reach]
