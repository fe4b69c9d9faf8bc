"""dolorimeter learning …: one file a verb."""

from __future__ import annotations

import click

from .main import LazyGroup

VERBS = {
    "simulate": ".learning_simulate:simulate",
    "fit": ".learning_fit:fit",
    "recover": ".learning_recover:recover",
    "regressors": ".learning_regressors:regressors",
}


@click.group(cls=LazyGroup, verbs=VERBS)
def learning() -> None:
    """Learning from pain and relief (Seymour et al. 2005).

    \b
    Example:
      dolorimeter learning simulate --design relief2005 --subjects 19 --out sim/
      dolorimeter learning fit sim/ --out fit/
      dolorimeter learning recover sim/ --out recovery/
      dolorimeter learning regressors fit/ --bids sim/ --out derivatives/
    """
