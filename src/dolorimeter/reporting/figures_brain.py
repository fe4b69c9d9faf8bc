"""Maps on the brain: nilearn's drawings on the template it ships, plain slices everywhere else."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from .brain_map import (
    BrainMap,
    Volume,
    edges,
    heights,
    largest,
    shown,
    template,
    unlike_template,
    volume,
    voxel_size,
)
from .formats import count, plain, significant
from .palette import INK

__all__ = ["BrainMap", "Picture", "Portrait", "portrait"]

_INCHES, _DPI = 7.2, 150
_SLICES = 6
_SHOWN = 0.05  # share of the voxels, the strongest, that the glass brain shows without a threshold
_DRAWN = (0.0, 0.0, 0.89, 1.0)  # of the figure; the rest is for the color bar
_GLASS = (0.2, 0.0, 0.5, 1.0)
_PAPER, _GRAY = "#ffffff", "#e2e2e2"
NO_NILEARN = (
    "nilearn is not installed, so the map is drawn as plain slices: "
    'pip install "dolorimeter[images]" draws it on the brain.'
)


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
        One under the other; none where no voxel reaches the threshold.
    """

    title: str
    caption: str
    pictures: tuple[Picture, ...]


def portrait(brain: BrainMap, note: str = "") -> Portrait:
    """Draw a map on the MNI template, or as plain slices where that would mislead or cannot be.

    Parameters
    ----------
    brain : BrainMap
        What to draw; values that are not finite are drawn as zero.
    note : str, default ""
        A sentence for the caption: what threshold and outline mean.

    Returns
    -------
    Portrait
        With a caption that says on what it was drawn, and why.
    """
    title, size = plain(brain.name), _told(brain)
    told = f"{size} {note}".strip()
    if brain.threshold is not None and not shown(brain).any():
        return Portrait(title, f"{told} No voxel reaches the threshold: nothing is drawn.", ())
    plotting = _plotting()
    if plotting is None:
        return Portrait(title, f"{told} {NO_NILEARN}", (_slices(brain, size),))
    reason = unlike_template(brain)
    if reason:
        caption = f"{told} Drawn as plain slices of its own grid, {reason}."
        return Portrait(title, caption, (_slices(brain, size),))
    caption = f"{told} {_how(brain)} L: left."
    return Portrait(title, caption, (_on_template(brain, plotting), _in_glass(brain, plotting)))


def _plotting() -> Any:
    try:
        from nilearn import plotting
    except ImportError:
        return None
    return plotting


def _told(brain: BrainMap) -> str:
    finite = np.nan_to_num(brain.values)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    return (
        f"{count(finite.size)} voxels of {voxel_size(brain)}, from {significant(low)} to "
        f"{significant(high)}."
    )


def _how(brain: BrainMap) -> str:
    """Say what is seen on the slices and in the glass brain."""
    same = "the map’s coordinates are taken to be in that space, nothing was registered"
    if brain.threshold is not None:
        return (
            f"Above: slices on the MNI152 template; {same}. Below: the same voxels seen through "
            "the brain, from the left, the front, the right and above."
        )
    return (
        f"Above: slices on the MNI152 template, stronger voxels less transparent; {same}. Below: "
        f"the strongest {_SHOWN:.0%} of its voxels seen through the brain, from the side and from "
        "above."
    )


def _scale(brain: BrainMap) -> dict[str, Any]:
    """Colors and their ends."""
    limit = largest(brain)
    if brain.diverging:
        return {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    return {"cmap": "YlOrRd", "vmin": 0.0, "vmax": limit}


def _on_template(brain: BrainMap, plotting: Any) -> Picture:
    from nibabel import Nifti1Image

    figure, drawn = _figure(1.75), shown(brain)
    display = plotting.plot_stat_map(
        Nifti1Image(drawn, brain.affine),
        bg_img=template()[0],
        display_mode="z",
        cut_coords=heights(brain),
        colorbar=False,
        **_scale(brain),
        **_transparency(brain, drawn),
        figure=figure,
        axes=_DRAWN,
        black_bg=False,
    )
    _outline(display, brain)
    _color_bar(figure, brain)
    return Picture(_png(figure), f"{plain(brain.name)}: horizontal slices on the MNI152 template")


def _transparency(brain: BrainMap, drawn: Volume) -> dict[str, Any]:
    """Let anatomy through where the map is weak; nilearn refuses that of a map nowhere weak."""
    from nibabel import Nifti1Image

    size, opaque = np.abs(drawn), 0.4 * largest(brain)
    if brain.threshold is not None or size.min() >= opaque:
        return {}
    image = Nifti1Image(size, brain.affine)
    return {"transparency": image, "transparency_range": [0.0, opaque]}


def _outline(display: Any, brain: BrainMap) -> None:
    """Draw a line around the voxels above the second threshold, in its own direction alone."""
    from nibabel import Nifti1Image

    filled, level = volume(brain), brain.outline
    if level is not None and (filled > level).any():
        image = Nifti1Image(filled, brain.affine)
        display.add_contours(image, levels=[level], colors="black", linewidths=1.1)


def _in_glass(brain: BrainMap, plotting: Any) -> Picture:
    from nibabel import Nifti1Image

    all_views = brain.threshold is not None
    figure, limit = _figure(2.1), largest(brain)
    plotting.plot_glass_brain(
        Nifti1Image(shown(brain), brain.affine),
        # Outlines take most of the time: two views where there is no threshold.
        display_mode="lyrz" if all_views else "xz",
        threshold=1e-9 * limit if all_views else _strong(brain, limit),
        **_scale(brain),
        plot_abs=False,
        symmetric_cbar=brain.diverging,
        colorbar=False,
        figure=figure,
        axes=_DRAWN if all_views else _GLASS,
        black_bg=False,
    )
    _color_bar(figure, brain)
    seen = "above its threshold" if all_views else "strongest"
    return Picture(_png(figure), f"{plain(brain.name)}: its {seen} voxels in a glass brain")


def _strong(brain: BrainMap, limit: float) -> float:
    """Give the size that the strongest voxels reach."""
    strong = float(np.quantile(np.abs(volume(brain)[brain.mask]), 1 - _SHOWN))
    # Equal values at the top would all lie on the threshold, and none be drawn.
    return float(np.clip(strong, 1e-9 * limit, (1 - 1e-6) * limit))


def _slices(brain: BrainMap, told: str) -> Picture:
    """Slices of the grid itself along its shortest axis, without any anatomy."""
    axis = int(np.argmin(brain.mask.shape))
    filled = np.unique(np.argwhere(brain.mask)[:, axis])
    chosen = filled[np.unique(np.linspace(0, len(filled) - 1, _SLICES).round().astype(int))]
    drawn = np.where(brain.mask, shown(brain), np.nan)
    wide, tall = np.delete(edges(brain), axis)
    figure, room = _figure(1.6), _DRAWN[2] / _SLICES
    for place, index in enumerate(chosen):
        axes = figure.add_axes((place * room, 0.04, 0.94 * room, 0.76))
        axes.set_facecolor(_GRAY)
        axes.imshow(
            np.take(drawn, index, axis=axis).T,
            origin="lower",
            **_scale(brain),
            interpolation="nearest",
            aspect=tall / wide,
        )
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{'ijk'[axis]} = {index}", fontsize=9, color=INK.light)
    _color_bar(figure, brain)
    return Picture(_png(figure), f"{plain(brain.name)} as slices of its grid: {told}")


def _color_bar(figure: Figure, brain: BrainMap) -> None:
    scale = _scale(brain)
    low, high = scale["vmin"], scale["vmax"]
    colors = ScalarMappable(Normalize(low, high), scale["cmap"])
    bar = figure.colorbar(colors, cax=figure.add_axes((0.9, 0.16, 0.012, 0.68)))
    ticks = dict.fromkeys((low, 0.0, high))
    bar.set_ticks([*ticks], labels=[significant(tick, 2) for tick in ticks])
    bar.ax.tick_params(labelsize=9, labelcolor=INK.light)


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(_INCHES, height), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=_PAPER, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
