"""dolorimeter vitals evaluate."""

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


def _folds(_context: click.Context, _option: click.Parameter, text: str) -> int | str:
    if text == "leave-one-out":
        return text
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a number nor 'leave-one-out'") from None


@click.command()
@data_options
@window_options
@click.option(
    "--task",
    default="all",
    show_default=True,
    callback=split_names,
    help="direct, median-referenced, difference (several with commas), or all.",
)
@click.option("--models", callback=split_names, help="Models, with commas; see docs/guide.")
@click.option(
    "--folds",
    default="10",
    show_default=True,
    callback=_folds,
    help="Number of folds, or leave-one-out.",
)
@click.option(
    "--group",
    type=click.Choice(["patient", "stay"]),
    default="patient",
    show_default=True,
    help="What folds keep whole.",
)
@click.option(
    "--history",
    type=click.Choice(["none", "reports", "both"]),
    default="both",
    show_default=True,
    help="What is known at test time.",
)
@click.option("--vitals", callback=split_names, help="Vitals to use, with commas; all by default.")
@click.option(
    "--permutations",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Refits on exchanged label sequences (199 carries a claim; takes long).",
)
@click.option(
    "--null-bootstraps",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Replicates of the null models.",
)
@click.option(
    "--inflation/--no-inflation",
    default=True,
    show_default=True,
    help="Measure what looser designs add: folds of stays, whole-stay reference, smoothing.",
)
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@click.option("--jobs", type=int, default=-1, show_default=True, help="Threads; -1: all cores.")
@click.option("--out", required=True, type=click.Path(), help="Directory to create.")
@settings_option
@force_option
@json_option
def evaluate(
    data: str,
    source: str | None,
    mapping: str | None,
    stay: str,
    width: str,
    min_stay: str,
    task: tuple[str, ...],
    models: tuple[str, ...] | None,
    jobs: int,
    random_state: int,
    settings: tuple[str, ...],
    out: str,
    force: bool,
    as_json: bool,
    **design: Any,
) -> None:
    """Evaluate pain-state models on a hospital table, and say what may be claimed.

    \b
    Example:
      dolorimeter vitals evaluate mimic-iv-demo-meds --folds 10 --group patient --out out/
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.studies import TASKS, VitalsStudy

    refuse_existing(out, force)
    chosen: Any = {"models": models} if models else {}
    options = read_settings(settings)
    chosen["target_options"] = {k: v for k, v in options.items() if k in TASKS}
    chosen["model_options"] = {k: v for k, v in options.items() if k not in TASKS}
    study = VitalsStudy(task="all" if task == ("all",) else task, n_jobs=jobs, **chosen, **design)
    cohort = read_cohort(data, source, mapping, stay, width, min_stay)
    result = study.run(cohort, random_state=random_state)
    result.save(out, force=force)
    if as_json:
        print_json(result.to_dict())
    else:
        print_result(result, out)


def print_result(result: Any, out: str) -> None:
    """Print the summary, the tables, the claim, and what would test what was not tested."""
    from dolorimeter.audit import describe

    for sentence in result.summary:
        click.echo(f"- {sentence}")
    click.echo(f"\n{result.table_text}\n")
    if result.inflation_text:
        click.echo(f"What looser designs add to the VUS:\n{result.inflation_text}\n")
    click.echo(f"SCOPE     {result.claim.scope}")
    click.echo(describe(result.claim))
    for finding in result.claim.findings:
        if (finding.rule, finding.status) == ("V1", "unknown"):
            click.echo(f"REMEDY    {finding.analysis or 'all'}: {finding.remedy} [V1]")
    click.echo(f"\nwritten: {out} (open report.html)")
