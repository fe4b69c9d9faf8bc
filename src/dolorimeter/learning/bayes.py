"""Full Bayes for one model and one trial-wise measure, by NumPyro's No-U-Turn sampler."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .bayes_fit import BayesFit, Posterior, judge_chains, summarize_draws
from .bayes_model import BayesPriors, Layout, make_potential
from .bayes_recursion import load_samplers, require_differentiable
from .fit import PREFERENCE, FitOptions, make_evidence
from .hierarchical import to_parameters
from .likelihoods import GaussianEvidence
from .measures import Measure
from .observations import sort_by_subject

_FEWEST = 8  # draws of a chain whose halves can be compared
_APART = 1.0  # on the unbounded scale, where chains start around 0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the posterior is sampled.

    Attributes
    ----------
    chains : int
        Started apart from each other, at least two.
    warm_up : int
        Draws of each chain that tune the sampler and are thrown away.
    draws : int
        Draws of each chain that are kept.
    target_acceptance : float
        Nearer 1: smaller steps, fewer divergences, more time.
    """

    chains: int = 4
    warm_up: int = 1000
    draws: int = 1000
    target_acceptance: float = 0.95

    def __post_init__(self) -> None:
        for name, least in (("chains", 2), ("warm_up", 1), ("draws", _FEWEST)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                rule = f"a whole number of at least {least}"
                raise InputError(f"sampling, {name}", repr(value), rule)
        if not 0 < self.target_acceptance < 1:
            found = str(self.target_acceptance)
            raise InputError("sampling, target_acceptance", found, "a number between 0 and 1")


def fit_bayes(
    trials: Trials,
    model: str = "td",
    measure: str | Measure = "rt",
    *,
    options: FitOptions | None = None,
    priors: BayesPriors | None = None,
    sampling: Sampling | None = None,
    random_state: int | np.random.Generator | None = None,
) -> BayesFit:
    """Sample the posterior of a group and its subjects.

    The measure is brought to one scale, and nuisance taken out, as in the fit by likelihood.
    Numbers are of double precision inside, and nothing of JAX is set for others.

    Parameters
    ----------
    trials : Trials
        With the measure, in the order in which each subject met them.
    model : str, default "td"
        One of the models of value: not those that count outcomes.
    measure : str or Measure, default "rt"
        On single trials.
    options : FitOptions, optional
        How the model is held against the measure.
    priors : BayesPriors, optional
        Of the group.
    sampling : Sampling, optional
        Chains and draws.
    random_state : int or Generator, optional
        Of where chains start, and of the key of JAX's generator.

    Returns
    -------
    BayesFit
        With R-hat, effective sample size and divergences, and whether to trust it.

    Raises
    ------
    InputError
        If the measure is of choices, the model learns by counting, the extra is missing, or the
        data do not allow a fit.
    """
    load_samplers()
    if measure == PREFERENCE:
        raise InputError("measure", repr(measure), "a measure on single trials for full Bayes")
    require_differentiable(model)
    evidence = make_evidence(sort_by_subject(trials), model, measure, options=options)
    if not isinstance(evidence, GaussianEvidence):
        raise TypeError("a measure on single trials has a Gaussian evidence")
    chosen, told = sampling or Sampling(), priors or BayesPriors()
    draws, divergences = _sample(evidence, told, chosen, np.random.default_rng(random_state))
    group, subjects = _posteriors(evidence, draws)
    judged = judge_chains([group, *subjects.values()], divergences)
    return BayesFit(
        model=evidence.predictor.form.name,
        regressor=evidence.predictor.regressor,
        names=tuple(spec.name for spec in evidence.predictor.free),
        subject_names=evidence.subjects,
        group=group,
        subjects=subjects,
        divergences=divergences,
        chains=chosen.chains,
        warm_up=chosen.warm_up,
        draws=chosen.draws,
        priors=told,
        trusted=judged.trusted,
        reason=judged.reason,
    )


def _sample(
    evidence: GaussianEvidence, priors: BayesPriors, sampling: Sampling, rng: np.random.Generator
) -> tuple[Floats, int]:
    """Draws (n_chains, n_draws, size) as Layout has them, and how many diverged."""
    jax, _ = load_samplers()
    infer = importlib.import_module("numpyro.infer")
    layout = Layout(len(evidence.predictor.free), len(evidence.subjects))
    begin = rng.uniform(-_APART, _APART, (sampling.chains, layout.size))
    with jax.enable_x64(True):
        sampler = infer.NUTS(
            potential_fn=make_potential(evidence, priors),
            target_accept_prob=sampling.target_acceptance,
        )
        chains = infer.MCMC(
            sampler,
            num_warmup=sampling.warm_up,
            num_samples=sampling.draws,
            num_chains=sampling.chains,
            chain_method="vectorized",  # one compilation; the others want devices or copies
            progress_bar=False,
        )
        key = jax.random.PRNGKey(int(rng.integers(2**31)))
        chains.run(key, init_params=jax.numpy.asarray(begin), extra_fields=("diverging",))
        draws = np.array(chains.get_samples(group_by_chain=True), np.float64)
        return draws, int(np.asarray(chains.get_extra_fields()["diverging"]).sum())


def _posteriors(
    evidence: GaussianEvidence, draws: Floats
) -> tuple[Posterior, dict[str, Posterior]]:
    """Group and subjects, under the names they are reported by."""
    predictor = evidence.predictor
    k = len(predictor.free)
    mean, deviation, standard = Layout(k, len(evidence.subjects)).split(draws)
    each = mean[..., None, :] + deviation[..., None, :] * standard
    group, subjects = {}, {}
    for i, spec in enumerate(predictor.free):
        one = slice(i, i + 1)
        limits = predictor.low[one], predictor.high[one]
        group[spec.name] = to_parameters(mean[..., one], *limits)[..., 0]
        group[f"deviation of logit {spec.name}"] = deviation[..., i]
        subjects[spec.name] = to_parameters(each[..., one], *limits)[..., 0]
    group["slope"], group["deviation of slope"] = mean[..., k], deviation[..., k]
    group["noise"] = np.exp(mean[..., k + 1])
    group["deviation of log noise"] = deviation[..., k + 1]
    subjects["slope"], subjects["noise"] = each[..., k], np.exp(each[..., k + 1])
    return (
        summarize_draws(tuple(group), np.stack(list(group.values()), axis=-1)),
        {name: summarize_draws(evidence.subjects, found) for name, found in subjects.items()},
    )
