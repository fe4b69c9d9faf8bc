"""Pain states from vital signs: from windows to an audited claim (Panaggio et al. 2021)."""

from .design import TASKS, VitalsStudy, make_target
from .model import VitalsModel, fit_vitals_model
from .result import VitalsResult, save_table

__all__ = [
    "TASKS",
    "VitalsModel",
    "VitalsResult",
    "VitalsStudy",
    "fit_vitals_model",
    "make_target",
    "save_table",
]
