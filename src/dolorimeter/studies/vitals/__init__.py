"""Pain states from vital signs: from windows to an audited claim (Panaggio et al. 2021)."""

from .design import VitalsStudy
from .model import VitalsModel, fit_vitals_model
from .result import VitalsResult, save_table

__all__ = ["VitalsModel", "VitalsResult", "VitalsStudy", "fit_vitals_model", "save_table"]
