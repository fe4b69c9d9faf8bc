"""The learning study: models of learning from pain and relief, fitted, compared and audited."""

from .data import LearningData, read_learning
from .design import LearningStudy
from .recovering import LearningRecovery, recover_learning
from .regressors import learning_regressors, recorded_spec, write_regressors
from .result import LearningResult
from .simulated import save_simulated

__all__ = [
    "LearningData",
    "LearningRecovery",
    "LearningResult",
    "LearningStudy",
    "learning_regressors",
    "read_learning",
    "recorded_spec",
    "recover_learning",
    "save_simulated",
    "write_regressors",
]
