"""Folds, metrics, the volume under the ROC surface, and what chance would do."""

from .calibration import Calibration, ReliabilityBin, calibration
from .metrics import classification_metrics, confusion_matrix, metrics_from_confusion
from .vus import Vus, vus

__all__ = [
    "Calibration",
    "ReliabilityBin",
    "Vus",
    "calibration",
    "classification_metrics",
    "confusion_matrix",
    "metrics_from_confusion",
    "vus",
]
