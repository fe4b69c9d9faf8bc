"""EM of a Gaussian hidden Markov model against hmmlearn, pomegranate and dynamax.

``python -m benchmarks.em``. Three states, six emissions, stays of 45 windows; the same starting
point and number of iterations for all, in double precision; all must end at the same
log-likelihood, or there is no comparison. Times are the best of several runs, from the raw array
to the fitted model; compilation falls into the first of them. The peers cannot take missing
values: with 30 % missing, ours is set against their run on the complete data. On a busy machine the
processor time is the fairer measure; it counts both cores.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import platform
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dolorimeter.states import GaussianHMM, HMMParameters

Floats = NDArray[np.float64]
Runner = Callable[[], HMMParameters]

N_STATES, N_EMISSIONS, N_WINDOWS, N_ITER = 3, 6, 45, 50
SIZES = ((105, 4), (20_000, 2))  # stays, runs of each peer
TOLERANCE = 1e-3  # relative, in log-likelihood: two peers have priors or end states of their own
SHARE_MISSING = 0.3


def simulate(n_stays: int) -> Floats:
    """Draw stays from a model with overlapping states."""
    rng = np.random.default_rng(0)
    means = rng.normal(scale=0.8, size=(N_STATES, N_EMISSIONS))
    model = GaussianHMM.from_parameters(
        np.full(N_STATES, 1 / N_STATES), sticky(), means, np.ones_like(means)
    )
    return model.sample(np.full(n_stays, N_WINDOWS), random_state=1)[0]


def sticky() -> Floats:
    """Return transitions that mostly stay."""
    return np.full((N_STATES, N_STATES), 0.1) + (1 - 0.1 * N_STATES) * np.eye(N_STATES)


def initial() -> HMMParameters:
    """Return the common starting point."""
    means = np.random.default_rng(2).normal(scale=0.5, size=(N_STATES, N_EMISSIONS))
    start = np.full(N_STATES, 1 / N_STATES)
    return HMMParameters(start, sticky(), means, np.ones_like(means))


def ours(values: Floats, lengths: NDArray[np.int64]) -> Runner:
    """Prepare dolorimeter, without pseudo-counts."""
    model = GaussianHMM(
        N_STATES, initial(), n_iter=N_ITER, tol=None, start_prior=0, transition_prior=0
    )
    return lambda: model.fit(values, lengths=lengths).parameters_


def hmmlearn(values: Floats, lengths: NDArray[np.int64]) -> Runner:
    """Prepare hmmlearn in its faster mode, without priors."""
    from hmmlearn.hmm import GaussianHMM as Peer

    logging.getLogger("hmmlearn").setLevel(logging.ERROR)

    def run() -> HMMParameters:
        start = initial()
        peer = Peer(
            N_STATES, "diag", n_iter=N_ITER, tol=-np.inf, init_params="", implementation="scaling",
            covars_prior=0.0, covars_weight=0.0, means_weight=0.0, min_covar=0.0,
        )  # fmt: skip
        peer.startprob_, peer.transmat_ = start.startprob, start.transmat
        peer.means_, peer.covars_ = start.means, start.variances
        peer.fit(values, lengths)
        variances = np.diagonal(peer.covars_, axis1=1, axis2=2)
        return HMMParameters(peer.startprob_, peer.transmat_, peer.means_, variances)

    return run


def pomegranate(values: Floats, lengths: NDArray[np.int64]) -> Runner:
    """Prepare pomegranate. It also learns the probability of ending in each state."""
    import torch
    from pomegranate.distributions import Normal
    from pomegranate.hmm import DenseHMM

    torch.set_default_dtype(torch.float64)
    batch = torch.tensor(values.reshape(len(lengths), N_WINDOWS, N_EMISSIONS))

    def run() -> HMMParameters:
        start = initial()
        end = 1 / N_WINDOWS
        emissions = [
            Normal(torch.tensor(m), torch.tensor(v), covariance_type="diag", min_cov=0.0)
            for m, v in zip(start.means, start.variances, strict=True)
        ]
        peer = DenseHMM(
            emissions,
            edges=torch.tensor(start.transmat * (1 - end)),
            starts=torch.tensor(start.startprob),
            ends=torch.full((N_STATES,), end, dtype=torch.float64),
            max_iter=N_ITER,
            tol=0.0,
        )
        with torch.no_grad():
            peer.fit(batch)
        transitions = np.exp(peer.edges.detach().numpy())
        return HMMParameters(
            np.exp(peer.starts.detach().numpy()),
            transitions / transitions.sum(axis=1, keepdims=True),
            np.stack([e.means.detach().numpy() for e in emissions]),
            np.stack([e.covs.detach().numpy() for e in emissions]),
        )

    return run


def dynamax(values: Floats, lengths: NDArray[np.int64]) -> Runner:
    """Prepare dynamax, compiled, with priors as weak as it takes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    from dynamax.hidden_markov_model import DiagonalGaussianHMM

    peer = DiagonalGaussianHMM(
        N_STATES, N_EMISSIONS, 1.0, 1.0,
        emission_prior_mean_concentration=1e-10, emission_prior_concentration=1e-3,
        emission_prior_scale=1e-10,
    )  # fmt: skip
    start = initial()
    parameters, properties = peer.initialize(
        initial_probs=jnp.array(start.startprob),
        transition_matrix=jnp.array(start.transmat),
        emission_means=jnp.array(start.means),
        emission_scale_diags=jnp.sqrt(jnp.array(start.variances)),
    )
    batch = jnp.array(values.reshape(len(lengths), N_WINDOWS, N_EMISSIONS))
    fit = jax.jit(lambda p, x: peer.fit_em(p, properties, x, num_iters=N_ITER, verbose=False)[0])

    def run() -> HMMParameters:
        found = jax.block_until_ready(fit(parameters, batch))
        return HMMParameters(
            found.initial.probs,
            found.transitions.transition_matrix,
            found.emissions.means,
            np.asarray(found.emissions.scale_diags) ** 2,
        )

    return run


PEERS: dict[str, Callable[[Floats, NDArray[np.int64]], Runner]] = {
    "hmmlearn": hmmlearn,
    "dynamax": dynamax,
    "pomegranate": pomegranate,
}


def best_of(run: Runner, n_runs: int) -> tuple[float, float, HMMParameters]:
    """Return the shortest of some runs, by the clock and in processor time, and where it ended."""
    seconds = processor = float("inf")
    for _ in range(n_runs):
        started, used = time.perf_counter(), time.process_time()
        parameters = run()
        seconds = min(seconds, time.perf_counter() - started)
        processor = min(processor, time.process_time() - used)
    return seconds, processor, parameters


def log_likelihood(parameters: HMMParameters, values: Floats, lengths: NDArray[np.int64]) -> float:
    """Judge everybody's parameters by the same measure."""
    return GaussianHMM.from_parameters(**parameters.to_arrays()).score(values, lengths=lengths)


def compare(n_stays: int, n_runs: int) -> None:
    """Print one table: seconds of each, and how many times as long as ours."""
    values, lengths = simulate(n_stays), np.full(n_stays, N_WINDOWS)
    gaps = np.where(np.random.default_rng(3).random(values.shape) < SHARE_MISSING, np.nan, values)
    complete, spent, parameters = best_of(ours(values, lengths), 10 * n_runs)
    missing, spent_missing, _ = best_of(ours(gaps, lengths), 10 * n_runs)
    reached = log_likelihood(parameters, values, lengths)
    print(f"\n{n_stays} stays x {N_WINDOWS} windows x {N_EMISSIONS} vitals, {N_ITER} iterations")
    print(f"{'':16}{'seconds':>10}{'ratio':>8}{'to 30 % missing':>17}{'CPU s':>10}{'ratio':>8}")
    line = "{:16}{:10.4f}{:8.1f}{:17.1f}{:10.4f}{:8.1f}   log-likelihood {:.3f}"
    print(line.format("dolorimeter", complete, 1, complete / missing, spent, 1, reached))
    gap = "{:16}{:10.4f}{:8.1f}{:17.1f}{:10.4f}"
    print(gap.format("  30 % missing", missing, missing / complete, 1, spent_missing))
    for name, prepare in PEERS.items():
        if importlib.util.find_spec(name) is None:
            print(f"{name:16}skipped: not installed (pip install -r requirements-bench.txt)")
            continue
        seconds, cpu, parameters = best_of(prepare(values, lengths), n_runs)
        theirs = log_likelihood(parameters, values, lengths)
        if abs(theirs - reached) > TOLERANCE * abs(reached):
            raise SystemExit(f"{name} ended at {theirs}, dolorimeter at {reached}: no comparison")
        ratios = seconds / complete, seconds / missing
        print(line.format(name, seconds, *ratios, cpu, cpu / spent, theirs), flush=True)


def main() -> None:
    """Compare at both sizes."""
    print(f"{platform.machine()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    for n_stays, n_runs in SIZES:
        compare(n_stays, n_runs)


if __name__ == "__main__":
    main()
