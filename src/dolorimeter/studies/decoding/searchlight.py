"""The searchlight of a study: its folds, penalty and exchange in the sphere around each voxel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core.containers import Floats
from dolorimeter.decoding import Searchlight, search_samples
from dolorimeter.decoding.relabelling import TIE
from dolorimeter.studies.streams import stream

from .plan import Plan

MOST = 1000  # relabellings; more cost time and change no p-value that is read at 0.05
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Searched:
    """Scores of all centers against their null.

    Attributes
    ----------
    radius : float
        In millimetres.
    scores : ndarray of shape (n_centers,)
        Mean over parts (subjects) of accuracy or predictive R².
    expected : ndarray of shape (n_centers,)
        Mean of each center's null; the nominal chance where nothing was relabelled.
    p_max : ndarray of shape (n_centers,) or None
        Family-wise; None without relabellings.
    note : str
        What was done, in words.
    """

    radius: float
    scores: Floats
    expected: Floats
    p_max: Floats | None
    note: str

    @property
    def map(self) -> Floats:
        """Score less what is expected without an effect, so that 0 is nothing."""
        return self.scores - self.expected

    def to_dict(self) -> dict[str, Any]:
        """Return what results.json holds; ``null_mean`` is the mean over centers."""
        best, p_max = int(np.argmax(self.scores)), self.p_max
        return {
            "radius": float(self.radius),
            "centers": len(self.scores),
            "best": float(self.scores[best]),
            "best_p_max": None if p_max is None else float(p_max[best]),
            "n_significant": None if p_max is None else int(np.sum(p_max <= LEVEL)),
            "null_mean": None if p_max is None else float(self.expected.mean()),
            "note": self.note,
        }


def search(plan: Plan) -> Searched | None:
    """Search the images sphere by sphere, on the folds and with the exchange of the study.

    Parameters
    ----------
    plan : Plan
        Samples. Where decoders are trained within subjects, scores are averaged over them.

    Returns
    -------
    Searched or None
        None where the study asks for none.

    Raises
    ------
    InputError
        If the samples have no grid, or nothing can be exchanged.
    """
    study = plan.study
    if study.searchlight is None:
        return None
    samples, exchange = plan.everything.take(plan.rows), plan.exchange
    found = [
        search_samples(
            samples.take(rows), study.searchlight, scheme=study.scheme,
            groups=None if plan.groups is None else plan.groups[rows],
            regularization=study.regularization, permutations=min(study.permutations, MOST),
            blocks=exchange.blocks[rows], exchange=exchange.how,
            random_state=stream(plan.seed, "searchlight", name),
        )
        for name, rows in plan.parts
    ]  # fmt: skip
    scores = np.mean([part.scores for part in found], axis=0)
    nulls = [part.null_mean for part in found if part.null_mean is not None]
    chance = 1 / len(plan.class_names) if plan.has_classes else 0.0
    expected = np.mean(nulls, axis=0) if nulls else np.full(len(scores), chance)
    return Searched(study.searchlight, scores, expected, _p_max(found, scores), _note(plan, found))


def _p_max(found: list[Searchlight], scores: Floats) -> Floats | None:
    """Return family-wise p values of means over parts.

    Of each part only the largest null score over centers is kept. Their mean is at least the
    largest mean, so that these p values are at least those of the largest mean: conservative.
    """
    kept = [part.null_max for part in found if part.null_max is not None]
    if not kept:
        return None
    largest = np.sort(np.mean(kept, axis=0))
    below = np.searchsorted(largest, scores - TIE * np.maximum(1.0, np.abs(scores)))
    p_max: Floats = (1 + len(largest) - below) / (1 + len(largest))
    return p_max


def _note(plan: Plan, found: list[Searchlight]) -> str:
    """Say how it was searched, and what the map shows."""
    study, drawn = plan.study, min(plan.study.permutations, MOST)
    measure = "Accuracy" if plan.has_classes else "Predictive R²"
    said = [
        f"{measure} of {study.estimator} (penalty {study.regularization:g}) in spheres of "
        f"{study.searchlight:g} mm, on the folds of the study."
    ]
    if len(found) > 1:
        said.append(f"Scores are means over {len(found)} subjects.")
    if not drawn:
        nominal = "one over the number of classes" if plan.has_classes else "0"
        said.append(f"No null was made; the map is the score less {nominal}, which is no null.")
        return " ".join(said)
    said.append(
        f"Null: {drawn:,} relabellings ({plan.exchange.words}), the same at all centers; p is "
        "family-wise, by the largest score over centers, and the map is the score less the mean "
        "of the center’s null."
    )
    if not plan.exchange.exchangeable:
        said.append("What was exchanged is not exchangeable, so that p is no valid one.")
    if len(found) > 1:
        said.append("The largest scores are averaged over subjects, which makes p conservative.")
    return " ".join(said)
