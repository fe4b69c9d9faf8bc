"""What every room shares: containers, errors, outcome, atomic files, progress."""

from .containers import Folds, Sequences
from .errors import DolorimeterError, InputError
from .files import output_directory, write_file
from .outcome import Outcome
from .progress import progress

__all__ = [
    "DolorimeterError",
    "Folds",
    "InputError",
    "Outcome",
    "Sequences",
    "output_directory",
    "progress",
    "write_file",
]
