"""The imaging study as its user declares it: one dataclass a block of study.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.imaging import Regressor, read_regressors
from dolorimeter.learning import MODELS

from .timing import check_reference
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
RESPONSES = ("spm", "glover")
GROUP_TESTS = ("one-sample", "two-sample")
WIDEST = 100.0  # mm; a wider Gaussian leaves nothing of a brain, and takes forever
OVERLAPS = ("inclusive", "exclusive", "minimum-t")
GRID = tuple(np.linspace(0.05, 1.0, 20).round(2).tolist())


@dataclass(frozen=True, slots=True)
class Learning:
    """Which model of learning gives the regressors.

    Parameters
    ----------
    model : str or None, default "td"
        A key of ``MODELS``; None where no regressor needs one.
    parameters : mapping of str to float
        Fixed beforehand; the model's defaults where empty.
    fit : str, optional
        Folder that ``learning fit`` wrote; the group's estimate is then taken from ``measure``.
    measure : str, optional
        Whose estimate to take; needed where the fit has several.
    reset_runs : bool, default False
        Whether values start anew in each run.
    """

    model: str | None = "td"
    parameters: Mapping[str, float] = field(default_factory=dict)
    fit: str | None = None
    measure: str | None = None
    reset_runs: bool = False

    def __post_init__(self) -> None:
        if self.model is not None and self.model not in MODELS:
            raise InputError("model", repr(self.model), f"one of {', '.join(MODELS)}")
        if self.fit is not None and self.parameters:
            rule = "one source of the parameters: they are fixed, or estimated by a fit"
            raise InputError("parameters", "values beside a fit", rule)
        if self.model is not None and self.fit is None:
            MODELS[self.model].build(**self.parameters)


@dataclass(frozen=True, slots=True)
class Design:
    """From trials to the columns of a run.

    Parameters
    ----------
    regressors : str or tuple of Regressor or mapping, default "two-errors"
        A set by name (docs/formats/study-imaging.md), or one mapping each.
    hrf : str, default "spm"
        ``"spm"`` or ``"glover"``.
    derivatives : tuple of str
        ``"time"``, ``"dispersion"``: further columns for each regressor.
    convolution : str, default "exact"
        ``"exact"``: the response to an impulse has a peak of 1, so that effects are in percent
        signal per unit of the regressor; ``"nilearn"``: its design matrix to rounding, where an
        impulse lasts a fiftieth of the repetition time.
    high_pass : float or None, default 128
        Cut-off of the drifts in seconds.
    drift : str, default "cosine"
        ``"cosine"`` or ``"polynomial"``.
    drift_order : int, default 1
        Of a polynomial.
    orthogonalize : str, default "none"
        ``"none"``, ``"serial"``, or ``"serial-same-events"`` as SPM does with the modulators of
        one type of trial.
    confounds : tuple of str, default ("motion",)
        Strategy of nilearn's ``load_confounds``; empty: no confounds.
    confound_options : mapping
        Its further options, such as ``motion: basic``.
    scrub : mapping, optional
        Limits beyond which a frame is scrubbed: ``{"fd": 0.5}`` (mm), ``{"std_dvars": 1.5}``.
    scrub_as : str, default "spikes"
        ``"spikes"``: a column for each scrubbed frame; ``"drop"``: the frame is left out.
    missing : str, default "error"
        A regressor without events in a run, or a modulator that does not vary there:
        ``"error"`` refuses, ``"skip"`` leaves its columns out of that run.
    time_reference : str or float, default "auto"
        When in its repetition time a volume counts as taken: ``"auto"``, as the sidecar of the
        image says (``StartTime``, which fMRIPrep writes where it corrected slice timing), else the
        start; ``"start"``, ``"middle"``, or a share of it.
    """

    regressors: Any = "two-errors"
    hrf: str = "spm"
    derivatives: tuple[str, ...] = ()
    convolution: str = "exact"
    high_pass: float | None = 128.0
    drift: str = "cosine"
    drift_order: int = 1
    orthogonalize: str = "none"
    confounds: tuple[str, ...] = ("motion",)
    confound_options: Mapping[str, Any] = field(default_factory=dict)
    scrub: Mapping[str, float] | None = None
    scrub_as: str = "spikes"
    missing: str = "error"
    time_reference: str | float = "auto"

    def __post_init__(self) -> None:
        read_regressors(self.regressors)
        if self.hrf not in RESPONSES:
            rule = " or ".join(RESPONSES)
            remedy = "Time courses give the finite impulse response."
            raise InputError("hrf", repr(self.hrf), rule, remedy)
        check_reference(self.time_reference)

    @property
    def columns(self) -> tuple[Regressor, ...]:
        """The regressors themselves."""
        return read_regressors(self.regressors)


@dataclass(frozen=True, slots=True)
class FirstLevel:
    """The model of one person.

    Parameters
    ----------
    smoothing : float or None, default 6
        Full width at half maximum in mm.
    noise : str, default "ar1"
        ``"ar1"`` or ``"ols"``.
    engine : str, default "fast"
        ``"fast"``, which equals nilearn's results, or ``"nilearn"``.
    scaling : str, default "percent"
        Each voxel in percent of its mean over the run, or ``"none"``.
    """

    smoothing: float | None = 6.0
    noise: str = "ar1"
    engine: str = "fast"
    scaling: str = "percent"

    def __post_init__(self) -> None:
        if self.smoothing is not None and not 0 <= self.smoothing <= WIDEST:
            raise InputError("smoothing", repr(self.smoothing), f"0 to {WIDEST:g} mm, or nothing")


@dataclass(frozen=True, slots=True)
class Group:
    """From people to the group.

    Parameters
    ----------
    test : str, default "one-sample"
        ``"one-sample"``, or ``"two-sample"`` by the column ``between``: the first of its names
        in alphabetical order less the other.
    between : str, optional
        Column of participants.tsv with two groups.
    covariates : tuple of str
        Columns of participants.tsv, taken less their means.
    cluster_p : float, default 0.001
        Uncorrected p, one-sided, that voxels of a cluster reach.
    extent : int, default 5
        Fewest contiguous voxels of a cluster (science.md 2.4).
    permutations : int, default 1000
        Flips of signs behind family-wise p-values; 0 leaves them out.
    tfce : bool, default False
        Threshold-free cluster enhancement besides.
    """

    test: str = "one-sample"
    between: str | None = None
    covariates: tuple[str, ...] = ()
    cluster_p: float = 0.001
    extent: int = 5
    permutations: int = 1000
    tfce: bool = False

    def __post_init__(self) -> None:
        if self.test not in GROUP_TESTS:
            raise InputError("test", repr(self.test), f"one of {', '.join(GROUP_TESTS)}")
        if (self.test == "two-sample") != (self.between is not None):
            rule = "a column of participants.tsv for a two-sample test, and for no other"
            raise InputError("between", repr(self.between), rule)
        if not 0 < self.cluster_p < 0.5:
            raise InputError("cluster_p", repr(self.cluster_p), "a p between 0 and 0.5")
        if self.extent < 1 or self.permutations < 0:
            found = f"extent {self.extent}, permutations {self.permutations}"
            raise InputError("group", found, "at least 1, and at least 0")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where two contrasts hold together.

    Parameters
    ----------
    first, second : str
        Names of contrasts.
    how : str, default "inclusive"
        ``"inclusive"``: both at p; ``"exclusive"``: the first where the second is not;
        ``"minimum-t"``: the smaller of the two against the conjunction null.
    p : float, default 0.001
        Uncorrected, one-sided, of each.
    """

    first: str
    second: str
    how: str = "inclusive"
    p: float = 0.001

    def __post_init__(self) -> None:
        if self.how not in OVERLAPS:
            raise InputError("how", repr(self.how), f"one of {', '.join(OVERLAPS)}")
        if not 0 < self.p < 0.5:
            raise InputError("p", repr(self.p), "a p between 0 and 0.5")


@dataclass(frozen=True, slots=True)
class ModelMaps:
    """Which learning rate, and which model, the brain follows best.

    Parameters
    ----------
    contrast : str
        The one that is scored.
    alphas : tuple of float
        Grid of learning rates; 0.05 to 1 in 20 steps by default.
    models : tuple of str
        Compared on runs held out; empty: none.
    """

    contrast: str
    alphas: tuple[float, ...] = GRID
    models: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for model in self.models:
            if model not in MODELS:
                raise InputError("models", repr(model), f"among {', '.join(MODELS)}")
        if len(self.alphas) < 3 or not all(0 < a <= 1 for a in self.alphas):
            raise InputError("alphas", f"{self.alphas}", "three or more between 0 and 1")


@dataclass(frozen=True, slots=True)
class TimeCourses:
    """Courses of regions after the cue, by type of trial.

    Parameters
    ----------
    regions : tuple of str
        Names among the study's regions.
    window : float, default 24
        Seconds after the cue.
    signs : mapping of str to mapping of str to float
        By region, what the errors of each cue are multiplied with in the predicted course:
        ``{putamen ventral left: {A: 1, B: -1}}`` for a region that follows relief-related
        appetitive and exacerbation-related aversive errors; 1 where nothing is said.
    """

    regions: tuple[str, ...]
    window: float = 24.0
    signs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.signs:
            if name not in self.regions:
                raise InputError("signs", repr(name), f"one of {', '.join(self.regions)}")


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
