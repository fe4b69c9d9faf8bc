"""The verbs of the vital-signs study."""

from __future__ import annotations

import click

from .main import LazyGroup

VERBS = {
    "summarize": ".vitals_summarize:summarize",
    "evaluate": ".vitals_evaluate:evaluate",
    "fit": ".vitals_fit:fit",
    "infer": ".vitals_infer:infer",
    "forecast": ".vitals_forecast:forecast",
}


@click.group(cls=LazyGroup, verbs=VERBS)
def vitals() -> None:
    """Pain states from vital signs (Panaggio et al. 2021).

    \b
    Example:
      dolorimeter vitals summarize mimic-iv-demo-meds
    """
