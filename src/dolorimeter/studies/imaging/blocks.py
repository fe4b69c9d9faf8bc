"""The blocks of an imaging study's file, one dataclass each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.imaging import Regressor, read_regressors
from dolorimeter.learning import MODELS

from .timing import check_reference

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
