"""dolorimeter decode study-pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import json_option, print_json

if TYPE_CHECKING:
    from dolorimeter.studies.study_pattern import StudyPatternResult

MEASURES = ("dot", "cosine", "correlation")
UNDECLARED = (
    "Signs may be flipped study by study only if nobody took part in two of them, which maps "
    "cannot tell: if so, declare it with --separate-people."
)


@click.command("study-pattern")
@click.argument("folder", type=click.Path())
@click.option(
    "--coarsen",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Average cubes of so many voxels an edge.",
)
@click.option(
    "--weighting",
    type=click.Choice(["equal", "sample-size"]),
    default="equal",
    show_default=True,
    help="What each study counts in the others' pattern.",
)
@click.option(
    "--flips",
    type=click.IntRange(min=1),
    default=9999,
    show_default=True,
    help="Draws of signs for the null.",
)
@click.option(
    "--separate-people",
    is_flag=True,
    help="Declare that nobody took part in two studies: the null needs it, maps cannot tell.",
)
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@json_option
def study_pattern(
    folder: str,
    coarsen: int,
    weighting: Any,
    flips: int,
    separate_people: bool,
    random_state: int,
    as_json: bool,
) -> None:
    """Express the pattern that studies share in each study left out, and audit that.

    FOLDER holds mask.nii.gz, samplesize.csv and one group map a study (docs/formats/samples.md,
    reader group-maps). Nothing is written.

    \b
    Example:
      dolorimeter decode study-pattern ../shared/data/pain21-neurovault1425 --coarsen 4
    """
    from dolorimeter.samples import read_samples
    from dolorimeter.studies.study_pattern import study_pattern as express

    samples = read_samples(folder, "group-maps", averaged="sample_size", coarsen=coarsen)
    result = express(samples, weighting, flips, separate_people, random_state)
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result, separate_people)


def _print(result: StudyPatternResult, separate_people: bool) -> None:
    from dolorimeter.audit import describe
    from dolorimeter.studies.study_pattern import CAVEAT

    patterns = result.patterns
    width = max(len(name) for name in ("mean over studies", *result.studies))
    click.echo(f"{len(result.studies)} studies, {result.n_voxels:,} features; {result.source}")
    click.echo(f"\n{'study':<{width}}  people{''.join(f'{name:>14}' for name in MEASURES)}")
    for i, (study, people) in enumerate(zip(result.studies, result.people, strict=True)):
        values = {name: patterns.expression[name][i] for name in MEASURES}
        click.echo(f"{study:<{width}}  {people or '?':>6}{_cells(values)}")
    null = {name: float(patterns.null[name].mean()) for name in MEASURES}
    click.echo(f"{'mean over studies':<{width}}  {'':>6}{_cells(patterns.mean)}")
    click.echo(f"{'mean of the null':<{width}}  {'':>6}{_cells(null)}")
    p_values = "".join(f"{patterns.p_value[name]:>14.4f}" for name in MEASURES)
    click.echo(f"{'p of sign flips':<{width}}  {'':>6}{p_values}")
    click.echo(f"\n{CAVEAT}\n\n{describe(result.claim)}")
    if not separate_people:
        click.echo(f"\n{UNDECLARED}")


def _cells(values: dict[str, float]) -> str:
    return f"{values['dot']:>14.5g}{values['cosine']:>14.3f}{values['correlation']:>14.3f}"
