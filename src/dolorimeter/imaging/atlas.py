"""Names for coordinates: labels of an atlas, or of our own regions where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .atlas_files import ATLASES, Atlas, installed_folder, read_atlas
from .places import REGIONS

__all__ = ["ATLASES", "Atlas", "atlas_label", "labels_used", "read_atlas"]
OWN = "regions"
_OWN_WORDS = (
    "our own regions (spheres; no atlas is installed or asked for: "
    'pip install "dolorimeter[atlases]" brings AAL2)'
)
NO_LABEL = "no label"


def labels_used(atlas: str | Path | Atlas = "auto") -> str:
    """Say whose labels `atlas_label` gives.

    Parameters
    ----------
    atlas : str, Path or Atlas, default "auto"
        As for `atlas_label`.

    Returns
    -------
    str
        Words for a caption or a methods text.
    """
    if isinstance(atlas, Atlas):
        return atlas.source
    chosen = _chosen(atlas)
    if chosen == OWN:
        return _OWN_WORDS
    words = ATLASES.get(str(chosen), ("", str(chosen)))[1]
    return f"{words}; where it has no label, our own spheres" if atlas == "auto" else words


def _chosen(atlas: str | Path) -> str | Path:
    if atlas != "auto":
        return atlas
    return "aal" if installed_folder() is not None else OWN


def atlas_label(
    coordinates: Floats,
    atlas: str | Path | Atlas = "auto",
    names: str | Path | None = None,
    reach: float = 4.0,
) -> list[str]:
    """Name the place of each point.

    Parameters
    ----------
    coordinates : array-like of shape (n, 3)
        MNI millimetres.
    atlas : str, Path or Atlas, default "auto"
        A name of ``ATLASES``, ``"regions"`` for our own spheres, an image with its ``names``, or an
        atlas that was read; ``"auto"`` is AAL2 where it is installed, and our own spheres where it
        is not, or has no label.
    names : str or Path, optional
        The table of an image's labels.
    reach : float, default 4.0
        A point without a label takes the nearest within so many millimetres, which the label then
        says: ``"Insula_L (2 mm)"``.

    Returns
    -------
    list of str
        Labels as their source writes them; ``"no label"`` where there is none.

    Raises
    ------
    InputError
        If the atlas cannot be read, or a coordinate is not finite.
    """
    points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)
    if not np.isfinite(points).all():
        raise InputError("coordinates", "a value that is not finite", "millimetres")
    chosen = atlas if isinstance(atlas, Atlas) else _chosen(atlas)
    if chosen == OWN:
        return [_own_label(point, reach) for point in points]
    source = chosen if isinstance(chosen, Atlas) else read_atlas(chosen, names)
    codes, distance = source.codes_at(points, reach)
    rows = zip(codes, distance, strict=True)
    labels = [_worded(source.names[code] if code >= 0 else "", away) for code, away in rows]
    if isinstance(atlas, str) and atlas == "auto":
        return [_else_own(label, point) for label, point in zip(labels, points, strict=True)]
    return labels


def _else_own(label: str, point: Floats) -> str:
    """Name our sphere where the atlas has no label: AAL2 leaves the midbrain out."""
    own = _own_label(point, 0.0) if label == NO_LABEL else NO_LABEL
    return label if own == NO_LABEL else f"{own} (our sphere)"


def _worded(name: str, away: float) -> str:
    if not name:
        return NO_LABEL
    return name if away == 0 else f"{name} ({away:.0f} mm)"


def _own_label(point: Floats, reach: float) -> str:
    """Return the nearest of the single spheres, by distance to its surface."""
    parts = {name: part.spheres[0] for name, part in REGIONS.items() if len(part.spheres) == 1}
    away = {
        name: float(np.linalg.norm(point - np.asarray(center))) - radius
        for name, (*center, radius) in parts.items()
    }
    name = min(away, key=away.__getitem__)
    return _worded(name if away[name] <= reach else "", max(0.0, away[name]))
