"""dolorimeter imaging …: one file a verb."""

from __future__ import annotations

import click

from .main import LazyGroup

VERBS = {
    "simulate": ".imaging_simulate:imaging_simulate",
    "run": ".imaging_run:imaging_run",
}


@click.group(cls=LazyGroup, verbs=VERBS)
def imaging() -> None:
    """Find prediction errors in the brain: model-based fMRI (Seymour et al. 2005).

    \b
    Example:
      dolorimeter imaging simulate --out bidsdir/ --subjects 19
      dolorimeter imaging run bidsdir/study.yaml --out out/
    """
