"""What full Bayes found, and whether its chains may be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from dolorimeter.core.containers import Floats

from .bayes_model import BayesPriors
from .chain_diagnostics import bulk_ess, r_hat
from .fitted import without_nan

# Vehtari et al. (2021), Bayesian Analysis 16, 667–718, section 4: recommendations.
GREATEST_R_HAT = 1.01
LEAST_ESS = 400.0


@dataclass(frozen=True, slots=True)
class Posterior:
    """Parameters by their draws.

    Attributes
    ----------
    names : tuple of str
        The p parameters.
    mean, sd : ndarray of shape (p,)
        Of the draws.
    ci95 : ndarray of shape (p, 2)
        Between the 2.5 and the 97.5 % quantile.
    r_hat, ess : ndarray of shape (p,)
        Rank-normalized split R-hat and bulk effective sample size; NaN where draws do not vary.
    """

    names: tuple[str, ...]
    mean: Floats
    sd: Floats
    ci95: Floats
    r_hat: Floats
    ess: Floats

    def to_dict(self) -> dict[str, Any]:
        """Return a mapping a parameter, for JSON; NaN becomes None."""
        columns = ("mean", "sd", "ci95", "r_hat", "ess")
        return {
            name: {column: without_nan(getattr(self, column)[i]) for column in columns}
            for i, name in enumerate(self.names)
        }


@dataclass(frozen=True, slots=True)
class BayesFit:
    """The posterior of one model on one measure.

    Attributes
    ----------
    model, regressor : str
        The model, and its quantity that the measure should follow.
    names : tuple of str
        The k learning parameters.
    subject_names : tuple of str
        In the order of the trials.
    group : Posterior
        Learning parameters at the group's mean logit, their deviations on the logit scale, slope
        and noise (both sides at variance 1) with theirs.
    subjects : mapping of str to Posterior
        By learning parameter, ``"slope"`` and ``"noise"``; a name a subject.
    divergences : int
        Draws after warm-up whose trajectory left the posterior's path.
    chains, warm_up, draws : int
        How it was sampled; warm-up and draws are of each chain.
    priors : BayesPriors
        Of the group.
    trusted : bool
        Whether R-hat is below 1.01 and the effective sample size above 400 for every parameter of
        group and subjects, without a divergence.
    reason : str
        Why, or why not.
    """

    model: str
    regressor: str
    names: tuple[str, ...]
    subject_names: tuple[str, ...]
    group: Posterior
    subjects: Mapping[str, Posterior]
    divergences: int
    chains: int
    warm_up: int
    draws: int
    priors: BayesPriors
    trusted: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; NaN becomes None."""
        return {
            "group": self.group.to_dict(),
            "subjects": {name: found.to_dict() for name, found in self.subjects.items()},
            "divergences": self.divergences,
            "chains": self.chains,
            "warm_up": self.warm_up,
            "draws": self.draws,
            "priors": asdict(self.priors),
            "trusted": self.trusted,
            "reason": self.reason,
        }


class ChainVerdict(NamedTuple):
    """Whether chains may be trusted.

    Attributes
    ----------
    trusted : bool
        All limits kept.
    reason : str
        A sentence.
    """

    trusted: bool
    reason: str


def summarize_draws(names: Sequence[str], draws: Floats) -> Posterior:
    """Summarize draws of parameters.

    Parameters
    ----------
    names : sequence of str
        The p parameters.
    draws : ndarray of shape (n_chains, n_draws, p)
        After warm-up.

    Returns
    -------
    Posterior
        Over all chains.
    """
    flat = draws.reshape(-1, draws.shape[-1])
    return Posterior(
        tuple(names),
        flat.mean(axis=0),
        flat.std(axis=0, ddof=1),
        np.quantile(flat, [0.025, 0.975], axis=0).T,
        np.array([r_hat(draws[..., i]) for i in range(len(names))]),
        np.array([bulk_ess(draws[..., i]) for i in range(len(names))]),
    )


def judge_chains(posteriors: Sequence[Posterior], divergences: int) -> ChainVerdict:
    """Say whether draws may be trusted.

    Parameters
    ----------
    posteriors : sequence of Posterior
        Of group and subjects.
    divergences : int
        After warm-up.

    Returns
    -------
    ChainVerdict
        What cannot be computed is not trusted.
    """
    ratios = np.concatenate([found.r_hat for found in posteriors])
    sizes = np.concatenate([found.ess for found in posteriors])
    known = bool(np.isfinite(ratios).all() and np.isfinite(sizes).all())
    if not known:
        return ChainVerdict(False, "R-hat or the effective sample size cannot be computed.")
    worst, least = float(ratios.max()), float(sizes.min())
    trusted = worst < GREATEST_R_HAT and least > LEAST_ESS and divergences == 0
    count = {0: "no divergence", 1: "1 divergence"}.get(divergences, f"{divergences:,} divergences")
    return ChainVerdict(
        bool(trusted),
        f"The largest R-hat is {worst:.3f} (should be below {GREATEST_R_HAT}), the least effective "
        f"sample size {least:,.0f} (above {LEAST_ESS:.0f}), with {count} (none).",
    )
