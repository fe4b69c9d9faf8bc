"""The decision table, one function a row (science.md, 3.1; Hu & Iannetti 2016)."""

from .registry import RULES
from .verdict import Condition, Rule, Verdict

__all__ = ["RULES", "Condition", "Rule", "Verdict"]
