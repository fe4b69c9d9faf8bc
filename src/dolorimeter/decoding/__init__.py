"""Decoding: exact fast cross-validation, searchlight, specificity, signatures."""

from .closed_form import dprime_of_accuracy, forced_choice_accuracy, labelling_accuracy
from .comparators import UnivariateMap, bulk_amplitude, univariate_map
from .equivalence import Equivalence, equivalence, salience_equivalence
from .expression import LinearModel, fit_linear, haufe_pattern, pattern_expression
from .fast_cv import cross_validate
from .grouped_decisions import clustered_interval
from .labelling import ForcedChoice, LabellingPoint, forced_choice, labelling_curve
from .normalize import SpatialNormalizer, amplitude, is_normalized, normalize_pattern
from .regions import cross_validate_regions
from .relabelling import relabelling_p, relabellings
from .residual_amplitude import ResidualAmplitude, residual_amplitude_check
from .results import CrossValidated, GroupCrossValidated, RegionsCrossValidated
from .reverse_inference import (
    ReverseInference,
    bayes_factor,
    probability_of_pain,
    reverse_inference,
)
from .schemes import Scheme, make_scheme
from .searchlight import Searchlight, search_samples, searchlight
from .signature import AppliedSignature, SpaceReport, apply_signature
from .specificity import specificity
from .specificity_result import Specificity
from .spheres import sphere_neighborhoods
from .study_patterns import StudyPatterns, leave_one_study_out_pattern
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
    # Normalization, and what a pattern must beat.
    "ResidualAmplitude",
    "SpatialNormalizer",
    "UnivariateMap",
    "amplitude",
    "bulk_amplitude",
    "is_normalized",
    "normalize_pattern",
    "residual_amplitude_check",
    "univariate_map",
    # Labelling.
    "ForcedChoice",
    "LabellingPoint",
    "clustered_interval",
    "dprime_of_accuracy",
    "forced_choice",
    "forced_choice_accuracy",
    "labelling_accuracy",
    "labelling_curve",
    # Specificity and reverse inference.
    "Equivalence",
    "ReverseInference",
    "Specificity",
    "bayes_factor",
    "equivalence",
    "probability_of_pain",
    "reverse_inference",
    "salience_equivalence",
    "specificity",
    # Weights and patterns.
    "AppliedSignature",
    "LinearModel",
    "SpaceReport",
    "StudyPatterns",
    "apply_signature",
    "fit_linear",
    "haufe_pattern",
    "leave_one_study_out_pattern",
    "pattern_expression",
]
