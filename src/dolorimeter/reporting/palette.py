"""Colors: named once, drawn as hex, shown as CSS variables so that a dark screen gets its own."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap, to_hex


@dataclass(frozen=True, slots=True)
class Color:
    """A color of the house.

    Attributes
    ----------
    name : str
        Its CSS variable, without the dashes.
    light, dark : str
        Hex value on light paper (what figures are drawn in) and on a dark screen.
    """

    name: str
    light: str
    dark: str


# No two light values may be equal: figures are drawn in them and recognized by them.
INK = Color("ink", "#1d2024", "#e6e4df")
MUTED = Color("muted", "#595f67", "#a3a8ae")
RULE = Color("rule", "#d8d5cd", "#3a3e44")
SURFACE = Color("surface", "#ffffff", "#16181b")  # what the figure stands on
ACCENT = Color("accent", "#24567d", "#7fb4dc")
SOFT = Color("soft", "#8f959c", "#7b8188")
HOUSE = (INK, MUTED, RULE, SURFACE, ACCENT, SOFT)

# Ochre, crimson, indigo: ordered in lightness, so that the order survives color blindness and gray
# print, and at 3:1 against the page. On paper more is darker, on a dark screen more is brighter.
_LIGHT = LinearSegmentedColormap.from_list("light", ["#c07f22", "#a9415a", "#2c1f52"])
_DARK = LinearSegmentedColormap.from_list("dark", ["#6d5aa8", "#d2687a", "#f3cf8a"])


def class_colors(n_classes: int) -> tuple[Color, ...]:
    """Give each of the ordered classes its color.

    Parameters
    ----------
    n_classes : int
        Number of classes, K.

    Returns
    -------
    tuple of Color
        From the first class to the last.
    """
    points = [0.5] if n_classes == 1 else [i / (n_classes - 1) for i in range(n_classes)]
    return tuple(
        Color(f"class-{i + 1}-of-{n_classes}", to_hex(_LIGHT(point)), to_hex(_DARK(point)))
        for i, point in enumerate(points)
    )
