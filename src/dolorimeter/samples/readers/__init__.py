"""One file a format, and the registry of all."""

from .arrays import save_samples
from .epochs import epochs_samples
from .registry import READERS, Reader, choose_reader

__all__ = ["READERS", "Reader", "choose_reader", "epochs_samples", "save_samples"]
