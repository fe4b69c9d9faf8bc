"""How well forced choices after learning follow a model: softmax of the final values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import special

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats, Ints

from .measures import subject_index
from .predictors import Predictor
from .preferences import Choices
from .reading import encode_trials

GREATEST_INVERSE_TEMPERATURE = 50.0
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class ChoiceEvidence:
    """Forced choices: P(first) = 1 / (1 + exp(-inverse temperature * (v(first) - v(second)))).

    Attributes
    ----------
    predictor : Predictor
        The model, on trials that end with one probe of each cue for each subject.
    subjects : tuple of str
        Names.
    probes : ndarray of shape (n_subjects, n_cues), int64
        Rows of the probes.
    pairs : ndarray of shape (n_pairs, 2), int64
        Cues on offer.
    wins, offers : ndarray of shape (n_subjects, n_pairs)
        How often the first of each pair won, and how often the pair was offered.
    """

    predictor: Predictor
    subjects: tuple[str, ...]
    probes: Ints
    pairs: Ints
    wins: Floats
    offers: Floats

    @property
    def counts(self) -> Ints:
        """Choices of each subject, (n_subjects,)."""
        return self.offers.sum(axis=1).astype(np.int64)

    @property
    def n_coefficients(self) -> Ints:
        """The inverse temperature of each subject, (n_subjects,)."""
        return np.ones(len(self.subjects), np.int64)

    def differences(self, parameters: Floats) -> Floats:
        """Return how much more the first of each pair is worth in the end.

        Parameters
        ----------
        parameters : ndarray of shape (g, k) or (n_subjects, g, k)
            Learning parameters.

        Returns
        -------
        ndarray of shape (n_subjects, g, n_pairs)
            In units of utility.
        """
        found = np.empty((len(self.subjects), parameters.shape[-2], len(self.pairs)))
        for block in self.predictor.blocks(parameters.shape[-2]):
            values = self.predictor.quantity(parameters[..., block, :])[:, self.probes]
            gap = values[..., self.pairs[:, 0]] - values[..., self.pairs[:, 1]]
            found[:, block] = gap.transpose(1, 0, 2)
        return found

    def without(self) -> Floats:
        """Return the log likelihood of each subject choosing at random.

        Returns
        -------
        ndarray of shape (n_subjects,)
            In nats.
        """
        return np.asarray(-np.log(2.0) * self.counts)

    def log_likelihood(self, parameters: Floats) -> Floats:
        """Return the log likelihood at the best inverse temperature from 0 to 50.

        Parameters
        ----------
        parameters : ndarray of shape (g, k) or (n_subjects, g, k)
            Learning parameters.

        Returns
        -------
        ndarray of shape (n_subjects, g)
            In nats, of single choices in their order.
        """
        gaps = self.differences(parameters)
        return _at(_best_temperature(gaps, self.wins, self.offers), gaps, self.wins, self.offers)

    def common(self, parameters: Floats, weights: Floats) -> Floats:
        """Return the log likelihood with one inverse temperature for all subjects.

        Parameters
        ----------
        parameters : ndarray of shape (g, k)
            Learning parameters, shared.
        weights : ndarray of shape (w, n_subjects)
            How often each subject counts.

        Returns
        -------
        ndarray of shape (w, g)
            In nats.
        """
        gaps = self.differences(parameters)
        # All pairs of all subjects stand in one row, (1, g, n_subjects * n_pairs).
        flat = gaps.transpose(1, 0, 2).reshape(1, gaps.shape[1], -1)
        rows = []
        for weight in weights:
            wins, offers = (
                (weight[:, None] * counted).reshape(1, -1) for counted in (self.wins, self.offers)
            )
            rows.append(_at(_best_temperature(flat, wins, offers), flat, wins, offers)[0])
        return np.stack(rows)

    def joint(self, parameters: Floats, effect: Floats) -> Floats:
        """Return the log likelihood with the inverse temperature kept free.

        Parameters
        ----------
        parameters : ndarray of shape (n_subjects, g, k)
            Learning parameters.
        effect : ndarray of shape (n_subjects, g)
            Logarithm of the inverse temperature.

        Returns
        -------
        ndarray of shape (n_subjects, g)
            In nats.
        """
        inverse = np.exp(np.minimum(effect, np.log(GREATEST_INVERSE_TEMPERATURE)))
        return _at(inverse, self.differences(parameters), self.wins, self.offers)


def choice_evidence(predictor: Predictor, trials: Trials, choices: Choices) -> ChoiceEvidence:
    """Prepare forced choices for fits.

    Parameters
    ----------
    predictor : Predictor
        The model on ``trials``, following the signed value.
    trials : Trials
        Sorted by subject.
    choices : Choices
        Between cues that the subjects met; choices of other people are left out.

    Returns
    -------
    ChoiceEvidence
        Choices counted by pair.

    Raises
    ------
    InputError
        If a subject made no choice, or a cue on offer was never learned.
    """
    subjects, _ = subject_index(trials)
    for cue in choices.cues:
        if cue not in trials.cue:
            rule = f"one of {', '.join(np.unique(trials.cue))}"
            raise InputError("cue in preferences", repr(cue), rule)
    extended, probes = _with_probes(trials, choices.cues)
    pairs = np.array(list(combinations(range(len(choices.cues)), 2)), np.int64)
    wins, offers = _count(choices, subjects, pairs)
    for name, offered in zip(subjects, offers.sum(axis=1), strict=True):
        if offered == 0:
            remedy = "Leave the subject out, or the measure."
            raise InputError(f"preferences of subject {name}", "no choice", "choices", remedy)
    probed = replace(predictor, encoded=encode_trials(extended))
    return ChoiceEvidence(probed, subjects, probes, pairs, wins, offers)


def _with_probes(trials: Trials, cues: tuple[str, ...]) -> tuple[Trials, Ints]:
    """Append a trial of each cue to each subject's: its value is the final one.

    What follows a probe cannot matter, since the other cues' values do not depend on it.
    """
    _, index = subject_index(trials)
    ends = np.flatnonzero(np.append(np.diff(index) != 0, True))
    n_cues = len(cues)
    probes = ends[:, None] + 1 + np.arange(n_cues) + n_cues * np.arange(len(ends))[:, None]
    source = np.insert(np.arange(len(trials)), np.repeat(ends + 1, n_cues), np.repeat(ends, n_cues))
    extended = trials.take(source)
    width = max(extended.cue.dtype.itemsize // 4, *(len(cue) for cue in cues))
    cue = extended.cue.astype(f"U{width}")
    cue[probes] = np.array(cues)
    return replace(extended, cue=cue), probes.astype(np.int64)


def _count(choices: Choices, subjects: tuple[str, ...], pairs: Ints) -> tuple[Floats, Floats]:
    """Count wins of the first and offers of each pair, (n_subjects, n_pairs)."""
    place = {name: i for i, name in enumerate(subjects)}
    who = np.array([place.get(name, -1) for name in choices.subjects])[choices.subject]
    low, high = np.minimum(choices.first, choices.second), np.maximum(choices.first, choices.second)
    won = np.where(choices.first == low, choices.won, 1 - choices.won)
    number = np.full((len(choices.cues),) * 2, -1)
    number[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    pair, known = number[low, high], who >= 0
    wins, offers = np.zeros((len(subjects), len(pairs))), np.zeros((len(subjects), len(pairs)))
    np.add.at(offers, (who[known], pair[known]), 1.0)
    np.add.at(wins, (who[known], pair[known]), won[known])
    return wins, offers


def _at(inverse: Floats, gaps: Floats, wins: Floats, offers: Floats) -> Floats:
    """Log likelihood (u, g) at inverse temperatures (u, g); gaps (u, g, p), counts (u, p)."""
    score = inverse[..., None] * gaps
    won, lost = wins[:, None, :], (offers - wins)[:, None, :]
    return np.asarray((won * special.log_expit(score) + lost * special.log_expit(-score)).sum(-1))


def _best_temperature(gaps: Floats, wins: Floats, offers: Floats) -> Floats:
    """Halve the interval around the root of the derivative, which only falls."""
    low = np.zeros(gaps.shape[:2])
    high = np.full(gaps.shape[:2], GREATEST_INVERSE_TEMPERATURE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        expected = offers[:, None, :] * special.expit(middle[..., None] * gaps)
        rising = (gaps * (wins[:, None, :] - expected)).sum(-1) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.asarray((low + high) / 2)
