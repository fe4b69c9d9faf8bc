"""Decoding from the sphere around every voxel, with an exact null for the whole map.

Kriegeskorte, Goebel & Bandettini (2006), PNAS 103, 3863–3868. At each center one factorization
gives the linear map from targets to held-out predictions (science 3.3, ``kernels_searchlight``), so
that a relabelling costs a column of a matrix product. A relabelling is the same at all centers:
the largest score of each makes the family-wise p value (Nichols & Holmes 2002, Hum Brain Mapp 15,
1–25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError, Samples
from dolorimeter.core.containers import Floats, Ints

from .arguments import nearest, read_alpha, read_features, refuse_not_finite
from .relabelling import RandomState, relabellings
from .schemes import make_scheme
from .sphere_scores import lay_out, score_spheres
from .spheres import read_neighborhoods, sphere_neighborhoods
from .targets import read_classes, read_numbers

ESTIMATORS = ("lda", "ridge")


@dataclass(frozen=True, slots=True)
class Searchlight:
    """Scores at each center, and what they would be without a tie between labels and signals.

    Attributes
    ----------
    scores : ndarray of shape (n_centers,), float64
        Accuracy over all test samples, or predictive R² against the mean of each training fold.
    metric : str
        ``"accuracy"`` or ``"r2"``.
    n_voxels : ndarray of shape (n_centers,), int64
        Voxels in each sphere.
    fold_fingerprint : str
        Of the folds that all centers share.
    null_max : ndarray of shape (B,), float64, or None
        Largest score of each relabelling over all centers; None without permutations.
    null_mean : ndarray of shape (n_centers,), float64, or None
        Mean score of the relabellings: the chance level, which is not 50 % (science 3.2).
    p_value : ndarray of shape (n_centers,), float64, or None
        (1 + number of relabellings that score at least as much here) / (1 + B), uncorrected.
    p_max : ndarray of shape (n_centers,), float64, or None
        (1 + number of ``null_max`` of at least the score) / (1 + B), family-wise.
    """

    scores: Floats
    metric: str
    n_voxels: Ints
    fold_fingerprint: str
    null_max: Floats | None = None
    null_mean: Floats | None = None
    p_value: Floats | None = None
    p_max: Floats | None = None


def searchlight(
    X: ArrayLike,
    y: ArrayLike,
    neighborhoods: Any,
    scheme: str = "leave-one-trial-out",
    groups: ArrayLike | None = None,
    estimator: str = "lda",
    regularization: float = 1.0,
    permutations: int = 0,
    blocks: ArrayLike | None = None,
    exchange: str = "within",
    normalize: str | None = None,
    random_state: RandomState = None,
    n_jobs: int = -1,
) -> Searchlight:
    """Cross-validate a decoder in the neighborhood of every center, exactly.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_voxels)
        Features, in any unit.
    y : array-like of shape (n_samples,)
        Classes, or numbers for ``estimator="ridge"``.
    neighborhoods : (indptr, indices) or sparse matrix
        Voxels of each center, from :func:`sphere_neighborhoods` or nilearn.
    scheme : str
        One of those of :func:`make_scheme` in which each sample is tested once; pairs are given
        as groups.
    groups : array-like of shape (n_samples,), optional
        Run, pair, subject or group of each sample, whatever is left out together.
    estimator : {"lda", "ridge"}
        ``"lda"``: ridge regression on coded targets with the intercept of each training fold, the
        largest decision wins and exact ties go to the first class. ``"ridge"``: scikit-learn's.
    regularization : float, default 1.0
        scikit-learn's alpha, positive.
    permutations : int, default 0
        B, relabellings; the same ones at every center. They take 8 n B bytes a column of coded
        targets (one for two classes, else one a class).
    blocks : array-like of shape (n_samples,), optional
        Labels are exchanged within these: trials within run and subject.
    exchange : {"within", "whole"}
        As for :func:`relabellings`.
    normalize : {None, "sphere"}
        ``"sphere"``: each sample gets mean 0 and deviation 1 over the voxels of each sphere
        (Hu & Iannetti 2016, "Signal Normalization"; N1 holds for a region, not for the brain).
    random_state : None, int or numpy.random.Generator
        Draws the relabellings.
    n_jobs : int, default -1
        Threads; -1 is one a processor. Results do not depend on it.

    Returns
    -------
    Searchlight
        Scores and p values.

    Raises
    ------
    InputError
        If shapes disagree, neighborhoods do not fit the features or are empty, a feature is not
        finite, there is one class only, or a sample is flat in a sphere that normalizes.
    """
    if estimator not in ESTIMATORS:
        raise nearest("estimator", estimator, ESTIMATORS)
    if normalize not in (None, "sphere"):
        raise InputError("normalize", repr(normalize), 'None or "sphere"')
    target = read_classes(y) if estimator == "lda" else read_numbers(y)
    features = read_features(X, len(target))
    spheres = read_neighborhoods(neighborhoods, features.shape[1])
    refuse_not_finite(features)
    alpha = read_alpha(regularization)
    if alpha == 0.0:
        raise InputError("regularization", "0", "a positive number", "Spheres may be collinear.")
    folds = make_scheme(scheme, target, groups)
    if folds.assignment is None:
        raise InputError("groups", "none", "the pair of each sample, for leave-one-pair-out")
    drawn = relabellings(target.values, permutations, random_state, blocks, exchange)
    work = lay_out(features, target, folds, drawn, alpha, normalize == "sphere")
    scores, null = score_spheres(work, spheres, _n_threads(n_jobs))
    metric, sizes = "accuracy" if estimator == "lda" else "r2", np.diff(spheres[0])
    return Searchlight(scores, metric, sizes, folds.fingerprint, *(null or ()))


def search_samples(
    samples: Samples, radius: float, scheme: str = "leave-one-trial-out", **options: Any
) -> Searchlight:
    """Run a searchlight over samples that have a place in space.

    Parameters
    ----------
    samples : Samples
        With a grid. Class names make it ``"lda"``, a number to predict ``"ridge"``.
    radius : float
        Of the spheres, in millimetres.
    scheme : str
        Runs (of each subject) and subjects are known from the samples.
    **options : object
        Further arguments of :func:`searchlight`. Blocks, where not given, are the runs of each
        subject; where each subject has one sample only, subjects are exchanged.

    Returns
    -------
    Searchlight
        A center for each voxel of ``samples.grid.mask``, in C order.

    Raises
    ------
    InputError
        If the samples have no grid, or as for :func:`searchlight`.
    """
    if samples.grid is None:
        remedy = "Read the samples from images with a mask."
        raise InputError("samples", "no grid", "features with places in space", remedy)
    runs = np.strings.add(np.strings.add(samples.subject, " · "), samples.run)
    units = {"leave-one-run-out": runs, "leave-one-subject-out": samples.subject}
    one_each = len(np.unique(samples.subject)) == len(samples)
    defaults = {
        "groups": units.get(scheme),
        "blocks": None if one_each else runs,
        "estimator": "lda" if samples.class_names else "ridge",
    }
    spheres = sphere_neighborhoods(samples.grid.mask, samples.grid.affine, radius)
    y = samples.target.astype(np.int64) if samples.class_names else samples.target
    return searchlight(samples.features, y, spheres, scheme, **(defaults | options))


def _n_threads(n_jobs: int) -> int:
    """Return the threads that joblib would start."""
    from joblib import effective_n_jobs

    if isinstance(n_jobs, bool) or not isinstance(n_jobs, int | np.integer) or n_jobs == 0:
        raise InputError("n_jobs", repr(n_jobs), "a whole number, not 0")
    return int(effective_n_jobs(n_jobs))
