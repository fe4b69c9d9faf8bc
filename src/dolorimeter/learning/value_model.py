"""Models that keep one value a cue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dolorimeter.core import InputError

from .model import LearningModel


@dataclass(frozen=True, kw_only=True)
class ValueModel(LearningModel):
    """What models of values share: where they start, and the average they subtract.

    Parameters
    ----------
    v0 : float or mapping of str to float, default 0.0
        Value before the first trial, of all cues or by cue (cues not named: 0).
    average : float or "learned", default 0.0
        Average utility a, subtracted from each outcome. ``"learned"``: a running average,
        ``a += average_rate * (r - a)`` after each outcome.
    average_rate, average_start : float, default 0.05 and 0.0
        How fast the average runs and from where; used only where it is learned.

    Raises
    ------
    InputError
        If a parameter is outside its limits.
    """

    v0: float | Mapping[str, float] = 0.0
    average: float | Literal["learned"] = 0.0
    average_rate: float = 0.05
    average_start: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.average, str) and self.average != "learned":
            raise InputError("average", repr(self.average), 'a number or "learned"')
        for value in self._v0_by_cue().values():
            self.form.parameter("v0").check(value)
        self.form.parameter("average_rate").check(self.average_rate)
        super().__post_init__()

    def parameters(self) -> dict[str, float]:
        """Return all parameters by name, as ``simulate_grid`` takes them.

        Returns
        -------
        dict of str to float
            A constant average has the rate 0; starting values by cue are not among them.
        """
        learned = self.average == "learned"
        given = {name: getattr(self, name) for name in self.form.names}
        given["v0"] = 0.0 if isinstance(self.v0, Mapping) else self.v0
        given["average"] = self.average_start if learned else self.average
        given["average_rate"] = self.average_rate if learned else 0.0
        return given

    def _v0_by_cue(self) -> Mapping[str, float]:
        return self.v0 if isinstance(self.v0, Mapping) else {}
