"""From a matplotlib figure to a small inline SVG that takes type and colors from its page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from .formats import plain
from .palette import HOUSE, INK, MUTED, SOFT, Color

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_FONT = "DejaVu Sans"  # ships with matplotlib; wider than what browsers show, so nothing collides
_STYLE = {
    "font.family": _FONT,
    "font.size": 11,
    "text.color": INK.light,
    "text.parse_math": False,  # a stay may be called "$x$"
    "axes.edgecolor": SOFT.light,
    "axes.labelcolor": MUTED.light,
    "axes.labelsize": 11,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": SOFT.light,
    "ytick.color": SOFT.light,
    "xtick.labelcolor": MUTED.light,
    "ytick.labelcolor": MUTED.light,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "dolorimeter",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the report's style whatever the user's own matplotlib settings are.

    Yields
    ------
    None
        Drawings are made and turned into markup inside the block.
    """
    with style.context("default"), mpl.rc_context(_STYLE):
        yield


class Drawing:
    """A matplotlib figure measured in CSS pixels, and its way to inline SVG.

    Parameters
    ----------
    width, height : float
        Size in CSS pixels; a page may scale it.
    label : str
        What a reader who cannot see the figure is told.
    colors : sequence of Color, optional
        Colors it uses beside those of the house.
    """

    def __init__(
        self, width: float, height: float, label: str, colors: Sequence[Color] = ()
    ) -> None:
        self.width, self.height, self.label = width, height, plain(label)
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self.figure.patch.set_visible(False)
        self._colors = (*HOUSE, *colors)
        self._words: dict[str, str] = {}

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at a place measured from the upper left corner.

        Parameters
        ----------
        left, top, width, height : float
            Box of the data area, in CSS pixels.

        Returns
        -------
        matplotlib.axes.Axes
            Without a background of its own.
        """
        bottom = self.height - top - height
        box = (
            left / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        return axes

    def word(self, text: str) -> str:
        """Return what matplotlib may be given in place of a user's text.

        Its font lacks most of the world's scripts, the browser's do not: such a text is drawn as
        a stand-in of like width, and set back when the SVG is written.

        Parameters
        ----------
        text : str
            One line.

        Returns
        -------
        str
            The text itself wherever the font can set it.
        """
        text = plain(text)
        if all(ord(character) in _characters() for character in text):
            return text
        stand_in = f"@{len(self._words)}".ljust(2 * len(text), "m")
        self._words[stand_in] = text
        return stand_in

    def markup(self, prefix: str) -> Markup:
        """Write the drawing as an ``<svg>`` element for the body of an HTML page.

        Parameters
        ----------
        prefix : str
            Put before every id, so that no two figures of a page share one.

        Returns
        -------
        markupsafe.Markup
            Without declaration, metadata, fonts or external references.
        """
        buffer = io.BytesIO()
        FigureCanvasSVG(self.figure).print_svg(buffer, metadata={"Date": None})
        root = ElementTree.fromstring(buffer.getvalue())
        _strip(root)
        _share_ids(root, prefix)
        for element in root.iter():
            self._restyle(element)
        frame = {
            "viewBox": f"0 0 {self.width:g} {self.height:g}",
            "width": f"{self.width:g}",
            "height": f"{self.height:g}",
            "role": "img",
            "aria-label": self.label,
        }
        root.attrib.clear()
        root.attrib.update(frame)
        return Markup(_serialize(root))  # ElementTree has escaped every text

    def _restyle(self, element: ElementTree.Element) -> None:
        """Hand type and colors to the page, set words back, round coordinates."""
        if "style" in element.attrib:
            look = re.sub(r"font-family:[^;]*;?\s*", "", element.attrib["style"])
            for color in self._colors:
                look = look.replace(color.light, f"var(--{color.name})")
            element.set("style", look.replace(": ", ":").replace("; ", ";").rstrip(";"))
        if element.text in self._words:
            element.text = self._words[element.text]
        for name in ("d", "x", "y", "width", "height", "transform"):
            # A scale of a few pixels an entry of an image is no length: it keeps its decimals.
            if name in element.attrib and element.tag != f"{_SVG}image":
                element.set(name, _round(element.attrib[name]))
        if element.get("transform", "").startswith("rotate(0 "):
            del element.attrib["transform"]


@cache
def _characters() -> frozenset[int]:
    """Code points that the drawing font can set."""
    return frozenset(get_font(findfont(FontProperties(family=_FONT))).get_charmap())


def _strip(root: ElementTree.Element) -> None:
    """Drop metadata, and the style sheet that would leak into the page."""
    for child in list(root):
        if child.tag == f"{_SVG}metadata" or child.find(f"{_SVG}style") is not None:
            root.remove(child)
    for element in root.iter():
        if element.text and not element.text.strip():
            element.text = None
        element.tail = None


def _share_ids(root: ElementTree.Element, prefix: str) -> None:
    """Keep only the ids that something refers to, under short names of this figure's own."""
    names: dict[str, str] = {}
    for element in root.iter():
        for reference in re.findall(r"#([\w-]+)", _references(element)):
            names.setdefault(reference, f"{prefix}{len(names)}")
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in names:
            element.set("id", names[old])
        if _HREF in element.attrib:
            target = element.attrib.pop(_HREF)
            inside = target.startswith("#")
            element.set("href", f"#{names[target[1:]]}" if inside else "".join(target.split()))
        if "clip-path" in element.attrib:
            clip = element.attrib["clip-path"].removeprefix("url(#").removesuffix(")")
            element.set("clip-path", f"url(#{names[clip]})")
        _hoist(element)


def _references(element: ElementTree.Element) -> str:
    return element.get(_HREF, "") + element.get("clip-path", "")


def _hoist(group: ElementTree.Element) -> None:
    """Say once for a group of markers what matplotlib says for each of them."""
    looks = {child.get("style") for child in group}
    if len(looks) == 1 and all(child.tag == f"{_SVG}use" for child in group) and None not in looks:
        group.set("style", str(looks.pop()))
        for child in group:
            del child.attrib["style"]


def _round(text: str) -> str:
    """Two decimals of a pixel are plenty."""
    short = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text)
    positive = re.sub(r"(?<![\d.])-0(?![\d.])", "0", short)
    return re.sub(r"\s*([A-Zz])\s*", r"\1", positive)


def _serialize(root: ElementTree.Element) -> str:
    """HTML knows svg by name: namespaces are noise there."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
    return ElementTree.tostring(root, encoding="unicode")
