"""From matplotlib to inline SVG."""

import re

import matplotlib as mpl
import numpy as np
import pytest

from dolorimeter.reporting.drawing import Drawing, house_style
from dolorimeter.reporting.palette import ACCENT, HOUSE, class_colors


def draw(text: str = "title", prefix: str = "f1-") -> str:
    with house_style():
        drawing = Drawing(200, 120, f"Drawing of {text}")
        axes = drawing.axes(30, 20, 160, 70)
        axes.plot([0, 1, 2], [1, 0, 1], "o-", color=ACCENT.light)
        axes.set_xlabel(drawing.word(text))
        return drawing.markup(prefix)


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert draw() == draw()


def test_type_and_colors_come_from_the_page() -> None:
    svg = draw()
    assert "font-family" not in svg
    assert "stroke:var(--accent)" in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg)


def test_nothing_of_a_file_of_its_own_is_left() -> None:
    svg = draw()
    assert svg.startswith("<svg ")
    for noise in ("<?xml", "<!DOCTYPE", "xmlns", "xlink", "http", "<metadata", "<style"):
        assert noise not in svg


def test_ids_are_unique_on_the_page_and_all_referred_to() -> None:
    svg = draw(prefix="f1-") + draw(prefix="f2-")
    ids = re.findall(r'\bid="([^"]+)"', svg)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert len(ids) == len(set(ids))
    assert set(ids) == used


@pytest.mark.parametrize("text", ["a $b$ _c_ \\d", "痛み <b>", "ألم & \U0001f915", "x" * 30])
def test_any_text_is_set_as_it_is_and_escaped(text: str) -> None:
    svg = draw(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f">{escaped}</text>" in svg
    assert f'aria-label="Drawing of {escaped}"' in svg


def test_the_users_own_settings_neither_matter_nor_change() -> None:
    with mpl.rc_context({"font.size": 31, "axes.grid": True, "svg.fonttype": "path"}):
        before = dict(mpl.rcParams)
        inside = draw()
        assert dict(mpl.rcParams) == before
    assert inside == draw()


def test_coordinates_are_rounded() -> None:
    assert not re.search(r"\.\d{3,}", re.sub(r'style="[^"]*"', "", draw()))


def luminance(color: str) -> float:
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("n_classes", [1, 2, 3, 5, 8])
def test_classes_are_ordered_in_lightness_and_stand_out(n_classes: int) -> None:
    surface = next(color for color in HOUSE if color.name == "surface")
    colors = class_colors(n_classes)
    assert len({color.light for color in colors}) == n_classes
    assert np.all(np.diff([luminance(color.light) for color in colors]) < 0)
    assert np.all(np.diff([luminance(color.dark) for color in colors]) > 0)
    for color in colors:
        assert contrast(color.light, surface.light) >= 3
        assert contrast(color.dark, surface.dark) >= 3


def test_text_is_readable_on_its_surface() -> None:
    house = {color.name: color for color in HOUSE}
    for name in ("ink", "muted", "accent"):
        assert contrast(house[name].light, house["surface"].light) >= 4.5
        assert contrast(house[name].dark, house["surface"].dark) >= 4.5


def test_no_two_house_colors_share_a_light_value() -> None:
    colors = [*HOUSE, *class_colors(3), *class_colors(5)]
    by_value: dict[str, set[str]] = {}
    for color in colors:
        by_value.setdefault(color.light, set()).add(color.name.split("-")[0])
    assert all(len(names) == 1 for names in by_value.values())
