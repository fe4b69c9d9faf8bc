"""Readers of hospital tables, one file a format."""

from .read import read_events
from .registry import READERS, Reader

__all__ = ["READERS", "Reader", "read_events"]
