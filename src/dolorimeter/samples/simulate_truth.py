"""What simulate_samples plants: maps, profile and strengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from dolorimeter.core.containers import Floats

BASELINE = "baseline"
SMOOTH = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTruth:
    """What was planted.

    Attributes
    ----------
    maps : dict of str to ndarray of shape (n_features,)
        What a stimulus of strength 1 of each modality adds, amplitude left out.
    profile : ndarray of shape (n_features,)
        What every trial holds; a stimulus multiplies it by the gain.
    amplitude, gain : float
        As they were given.
    strength : ndarray of shape (n_samples,)
        0 for the baseline, 1 for a stimulus, or what lies between for ratings.
    """

    maps: dict[str, Floats]
    profile: Floats
    amplitude: float
    gain: float
    strength: Floats

    def signal(self, modality: NDArray[np.str_]) -> Floats:
        """Return the samples without noise and without offsets of people.

        Parameters
        ----------
        modality : ndarray of shape (n_samples,), str
            What was felt in each.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            The planted signal.
        """
        s = self.strength[:, None]
        maps = {BASELINE: np.zeros_like(self.profile)} | self.maps
        names, place = np.unique(modality, return_inverse=True)
        added = np.stack([maps[str(name)] for name in names])[place] + self.amplitude
        return (1 + (self.gain - 1) * s) * self.profile + s * added


def draw_truth(
    rng: np.random.Generator,
    given: dict[str, Any],
    shape: tuple[int, int, int] | None,
    strength: Floats,
) -> SimulatedTruth:
    """Draw the maps of the modalities and the profile.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    given : dict
        Arguments of `simulate_samples`.
    shape : tuple of int or None
        A box, in which maps are smooth.
    strength : ndarray of shape (n_samples,)
        Of each trial.

    Returns
    -------
    SimulatedTruth
        All that the samples hold besides noise and offsets of people.
    """
    n_features = given["n_features"]
    profile = _map(rng, n_features, shape)
    common = _map(rng, n_features, shape)
    share = given["shared"]
    maps = {
        name: given["pattern"]
        * (np.sqrt(share) * common + np.sqrt(1 - share) * _map(rng, n_features, shape))
        for name in given["modalities"]
    }
    return SimulatedTruth(
        maps, 1 + given["profile"] * profile, given["amplitude"], given["gain"], strength
    )


def _map(rng: np.random.Generator, n_features: int, shape: tuple[int, int, int] | None) -> Floats:
    """Draw a map of mean 0 and deviation 1 over features, so that only amplitude is amplitude."""
    drawn = rng.standard_normal(n_features)
    if shape is not None:
        drawn = gaussian_filter(drawn.reshape(shape), SMOOTH).ravel()
    drawn = drawn - drawn.mean()
    deviation = drawn.std()
    return drawn / deviation if deviation > 0 else drawn
