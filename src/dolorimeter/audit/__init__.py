"""Which conclusion a protocol can carry."""

from .claim import Claim, Finding, Statement

__all__ = ["Claim", "Finding", "Statement"]
