"""The decoding study: honest decoding of samples, with an audited claim."""

from .design import DecodingStudy
from .result import DecodingResult
from .study_file import read_study

__all__ = ["DecodingResult", "DecodingStudy", "read_study"]
