"""The pattern that studies share: leave one out, express the others' pattern in it, audit that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from dolorimeter.audit import Claim, Facts, Proposition, Test, audit_study, leaks
from dolorimeter.core import InputError, Samples
from dolorimeter.decoding.study_patterns import StudyPatterns, leave_one_study_out_pattern

ALPHA = 0.05
HEADLINE = "correlation"  # the one measure that neither a study's scale nor its offset moves
CAVEAT = (
    "A group map averages people and trials. That one resembles the others tells nothing of a "
    "person or a trial, and any task that these studies share – seeing a cue, expecting, "
    "attending, rating – would make maps alike just as pain would."
)


@dataclass(frozen=True, slots=True)
class StudyPatternResult:
    """How strongly each study expresses the pattern of the others.

    Attributes
    ----------
    studies : tuple of str
        Their names.
    people : tuple of int
        In each study; 0 where unknown.
    n_voxels : int
        Voxels, or cubes of voxels, of the common mask.
    weighting : str
        ``"equal"`` or ``"sample-size"``.
    source : str
        Where the maps come from, in words.
    patterns : StudyPatterns
        Expression and its null, by measure.
    claim : Claim
        What may and may not be said.
    """

    studies: tuple[str, ...]
    people: tuple[int, ...]
    n_voxels: int
    weighting: str
    source: str
    patterns: StudyPatterns
    claim: Claim

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "source": self.source,
            "studies": list(self.studies),
            "people": list(self.people),
            "voxels": self.n_voxels,
            "weighting": self.weighting,
            "flips": len(self.patterns.null[HEADLINE]),
            "measures": self.patterns.to_dict(),
            "note": CAVEAT,
            "claim": self.claim.to_dict(),
        }


def study_pattern(
    samples: Samples,
    weighting: Literal["equal", "sample-size"] = "equal",
    n_flips: int = 9999,
    separate_people: bool = False,
    random_state: int | np.random.Generator | None = None,
) -> StudyPatternResult:
    """Express the pattern of all other studies in each study, and say what that carries.

    Parameters
    ----------
    samples : Samples
        One group map a study; ``n_averaged`` holds the people behind it, 0 where unknown.
    weighting : str, default "equal"
        As in :func:`leave_one_study_out_pattern`.
    n_flips : int, default 9999
        Draws of signs.
    separate_people : bool, default False
        Declare that nobody took part in two studies. Maps cannot tell, and the null needs it.
    random_state : int, Generator or None
        For the signs.

    Returns
    -------
    StudyPatternResult
        Three measures, and the claim.

    Raises
    ------
    InputError
        If a study has more than one map, or maps are fewer than three, flat or not finite.
    """
    names, counts = np.unique(samples.subject, return_counts=True)
    if (counts > 1).any():
        found = f"{counts.max()} maps of study {str(names[counts.argmax()])!r}"
        raise InputError("samples", found, "one map a study")
    people = samples.n_averaged
    patterns = leave_one_study_out_pattern(
        samples.features, people, weighting, n_flips=n_flips, random_state=random_state
    )
    facts = study_pattern_facts(samples, patterns, separate_people)
    scope = f"Group maps of studies like these {len(samples)}, after the fact; no person, no trial."
    return StudyPatternResult(
        studies=tuple(samples.subject.tolist()),
        people=tuple(people.tolist()),
        n_voxels=samples.features.shape[1],
        weighting=weighting,
        source=samples.source,
        patterns=patterns,
        claim=audit_study(list(_analyses(facts, patterns, samples)), scope),
    )


def study_pattern_facts(
    samples: Samples, patterns: StudyPatterns, separate_people: bool = False
) -> Facts:
    """Gather what was done: one map a study, each left out once.

    Parameters
    ----------
    samples : Samples
        The maps.
    patterns : StudyPatterns
        Their expression.
    separate_people : bool, default False
        Declared: nobody took part in two studies.

    Returns
    -------
    Facts
        Of an association; measured where maps can tell.
    """
    n = len(samples)
    rows = np.arange(n)
    folds = [(np.delete(rows, row), rows[[row]]) for row in rows]
    measured: dict[str, Any] = {
        "samples_standardized": leaks.samples_standardized(samples.features),
        "duplicates": leaks.duplicates(folds, samples.features),
        "folds_agree": leaks.kept_whole(folds, samples.subject),
        "trials_per_test_sample": leaks.trials_behind(folds, samples.n_averaged),
        "result": Test(
            value=patterns.mean[HEADLINE],
            null_mean=float(patterns.null[HEADLINE].mean()),
            p=patterns.p_value[HEADLINE],
            metric="mean correlation over voxels",
        ),
    }
    return Facts(
        signal=f"group maps of {n} studies",
        pain=True if (samples.modality == "pain").all() else None,
        objective="association",
        whom="new-groups",
        population=f"group averages of studies like these {n}",
        timing="after-the-fact",
        cross_validation="between-subject",
        normalization="none",
        amplitude_used=True,
        shared_subjects=0 if separate_people else None,
        grouped_by="condition",
        forced_choice=False,
        fitted_outside=(),
        target_in_features=(),
        comparators=(),
        failures_reported=True,
        null="relabelling",
        exchanged="the signs of whole maps",
        exchangeable=True if separate_people else None,
        mass_univariate=False,
        bulk_amplitude=False,
        intervention=False,
        tested_in_use=False,
        measured=frozenset(name for name, value in measured.items() if value is not None),
        **measured,
    )


def _analyses(
    facts: Facts, patterns: StudyPatterns, samples: Samples
) -> Iterator[tuple[Facts, tuple[Proposition, ...]]]:
    """Judge what was done, and what it would be taken for: a signature, a prediction."""
    above = int((patterns.expression[HEADLINE] > 0).sum())
    p = patterns.p_value[HEADLINE]
    shared = Proposition(
        f"The group maps of these {len(samples)} studies of pain share a pattern",
        ("V1", "K5"),
        shown=p < ALPHA and patterns.mean[HEADLINE] > 0,
        evidence=f"each correlates with the mean of the others by "
        f"{patterns.mean[HEADLINE]:.3f} on average, {above} of {len(samples)} above 0; sign flips "
        f"of whole maps, p {'< 0.001' if p < 0.001 else f'= {p:.3f}'}",
    )
    yield replace(facts, label="likeness of the maps"), (shared,)
    yield replace(facts, label="the shared pattern", claims=("signature", "unique")), ()
    yield replace(facts, label="expression of the shared pattern", claims=("prediction",)), ()
