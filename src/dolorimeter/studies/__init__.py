"""One study a file or folder: read, fit, evaluate, audit, gather, report."""

from .decoding import DecodingResult, DecodingStudy, read_study
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
    "TASKS",
    "VitalsModel",
    "VitalsResult",
    "VitalsStudy",
    "fit_vitals_model",
    "make_target",
    "read_study",
    "save_table",
]
