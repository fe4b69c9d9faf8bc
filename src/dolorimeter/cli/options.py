"""Options that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dolorimeter.tables import Cohort

Command = TypeVar("Command", bound=Callable[..., Any])


def data_options(command: Command) -> Command:
    """Add how a hospital table is read: its format, map and kind of stay."""
    for option in (
        click.option("--source", help="Format of DATA; detected without it."),
        click.option("--map", "mapping", type=click.Path(), help="Your own variable map (TOML)."),
        click.option(
            "--stay",
            type=click.Choice(["icu", "hospital"]),
            default="icu",
            show_default=True,
            help="What a stay is, where the data know both.",
        ),
    ):
        command = option(command)
    return click.argument("data", type=click.Path())(command)


def window_options(command: Command) -> Command:
    """Add how stays are cut into windows."""
    for option in (
        click.option("--width", default="2h", show_default=True, help="Width of a window."),
        click.option(
            "--min-stay", default="48h", show_default=True, help="Shortest stay to use ('0h': all)."
        ),
    ):
        command = option(command)
    return command


settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME.KEY=VALUE",
    help="Option of a model or task, such as hmm.unlabeled_weight=0.1 or direct.cuts=[3,6].",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
force_option = click.option("--force", is_flag=True, help="Replace an output that exists.")


def read_cohort(
    data: str, source: str | None, mapping: str | None, stay: str, width: str, min_stay: str | None
) -> Cohort:
    """Read a hospital table and cut it into windows."""
    from dolorimeter.tables import make_windows, read_events

    events = read_events(data, source=source, mapping=mapping, stay=stay)
    return make_windows(events, width=width, min_stay=min_stay)


def split_names(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """Turn ``a,b`` into a tuple of names; click's callback."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def read_settings(settings: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Turn ``NAME.KEY=VALUE`` into options by name; values are JSON, or text."""
    options: dict[str, dict[str, Any]] = {}
    for setting in settings:
        name, dot, rest = setting.partition(".")
        key, equals, text = rest.partition("=")
        if not (name and dot and key and equals):
            raise click.BadParameter(f"{setting!r} is not NAME.KEY=VALUE", param_hint="--set")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        options.setdefault(name, {})[key] = tuple(value) if isinstance(value, list) else value
    return options


def print_json(content: Any) -> None:
    """Print plain values as JSON."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def print_result(result: Any, out: str) -> None:
    """Print the summary and the claim of a study."""
    from dolorimeter.audit import describe

    for sentence in result.summary:
        click.echo(f"- {sentence}")
    click.echo("")
    click.echo(describe(result.claim))
    click.echo(f"\nwritten: {out} (open report.html)")
