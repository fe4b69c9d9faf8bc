"""What a test of specificity found, in the shape that the audit and the report take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.audit import Comparator

from .equivalence import Equivalence
from .reverse_inference import ReverseInference
from .separation import Separation

CALLED = ("called pain", "not called pain")


@dataclass(frozen=True, slots=True)
class ModalityResult:
    """One modality other than pain.

    Attributes
    ----------
    modality : str
        Its name.
    n : int
        Its samples.
    called_pain : int
        Those with a decision value above 0.
    separation : Separation
        Of pain from it.
    salience : Equivalence or None
        Rated salience of pain less that of the modality; None where unrated or no margin is stated.
    """

    modality: str
    n: int
    called_pain: int
    separation: Separation
    salience: Equivalence | None

    @property
    def rate(self) -> float:
        """Share of its samples that were called pain."""
        return self.called_pain / self.n

    @property
    def comparator(self) -> Comparator:
        """The same as a fact for the audit's rule S1."""
        known = self.salience
        return Comparator(
            modality=self.modality,
            salience_ci95=None if known is None else known.ci95,
            margin=None if known is None else known.margin,
            separation_ci95=self.separation.ci95,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        known = self.salience
        return {
            "modality": self.modality,
            "n": self.n,
            "called_pain": self.called_pain,
            "rate": self.rate,
            "separation": self.separation.value,
            "separation_ci95": list(self.separation.ci95),
            "separation_p": self.separation.p_value,
            "subjects": len(self.separation.subjects),
            "salience_difference": None if known is None else known.difference,
            "salience_ci95": None if known is None else list(known.ci95),
            "margin": None if known is None else known.margin,
            "equivalent": None if known is None else known.equivalent,
            "equivalence_alpha": None if known is None else known.alpha,
        }


@dataclass(frozen=True, slots=True)
class Specificity:
    """How a decoder of pain answers to other modalities.

    Attributes
    ----------
    trained_on : str
        The two classes, in words.
    scheme : str
        How test samples were kept from training.
    exchanged : str
        What the relabelling exchanged, in words; empty without relabelling.
    decoders : tuple of str
        What each decoder set pain against: the baseline, or each modality.
    decisions : ndarray of shape (n_samples, n_decoders)
        Decision values, above 0 called pain; NaN where a decoder was not asked.
    modalities : tuple of ModalityResult
        Those tested.
    rows : tuple of str
        Row names of the confusion: pain, the baseline if trained on, the modalities; with a
        decoder for each modality, pain as each calls it.
    counts : ndarray of shape (n_rows, 2), int64
        Samples called pain and not.
    reverse_inference : ReverseInference or None
        P(pain | called pain) at the base rate asked for.
    """

    trained_on: str
    scheme: str
    exchanged: str
    decoders: tuple[str, ...]
    decisions: NDArray[np.float64]
    modalities: tuple[ModalityResult, ...]
    rows: tuple[str, ...]
    counts: NDArray[np.int64]
    reverse_inference: ReverseInference | None

    @property
    def comparators(self) -> tuple[Comparator, ...]:
        """The facts for the audit's rule S1."""
        return tuple(found.comparator for found in self.modalities)

    def to_dict(self) -> dict[str, Any]:
        """Return the block ``"specificity"`` of results.json."""
        inferred = self.reverse_inference
        return {
            "trained_on": self.trained_on,
            "scheme": self.scheme,
            "exchanged": self.exchanged,
            "modalities": [found.to_dict() for found in self.modalities],
            "confusion": {
                "rows": list(self.rows),
                "columns": list(CALLED),
                "counts": self.counts.tolist(),
            },
            "reverse_inference": None if inferred is None else inferred.to_dict(),
        }
