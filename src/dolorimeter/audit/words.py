"""The words of claims: plain, and exact about whom, when and from what."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from .claim import Claim
from .facts import Facts

WHOM = {
    "same-subjects": "the subjects studied",
    "new-stays": "new stays of known patients",
    "new-subjects": "people not seen in training",
    "new-groups": "groups (families, sites) not seen in training",
}
TIMING = {"live": "live", "after-the-fact": "after the fact"}
TESTED = {"within-subject": "tested within subjects", "between-subject": "tested between subjects"}


def subject(facts: Facts) -> str:
    """Return what a sentence is about: the analysis, or the protocol.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Returns
    -------
    str
        To stand before a verb.
    """
    return facts.label or "the protocol"


def signal(facts: Facts) -> str:
    """Return what pain is inferred from.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Returns
    -------
    str
        In words.
    """
    return facts.signal or "the signal"


def scope_of(analyses: Sequence[Facts]) -> str:
    """Write to whom and when a claim applies.

    Parameters
    ----------
    analyses : sequence of Facts
        Of one study.

    Returns
    -------
    str
        One clause for each scope, the first letter large.
    """
    return " ".join(sentence(text) for text in dict.fromkeys(map(_scope, analyses)))


def _scope(facts: Facts) -> str:
    whom = WHOM.get(facts.whom or "", "whom it is about is not named")
    of = f"({facts.population})" if facts.population else "(population not named)"
    when = TIMING.get(facts.timing or "", "timing not named")
    how = TESTED.get(facts.cross_validation or "", "within or between subjects not named")
    return f"{whom} {of}; {when}; {how}"


def sentence(text: str) -> str:
    """Return text as a sentence.

    Parameters
    ----------
    text : str
        Without its full stop.

    Returns
    -------
    str
        With it, and a large first letter.
    """
    return f"{text[:1].upper()}{text[1:]}."


def describe(claim: Claim, width: int | None = None) -> str:
    """Write what may be said, what may not and what is unproven.

    Parameters
    ----------
    claim : Claim
        Of any study.
    width : int, optional
        Where to break lines; by default each statement is one line.

    Returns
    -------
    str
        ``GRANTED   … [C2, K2]`` and so on; one line says so where nothing is granted.
    """
    lines = [] if claim.granted else ["GRANTED   Nothing."]
    for kind in ("granted", "refused", "unproven"):
        for statement in getattr(claim, kind):
            text = f"{statement.text} [{', '.join(statement.rules)}]"
            lines.append(hang(f"{kind.upper():<10}", text, width))
    return "\n".join(lines)


def hang(head: str, text: str, width: int | None) -> str:
    """Break text into lines that hang under their head.

    Parameters
    ----------
    head : str
        Start of the first line.
    text : str
        What follows it.
    width : int or None
        Where to break; None: nowhere.

    Returns
    -------
    str
        Lines.
    """
    if width is None:
        return head + text
    room = max(width, len(head) + 20)
    return fill(text, room, initial_indent=head, subsequent_indent=" " * len(head))
