"""dolorimeter vitals fit."""

from __future__ import annotations

from typing import Any

import click

from .options import (
    data_options,
    force_option,
    json_option,
    print_json,
    read_cohort,
    read_settings,
    settings_option,
    split_names,
    window_options,
)


@click.command()
@data_options
@window_options
@click.option(
    "--task",
    default="direct",
    show_default=True,
    type=click.Choice(["direct", "median-referenced", "difference"]),
)
@click.option("--model", default="hmm", show_default=True, help="hmm, hmm-labelled, chain, nb, …")
@click.option(
    "--reference",
    type=click.Choice(["stay", "causal"]),
    default=None,
    help="Of the median-referenced task; causal for live use.",
)
@click.option("--vitals", callback=split_names, help="Vitals to use, with commas; all by default.")
@click.option("--random-state", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", required=True, type=click.Path(), help="Directory of the model to create.")
@settings_option
@force_option
@json_option
def fit(
    data: str,
    source: str | None,
    mapping: str | None,
    stay: str,
    width: str,
    min_stay: str,
    task: Any,
    model: str,
    reference: str | None,
    vitals: tuple[str, ...] | None,
    random_state: int,
    settings: tuple[str, ...],
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Fit one model on all stays and save it, with its transform and window inside.

    \b
    Example:
      dolorimeter vitals fit mimic-iv-demo-meds --task direct --model hmm --out model/
    """
    from dolorimeter.core import InputError
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.studies import fit_vitals_model, make_target

    refuse_existing(out, force)
    given = read_settings(settings)
    unknown = set(given) - {task, model}
    if unknown:
        raise InputError("--set", min(unknown), f"options of {task} or {model}")
    options = given.get(task, {}) | ({"reference": reference} if reference else {})
    target = make_target(task, options)
    cohort = read_cohort(data, source, mapping, stay, width, min_stay)
    fitted = fit_vitals_model(
        cohort, target, model, vitals=vitals, options=given.get(model), random_state=random_state
    )
    fitted.save(out, force=force)
    if as_json:
        print_json({"model": out, **fitted.describe()})
    else:
        click.echo(fitted.summary)
        click.echo(f"written: {out}")
