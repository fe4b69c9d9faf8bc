"""Confounds as fMRIPrep writes them: which columns, which frames to scrub, how much motion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.samples.arguments import as_number, check_keys, hint, need_extra

STRATEGY = ("motion", "wm_csf")
STRATEGIES = ("motion", "high_pass", "wm_csf", "global_signal", "compcor", "ica_aroma", "tedana")
THRESHOLDS = {"fd": "framewise_displacement", "std_dvars": "std_dvars"}  # mm; times its median
_ENDINGS = ("_desc-confounds_timeseries.tsv", "_desc-confounds_regressors.tsv")


def read_confounds(
    path: str | Path,
    strategy: Sequence[str] = STRATEGY,
    *,
    scrub: Mapping[str, float] | None = None,
    **options: object,
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Read the confounds of one run with nilearn's ``load_confounds``.

    Parameters
    ----------
    path : str or Path
        The preprocessed image (it need not be there) beside which the table is, or the table,
        ``*_desc-confounds_timeseries.tsv``.
    strategy : sequence of str, default ("motion", "wm_csf")
        Kinds of confounds, as nilearn names them: motion, high_pass (fMRIPrep's drifts: then give
        ``make_design`` no cut-off of its own), wm_csf, global_signal, compcor, ica_aroma, tedana.
        Empty for none.
    scrub : mapping of str to float, optional
        Limits above which a frame is scrubbed: ``{"fd": 0.5, "std_dvars": 1.5}`` (framewise
        displacement in mm, standardized DVARS; nilearn's defaults); ``"segment"``: frames, as
        nilearn's ``scrub``: stretches between scrubbed frames that are shorter go too (default 0:
        none). None: no frame is scrubbed for motion.
    **options : object
        Of ``load_confounds``: ``motion="full"`` (24 columns, the default) or ``"basic"`` (6),
        ``wm_csf``, ``compcor``, ``n_compcor``, …

    Returns
    -------
    confounds : DataFrame of shape (n_frames, m)
        Centered; the first row of derivatives is that of the second, as in nilearn.
    scrubbed : ndarray of shape (n_frames,), bool
        Frames over a limit, and those that fMRIPrep calls non-steady state.

    Raises
    ------
    InputError
        If the table or a column is missing, a word is unknown, or a value is not a number.
    """
    table_path = _table_path(Path(path))
    _check_strategy(strategy, options)
    table = _read_table(table_path)
    scrubbed = _scrubbed(table, scrub, table_path.name)
    if not strategy:
        return pd.DataFrame(index=range(len(table))), scrubbed
    if "high_pass" in strategy and not any(str(c).startswith("cosine") for c in table.columns):
        remedy = "Leave 'high_pass' out, and give the design a cut-off of its own."
        raise InputError(table_path.name, "no column cosine00 …", "fMRIPrep's drifts", remedy)
    confounds = _load(_image_of(Path(path)), tuple(strategy), options, table, table_path.name)
    found = confounds.reset_index(drop=True).astype(np.float64)
    for name in found.columns:
        bad = np.flatnonzero(~np.isfinite(found[name].to_numpy()))
        if len(bad):
            place = f"{table_path.name}, column {name!r}, row {bad[0]}"
            raise InputError(place, "n/a", "a finite number")
    return found, scrubbed


def motion_summary(path: str | Path, threshold: float = 0.5) -> dict[str, float]:
    """Say how much a person moved in a run.

    Parameters
    ----------
    path : str or Path
        As for :func:`read_confounds`.
    threshold : float, default 0.5
        Framewise displacement in mm above which frames are counted.

    Returns
    -------
    dict of str to float
        ``n_frames``, ``mean_fd`` and ``max_fd`` (mm), ``n_above`` (frames above the threshold) and
        ``share_above``.

    Raises
    ------
    InputError
        If there is no table, or it has no ``framewise_displacement``.
    """
    table_path = _table_path(Path(path))
    table = _read_table(table_path)
    moved = _numbers(table, THRESHOLDS["fd"], table_path.name)
    above = int((moved > threshold).sum())
    if np.isnan(moved).all():
        place = f"{table_path.name}, column {THRESHOLDS['fd']!r}"
        raise InputError(place, "no number", "millimetres in all rows but the first")
    return {
        "n_frames": float(len(moved)),
        "mean_fd": float(np.nanmean(moved)),
        "max_fd": float(np.nanmax(moved)),
        "n_above": float(above),
        "share_above": above / len(moved),
    }


def _load(
    image: Path,
    strategy: tuple[str, ...],
    options: Mapping[str, object],
    table: pd.DataFrame,
    where: str,
) -> pd.DataFrame:
    """Call nilearn, and say in one line what it misses; columns in the order of the table."""
    fmriprep = need_extra("nilearn.interfaces.fmriprep", "images")
    try:
        confounds, _ = fmriprep.load_confounds(str(image), strategy=strategy, **options)
    except (ValueError, TypeError, KeyError) as error:
        told = " ".join(str(error.args[0] if error.args else error).split())
        detail = told.replace("not in index", "not among the columns")
        near = [hint(word, table.columns) for word in _words(detail)]
        remedy = next((word for word in near if word), "Try another strategy.")
        raise InputError(where, detail, f"what {', '.join(strategy)} needs", remedy) from error
    there = [name for name in table.columns if name in confounds.columns]
    return confounds[[*there, *sorted(set(confounds.columns) - set(there))]]


def _words(detail: str) -> list[str]:
    return [word.strip("[]',.") for word in detail.split() if "_" in word]


def _check_strategy(strategy: Sequence[str], options: Mapping[str, object]) -> None:
    if isinstance(strategy, str):
        raise InputError("strategy", repr(strategy), "a list of words such as ['motion']")
    for word in strategy:
        if word not in STRATEGIES:
            remedy = hint(word, STRATEGIES)
            if word in ("scrub", "non_steady_state"):
                remedy = "Give limits in scrub; frames that are not steady are always found."
            raise InputError("strategy", repr(word), f"of {', '.join(STRATEGIES)}", remedy)
    known = ("motion", "wm_csf", "global_signal", "compcor", "n_compcor", "ica_aroma", "tedana")
    check_keys("confounds", options, (*known, "demean"))


def _scrubbed(
    table: pd.DataFrame, scrub: Mapping[str, float] | None, where: str
) -> NDArray[np.bool_]:
    limits = {} if scrub is None else dict(scrub)
    check_keys("scrub", limits, (*THRESHOLDS, "segment"))
    moved = np.zeros(len(table), dtype=bool)
    for name, column in THRESHOLDS.items():
        if name in limits:
            limit = as_number(f"scrub, {name}", limits[name], 0.0)
            moved |= _numbers(table, column, where) > limit
    segment = int(as_number("scrub, segment", limits.get("segment", 0), 0, whole=True))
    moved = _fill_short(moved, segment) if moved.any() else moved
    for column in table.columns:
        if str(column).startswith("non_steady_state"):
            moved |= _numbers(table, column, where) > 0
    if moved.all():
        raise InputError(where, "every frame is scrubbed", "limits that leave some", "Raise them.")
    return moved


def _fill_short(scrubbed: NDArray[np.bool_], segment: int) -> NDArray[np.bool_]:
    """Scrub stretches of fewer than ``segment`` frames beside scrubbed ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], scrubbed, [True]]).astype(np.int8)))
    filled = scrubbed.copy()
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first < segment:
            filled[first:last] = True
    return filled


def _numbers(table: pd.DataFrame, column: str, where: str) -> NDArray[np.float64]:
    if column not in table.columns:
        raise InputError(where, f"no column {column!r}", "a column of it", hint(column, table))
    numbers = pd.to_numeric(table[column], errors="coerce")
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _table_path(path: Path) -> Path:
    """Return the table of confounds beside an image, or itself."""
    if path.name.endswith(".tsv"):
        if not path.is_file():
            raise InputError(str(path), "no such file", "fMRIPrep's table of confounds")
        return path
    utils = need_extra("nilearn.interfaces.fmriprep.load_confounds_utils", "images")
    try:
        return Path(utils.get_confounds_file(str(path), flag_full_aroma=False, flag_tedana=False))
    except ValueError as error:
        detail = " ".join(str(error).split())
        rule = "one *_desc-confounds_timeseries.tsv in its folder"
        raise InputError(str(path), detail, rule) from error


def _image_of(path: Path) -> Path:
    """Return the name of an image that nilearn finds the table by."""
    for ending in _ENDINGS:
        if path.name.endswith(ending):
            return path.with_name(path.name.removesuffix(ending) + "_desc-preproc_bold.nii.gz")
    if path.name.endswith(".tsv"):
        rule = f"a name that ends in {' or '.join(_ENDINGS)}"
        raise InputError(str(path), repr(path.name), rule)
    return path


def _read_table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, sep="\t")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(str(path), str(error), "a table with tabs between its columns") from error
    if not len(table):
        raise InputError(str(path), "no rows", "one row a frame")
    return table
