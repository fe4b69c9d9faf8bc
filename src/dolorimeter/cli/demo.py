"""dolorimeter demo."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json


@click.command()
@click.option(
    "--out", default="demo-out", show_default=True, type=click.Path(), help="Directory to create."
)
@click.option(
    "--signal",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="How strongly pain moves the simulated vitals; 0: not at all.",
)
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@force_option
@json_option
def demo(out: str, signal: float, random_state: int, force: bool, as_json: bool) -> None:
    """Simulate a cohort of the paper's shape and walk it down the whole road to a report.

    \b
    Example:
      dolorimeter demo --out demo-out
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.studies import VitalsStudy
    from dolorimeter.tables import make_windows, simulate_cohort

    from .vitals_evaluate import print_result

    refuse_existing(out, force)
    cohort = make_windows(
        simulate_cohort(signal=signal, random_state=random_state), width="2h", min_stay="48h"
    )
    result = VitalsStudy().run(cohort, random_state=random_state)
    result.save(out, force=force)
    if as_json:
        print_json(result.to_dict())
    else:
        print_result(result, out)
