"""Learning from pain and relief: tasks, models, measures, fits (Seymour et al. 2005)."""

from .bayes import Sampling, fit_bayes
from .bayes_fit import BayesFit, Posterior
from .bayes_model import BayesPriors
from .beta_bernoulli import BetaBernoulli
from .calibration import find_temperatures
from .compare import Comparison, compare_models
from .criterion import Correlation, CorrelationFit
from .debrief import Share, count_share
from .dual_rate import DualRate
from .efficiency import DesignEfficiency, ImprovedOrder, design_efficiency, improve_order
from .fit import FitOptions, fit_learning
from .fitted import Estimate, LearningFit, ModelFit
from .grid import simulate_grid
from .hybrid import Hybrid
from .intervals import Interval
from .learned import GridLearned, Learned
from .measures import MEASURES, Measure, transform_measure
from .model import State, Step
from .model_selection import ModelSelection, select_model
from .params import FORMS, ModelForm, ParameterSpec
from .pearce_hall import PearceHall
from .planned_regressors import Scanner
from .preferences import PreferenceScores, preference_scores
from .reading import UTILITIES, EncodedTrials, encode_trials
from .recovery import ModelRecovery, ParameterRecovery, recover_models, recover_parameters
from .registry import MODELS, ModelSpec
from .rescorla_wagner import RescorlaWagner
from .signed_rank import PairedSummary, compare_paired
from .simulate import SimulatedStudy, simulate_learning
from .surprise import Surprise
from .task_parts import Cue, OrderRules, TaskOutcome, Timing
from .task_presets import PRESETS, read_design, relief2005
from .task_trials import make_trials
from .tasks import PavlovianTask
from .td import TemporalDifference
from .transitions import Transitions
from .valence_independent import ValenceIndependent

__all__ = [
    "BayesFit",
    "BayesPriors",
    "fit_bayes",
    "Posterior",
    "Sampling",
    "Comparison",
    "compare_models",
    "Correlation",
    "CorrelationFit",
    "find_temperatures",
    "Share",
    "count_share",
    "FitOptions",
    "fit_learning",
    "Estimate",
    "LearningFit",
    "ModelFit",
    "MEASURES",
    "Measure",
    "transform_measure",
    "ModelSelection",
    "select_model",
    "PreferenceScores",
    "preference_scores",
    "ModelRecovery",
    "ParameterRecovery",
    "recover_models",
    "recover_parameters",
    "PairedSummary",
    "compare_paired",
    "simulate_learning",
    "SimulatedStudy",
    "relief2005",
    "read_design",
    "make_trials",
    "improve_order",
    "design_efficiency",
    "Timing",
    "TaskOutcome",
    "Scanner",
    "PavlovianTask",
    "PRESETS",
    "OrderRules",
    "Interval",
    "ImprovedOrder",
    "DesignEfficiency",
    "Cue",
    "FORMS",
    "MODELS",
    "UTILITIES",
    "BetaBernoulli",
    "DualRate",
    "EncodedTrials",
    "GridLearned",
    "Hybrid",
    "Learned",
    "ModelForm",
    "ModelSpec",
    "ParameterSpec",
    "PearceHall",
    "RescorlaWagner",
    "State",
    "Step",
    "Surprise",
    "TemporalDifference",
    "Transitions",
    "ValenceIndependent",
    "encode_trials",
    "simulate_grid",
]
