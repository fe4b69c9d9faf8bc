"""EEG and MEG epochs of MNE-Python: channels by times, or by means of time windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, Samples
from dolorimeter.core.containers import Floats

from ..arguments import as_list, as_number, need_extra
from ..choosing import choose
from ..request import Request
from ..tabular import Table

NAME = "epochs"
SUMMARY = "an MNE-Python file -epo.fif or _epo.fif"
OPTIONS = ("windows", "picks")
# What MNE-Python 1.13 raises on a file cut anywhere (tried every 97 bytes), or on another file.
DAMAGED = (ValueError, OSError, EOFError, AttributeError, NameError, LookupError, TypeError)


def fits(path: Path) -> bool:
    """Tell whether a path looks like this format.

    Parameters
    ----------
    path : Path
        It exists.

    Returns
    -------
    bool
        Whether it does.
    """
    return path.is_file() and path.name.endswith((".fif", ".fif.gz"))


def read(request: Request) -> Samples:
    """Read epochs from a file of MNE-Python.

    Parameters
    ----------
    request : Request
        Options as the arguments of `epochs_samples`.

    Returns
    -------
    Samples
        One an epoch.

    Raises
    ------
    InputError
        If the file is no file of epochs, or as for `epochs_samples`.
    """
    mne = need_extra("mne", "epochs")
    try:
        epochs = mne.read_epochs(request.path, verbose="ERROR")
    except DAMAGED as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(str(request.path), f"unreadable ({words})", "a file of epochs") from error
    return _samples(epochs, request)


def epochs_samples(
    epochs: Any,
    *,
    windows: Sequence[Sequence[float]] | None = None,
    picks: str | Sequence[str] = "data",
    columns: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    averaged: object = None,
) -> Samples:
    """Make samples of epochs.

    The table behind ``columns``, ``target`` and ``where`` is the metadata of the epochs with the
    columns event (its name), epoch (its number in the recording) and time (of the event, s).
    What filters or baselines did before is not known here.

    Parameters
    ----------
    epochs : mne.Epochs
        As MNE-Python makes or reads them; bad channels are left out.
    windows : sequence of pairs of float, optional
        Start and stop of time windows, s from the event, stop not included: features are means
        over each. Without it every time is a feature.
    picks : str or sequence of str, default "data"
        Channels, as MNE-Python picks them.
    columns : mapping, optional
        Which column says what of a sample. By default the condition is the event, the sample the
        number of the epoch, and the subject that of the measurement.
    target : mapping, optional
        By default the event, in classes.
    where : mapping, optional
        Which epochs to keep.
    averaged : object, optional
        Trials behind each epoch; by default 1.

    Returns
    -------
    Samples
        Features in the units of MNE-Python (V, T), named ``"Cz 0.120 s"``. The onset is the end
        of the last time that enters, since an evoked response is known only then.

    Raises
    ------
    InputError
        If a window holds no time, a channel or column is missing, or a value is not finite.
    """
    options: dict[str, Any] = {"picks": picks} | ({} if windows is None else {"windows": windows})
    request = Request(Path(), columns or {}, None, target, where or {}, averaged, None, options)
    return _samples(epochs, request)


def _samples(epochs: Any, request: Request) -> Samples:
    table = _table(epochs)
    defaults = {"condition": "event", "sample_ids": "sample_ids", "target": {"column": "event"}}
    info = epochs.info.get("subject_info") or {}
    if info.get("his_id"):
        defaults["subject"] = {"value": info["his_id"]}
    chosen = choose(table, request, defaults)
    features, names, last = _features(epochs, request)
    known = dict(chosen.known)
    ends = table.numbers("time", "the format")[chosen.rows] + last
    known = {"onset": ends, "features_until": ends} | known
    if request.averaged is None:
        known["n_averaged"] = np.ones(len(chosen.rows), dtype=np.int64)
    return Samples.of(
        features[chosen.rows],
        known.pop("target"),
        known.pop("subject"),
        feature_names=names,
        source="; ".join([request.path.name or "epochs", *chosen.notes]),
        **known,
    )


def _table(epochs: Any) -> Table:
    names = {code: name for name, code in epochs.event_id.items()}
    events = epochs.events
    frame = pd.DataFrame() if epochs.metadata is None else epochs.metadata.reset_index(drop=True)
    own = {
        "event": [names[code] for code in events[:, 2]],
        "epoch": np.asarray(epochs.selection),
        "time": events[:, 0] / epochs.info["sfreq"],
        "sample_ids": [f"epoch {number}" for number in epochs.selection],
    }
    return Table(frame.assign(**own) if len(frame.columns) else pd.DataFrame(own), "epochs")


def _features(epochs: Any, request: Request) -> tuple[Floats, tuple[str, ...], float]:
    """Return features, their names and the end of the last time, s from the event."""
    picks = request.options.get("picks", "data")
    try:
        picked = epochs.copy().pick(picks, exclude="bads", verbose="ERROR")
    except ValueError as error:
        words = str(error).splitlines()[0]
        rule = f"channels such as {', '.join(epochs.ch_names[:5])}"
        raise InputError("data.picks", f"{picks!r} ({words})", rule) from error
    data, times = picked.get_data(copy=True, verbose="ERROR"), picked.times
    step = 1 / picked.info["sfreq"]
    labels = [f"{time:.3f} s" for time in times]
    if "windows" in request.options:
        parts = [_window(w, times) for w in as_list(request.options["windows"])]
        data = np.stack([data[:, :, rows].mean(axis=2) for rows, _ in parts], axis=2)
        labels = [label for _, label in parts]
        times = times[[max(np.flatnonzero(rows)[-1] for rows, _ in parts)]]
    names = tuple(f"{channel} {label}" for channel in picked.ch_names for label in labels)
    return data.reshape(len(data), -1), names, float(times[-1]) + step


def _window(window: Any, times: Floats) -> tuple[Any, str]:
    if not isinstance(window, (list, tuple)) or len(window) != 2:
        raise InputError("data.windows", repr(window), "pairs [start, stop], s from the event")
    start, stop = (as_number("data.windows", value) for value in window)
    # A time is k / sfreq in binary: a millionth of a second keeps 0.3 from falling before 0.3.
    rows = (times >= start - 1e-6) & (times < stop - 1e-6)
    if not rows.any():
        rule = f"windows within {times[0]:.3f} to {times[-1]:.3f} s"
        raise InputError("data.windows", f"no time in {start:g} to {stop:g} s", rule)
    return rows, f"{start:g} to {stop:g} s"
