"""dolorimeter learning fit."""

from __future__ import annotations

from typing import Any

import click

from .options import force_option, json_option, print_json, print_result, split_names


@click.command()
@click.argument("data", metavar="BIDS", type=click.Path())
@click.option("--models", callback=split_names, help="Names with commas; by default by the task.")
@click.option(
    "--measure",
    "measures",
    callback=split_names,
    help="Names with commas (rt,heart-rate,preference,…); by default all that the data have.",
)
@click.option("--spec", help="How events become trials: a preset or a YAML file.")
@click.option("--preferences", type=click.Path(), help="Table of choices (TSV).")
@click.option(
    "--calibration", type=click.Path(), help="Table of temperatures tried; else in sourcedata/."
)
@click.option(
    "--ratings", type=click.Path(), help="Table of ratings before and after; else in sourcedata/."
)
@click.option(
    "--participants", type=click.Path(), help="Table of screening and awareness; else as above."
)
@click.option("--leave-out", callback=split_names, help="Subjects who are not used.")
@click.option("--bootstrap", type=click.IntRange(min=0), default=1000, show_default=True)
@click.option("--permutations", type=click.IntRange(min=0), default=999, show_default=True)
@click.option(
    "--recovery",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Simulated groups for parameter and model recovery.",
)
@click.option("--nuisance", callback=split_names, help="Taken out: trend, practice, run, cue.")
@click.option(
    "--exchange",
    type=click.Choice(["signs", "trials"]),
    help="For p-values: signs of people's correlations (default from 8 people on), or trials.",
)
@click.option("--reset-runs", is_flag=True, help="Values start anew in each run.")
@click.option(
    "--bayes", is_flag=True, help="Full Bayes besides, some 20 s a model and measure (extra bayes)."
)
@click.option(
    "--bayes-draws",
    type=click.IntRange(min=8),
    default=1000,
    show_default=True,
    help="Of each of four chains, after as many of warm-up.",
)
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@click.option("--out", required=True, type=click.Path(), help="Directory to create.")
@force_option
@json_option
def fit(
    data: str,
    models: tuple[str, ...] | None,
    measures: tuple[str, ...] | None,
    spec: str | None,
    preferences: str | None,
    calibration: str | None,
    ratings: str | None,
    participants: str | None,
    leave_out: tuple[str, ...] | None,
    bootstrap: int,
    permutations: int,
    recovery: int,
    nuisance: tuple[str, ...] | None,
    exchange: Any,
    reset_runs: bool,
    bayes: bool,
    bayes_draws: int,
    random_state: int,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Fit learning models to the behaviour in a BIDS data set, and say what may be claimed.

    \b
    Example:
      dolorimeter learning fit sim/ --models td,rw --measure rt,heart-rate,preference --out fit/
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.learning import Sampling
    from dolorimeter.studies.learning import LearningStudy, read_learning

    refuse_existing(out, force)
    read = read_learning(
        data, spec, preferences, leave_out or (),
        calibration=calibration, ratings=ratings, participants=participants,
    )  # fmt: skip
    study = LearningStudy(
        models=models or (),
        measures=measures,
        n_bootstrap=bootstrap,
        permutations=permutations,
        recovery=recovery,
        nuisance=nuisance or (),
        exchange=exchange,
        reset_runs=reset_runs,
        bayes=Sampling(warm_up=bayes_draws, draws=bayes_draws) if bayes else None,
    )
    result = study.run(read, random_state=random_state)
    result.save(out, force=force)
    if as_json:
        print_json(result.to_dict())
    else:
        print_result(result, out)
