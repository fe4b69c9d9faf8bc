"""Maps on the brain: nilearn's drawings on the template it ships, plain slices everywhere else."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .formats import count, number, plain, significant
from .palette import INK

_INCHES, _DPI = 7.2, 150
_SLICES = 6
_INSIDE = 0.9  # share of a map's voxels that must lie in the template's brain to be drawn on it
_COARSE = 10.0  # mm; coarser voxels say nothing on an anatomy
_SHOWN = 0.05  # share of the voxels, the strongest, that the glass brain shows
_DRAWN = (0.0, 0.0, 0.89, 1.0)  # of the figure; the rest is for the color bar
_GLASS = (0.2, 0.0, 0.5, 1.0)
_PAPER, _GRAY, _CMAP = "#ffffff", "#e2e2e2", "RdBu_r"
NO_NILEARN = (
    "nilearn is not installed, so the map is drawn as plain slices: "
    'pip install "dolorimeter[images]" draws it on the brain.'
)


@dataclass(frozen=True, slots=True)
class BrainMap:
    """One number a voxel.

    Attributes
    ----------
    values : ndarray of shape (n_voxels,)
        In C order of the mask.
    mask : ndarray of shape (x, y, z), bool
        The voxels that have a value.
    affine : ndarray of shape (4, 4)
        From voxel indices to millimetres.
    name : str
        What the numbers are.
    """

    values: NDArray[np.float64]
    mask: NDArray[np.bool_]
    affine: NDArray[np.float64]
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the page.

    Attributes
    ----------
    source : str
        Data URI of a PNG.
    label : str
        What a reader who cannot see it is told.
    """

    source: str
    label: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """One map as it is shown.

    Attributes
    ----------
    title, caption : str
        Plain text.
    pictures : tuple of Picture
        One under the other.
    """

    title: str
    caption: str
    pictures: tuple[Picture, ...]


def portrait(brain: BrainMap) -> Portrait:
    """Draw a map on the MNI template, or as plain slices where that would mislead or cannot be.

    Parameters
    ----------
    brain : BrainMap
        What to draw; values that are not finite are drawn as zero.

    Returns
    -------
    Portrait
        With a caption that says on what it was drawn, and why.
    """
    title, told = plain(brain.name), _told(brain)
    plotting = _plotting()
    if plotting is None:
        return Portrait(title, f"{told} {NO_NILEARN}", (_slices(brain, told),))
    reason = _unlike_template(brain)
    if reason:
        caption = f"{told} Drawn as plain slices of its own grid, {reason}."
        return Portrait(title, caption, (_slices(brain, told),))
    caption = (
        f"{told} Above: slices on the MNI152 template, stronger voxels less transparent; the map’s "
        "coordinates are taken to be in that space, nothing was registered. Below: the strongest "
        f"{_SHOWN:.0%} of its voxels seen through the brain, from the side and from above. L: left."
    )
    return Portrait(title, caption, (_on_template(brain, plotting), _in_glass(brain, plotting)))


def _plotting() -> Any:
    try:
        from nilearn import plotting
    except ImportError:
        return None
    return plotting


@cache
def _template() -> tuple[Any, Any]:
    """The MNI152 head and its brain at 2 mm, out of nilearn's own files."""
    from nilearn.datasets import load_mni152_brain_mask, load_mni152_template

    return load_mni152_template(resolution=2), load_mni152_brain_mask(resolution=2)


def _told(brain: BrainMap) -> str:
    finite = np.nan_to_num(brain.values)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    return (
        f"{count(finite.size)} voxels of {_voxel_size(brain)}, from {significant(low)} to "
        f"{significant(high)}."
    )


def _voxel_size(brain: BrainMap) -> str:
    sizes = [number(edge, 1).removesuffix(".0") for edge in _edges(brain)]
    return f"{' × '.join(sizes)} mm" if len(set(sizes)) > 1 else f"{sizes[0]} mm"


def _edges(brain: BrainMap) -> NDArray[np.float64]:
    return np.linalg.norm(brain.affine[:3, :3], axis=0)


def _volume(brain: BrainMap) -> NDArray[np.float64]:
    volume = np.zeros(brain.mask.shape)
    volume[brain.mask] = np.nan_to_num(brain.values, posinf=0.0, neginf=0.0)
    return volume


def _largest(volume: NDArray[np.float64]) -> float:
    return float(np.abs(volume).max(initial=0.0)) or 1.0


def _unlike_template(brain: BrainMap) -> str:
    """Say why a map does not belong on the template; empty where it does."""
    if not _volume(brain).any():
        return "which shows nothing but zeros"
    if _edges(brain).max() > _COARSE:
        return f"whose voxels of {_voxel_size(brain)} are too coarse for an anatomy"
    template = _template()[1]
    inside = np.asarray(template.dataobj) > 0
    to_template = np.linalg.inv(template.affine) @ brain.affine
    voxels = np.argwhere(brain.mask) @ to_template[:3, :3].T + to_template[:3, 3]
    index = np.rint(voxels).astype(int)
    near = np.all((index >= 0) & (index < inside.shape), axis=1)
    if near.sum() == 0 or inside[tuple(index[near].T)].sum() < _INSIDE * len(index):
        return "which does not lie where the MNI152 brain does"
    return ""


def _on_template(brain: BrainMap, plotting: Any) -> Picture:
    from nibabel import Nifti1Image

    figure, volume = _figure(1.75), _volume(brain)
    limit = _largest(volume)
    plotting.plot_stat_map(
        Nifti1Image(volume, brain.affine),
        bg_img=_template()[0],
        display_mode="z",
        cut_coords=_heights(brain),
        cmap=_CMAP,
        vmax=limit,
        colorbar=False,
        **_transparency(brain, volume, 0.4 * limit),
        figure=figure,
        axes=_DRAWN,
        black_bg=False,
    )
    _color_bar(figure, limit)
    return Picture(_png(figure), f"{plain(brain.name)}: horizontal slices on the MNI152 template")


def _transparency(brain: BrainMap, volume: NDArray[np.float64], opaque: float) -> dict[str, Any]:
    """Let anatomy through where the map is weak; nilearn refuses that of a map nowhere weak."""
    from nibabel import Nifti1Image

    size = np.abs(volume)
    if size.min() >= opaque:
        return {}
    shown = Nifti1Image(size, brain.affine)
    return {"transparency": shown, "transparency_range": [0.0, opaque]}


def _heights(brain: BrainMap) -> list[int]:
    """Heights in mm over the middle nine tenths of the mask."""
    z = (np.argwhere(brain.mask) @ brain.affine[:3, :3].T + brain.affine[:3, 3])[:, 2]
    low, high = (float(np.quantile(z, share)) for share in (0.05, 0.95))
    return sorted({round(float(height)) for height in np.linspace(low, high, _SLICES)})


def _in_glass(brain: BrainMap, plotting: Any) -> Picture:
    from nibabel import Nifti1Image

    figure, volume = _figure(2.1), _volume(brain)
    limit = _largest(volume)
    strong = float(np.quantile(np.abs(volume[brain.mask]), 1 - _SHOWN))
    plotting.plot_glass_brain(
        Nifti1Image(volume, brain.affine),
        display_mode="xz",  # outlines take most of the time: two views, not four
        # Equal values at the top would all lie on the threshold, and none be drawn.
        threshold=float(np.clip(strong, 1e-9 * limit, (1 - 1e-6) * limit)),
        cmap=_CMAP,
        vmax=limit,
        plot_abs=False,
        symmetric_cbar=True,
        colorbar=False,
        figure=figure,
        axes=_GLASS,
        black_bg=False,
    )
    _color_bar(figure, limit)
    return Picture(_png(figure), f"{plain(brain.name)}: its strongest voxels in a glass brain")


def _slices(brain: BrainMap, told: str) -> Picture:
    """Slices of the grid itself along its shortest axis, without any anatomy."""
    axis = int(np.argmin(brain.mask.shape))
    filled = np.unique(np.argwhere(brain.mask)[:, axis])
    chosen = filled[np.unique(np.linspace(0, len(filled) - 1, _SLICES).round().astype(int))]
    volume = np.where(brain.mask, _volume(brain), np.nan)
    limit = _largest(np.nan_to_num(volume))
    wide, tall = np.delete(_edges(brain), axis)
    figure, room = _figure(1.6), _DRAWN[2] / _SLICES
    for place, index in enumerate(chosen):
        axes = figure.add_axes((place * room, 0.04, 0.94 * room, 0.76))
        axes.set_facecolor(_GRAY)
        axes.imshow(
            np.take(volume, index, axis=axis).T,
            origin="lower",
            cmap=_CMAP,
            vmin=-limit,
            vmax=limit,
            interpolation="nearest",
            aspect=tall / wide,
        )
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{'ijk'[axis]} = {index}", fontsize=9, color=INK.light)
    _color_bar(figure, limit)
    return Picture(_png(figure), f"{plain(brain.name)} as slices of its grid: {told}")


def _color_bar(figure: Figure, limit: float) -> None:
    scale = ScalarMappable(Normalize(-limit, limit), _CMAP)
    bar = figure.colorbar(scale, cax=figure.add_axes((0.9, 0.16, 0.012, 0.68)))
    bar.set_ticks([-limit, 0, limit], labels=[significant(-limit, 2), "0", significant(limit, 2)])
    bar.ax.tick_params(labelsize=9, labelcolor=INK.light)


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(_INCHES, height), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=_PAPER, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
