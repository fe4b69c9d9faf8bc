"""Which conclusion a protocol can carry."""

from .claim import Claim, Finding, Statement
from .facts import Comparator, Facts, Test
from .judge import audit_study, judge
from .objectives import Prediction, Signature
from .proposition import Proposition

__all__ = [
    "Claim",
    "Comparator",
    "Facts",
    "Finding",
    "Prediction",
    "Proposition",
    "Signature",
    "Statement",
    "Test",
    "audit_study",
    "judge",
]
