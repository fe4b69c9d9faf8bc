"""dolorimeter vitals summarize."""

from __future__ import annotations

from typing import Any

import click

from .options import data_options, json_option, print_json, read_cohort, window_options


@click.command()
@data_options
@window_options
@json_option
def summarize(
    data: str,
    source: str | None,
    mapping: str | None,
    stay: str,
    width: str,
    min_stay: str,
    as_json: bool,
) -> None:
    """Count patients, stays, windows, what is observed, and all that cleaning touched.

    \b
    Example:
      dolorimeter vitals summarize mimic-iv-demo-meds --min-stay 48h
    """
    from dolorimeter.tables import summarize_cohort

    summary = summarize_cohort(read_cohort(data, source, mapping, stay, width, min_stay)).to_dict()
    if as_json:
        print_json(summary)
    else:
        _print(summary)


def _print(summary: dict[str, Any]) -> None:
    for name in ("patients", "stays", "windows", "windows_with_pain"):
        click.echo(f"{name.replace('_', ' '):<20}{summary[name]:>10,}")
    click.echo("\npercent of windows in which it was observed")
    for name, percent in summary["percent_present"].items():
        click.echo(f"  {name:<18}{percent:>9.1f}%")
    click.echo("\ncleaning ledger")
    for entry in summary["ledger"]:
        click.echo(
            f"  {entry['variable']:<18}{entry['reason']}: {entry['count']:,} ({entry['action']})"
        )
    click.echo("\noutliers by the paper's rule, on all data")
    for name, count in summary["outliers"].items():
        click.echo(f"  {name:<18}{count:>10,}")
