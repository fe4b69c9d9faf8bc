"""Reports: plain results in, one self-contained HTML page out; nothing is computed here."""

from .vitals import render_vitals_report

__all__ = ["render_vitals_report"]
