"""dolorimeter decode run."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json, print_result


@click.command("run")
@click.argument("study_file", metavar="STUDY", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="Directory to create.")
@click.option(
    "--random-state",
    type=click.IntRange(min=0),
    help="Seed; without it that of the study file, or 0.",
)
@force_option
@json_option
def decode_run(
    study_file: str, out: str, random_state: int | None, force: bool, as_json: bool
) -> None:
    """Run a declared decoding study: cross-validate, compare, audit, report.

    STUDY is a YAML file that declares samples, objective and protocol
    (docs/formats/study-decoding.md).

    \b
    Example:
      dolorimeter decode run examples/decoding/signature.yaml --out out/
    """
    from pathlib import Path

    from dolorimeter.core.files import refuse_existing
    from dolorimeter.samples import samples_from
    from dolorimeter.studies.decoding import read_study

    refuse_existing(out, force)
    study, data, declared = read_study(study_file)
    samples = samples_from(data, root=Path(study_file).parent)
    seed = random_state if random_state is not None else declared
    result = study.run(samples, random_state=0 if seed is None else seed)
    result.save(out, force=force)
    if as_json:
        print_json(result.to_dict())
    else:
        print_result(result, out)
