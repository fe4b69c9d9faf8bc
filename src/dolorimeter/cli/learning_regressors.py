"""dolorimeter learning regressors."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json


@click.command()
@click.argument("fit", type=click.Path())
@click.option("--bids", required=True, type=click.Path(), help="The BIDS data set.")
@click.option("--spec", help="How events become trials; as for the fit without.")
@click.option("--model", help="One of the fit's models; its first without.")
@click.option(
    "--parameters",
    type=click.Choice(["default", "group"]),
    default="default",
    show_default=True,
    help="Fixed beforehand, or the group's estimate from --measure.",
)
@click.option("--measure", help="Whose estimate to take, with --parameters group.")
@click.option("--out", required=True, type=click.Path(), help="Folder of derivatives.")
@force_option
@json_option
def regressors(
    fit: str,
    bids: str,
    spec: str | None,
    model: str | None,
    parameters: str,
    measure: str | None,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Write values and prediction errors of every trial as BIDS derivatives.

    \b
    Example:
      dolorimeter learning regressors fit/ --bids sim/ --out derivatives/
    """
    from dolorimeter.studies.learning import (
        learning_regressors,
        read_learning,
        recorded_spec,
        write_regressors,
    )

    data = read_learning(bids, spec or recorded_spec(fit))
    trials, told = learning_regressors(data, fit, model, parameters, measure)
    folder = write_regressors(data, trials, told, out, force=force)
    if as_json:
        print_json({**told, "trials": len(trials), "out": str(folder)})
    else:
        settings = ", ".join(f"{k} = {v:g}" for k, v in told["parameters"].items())
        click.echo(f"{told['model']} ({settings}): {told['source']}")
        click.echo(f"written: {folder} ({len(trials):,} trials)")
