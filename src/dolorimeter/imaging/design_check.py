"""How well a design can tell its regressors apart: inflation, correlation, efficiency, warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats
from dolorimeter.hemodynamics import correlations, variance_inflation
from dolorimeter.hemodynamics.collinearity import WARN_ABOVE
from dolorimeter.samples.arguments import hint

from .columns import require_independent
from .design import Design

OF_EVENTS = ("regressor", "modulator", "derivative")
_PARTNER = 0.3  # partial correlation from which a column is named
_SCRUBBED = 0.2  # share of frames from which a run is mentioned


@dataclass(frozen=True, slots=True)
class DesignCheck:
    """What can be told apart in some runs, by run and by column of events.

    Attributes
    ----------
    runs : tuple of str
        Subject and run of each design.
    columns : tuple of str
        Columns of events, in order of appearance.
    variance_inflation : ndarray of shape (n_columns, n_runs), float64
        ``1 / (1 - R²)`` of each explained by all other columns of its run, confounds and drifts
        included; NaN where a run lacks the column.
    correlations : ndarray of shape (n_runs, n_columns, n_columns), float64
        Of each pair; NaN where a run lacks one.
    efficiency : mapping of str to ndarray of shape (n_runs,), float64
        By contrast: ``1 / (c (X'X)⁻¹ c')``, the inverse of the variance of the estimate with white
        noise of variance 1 (Dale 1999, Hum Brain Mapp 8:109-114, Eq. 4); it depends on the scale
        of the columns, so compare designs of one kind. NaN where a run lacks a column.
    total_efficiency : mapping of str to float
        Of the mean over the runs that have the contrast, as a fixed-effects analysis takes it.
    warnings : tuple of str
        Sentences: which regressors share what, and what is missing.
    """

    runs: tuple[str, ...]
    columns: tuple[str, ...]
    variance_inflation: Floats
    correlations: Floats
    efficiency: Mapping[str, Floats]
    total_efficiency: Mapping[str, float]
    warnings: tuple[str, ...]


def check_design(
    designs: Sequence[Design], contrasts: Mapping[str, Mapping[str, float]] | None = None
) -> DesignCheck:
    """Check the designs of one person's runs, or of several people.

    Parameters
    ----------
    designs : sequence of Design
        At least one.
    contrasts : mapping of str to mapping of str to float, optional
        By name: columns and their weights.

    Returns
    -------
    DesignCheck
        With a warning for each column of events that has a variance inflation above 5.

    Raises
    ------
    InputError
        If there is no design, columns are collinear, or a contrast names a column that no run has.
    """
    if not designs:
        raise InputError("designs", "none", "at least one run")
    runs = tuple(label_of(design) for design in designs)
    for run, design in zip(runs, designs, strict=True):
        require_independent(design.matrix, design.names, run)
    columns = tuple(dict.fromkeys(n for d in designs for n in _of_events(d)))
    inflation = np.full((len(columns), len(designs)), np.nan)
    related = np.full((len(designs), len(columns), len(columns)), np.nan)
    for j, design in enumerate(designs):
        own = design.columns(*OF_EVENTS)
        if len(own):
            rows = np.array([columns.index(design.names[i]) for i in own])
            inflation[rows, j] = _inflation(design)
            related[j][np.ix_(rows, rows)] = correlations(design.matrix[:, own])
    efficiency = {
        name: np.array([_efficiency(design, weights) for design in designs])
        for name, weights in _checked(contrasts or {}, designs).items()
    }
    total = {name: _total(values) for name, values in efficiency.items()}
    warnings = (
        *_shared(designs, runs, columns, inflation),
        *_missing(runs, columns, inflation),
        *_scrubbed(designs, runs),
    )
    return DesignCheck(runs, columns, inflation, related, efficiency, total, warnings)


def label_of(design: Design) -> str:
    """Name the run of a design.

    Parameters
    ----------
    design : Design
        Of a run.

    Returns
    -------
    str
        Subject and run, as far as they have names.
    """
    parts = (design.subject, f"run {design.run}" if design.run else "")
    return " ".join(part for part in parts if part) or "design"


def _of_events(design: Design) -> list[str]:
    return [design.names[i] for i in design.columns(*OF_EVENTS)]


def _inflation(design: Design) -> Floats:
    others = design.columns("confound", "drift", "spike")
    confounds = design.matrix[:, others] if len(others) else None
    return variance_inflation(design.matrix[:, design.columns(*OF_EVENTS)], confounds)


def _checked(
    contrasts: Mapping[str, Mapping[str, float]], designs: Sequence[Design]
) -> Mapping[str, Mapping[str, float]]:
    known = dict.fromkeys(name for design in designs for name in design.names)
    for contrast, weights in contrasts.items():
        for column in weights:
            if column not in known:
                rule = f"one of {', '.join(list(known)[:12])}"
                where = f"contrast {contrast!r}"
                raise InputError(where, f"column {column!r}", rule, hint(column, known))
        if not any(weights.values()) or not np.isfinite(list(weights.values())).all():
            raise InputError(f"contrast {contrast!r}", repr(dict(weights)), "weights, some not 0")
    return contrasts


def _efficiency(design: Design, weights: Mapping[str, float]) -> float:
    """Invert the variance of a contrast by solving with R of X = QR, since X'X squares errors."""
    if not set(weights) <= set(design.names):
        return float("nan")
    contrast = np.array([weights.get(name, 0.0) for name in design.names])
    upper: Floats = np.asarray(np.linalg.qr(design.matrix, mode="r"))
    half = np.linalg.solve(upper.T, contrast)
    return float(1.0 / (half @ half))


def _total(by_run: Floats) -> float:
    """Efficiency of the mean over runs: n² / Σ variance."""
    there = by_run[np.isfinite(by_run)]
    return float(len(there) ** 2 / np.sum(1.0 / there))


def _shared(
    designs: Sequence[Design], runs: Sequence[str], columns: Sequence[str], inflation: Floats
) -> list[str]:
    """One sentence a column, about its worst run."""
    found = []
    for i, column in enumerate(columns):
        above = int((inflation[i] > WARN_ABOVE).sum())
        if above:
            worst = int(np.nanargmax(inflation[i]))
            value = inflation[i, worst]
            place = runs[worst] if above == 1 else f"{above} runs, worst in {runs[worst]}"
            found.append(
                f"{column} has a variance inflation of {value:.1f} (above {WARN_ABOVE:g}) in "
                f"{place}: {100 * (1 - 1 / value):.0f} % of it is shared with other columns, "
                f"{_partners(designs[worst], column)}."
            )
    return found


def _partners(design: Design, column: str) -> str:
    """Name the columns most in the way: highest partial correlation, all others held fixed."""
    kept = np.flatnonzero([kind != "constant" for kind in design.kinds])
    names = [design.names[i] for i in kept]
    related = correlations(design.matrix[:, kept])
    precision = np.linalg.inv(related)
    partial = np.abs(precision / np.sqrt(np.outer(np.diag(precision), np.diag(precision))))
    i = names.index(column)
    partial[i, i] = 0.0
    order = np.argsort(-partial[i])[:2]
    named = [k for n, k in enumerate(order) if n == 0 or partial[i, k] > _PARTNER]
    return "most with " + " and ".join(f"{names[k]} (r = {related[i, k]:.2f})" for k in named)


def _missing(runs: Sequence[str], columns: Sequence[str], inflation: Floats) -> list[str]:
    found = []
    for column, values in zip(columns, inflation, strict=True):
        lacking = [run for run, value in zip(runs, values, strict=True) if np.isnan(value)]
        if lacking:
            rest = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
            found.append(f"{column} is missing in {', '.join(lacking[:3])}{rest}.")
    return found


def _scrubbed(designs: Sequence[Design], runs: Sequence[str]) -> list[str]:
    found = []
    for run, design in zip(runs, designs, strict=True):
        share = len(design.columns("spike")) / len(design)
        if share > _SCRUBBED:
            found.append(f"{100 * share:.0f} % of the frames of {run} are scrubbed.")
    return found
