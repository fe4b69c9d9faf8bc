"""One study a file or folder: read, fit, evaluate, audit, gather, report."""

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
    "TASKS",
    "VitalsModel",
    "VitalsResult",
    "VitalsStudy",
    "fit_vitals_model",
    "make_target",
    "save_table",
]
