"""One study a file or folder: read, fit, evaluate, audit, gather, report."""

from .decoding import DecodingResult, DecodingStudy, read_study
from .learning import LearningResult, LearningStudy, read_learning
from .vitals import (
    TASKS,
    VitalsModel,
    VitalsResult,
    VitalsStudy,
    fit_vitals_model,
    make_target,
    save_table,
)

__all__ = [
    "DecodingResult",
    "DecodingStudy",
    "LearningResult",
    "LearningStudy",
    "TASKS",
    "VitalsModel",
    "VitalsResult",
    "VitalsStudy",
    "fit_vitals_model",
    "make_target",
    "read_learning",
    "read_study",
    "save_table",
]
