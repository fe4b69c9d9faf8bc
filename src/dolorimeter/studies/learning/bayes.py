"""Full Bayes beside the fits by likelihood, as results.json holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.core import Trials, progress
from dolorimeter.learning import FitOptions, Sampling, fit_bayes
from dolorimeter.learning.bayes_recursion import DIFFERENTIABLE
from dolorimeter.studies.streams import stream

from .data import PREFERENCE

Content = Mapping[str, Any]


def add_bayes(
    fits: dict[str, Any], trials: Trials, options: FitOptions, sampling: Sampling, seed: int
) -> dict[str, Any]:
    """Sample every model of value on every measure of single trials.

    Parameters
    ----------
    fits : dict
        The block ``"fits"``; entries get a block ``"bayes"``, None where it cannot be.
    trials : Trials
        Of all subjects.
    options : FitOptions
        How models are held against measures.
    sampling : Sampling
        Chains and draws.
    seed : int
        Of everything random.

    Returns
    -------
    dict
        The same.
    """
    pairs = [(measure, model) for measure, models in fits.items() for model in models]
    for measure, model in progress(pairs, "Sampling posteriors"):
        block = None
        if measure != PREFERENCE and model in DIFFERENTIABLE:
            rng = stream(seed, "bayes", model, measure)
            found = fit_bayes(
                trials, model, measure, options=options, sampling=sampling, random_state=rng
            )
            block = found.to_dict()
        fits[measure][model]["bayes"] = block
    return fits


def bayes_sentences(content: Content) -> Iterator[str]:
    """Say what full Bayes found, or why it is not to be read.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Yields
    ------
    str
        A sentence a measure and model.
    """
    for measure, model, block in bayes_of(content):
        if block is None:
            yield f"{measure}, {model}: no full Bayes for choices or models that count."
            continue
        if not block["trusted"]:
            yield f"{measure}, {model}: the full Bayes fit is NOT to be trusted. {block['reason']}"
            continue
        said = ", ".join(
            f"{name} {row['mean']:.2f} (95 % {row['ci95'][0]:.2f} to {row['ci95'][1]:.2f})"
            for name, row in block["group"].items()
            if name in content["fits"][measure][model]["parameters"]
        )
        yield f"{measure}, {model}: posterior of the group by full Bayes: {said}. {block['reason']}"


def bayes_methods(content: Content) -> Iterator[str]:
    """Write the methods of full Bayes, ready to paste.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Yields
    ------
    str
        A paragraph, or nothing.
    """
    block = next((found for _, _, found in bayes_of(content) if found is not None), None)
    if block is None:
        return
    p = block["priors"]
    yield (
        "Models of value were also fitted to measures of single trials by full Bayes (NumPyro, "
        f"No-U-Turn sampler, {block['chains']} chains of {block['draws']:,} draws after "
        f"{block['warm_up']:,} of warm-up). Learning parameters of people were normal on the logit "
        f"scale around the group's (prior of the mean: normal, {p['logit_location']:g} and "
        f"{p['logit_scale']:g}; of the deviation: half-normal, {p['logit_deviation']:g}); slopes "
        f"of standardized measures on standardized quantities likewise (0 and {p['slope_scale']:g};"
        f" {p['slope_deviation']:g}), and logarithms of the noise (0 and {p['noise_scale']:g}; "
        f"{p['noise_deviation']:g}); intercepts had flat priors. A fit was trusted with rank-"
        "normalized split R-hat below 1.01 and bulk effective sample size above 400 for every "
        "parameter of group and people, and no divergence (Vehtari et al. 2021). No claim rests "
        "on it."
    )


def bayes_of(content: Content) -> Iterator[tuple[str, str, Any]]:
    """Find the blocks of full Bayes.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Yields
    ------
    measure, model : str
        Names.
    block : mapping or None
        None where full Bayes was asked for and cannot be.
    """
    for measure, models in content["fits"].items():
        for model, fit in models.items():
            if "bayes" in fit:
                yield measure, model, fit["bayes"]
