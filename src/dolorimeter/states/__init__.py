"""Pain states from sequences of vital signs: models, and the way to store them."""

from .boosting import BoostingBaseline
from .chain import Chain
from .gaussian_hmm import GaussianHMM
from .gaussian_nb import GaussianNB
from .linear_regression import LinearRegressionStates
from .normal_scores import NormalScores
from .params import HMMParameters, NaiveBayesParameters
from .registry import MODELS, ModelSpec, load_model, pack_model, unpack_model
from .state_space import StateSpace

__all__ = [
    "MODELS",
    "BoostingBaseline",
    "Chain",
    "GaussianHMM",
    "GaussianNB",
    "HMMParameters",
    "LinearRegressionStates",
    "ModelSpec",
    "NaiveBayesParameters",
    "NormalScores",
    "StateSpace",
    "load_model",
    "pack_model",
    "unpack_model",
]
