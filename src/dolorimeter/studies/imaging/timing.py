"""When within its repetition time a volume counts as taken: by the study, or by the sidecar."""

from __future__ import annotations

from collections.abc import Iterable

from dolorimeter.bids import Notice
from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import InputError

AUTO = "auto"
SHARES = {"start": 0.0, "middle": 0.5}
_AGREE = 0.01  # of the repetition time; sidecars round StartTime to milliseconds


def check_reference(declared: str | float) -> None:
    """Refuse what is no time of a volume.

    Parameters
    ----------
    declared : str or float
        ``time_reference`` of the study.

    Raises
    ------
    InputError
        If it is neither one of the words nor a share.
    """
    word = isinstance(declared, str)
    if declared not in (AUTO, *SHARES) if word else not 0 <= declared <= 1:  # type: ignore[operator]
        rule = f"{AUTO}, {', '.join(SHARES)}, or a share of the repetition time, 0 … 1"
        raise InputError("time_reference", repr(declared), rule)


def reference_of(declared: str | float, run: PreprocessedRun, step: float) -> float:
    """Return when in its repetition time a volume of a run counts as taken.

    Parameters
    ----------
    declared : str or float
        ``time_reference`` of the study.
    run : PreprocessedRun
        With what its sidecar says.
    step : float
        Repetition time in seconds.

    Returns
    -------
    float
        A share of the repetition time, 0 … 1.

    Raises
    ------
    InputError
        If the sidecar is asked, and says a time beyond the repetition time.
    """
    if declared != AUTO:
        return SHARES[declared] if isinstance(declared, str) else float(declared)
    if run.start_time is None:
        return 0.0
    if run.start_time > step:
        found = f"StartTime {run.start_time:g} s in its sidecar"
        remedy = "Mend it, or declare time_reference."
        raise InputError(str(run.bold), found, f"0 to {step:g} s, the repetition time", remedy)
    return run.start_time / step


def timing_notices(
    declared: str | float, runs: Iterable[tuple[PreprocessedRun, float]]
) -> list[Notice]:
    """Tell where the sidecars say another time than the study, or not enough.

    Parameters
    ----------
    declared : str or float
        ``time_reference`` of the study.
    runs : iterable of (PreprocessedRun, float)
        Each with its repetition time in seconds.

    Returns
    -------
    list of Notice
        One a run.
    """
    told = []
    for run, step in runs:
        what = _odd(declared, run, step)
        if what:
            told.append(Notice(run.bold.name, None, what, "time-reference"))
    return told


def _odd(declared: str | float, run: PreprocessedRun, step: float) -> str:
    """Say in what a sidecar and the study disagree; nothing where they do not."""
    share = reference_of(declared, run, step)
    if run.start_time is None:
        if not run.slices_corrected or declared != AUTO:
            return ""
        return (
            "corrected for slice timing, but its sidecar has no StartTime: volumes count as taken "
            "at their start (fMRIPrep before 21 brings them to the middle: time_reference: middle)"
        )
    if abs(share - run.start_time / step) <= _AGREE:
        return ""
    return (
        f"its sidecar says StartTime {run.start_time:g} s, the study {share * step:g} s "
        f"(time_reference {declared}): the study is followed; auto would follow the sidecar"
    )
