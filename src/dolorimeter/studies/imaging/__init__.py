"""The imaging study: prediction errors in the brain, found, mapped and audited."""

from .cache import refuse_cache_inside
from .data import ImagingData, Person, read_imaging
from .design import ImagingStudy
from .result import ImagingResult
from .simulated import save_simulated_imaging
from .study_file import read_study

__all__ = [
    "ImagingData",
    "ImagingResult",
    "ImagingStudy",
    "Person",
    "read_imaging",
    "read_study",
    "refuse_cache_inside",
    "save_simulated_imaging",
]
