"""What a fit did, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an iterative fit ended.

    Attributes
    ----------
    converged : bool
        Whether the gain in the objective fell under the tolerance. Running out of iterations is
        not convergence; with no tolerance it is always False.
    n_iter : int
        Iterations done.
    objective_path : tuple of float
        The objective (log-likelihood plus log prior, in nats) before each iteration's update,
        and once more at the end: ``n_iter + 1`` values.
    log_likelihood : float
        Log-likelihood of the observed data at the final parameters, in nats.
    floors_bound : tuple of str
        What a guard held up at the end, such as ``"variance[medium, spo2]"``; empty if none did.
    message : str
        The same in one sentence.
    """

    converged: bool
    n_iter: int
    objective_path: tuple[float, ...]
    log_likelihood: float
    floors_bound: tuple[str, ...] = ()
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)
