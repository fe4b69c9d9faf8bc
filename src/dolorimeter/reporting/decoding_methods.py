"""The methods paragraph of a decoding report, every number out of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .decoding_words import (
    ESTIMATOR,
    NORMALIZATION,
    block,
    counted,
    score_sentence,
    trials_words,
)
from .formats import is_absent, plain

Results = Mapping[str, Any]


def methods(results: Results) -> list[str]:
    """Write the methods paragraph, every number out of the run.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of str
        Sentences; what the run does not know is left out.
    """
    return [*_said_of_data(results), *_said_of_design(results), *_said_of_tests(results)]


def _said_of_data(results: Results) -> Iterator[str]:
    data = block(results, "data")
    nouns = {"subjects": "subject", "runs": "run", "families": "family", "sites": "site"}
    parts = [counted(data[key], noun) for key, noun in nouns.items() if data.get(key)]
    if data.get("samples"):
        of = f" of {', '.join(parts)}" if parts else ""
        yield f"{counted(data['samples'], 'sample')}{of} {_source(data)}."
    behind = block(data, "trials_behind")
    if behind.get("unknown") is True:
        yield "How many trials stand behind a sample is not known."
    elif behind.get("most"):
        least, most = behind.get("least"), behind["most"]
        said = trials_words(least, most)
        yield f"Behind each sample stand {said} trials." if most > 1 else "A sample is one trial."


def _source(data: Results) -> str:
    source = plain(data.get("source") or "a source without name").rstrip(".")
    if source.startswith("simulated: "):
        return f"were simulated ({source.removeprefix('simulated: ')})"
    return f"were read from {source}"


def _said_of_design(results: Results) -> Iterator[str]:
    data, design = block(results, "data"), block(results, "design")
    how = NORMALIZATION.get(design.get("normalization") or "")
    if data.get("features"):
        yield f"Each has {counted(data['features'], 'feature')}{f', {how}' if how else ''}."
    if design.get("estimator"):
        strength = design.get("regularization")
        penalty = "" if is_absent(strength) else f" with regularization {strength:g}"
        priors = f" and class priors {plain(design['priors'])}" if design.get("priors") else ""
        name = ESTIMATOR.get(design["estimator"], plain(design["estimator"]))
        yield f"The estimator was {name}{penalty}{priors}."
    if design.get("scheme"):
        n = f" ({counted(design['folds'], 'fold')})" if design.get("folds") else ""
        within = {True: ", within each subject", False: ", between subjects"}
        yield (
            f"It was evaluated by {plain(design['scheme'])} cross-validation{n}"
            f"{within.get(design.get('within_subject'), '')}."  # type: ignore[arg-type]
        )
    if design.get("inside"):
        inside = ", ".join(map(plain, design["inside"]))
        yield f"Fitted anew on the training samples of each fold: {inside}."
    if design.get("tuned"):
        yield f"Tuned: {plain(design['tuned'])}."
    if design.get("outside") is not None:
        outside = ", ".join(map(plain, design["outside"])) or "nothing"
        yield f"Fitted, selected, tuned or scaled outside the training folds: {outside}."
    shared = {k: n for k, n in block(design, "shared").items() if not is_absent(n)}
    if shared:
        said = ", ".join(counted(n, plain(k)) for k, n in shared.items())
        yield f"Shared by training and test of one fold, counted from the folds: {said}."


def _said_of_tests(results: Results) -> Iterator[str]:
    design = block(results, "design")
    n = design.get("permutations")
    if n:
        exchanged = design.get("exchanged")
        what = f", exchanging {plain(exchanged)}" if exchanged else ""
        yield f"The null was made by {counted(n, 'relabelling')}{what}."
    elif n == 0:
        yield "No relabelling was done, so the score has no null."
    said = score_sentence(block(results, "accuracy"))
    if said:
        yield f"{said}."
    if not is_absent(design.get("random_state")):
        yield f"The seed was {plain(design['random_state'])}."
    if design.get("fold_fingerprint"):
        yield f"Fingerprint of the folds: {plain(design['fold_fingerprint'])}."
    if results.get("version"):
        yield f"Computed by dolorimeter {plain(results['version'])}."
