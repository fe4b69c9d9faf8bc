"""The linear-Gaussian state-space model of pain, the paper's other alternative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from dolorimeter.core import InputError

from .arguments import encode_labels, require_number, sequence_offsets
from .headers import expect_arrays, read_classes, read_outcome, read_settings, stored_settings
from .level_model import EXPECTED_FAILED_CHECKS, LevelModel
from .linear_gaussian import Floats, StateSpaceParameters
from .reading import read_training
from .state_space_em import fit_state_space
from .storage import save_arrays

KIND = "state-space"
__all__ = ["EXPECTED_FAILED_CHECKS", "KIND", "StateSpace"]


class StateSpace(LevelModel):
    """A hidden pain level that drifts, seen through vitals and, where given, reports.

    The level z_t of a stay is one number on the scale of the class numbers 0 … K - 1:
    z_1 ~ N(m, p); z_t = intercept + persistence z_(t-1) + N(0, innovation);
    vital d: x_td = levels_d + loadings_d z_t + N(0, variances_d), integrated out where missing;
    a known class: c_t = z_t + N(0, report_variance).
    EM (Shumway & Stoffer 1982) learns them; Panaggio et al. 2021, section 4.2.4, names the model
    but not its fit. By default the labels alone say what the level is, and the vitals are then
    regressed on it: learned together, six vitals in every window outvote a few reports, and the
    level becomes whatever the vitals share (on the MIMIC-IV demo, reports then barely move it).

    The probability of class k is that of a report between k - 1/2 and k + 1/2. A known class is
    one more measurement, so that unlike in ``GaussianHMM`` it moves the posterior without settling
    it.

    Parameters
    ----------
    emissions : {"labels", "joint"}, default "labels"
        ``"labels"``: EM on the labels alone, then regression of the vitals on the smoothed level;
        ``"joint"``: EM on vitals and labels together.
    variance_floor : float, default 1e-3
        Lower bound of every variance; where it binds, ``outcome_.floors_bound`` says so.
    n_iter : int, default 200
        Most iterations.
    tol : float or None, default 1e-4
        Gain in log-likelihood, in nats, under which EM has converged; None: run all iterations.

    Attributes
    ----------
    parameters_ : StateSpaceParameters
        All that was learned.
    classes_ : ndarray of shape (K,)
        The classes, in the order of their numbers.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(
        self,
        emissions: Literal["labels", "joint"] = "labels",
        *,
        variance_floor: float = 1e-3,
        n_iter: int = 200,
        tol: float | None = 1e-4,
    ) -> None:
        self.emissions = emissions
        self.variance_floor = variance_floor
        self.n_iter = n_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, lengths: ArrayLike | None = None) -> Self:
        """Learn from labeled and unlabeled windows.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,)
            Classes, ordered by their numbers; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.

        Returns
        -------
        StateSpace
            Itself.

        Raises
        ------
        InputError
            If a setting is out of range, or a class has no labeled window.
        """
        data, given = read_training(self, X, y)
        self._check_settings()
        offsets = sequence_offsets(lengths, len(data))
        labels, self.classes_ = encode_labels(given)
        self.parameters_, self.outcome_ = fit_state_space(
            data,
            labels,
            offsets,
            self.emissions,
            self.variance_floor,
            self.n_iter,
            self.tol,
        )
        return self

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

    def _check_settings(self) -> None:
        if self.emissions not in ("labels", "joint"):
            raise InputError("emissions", repr(self.emissions)[:40], "'labels' or 'joint'")
        require_number("variance_floor", self.variance_floor, np.finfo(float).tiny)
        require_number("n_iter", self.n_iter, 1, whole=True)
        if self.tol is not None:
            require_number("tol", self.tol, 0.0)

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        check_is_fitted(self, "parameters_")
        header = {
            "classes": self.classes_.tolist(),
            "settings": self.get_params(),
            "outcome": self.outcome_.to_dict(),
        }
        return header, self.parameters_.to_arrays()

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Self:
        """Rebuild what ``save`` wrote."""
        model = cls(**read_settings(header, cls().get_params()))
        with stored_settings():
            model._check_settings()
        model.classes_ = read_classes(header)
        if (outcome := read_outcome(header)) is not None:
            model.outcome_ = outcome
        expect_arrays(arrays, {field.name for field in fields(StateSpaceParameters)})
        model.parameters_ = StateSpaceParameters(**arrays)
        model.n_features_in_ = len(model.parameters_.levels)
        return model
