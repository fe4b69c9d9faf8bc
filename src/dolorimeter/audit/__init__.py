"""Which conclusion a protocol can carry."""

from .claim import Claim, Finding, Statement
from .facts import Comparator, Facts, Test
from .judge import audit_study, judge
from .objectives import Prediction, Signature
from .proposition import Proposition
from .protocol import Protocol, read_protocol
from .rules import RULES
from .words import describe

__all__ = [
    "Claim",
    "Comparator",
    "Facts",
    "Finding",
    "Prediction",
    "Proposition",
    "Protocol",
    "RULES",
    "Signature",
    "Statement",
    "Test",
    "audit_study",
    "describe",
    "judge",
    "read_protocol",
]
