"""What a study did, as far as anyone knows: measured from its run, or declared."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Literal

from dolorimeter.core import InputError

from .fields import check_fields

Objective = Literal["signature", "prediction", "association"]
Asked = Literal[
    "signature",
    "prediction",
    "fine-grained",
    "unique",
    "cause",
    "necessary",
    "sufficient",
    "use",
    "reverse-inference",
    "live",
]
Whom = Literal["same-subjects", "new-stays", "new-subjects", "new-groups"]
Timing = Literal["live", "after-the-fact"]
Grouping = Literal["nothing", "blind", "condition", "stimulus", "rating"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Test:
    """A figure and how it stands against its null; None where not known.

    Attributes
    ----------
    value : float or None
        The figure; larger is better.
    null_mean : float or None
        Its mean under the null, which need not be the nominal chance level.
    p : float or None
        Its p-value against that null, adjusted where several were tested.
    ci95 : tuple of float or None
        Its 95 % interval.
    metric : str
        What it is, in words.

    Raises
    ------
    InputError
        If a number is not finite, p is outside 0 to 1 or the interval is upside down.
    """

    __test__: ClassVar[bool] = False  # pytest would take the name for a test

    value: float | None
    null_mean: float | None = None
    p: float | None = None
    ci95: Interval | None = None
    metric: str = "accuracy"

    def __post_init__(self) -> None:
        check_fields(self, probabilities=("p",))
        if any(word in self.metric.lower() for word in ("error", "loss", "deviance")):
            rule = "a figure of which more is better, such as accuracy or predictive R²"
            raise InputError("metric", repr(self.metric), rule)
        within = (self.value, self.null_mean, *(self.ci95 or ()))
        if self.metric.lower().endswith("accuracy"):
            for share in within:
                if share is not None and not 0 <= share <= 1:
                    raise InputError("accuracy", repr(share), "a share between 0 and 1")


@dataclass(frozen=True, slots=True)
class Comparator:
    """A modality other than pain that was tested for specificity; None where not known.

    Attributes
    ----------
    modality : str
        What was felt: ``"touch"``, ``"sound"``, …
    salience_ci95 : tuple of float or None
        95 % interval of the difference of rated salience, pain less this modality.
    margin : float or None
        Differences of salience smaller than this, either way, count as none.
    separation_ci95 : tuple of float or None
        95 % interval of the separation of pain from this modality; 0 is none, positive is right.

    Raises
    ------
    InputError
        If a number is not finite, an interval is upside down, or the margin is not positive.
    """

    modality: str
    salience_ci95: Interval | None = None
    margin: float | None = None
    separation_ci95: Interval | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if self.modality.strip().lower() == "pain":
            raise InputError("modality", repr(self.modality), "a modality other than pain")
        if self.margin is not None and self.margin <= 0:
            raise InputError("margin", repr(self.margin), "a positive number")


@dataclass(frozen=True, slots=True)
class Facts:
    """One analysis as the audit sees it. None: not known, which never grants anything.

    Attributes
    ----------
    label : str
        Which analysis: ``"HMM, direct task"``; empty where there is one.
    signal : str or None
        What pain is inferred from, in words: ``"fMRI patterns"``.
    pain : bool or None
        Whether the target is pain at all.
    objective : str or None
        ``"signature"``, ``"prediction"``, or ``"association"`` for other kinds of study.
    claims : tuple of str
        What is claimed with or beyond the objective: ``"signature"``, ``"prediction"``,
        ``"fine-grained"``, ``"unique"``, ``"cause"``, ``"necessary"``, ``"sufficient"``, ``"use"``,
        ``"reverse-inference"``, ``"live"``.
    whom : str or None
        To whom the claim applies: ``"same-subjects"``, ``"new-stays"``, ``"new-subjects"`` or
        ``"new-groups"`` (families, sites).
    population : str or None
        Of what kind they are, in words.
    timing : str or None
        ``"live"`` or ``"after-the-fact"``.
    cross_validation : str or None
        ``"within-subject"`` or ``"between-subject"``.
    normalization : str or None
        ``"sample"``: across the features of each sample; ``"time"``: over time or trials;
        ``"none"``.
    samples_standardized : bool or None
        Every sample has mean 0 and deviation 1 across its features.
    amplitude_used : bool or None
        Bulk amplitude (the mean over features) takes part.
    residual_amplitude : Test or None
        The result once mean and deviation before normalization are matched across classes.
    shared_subjects, shared_families : int or None
        How many stand in training and test of one fold; 0 families where nobody is related.
    shared_sites : int or None
        Sites in training and test of one fold; asked for where the claim is about new groups.
    duplicates : int or None
        Identical samples on both sides of a fold.
    trials_per_test_sample : int or None
        The most trials behind one test sample; 1 where each is single.
    grouped_by : str or None
        How test samples were averaged or grouped: by ``"nothing"``, ``"blind"`` to the target, by
        ``"condition"``, ``"stimulus"`` or ``"rating"``.
    forced_choice : bool or None
        The result is a choice between two test samples, one of each class.
    fitted_outside : tuple of str or None
        What was fitted, selected, tuned or scaled outside the training folds; empty: nothing.
    target_in_features : tuple of str or None
        Features that hold the target; empty: none.
    looks_ahead : tuple of str or None
        Features, references, labels or inference that use later times; empty: none.
    folds_agree : bool or None
        Folds keep the unit they are said to keep, and all results stand on the same folds.
    comparators : tuple of Comparator or None
        Other modalities tested; empty: none.
    failures_reported : bool or None
        Contexts in which the result does not hold are reported.
    null : str or None
        ``"relabelling"``, ``"nominal"`` or ``"none"``.
    exchanged : str or None
        What the relabelling exchanged, in words: ``"trials within run and subject"``.
    exchangeable : bool or None
        Without an effect, what was exchanged could be exchanged.
    result : Test or None
        The result itself.
    mass_univariate, bulk_amplitude : bool or None
        The result was compared with the mass-univariate one, and with bulk amplitude alone.
    base_rate, pattern_given_pain, pattern_given_no_pain : float or None
        Probabilities that reverse inference rests on.
    intervention : bool or None
        The study intervened on what is claimed to be a cause.
    tested_in_use : bool or None
        The study was done where and how the result would be used.
    measured : frozenset of str
        Names of the fields that were measured from the run; the rest are declared.

    Raises
    ------
    InputError
        If a value is not what its field allows.
    """

    label: str = ""
    signal: str | None = None
    pain: bool | None = None
    objective: Objective | None = None
    claims: tuple[Asked, ...] = ()
    whom: Whom | None = None
    population: str | None = None
    timing: Timing | None = None
    cross_validation: Literal["within-subject", "between-subject"] | None = None
    normalization: Literal["sample", "none", "time"] | None = None
    samples_standardized: bool | None = None
    amplitude_used: bool | None = None
    residual_amplitude: Test | None = None
    shared_subjects: int | None = None
    shared_families: int | None = None
    shared_sites: int | None = None
    duplicates: int | None = None
    trials_per_test_sample: int | None = None
    grouped_by: Grouping | None = None
    forced_choice: bool | None = None
    fitted_outside: tuple[str, ...] | None = None
    target_in_features: tuple[str, ...] | None = None
    looks_ahead: tuple[str, ...] | None = None
    folds_agree: bool | None = None
    comparators: tuple[Comparator, ...] | None = None
    failures_reported: bool | None = None
    null: Literal["relabelling", "nominal", "none"] | None = None
    exchanged: str | None = None
    exchangeable: bool | None = None
    result: Test | None = None
    mass_univariate: bool | None = None
    bulk_amplitude: bool | None = None
    base_rate: float | None = None
    pattern_given_pain: float | None = None
    pattern_given_no_pain: float | None = None
    intervention: bool | None = None
    tested_in_use: bool | None = None
    measured: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_fields(self, ("base_rate", "pattern_given_pain", "pattern_given_no_pain"))
        if self.trials_per_test_sample == 0:
            raise InputError("trials_per_test_sample", "0", "1 or more; leave it out if unknown")
        stray = sorted(self.measured - {field.name for field in fields(self)})
        if stray:
            raise InputError("measured", repr(stray[0]), "names of facts")
