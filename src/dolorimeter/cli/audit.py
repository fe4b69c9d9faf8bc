"""dolorimeter audit."""

from __future__ import annotations

import shutil
from typing import Any

import click

from .options import json_option, print_json

COLORS = {
    "GRANTED": "green",
    "REFUSED": "red",
    "UNPROVEN": "yellow",
    "passed": "green",
    "violated": "red",
    "warned": "yellow",
    "unknown": "yellow",
}


@click.command()
@click.argument("protocol", type=click.Path())
@json_option
def audit(protocol: str, as_json: bool) -> None:
    """Judge a described protocol: which conclusion it can carry, and by which rules.

    PROTOCOL is a YAML file; docs/formats/protocol.md lists its keys.

    \b
    Example:
      dolorimeter audit examples/protocols/criticised.yaml
    """
    from dolorimeter.audit import audit_study, read_protocol

    described = read_protocol(protocol)
    claim = audit_study([(described.facts, ())])
    if as_json:
        print_json(claim.to_dict())
    else:
        _print(described, claim)


def _print(described: Any, claim: Any) -> None:
    """Print the claim on top, then what each rule found."""
    from dolorimeter.audit.words import describe, hang

    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    for text in (described.title, described.source):
        if text:
            click.echo(hang("", " ".join(text.split()), width))
    click.echo(hang("", f"Objective: {claim.objective}. Scope: {claim.scope}", width) + "\n")
    for line in describe(claim, width).splitlines():
        click.echo(_colored(line, line.split(" ")[0]))
    click.echo("\nRules (Hu & Iannetti 2016)")
    for finding in claim.findings:
        head = f"{finding.rule:<4}{finding.status:<16}"
        click.echo(
            _colored(hang(head, f"{finding.title}: {finding.reason}", width), finding.status)
        )
        if finding.remedy:
            click.echo(hang(f"{'':<20}", f"-> {finding.remedy}", width))


def _colored(text: str, word: str) -> str:
    """Color the first occurrence of a word; click drops colors where there is no terminal."""
    if word not in COLORS:
        return text
    return text.replace(word, click.style(word, fg=COLORS[word]), 1)
