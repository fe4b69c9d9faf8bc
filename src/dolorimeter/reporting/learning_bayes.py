"""The part of a learning report that holds posteriors by full Bayes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import tables_learning_bayes
from .formats import plain

Entry = Mapping[str, Any]


def sampled(entries: Sequence[tuple[str, Entry]], title: str) -> dict[str, Any] | None:
    """Gather posteriors of all models on one measure.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name and fit of each model.
    title : str
        Of the measure.

    Returns
    -------
    dict or None
        Tables, and a warning a model that is not to be trusted; None where nothing was sampled.
    """
    found = [(name, fit["bayes"]) for name, fit in entries if fit.get("bayes")]
    if not found:
        return None
    return {
        "warnings": [
            (name, plain(block.get("reason") or "Its chains were not examined."))
            for name, block in found
            if block.get("trusted") is not True
        ],
        "chains": tables_learning_bayes.chains(
            found, f"{title}: full Bayes, whether the chains may be trusted."
        ),
        "posterior": tables_learning_bayes.posterior(
            found,
            f"{title}: posteriors of the group by full Bayes. Slope and noise with measure and "
            "quantity at deviation 1; deviations are over subjects.",
        ),
        "subjects": tables_learning_bayes.subjects(
            found, f"{title}: posteriors of the subjects by full Bayes."
        ),
    }
