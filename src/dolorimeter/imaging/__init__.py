"""Model-based fMRI: designs, models of one person and of the group, courses, maps of models."""

from .atlas import atlas_label, labels_used, read_atlas
from .clusters import find_clusters
from .columns import frame_times_of
from .confounds import motion_summary, read_confounds
from .corrections import bonferroni, cluster_extent, fdr, small_volume, threshold_at
from .coverage import coverage_warnings, uncovered
from .design import Design, make_design
from .design_check import DesignCheck, check_design
from .factors import Factorial, one_factor, two_factor
from .glm import FirstLevel, fit_first_level
from .glm_grid import GridFit, fit_first_level_grid
from .grids import brain_grid, common_grid
from .group import GroupMap, group_test
from .group_courses import GroupCourses, group_courses
from .images import read_run
from .mean_tests import mean_test
from .model_comparison_maps import ModelComparisonMaps, compare_models
from .model_maps import RateMaps, map_rates, region_means
from .overlap import Overlap, overlap
from .peaks import peak_table
from .permutation import Permutation, permutation_test
from .places import REGIONS, Region, voxel_centers
from .predicted_courses import predicted_courses, scale_prediction
from .region_rates import RegionRates, group_rates
from .regions import describe_regions, read_regions
from .regressors import PRESETS, Regressor, read_regressors
from .responses import event_responses, modulated_columns
from .simulate import frames_of, simulate_bold, simulate_study_data
from .simulate_files import write_simulated
from .simulate_noise import Noise
from .timecourse import CourseRun, Courses, fit_timecourses
from .trial_types import types_of
from .truth import SITES, Site

__all__ = [
    "CourseRun",
    "Courses",
    "Design",
    "DesignCheck",
    "Factorial",
    "FirstLevel",
    "GridFit",
    "GroupCourses",
    "GroupMap",
    "ModelComparisonMaps",
    "Noise",
    "Overlap",
    "PRESETS",
    "Permutation",
    "REGIONS",
    "RateMaps",
    "Region",
    "RegionRates",
    "Regressor",
    "SITES",
    "Site",
    "atlas_label",
    "bonferroni",
    "brain_grid",
    "check_design",
    "cluster_extent",
    "common_grid",
    "compare_models",
    "coverage_warnings",
    "describe_regions",
    "event_responses",
    "fdr",
    "find_clusters",
    "fit_first_level",
    "fit_first_level_grid",
    "fit_timecourses",
    "frame_times_of",
    "frames_of",
    "group_courses",
    "group_rates",
    "group_test",
    "labels_used",
    "make_design",
    "map_rates",
    "mean_test",
    "modulated_columns",
    "motion_summary",
    "one_factor",
    "overlap",
    "peak_table",
    "permutation_test",
    "predicted_courses",
    "read_atlas",
    "read_confounds",
    "read_regions",
    "read_regressors",
    "read_run",
    "region_means",
    "scale_prediction",
    "simulate_bold",
    "simulate_study_data",
    "small_volume",
    "threshold_at",
    "two_factor",
    "uncovered",
    "types_of",
    "voxel_centers",
    "write_simulated",
]
