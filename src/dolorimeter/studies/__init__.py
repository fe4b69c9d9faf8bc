"""One study a file or folder: read, fit, evaluate, audit, gather, report."""

from .vitals import VitalsModel, VitalsResult, VitalsStudy, fit_vitals_model, save_table

__all__ = ["VitalsModel", "VitalsResult", "VitalsStudy", "fit_vitals_model", "save_table"]
