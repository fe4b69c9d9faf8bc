"""Folds, metrics, the volume under the ROC surface, and what chance would do."""

from .calibration import Calibration, ReliabilityBin, calibration
from .comparison import Comparison, compare, compare_to_chance
from .evaluate import Evaluation, MetricSummary, evaluate, point_metrics
from .folds import make_folds
from .learning_curve import LearningCurve, learning_curve
from .metrics import classification_metrics, confusion_matrix, metrics_from_confusion
from .null_models import null_distribution, null_evaluation
from .predictions import Predictions
from .refit import RefitInterval, refit_interval
from .relabeling import exchange_labels
from .significance import holm, holm_reachable, p_paper, relabeling_p, resolved_holm
from .vus import Vus, vus

__all__ = [
    "Calibration",
    "Comparison",
    "Evaluation",
    "LearningCurve",
    "MetricSummary",
    "Predictions",
    "RefitInterval",
    "ReliabilityBin",
    "Vus",
    "calibration",
    "classification_metrics",
    "compare",
    "compare_to_chance",
    "confusion_matrix",
    "evaluate",
    "exchange_labels",
    "holm",
    "holm_reachable",
    "learning_curve",
    "make_folds",
    "metrics_from_confusion",
    "null_distribution",
    "null_evaluation",
    "p_paper",
    "point_metrics",
    "refit_interval",
    "relabeling_p",
    "resolved_holm",
    "vus",
]
