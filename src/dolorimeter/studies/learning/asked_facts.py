"""What a learning study asks to have judged of choices, ratings, screening and awareness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.audit import Proposition
from dolorimeter.studies.words import p_words

from .asked_words import share_words

Content = Mapping[str, Any]
LEVEL = 0.05
RULES = ("K5",)
# Of the ratings: what a relief and an exacerbation must be, as the sign of a change from baseline.
EXPECTED = {
    ("pain", "increase"): 1,
    ("pain", "decrease"): -1,
    ("pleasantness", "increase"): -1,
    ("pleasantness", "decrease"): 1,
}


def asked_propositions(content: Content) -> Iterator[tuple[str, Proposition]]:
    """Name each analysis of what people did and told after learning, with its sentence.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Yields
    ------
    label : str
        Of the analysis.
    proposition : Proposition
        Its sentence.
    """
    behaviour = content["behaviour"]
    screening, ratings = behaviour["screening"], behaviour["ratings"]
    if screening is not None:
        yield "screening", _relief(content, screening)
    if ratings is not None and (rows := [r for r in ratings["paired"] if r["kind"] == "change"]):
        yield "ratings", _rated(rows)
    if "preference" in content["design"]["measures"]:
        yield from _preferred(behaviour)


def _relief(content: Content, screening: Content) -> Proposition:
    """A decrease that someone finds unpleasant is no reward for him, whatever models count."""
    found, everyone = screening["pleasant"], content["data"]["subjects"]
    evidence = f"{share_words(found)} called it pleasant"
    if screening["unpleasant"]:
        evidence += f", not {', '.join(screening['unpleasant'])}"
    if found["n"] < everyone:
        evidence += f"; {everyone - found['n']} of those analyzed were not asked"
    said = "the decrease of pain, which models count as relief, was pleasant to everyone analyzed"
    return Proposition(said, RULES, found["yes"] == everyone, evidence)


def _rated(rows: list[Content]) -> Proposition:
    holds = [
        row["p_holm"] < LEVEL and row["difference"] * EXPECTED[row["scale"], row["a"]] > 0
        for row in rows
    ]
    evidence = ", ".join(
        f"{row['scale']} {row['a']} {row['difference']:+.1f} ({p_words(row['p_holm'])})".replace(
            "-", "−"
        )
        for row in rows
    )
    said = (
        "before the experiment decreases were rated better than the baseline, and increases worse"
    )
    return Proposition(said, RULES, all(holds), f"{evidence}, Holm over comparisons")


def _preferred(behaviour: Content) -> Iterator[tuple[str, Proposition]]:
    found = behaviour["preferences"]
    if found is None or found["expected"] is None:
        return
    better, worse = found["expected"]
    means = {cue: row["mean"] for cue, row in found["scores"].items()}
    said = f"people choose the cue {better}, which better outcomes follow, over the cue {worse}"
    yield "choices", _choice(said, (better, worse), means, found["tests"])
    awareness = behaviour["awareness"]
    unaware = None if awareness is None else awareness["unaware"]
    if unaware is not None:
        said = (
            "even people who could not report what followed which cue choose the cue "
            f"{better} over the cue {worse}"
        )
        yield (
            "choices of those unaware",
            _choice(said, (better, worse), unaware["scores"], unaware["tests"]),
        )


def _choice(
    said: str, cues: tuple[str, str], means: Mapping[str, float], tests: list[Content]
) -> Proposition:
    """Let the test between two cues, named by the task beforehand, speak for a preference."""
    own = [test for test in tests if {test["a"], test["b"]} == set(cues)]
    if not own:
        return Proposition(said, RULES, None, "never offered against each other")
    first, second = (means[cue] for cue in cues)
    p, n = own[0]["p"], own[0]["n"]
    evidence = (
        f"mean scores {first:.1f} and {second:.1f}, signed-rank test over {n} people {p_words(p)}"
    )
    return Proposition(said, RULES, p < LEVEL and first > second, evidence)
