"""From a template and what it shows to one self-contained page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from . import formats, tables, words
from .contents import Contents
from .palette import HOUSE, Color, class_colors


def render_page(template: str, n_classes: Iterable[int], **view: Any) -> str:
    """Set a page in type, inside the ``house_style`` that its drawings were made in.

    Parameters
    ----------
    template : str
        Name of a template that extends ``base.html``.
    n_classes : iterable of int
        Every number of classes that the page shows, for their colors.
    **view
        What the template shows.

    Returns
    -------
    str
        The page, with its style sheet and figures inside and nothing outside.
    """
    colors = [*HOUSE, *(c for k in sorted(set(n_classes)) for c in class_colors(k))]
    page = (
        _environment()
        .get_template(template)
        .render(
            contents=Contents(),
            light=_variables(colors, "light"),
            dark=_variables(colors, "dark"),
            **view,
        )
    )
    # A lone surrogate out of a JSON file cannot be written as UTF-8.
    return page.encode("utf-8", "replace").decode("utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dolorimeter.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for tool in (
        formats.count,
        formats.number,
        formats.plain,
        tables.group_footnotes,
        words.option,
        words.sentence_case,
        words.variable,
    ):
        environment.filters[tool.__name__] = tool
    return environment


def _variables(colors: Iterable[Color], shade: str) -> str:
    return " ".join(f"--{color.name}: {getattr(color, shade)};" for color in colors)
