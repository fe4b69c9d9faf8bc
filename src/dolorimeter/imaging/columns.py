"""Columns of a design that no event makes: drifts, spikes; and whether columns are independent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .orthogonalize import orthogonalize_serially

_RANK = 1e-9  # of the largest singular value of columns of length 1: below, a direction is missing
_INVOLVED = 1e-5  # weight of a column in a missing direction


def read_frame_times(frame_times: ArrayLike) -> Floats:
    """Check the times of the frames of a run.

    Parameters
    ----------
    frame_times : array-like of shape (n_frames,)
        Seconds.

    Returns
    -------
    ndarray of shape (n_frames,)
        The same.

    Raises
    ------
    InputError
        If there are fewer than two, or they are not finite or do not rise.
    """
    frames = np.asarray(frame_times, dtype=np.float64)
    if frames.ndim != 1 or len(frames) < 2:
        raise InputError("frame_times", f"shape {frames.shape}", "one a frame, two or more")
    if not np.isfinite(frames).all() or (np.diff(frames) <= 0).any():
        raise InputError("frame_times", "times that do not rise", "finite, rising seconds")
    return frames


def frame_times_of(
    n_frames: int, repetition_time: float, reference: str | float = "start"
) -> Floats:
    """Give the time of each frame of a run, from the start of the run.

    Parameters
    ----------
    n_frames : int
        Volumes.
    repetition_time : float
        Seconds from volume to volume (TR).
    reference : {"start", "middle"} or float, default "start"
        When within its repetition time a volume counts as taken, 0 … 1: nilearn's
        ``slice_time_ref``, whose default is the start as well. Images that were corrected for
        slice timing refer to a certain time: fMRIPrep's default is ``"middle"`` (``StartTime`` in
        the sidecar of the preprocessed images says, and a study reads it there).

    Returns
    -------
    ndarray of shape (n_frames,)
        Seconds.

    Raises
    ------
    InputError
        If there are fewer than two frames, the repetition time is not positive, or the reference
        is none of these.

    Examples
    --------
    >>> frame_times_of(3, 2.0, "middle").tolist()
    [1.0, 3.0, 5.0]
    """
    if n_frames < 2:
        raise InputError("n_frames", repr(n_frames), "two volumes or more")
    if not 0 < repetition_time < np.inf:
        raise InputError("repetition_time", repr(repetition_time), "a positive number of seconds")
    share = (
        {"start": 0.0, "middle": 0.5}.get(reference) if isinstance(reference, str) else reference
    )
    if share is None or not 0 <= share <= 1:
        raise InputError("reference", repr(reference), "'start', 'middle', or a number 0 … 1")
    frames = np.arange(n_frames, dtype=np.float64)
    return np.asarray((frames + share) * repetition_time, dtype=np.float64)


def cosine_drift(frame_times: ArrayLike, high_pass: float) -> Floats:
    """Return cosines slower than a cut-off (the discrete cosine transform, as SPM and nilearn).

    Column k is ``sqrt(2/n) cos(pi k (i + 1/2) / n)``, with k up to ``2 n TR / cut-off``.

    Parameters
    ----------
    frame_times : array-like of shape (n_frames,)
        Seconds; their mean distance is the repetition time.
    high_pass : float
        Cut-off in seconds: slower waves go into the drift.

    Returns
    -------
    ndarray of shape (n_frames, k)
        Without the constant; no column where the run is shorter than half the cut-off.

    Raises
    ------
    InputError
        If the cut-off is not longer than two frames (nothing would be left), or not a number.
    """
    times = read_frame_times(frame_times)
    n = len(times)
    spacing = (times[-1] - times[0]) / (n - 1)
    if not 2 * spacing < high_pass < np.inf:
        rule = f"seconds, more than two repetition times ({2 * spacing:g} s), or None"
        raise InputError("high_pass", repr(high_pass), rule, "Give the period, not the frequency.")
    order = min(n - 1, int(np.floor(2 * n * (1.0 / high_pass) * spacing)))
    waves = np.cos(np.pi / n * (np.arange(n)[:, None] + 0.5) * np.arange(1, order + 1))
    return np.sqrt(2.0 / n) * waves


def polynomial_drift(frame_times: ArrayLike, order: int = 1) -> Floats:
    """Return powers of time, each less what lower powers and the constant explain (as nilearn).

    Parameters
    ----------
    frame_times : array-like of shape (n_frames,)
        Seconds.
    order : int, default 1
        The highest power.

    Returns
    -------
    ndarray of shape (n_frames, order)
        Without the constant.

    Raises
    ------
    InputError
        If the order is no whole number of at least 1.
    """
    times = read_frame_times(frame_times)
    if isinstance(order, bool) or int(order) != order or order < 1:
        raise InputError("drift_order", repr(order), "a whole number, 1 or more")
    powers = (times / times.max())[:, None] ** np.arange(int(order) + 1)
    return orthogonalize_serially(powers)[:, 1:]


def read_scrubbed(scrubbed: ArrayLike | None, n_frames: int) -> NDArray[np.int64]:
    """Return which frames are scrubbed.

    Parameters
    ----------
    scrubbed : array-like, optional
        One bool a frame, or numbers of frames from 0.
    n_frames : int
        Of the run.

    Returns
    -------
    ndarray of int64
        Their numbers, rising; empty for None.

    Raises
    ------
    InputError
        If a number is no frame of the run, or all frames are scrubbed.
    """
    given = np.asarray([] if scrubbed is None else scrubbed)
    if given.dtype.kind == "b":
        if given.shape != (n_frames,):
            raise InputError("scrubbed", f"shape {given.shape}", f"one a frame, ({n_frames},)")
        rows = np.flatnonzero(given)
    else:
        rows = np.unique(given.astype(np.int64))
        if given.ndim != 1 or (given != given.astype(np.int64)).any():
            raise InputError("scrubbed", repr(scrubbed), "numbers of frames, or one bool a frame")
        if len(rows) and (rows[0] < 0 or rows[-1] >= n_frames):
            bad = rows[(rows < 0) | (rows >= n_frames)][0]
            raise InputError("scrubbed", f"frame {bad}", f"frames 0 … {n_frames - 1}")
    if len(rows) == n_frames:
        raise InputError("scrubbed", "every frame", "at least some frames to be left")
    return rows


def require_independent(matrix: Floats, names: Sequence[str], where: str = "design") -> None:
    """Refuse columns of which one is a sum of others.

    Parameters
    ----------
    matrix : ndarray of shape (n_frames, k)
        All columns.
    names : sequence of str
        Theirs.
    where : str, default "design"
        What they belong to, for the message.

    Raises
    ------
    InputError
        If a column is zero, columns outnumber the frames, or some are collinear; it names them.
    """
    n_frames, n_columns = matrix.shape
    if n_columns > n_frames:
        found = f"{n_columns} columns for {n_frames} frames"
        raise InputError(where, found, "fewer columns than frames")
    lengths = np.linalg.norm(matrix, axis=0)
    if (lengths == 0).any():
        name = names[int(np.flatnonzero(lengths == 0)[0])]
        found = f"column {name!r} is 0 at all {n_frames} frames"
        raise InputError(where, found, "a column that says something", "Leave it out.")
    _, sizes, directions = np.linalg.svd(matrix / lengths, full_matrices=False)
    missing = directions[sizes <= _RANK * sizes[0]]
    if len(missing):
        involved = np.flatnonzero((np.abs(missing) > _INVOLVED).any(axis=0))
        found = "collinear columns " + ", ".join(repr(names[int(i)]) for i in involved)
        raise InputError(
            where, found, "columns none of which is a sum of others", _remedy(names, involved)
        )


def _remedy(names: Sequence[str], involved: NDArray[np.int64]) -> str:
    words = [names[int(i)] for i in involved]
    if any(word.startswith("cosine") for word in words):
        return (
            "The confounds hold fMRIPrep's own drifts: give high_pass=None, or leave 'high_pass' "
            "out of the strategy."
        )
    return "Leave one of them out."
