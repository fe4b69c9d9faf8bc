"""dolorimeter vitals forecast."""

from __future__ import annotations

from typing import Any

import click

from .options import data_options, force_option, json_option, print_json


@click.command()
@click.argument("model", type=click.Path())
@data_options
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Windows ahead of the last one of each stay.",
)
@click.option(
    "--history",
    type=click.Choice(["none", "reports"]),
    default="none",
    show_default=True,
    help="reports: earlier pain reports are known too.",
)
@click.option("--out", required=True, type=click.Path(), help="Parquet file to create.")
@force_option
@json_option
def forecast(
    model: str,
    data: str,
    source: str | None,
    mapping: str | None,
    stay: str,
    steps: int,
    history: Any,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Forecast the pain class of the windows that follow each stay's last one.

    \b
    Example:
      dolorimeter vitals forecast model/direct/hmm mimic-iv-demo-meds --steps 3 --out next.parquet
    """
    from dolorimeter.studies import VitalsModel, save_table
    from dolorimeter.tables import read_events

    fitted = VitalsModel.load(model)
    events = read_events(data, source=source, mapping=mapping, stay=stay)
    table = fitted.forecast(fitted.windows(events), steps=steps, history=history)
    save_table(table, out, force=force)
    if as_json:
        print_json({"rows": len(table), "columns": list(table.columns), "out": out})
    else:
        click.echo(f"{len(table):,} forecasts written: {out}")
