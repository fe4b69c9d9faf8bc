"""Learning from pain and relief: tasks, models, measures, fits (Seymour et al. 2005)."""

from .beta_bernoulli import BetaBernoulli
from .dual_rate import DualRate
from .efficiency import DesignEfficiency, ImprovedOrder, design_efficiency, improve_order
from .grid import simulate_grid
from .hybrid import Hybrid
from .intervals import Interval
from .learned import GridLearned, Learned
from .model import State, Step
from .params import FORMS, ModelForm, ParameterSpec
from .pearce_hall import PearceHall
from .planned_regressors import Scanner
from .reading import UTILITIES, EncodedTrials, encode_trials
from .registry import MODELS, ModelSpec
from .rescorla_wagner import RescorlaWagner
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
