"""Hospital tables in: readers, windows, targets, outliers, summaries, simulated cohorts."""

from .mapping import load_mapping
from .outliers import OutlierRule
from .readers import READERS, read_events
from .schema import PAIN, VITALS, Cohort, Events, LedgerEntry
from .simulate import simulate_cohort
from .summary import CohortSummary, summarize_cohort
from .targets import Target, label_windows, reference_vitals
from .windows import make_windows

__all__ = [
    "Cohort",
    "CohortSummary",
    "Events",
    "LedgerEntry",
    "OutlierRule",
    "PAIN",
    "READERS",
    "Target",
    "VITALS",
    "label_windows",
    "load_mapping",
    "make_windows",
    "read_events",
    "reference_vitals",
    "simulate_cohort",
    "summarize_cohort",
]
