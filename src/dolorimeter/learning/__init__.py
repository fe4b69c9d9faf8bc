"""Learning from pain and relief: tasks, models, measures, fits (Seymour et al. 2005)."""

from .beta_bernoulli import BetaBernoulli
from .dual_rate import DualRate
from .grid import simulate_grid
from .hybrid import Hybrid
from .learned import GridLearned, Learned
from .model import State, Step
from .params import FORMS, ModelForm, ParameterSpec
from .pearce_hall import PearceHall
from .reading import UTILITIES, EncodedTrials, encode_trials
from .registry import MODELS, ModelSpec
from .rescorla_wagner import RescorlaWagner
from .surprise import Surprise
from .td import TemporalDifference
from .transitions import Transitions
from .valence_independent import ValenceIndependent

__all__ = [
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
