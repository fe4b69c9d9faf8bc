"""The imaging study as its user declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.core import InputError

from .blocks import Design, FirstLevel, Group, Learning, ModelMaps, Overlap, TimeCourses
from .words import file_name

if TYPE_CHECKING:
    from pathlib import Path

    from .data import ImagingData
    from .result import ImagingResult

Contrasts = Mapping[str, Mapping[str, float]]

_TWO_ERRORS = {
    "appetitive": {"error_A": 0.5, "error_B": 0.5},
    "aversive": {"error_A": -0.5, "error_B": -0.5},
    "relief": {"error_A": 1.0},
    "exacerbation": {"error_B": -1.0},
}
CONTRASTS: dict[str, dict[str, dict[str, float]]] = {
    "two-errors": _TWO_ERRORS,
    "paper": _TWO_ERRORS,
    "one-error": {"appetitive": {"error": 1.0}, "aversive": {"error": -1.0}},
    "valence-independent": {
        "valence-independent": {"valence_independent_error": 1.0},
        "inverse": {"valence_independent_error": -1.0},
    },
    "surprise": {"surprise": {"surprise": 1.0}},
    "value-and-error": {
        "value": {"value": 1.0},
        "appetitive": {"outcome_error": 1.0},
        "aversive": {"outcome_error": -1.0},
    },
    "outcomes": {"appetitive": {"error": 1.0}, "aversive": {"error": -1.0}},
}


@dataclass(frozen=True, slots=True)
class ImagingStudy:
    """Model-based fMRI: design of one study (Seymour et al. 2005; science.md 2.4).

    Parameters
    ----------
    learning : Learning
        Which model gives the regressors.
    design : Design
        From trials to the columns of a run.
    contrasts : mapping of str to mapping of str to float, optional
        Weights of columns by the contrast's name; by default those of the set of regressors.
    first_level : FirstLevel
        The model of one person.
    group : Group
        From people to the group.
    regions : tuple of str or mapping
        A-priori regions, as :func:`dolorimeter.imaging.read_regions` takes them.
    overlap : tuple of Overlap
        Pairs of contrasts.
    factors : mapping
        Contrast by level of one factor within subjects, two levels or more; for two crossed
        factors, such contrasts by level of the first. Empty: none.
    model_maps : ModelMaps, optional
        Learning rates and models over the brain.
    time_courses : TimeCourses, optional
        Courses of regions.
    pain : bool, optional
        Whether what is learned is pain or relief of it; unknown without, and then nothing about
        pain is granted.
    title : str
        Of the report.
    """

    learning: Learning = field(default_factory=Learning)
    design: Design = field(default_factory=Design)
    contrasts: Contrasts | None = None
    first_level: FirstLevel = field(default_factory=FirstLevel)
    group: Group = field(default_factory=Group)
    regions: Any = ()
    overlap: tuple[Overlap, ...] = ()
    factors: Mapping[str, Any] = field(default_factory=dict)
    model_maps: ModelMaps | None = None
    time_courses: TimeCourses | None = None
    pain: bool | None = None
    title: str = ""

    def __post_init__(self) -> None:
        named = self.asked
        rule = f"one of {', '.join(named)}"
        only = "valence-independent"
        if self.design.regressors == only and self.learning.model != only:
            rule = f"learning: {{model: {only}}}, whose errors these regressors are"
            raise InputError("design, regressors", f"{only!r} of {self.learning.model!r}", rule)
        used = [(f"overlap, pair {i + 1}", name) for i, pair in enumerate(self.overlap)
                for name in (pair.first, pair.second)]  # fmt: skip
        used += [(f"factors, {', '.join(cell)}", name) for cell, name in self.cells.items()]
        if self.model_maps is not None:
            used.append(("model_maps, contrast", self.model_maps.contrast))
        for where, name in used:
            if name not in named:
                raise InputError(where, f"no contrast {name!r}", rule)
        if self.factors and min(len({c[i] for c in self.cells}) for i in range(self.crossed)) < 2:
            raise InputError("factors", "one level", "two levels or more of each factor")
        if self.factors and self.group.test == "two-sample":
            rule = "a one-sample test: levels are compared within people, groups aside"
            raise InputError("factors", "given with a two-sample test", rule)
        self._refuse_clashes()

    @property
    def asked(self) -> dict[str, dict[str, float]]:
        """Contrasts by name: those declared, or those of the set of regressors."""
        if self.contrasts:
            return {name: dict(weights) for name, weights in self.contrasts.items()}
        given = self.design.regressors
        if isinstance(given, str) and given in CONTRASTS:
            return CONTRASTS[given]
        rule = "weights of columns by name: these regressors have no contrasts of their own"
        raise InputError("contrasts", "none", rule)

    def _refuse_clashes(self) -> None:
        """Refuse names whose maps would be written to one file, on any file system."""
        families = {
            "contrasts": list(self.asked),
            "factors": ["mean", *map(", ".join, self.cells)] if self.cells else [],
            "overlap": [f"{pair.first} {pair.how} {pair.second}" for pair in self.overlap],
        }
        rule = "names of their own, capitals and signs aside: files are named after them"
        for where, names in families.items():
            seen: dict[str, str] = {}
            for name in names:
                stem = file_name(name).casefold()
                if stem in seen:
                    raise InputError(where, f"{name!r} beside {seen[stem]!r}", rule)
                seen[stem] = name

    @property
    def crossed(self) -> int:
        """How many factors there are within subjects: 0, 1 or 2."""
        return max((len(cell) for cell in self.cells), default=0)

    @property
    def cells(self) -> dict[tuple[str, ...], str]:
        """Contrast of each level, or of each pair of levels of two factors."""
        found: dict[tuple[str, ...], str] = {}
        for level, given in self.factors.items():
            if isinstance(given, Mapping):
                found |= {(str(level), str(other)): name for other, name in given.items()}
            else:
                found[(str(level),)] = given
        if len({len(cell) for cell in found}) > 1:
            raise InputError("factors", "levels with and without a second factor", "one kind")
        return found

    def run(
        self,
        data: ImagingData,
        random_state: int | None = None,
        cache: str | Path | None = None,
        n_jobs: int = 1,
    ) -> ImagingResult:
        """Fit people and the group, find peaks and overlaps, and audit.

        Parameters
        ----------
        data : ImagingData
            From :func:`read_imaging`.
        random_state : int, optional
            Seed of the flips. Without one a seed is drawn and recorded.
        cache : str or Path, optional
            Folder that keeps what was computed for each person; a run that was killed goes on.
        n_jobs : int, default 1
            People at once.

        Returns
        -------
        ImagingResult
            Maps, tables, claim, and all that the report draws.
        """
        from .run import run

        fresh = int(np.random.default_rng().integers(2**32))
        return run(self, data, fresh if random_state is None else random_state, cache, n_jobs)
