"""What the hidden Markov models share once they are fitted: every way to ask them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dolorimeter.core import InputError

from . import inference, information, stream
from .arguments import UNKNOWN, check_known, require_number, sequence_offsets
from .draws import draw, generator
from .params import HMMParameters
from .training import Training, gather, number_classes, require_finite, require_observed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
    "check_methods_sample_order_invariance": "the order of the steps of a stay is what is modeled",
    "check_methods_subset_invariance": "a step's posterior depends on the other steps of its stay",
    "check_sample_weight_equivalence_on_dense_data": "a weight belongs to a whole stay",
}


class SequenceModel(ClassifierMixin, BaseEstimator):
    """A fitted hidden Markov model, scikit-learn's way; ``parameters_`` is all it knows.

    ``predict`` takes the argmax of the smoothed posterior, which looks ahead within the sequence;
    ``filter`` does not.
    """

    parameters_: HMMParameters
    classes_: NDArray[Any]

    def predict(self, X: ArrayLike, lengths: ArrayLike | None = None) -> NDArray[Any]:
        """Return the class with the highest smoothed posterior at each step.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.

        Returns
        -------
        ndarray of shape (n_steps,)
            Classes.
        """
        best = self.predict_proba(X, lengths).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the posterior of the classes given all vitals of the stay (smoothed).

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.
        known : array-like of shape (n_steps,), optional
            Index of the class of each step, -1 where unknown; used at later steps only.
        delay : int, default 1
            Steps after which a class is known.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows add up to 1.
        """
        emissions, offsets, classes = self._asked(X, lengths, known, delay)
        return inference.smooth(self.parameters_, emissions, offsets, None, classes, delay)

    def filter(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the posterior of the classes given the vitals up to each step.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.
        known : array-like of shape (n_steps,), optional
            Index of the class of each step, -1 where unknown; used at later steps only.
        delay : int, default 1
            Steps after which a class is known.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows add up to 1.
        """
        emissions, offsets, classes = self._asked(X, lengths, known, delay)
        return inference.filter(self.parameters_, emissions, offsets, None, classes, delay)

    def forecast(
        self,
        X: ArrayLike,
        steps: int,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the distribution of the classes after the end of each stay.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        steps : int
            How many steps to look ahead.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.
        known : array-like of shape (n_steps,), optional
            Index of the class of each step, -1 where unknown.
        delay : int, default 1
            Steps after which a class is known.

        Returns
        -------
        ndarray of shape (n_sequences, steps, n_classes)
            One, two, … steps ahead.
        """
        require_number("steps", steps, 1, whole=True)
        emissions, offsets, classes = self._asked(X, lengths, known, delay)
        return inference.forecast(self.parameters_, emissions, offsets, steps, classes, delay)

    def viterbi(self, X: ArrayLike, lengths: ArrayLike | None = None) -> NDArray[Any]:
        """Return the most probable path of classes through each stay.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.

        Returns
        -------
        ndarray of shape (n_steps,)
            Classes.
        """
        emissions, offsets, _ = self._asked(X, lengths)
        return self.classes_[inference.viterbi(self.parameters_, emissions, offsets)[0]]

    def score(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return the log-likelihood of the vitals, and of the classes where they are given.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.

        Returns
        -------
        float
            In nats, over all stays.
        """
        emissions, offsets, _ = self._asked(X, lengths)
        allowed = None if y is None else self._sets(y, len(emissions))
        return float(inference.log_likelihood(self.parameters_, emissions, offsets, allowed).sum())

    def aic(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return Akaike's information criterion: smaller is better.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.

        Returns
        -------
        float
            With 44 free parameters for three classes and six vitals.
        """
        return information.aic(self.score(X, y, lengths), self.parameters_.n_free)

    def bic(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return Schwarz's information criterion: smaller is better.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.

        Returns
        -------
        float
            Over the steps at which a vital or a class was observed.
        """
        emissions, offsets, _ = self._asked(X, lengths)
        observed = ~np.isnan(emissions).all(axis=1)
        if y is not None:
            observed |= ~self._sets(y, len(emissions)).all(axis=1)
        value = self.score(X, y, np.diff(offsets))
        return information.bic(value, self.parameters_.n_free, int(observed.sum()))

    def start(self, delay: int = 1) -> stream.LiveState:
        """Return the state before the first step of a stay that is watched live.

        Parameters
        ----------
        delay : int, default 1
            Steps after which a class is known.

        Returns
        -------
        LiveState
            For ``step``.
        """
        check_is_fitted(self, "parameters_")
        require_number("delay", delay, 1, whole=True)
        return stream.start(self.parameters_, delay)

    def step(
        self, state: stream.LiveState, row: ArrayLike, known: int = -1
    ) -> tuple[stream.LiveState, Floats]:
        """Take in one step of a stay that is watched live.

        Parameters
        ----------
        state : LiveState
            What ``start`` or the last step returned.
        row : array-like of shape (n_features,)
            Vitals of this step, NaN where missing.
        known : int, default -1
            Index of the class of the step ``delay - 1`` steps back, known from the next step on.

        Returns
        -------
        state : LiveState
            For the next step.
        posterior : ndarray of shape (n_classes,)
            What ``filter`` would say of this step, to the last bit.
        """
        check_is_fitted(self, "parameters_")
        values = np.asarray(row, dtype=np.float64)
        if values.shape != (self.n_features_in_,):
            raise InputError("row", f"shape {values.shape}", f"shape ({self.n_features_in_},)")
        require_finite(values[None], self._names())
        check_known([known], 1, len(self.classes_))
        emissions = self._emissions(values[None])[0]
        return stream.step(self.parameters_, state, emissions, int(known))

    def sample(
        self, lengths: ArrayLike = 1, random_state: Any = None
    ) -> tuple[Floats, NDArray[Any]]:
        """Draw stays from the model.

        Parameters
        ----------
        lengths : int or array-like of shape (n_sequences,), default 1
            Steps of each stay.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Makes the draws.

        Returns
        -------
        X : ndarray of shape (n_steps, n_features)
            Vitals, nothing missing.
        y : ndarray of shape (n_steps,)
            Classes.
        """
        check_is_fitted(self, "parameters_")
        sizes = np.atleast_1d(np.asarray(lengths))
        offsets = sequence_offsets(sizes, int(sizes.sum()))
        values, path = draw(self.parameters_, offsets, generator(random_state))
        return values, self.classes_[path]

    @property
    def startprob_(self) -> Floats:
        """Probability of each class at the first step, shape (K,)."""
        return self.parameters_.startprob

    @property
    def transmat_(self) -> Floats:
        """Transition probabilities, shape (K, K); rows are where one comes from."""
        return self.parameters_.transmat

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that values may be missing and classes too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = False
        return tags

    def _emissions(self, values: Floats) -> Floats:
        """Return the columns that the model looks at."""
        return values

    def _training(
        self,
        X: ArrayLike,
        y: ArrayLike | None,
        lengths: ArrayLike | None,
        sample_weight: ArrayLike | None,
        allowed: ArrayLike | None,
        n_states: int | None = None,
        init: Any = "labels",
    ) -> Training:
        """Check what a fit is given; learn the names of classes and columns."""
        options: dict[str, Any] = {"dtype": np.float64, "ensure_all_finite": False}
        given = None
        if y is None:
            values = validate_data(self, X, **options)
        else:
            values, given = validate_data(self, X, y, **options)
        require_finite(values, self._names())
        labels, self.classes_ = number_classes(given, len(values), n_states, init)
        emissions = self._emissions(values)
        if emissions.shape[1]:
            require_observed(emissions, self._names())
        return gather(emissions, labels, len(self.classes_), lengths, sample_weight, allowed)

    def _asked(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> tuple[Floats, Ints, Ints | None]:
        """Check a question: emissions, offsets and known classes."""
        check_is_fitted(self, "parameters_")
        require_number("delay", delay, 1, whole=True)
        values = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite=False)
        require_finite(values, self._names())
        classes = None if known is None else check_known(known, len(values), len(self.classes_))
        return self._emissions(values), sequence_offsets(lengths, len(values)), classes

    def _names(self) -> NDArray[Any]:
        """Names of the columns, or their numbers."""
        return getattr(self, "feature_names_in_", np.arange(self.n_features_in_))

    def _sets(self, y: ArrayLike, n_steps: int) -> NDArray[np.bool_]:
        """Return the classes that labels leave possible."""
        labels = np.asarray(y)
        if labels.shape != (n_steps,):
            raise InputError("y", f"shape {labels.shape}", f"shape ({n_steps},)")
        sets = labels[:, None] == self.classes_
        unknown = labels == UNKNOWN if labels.dtype.kind in "iuf" else np.zeros(n_steps, bool)
        strange = ~sets.any(axis=1) & ~unknown
        if strange.any():
            rule = f"-1 or one of {', '.join(map(str, self.classes_))}"
            raise InputError("y", f"class {labels[strange][0]}", rule)
        return sets | unknown[:, None]
