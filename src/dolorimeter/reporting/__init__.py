"""Reports: plain results in, one self-contained HTML page out; nothing is computed here."""

from .decoding import render_decoding_report
from .figures_brain import BrainMap
from .imaging import render_imaging_report
from .learning import render_learning_report
from .learning_recovery import render_recovery_report
from .vitals import render_vitals_report

__all__ = [
    "BrainMap",
    "render_decoding_report",
    "render_imaging_report",
    "render_learning_report",
    "render_recovery_report",
    "render_vitals_report",
]
