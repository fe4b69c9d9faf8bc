"""dolorimeter learning recover."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json, split_names


@click.command()
@click.argument("data", metavar="[BIDS]", type=click.Path(), required=False)
@click.option("--design", default="relief2005", show_default=True, help="Without BIDS: a task.")
@click.option(
    "--subjects", type=click.IntRange(min=1), default=19, show_default=True, help="Without BIDS."
)
@click.option("--models", callback=split_names, help="Names with commas; five without.")
@click.option(
    "--simulations",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Simulated groups for each model.",
)
@click.option(
    "--correlation",
    type=click.FloatRange(-1, 1),
    default=0.19,
    show_default=True,
    help="Of measure and value within subjects (the paper's).",
)
@click.option("--spec", help="How events become trials: a preset or a YAML file.")
@click.option("--nuisance", callback=split_names, help="Taken out: trend, practice, run, cue.")
@click.option("--reset-runs", is_flag=True, help="Values start anew in each run.")
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@click.option("--out", required=True, type=click.Path(), help="Directory to create.")
@force_option
@json_option
def recover(
    data: str | None,
    design: str,
    subjects: int,
    models: tuple[str, ...] | None,
    simulations: int,
    correlation: float,
    spec: str | None,
    nuisance: tuple[str, ...] | None,
    reset_runs: bool,
    random_state: int,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Plant models in simulated measures on a design, and see whether they come back.

    Takes the trials of a BIDS data set, or, before there are any, of a task.

    \b
    Example:
      dolorimeter learning recover sim/ --models td,rw,dual-rate --out recovery/
      dolorimeter learning recover --design relief2005 --subjects 30 --out recovery/
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.learning import FitOptions, make_trials, read_design
    from dolorimeter.studies.learning import LearningStudy, read_learning, recover_learning

    refuse_existing(out, force)
    study = LearningStudy(nuisance=nuisance or (), reset_runs=reset_runs)  # checks the names
    if data is None:
        trials = make_trials(read_design(design, random_state), random_state, subjects)
        source = f"{design}, {subjects} people"
    else:
        trials, source = read_learning(data, spec).trials, data
    found = recover_learning(
        trials,
        models or study.models,
        simulations,
        correlation,
        options=FitOptions(nuisance=study.nuisance, reset_runs=reset_runs),
        source=source,
        random_state=random_state,
    )
    found.save(out, force=force)
    if as_json:
        print_json(found.to_dict())
    else:
        for sentence in found.summary:
            click.echo(f"- {sentence}")
        click.echo(f"\nwritten: {out} (open report.html)")
