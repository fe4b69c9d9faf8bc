"""dolorimeter vitals infer."""

from __future__ import annotations

from typing import Any

import click

from .options import data_options, force_option, json_option, print_json


@click.command()
@click.argument("model", type=click.Path())
@data_options
@click.option(
    "--mode",
    type=click.Choice(["filter", "smooth", "viterbi"]),
    default="filter",
    show_default=True,
    help="filter is causal; smooth and viterbi look ahead.",
)
@click.option(
    "--history",
    type=click.Choice(["none", "reports"]),
    default="none",
    show_default=True,
    help="reports: earlier pain reports are known too (filter only).",
)
@click.option("--out", required=True, type=click.Path(), help="Parquet file to create.")
@force_option
@json_option
def infer(
    model: str,
    data: str,
    source: str | None,
    mapping: str | None,
    stay: str,
    mode: Any,
    history: Any,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Infer the pain class of every window with a saved model.

    \b
    Example:
      dolorimeter vitals infer out/model/direct/hmm mimic-iv-demo-meds --out posteriors.parquet
    """
    from dolorimeter.studies import VitalsModel, save_table
    from dolorimeter.tables import read_events

    fitted = VitalsModel.load(model)
    events = read_events(data, source=source, mapping=mapping, stay=stay)
    table = fitted.infer(fitted.windows(events), mode=mode, history=history)
    save_table(table, out, force=force)
    if as_json:
        print_json({"rows": len(table), "columns": list(table.columns), "out": out})
    else:
        click.echo(f"{len(table):,} windows written: {out}")
