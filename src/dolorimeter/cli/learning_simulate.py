"""dolorimeter learning simulate."""

from __future__ import annotations

from typing import Any

import click

from .options import force_option, json_option, print_json


@click.command()
@click.option(
    "--design", default="relief2005", show_default=True, help="A preset, or a task file (YAML)."
)
@click.option("--subjects", type=click.IntRange(min=1), default=19, show_default=True)
@click.option("--model", default="td", show_default=True, help="How they learn.")
@click.option("--alpha", type=float, help="Learning rate at the center; the model's own without.")
@click.option(
    "--correlation",
    type=click.FloatRange(-1, 1),
    help="Of every measure with the value, within subjects; 0.19 without (the paper's).",
)
@click.option("--spread", type=float, default=0.3, show_default=True, help="Over subjects, logit.")
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@click.option("--out", required=True, type=click.Path(), help="BIDS data set to create.")
@force_option
@json_option
def simulate(
    design: str,
    subjects: int,
    model: str,
    alpha: float | None,
    correlation: float | None,
    spread: float,
    random_state: int,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Simulate people who learn a Pavlovian task, and write them as a BIDS data set.

    Events lie in sub-*/func; choices, calibration, ratings, the task and the planted truth under
    sourcedata.

    \b
    Example:
      dolorimeter learning simulate --design relief2005 --subjects 19 --out sim/
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.learning import simulate_learning
    from dolorimeter.studies.learning import save_simulated

    refuse_existing(out, force)
    planted: Any = {} if alpha is None else {"alpha": alpha}
    names = ("rt", "heart-rate", "pain", "pleasantness")
    study = simulate_learning(
        design,
        subjects,
        model,
        spread=spread,
        correlations=None if correlation is None else dict.fromkeys(names, correlation),
        random_state=random_state,
        **planted,
    )
    save_simulated(study, out, force=force)
    said = {
        "subjects": subjects,
        "trials": len(study.trials),
        "measures": sorted(study.trials.measures),
        "model": model,
        "out": out,
    }
    if as_json:
        print_json(said)
    else:
        click.echo(f"{subjects} subjects, {len(study.trials):,} trials, model {model}")
        click.echo(f"written: {out} (truth in {out.rstrip('/')}/sourcedata/truth.json)")
