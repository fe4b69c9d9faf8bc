"""Is what is left after normalization still amplitude? [science 3.1, N4].

Normalization takes an offset out of a sample, but not a gain on a profile that is not flat: the
larger the gain, the further the profile stands out of the noise, after normalization too. A
decoder that lives on this is at chance among samples of like amplitude; one that reads a pattern
is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .amplitude_matching import AmplitudeRemover, Matched, match_amplitude
from .arguments import read_names
from .fast_cv import cross_validate
from .gain_profile import deviation_reliability, project_on_others, project_on_own
from .normalize import amplitude, is_normalized, normalize_pattern
from .relabelling import RandomState
from .results import CrossValidated, GroupCrossValidated
from .targets import read_classes
from .within_subjects import group_cross_validate

Result = CrossValidated | GroupCrossValidated
METHODS = ("matching", "regression")
CALIPERS = {2: 0.25, 3: 0.5}  # by the number of measures
PROFILES = (None, "others", "own", "none")
LEAST_OTHERS = 3  # subjects: two others are averaged, so that no profile is that of one
RELIABLE = 0.5  # share of gain in the deviation below which matching by it leaves most of the noise
LEAST_SETS = 5  # 2^5 exchanges: fewer cannot reach p <= 0.05
LEAST_OF_SUBJECT = 3  # two sets to train on while one is tested


@dataclass(frozen=True, slots=True)
class ResidualAmplitude:
    """What the check found.

    Attributes
    ----------
    result : CrossValidated, GroupCrossValidated or None
        The cross-validation, over subjects where there are several; None where the classes overlap
        too little in amplitude, or amplitude was taken out before: the check can then neither pass
        nor fail, and N4 stays unknown.
    method : str
        ``"matching"`` or ``"regression"``.
    n_samples, n_sets : int
        Samples that remain, in how many matched sets (0 for regression).
    n_subjects, n_subjects_left_out : int
        Subjects who remain, and who had fewer than three matched sets.
    difference_before, difference_after : ndarray of shape (2,), float64
        Standardized difference between classes of the mean and of the deviation (not of the
        projection), before and after matching; NaN where nothing is matched or measured.
    reason : str
        What was done, or why it could not be.
    """

    result: Result | None
    method: str
    n_samples: int
    n_sets: int
    n_subjects: int
    n_subjects_left_out: int
    difference_before: Floats
    difference_after: Floats
    reason: str

    @property
    def possible(self) -> bool:
        """Whether there is a result."""
        return self.result is not None

    @property
    def score(self) -> float | None:
        """Accuracy among samples of like amplitude."""
        return None if self.result is None else self.result.score

    @property
    def null_mean(self) -> float | None:
        """Mean of its null."""
        return None if self.result is None else self.result.null_mean

    @property
    def p_value(self) -> float | None:
        """Its p-value; the check passes at 0.05 or less."""
        return None if self.result is None else self.result.p_value


def residual_amplitude_check(
    X: ArrayLike,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    blocks: ArrayLike | None = None,
    method: str = "matching",
    caliper: float | None = None,
    scheme: str | None = None,
    groups: ArrayLike | None = None,
    regions: ArrayLike | None = None,
    estimator: Any = "lda",
    regularization: float = 1.0,
    permutations: int = 1000,
    random_state: RandomState = None,
    profile: str | None = None,
) -> ResidualAmplitude:
    """Decode normalized samples after their amplitude was matched across classes.

    ``method="matching"``: within each block, samples of the classes are matched by mean and
    deviation before normalization (optimal assignment within a caliper, see
    :func:`~dolorimeter.decoding.amplitude_matching.match_amplitude`); the rest is left out. Labels
    are exchanged within matched sets, which is exact where the normalized pattern depends on the
    class through amplitude alone. What is matched is measured amplitude: under noise the deviation
    hardly measures a gain. Samples are therefore matched also by their projection on a profile
    that does not hold them (``profile``), that of the class whose mean profile is shorter. Gain
    alone then passes in about one run in ten under heavy noise, where mean and deviation alone let
    96 % pass; of a pattern, what lies along that profile goes too.

    ``method="regression"``: all samples stay, and what the same measures (and their squares and
    products) predict of each feature is taken out, fitted in the training folds only. It needs no
    overlap, but then extrapolates, and takes a pattern that goes along with amplitude out as well:
    it errs towards chance. It is refitted for each relabelling, hence slow.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples **before** normalization, in any unit. Of normalized samples amplitude is not
        known: no result.
    y : array-like of shape (n_samples,)
        Classes.
    subjects : array-like of shape (n_samples,), optional
        Given: each subject is decoded apart, and accuracies are averaged over subjects.
    blocks : array-like of shape (n_samples,), optional
        Samples are matched (for regression: labels exchanged) within equal blocks only, such as
        runs; never across ``subjects``.
    method : {"matching", "regression"}, default "matching"
        See above.
    caliper : float, optional
        Largest difference in a matched set, in deviations within class and block. None: 0.25 for
        mean and deviation, 0.5 where the projection makes three, among which few are alike.
    scheme : str, optional
        Of the cross-validation; None: leave one matched set out (regression: one trial).
    groups : array-like of shape (n_samples,), optional
        What the scheme leaves out. For a scheme across subjects give them as groups and as blocks,
        and no ``subjects``.
    regions : array-like of shape (n_features,), int, optional
        For :func:`~dolorimeter.decoding.normalize_pattern`.
    estimator, regularization : object, float
        As for :func:`~dolorimeter.decoding.cross_validate`; for regression a ridge on coded
        targets or an estimator of scikit-learn.
    permutations : int, default 1000
        Number of relabellings.
    random_state : None, int or numpy.random.Generator
        Draws them.
    profile : {None, "others", "own", "none"}, default None
        Mean profile that samples are projected on: ``"others"``, of the class with the shorter
        mean profile, of the other subjects (of the other blocks where no subjects are given);
        ``"own"``, of the other samples of the subject, outside the block where there are several;
        ``"none"``, mean and deviation alone. None: others where there are at least three; with
        fewer, own where the deviation is less than half reliable (correlation of halves of the
        features), else none.

    Returns
    -------
    ResidualAmplitude
        The check passes where ``possible`` and the p-value is at most 0.05.

    Raises
    ------
    InputError
        If an argument is unknown or does not fit, or a sample is flat.
    """
    if method not in METHODS:
        raise InputError("method", repr(method), "'matching' or 'regression'")
    if profile not in PROFILES:
        raise InputError("profile", repr(profile), "'others', 'own', 'none', or None to choose")
    normalized, target = normalize_pattern(X, regions), read_classes(y)
    n = len(normalized)
    if len(target) != n:
        raise InputError("y", f"{len(target)} targets", f"one a sample, {n}")
    labels, owner = target.decode(target.values), _codes("subjects", subjects, n)
    block = np.column_stack([owner, _codes("blocks", blocks, n)])
    place = np.unique(block, axis=0, return_inverse=True)[1].ravel()
    left_out = None if groups is None else read_names("groups", groups, n)
    options: dict[str, Any] = {
        "scheme": scheme,
        "permutations": permutations,
        "random_state": random_state,
    }
    if is_normalized(X, regions):
        return _unmeasured(method)
    measured, what = _measure(np.asarray(X, np.float64), target.codes, owner, place, profile)
    caliper = CALIPERS[measured.shape[1]] if caliper is None else caliper
    matched = match_amplitude(measured, target.codes, place, caliper)
    if method == "regression":
        options |= {"estimator": _removing(estimator, regularization, measured.shape[1])}
        options["scheme"] = scheme or "leave-one-trial-out"
        wide = np.column_stack([normalized, measured])
        result = _decode(wide, labels, owner, left_out, place, options)
        return _from_regression(result, owner, matched, what)
    sets, n_out = _enough(matched.sets, owner)
    if len(sets) < LEAST_SETS:
        return _impossible(matched, sets, n_out, caliper, what)
    kept, of_set = sets.ravel(), np.repeat(np.arange(len(sets)), sets.shape[1])
    options |= {"estimator": estimator, "regularization": regularization}
    if scheme is None:
        options["scheme"] = f"leave-one-{'pair' if sets.shape[1] == 2 else 'group'}-out"
        left_out = np.empty(n, dtype=np.int64)
        left_out[kept] = of_set
    out = None if left_out is None else left_out[kept]
    result = _decode(normalized[kept], labels[kept], owner[kept], out, of_set, options)
    return _from_matching(result, matched, sets, owner, n_out, caliper, what)


def _measure(
    data: Floats, codes: Ints, owner: Ints, place: Ints, profile: str | None
) -> tuple[Floats, str]:
    """Measure amplitude before normalization, and say what was measured."""
    several = bool((owner != owner[0]).any())
    units, who = (owner, "subjects") if several else (place, "blocks")
    n_units = len(np.unique(units))
    if profile is None and n_units >= LEAST_OTHERS:
        profile = "others"
    elif profile is None:
        noisy = deviation_reliability(data, codes, place) < RELIABLE
        profile = "own" if noisy else "none"
    measured = amplitude(data)
    if profile == "none":
        return measured, "mean and deviation"
    if profile == "own":
        found, whose = project_on_own(data, owner, place), "other samples of the subject"
    elif n_units > 1:
        found, whose = project_on_others(data, units, codes), f"other {who}"
    else:
        raise InputError("profile", "'others' of one subject", "at least two subjects or blocks")
    what = f"mean, deviation and projection on the mean profile of {whose}"
    return np.column_stack([measured, found]), what


def _codes(name: str, given: ArrayLike | None, n: int) -> Ints:
    """Number names; all the same where there are none."""
    if given is None:
        return np.zeros(n, dtype=np.int64)
    return np.unique(read_names(name, given, n), return_inverse=True)[1].astype(np.int64)


def _removing(estimator: Any, regularization: float, n_amplitude: int) -> Any:
    """Put the removal of amplitude before the estimator, inside each fold."""
    if isinstance(estimator, str):
        if estimator != "lda":
            raise InputError("estimator", repr(estimator), "'lda' or a scikit-learn classifier")
        estimator = RidgeClassifier(alpha=regularization)
    return make_pipeline(AmplitudeRemover(n_amplitude), estimator)


def _enough(sets: Ints, owner: Ints) -> tuple[Ints, int]:
    """Keep the sets of subjects who have enough, and count the subjects left out."""
    counts = np.bincount(owner[sets[:, 0]], minlength=int(owner.max()) + 1)
    few = counts < LEAST_OF_SUBJECT
    return sets[~few[owner[sets[:, 0]]]], int(few.sum())


def _decode(
    X: Floats, y: NDArray[Any], owner: Ints, groups: Any, blocks: Ints, options: dict[str, Any]
) -> CrossValidated | GroupCrossValidated:
    """Cross-validate, within each subject where there are several."""
    if len(np.unique(owner)) == 1:
        return cross_validate(X, y, groups=groups, blocks=blocks, **options)
    return group_cross_validate(X, y, owner, groups=groups, blocks=blocks, **options)


def _from_matching(
    result: Result,
    matched: Matched,
    sets: Ints,
    owner: Ints,
    n_out: int,
    caliper: float,
    what: str,
) -> ResidualAmplitude:
    """Report on matched samples."""
    reason = (
        f"{sets.size} of {len(owner)} samples in {len(sets)} sets, one of each class, matched "
        f"within {caliper:g} deviations of {what} before normalization"
    )
    n_subjects = len(np.unique(owner[sets[:, 0]]))
    differences = matched.before[:2], matched.difference(sets)[:2]
    return ResidualAmplitude(
        result, "matching", sets.size, len(sets), n_subjects, n_out, *differences, reason
    )


def _from_regression(result: Result, owner: Ints, matched: Matched, what: str) -> ResidualAmplitude:
    """Report on regressed samples."""
    reason = f"{what} regressed out of each feature, fitted in the training folds only"
    reason = reason[0].upper() + reason[1:]
    n_subjects, unknown = len(np.unique(owner)), np.full(2, np.nan)
    return ResidualAmplitude(
        result, "regression", len(owner), 0, n_subjects, 0, matched.before[:2], unknown, reason
    )


def _impossible(
    matched: Matched, sets: Ints, n_out: int, caliper: float, what: str
) -> ResidualAmplitude:
    """Report that classes do not overlap."""
    differences = ", ".join(f"{d:.2g}" for d in matched.before)
    reason = (
        f"Not possible: {len(sets)} matched sets within {caliper:g} deviations, at least "
        f"{LEAST_SETS} are needed (and {LEAST_OF_SUBJECT} a subject). Classes differ by "
        f"{differences} deviations in {what}"
    )
    before, after = matched.before[:2], matched.difference(sets)[:2]
    return ResidualAmplitude(
        None, "matching", sets.size, len(sets), 0, n_out, before, after, reason
    )


def _unmeasured(method: str) -> ResidualAmplitude:
    """Report that amplitude was taken out before."""
    reason = (
        "Not possible: the samples are normalized already, so that their amplitude is not known; "
        "give them before normalization"
    )
    unknown = np.full(2, np.nan)
    return ResidualAmplitude(None, method, 0, 0, 0, 0, unknown, unknown, reason)
