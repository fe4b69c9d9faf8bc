"""dolorimeter imaging run."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json, print_result


@click.command("run")
@click.argument("study_file", metavar="STUDY", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="Directory to create.")
@click.option(
    "--cache",
    type=click.Path(),
    help="Folder that keeps what was computed for each person: a run that was killed goes on.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="People at once; each takes memory for its runs.",
)
@click.option(
    "--random-state",
    type=click.IntRange(min=0),
    help="Seed; without it that of the study file, or 0.",
)
@force_option
@json_option
def imaging_run(
    study_file: str,
    out: str,
    cache: str | None,
    jobs: int,
    random_state: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Run a declared imaging study: designs, first levels, group, overlap, audit, report.

    STUDY is a YAML file that names a BIDS data set, its preprocessed images and the analysis
    (docs/formats/study-imaging.md).

    \b
    Example:
      dolorimeter imaging run bidsdir/study.yaml --cache cache/ --out out/
    """
    from pathlib import Path

    from dolorimeter.core.files import refuse_existing
    from dolorimeter.studies.imaging import read_imaging, read_study, refuse_cache_inside

    refuse_existing(out, force)
    refuse_cache_inside(cache, out)
    study, block, declared = read_study(study_file)
    data = read_imaging(block, root=Path(study_file).parent)
    seed = random_state if random_state is not None else declared
    result = study.run(data, 0 if seed is None else seed, cache=cache, n_jobs=jobs)
    result.save(out, force=force)
    if as_json:
        print_json(result.to_dict())
    else:
        print_result(result, out)
