"""One run's design matrix: regressors of events, confounds, drifts, and what each column is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

KINDS = ("regressor", "modulator", "derivative", "confound", "drift", "spike", "constant")


@dataclass(frozen=True, slots=True)
class Design:
    """Design matrix of one run.

    Attributes
    ----------
    matrix : ndarray of shape (n_frames, k), float64
        Full rank; the last column is constant.
    names : tuple of str
        Of the columns, each once.
    kinds : tuple of str
        What each column is: ``"regressor"`` (events, or one FIR delay of them), ``"modulator"``
        (events weighted by what a model says), ``"derivative"`` (of the response to either),
        ``"confound"``, ``"drift"``, ``"spike"`` (one scrubbed frame) or ``"constant"``.
    frame_times : ndarray of shape (n_frames,), float64
        When each row was scanned, in seconds from the start of the run.
    frames : ndarray of shape (n_frames,), int64
        Which frame of the run each row is: fit ``data[frames]``. All of them, in order, unless
        scrubbed frames are dropped.
    subject, run : str
        Whose, and which.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, or a name stands twice.
    """

    matrix: Floats
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    frame_times: Floats
    frames: NDArray[np.int64]
    subject: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        n_frames, n_columns = self.matrix.shape if self.matrix.ndim == 2 else (-1, -1)
        found = f"shape {self.matrix.shape}, {len(self.names)} names, {len(self.kinds)} kinds"
        if (len(self.names), len(self.kinds)) != (n_columns, n_columns):
            raise InputError("design", found, "one name and one kind for each column")
        if self.frame_times.shape != (n_frames,) or self.frames.shape != (n_frames,):
            raise InputError("design", found, "one time and one number for each row")
        if set(self.kinds) - set(KINDS):
            raise InputError("kinds", repr(self.kinds), f"each one of {', '.join(KINDS)}")
        for i, name in enumerate(self.names):
            if name in self.names[:i]:
                raise InputError("design", f"column {name!r} twice", "a name of its own each")
        if not np.isfinite(self.matrix).all():
            column = self.names[int(np.flatnonzero(~np.isfinite(self.matrix).all(axis=0))[0])]
            raise InputError(f"column {column!r}", "a value that is not finite", "finite numbers")

    def columns(self, *kinds: str) -> NDArray[np.int64]:
        """Return where the columns of some kinds are.

        Parameters
        ----------
        *kinds : str
            Such as ``"regressor"``.

        Returns
        -------
        ndarray of int64
            Their positions.
        """
        return np.flatnonzero([kind in kinds for kind in self.kinds])

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.matrix)
