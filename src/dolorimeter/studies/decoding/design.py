"""The decoding study as its user declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import Samples

from .checks import check_study

if TYPE_CHECKING:
    from .result import DecodingResult

SIZES = (1, 2, 4, 8, 16, 20)


@dataclass(frozen=True, slots=True)
class DecodingStudy:
    """Honest decoding: design of one study (Hu & Iannetti 2016; science.md, part 3).

    The objective brings its default protocol. Every departure is allowed, stands in the result,
    and is judged by the audit.

    Parameters
    ----------
    objective : Signature or Prediction
        What the study is for, with its normalization, scheme and scope.
    estimator : str or scikit-learn estimator, default "lda"
        ``"lda"`` for classes and ``"ridge"`` for numbers take the exact fast path; any other
        estimator is refitted in every fold and permutation.
    regularization : float, default 1.0
        Ridge penalty of ``"lda"`` and ``"ridge"`` (scikit-learn's alpha).
    priors : str or tuple of float, optional
        Class priors of ``"lda"``; see :func:`dolorimeter.decoding.cross_validate`.
    group : str, optional
        Column that leave-one-group-out keeps whole: ``"family"``, ``"site"``, ``"run"`` or
        ``"subject"``.
    permutations : int, default 1000
        Relabellings behind the null; 0 leaves every claim unproven.
    pain : bool, optional
        Whether the target is pain at all; without it no claim about pain is granted.
    modalities : tuple of str
        Modalities that are not trained on but tested for specificity.
    base_rate : float, optional
        Share of pain where the pattern would be used, for P(pain | pattern).
    sizes : tuple of int
        Group sizes of the labelling curve.
    grouped_by : str, optional
        How samples that are averages were averaged: ``"condition"``, ``"stimulus"``,
        ``"rating"`` or ``"blind"``. Without it averages that have a condition are taken as
        averaged by it.
    test_average : int, default 1
        Test samples averaged by condition before the headline is read off: labelling, a departure.
    inside : tuple of mapping
        Steps fitted on the training samples of each fold, such as ``{"scale": True}``,
        ``{"select": 100}``, ``{"components": 20}``.
    outside : tuple of mapping
        The same steps fitted once on all samples, test samples included: a departure.
    tune : tuple of float
        Penalties to choose among instead of ``regularization``.
    tune_on : str, default "training"
        ``"training"`` chooses inside each training fold; ``"test"`` takes the penalty with the
        best test score: a departure.
    null : str, default "relabelling"
        ``"nominal"`` judges the score against one over the number of classes: a departure.
    searchlight : float, optional
        Radius in mm of a searchlight over the images, with the same folds, penalty and exchange
        and at most 1,000 permutations. Not together with ``inside``, ``priors`` or an estimator of
        scikit-learn.
    unrelated : bool, default False
        Nobody is related to anybody, where no family is named: declared, not measured.
    signal : str
        What pain is inferred from, in words, such as ``"fMRI responses to heat"``.
    title : str
        Title of the report.

    Examples
    --------
    >>> import dolorimeter as dm
    >>> study = dm.DecodingStudy(dm.Signature(scheme="leave-one-run-out"), pain=True)
    >>> study.scheme
    'leave-one-run-out'
    """

    objective: Signature | Prediction
    estimator: Any = "lda"
    regularization: float = 1.0
    priors: Any = None
    group: str | None = None
    permutations: int = 1000
    pain: bool | None = None
    modalities: tuple[str, ...] = ()
    base_rate: float | None = None
    sizes: tuple[int, ...] = SIZES
    grouped_by: Literal["condition", "stimulus", "rating", "blind"] | None = None
    test_average: int = 1
    inside: tuple[dict[str, Any], ...] = ()
    outside: tuple[dict[str, Any], ...] = ()
    tune: tuple[float, ...] = ()
    tune_on: Literal["training", "test"] = "training"
    null: Literal["relabelling", "nominal"] = "relabelling"
    searchlight: float | None = None
    unrelated: bool = False
    signal: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        check_study(self)

    @property
    def scheme(self) -> str:
        """The cross-validation scheme, which the objective declares."""
        return self.objective.scheme

    @property
    def kind(self) -> Literal["signature", "prediction"]:
        """Name of the objective."""
        return "signature" if isinstance(self.objective, Signature) else "prediction"

    @property
    def within_subject(self) -> bool:
        """Whether decoders are trained and tested within one subject at a time."""
        apart = self.scheme == "leave-one-subject-out" or (
            self.scheme == "leave-one-group-out" and self.group != "run"
        )
        return self.objective.within == "subject" and not apart

    @property
    def groups(self) -> str | None:
        """The column of samples that the scheme keeps whole; None where it leaves out trials."""
        named = {"leave-one-run-out": "run", "leave-one-subject-out": "subject"}
        return self.group if self.scheme == "leave-one-group-out" else named.get(self.scheme)

    def run(self, samples: Samples, random_state: int | None = None) -> DecodingResult:
        """Decode, compare, and audit.

        Parameters
        ----------
        samples : Samples
            From :func:`dolorimeter.read_samples` or :func:`dolorimeter.simulate_samples`.
        random_state : int, optional
            Seed of relabellings and resamples. Without one a seed is drawn and recorded.

        Returns
        -------
        DecodingResult
            Accuracy, labelling, claim, and all that the report draws.
        """
        from .run import run

        fresh = int(np.random.default_rng().integers(2**32))
        return run(self, samples, fresh if random_state is None else random_state)
