"""Entry point: verbs loaded when used, errors turned into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click

from dolorimeter._version import __version__

VERBS = {
    "demo": ".demo:demo",
    "vitals": ".vitals:vitals",
    "decode": ".decode:decode",
    "learning": ".learning:learning",
    "imaging": ".imaging:imaging",
    "audit": ".audit:audit",
}
DEBUG = "DOLORIMETER_DEBUG"


class LazyGroup(click.Group):
    """A group whose commands are imported when they are named, so that help stays fast.

    Parameters
    ----------
    *args : tuple
        As for :class:`click.Group`.
    verbs : dict of str to str
        ``"module:attribute"`` of each command, relative to this package.
    **kwargs : dict
        As for :class:`click.Group`.
    """

    def __init__(self, *args: object, verbs: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if name not in self.verbs:
            return None
        module, attribute = self.verbs[name].split(":")
        command: click.Command = getattr(
            importlib.import_module(module, "dolorimeter.cli"), attribute
        )
        return command


@click.group(cls=LazyGroup, verbs=VERBS, context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="dolorimeter")
def cli() -> None:
    """Infer pain from objective signals, and know exactly what you may claim.

    \b
    Example:
      dolorimeter demo
      dolorimeter vitals evaluate mimic-iv-demo-meds --out out/
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with 0 (done), 2 (bad input) or 1 (our fault)."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from dolorimeter.core import InputError

    try:
        cli.main(arguments, prog_name="dolorimeter", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except InputError as error:
        return _say(f"error: {error}", 2)
    except click.ClickException as error:
        return _say(f"error: {error.format_message()}", 2)
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped; nothing was written", 130)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 (the reader went away: stay quiet)
        return 0
    except Exception as error:  # the last door: anything else is our fault, and says so
        return _our_fault(error)
    return 0


def _say(line: str, code: int) -> int:
    click.echo(" ".join(line.split()), err=True)
    return code


def _our_fault(error: Exception) -> int:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    return _say(
        f"internal error: {type(error).__name__}: {error}. This is our fault; please report it "
        f"with the command, the version ({__version__}) and what {DEBUG}=1 prints",
        1,
    )
