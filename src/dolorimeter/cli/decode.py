"""dolorimeter decode …: one file a verb."""

from __future__ import annotations

import click

from .main import LazyGroup

VERBS = {
    "run": ".decode_run:decode_run",
    "apply": ".decode_apply:apply",
    "study-pattern": ".decode_study_pattern:study_pattern",
    "reverse-inference": ".decode_reverse_inference:reverse_inference",
}


@click.group(cls=LazyGroup, verbs=VERBS)
def decode() -> None:
    """Decode pain from samples (trials by features), and say what the protocol can carry.

    \b
    Example:
      dolorimeter decode run examples/decoding/signature.yaml --out out/
    """
