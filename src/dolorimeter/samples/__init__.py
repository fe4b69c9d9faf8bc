"""Trials by features in: tables, arrays, images, connectivity, epochs; and simulated ones."""

from .connectivity import connectivity_samples
from .read import read_samples, samples_from
from .readers import READERS, epochs_samples, save_samples
from .simulate import simulate_samples, simulate_with_truth
from .simulate_truth import SimulatedTruth

__all__ = [
    "READERS",
    "SimulatedTruth",
    "connectivity_samples",
    "epochs_samples",
    "read_samples",
    "samples_from",
    "save_samples",
    "simulate_samples",
    "simulate_with_truth",
]
