"""dolorimeter decode reverse-inference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option, print_json

if TYPE_CHECKING:
    from dolorimeter.decoding.reverse_inference import ReverseInference

RATE = click.FloatRange(0.0, 1.0)


@click.command("reverse-inference")
@click.option("--sensitivity", type=RATE, required=True, help="P(pattern | pain).")
@click.option("--specificity", type=RATE, required=True, help="P(no pattern | no pain).")
@click.option("--base-rate", type=RATE, required=True, help="P(pain) where it is to be used.")
@click.option("--n-pain", type=float, help="Independent tests in pain, for an interval.")
@click.option("--n-other", type=float, help="Independent tests without pain, for an interval.")
@json_option
def reverse_inference(
    sensitivity: float,
    specificity: float,
    base_rate: float,
    n_pain: float | None,
    n_other: float | None,
    as_json: bool,
) -> None:
    """Tell how probable pain is, once its pattern is seen.

    \b
    Example:
      dolorimeter decode reverse-inference --sensitivity .9 --specificity .8 --base-rate .1 \\
          --n-pain 40 --n-other 80
    """
    from dolorimeter.decoding.reverse_inference import reverse_inference as infer

    found = infer(base_rate, sensitivity, specificity, n_pain, n_other)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)


def _print(found: ReverseInference) -> None:
    if found.probability is None:
        click.echo("P(pain | pattern) is not defined: such a pattern never occurs.")
        return
    click.echo(f"P(pain | pattern)   {found.probability:.3f}{_between(found.ci95)}")
    click.echo(f"base rate           {found.base_rate:.3f}   (taken as known)")
    if found.bayes_factor is not None:
        interval = _between(found.bayes_factor_ci95)
        click.echo(f"Bayes factor        {found.bayes_factor:.3f}{interval}")
    click.echo("\nbase rate   P(pain | pattern)")
    for prior, probability in found.curve:
        if round(prior * 100) in (1, 5, 10, 20, 30, 50, 70, 90, 99) and probability is not None:
            click.echo(f"{prior:>9.2f}{probability:>20.3f}")


def _between(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    return f"   (95 % interval {interval[0]:.3f} to {interval[1]:.3f})"
