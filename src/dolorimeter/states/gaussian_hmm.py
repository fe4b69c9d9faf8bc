"""The paper's model: a hidden Markov model of pain states with Gaussian vitals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError

from .arguments import require_number
from .draws import generator
from .fit import Settings, fit_em
from .headers import expect_arrays, read_settings, stored_settings
from .information import StandardErrors, bootstrap_parameters
from .params import HMMParameters
from .sequence_model import EXPECTED_FAILED_CHECKS, SequenceModel
from .sequence_storage import restore, stored_header, stored_start
from .storage import save_arrays
from .training import Training, describe, make_settings, train

Floats = NDArray[np.float64]
KIND = "gaussian-hmm"
__all__ = ["EXPECTED_FAILED_CHECKS", "KIND", "GaussianHMM"]


class GaussianHMM(SequenceModel):
    """Hidden Markov model with independent Gaussian emissions, learned by semi-supervised EM.

    Classes are states. EM maximizes log p(vitals, known classes) plus the log prior of the
    pseudo-counts (Panaggio et al. 2021, 4.2.1, Eqs 1, 2); missing vitals are integrated out.

    Parameters
    ----------
    n_states : int, default 3
        Number of states where no step is labeled; with labels it is the number of classes.
    init : {"labels", "kmeans"} or HMMParameters
        Where EM starts: moments of the labeled steps; k-means on the steps with all vitals,
        matched to the classes; or parameters. Without any label ``"labels"`` means ``"kmeans"``.
    n_iter : int, default 100
        Most iterations.
    tol : float or None, default 1e-4
        Gain in the objective, in nats, under which EM has converged; None: run all iterations.
    start_prior : float or array-like of shape (K,), default 1.0
        Pseudo-counts c of the start: a Dirichlet prior with parameters 1 + c. 0: none.
    transition_prior : float or array-like of shape (K, K), default 1.0
        Likewise for each row of the transition matrix.
    variance_floor : float, default 1e-3
        Least variance, absolute, in the vitals' units squared (of normal scores, a thousandth of
        their variance); where it binds, ``outcome_.floors_bound`` says so.
    unlabeled_weight : float, default 1.0
        Power w in [0, 1] on the emission densities of steps whose class is open, and weight of
        their moments: 1 is the paper, 0 learns the emissions from labeled steps only.
    n_init : int, default 4
        Starts from k-means, of which the best is kept.
    random_state : None, int, RandomState or Generator
        For k-means.

    Attributes
    ----------
    parameters_ : HMMParameters
        All that was learned.
    startprob_ : ndarray of shape (K,)
        Probability of each class at the first step.
    transmat_ : ndarray of shape (K, K)
        Transition probabilities; rows are where one comes from.
    means_, variances_ : ndarray of shape (K, D)
        Of each vital in each class.
    classes_ : ndarray of shape (K,)
        The classes.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(
        self,
        n_states: int = 3,
        init: Literal["labels", "kmeans"] | HMMParameters = "labels",
        *,
        n_iter: int = 100,
        tol: float | None = 1e-4,
        start_prior: ArrayLike = 1.0,
        transition_prior: ArrayLike = 1.0,
        variance_floor: float = 1e-3,
        unlabeled_weight: float = 1.0,
        n_init: int = 4,
        random_state: Any = None,
    ) -> None:
        self.n_states = n_states
        self.init = init
        self.n_iter = n_iter
        self.tol = tol
        self.start_prior = start_prior
        self.transition_prior = transition_prior
        self.variance_floor = variance_floor
        self.unlabeled_weight = unlabeled_weight
        self.n_init = n_init
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        lengths: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        allowed: ArrayLike | None = None,
    ) -> Self:
        """Learn from labeled and unlabeled steps.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.
        sample_weight : array-like of shape (n_steps,), optional
            How often each stay counts: one weight throughout a stay.
        allowed : array-like of shape (n_steps, n_classes), bool, optional
            Classes that each step may have. Where more than one is left the step is open.

        Returns
        -------
        GaussianHMM
            Itself.

        Raises
        ------
        InputError
            If a setting or an argument is out of range, a class has no labeled step, or a vital no
            value.
        """
        data, settings = self._read(X, y, lengths, sample_weight, allowed)
        n_classes = len(self.classes_)
        fitted = train(data, settings, self.init, self.n_init, n_classes, self.random_state)
        self.parameters_ = fitted.parameters
        self.outcome_ = describe(fitted, settings, self.classes_, self._names())
        return self

    def bootstrap_parameters(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        lengths: ArrayLike | None = None,
        allowed: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        n_bootstrap: int = 200,
        random_state: Any = None,
    ) -> StandardErrors:
        """Estimate standard errors of the parameters by resampling stays.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            What the model was fitted to.
        y : array-like of shape (n_steps,), optional
            Likewise.
        lengths : array-like of shape (n_sequences,), optional
            Likewise.
        allowed : array-like of shape (n_steps, n_classes), bool, optional
            Likewise.
        groups : array-like of shape (n_sequences,), optional
            Patient of each stay, to resample patients instead.
        n_bootstrap : int, default 200
            Resamples.
        random_state : None, int, RandomState or Generator
            Draws them.

        Returns
        -------
        StandardErrors
            Of refits that start from the fitted parameters.
        """
        start, model = self.parameters_, type(self)(**self.get_params(deep=False))
        model.init = start
        data, settings = model._read(X, y, lengths, None, allowed)

        def refit(weights: Floats) -> HMMParameters:
            return fit_em(
                data.features, data.offsets, start, settings, data.sets, weights
            ).parameters

        n_sequences = len(data.offsets) - 1
        units = np.arange(n_sequences) if groups is None else np.asarray(groups)
        if units.shape != (n_sequences,):
            raise InputError("groups", f"shape {units.shape}", f"one a stay, ({n_sequences},)")
        return bootstrap_parameters(refit, units, n_bootstrap, generator(random_state))

    @classmethod
    def from_parameters(
        cls,
        startprob: ArrayLike,
        transmat: ArrayLike,
        means: ArrayLike,
        variances: ArrayLike,
    ) -> Self:
        """Return a fitted model of classes 0 … K - 1; no data needed.

        Parameters
        ----------
        startprob : array-like of shape (K,)
            Probability of each class at the first step.
        transmat : array-like of shape (K, K)
            Transition probabilities; rows are where one comes from.
        means, variances : array-like of shape (K, D)
            Of each vital in each class.

        Returns
        -------
        GaussianHMM
            Ready to predict.
        """
        arrays = (np.array(a, dtype=np.float64) for a in (startprob, transmat, means, variances))
        model = cls()
        model.parameters_ = HMMParameters(*arrays)
        model.n_features_in_ = model.parameters_.n_features
        model.classes_ = np.arange(model.parameters_.n_states)
        return model

    def save(self, directory: str | Path, *, force: bool = False) -> None:
        """Write the model as ``model.json`` and ``arrays.safetensors``.

        Parameters
        ----------
        directory : str or Path
            The directory to create.
        force : bool, default False
            Replace it if it exists.
        """
        save_arrays(directory, KIND, *self._to_storage(), force=force)

    @property
    def means_(self) -> Floats:
        """Mean of each vital in each class, shape (K, D)."""
        return self.parameters_.means

    @property
    def variances_(self) -> Floats:
        """Variance of each vital in each class, shape (K, D)."""
        return self.parameters_.variances

    def _read(
        self,
        X: ArrayLike,
        y: ArrayLike | None,
        lengths: ArrayLike | None,
        sample_weight: ArrayLike | None,
        allowed: ArrayLike | None,
    ) -> tuple[Training, Settings]:
        """Check settings and data; learn the names of classes and columns."""
        require_number("n_init", self.n_init, 1, whole=True)
        data = self._training(X, y, lengths, sample_weight, allowed, self.n_states, self.init)
        return data, self._settings(len(self.classes_))

    def _settings(self, n_classes: int) -> Settings:
        return make_settings(
            n_classes,
            self.n_iter,
            self.tol,
            self.start_prior,
            self.transition_prior,
            self.variance_floor,
            self.unlabeled_weight,
        )

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Return header and arrays."""
        return stored_header(self), self.parameters_.to_arrays()

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild what ``save`` wrote."""
        settings = read_settings(header, cls().get_params())
        expect_arrays(arrays, {"startprob", "transmat", "means", "variances"})
        model = cls.from_parameters(**arrays).set_params(**settings)
        with stored_settings():
            if isinstance(model.init, dict):
                model.init = stored_start(model.init)
            model._settings(len(model.classes_))
        return restore(model, header)
