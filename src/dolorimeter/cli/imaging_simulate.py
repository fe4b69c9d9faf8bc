"""dolorimeter imaging simulate."""

from __future__ import annotations

import click

from .options import force_option, json_option, print_json


@click.command("simulate")
@click.option(
    "--subjects", type=click.IntRange(min=2), default=19, show_default=True, help="People."
)
@click.option("--alpha", type=float, default=0.3, show_default=True, help="Learning rate, center.")
@click.option(
    "--effect",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Planted effects as a multiple of their documented size; 0: noise only.",
)
@click.option(
    "--tr",
    type=click.FloatRange(min=0.1),
    default=3.0,
    show_default=True,
    help="Repetition time, s.",
)
@click.option(
    "--voxel-size", type=click.FloatRange(min=2), default=6.0, show_default=True, help="In mm."
)
@click.option(
    "--random-state", type=click.IntRange(min=0), default=0, show_default=True, help="Seed."
)
@click.option("--out", required=True, type=click.Path(), help="BIDS data set to create.")
@force_option
@json_option
def imaging_simulate(
    subjects: int,
    alpha: float,
    effect: float,
    tr: float,
    voxel_size: float,
    random_state: int,
    out: str,
    force: bool,
    as_json: bool,
) -> None:
    """Simulate people who learn in a scanner: raw events, preprocessed images, planted truth.

    The data set holds study.yaml, ready for `dolorimeter imaging run`.

    \b
    Example:
      dolorimeter imaging simulate --out bidsdir/ --subjects 19
    """
    from dolorimeter.core.files import refuse_existing
    from dolorimeter.studies.imaging import save_simulated_imaging

    refuse_existing(out, force)
    told = save_simulated_imaging(
        out,
        n_subjects=subjects,
        alpha=alpha,
        effect=effect,
        repetition_time=tr,
        voxel_size=voxel_size,
        random_state=random_state,
        force=force,
    )
    if as_json:
        print_json({**told, "out": out})
    else:
        click.echo(
            f"{told['subjects']} subjects, {told['runs']} runs, {told['volumes']:,} volumes, "
            f"{told['voxels']:,} voxels; planted: {', '.join(told['sites'])}"
        )
        click.echo(f"written: {out} (next: dolorimeter imaging run {out.rstrip('/')}/study.yaml)")
