"""dolorimeter decode apply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import force_option, json_option, print_json

if TYPE_CHECKING:
    import pandas as pd

    from dolorimeter.decoding.signature import AppliedSignature

UNITS = {
    "dot": "It keeps amplitude, and its size depends on the grid and on the scale of both maps.",
    "cosine": "It lies within -1 and 1 and ignores the size of an image.",
    "correlation": "It lies within -1 and 1 and ignores size and offset of an image.",
}
CAVEAT = (
    "Expression says how far an image points along the map. It is no probability of pain and no "
    "prediction: what else would raise it (other salient stimuli, movement, the scale of the "
    "images) was not tested here (C2, C5, S1)."
)


@click.command()
@click.argument("weights", type=click.Path())
@click.argument("images", type=click.Path(), nargs=-1, required=True)
@click.option("--mask", type=click.Path(), help="Voxels of the images that count, on their grid.")
@click.option(
    "--how",
    type=click.Choice(list(UNITS)),
    default="dot",
    show_default=True,
    help="Measure of expression.",
)
@click.option(
    "--interpolation",
    type=click.Choice(["linear", "continuous", "nearest"]),
    default="linear",
    show_default=True,
    help="How WEIGHTS are brought to the grid of the images, where the two differ.",
)
@click.option("--out", type=click.Path(), help="Table to create (.parquet or .csv).")
@force_option
@json_option
def apply(
    weights: str,
    images: tuple[str, ...],
    mask: str | None,
    how: Any,
    interpolation: Any,
    out: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Express a weight map in new images: how far each points along it.

    WEIGHTS is one NIfTI volume; IMAGES are volumes of one grid, or 4-D images of it. The images
    stay as they are: the weight map is brought to their grid.

    \b
    Example:
      dolorimeter decode apply out/maps/weights.nii.gz trials.nii.gz --how cosine --out trials.csv
    """
    import pandas as pd

    from dolorimeter.decoding.signature import apply_signature

    target = None if out is None else _target(out, force)
    loaded = [_load(image) for image in images]
    found = apply_signature(
        _load(weights), loaded, None if mask is None else _load(mask), how, interpolation
    )
    table = pd.DataFrame(
        {"image": name, "volume": volume}
        for name, image in zip(images, loaded, strict=True)
        for volume in range(image.shape[3] if len(image.shape) == 4 else 1)
    ).assign(expression=found.expression)
    if target is not None:
        _save(table, target)
    if as_json:
        print_json(_content(table, found, weights, out))
    else:
        _print(table, found, out)


def _load(path: str) -> Any:
    """Open an image that holds what its header says, in three axes or four."""
    from dolorimeter.core import InputError
    from dolorimeter.samples.spaces import load_image

    image = load_image(Path(path))
    if len(image.shape) > 4:
        raise InputError(path, f"shape {tuple(image.shape)}", "three axes or four")
    return image


def _target(out: str, force: bool) -> Path:
    """Refuse what cannot be written before any work is done."""
    from dolorimeter.core import InputError

    target = Path(out)
    if target.suffix not in (".parquet", ".csv"):
        raise InputError(out, f"the ending {target.suffix!r}", ".parquet or .csv")
    if target.is_dir() or (target.exists() and not force):
        remedy = "" if target.is_dir() else "Pass --force to replace it."
        raise InputError(out, "exists already", "a new file", remedy)
    return target


def _save(table: pd.DataFrame, target: Path) -> None:
    from dolorimeter.core.files import replacing_file

    with replacing_file(target) as scratch:
        if target.suffix == ".csv":
            table.to_csv(scratch, index=False)
        else:
            table.to_parquet(scratch, index=False)


def _content(
    table: pd.DataFrame, found: AppliedSignature, weights: str, out: str | None
) -> dict[str, Any]:
    return {
        "weights": weights,
        "how": found.how,
        "images": table.to_dict("records"),
        "space": found.report.to_dict(),
        "note": CAVEAT,
        "out": out,
    }


def _print(table: pd.DataFrame, found: AppliedSignature, out: str | None) -> None:
    several = table["image"].duplicated().any()
    names = [
        f"{row.image} [{row.volume}]" if several else str(row.image) for row in table.itertuples()
    ]
    width = max(map(len, (*names, "image")))
    click.echo(f"{'image':<{width}}  {found.how:>12}")
    for name, value in zip(names, found.expression, strict=True):
        click.echo(f"{name:<{width}}  {value:>12.5g}")
    click.echo("")
    for line in _space(found):
        click.echo(f"- {line}")
    click.echo(f"\n{UNITS[found.how]} {CAVEAT}")
    if out is not None:
        click.echo(f"\nwritten: {out}")


def _space(found: AppliedSignature) -> list[str]:
    """Say what was done to bring map and images into one space."""
    report = found.report
    moved = (
        f"The weight map was resampled to the grid of the images ({report.interpolation}); a voxel "
        f"of theirs has {report.voxel_ratio:.3g} times the volume of one of its own."
        if report.resampled
        else "Weight map and images share a grid: nothing was resampled."
    )
    return [
        moved,
        f"The map has weight in {report.weight_voxels:,} voxels; the images have "
        f"{report.image_voxels:,}; {report.common_voxels:,} of theirs carry weight.",
        f"{100 * report.weight_covered:.1f} % of the absolute weight falls on voxels of the images"
        f"{'.' if report.weight_covered > 0.995 else '; the rest took no part.'}",
    ]
