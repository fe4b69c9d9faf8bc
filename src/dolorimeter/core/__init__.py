"""What every room shares: containers, errors, outcome, atomic files, progress."""

from .containers import Folds, Sequences
from .errors import DolorimeterError, InputError
from .files import output_directory, write_file
from .outcome import Outcome
from .progress import progress
from .samples import Grid, Samples
from .trials import Trials

__all__ = [
    "DolorimeterError",
    "Folds",
    "Grid",
    "InputError",
    "Outcome",
    "Samples",
    "Sequences",
    "Trials",
    "output_directory",
    "progress",
    "write_file",
]
