"""The hemodynamic response: kernels, convolution, collinearity."""

from .collinearity import condition_number, correlations, variance_inflation
from .convolve import HRFS, convolve_events, read_hrf
from .hrf import canonical_hrf, glover_hrf

__all__ = [
    "HRFS",
    "canonical_hrf",
    "condition_number",
    "convolve_events",
    "correlations",
    "glover_hrf",
    "read_hrf",
    "variance_inflation",
]
