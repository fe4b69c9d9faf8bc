"""What the pages of every study share: their head, the claim, counts, notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dolorimeter.core.errors import InputError

from . import tables_learning
from .decoding_words import block
from .formats import count, is_absent, plain
from .tables_rules import rule_rows, status_counts
from .words import option

Results = Mapping[str, Any]
Pairs = list[tuple[str, str]]
FORMAT = 1
UNKNOWN = "not known"
MOST_NOTICES = 8
_UNASKED = "not-applicable"
_SINGULAR = {"families": "family"}


def require(results: Results, study: str) -> None:
    """Refuse the results of another study or format.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.
    study : str
        The study that the page is of.

    Raises
    ------
    InputError
        If they are something else.
    """
    if results.get("format") != FORMAT or results.get("study") != study:
        found = f"format {results.get('format')!r} of study {results.get('study')!r}"
        raise InputError("results", found, f"format {FORMAT} of study {study!r}")


def head(results: Results, title: str) -> dict[str, Any]:
    """Gather title, summary, source, claim and rules.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.
    title : str
        Title of results that have none.

    Returns
    -------
    dict
        What ``base.html`` and the shared sections show.
    """
    claim = block(results, "claim")
    rules = rule_rows(claim.get("findings") or ())
    said = {kind: claim.get(kind) or () for kind in ("granted", "refused", "unproven")}
    return {
        "title": results.get("title") or title,
        "version": results.get("version") or "",
        "created": results.get("created") or "",
        "summary": results.get("summary") or (),
        "source": plain(block(results, "data").get("source") or ""),
        "claim": {**said, "scope": plain(claim.get("scope") or ""), "known": bool(claim)},
        "rules": rules,
        "rules_asked": [row for row in rules if row.status != _UNASKED],
        "rules_unasked": [row for row in rules if row.status == _UNASKED],
        "rule_ids": {row.rule for row in rules if row.anchor},
        "status_counts": status_counts(rules),
    }


def counts(data: Results, names: Iterable[str]) -> Pairs:
    """List the large numbers of the data section.

    Parameters
    ----------
    data : mapping
        The results' ``data``.
    names : iterable of str
        Plurals: the keys to look for.

    Returns
    -------
    list of (str, str)
        Names and counts of what there is; a list counts as its length.
    """
    sizes = {key: _size(data.get(key)) for key in names}
    return [
        (_SINGULAR.get(key, key[:-1]) if size == 1 else key, count(size))
        for key, size in sizes.items()
        if size
    ]


def _size(value: Any) -> Any:
    return len(value) if isinstance(value, (list, tuple)) else value


def said(facts: Results, key: str) -> str:
    """Write one fact of a study.

    Parameters
    ----------
    facts : mapping
        A block of the results.
    key : str
        Its name there.

    Returns
    -------
    str
        Counts with separators, options spelled out; what nobody recorded says so.
    """
    value = facts.get(key)
    if value == "" or is_absent(value):
        return UNKNOWN
    if isinstance(value, int) and not isinstance(value, bool) and key != "random_state":
        return count(value)
    return option(value)


def noticed(data: Results) -> dict[str, Any]:
    """Gather what reading the data noticed.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    dict
        The first notices as a table, the rest as another, and how many there are.
    """
    notices = data.get("notices")
    entries = notices or ()
    first, rest = entries[:MOST_NOTICES], entries[MOST_NOTICES:]
    few = f" The first {MOST_NOTICES} of {count(len(entries))}." if rest else ""
    return {
        "looked": notices is not None,
        "first": tables_learning.notices(
            first, f"What was noticed while reading; nothing was mended in silence.{few}"
        ),
        "rest": tables_learning.notices(rest, "The further notices."),
        "n_rest": len(rest),
    }
