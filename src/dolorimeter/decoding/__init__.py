"""Decoding: exact fast cross-validation, searchlight, specificity, signatures."""

from .fast_cv import cross_validate
from .regions import cross_validate_regions
from .relabelling import relabelling_p, relabellings
from .results import CrossValidated, GroupCrossValidated, RegionsCrossValidated
from .schemes import Scheme, make_scheme
from .searchlight import Searchlight, search_samples, searchlight
from .spheres import sphere_neighborhoods
from .within_subjects import group_cross_validate

__all__ = [
    # Cross-validation.
    "CrossValidated",
    "GroupCrossValidated",
    "RegionsCrossValidated",
    "Scheme",
    "cross_validate",
    "cross_validate_regions",
    "group_cross_validate",
    "make_scheme",
    "relabelling_p",
    "relabellings",
    # Searchlight.
    "Searchlight",
    "search_samples",
    "searchlight",
    "sphere_neighborhoods",
]
