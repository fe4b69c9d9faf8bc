"""The TRIPOD+AI checklist, filled in as far as a run can know; the rest stays a visible gap."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from .tripod_decoding import DECODING_ANSWERS
from .tripod_vitals import VITALS_ANSWERS
from .tripod_words import Results, block, listed, said, version_said

Answer = Callable[[Results], str]
NONE_UPDATED = "No model was updated after its evaluation."


def fill_tripod(results: Results) -> list[dict[str, Any]]:
    """Fill in the checklist of TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378).

    Parameters
    ----------
    results : mapping
        What results.json holds, of a decoding study or of a vital-signs study; any block may be
        missing or None.

    Returns
    -------
    list of dict
        The 52 parts of the 27 items in their order, each with ``item``, ``section``, ``text``,
        ``filled`` (bool) and ``value``: what the run knows of it, and what remains to be written;
        empty where the run knows nothing.
    """
    answers = ANSWERS.get(str(results.get("study")), {})
    return [_filled(item, answers, results) for item in _checklist()]


def _filled(
    item: Mapping[str, str], answers: Mapping[str, Answer], results: Results
) -> dict[str, Any]:
    answer = answers.get(item["item"])
    known = answer(results) if answer else ""
    rest = item.get("rest", "")
    value = f"{known} Still to be written: {rest}." if known and rest else known
    named = {key: item[key] for key in ("item", "section", "text")}
    return {**named, "filled": bool(known), "value": value}


@cache
def _checklist() -> tuple[Mapping[str, str], ...]:
    text = files("dolorimeter.studies").joinpath("tripod.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["items"])


def _title(results: Results) -> str:
    return said(results.get("title"))


def _abstract(results: Results) -> str:
    return " ".join(results.get("summary") or ())


def _limitations(results: Results) -> str:
    findings = block(results, "claim").get("findings") or ()
    weak = ("violated", "warned", "unknown")
    rules = dict.fromkeys(f["rule"] for f in findings if f.get("status") in weak)
    if rules:
        return f"The rules {listed(rules)} were violated, warned of or left unknown."
    return "No rule of the audit was violated, warned of or left unknown." if findings else ""


def _not_updated(results: Results) -> str:
    return NONE_UPDATED if block(results, "data") else ""


_SHARED: Mapping[str, Answer] = {
    "1": _title,
    "2": _abstract,
    "12f": _not_updated,
    "18f": version_said,
    "24": _not_updated,
    "26": _limitations,
}
ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "decoding": {**_SHARED, **DECODING_ANSWERS},
    "vitals": {**_SHARED, **VITALS_ANSWERS},
}
