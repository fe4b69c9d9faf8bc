"""BIDS data sets in and out: runs, events, derivatives."""

from .dataset import Dataset, Run
from .derivatives import write_derivatives
from .events import EventTable, read_events
from .notices import Notice, count_notices
from .onsets import read_all_events
from .physiology import trialwise_physiology
from .preprocessed import PreprocessedRun, read_preprocessed
from .read import read_dataset
from .spec import TrialSpec, read_spec
from .trials import trials_from_events
from .write import write_events
from .yaml_mapping import preset_names

__all__ = [
    "Dataset",
    "EventTable",
    "Notice",
    "PreprocessedRun",
    "Run",
    "TrialSpec",
    "count_notices",
    "preset_names",
    "read_all_events",
    "read_dataset",
    "read_events",
    "read_preprocessed",
    "read_spec",
    "trials_from_events",
    "trialwise_physiology",
    "write_derivatives",
    "write_events",
]
