"""Window means straight from the database: one aggregation over the events of all stays."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .window_grid import WindowGrid

# Sums run over decimals, which are exact and so do not depend on the order of the rows or on how
# many threads share the work; floating sums would. Beyond these bounds a decimal(38, 12) overflows.
_DECIMAL = "decimal(38, 12)"
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class WindowMeans:
    """What the database returns: a row for each stay, window and variable that was observed.

    Attributes
    ----------
    number, window : ndarray of shape (n_rows,), int64
        The stay's number among the admitted, and the window in it. Stays that are too short
        share the number -1 and the window 0.
    code : ndarray of shape (n_rows,), int64
        Index into ``variables``.
    mean, count : ndarray of shape (n_rows,)
        Mean and number of the values.
    variables : tuple of str
        Every variable of the events, by name.
    """

    number: Ints
    window: Ints
    code: Ints
    mean: Floats
    count: Ints
    variables: tuple[str, ...]

    @classmethod
    def of(cls, table: ir.Table, grid: WindowGrid) -> WindowMeans:
        """Aggregate the events on the backend that holds them.

        Parameters
        ----------
        table : ibis table
            The table of `Events`.
        grid : WindowGrid
            The windows.

        Returns
        -------
        WindowMeans
            The means, exact to 1e-12 whatever the order of the rows.

        Raises
        ------
        InputError
            If there is no event, one lies outside its stay, or a value is not finite or reaches
            1e15.
        """
        frame = _aggregate(table, grid).to_pyarrow()
        words = frame["variable"].combine_chunks().dictionary_encode()
        variables, rank = np.unique(
            np.array(words.dictionary.to_pylist(), str), return_inverse=True
        )
        code = rank[words.indices.to_numpy()].astype(np.int64)
        column = {name: frame[name].to_numpy() for name in frame.column_names if name != "variable"}
        _refuse_unusable(variables[code], column)
        number, window, count = (column[name].astype(np.int64) for name in ("number", "w", "n"))
        mean = column["total"].astype(float) / count
        return cls(number, window, code, mean, count, tuple(variables.tolist()))

    def values_of(self, variable: str, admitted: bool = True) -> int:
        """Count the values of a variable.

        Parameters
        ----------
        variable : str
            Name of the variable.
        admitted : bool, default True
            Whether to count those in admitted stays or those in stays that are too short.

        Returns
        -------
        int
            How many values.
        """
        return int(self.count[self._rows(variable) & ((self.number >= 0) == admitted)].sum())

    def column(self, variable: str, grid: WindowGrid) -> Floats:
        """Lay the means of one variable out by window.

        Parameters
        ----------
        variable : str
            Name of the variable.
        grid : WindowGrid
            The windows.

        Returns
        -------
        ndarray of shape (n_windows,)
            NaN where the variable was not observed.
        """
        rows = self._rows(variable) & (self.number >= 0)
        means = np.full(grid.offsets[-1], np.nan)
        means[grid.offsets[self.number[rows]] + self.window[rows]] = self.mean[rows]
        return means

    def _rows(self, variable: str) -> NDArray[np.bool_]:
        known = variable in self.variables
        return self.code == (self.variables.index(variable) if known else -1)


def _aggregate(table: ir.Table, grid: WindowGrid) -> ir.Table:
    """Sum and count the values by stay, window and variable, with what the checks need.

    Elapsed time is counted in whole microseconds: seconds since 1970 overflow in the shifted
    years of MIMIC.
    """
    events = table.select("stay_id", "time", "variable", "value")
    events = events.inner_join(ibis.memtable(grid.table), "stay_id")
    elapsed = events.time.delta(events.start, unit="microsecond")
    window = ibis.least(elapsed // int(grid.width.astype(np.int64)), events["last"])
    events = events.mutate(
        elapsed=elapsed, w=ibis.ifelse(events.number < 0, 0, window).cast("int64")
    )
    size = events.value.abs()
    exact = ibis.ifelse(size < _LARGEST, events.value, ibis.null("float64"))
    return events.group_by(["number", "w", "variable"]).aggregate(
        total=exact.cast(_DECIMAL).sum().cast("float64"),
        n=events.value.count(),
        early=events.elapsed.min(),
        late=(events.elapsed - events.duration).max(),
        size=size.max(),
    )


def _refuse_unusable(words: NDArray[np.str_], column: dict[str, NDArray[np.generic]]) -> None:
    if len(words) == 0:
        raise InputError("events", "no measurement inside any stay", "at least one")
    endless = ~(column["size"].astype(float) < _LARGEST)
    # Written so that a missing time, which compares with nothing, is refused too.
    inside = (column["early"].astype(float) >= 0) & (column["late"].astype(float) <= 0)
    for bad, found, rule in (
        (endless, "a value that is missing, infinite or enormous", "finite values below 1e15"),
        (~inside, "a value outside its stay", "times from the stay's start to its end"),
    ):
        if bad.any():
            raise InputError(min(words[bad].tolist()), found, rule)
